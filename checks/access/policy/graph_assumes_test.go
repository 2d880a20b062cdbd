package policy

import (
	"strings"
	"testing"
)

func TestAssumes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		build func(w *cast)
		most  int
		want  string // the roles that ann can assume, nearest first, each with the length of its way
		blind bool
	}{
		{"none", func(w *cast) { w.user("ann", may("s3:*", "*")); w.role("a", trusts(accountRoot)) }, 6, "", false},
		{"one after the other", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", graphAccount+"role/a"))
			w.role("c", trusts(graphAccount+"role/b"))
			w.role("b", trusts(graphAccount+"role/a"))
			w.role("a", trusts(graphAccount+"user/ann"))
		}, 6, "role/a 1, role/b 2, role/c 3", false},
		{"not more steps than that", func(w *cast) {
			w.user("ann")
			w.role("a", trusts(graphAccount+"user/ann"))
			w.role("b", trusts(graphAccount+"role/a"))
		}, 1, "role/a 1", false},
		{"in a ring", func(w *cast) {
			w.user("ann")
			w.role("a", trusts(graphAccount+"user/ann")+","+trusts(graphAccount+"role/b"))
			w.role("b", trusts(graphAccount+"role/a"))
		}, 6, "role/a 1, role/b 2", false},
		{"a role that is passed is not assumed", func(w *cast) {
			w.user("ann", may("iam:PassRole ec2:RunInstances", "*"))
			w.role("a", trusts(ec2Service))
		}, 6, "", false},
		{"on a condition", func(w *cast) { w.user("ann"); w.role("a", trusts(graphAccount+"user/ann", withMFA)) }, 6, "role/a 1", false},
		{"a trust policy unread", func(w *cast) { w.user("ann"); w.role("a", trusts(ec2Service)).Trust = nil }, 6, "", true},
		{"policies on the way unread", func(w *cast) {
			w.user("ann")
			w.role("a", trusts(graphAccount+"user/ann")).Policies = []Source{{Name: "p"}}
		}, 6, "role/a 1", true},
		{"policies of a bystander unread", func(w *cast) {
			w.user("ann")
			w.role("a", trusts(graphAccount+"user/bob")).Policies = []Source{{Name: "p"}}
		}, 6, "", false},
	} {
		w := &cast{t: t}
		tt.build(w)
		g := NewGraph(w.members, nil)
		found, blind := g.Assumes(g.Find(graphAccount+"user/ann"), tt.most)
		var got []string
		for _, f := range found {
			got = append(got, f.Role.Name+" "+string(rune('0'+len(f.Ways))))
		}
		if text := strings.Join(got, ", "); text != tt.want || blind != tt.blind {
			t.Errorf("%s: %q, blind %v; want %q, %v", tt.name, text, blind, tt.want, tt.blind)
		}
	}
}

func TestKeepsOutsiders(t *testing.T) {
	const deny = `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-acme"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}}`
	s := mustParse(t, deny).Statements[0]
	for action, want := range map[string]bool{"sts:AssumeRole": true, "sts:AssumeRoleWithWebIdentity": false, "sts:*": false} {
		if _, ok := s.KeepsOutsiders(action, "o-acme"); ok != want {
			t.Errorf("%s: %v, want %v", action, ok, want)
		}
	}
	if _, ok := s.LimitsOutsiders("sts", "o-acme"); ok {
		t.Error("one action is not all of sts")
	}
	if _, ok := s.KeepsOutsiders("sts:AssumeRole", "o-other"); ok {
		t.Error("another organization's statement counts")
	}
}
