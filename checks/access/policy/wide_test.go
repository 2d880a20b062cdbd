package policy

import (
	"slices"
	"strings"
	"testing"
)

func TestWrites(t *testing.T) {
	for _, tt := range []struct{ statement, want string }{
		{may("s3:PutAccountPublicAccessBlock s3:GetObject", "*"), "s3:PutAccountPublicAccessBlock"}, // knows no resource
		{may("s3:PutAccountPublicAccessBlock", "arn:aws:s3:::*"), ""},                               // so that this grants nothing
		{may("s3:PutObject s3:List*", "arn:aws:s3:::*/*"), "s3:PutObject"},
		{may("s3:PutObject", "arn:aws:s3:::acme/*"), ""},
		{may("ec2:Describe* sts:GetCallerIdentity", "*"), ""},
		{`"Effect":"Deny","Action":"s3:PutObject","Resource":"*"`, ""},
	} {
		s := &mustParse(t, statements(tt.statement)).Statements[0]
		if got := strings.Join(slices.Sorted(s.Writes("111122223333")), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.statement, got, tt.want)
		}
	}
}
