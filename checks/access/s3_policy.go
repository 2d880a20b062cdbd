package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// bucketPolicy is the name that findings give a bucket's policy.
const bucketPolicy = "bucket policy"

// policyOf reads a bucket's policy; nil where it has none. The verdict is of use only
// where ok is false: the policy was not read, or cannot be understood.
func policyOf(b snapshot.Bucket) (doc *policy.Document, v checks.Verdict, ok bool) {
	text, err := b.Policy.Get()
	switch {
	case err != nil:
		return nil, checks.Unknown(err), false
	case text == "":
		return nil, v, true
	}
	doc, err = policy.Parse([]byte(text))
	if err != nil {
		return nil, checks.Unclear("the bucket policy cannot be understood: %v", err), false
	}
	return doc, v, true
}

// ofS3 says that an action is one of S3's: no other counts in a bucket policy. A pattern
// that the table of actions does not know may be anything.
func ofS3(a policy.Action) bool {
	return len(a.Name) > 3 && strings.EqualFold(a.Name[:3], "s3:") || strings.ContainsAny(a.Name, "*?")
}

// described names the statement of a grant, some of its actions, and whom it lets in.
func described(g policy.Grant) string {
	return fmt.Sprintf("%s allows %s to %s", g.Ref.Statement.Name(), wording.Few(g.Actions, 3), audience(g))
}

// audience says whom a grant lets in, as its principals are written.
func audience(g policy.Grant) string {
	var who []string
	if g.Everyone {
		who = append(who, "everyone")
	} else {
		p := g.Ref.Statement.Principals
		who = slices.Concat(p.AWS, p.Canonical, p.Federated)
	}
	out := wording.Few(who, 3)
	for _, b := range g.Bounds {
		out += fmt.Sprintf(", on %s [%s]", b.Key, strings.Join(b.Values, " "))
	}
	return out
}

// toServicesOnly says that a grant lets in AWS services and nobody else.
func toServicesOnly(g policy.Grant) bool {
	return !g.Everyone && len(g.Accounts) == 0 && len(g.Unnamed) == 0 && len(g.Federated) == 0
}

// joined puts descriptions of grants into one line.
func joined(grants []policy.Grant) string {
	out := make([]string, 0, len(grants))
	for _, g := range grants {
		out = append(out, described(g))
	}
	return strings.Join(out, "; ")
}

// grantWithin asks whether everybody that a grant lets in belongs to the known accounts and
// organizations: what policy says of the AWS principals, and the accounts in the ARNs of
// federated ones. The bucket owner's canonical id is the bucket's account.
func grantWithin(g policy.Grant, b snapshot.Bucket, known policy.Known) policy.Answer {
	if b.Owner != "" {
		g.Unnamed = slices.DeleteFunc(slices.Clone(g.Unnamed), func(id string) bool { return id == b.Owner })
	}
	for _, f := range g.Federated {
		if account := policy.AccountOf(f); account != "" {
			g.Accounts = append(slices.Clone(g.Accounts), account)
		} else {
			g.Unnamed = append(g.Unnamed, f)
		}
	}
	return g.Within(known)
}
