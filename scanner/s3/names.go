package s3

import (
	"cmp"
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
	// A refusal that names no Region may be the caller's own policies speaking, of a name
	// that nobody has.
	b.Exists = b.Region != "" || b.Status == http.StatusMovedPermanently || b.Status == http.StatusTemporaryRedirect
	return b, err
}

const readBucket = "s3:HeadBucket"

// Name asks where the buckets lie that settings name and that are not in the account's own
// list, each once however many name it, and who has the names that services derive. It
// comes after all collectors: trails and others name buckets too.
func Name(ctx context.Context, in collect.Scope, c Clients, a *snapshot.Account, regions []string, o Options) {
	in = in.In(snapshot.Global)
	if !in.Wants(readBucket) {
		return
	}
	names, whole := mentioned(in, a)
	for _, pattern := range o.Names {
		for _, region := range regions {
			names[Derived(pattern, in.Account, region)] = true
		}
	}
	foreign := slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(n string) bool { _, own := a.S3.Own[n]; return own || n == "" })
	found := make([]snapshot.Read[snapshot.NamedBucket], len(foreign))
	in.Each(ctx, len(foreign), func(i int) { found[i] = named(ctx, in, c.Home, &s3.HeadBucketInput{Bucket: &foreign[i]}) })
	a.S3.Named = map[string]snapshot.Read[snapshot.NamedBucket]{}
	for i, name := range foreign {
		a.S3.Named[name] = found[i]
	}
	owners(ctx, in, c, a, o.Owners)
	if whole && in.Unlisted("s3:ListBuckets") == nil {
		in.Calls.Settle(readBucket, in.Location)
	}
}

// Derived fills a pattern of names that AWS services derive from account and Region.
func Derived(pattern, account, region string) string {
	return strings.NewReplacer("{account}", account, "{region}", region).Replace(pattern)
}

// named is what HeadBucket says of a bucket: that nobody has the name is an answer.
func named(ctx context.Context, in collect.Scope, api API, input *s3.HeadBucketInput) snapshot.Read[snapshot.NamedBucket] {
	return collect.Ask(ctx, in, readBucket, func(ctx context.Context) (snapshot.NamedBucket, error) {
		b, err := headBucket(ctx, api, input)
		if err == nil || b.Exists || b.Status == http.StatusNotFound {
			return b, nil
		}
		return b, err
	})
}

// owners asks of each bucket that replication copies to, and that is not the account's own,
// whether one of the accounts owns it. The bucket's own Region is asked: any other would
// answer with a redirect, whoever owns it.
func owners(ctx context.Context, in collect.Scope, c Clients, a *snapshot.Account, accounts []string) {
	var pairs []snapshot.Ownership
	for name, r := range a.S3.Named {
		if place, err := r.Get(); err == nil && place.Exists && replicated(a, name) {
			for _, account := range accounts {
				pairs = append(pairs, snapshot.Ownership{Bucket: name, Account: account})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y snapshot.Ownership) int {
		return cmp.Or(cmp.Compare(x.Bucket, y.Bucket), cmp.Compare(x.Account, y.Account))
	})
	found := make([]snapshot.Read[int], len(pairs))
	in.Each(ctx, len(pairs), func(i int) {
		api := c.Home
		if place, _ := a.S3.Named[pairs[i].Bucket].Get(); place.Region != "" {
			api = c.In(place.Region)
		}
		r := named(ctx, in, api, &s3.HeadBucketInput{Bucket: &pairs[i].Bucket, ExpectedBucketOwner: &pairs[i].Account})
		if place, err := r.Get(); err != nil {
			found[i] = snapshot.Missing[int](err, r.Calls()...)
		} else {
			found[i] = snapshot.Value(place.Status, r.Calls()...)
		}
	})
	a.S3.OwnedBy = map[snapshot.Ownership]snapshot.Read[int]{}
	for i, p := range pairs {
		a.S3.OwnedBy[p] = found[i]
	}
}

// replicated says that an enabled rule copies to a bucket.
func replicated(a *snapshot.Account, name string) bool {
	return slices.ContainsFunc(a.S3.Buckets, func(b snapshot.Bucket) bool {
		rules, _ := b.Replication.Get()
		return slices.ContainsFunc(rules, func(r snapshot.ReplicationRule) bool { return r.Enabled() && r.DestinationName() == name })
	})
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
		gather(&m, in, b.Inventories, "s3:ListBucketInventoryConfigurations", m.exported)
		gather(&m, in, b.Analytics, "s3:ListBucketAnalyticsConfigurations", m.exported)
		gather(&m, in, b.Website, "s3:GetBucketWebsite", func(w snapshot.Website) { m.names[w.RedirectBucket()] = true })
	}
	for _, j := range a.S3.Jobs {
		if w, err := j.Writes.Get(); err == nil {
			m.names[snapshot.BucketOfARN(w.Target)], m.names[snapshot.BucketOfARN(w.Report)] = true, true
		}
	}
	for _, t := range a.Trail.Trails {
		m.names[t.Bucket] = true
	}
	for _, e := range a.EC2.Copies.Exports {
		m.names[e.Bucket] = true
	}
	return m.names, m.whole
}

type mentions struct {
	names map[string]bool
	whole bool
}

func (m *mentions) exported(list []snapshot.BucketExport) {
	for _, e := range list {
		if e.Enabled {
			m.names[e.Bucket] = true
		}
	}
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
