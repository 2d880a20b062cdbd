package identity

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Guard is the own policy of a resource, parsed once for an evaluation: many principals are
// asked about one resource.
type Guard struct {
	snapshot.Meta
	Policy *policy.Source // nil: it has none
}

var bucketGuards = snapshot.Kind[Guard]{
	Type: "bucket policy document",
	All: func(a *snapshot.Account) []Guard {
		out := make([]Guard, 0, len(a.S3.Buckets))
		for _, b := range a.S3.Buckets {
			out = append(out, guardOf(b.Meta, "the policy of the bucket "+b.Name, b.Policy))
		}
		return out
	},
	Meta:   func(g Guard) snapshot.Meta { return g.Meta },
	ID:     func(g Guard) string { return g.ARN },
	Key:    func(g Guard) string { return g.Name },
	Lists:  snapshot.Buckets.Lists,
	Global: true,
}

func guardOf(at snapshot.Meta, name string, text snapshot.Read[string]) Guard {
	at.Calls = slices.Concat(at.Calls, text.Calls())
	out := Guard{Meta: at}
	if raw, err := text.Get(); err != nil || raw != "" {
		src := Source(name, text)
		out.Policy = &src
	}
	return out
}

// BucketGuard is the policy of a bucket of the account by its name. A bucket whose Region was
// left out of the scan has one that was not read. An error says that the bucket is not the
// account's (ErrAbsent), or why nothing tells.
func BucketGuard(env checks.Env, at snapshot.Location, name string) (*policy.Source, error) {
	g, err := checks.Find(env, bucketGuards, at, name)
	switch {
	case err == nil:
		return g.Policy, nil
	case errors.Is(err, snapshot.ErrAbsent):
		if _, own := env.Account().S3.Own[name]; own {
			return &policy.Source{Name: "the policy of the bucket " + name,
				Err: &snapshot.Unread{Operation: "s3:GetBucketPolicy", At: at.In(snapshot.Global), Cause: snapshot.Skipped, Message: "its Region was left out of the scan"}}, nil
		}
	}
	return nil, err
}

// Key is a KMS key as what it encrypts names it.
type Key struct {
	ARN     string         // as policies name it: never an alias where the key behind it is known
	Managed bool           // by AWS: whoever may use the service that it serves may use it
	Foreign bool           // another account's
	Gone    bool           // there is no such key
	Policy  *policy.Source // without a document where it was not read; nil of Managed and Foreign
	Calls   []snapshot.Call
}

// Keys are the keys of an account that were asked about, by the ARN that was asked for.
type Keys map[string]Key

// KeysOf reads the policy of each key.
func KeysOf(a *snapshot.Account) Keys {
	out := make(Keys, len(a.KMS.Answered))
	for _, k := range a.KMS.Answered {
		key := Key{ARN: k.ARN, Calls: slices.Concat(k.Metadata.Calls(), k.Policy.Calls())}
		m, err := k.Metadata.Get()
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			key.Gone = true
		case m.Manager == "AWS":
			key.Managed = true
		}
		if m.ARN != "" {
			key.ARN = m.ARN
		}
		src := Source("the policy of the key "+key.ARN, k.Policy)
		key.Policy = &src
		out[k.ARN] = key
	}
	return out
}

// Of is the key that a resource in a place names. Of one that nobody asked about the policy
// counts as not read.
func (k Keys) Of(at snapshot.Location, reference string) Key {
	arn := snapshot.KeyARN(at, reference)
	switch {
	case snapshot.AWSAlias(reference):
		return Key{ARN: arn, Managed: true}
	case snapshot.AccountOf(arn) != at.Account:
		return Key{ARN: arn, Foreign: true}
	}
	if found, ok := k[arn]; ok {
		return found
	}
	return Key{ARN: arn, Policy: &policy.Source{Name: "the policy of the key " + arn,
		Err: &snapshot.Unread{Operation: "kms:GetKeyPolicy", At: at.In(snapshot.RegionOf(arn)), Cause: snapshot.Skipped, Message: "nobody asked about the key"}}}
}

type keyRing struct {
	snapshot.Meta
	Keys
}

var keyRings = snapshot.Kind[keyRing]{
	Type: "key policy documents",
	All: func(a *snapshot.Account) []keyRing {
		return []keyRing{{snapshot.Meta{Location: a.Location}, KeysOf(a)}}
	},
	Meta:   func(r keyRing) snapshot.Meta { return r.Meta },
	ID:     func(r keyRing) string { return r.Account },
	Key:    func(keyRing) string { return "" },
	Global: true,
}

// KeyGuard is the key that a resource in a place names, with its policy.
func KeyGuard(env checks.Env, at snapshot.Location, reference string) Key {
	ring, _ := checks.Find(env, keyRings, env.Account().Location, "") // there is always one
	out := ring.Of(at, reference)
	_, _ = checks.Use(env, snapshot.Value(out.ARN, out.Calls...)) // into the evidence
	return out
}

// Over asks for a right over resources through their own policy. One that was not read lifts
// no right that the principal's policies give, and is named.
func Over(q *policy.Question, pattern string, guard *policy.Source, decides bool) policy.Right {
	right := q.Through(pattern, guard, decides)
	if right.Answer == policy.CannotTell && guard != nil && guard.Document == nil {
		if own := q.Some(pattern); own.Answer == policy.Yes {
			own.Unread = append(own.Unread, Cause(*guard))
			return own
		}
	}
	return right
}

// Cause is the name of a policy that was not read or not understood, and why.
func Cause(src policy.Source) string {
	if src.Err == nil {
		return src.Name
	}
	return src.Name + ": " + src.Err.Error()
}

// Unlisted is why lists were not read to their end in all Regions of the scan.
func Unlisted(a *snapshot.Account, ops []string) error {
	read := map[string]error{}
	for _, c := range a.Coverage {
		var err error
		if c.Status != snapshot.OK {
			if err = &(snapshot.Unread{Operation: c.Operation, At: c.Location, Cause: c.Status}); c.Error != nil {
				err = c.Error
			}
		}
		read[c.Operation+"@"+c.Region] = err
	}
	scanned := a.ScannedRegions()
	for _, op := range ops {
		where := scanned
		if strings.HasPrefix(op, "s3:") {
			where = []string{snapshot.Global}
		}
		for _, region := range where {
			err, asked := read[op+"@"+region]
			if !asked {
				err = &snapshot.Unread{Operation: op, At: a.Location.In(region), Cause: snapshot.Skipped, Message: "the call was not made"}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
