package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/scanner/snapshot"
)

// held asks a role with the policies, and a boundary if there is one, as a check does.
func held(t *testing.T, boundary string, policies []string, ask func(*identity.Held) string) string {
	t.Helper()
	r := snapshot.Role{Meta: meta(own + "role/web"), Path: "/"}
	for i, p := range policies {
		inline := snapshot.InlinePolicy{Meta: meta(fmt.Sprint("p", i)), Document: snapshot.Value(`{"Version":"2012-10-17","Statement":` + p + `}`)}
		inline.Name = fmt.Sprint("p", i)
		r.Inline = append(r.Inline, inline)
	}
	var out string
	probe(t, func(a *snapshot.Account) {
		if boundary != "" {
			r.BoundaryARN = own + "policy/boundary"
			a.IAM.Policies = []snapshot.ManagedPolicy{{Meta: meta(r.BoundaryARN), Document: snapshot.Value(`{"Version":"2012-10-17","Statement":` + boundary + `}`)}}
		}
		a.IAM.Roles = []snapshot.Role{r}
	}, func(_ *snapshot.Account, env checks.Env) checks.Verdict {
		out = ask(identity.OfInstance(env, snapshot.Instance{ID: "i-1", Meta: meta("arn:aws:ec2:eu-west-1:111122223333:instance/i-1")}, r))
		return checks.Pass("seen")
	})
	return out
}

func shown(r identity.Right) string {
	extent := map[identity.Extent]string{identity.Unsure: "unsure", identity.None: "none", identity.Narrowed: "narrowed", identity.Given: "given"}[r.Extent]
	if r.Extent == identity.Narrowed {
		return extent + " by " + r.Statements() + " " + r.Conditions()
	}
	if r.Extent == identity.Given {
		return extent + " by " + r.Statements()
	}
	return extent
}

func TestEverywhere(t *testing.T) {
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	tagged := `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}}}`
	for _, tt := range []struct {
		name, boundary string
		policies       []string
		want           string
	}{
		{"the plain statement wins over the narrowed one", "", []string{tagged, all}, "given by inline policy p1 statement 1"},
		{"narrowed alone", "", []string{tagged}, "narrowed by inline policy p0 statement 1 on the condition StringEquals aws:ResourceTag/a [b]"},
		{"what cannot be understood comes before what is narrowed", "", []string{tagged, strings.TrimSuffix(all, "}") + `,"Odd":1}`}, "unsure"},
		{"a boundary narrows", tagged, []string{all}, "narrowed by inline policy p0 statement 1 on the condition StringEquals aws:ResourceTag/a [b]"},
		{"a boundary that cannot be understood", strings.TrimSuffix(all, "}") + `,"Odd":1}`, []string{all}, "unsure"},
		{"a boundary that is silent", `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`, []string{strings.TrimSuffix(all, "}") + `,"Odd":1}`}, "none"},
		{"a boundary gives nothing", all, nil, "none"},
		{"a Deny of the boundary", `[` + all + `,{"Effect":"Deny","Action":"rds:*","Resource":"*"}]`, []string{all}, "none"},
		{"a Deny of one resource", "", []string{all, `{"Effect":"Deny","Action":"rds:*","Resource":"arn:aws:rds:eu-west-1:111122223333:db:a"}`}, "given by inline policy p0 statement 1"},
	} {
		if got := held(t, tt.boundary, tt.policies, func(h *identity.Held) string { return shown(h.Everywhere("rds:DeleteDBInstance")) }); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWay(t *testing.T) {
	never := func(string) bool { return false }
	pass := []string{"iam:PassRole", "ec2:RunInstances"}
	for _, tt := range []struct {
		name     string
		policies []string
		actions  []string
		want     string
	}{
		{"by two policies", []string{`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`, `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`}, pass, "given by inline policy p0 statement 1 and inline policy p1 statement 1"},
		{"one of two narrowed", []string{`{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`, `{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`}, pass,
			"narrowed by inline policy p0 statement 1 and inline policy p1 statement 1 on the condition StringEquals aws:RequestedRegion [eu-west-1]"},
		{"the combination that goes furthest", []string{`{"Effect":"Allow","Action":"lambda:*","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:a"}`,
			`{"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:b"}`}, []string{"lambda:CreateFunction", "lambda:InvokeFunction"}, "given by inline policy p0 statement 1"},
		{"on resources that have nothing in common", []string{`{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:a"}`,
			`{"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"arn:aws:lambda:eu-west-1:111122223333:function:b"}`}, []string{"lambda:CreateFunction", "lambda:InvokeFunction"}, "none"},
	} {
		if got := held(t, "", tt.policies, func(h *identity.Held) string { return shown(h.Way(tt.actions, never)) }); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
