package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const graphAccount = "arn:aws:iam::111122223333:"

// cast builds a graph from short descriptions.
type cast struct {
	t       *testing.T
	members []Member
	groups  []Group
}

func (w *cast) source(list ...string) []Source {
	if len(list) == 0 {
		return nil
	}
	return []Source{{Name: "policy", Document: mustParse(w.t, statements(list...))}}
}

func (w *cast) user(name string, list ...string) *Member {
	w.members = append(w.members, Member{Identity: Identity{ARN: graphAccount + "user/" + name, Policies: w.source(list...)}, Name: "user/" + name})
	return &w.members[len(w.members)-1]
}

func (w *cast) role(name, trust string, list ...string) *Member {
	w.members = append(w.members, Member{Identity: Identity{ARN: graphAccount + "role/" + name, Policies: w.source(list...)}, Name: "role/" + name, Role: true, Carried: No,
		Trust: mustParse(w.t, `{"Version":"2012-10-17","Statement":[`+trust+`]}`)})
	return &w.members[len(w.members)-1]
}

func (m *Member) bound(t *testing.T, list ...string) *Member {
	m.Boundary = &Source{Name: "boundary", Document: mustParse(t, statements(list...))}
	return m
}

// trusts is a statement that lets principals assume a role.
func trusts(principal string, rest ...string) string {
	kind := "AWS"
	if strings.HasSuffix(principal, ".amazonaws.com") {
		kind = "Service"
	}
	return `{"Effect":"Allow","Principal":{"` + kind + `":"` + principal + `"},"Action":"sts:AssumeRole"` + strings.Join(rest, "") + `}`
}

func may(action, resource string, rest ...string) string {
	return `"Effect":"Allow","Action":["` + strings.ReplaceAll(action, " ", `","`) + `"],"Resource":"` + resource + `"` + strings.Join(rest, "")
}

const (
	accountRoot = graphAccount + "root"
	ec2Service  = "ec2.amazonaws.com"
	withMFA     = `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`
)

var everythingAllowed = may("*", "*")

func TestPathToAdmin(t *testing.T) {
	admin := func(w *cast, trust string) *Member { return w.role("admin", trust, everythingAllowed) }
	for _, tt := range []struct {
		name  string
		build func(w *cast)
		want  string // the steps of user/ann; "" for none
		need  bool   // a condition stands on the way
	}{
		{"nothing", func(w *cast) { w.user("ann", may("s3:*", "*")); admin(w, trusts(accountRoot)) }, "", false},
		{"assumes it, both sides allow", func(w *cast) { w.user("ann", may("sts:AssumeRole", "*")); admin(w, trusts(accountRoot)) }, "assumes role/admin", false},
		{"the trust alone is not enough", func(w *cast) { w.user("ann"); admin(w, trusts(accountRoot)) }, "", false},
		{"the right alone is not enough", func(w *cast) { w.user("ann", may("sts:AssumeRole", "*")); admin(w, trusts(graphAccount+"user/bob")) }, "", false},
		{"named itself it needs no right", func(w *cast) { w.user("ann"); admin(w, trusts(graphAccount+"user/ann")) }, "assumes role/admin", false},
		{"named itself, and denied", func(w *cast) {
			w.user("ann", `"Effect":"Deny","Action":"sts:*","Resource":"*"`)
			admin(w, trusts(graphAccount+"user/ann"))
		}, "", false},
		{"the trust denies again", func(w *cast) {
			w.user("ann", may("sts:*", "*"))
			admin(w, trusts(accountRoot)+`,{"Effect":"Deny","Principal":{"AWS":"`+graphAccount+`user/ann"},"Action":"sts:AssumeRole"}`)
		}, "", false},
		{"its boundary keeps it from assuming", func(w *cast) { w.user("ann", may("*", "*")).bound(t, may("s3:*", "*")); admin(w, trusts(accountRoot)) }, "", false},
		{"with MFA", func(w *cast) { w.user("ann", may("sts:AssumeRole", "*")); admin(w, trusts(accountRoot, withMFA)) }, "assumes role/admin", true},
		{"over a role, whose session shows no MFA", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", graphAccount+"role/mid"))
			w.role("mid", trusts(accountRoot), may("sts:AssumeRole", "*"))
			admin(w, trusts(accountRoot, withMFA))
		}, "", false},
		{"over a role", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", graphAccount+"role/mid"))
			w.role("mid", trusts(accountRoot), may("sts:AssumeRole", "*"))
			admin(w, trusts(graphAccount+"role/mid"))
		}, "assumes role/mid; assumes role/admin", false},
		{"cycles end", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", "*"))
			w.role("a", trusts(accountRoot), may("sts:AssumeRole", "*"))
			w.role("b", trusts(accountRoot), may("sts:AssumeRole", "*"))
		}, "", false},
		{"an administrator's access key", func(w *cast) { w.user("ann", may("iam:CreateAccessKey", "*")); w.user("root", everythingAllowed) }, "takes over user/root by iam:CreateAccessKey", false},
		{"its own access key", func(w *cast) {
			w.user("ann", may("iam:CreateAccessKey", graphAccount+"user/${aws:username}"))
			w.user("root", everythingAllowed)
		}, "", false},
		{"rewrites the trust", func(w *cast) { w.user("ann", may("iam:UpdateAssumeRolePolicy", "*")); admin(w, trusts(ec2Service)) }, "rewrites who may assume role/admin", false},
		{"of a role that AWS keeps nobody can", func(w *cast) {
			w.user("ann", may("iam:UpdateAssumeRolePolicy", "*"))
			admin(w, trusts(ec2Service)).Kept = true
		}, "", false},
		{"writes its own policy", func(w *cast) { w.user("ann", may("iam:PutUserPolicy", graphAccount+"user/ann")) }, "writes a policy of user/ann", false},
		{"within a boundary that leaves nothing", func(w *cast) {
			w.user("ann", may("iam:PutUserPolicy", graphAccount+"user/ann")).bound(t, may("iam:PutUserPolicy s3:*", "*"))
		}, "", false},
		{"takes its boundary off", func(w *cast) {
			w.user("ann", everythingAllowed).bound(t, may("iam:DeleteUserPermissionsBoundary s3:Get*", "*"))
		}, "takes the boundary off user/ann", false},
		{"widens its boundary", func(w *cast) {
			w.user("ann", everythingAllowed).bound(t, may("iam:PutUserPermissionsBoundary s3:Get*", "*"))
		}, "replaces the boundary of user/ann", false},
		{"may keep its boundary alone", func(w *cast) {
			w.user("ann", everythingAllowed).bound(t, may("iam:PutUserPermissionsBoundary s3:Get*", "*", `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`))
		}, "", false},
		{"makes a role", func(w *cast) { w.user("ann", may("iam:CreateRole iam:PutRolePolicy", graphAccount+"role/team/*")) }, "makes a role that trusts it and gives it every right", false},
		{"makes a role here and rewrites others there", func(w *cast) {
			w.user("ann", may("iam:CreateRole", graphAccount+"role/a/*"), may("iam:AttachRolePolicy", graphAccount+"role/b/*"))
		}, "", false},
		{"makes a role and gives it nothing", func(w *cast) { w.user("ann", may("iam:CreateRole iam:PassRole", "*")) }, "", false},
		{"makes a role within a boundary", func(w *cast) {
			w.user("ann", may("iam:CreateRole iam:PutRolePolicy", "*", `,"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`))
		}, "", false},
		{"makes a role, and a Deny asks for a boundary", func(w *cast) {
			w.user("ann", may("iam:CreateRole iam:PutRolePolicy", "*"), `"Effect":"Deny","Action":["iam:CreateRole","iam:PutRolePolicy"],"Resource":"`+graphAccount+`role/*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`)
		}, "", false},
		{"makes a role of a name that is taken", func(w *cast) {
			w.user("ann", may("iam:CreateRole iam:PutRolePolicy", graphAccount+"role/small"))
			w.role("small", trusts(ec2Service))
		}, "", false},
		{"makes a role, of all but some", func(w *cast) {
			w.user("ann", `"Effect":"Allow","Action":["iam:CreateRole","iam:AttachRolePolicy"],"NotResource":"`+graphAccount+`role/admin"`)
		}, "makes a role that trusts it and gives it every right", false},
		{"makes a role with MFA", func(w *cast) { w.user("ann", may("iam:CreateRole iam:PutRolePolicy", "*", withMFA)) }, "makes a role that trusts it and gives it every right", true},
		{"makes a role that it may not assume", func(w *cast) {
			w.user("ann", may("iam:CreateRole iam:PutRolePolicy", "*"), `"Effect":"Deny","Action":"sts:*","Resource":"*"`)
		}, "", false},
		{"makes a user", func(w *cast) {
			w.user("ann", may("iam:CreateUser iam:AttachUserPolicy iam:CreateLoginProfile", graphAccount+"user/team/*"))
		}, "makes a user with every right and a key", false},
		{"makes a user and cannot sign in as it", func(w *cast) { w.user("ann", may("iam:CreateUser iam:AttachUserPolicy", graphAccount+"user/team/*")) }, "", false},
		{"attaches named policies alone", func(w *cast) {
			w.user("ann", may("iam:AttachUserPolicy", "*", `,"Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::1:policy/x"}}`))
		}, "", false},
		{"a new version of a policy that it has", func(w *cast) {
			w.user("ann", may("iam:CreatePolicyVersion", "*")).Managed = []string{graphAccount + "policy/own"}
		}, "writes a new version of a policy of user/ann", false},
		{"a new version of a policy that nobody above it has", func(w *cast) { w.user("ann", may("iam:CreatePolicyVersion", "*")) }, "", false},
		{"brings back an older version", func(w *cast) {
			w.user("ann", may("iam:SetDefaultPolicyVersion", "*")).Older = []Older{{graphAccount + "policy/own", Yes}}
		}, "brings back an older version of a policy of user/ann", false},
		{"of another policy", func(w *cast) {
			w.user("ann", may("iam:SetDefaultPolicyVersion", graphAccount+"policy/other")).Older = []Older{{graphAccount + "policy/own", Yes}}
		}, "", false},
		{"which is no wider", func(w *cast) {
			w.user("ann", may("iam:SetDefaultPolicyVersion", "*")).Older = []Older{{graphAccount + "policy/own", No}}
		}, "", false},
		{"joins a group", func(w *cast) {
			w.user("ann", may("iam:AddUserToGroup", "*"))
			w.groups = []Group{{ARN: graphAccount + "group/admins", Name: "admins", Policies: w.source(everythingAllowed)}}
		}, "puts user/ann into the group admins", false},
		{"writes the policy of its group", func(w *cast) {
			w.user("ann", may("iam:PutGroupPolicy", "*")).Groups = []string{graphAccount + "group/devs"}
		}, "writes a policy of a group of user/ann", false},
		{"writes the policy of a role that it assumes", func(w *cast) {
			w.user("ann", may("sts:AssumeRole iam:PutRolePolicy", graphAccount+"role/small"))
			w.role("small", trusts(accountRoot))
		}, "assumes role/small; writes a policy of role/small", false},
		{"passes a role to an instance", func(w *cast) { w.user("ann", may("iam:PassRole ec2:RunInstances", "*")); admin(w, trusts(ec2Service)) }, "starts an instance with a role: role/admin", false},
		{"to a service that the role does not trust", func(w *cast) {
			w.user("ann", may("iam:PassRole ec2:RunInstances", "*"))
			admin(w, trusts("lambda.amazonaws.com"))
		}, "", false},
		{"but may not start one", func(w *cast) { w.user("ann", may("iam:PassRole", "*")); admin(w, trusts(ec2Service)) }, "", false},
		{"may start one, but pass no role", func(w *cast) { w.user("ann", may("ec2:RunInstances", "*")); admin(w, trusts(ec2Service)) }, "", false},
		{"to that service alone", func(w *cast) {
			w.user("ann", may("ec2:RunInstances", "*"), may("iam:PassRole", "*", `,"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`))
			admin(w, trusts(ec2Service))
		}, "starts an instance with a role: role/admin", false},
		{"to another service alone", func(w *cast) {
			w.user("ann", may("ec2:RunInstances", "*"), may("iam:PassRole", "*", `,"Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`))
			admin(w, trusts(ec2Service))
		}, "", false},
		{"commands on machines that hold the role", func(w *cast) {
			w.user("ann", may("ssm:SendCommand", "*"))
			admin(w, trusts(ec2Service)).Carried = Yes
		}, "runs commands on instances that hold a role: role/admin", false},
		{"which no machine holds", func(w *cast) { w.user("ann", may("ssm:SendCommand", "*")); admin(w, trusts(ec2Service)) }, "", false},
		{"which a machine may hold that was not read", func(w *cast) {
			w.user("ann", may("ssm:SendCommand", "*"))
			admin(w, trusts(ec2Service)).Carried = CannotTell
		}, "runs commands on instances that hold a role: role/admin", true},
		{"commands on one machine", func(w *cast) {
			w.user("ann", may("ssm:SendCommand", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"))
			admin(w, trusts(ec2Service)).Carried = Yes
		}, "", false},
		{"the code of a function that may hold the role", func(w *cast) {
			w.user("ann", may("lambda:UpdateFunctionCode", "*"))
			admin(w, trusts("lambda.amazonaws.com"))
		}, "replaces the code of a function that runs with a role: role/admin", true},
		{"too long a way", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", graphAccount+"role/r1"))
			for i := 1; i < 4; i++ {
				w.role(fmt.Sprintf("r%d", i), trusts(accountRoot), may("sts:AssumeRole", fmt.Sprintf("%srole/r%d", graphAccount, i+1)))
			}
			w.role("r4", trusts(accountRoot), everythingAllowed)
		}, "", false},
		{"the shortest way", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", "*"))
			w.role("mid", trusts(accountRoot), may("sts:AssumeRole", "*"))
			admin(w, trusts(accountRoot))
		}, "assumes role/admin", false},
		{"one without conditions comes first", func(w *cast) {
			w.user("ann", may("sts:AssumeRole", "*"))
			admin(w, trusts(accountRoot, withMFA))
			w.role("mid", trusts(accountRoot), may("sts:AssumeRole", "*"))
			w.role("other", trusts(graphAccount+"role/mid"), everythingAllowed)
		}, "assumes role/mid; assumes role/other", false},
	} {
		w := &cast{t: t}
		tt.build(w)
		g := NewGraph(w.members, w.groups)
		ways, answer, _ := g.Path(g.Find(graphAccount+"user/ann"), 3)
		var steps []string
		need := false
		for _, way := range ways {
			steps = append(steps, way.How)
			need = need || way.Need != ""
		}
		if got := strings.Join(steps, "; "); got != tt.want || need != tt.need || (answer == Yes) != (tt.want != "") || answer == CannotTell {
			t.Errorf("%s: %v %q, conditional %v; want %q, %v", tt.name, answer, got, need, tt.want, tt.need)
		}
	}
}

func TestPathWithUnreadPolicies(t *testing.T) {
	unread := Source{Name: "unread"}
	for name, build := range map[string]func(w *cast){
		"its own": func(w *cast) {
			ann := w.user("ann")
			ann.Policies = []Source{unread}
		},
		"those of a role on the way": func(w *cast) {
			w.user("ann", may("sts:AssumeRole", "*"))
			mid := w.role("mid", trusts(accountRoot))
			mid.Policies = []Source{unread}
		},
		"older versions of its policies": func(w *cast) {
			w.user("ann", may("iam:SetDefaultPolicyVersion", "*")).Older = []Older{{graphAccount + "policy/own", CannotTell}}
		},
		"a role's trust": func(w *cast) {
			w.user("ann")
			mid := w.role("mid", trusts(accountRoot))
			mid.Trust = nil
		},
	} {
		w := &cast{t: t}
		build(w)
		g := NewGraph(w.members, nil)
		if ways, answer, _ := g.Path(0, 6); answer != CannotTell || ways != nil {
			t.Errorf("%s: %v %v, want cannot tell", name, answer, ways)
		}
	}
}

func TestPathOfAMadeRoleUnderGuardrails(t *testing.T) {
	w := &cast{t: t}
	ann := w.user("ann", may("iam:CreateRole iam:PutRolePolicy", "*"))
	ann.SCPs = rails(t, []string{statements(may("s3:* iam:* sts:*", "*"))})
	if ways, answer, _ := NewGraph(w.members, nil).Path(0, 6); answer != No {
		t.Errorf("a role that guardrails hold is no administrator: %v %v", answer, ways)
	}
}

func TestPathUnderGuardrails(t *testing.T) {
	w := &cast{t: t}
	ann := w.user("ann", may("iam:PutUserPolicy", "*"))
	ann.SCPs = rails(t, []string{fullAccess}, []string{fullAccess, statements(`"Effect":"Deny","Action":"iam:Put*","Resource":"*"`)})
	if ways, answer, _ := NewGraph(w.members, nil).Path(0, 6); answer != No {
		t.Errorf("a service control policy takes it away: %v %v", answer, ways)
	}
	w.members[0].SCPs = &Guardrails{Unread: &Error{Problem: "denied"}}
	if _, answer, _ := NewGraph(w.members, nil).Path(0, 6); answer != Yes {
		t.Errorf("one that was not read takes nothing away: %v", answer)
	}
}

// TestPathsOfManyRoles holds the work on a large account to a bound.
func TestPathsOfManyRoles(t *testing.T) {
	w := &cast{t: t}
	const n = 600
	for i := range n {
		w.role(fmt.Sprintf("r%d", i), trusts(accountRoot), may("sts:AssumeRole", fmt.Sprintf("%srole/r%d*", graphAccount, i%10)))
	}
	start := time.Now()
	g := NewGraph(w.members, nil)
	for i := range n {
		if _, answer, _ := g.Path(i, 6); answer != No {
			t.Fatalf("role %d: %v", i, answer)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("%d roles took %s", n, took)
	}
}
