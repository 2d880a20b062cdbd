package s3

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// headBucket is all that HeadBucket tells, also by a redirect and by a refusal. The error
// is there beside what an answer with another status told.
// Source: S3 API Reference, HeadBucket; Amazon S3 User Guide, "Making requests", redirects.
func headBucket(ctx context.Context, api API, input *s3.HeadBucketInput) (snapshot.NamedBucket, error) {
	out, err := api.HeadBucket(ctx, input)
	if err == nil {
		return snapshot.NamedBucket{Exists: true, Status: http.StatusOK, Region: aws.ToString(out.BucketRegion)}, nil
	}
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return snapshot.NamedBucket{}, err
	}
	b := snapshot.NamedBucket{Status: response.HTTPStatusCode(), Region: response.Response.Header.Get("X-Amz-Bucket-Region")}
	switch b.Status {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusForbidden:
		b.Exists = true
	default:
		b.Exists = b.Region != "" // only a bucket has one
	}
	return b, err
}

// Name asks where the buckets lie that settings name and that are not in the account's own
// list, each once however many name it. It comes after all collectors: trails and others
// name buckets too.
func Name(ctx context.Context, in collect.Scope, c Clients, a *snapshot.Account) map[string]snapshot.Read[snapshot.NamedBucket] {
	const op = "s3:HeadBucket"
	in = in.In(snapshot.Global)
	if !in.Wants(op) {
		return nil
	}
	names, whole := mentioned(in, a)
	foreign := slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(n string) bool { _, own := a.S3.Own[n]; return own || n == "" })
	found := make([]snapshot.Read[snapshot.NamedBucket], len(foreign))
	in.Each(ctx, len(foreign), func(i int) {
		found[i] = collect.Ask(ctx, in, op, func(ctx context.Context) (snapshot.NamedBucket, error) {
			b, err := headBucket(ctx, c.Home, &s3.HeadBucketInput{Bucket: &foreign[i]})
			if err == nil || b.Exists || b.Status == http.StatusNotFound {
				return b, nil
			}
			return b, err
		})
	})
	out := map[string]snapshot.Read[snapshot.NamedBucket]{}
	for i, name := range foreign {
		out[name] = found[i]
	}
	if whole && read(in, "s3:ListBuckets") {
		in.Calls.Settle(op, in.Location)
	}
	return out
}

// mentioned are the names of buckets that settings hold, and whether all settings that
// were wanted were read.
func mentioned(in collect.Scope, a *snapshot.Account) (names map[string]bool, whole bool) {
	m := mentions{map[string]bool{}, true}
	for _, b := range a.S3.Buckets {
		gather(&m, in, b.Replication, "s3:GetBucketReplication", func(rules []snapshot.ReplicationRule) {
			for _, r := range rules {
				if r.Enabled() {
					m.names[r.DestinationName()] = true
				}
			}
		})
		gather(&m, in, b.Logging, "s3:GetBucketLogging", func(l snapshot.BucketLogging) { m.names[l.TargetBucket] = true })
	}
	for _, t := range a.Trail.Trails {
		m.names[t.Bucket] = true
	}
	return m.names, m.whole
}

type mentions struct {
	names map[string]bool
	whole bool
}

// gather takes the names out of one read; one that is wanted and unread may hold others.
func gather[T any](m *mentions, in collect.Scope, r snapshot.Read[T], op string, take func(T)) {
	v, err := r.Get()
	if err == nil {
		take(v)
	}
	m.whole = m.whole && (err == nil || !in.Wants(op))
}

// nameOf is the name in a bucket's ARN; a bare name is itself.
func nameOf(bucket string) string { return bucket[strings.LastIndexByte(bucket, ':')+1:] }
