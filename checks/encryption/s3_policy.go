package encryption

import (
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// bucketDenies reads the Deny statements of a bucket's policy; none where it has no
// policy. The verdict is of use only where ok is false: the policy was not read, or
// cannot be understood.
func bucketDenies(b snapshot.Bucket) (list []*policy.Statement, v checks.Verdict, ok bool) {
	text, err := b.Policy.Get()
	switch {
	case err != nil:
		return nil, checks.Unknown(err), false
	case text == "":
		return nil, v, true
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return nil, checks.Unclear("the bucket policy cannot be understood: %v", err), false
	}
	for i := range doc.Statements {
		if s := &doc.Statements[i]; s.Effect == policy.Deny {
			list = append(list, s)
		}
	}
	return list, v, true
}

// toEveryone says that a Deny refuses everybody. NotPrincipal spares somebody.
func toEveryone(s *policy.Statement) bool { return s.Principals.Everyone() && !s.Principals.Negated }

// unclearAmong finds a statement that holds something outside the grammar.
func unclearAmong(list []*policy.Statement) *policy.Statement {
	for _, s := range list {
		if s.Unclear {
			return s
		}
	}
	return nil
}

// operator is a condition's operator in small letters, without IfExists.
func operator(c *policy.Condition) string {
	return strings.TrimSuffix(strings.ToLower(c.Operator), "ifexists")
}

// onAllObjects says that a Deny covers an action on every object of the bucket.
func onAllObjects(s *policy.Statement, b snapshot.Bucket, action string) bool {
	return s.CoversAction(action) && s.CoversResource(b.ARN+"/*")
}

// onEverything says that a Deny covers every action of S3 on the bucket.
func onEverything(s *policy.Statement, b snapshot.Bucket) bool {
	return s.CoversAction("s3:*") && s.CoversResource(b.ARN)
}

func names(list []*policy.Statement) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, s.Name())
	}
	return strings.Join(out, ", ")
}
