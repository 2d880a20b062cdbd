package s3

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"onus/scanner/collect"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// The operations of a sample. None of them gives an object's content.
const (
	listObjects   = "s3:ListObjectsV2"
	readHead      = "s3:HeadObject"
	readObjectACL = "s3:GetObjectAcl"
)

// What is sampled where nothing else is said.
const (
	DefaultSample  = 20
	DefaultMaxKeys = 1000
	NoSample       = -1
)

const pageOfKeys = 1000 // AWS gives no more at once

// samples draws a sample from each bucket and looks at its objects, where some check wants
// it; what it returns is how. block is the account's Block Public Access.
func samples(ctx context.Context, in collect.Scope, c Clients, of snapshot.Sampling, block snapshot.Read[snapshot.PublicAccessBlock], all []snapshot.Bucket) snapshot.Sampling {
	if !in.Wants(listObjects) {
		return snapshot.Sampling{}
	}
	of.Size, of.MaxKeys = cmp.Or(of.Size, DefaultSample), cmp.Or(of.MaxKeys, DefaultMaxKeys)
	in.Each(ctx, len(all), func(i int) {
		b := &all[i]
		acls := aclsCount(in, b, block)
		switch {
		case !chosen(of.Buckets, b.Name):
			b.Sample = snapshot.Value(snapshot.ObjectSample{LeftOut: true})
		case of.Size > 0 && (in.Wants(readHead) || acls): // else there is nothing to look at
			b.Sample = sample(ctx, in, c, of, b, acls)
		default:
			b.Sample = snapshot.Value(snapshot.ObjectSample{Unneeded: true})
		}
	})
	settleSamples(in, block, all)
	return of
}

func chosen(globs []string, name string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(g string) bool { ok, err := path.Match(g, name); return err == nil && ok })
}

// aclsCount says that objects' ACLs are wanted and are known to have effect: no object is
// asked for one that has none.
func aclsCount(in collect.Scope, b *snapshot.Bucket, account snapshot.Read[snapshot.PublicAccessBlock]) bool {
	whole, accountErr := account.Get()
	own, ownErr := b.PublicAccess.Get()
	ownership, ownershipErr := b.Ownership.Get()
	return in.Wants(readObjectACL) && errors.Join(accountErr, ownErr, ownershipErr) == nil &&
		!whole.IgnorePublicAcls && !own.IgnorePublicAcls && ownership != string(types.ObjectOwnershipBucketOwnerEnforced)
}

// settleSamples closes the book where no object was there to be asked about.
func settleSamples(in collect.Scope, account snapshot.Read[snapshot.PublicAccessBlock], all []snapshot.Bucket) {
	_, accountErr := account.Get()
	unread, unsure := map[string]bool{}, map[string]bool{}
	regions := map[string]bool{}
	for _, b := range all {
		_, err := b.Sample.Get()
		_, ownErr := b.PublicAccess.Get()
		_, ownershipErr := b.Ownership.Get()
		regions[b.Region] = true
		unread[b.Region] = unread[b.Region] || err != nil
		unsure[b.Region] = unsure[b.Region] || errors.Join(accountErr, ownErr, ownershipErr) != nil
	}
	delete(regions, snapshot.Global)
	for region := range regions {
		if !unread[region] {
			in.In(region).Settle(listObjects, readHead)
		}
		if !unread[region] && !unsure[region] {
			in.In(region).Settle(readObjectACL)
		}
	}
}

// sample lists the first keys of a bucket, draws, and looks. The oldest object is always
// drawn first: default encryption came late. The others follow in the order of a digest
// over seed, bucket and key, so that a smaller sample is the beginning of a larger one,
// and the same seed draws the same.
func sample(ctx context.Context, in collect.Scope, c Clients, of snapshot.Sampling, b *snapshot.Bucket, acls bool) snapshot.Read[snapshot.ObjectSample] {
	if b.Region == snapshot.Global {
		_, err := b.BucketRegion.Get()
		return snapshot.Missing[snapshot.ObjectSample](err)
	}
	in = in.In(b.Region)
	api := c.In(b.Region)
	var keys []snapshot.SampledObject
	read := collect.Ask(ctx, in, listObjects, func(ctx context.Context) (out snapshot.ObjectSample, err error) {
		keys, out.Truncated, err = list(ctx, api, b.Name, of.MaxKeys)
		return out, err
	})
	out, err := read.Get()
	if err != nil {
		return read
	}
	out.Listed = len(keys)
	if len(keys) > 0 {
		out.Last = keys[len(keys)-1].Key
	}
	candidates := draw(keys, of.Seed, b.Name)
	for len(out.Drawn) < of.Size && len(candidates) > 0 {
		n := min(of.Size-len(out.Drawn), len(candidates))
		gone := make([]bool, n)
		in.Each(ctx, n, func(i int) { gone[i] = look(ctx, in, api, b.Name, &candidates[i], acls) })
		for i := range n {
			if gone[i] {
				out.Gone++
			} else {
				out.Drawn = append(out.Drawn, candidates[i])
			}
		}
		candidates = candidates[n:]
	}
	return snapshot.Value(out, read.Calls()...)
}

// list reads keys up to a bound. They come percent-encoded: a key may hold characters that
// XML does not allow.
func list(ctx context.Context, api API, bucket string, bound int) (out []snapshot.SampledObject, truncated bool, err error) {
	var token *string
	seen := map[string]bool{}
	for len(out) < bound {
		page, err := api.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &bucket, ContinuationToken: token, EncodingType: types.EncodingTypeUrl,
			MaxKeys: aws.Int32(int32(min(pageOfKeys, bound-len(out))))})
		if err != nil {
			return nil, false, err
		}
		for _, o := range page.Contents {
			key, err := url.QueryUnescape(aws.ToString(o.Key))
			if page.EncodingType != types.EncodingTypeUrl || err != nil {
				key = aws.ToString(o.Key) // a store that does not encode
			}
			out = append(out, snapshot.SampledObject{Index: len(out), Key: key, Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified)})
		}
		switch {
		case !aws.ToBool(page.IsTruncated):
			return out, false, nil
		case aws.ToString(page.NextContinuationToken) == "":
			return nil, false, &wire.MalformedError{What: "IsTruncated without a NextContinuationToken"}
		case seen[*page.NextContinuationToken]:
			return nil, false, &wire.MalformedError{What: "a page token came twice: the list would never end"}
		case len(page.Contents) == 0:
			return nil, false, &wire.MalformedError{What: "a page without keys that is not the last"}
		}
		token = page.NextContinuationToken
		seen[*token] = true
	}
	return out, true, nil
}

// draw puts keys into the order in which they are drawn, each with its listed neighbours
// that begin alike.
func draw(keys []snapshot.SampledObject, seed, bucket string) []snapshot.SampledObject {
	type ticket struct {
		snapshot.SampledObject
		number string
	}
	tickets := make([]ticket, len(keys))
	listed := make(map[string]bool, len(keys))
	for _, o := range keys {
		listed[o.Key] = true
	}
	for i, o := range keys {
		for at := 1; at < len(o.Key); at++ {
			if listed[o.Key[:at]] {
				o.Follows = append(o.Follows, o.Key[at:])
			}
		}
		for _, next := range keys[i+1:] { // the list is in the order of keys
			rest, begins := strings.CutPrefix(next.Key, o.Key)
			if !begins {
				break
			}
			o.Followed = append(o.Followed, rest)
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{seed, bucket, o.Key}))
		tickets[i] = ticket{o, hex.EncodeToString(sum[:])}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return cmp.Compare(a.number, b.number) })
	oldest := 0
	for i, t := range tickets {
		if t.Modified.Before(tickets[oldest].Modified) {
			oldest = i
		}
	}
	out := make([]snapshot.SampledObject, 0, len(tickets))
	for _, t := range tickets {
		out = append(out, t.SampledObject)
	}
	if oldest > 0 {
		first := out[oldest]
		out = slices.Insert(slices.Delete(out, oldest, oldest+1), 0, first)
	}
	return out
}

// look asks about one object. True says that it went away since it was listed.
func look(ctx context.Context, in collect.Scope, api API, bucket string, o *snapshot.SampledObject, acls bool) (gone bool) {
	o.Head = collect.Ask(ctx, in, readHead, func(ctx context.Context) (snapshot.ObjectHead, error) {
		out, err := api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &o.Key})
		switch status(err) {
		case http.StatusNotFound:
			gone = true
			return snapshot.ObjectHead{}, nil
		case http.StatusBadRequest: // the same client's list worked, so it is not the request
			return snapshot.ObjectHead{BadRequest: true}, nil
		}
		if err != nil {
			return snapshot.ObjectHead{}, err
		}
		return head(out), nil
	})
	if gone || !acls {
		return gone
	}
	o.ACL = collect.Ask(ctx, in, readObjectACL, func(ctx context.Context) ([]snapshot.BucketGrant, error) {
		out, err := api.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &bucket, Key: &o.Key})
		if status(err) == http.StatusNotFound {
			gone = true
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return acl(&s3.GetBucketAclOutput{Owner: out.Owner, Grants: out.Grants}).Grants, nil
	})
	return gone
}

// status is the HTTP status of an error that is an answer. An answer to HEAD has no body,
// so the status is all that tells.
func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// algorithms are the metadata of the Amazon S3 Encryption Client whose values name an
// algorithm or a length. Source: its specification, "Content Metadata".
var algorithms = []string{"x-amz-cek-alg", "x-amz-wrap-alg", "x-amz-tag-len", "x-amz-c", "x-amz-w"}

// head maps what an object says. Of its metadata the names are kept, and the values that
// name algorithms: all others were replaced by a marker before they came here, and stay out
// even if they were not.
func head(o *s3.HeadObjectOutput) snapshot.ObjectHead {
	out := snapshot.ObjectHead{Encryption: string(o.ServerSideEncryption), KMSKeyID: aws.ToString(o.SSEKMSKeyId), Metadata: map[string]string{}}
	for name, value := range o.Metadata {
		name = strings.ToLower(name)
		if _, marked := redact.ParseMarker(value); value != "" && (marked || !slices.Contains(algorithms, name)) {
			value = snapshot.Withheld
		}
		out.Metadata[name] = value
	}
	return out
}
