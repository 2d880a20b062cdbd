package iam

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// GitHubSubjectLimited passes when every trust in GitHub's issuer of tokens names an owner
// and a repository in a condition on the subject, and asks for an audience. GitHub signs
// tokens for everybody's repositories: the audience alone tells them not apart.
// The claims repository and repository_id, which STS knows too, name a repository as well.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; IAM User Guide,
// "IAM and AWS STS condition context keys"; GitHub Docs, "OpenID Connect reference".
var GitHubSubjectLimited = checks.Check{
	ID:          "iam-github-oidc-subject-limited",
	Title:       "Roles for GitHub Actions trust named repositories only",
	Severity:    checks.Critical,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListOpenIDConnectProviders", "iam:GetOpenIDConnectProvider"},
	Parameters:  checks.Parameters{"allowed_owners": []string{}, "require_repository": true},
	Remedy:      "Ask for token.actions.githubusercontent.com:sub with repo:OWNER/REPOSITORY:… and for the audience sts.amazonaws.com.",
	Fix: checks.Fix{
		Threat:    "Anybody with a GitHub account writes a workflow that asks for this role and gets it. Such workflows are found by searching for role ARNs in public repositories and logs.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRoleWithWebIdentity\"]\n    principals {\n      type        = \"Federated\"\n      identifiers = [aws_iam_openid_connect_provider.github.arn]\n    }\n    condition {\n      test     = \"StringEquals\"\n      variable = \"token.actions.githubusercontent.com:aud\"\n      values   = [\"sts.amazonaws.com\"]\n    }\n    condition {\n      test     = \"StringLike\"\n      variable = \"token.actions.githubusercontent.com:sub\"\n      values   = [\"repo:OWNER/REPOSITORY:ref:refs/heads/main\"]\n    }\n  }\n}",
		Cost:      "Workflows of repositories, branches or environments that are not named lose the role.",
	},
	Judges: checks.For(snapshot.Roles, githubSubjectLimited),
}

// SharedIssuerSubjectLimited passes when every trust in an issuer that serves many customers
// names one of them: by a condition on its claims, or in the issuer's own address.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; the issuers' documents.
var SharedIssuerSubjectLimited = checks.Check{
	ID:          "iam-oidc-shared-issuer-subject-limited",
	Title:       "Roles for other shared OIDC issuers limit the subject",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListOpenIDConnectProviders"},
	Parameters: checks.Parameters{"shared_issuers": []string{
		"gitlab.com", "app.terraform.io", "oidc.circleci.com", "agent.buildkite.com", "api.bitbucket.org", "oidc.vercel.com", "accounts.google.com", "cognito-identity.amazonaws.com",
	}},
	Remedy: "Ask for the claim that names your organization, group or pool.",
	Fix: checks.Fix{
		Threat:    "The issuer signs tokens for all of its customers, so that each of them can ask for this role and gets it. Opening an account there is free and takes a minute.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRoleWithWebIdentity\"]\n    principals {\n      type        = \"Federated\"\n      identifiers = [aws_iam_openid_connect_provider.gitlab.arn]\n    }\n    condition {\n      test     = \"StringLike\"\n      variable = \"gitlab.com:sub\"\n      values   = [\"project_path:GROUP/PROJECT:ref_type:branch:ref:main\"]\n    }\n  }\n}",
		Cost:      "Pipelines of projects that are not named lose the role.",
	},
	Judges: checks.For(snapshot.Roles, sharedIssuerSubjectLimited),
}

// EKSSubjectLimited passes when every trust in a cluster's issuer names a service account by
// its namespace, and by its name too where the role may change every resource, and asks for
// an audience.
// Source: IAM GetAccountAuthorizationDetails, AssumeRolePolicyDocument; Amazon EKS User
// Guide, "Assign IAM roles to Kubernetes service accounts".
var EKSSubjectLimited = checks.Check{
	ID:          "iam-eks-oidc-subject-limited",
	Title:       "Roles for Kubernetes service accounts name the namespace and the account",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"iam:GetAccountAuthorizationDetails", "iam:ListOpenIDConnectProviders"},
	Remedy:      "Ask for PROVIDER:sub with system:serviceaccount:NAMESPACE:NAME and for PROVIDER:aud sts.amazonaws.com.",
	Fix: checks.Fix{
		Threat:    "Every pod of the cluster whose service account fits the pattern takes on the role. Who may start a pod in any namespace then holds the rights of all.",
		CLI:       "aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument > trust.json\naws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json",
		Terraform: "data \"aws_iam_policy_document\" \"trust\" {\n  statement {\n    actions = [\"sts:AssumeRoleWithWebIdentity\"]\n    principals {\n      type        = \"Federated\"\n      identifiers = [aws_iam_openid_connect_provider.cluster.arn]\n    }\n    condition {\n      test     = \"StringEquals\"\n      variable = \"${replace(aws_iam_openid_connect_provider.cluster.url, \"https://\", \"\")}:sub\"\n      values   = [\"system:serviceaccount:NAMESPACE:NAME\"]\n    }\n  }\n}",
		Cost:      "Pods of other namespaces that use the role so far are denied.",
	},
	Judges: checks.For(snapshot.Roles, eksSubjectLimited),
}

const github = "token.actions.githubusercontent.com"

// web is one trust in an issuer of tokens.
type web struct {
	policy.Trust
	policy.Subject
	never bool // the conditions can be met by no token of the issuer
}

// webTrusts are a document's trusts in the issuers that fit.
func webTrusts(d *policy.Document, fits func(policy.Subject) bool) (out []web) {
	for _, t := range d.Trusts("") {
		if t.Kind != policy.TrustOIDC {
			continue
		}
		if s := t.Subject(); fits(s) {
			out = append(out, web{t, s, neverMet(t, s)})
		}
	}
	return out
}

// neverMet says that the trust asks for a claim of another issuer, which no token of this
// one brings along: then nobody can come.
func neverMet(t policy.Trust, s policy.Subject) bool {
	return slices.ContainsFunc(t.Bounds, func(b policy.Bound) bool {
		at := strings.LastIndexByte(b.Key, ':')
		if at < 0 || !slices.Contains([]string{"sub", "aud", "amr", "oaud"}, b.Key[at+1:]) {
			return false
		}
		issuer := b.Key[:at]
		return strings.Contains(issuer, ".") && issuer != strings.ToLower(s.Provider)
	})
}

// weighed judges all trusts of a role in some issuers: the first that fails is the reason.
func weighed(list []web, none string, judge func(web) checks.Verdict) checks.Verdict {
	var passed []string
	for _, w := range list {
		if w.never {
			passed = append(passed, "for "+w.Provider+" a claim of another issuer is asked for, so that nobody can come")
			continue
		}
		v := judge(w)
		if v.Status != checks.PASS {
			return v
		}
		passed = append(passed, v.Reason)
	}
	if len(passed) == 0 {
		return checks.DoesNotApply("%s", none)
	}
	return checks.Pass("%s", strings.Join(passed, "; "))
}

func githubSubjectLimited(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		list := webTrusts(d, func(s policy.Subject) bool { return s.Host == github })
		power := ""
		if len(list) > 0 {
			id := policy.Identity{ARN: r.ARN, Policies: identity.Of(env, r.Meta, r.Grants)}
			if right := id.EffectiveAdmin(policy.ProbeActions); right.Answer == policy.Yes {
				power = "; the role is an administrator by " + right.Allow.String()
			}
		}
		return weighed(list, "the role does not trust GitHub", func(w web) checks.Verdict {
			v := githubTrust(w, env)
			v.Reason += missing(env, r, w.Value) + power
			return v
		})
	})
}

// missing says that a provider does not exist, so that nobody can come until it does.
func missing(env checks.Env, r snapshot.Role, arn string) string {
	if errors.Is(identity.Provider(env, r, arn), snapshot.ErrAbsent) {
		return "; the provider does not exist in the account, so that nobody can come until it does"
	}
	return ""
}

func githubTrust(w web, env checks.Env) checks.Verdict {
	strange := func(owner string) bool {
		owners := env.Strings("allowed_owners")
		return len(owners) > 0 && !slices.ContainsFunc(owners, func(o string) bool { return strings.EqualFold(o, owner) })
	}
	foreign := slices.IndexFunc(w.Tenants, strange)
	switch {
	case len(w.Open) > 0 && w.Limited != policy.Yes:
		return checks.Fail("%s takes subjects that name no owner: %s", w.Ref, wording.List(w.Open, 3)).With("sub", wording.List(w.Open, 3))
	case w.Limited != policy.Yes:
		return checks.Fail("%s asks for no subject: every repository on GitHub may assume the role", w.Ref)
	case len(env.Strings("allowed_owners")) > 0 && len(w.Tenants) == 0:
		return checks.Fail("%s names a repository by its id, and not its owner, which allowed_owners asks for", w.Ref)
	case foreign >= 0:
		return checks.Fail("%s trusts the owner %q, which is none of allowed_owners", w.Ref, w.Tenants[foreign]).With("owner", w.Tenants[foreign])
	case len(w.Any) > 0 && !w.Pinned && env.Bool("require_repository"):
		return checks.Fail("%s trusts every repository of an owner: %s", w.Ref, wording.List(w.Any, 3)).With("sub", wording.List(w.Any, 3))
	case !w.Audience:
		return checks.Fail("%s asks for a subject and for no audience", w.Ref)
	}
	return checks.Pass("%s trusts %s%s", w.Ref, subjects(w), loose(w))
}

// subjects are the values of the conditions on the tenants' claims.
func subjects(w web) string {
	var out []string
	for _, b := range w.Conditions {
		out = append(out, b.Values...)
	}
	return wording.List(out, 4)
}

// loose says of a pattern that any branch or pull request of a repository fits it, and of
// one that no operator understands that nothing does.
func loose(w web) string {
	note := ""
	for _, b := range w.Conditions {
		for _, v := range b.Values {
			if rest, ok := strings.CutPrefix(v, "repo:"); ok && strings.HasSuffix(rest, ":*") && note == "" {
				note = "; " + v + " lets workflows of any branch, tag and pull request in"
			}
		}
	}
	if len(w.Broken) > 0 {
		note += "; " + wording.List(w.Broken, 2) + " stands under an operator that takes a star as it is, and fits no token"
	}
	return note
}

func sharedIssuerSubjectLimited(r snapshot.Role, env checks.Env) checks.Verdict {
	shared := env.Strings("shared_issuers")
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		list := webTrusts(d, func(s policy.Subject) bool { return slices.Contains(shared, s.Host) && s.Host != github })
		return weighed(list, "the role trusts no issuer that serves many customers", func(w web) checks.Verdict {
			v := sharedTrust(w)
			v.Reason += missing(env, r, w.Value)
			return v
		})
	})
}

func sharedTrust(w web) checks.Verdict {
	switch {
	case w.Limited == policy.Yes && len(w.Conditions) > 0:
		return checks.Pass("%s trusts %s of %s", w.Ref, subjects(w), w.Provider)
	case w.InIssuer:
		return checks.Pass("%s trusts %s, whose address names one customer", w.Ref, w.Provider)
	case len(w.Open) > 0:
		return checks.Fail("%s takes subjects of %s that name no customer: %s", w.Ref, w.Provider, wording.List(w.Open, 3)).With("sub", wording.List(w.Open, 3))
	case w.Limited == policy.CannotTell && slices.ContainsFunc(w.Conditions, literal):
		return checks.Pass("%s trusts %s of %s, whose tokens are not known here", w.Ref, subjects(w), w.Provider)
	}
	return checks.Fail("%s names no customer of %s: each of them may assume the role%s", w.Ref, w.Provider, identity.Conditions(w.Ref.Statement))
}

// literal says that each value of a condition begins with something that no pattern leaves
// open.
func literal(b policy.Bound) bool {
	return !slices.ContainsFunc(b.Values, func(v string) bool {
		if i := strings.IndexAny(v, "*?$"); i >= 0 {
			v = v[:i]
		}
		return strings.Trim(v, ":/") == ""
	})
}

const serviceAccount = "system:serviceaccount:"

func eksSubjectLimited(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		list := webTrusts(d, func(s policy.Subject) bool { return strings.HasPrefix(s.Host, "oidc.eks.") })
		id := policy.Identity{ARN: r.ARN, Policies: identity.Of(env, r.Meta, r.Grants)}
		return weighed(list, "the role trusts no EKS cluster", func(w web) checks.Verdict {
			v := eksTrust(w, &id, r.Account)
			v.Reason += missing(env, r, w.Value)
			return v
		})
	})
}

func eksTrust(w web, id *policy.Identity, account string) checks.Verdict {
	switch {
	case len(w.Open) > 0:
		return checks.Fail("%s takes subjects that name no namespace: %s", w.Ref, wording.List(w.Open, 3)).With("sub", wording.List(w.Open, 3))
	case w.Limited != policy.Yes:
		return checks.Fail("%s asks for no subject: every pod of %s may assume the role", w.Ref, w.Provider)
	case !w.Audience:
		return checks.Fail("%s asks for a subject and for no audience", w.Ref)
	}
	var anyName []string
	for _, b := range w.Conditions {
		for _, v := range b.Values {
			_, name, _ := strings.Cut(strings.TrimPrefix(v, serviceAccount), ":")
			if strings.ContainsAny(name, "*?") && !slices.Contains(w.Broken, v) {
				anyName = append(anyName, v)
			}
		}
	}
	if len(anyName) == 0 {
		return checks.Pass("%s trusts %s%s", w.Ref, subjects(w), loose(w))
	}
	list := wording.List(anyName, 3)
	if found := writes(id, account, 4, true); len(found) > 0 {
		return checks.Fail("%s trusts every service account like %s, and the role may change every resource, as by %s", w.Ref, list, wording.List(found, 3)).With("sub", list)
	}
	if v, unread := identity.Unread(id.Policies); unread {
		return v
	}
	return checks.Pass("%s trusts every service account like %s; the role changes nothing on every resource", w.Ref, list).With("sub", list)
}
