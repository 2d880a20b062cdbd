package refusal

import (
	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// BucketPolicy reads a bucket's policy; nil where it has none. The verdict is of use only
// where ok is false: the policy was not read, or cannot be understood.
func BucketPolicy(b snapshot.Bucket) (doc *policy.Document, v checks.Verdict, ok bool) {
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
