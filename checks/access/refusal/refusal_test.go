package refusal

import (
	"strings"
	"testing"

	"onus/checks/access/policy"
)

func TestOf(t *testing.T) {
	const objects = "arn:aws:s3:::b/*"
	deny := func(principal, action, resource, rest string) string {
		return `{"Sid":"D","Effect":"Deny",` + principal + `,"Action":` + action + `,"Resource":` + resource + rest + `}`
	}
	everybody, all := `"Principal":"*"`, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`
	where := func(condition string) string {
		return deny(everybody, `"s3:*"`, all, `,"Condition":`+condition)
	}
	admin := "arn:aws:iam::111122223333:role/admin"
	exempt := []string{admin, "arn:aws:iam::111122223333:role/admin-*", "AROAADMIN0123456789AB:*"}
	for _, tt := range []struct{ name, statement, near string }{
		{"everything to everybody", deny(everybody, `"s3:*"`, all, ""), ""},
		{"the action, to everybody", deny(`"Principal":{"AWS":"*"}`, `"s3:DeleteObject"`, `"arn:aws:s3:::b/*"`, ""), ""},
		{"another action", deny(everybody, `"s3:PutObject"`, all, ""), "-"},
		{"the bucket and not its objects", deny(everybody, `"s3:*"`, `"arn:aws:s3:::b"`, ""), "-"},
		{"some of the objects", deny(everybody, `"s3:*"`, `"arn:aws:s3:::b/logs/*"`, ""), `statement "D" covers only a part`},
		{"some principals", deny(`"Principal":{"AWS":"`+admin+`"}`, `"s3:*"`, all, ""), `statement "D" refuses it to some principals only`},
		{"an Allow refuses nothing", strings.Replace(deny(everybody, `"s3:*"`, all, ""), "Deny", "Allow", 1), "-"},
		{"all but the named", where(`{"ArnNotEquals":{"aws:PrincipalArn":"` + admin + `"}}`), ""},
		{"all but the named, by IfExists", where(`{"StringNotLikeIfExists":{"AWS:PrincipalARN":"` + admin + `"}}`), ""},
		{"all but another", where(`{"ArnNotEquals":{"aws:PrincipalArn":["` + admin + `","arn:aws:iam::111122223333:role/x"]}}`), `statement "D" spares arn:aws:iam::111122223333:role/x`},
		{"a wildcard is no name", where(`{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/admin-*"}}`), `statement "D" spares arn:aws:iam::111122223333:role/admin-*`},
		{"a role's sessions by its id", where(`{"StringNotLike":{"aws:userid":"AROAADMIN0123456789AB:*"}}`), ""},
		{"ForAnyValue asks for the key", where(`{"ForAnyValue:StringNotEquals":{"aws:PrincipalArn":"` + admin + `"}}`), `statement "D" refuses it only where`},
		{"the named alone", where(`{"ArnEquals":{"aws:PrincipalArn":"` + admin + `"}}`), `statement "D" refuses it only where`},
		{"a condition of another kind", where(`{"Bool":{"aws:SecureTransport":"false"}}`), `statement "D" refuses it only where`},
		{"NotPrincipal, named", deny(`"NotPrincipal":{"AWS":"`+admin+`"}`, `"s3:*"`, all, ""), ""},
		{"NotPrincipal, another", deny(`"NotPrincipal":{"AWS":"arn:aws:iam::444455556666:root"}`, `"s3:*"`, all, ""), `statement "D" spares arn:aws:iam::444455556666:root`},
	} {
		doc, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[` + tt.statement + `]}`))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		a := Of(doc, "s3:DeleteObject", objects, exempt)
		switch {
		case tt.near == "" && a.By == nil:
			t.Errorf("%s: nobody refuses it: %+v", tt.name, a)
		case tt.near != "" && a.By != nil:
			t.Errorf("%s: %s refuses it, want %q", tt.name, a.By.Name(), tt.near)
		case tt.near == "-" && a.Near != "", tt.near != "-" && !strings.HasPrefix(a.Near, tt.near):
			t.Errorf("%s: near %q, want %q", tt.name, a.Near, tt.near)
		}
	}
	if a := Of(nil, "s3:DeleteObject", objects, nil); a.By != nil || a.Near != "" {
		t.Errorf("no policy refuses: %+v", a)
	}
	doc, err := policy.Parse([]byte(`{"Version":"2012-10-17","Statement":[` + where(`{"StringMatches":{"aws:PrincipalArn":"x"}}`) + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if a := Of(doc, "s3:DeleteObject", objects, nil); a.Unclear == nil || a.By != nil {
		t.Errorf("an operator outside the grammar: %+v", a)
	}
}
