package identity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	own        = "arn:aws:iam::111122223333:"
	adminARN   = "arn:aws:iam::aws:policy/AdministratorAccess"
	everything = `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
)

func meta(arn string) snapshot.Meta {
	m := checktest.Meta(arn, arn)
	m.Region = snapshot.Global
	return m
}

func inlined(names ...string) (g snapshot.Grants) {
	for _, n := range names {
		p := snapshot.InlinePolicy{Meta: meta(n), Document: snapshot.Value(everything)}
		p.Name = n
		g.Inline = append(g.Inline, p)
	}
	return g
}

// probe runs judge as a check of the account would and returns its verdict.
func probe(t *testing.T, set func(*snapshot.Account), judge func(*snapshot.Account, checks.Env) checks.Verdict) checks.Finding {
	t.Helper()
	c := &checks.Check{ID: "iam-probe", Reads: []string{"iam:GetAccountAuthorizationDetails"}, Judges: checks.For(snapshot.Accounts, judge)}
	found := checktest.Findings(c, checktest.Account(c, set), nil)
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	return found[0]
}

func TestOfUserAddsTheGroups(t *testing.T) {
	set := func(a *snapshot.Account) {
		g := snapshot.Group{Meta: meta(own + "group/devs"), Grants: snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: adminARN}}}}
		g.Name = "devs"
		a.IAM.Groups = []snapshot.Group{g}
		a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: meta(adminARN), Document: snapshot.Value(everything)}}
	}
	u := snapshot.User{Meta: meta(own + "user/anna"), Grants: inlined("p"), Groups: []string{"devs", "gone"}}
	u.Attached = []snapshot.AttachedPolicy{{ARN: own + "policy/unknown"}}
	var names []string
	var missing int
	probe(t, set, func(_ *snapshot.Account, env checks.Env) checks.Verdict {
		for _, src := range identity.OfUser(env, u) {
			names = append(names, src.Name)
			if src.Document == nil {
				missing++
			}
		}
		return checks.Pass("seen")
	})
	want := []string{"inline policy p", own + "policy/unknown", "group devs: " + adminARN, "group gone"}
	if diff := cmp.Diff(want, names); diff != "" || missing != 2 {
		t.Errorf("%d without a document (-want +got)\n%s", missing, diff)
	}
}

func TestUnread(t *testing.T) {
	broken := identity.Source("broken", snapshot.Value("{"))
	denied := identity.Source("denied", snapshot.Missing[string](checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Denied)))
	good := identity.Source("good", snapshot.Value(everything))
	for _, tt := range []struct {
		sources []policy.Source
		cause   snapshot.Cause
		reason  string
	}{
		{[]policy.Source{good, broken, denied}, snapshot.OK, "broken cannot be understood"},
		{[]policy.Source{good, denied, broken}, snapshot.Denied, "denied: iam:GetAccountAuthorizationDetails"},
	} {
		v, unread := identity.Unread(tt.sources)
		if !unread || v.Status != checks.UNKNOWN || v.Cause != tt.cause || !strings.Contains(v.Reason, tt.reason) {
			t.Errorf("%+v, want %s with %q", v, tt.cause, tt.reason)
		}
	}
	if v, unread := identity.Unread([]policy.Source{good}); unread {
		t.Errorf("all was read: %+v", v)
	}
}

func TestAdminWithUnreadPolicies(t *testing.T) {
	denied := policy.Source{Name: "d", Err: checktest.Unread("iam:GetAccountAuthorizationDetails", snapshot.Denied)}
	good := identity.Source("good", snapshot.Value(everything))
	if admin, err := identity.Admin("111122223333", []policy.Source{denied, good}); err != nil || admin.Answer != policy.Yes {
		t.Errorf("an unread policy takes nothing away: %v, %v", admin.Answer, err)
	}
	_, err := identity.Admin("111122223333", []policy.Source{denied})
	if v := identity.Untold(err); v.Cause != snapshot.Denied {
		t.Errorf("%v: %+v, want denied", err, v)
	}
	strange := identity.Source("s", snapshot.Value(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Strange":1}}`))
	_, err = identity.Admin("111122223333", []policy.Source{strange})
	if v := identity.Untold(err); v.Cause != snapshot.OK || !strings.Contains(v.Reason, "Strange") {
		t.Errorf("%+v, want the element that is not AWS's", v)
	}
}

func TestAdminServices(t *testing.T) {
	trust := func(service string) snapshot.Read[string] {
		return snapshot.Value(`{"Statement":{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}}`)
	}
	role := func(name, path string, trust snapshot.Read[string], g snapshot.Grants) snapshot.Role {
		return snapshot.Role{Meta: meta(own + "role/" + name), Path: path, Trust: trust, Grants: g}
	}
	unknown := snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: "arn:aws:iam::aws:policy/x"}}}
	set := func(a *snapshot.Account) {
		a.IAM.Roles = []snapshot.Role{
			role("box", "/", trust("ec2.amazonaws.com"), inlined("p")),
			role("box2", "/", trust("ec2.amazonaws.com"), inlined("p")),
			role("small", "/", trust("lambda.amazonaws.com"), snapshot.Grants{}),
			role("linked", "/aws-service-role/x/", trust("x.amazonaws.com"), inlined("p")),
			role("odd", "/", trust("odd.amazonaws.com"), unknown),
			role("untrusted", "/", snapshot.Read[string]{}, inlined("p")),
		}
	}
	var got []string
	probe(t, set, func(a *snapshot.Account, env checks.Env) checks.Verdict {
		services, err := identity.AdminServices(env, a.Location)
		if err != nil {
			t.Errorf("the list is whole: %v", err)
		}
		for _, s := range services {
			line := s.Service + ":" + strings.Join(s.Roles, " ")
			if s.Err != nil {
				line += "?"
			}
			got = append(got, line)
		}
		return checks.Pass("seen")
	})
	want := []string{"ec2.amazonaws.com:" + own + "role/box " + own + "role/box2", "odd.amazonaws.com:?", ":?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got)\n%s", diff)
	}
	cut := func(a *snapshot.Account) {
		checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Throttled)
	}
	probe(t, cut, func(a *snapshot.Account, env checks.Env) checks.Verdict {
		if _, err := identity.AdminServices(env, a.Location); err == nil {
			t.Error("roles that were not read may be an administrator's")
		}
		return checks.Pass("seen")
	})
}

func TestGrantedAndHolders(t *testing.T) {
	source := func(text string) policy.Source { return identity.Source("p", snapshot.Value(text)) }
	allow, deny := source(everything), source(`{"Statement":{"Effect":"Deny","Action":"iam:*","Resource":"*"}}`)
	if _, ok := identity.Granted("111122223333", []policy.Source{allow, {Name: "unread"}}, "iam:CreatePolicy"); !ok {
		t.Error("allowed by the first")
	}
	for _, order := range [][]policy.Source{{allow, deny}, {deny, allow}} {
		if ref, ok := identity.Granted("111122223333", order, "iam:CreatePolicy"); ok {
			t.Errorf("%s, though denied", ref)
		}
	}
	probe(t, func(a *snapshot.Account) {
		a.IAM.Roles = []snapshot.Role{{Meta: meta(own + "role/r"), Grants: snapshot.Grants{Attached: []snapshot.AttachedPolicy{{ARN: adminARN}}}}}
		checktest.Fail(a, "iam:GetAccountAuthorizationDetails", snapshot.Global, snapshot.Throttled)
	}, func(a *snapshot.Account, env checks.Env) checks.Verdict {
		holders, err := identity.Holders(env, a, func(arn string) bool { return arn == adminARN })
		if diff := cmp.Diff([]string{own + "role/r"}, holders); diff != "" || err == nil {
			t.Errorf("%v: a list cut short may hold more %s", err, diff)
		}
		return checks.Pass("seen")
	})
}
