package policy

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFullAdmin(t *testing.T) {
	const all = `"Effect":"Allow","Action":"*","Resource":"*"`
	tests := []struct {
		name     string
		doc      string
		want     Answer
		excluded []string
	}{
		{"plain", statements(all), Yes, nil},
		{"bare strings, one object", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, Yes, nil},
		{"*:*", statements(`"Effect":"Allow","Action":"*:*","Resource":"*"`), Yes, nil},
		{"** on arn:*", statements(`"Effect":"Allow","Action":"**","Resource":"arn:*"`), Yes, nil},
		{"?* on *:*", statements(`"Effect":"Allow","Action":"?*","Resource":"*:*"`), Yes, nil},
		{"*:?* on **", statements(`"Effect":"Allow","Action":"*:?*","Resource":"**"`), Yes, nil},
		{"all ARNs of the partition", statements(`"Effect":"Allow","Action":"*","Resource":"arn:aws:*"`), Yes, nil},
		{"all ARNs, field by field", statements(`"Effect":"Allow","Action":"*","Resource":"arn:*:*:*:*:*"`), Yes, nil},
		{"one service's resources", statements(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"`), No, nil},
		{"NotAction of nothing real", statements(`"Effect":"Allow","NotAction":"nosuch:Thing","Resource":"*"`), Yes, nil},
		{"NotAction of nothing", statements(`"Effect":"Allow","NotAction":[],"Resource":"*"`), Yes, nil},
		{"NotAction of iam", statements(`"Effect":"Allow","NotAction":["iam:*"],"Resource":"*"`), No, nil},
		{"NotResource of nothing", statements(`"Effect":"Allow","Action":"*","NotResource":[]`), Yes, nil},
		{"NotResource of no ARN", statements(`"Effect":"Allow","Action":"*","NotResource":"none"`), Yes, nil},
		{"NotResource of a bucket", statements(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b"`), No, nil},
		{"NotResource of another account's role", statements(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:iam::999999999999:role/x"`), Yes, nil},
		{"NotResource of an own role", statements(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:iam::111122223333:role/x"`), No, nil},
		{"union of two halves", statements(`"Effect":"Allow","Action":"iam:*","Resource":"*"`, `"Effect":"Allow","NotAction":"iam:*","Resource":"*"`), Yes, nil},
		{"union over resources", statements(`"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b"`, `"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b*"`), Yes, nil},
		{"union with a gap", statements(`"Effect":"Allow","Action":"iam:A*","Resource":"*"`, `"Effect":"Allow","NotAction":"iam:*","Resource":"*"`), No, nil},
		{"condition does not narrow", statements(all + `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), Yes, nil},
		{"one service denied", statements(all, `"Effect":"Deny","Action":"s3:*","Resource":"*"`), Yes, []string{"s3:*"}},
		{"iam denied only", statements(all, `"Effect":"Deny","Action":"iam:*","Resource":"*"`), Yes, []string{"iam:*"}},
		{"iam, sts and organizations denied", statements(all, `"Effect":"Deny","Action":["iam:*","STS:*","organizations:*"],"Resource":"*"`), No, nil},
		{"denied but for s3", statements(all, `"Effect":"Deny","NotAction":"s3:*","Resource":"*"`), No, nil},
		{"denied but for iam", statements(all, `"Effect":"Deny","NotAction":"iam:*","Resource":"*"`), Yes, []string{"all but iam:*"}},
		{"everything denied", statements(all, `"Effect":"Deny","Action":"*","Resource":"*"`), No, nil},
		{"everything denied on a condition", statements(all, `"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`), Yes, nil},
		{"everything denied by an unclear statement", statements(all, `"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Strange":{"a":"b"}}`), Yes, nil},
		{"allowed by an unclear statement only", statements(all + `,"Condition":{"Strange":{"a":"b"}}`), CannotTell, nil},
		{"nothing", `{"Statement":[]}`, No, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := FullAdmin("111122223333", Source{Name: "p", Document: mustParse(t, tt.doc)})
			if got.Answer != tt.want {
				t.Errorf("FullAdmin(%s).Answer = %v, want %v", tt.doc, got.Answer, tt.want)
			}
			if diff := cmp.Diff(tt.excluded, got.Excluded); diff != "" {
				t.Errorf("Excluded (-want +got)\n%s", diff)
			}
			if got.Answer == Yes && len(got.Allows) == 0 {
				t.Error("Yes without a statement that makes it so")
			}
		})
	}
}

func TestFullAdminUnreadSources(t *testing.T) {
	all := Source{Name: "all", Document: mustParse(t, statements(`"Effect":"Allow","Action":"*","Resource":"*"`))}
	some := Source{Name: "some", Document: mustParse(t, statements(`"Effect":"Allow","Action":"s3:*","Resource":"*"`))}
	unread := Source{Name: "unread", Err: errors.New("denied")}
	for _, tt := range []struct {
		name    string
		sources []Source
		want    Answer
	}{
		{"none", nil, No},
		{"admin beside unread", []Source{all, unread}, Yes},
		{"little beside unread", []Source{some, unread}, CannotTell},
		{"two read", []Source{some, all}, Yes},
	} {
		got := FullAdmin("", tt.sources...)
		if got.Answer != tt.want {
			t.Errorf("%s: FullAdmin = %v, want %v", tt.name, got.Answer, tt.want)
		}
	}
}

func TestFullAdminNamesConditions(t *testing.T) {
	d := mustParse(t, statements(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`, `"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
	got := FullAdmin("", Source{"p", d, nil})
	if got.Answer != Yes || !got.Conditional || len(got.Allows) != 2 {
		t.Errorf("FullAdmin = %v conditional %v by %d statements, want yes, true, 2", got.Answer, got.Conditional, len(got.Allows))
	}
}
