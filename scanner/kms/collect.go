package kms

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const (
	listKeys    = "kms:ListKeys"
	describeKey = "kms:DescribeKey"
	listTags    = "kms:ListResourceTags"
	keyPolicy   = "kms:GetKeyPolicy"
	listGrants  = "kms:ListGrants"
)

// Collect reads the keys of one Region: its own, and those that are named, each asked about
// once.
func Collect(ctx context.Context, in collect.Scope, api API, names Named) (out snapshot.KMS) {
	out.Keys = keys(ctx, in, api)
	asked := map[string]int{}
	for _, k := range out.Keys {
		asked[k.ARN] = len(out.Answered)
		out.Answered = append(out.Answered, snapshot.KeyAnswer{Meta: snapshot.Meta{Location: in.Location, ARN: k.ARN, Name: k.ID}})
	}
	for _, r := range names.All {
		arn := snapshot.KeyARN(in.Location, r)
		if _, ok := asked[arn]; !ok && !snapshot.AWSAlias(r) {
			asked[arn] = len(out.Answered)
			out.Answered = append(out.Answered, snapshot.KeyAnswer{Meta: snapshot.Meta{Location: in.Location, ARN: arn}})
		}
	}
	in.Each(ctx, len(out.Answered), func(i int) { out.Answered[i].Metadata = metadata(ctx, in, api, out.Answered[i].ARN) })
	for i := range out.Keys {
		out.Keys[i].Metadata = out.Answered[asked[out.Keys[i].ARN]].Metadata
	}
	tags(ctx, in, api, out.Keys)
	policies(ctx, in, api, out.Answered)
	grants(ctx, in, api, out.Answered, asked, names)
	settle(in, out)
	return out
}

func keys(ctx context.Context, in collect.Scope, api API) []snapshot.Key {
	pages := kms.NewListKeysPaginator(api, &kms.ListKeysInput{Limit: aws.Int32(1000)})
	return collect.List(ctx, in, listKeys, pages, func(at snapshot.Meta, page *kms.ListKeysOutput) []snapshot.Key {
		out := make([]snapshot.Key, 0, len(page.Keys))
		for _, k := range page.Keys {
			out = append(out, key(at, k))
		}
		return out
	})
}

func key(at snapshot.Meta, k types.KeyListEntry) snapshot.Key {
	id := aws.ToString(k.KeyId)
	at.Name, at.ARN = id, aws.ToString(k.KeyArn)
	if at.ARN == "" {
		at.ARN = snapshot.KeyARN(at.Location, id)
	}
	return snapshot.Key{Meta: at, ID: id}
}

// metadata asks about one key. That there is none by this name is an answer: ErrAbsent, and
// the call has ended well.
func metadata(ctx context.Context, in collect.Scope, api API, arn string) snapshot.Read[snapshot.KeyMetadata] {
	read := collect.Ask(ctx, in, describeKey, func(ctx context.Context) (*types.KeyMetadata, error) {
		out, err := api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &arn})
		switch {
		case collect.Is(err, "NotFoundException"):
			return nil, nil
		case err != nil:
			return nil, err
		case out.KeyMetadata == nil || aws.ToString(out.KeyMetadata.KeyId) == "":
			return nil, &wire.MalformedError{What: "the answer describes no key"}
		}
		return out.KeyMetadata, nil
	})
	m, err := read.Get()
	switch {
	case err != nil:
		return snapshot.Missing[snapshot.KeyMetadata](err, read.Calls()...)
	case m == nil:
		return snapshot.Missing[snapshot.KeyMetadata](snapshot.ErrAbsent, read.Calls()...)
	}
	return snapshot.Value(described(*m), read.Calls()...)
}

func described(m types.KeyMetadata) snapshot.KeyMetadata {
	out := snapshot.KeyMetadata{
		ARN: aws.ToString(m.Arn), ID: aws.ToString(m.KeyId), Manager: string(m.KeyManager), State: string(m.KeyState),
		Usage: string(m.KeyUsage), Spec: string(m.KeySpec), Origin: string(m.Origin),
		Deletion: aws.ToTime(m.DeletionDate), ValidTo: aws.ToTime(m.ValidTo), MultiRegion: aws.ToBool(m.MultiRegion),
	}
	if c := m.MultiRegionConfiguration; c != nil {
		out.MultiRegionType = string(c.MultiRegionKeyType)
		if c.PrimaryKey != nil {
			out.Primary = aws.ToString(c.PrimaryKey.Arn)
		}
		for _, r := range c.ReplicaKeys {
			out.Replicas = append(out.Replicas, aws.ToString(r.Arn))
		}
	}
	return out
}

// tags asks for the tags of the customer's multi-Region keys: no check asks for others'.
func tags(ctx context.Context, in collect.Scope, api API, all []snapshot.Key) {
	var ask []*snapshot.Key
	unclear := !whole(in, listKeys)
	for i := range all {
		m, err := all[i].Metadata.Get()
		unclear = unclear || err != nil
		if m.MultiRegion && m.Manager != "AWS" {
			ask = append(ask, &all[i])
		}
	}
	in.Each(ctx, len(ask), func(i int) {
		pages := kms.NewListResourceTagsPaginator(api, &kms.ListResourceTagsInput{KeyId: &ask[i].ARN})
		ask[i].TagSet = tagSet(collect.AskAll(ctx, in, listTags, pages, func(p *kms.ListResourceTagsOutput) *string { return p.NextMarker },
			func(p *kms.ListResourceTagsOutput) []types.Tag { return p.Tags }))
		ask[i].Tags, _ = ask[i].TagSet.Get()
	})
	if len(ask) == 0 && !unclear && in.Wants(listTags) {
		in.Calls.Settle(listTags, in.Location)
	}
}

func tagSet(r snapshot.Read[[]types.Tag]) snapshot.Read[map[string]string] {
	list, err := r.Get()
	if err != nil {
		return snapshot.Missing[map[string]string](err, r.Calls()...)
	}
	out := make(map[string]string, len(list))
	for _, t := range list {
		out[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
	}
	return snapshot.Value(out, r.Calls()...)
}

// policies asks for the policies of all keys of the customer's own: of others' keys nobody
// tells, and AWS wrote those of the keys that it manages.
func policies(ctx context.Context, in collect.Scope, api API, all []snapshot.KeyAnswer) {
	var ask []int
	for i := range all {
		if mine(in, all[i]) {
			ask = append(ask, i)
		}
	}
	in.Each(ctx, len(ask), func(i int) {
		k := &all[ask[i]]
		arn := named(*k)
		k.Policy = collect.Ask(ctx, in, keyPolicy, func(ctx context.Context) (string, error) {
			out, err := api.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &arn, PolicyName: aws.String("default")}) // the only name there is
			if err != nil {
				return "", err
			}
			return aws.ToString(out.Policy), nil
		})
	})
	if len(ask) == 0 && in.Wants(keyPolicy) && allWhole(in, naming) {
		in.Calls.Settle(keyPolicy, in.Location)
	}
}

// mine says that a key is the account's own, and not known to be one that AWS manages.
func mine(in collect.Scope, k snapshot.KeyAnswer) bool {
	m, err := k.Metadata.Get()
	return snapshot.AccountOf(k.ARN) == in.Account && !errors.Is(err, snapshot.ErrAbsent) && m.Manager != "AWS"
}

// grants asks for the grants of the account's own keys behind snapshots that are shared.
func grants(ctx context.Context, in collect.Scope, api API, all []snapshot.KeyAnswer, asked map[string]int, names Named) {
	var ask []int
	for _, r := range names.Shared {
		if i, ok := asked[snapshot.KeyARN(in.Location, r)]; ok && mine(in, all[i]) {
			ask = append(ask, i)
		}
	}
	in.Each(ctx, len(ask), func(i int) {
		k := &all[ask[i]]
		arn := named(*k)
		pages := kms.NewListGrantsPaginator(api, &kms.ListGrantsInput{KeyId: &arn, Limit: aws.Int32(100)})
		k.Grants = collect.AskAll(ctx, in, listGrants, pages, func(p *kms.ListGrantsOutput) *string { return p.NextMarker },
			func(p *kms.ListGrantsOutput) (out []snapshot.KeyGrant) {
				for _, g := range p.Grants {
					out = append(out, grant(g))
				}
				return out
			})
	})
	if len(ask) == 0 && in.Wants(listGrants) && allWhole(in, sharing) {
		in.Calls.Settle(listGrants, in.Location)
	}
}

// named is the ARN of a key for calls that take no alias.
func named(k snapshot.KeyAnswer) string {
	if m, err := k.Metadata.Get(); err == nil && m.ARN != "" {
		return m.ARN
	}
	return k.ARN
}

func grant(g types.GrantListEntry) snapshot.KeyGrant {
	out := snapshot.KeyGrant{Grantee: aws.ToString(g.GranteePrincipal)}
	for _, o := range g.Operations {
		out.Operations = append(out.Operations, string(o))
	}
	return out
}

// allWhole says that each of some operations, if it is wanted, was read to its end.
func allWhole(in collect.Scope, ops []string) bool {
	for _, op := range ops {
		if in.Wants(op) && !whole(in, op) {
			return false
		}
	}
	return true
}

// settle closes the book on DescribeKey where every list that could have named a key was
// read to its end and named none that may be asked about.
func settle(in collect.Scope, read snapshot.KMS) {
	if len(read.Answered) > 0 || !in.Wants(describeKey) {
		return
	}
	if allWhole(in, naming) {
		in.Calls.Settle(describeKey, in.Location)
	}
}

// whole says that an operation was read to its end, in the Region or for the account.
func whole(in collect.Scope, op string) bool {
	return in.Unlisted(op) == nil || in.In(snapshot.Global).Unlisted(op) == nil
}
