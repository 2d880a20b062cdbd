package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PolicyOldVersionsNotWider passes when no earlier version of a policy in use allows
// everything, or a way to higher rights that the default version does not, unless nobody
// below an administrator may bring it back.
// Source: IAM GetAccountAuthorizationDetails, PolicyVersionList; ListPolicyVersions and
// GetPolicyVersion.
var PolicyOldVersionsNotWider = checks.Check{
	ID:             "iam-policy-old-versions-not-wider",
	Title:          "Earlier policy versions grant nothing that the default version was meant to take away",
	Severity:       checks.Medium,
	Category:       checks.Access,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "iam:ListPolicyVersions", "iam:GetPolicyVersion"}, identity.GuardrailReads),
	FailWhenUnread: true,
	Remedy:         "Delete the earlier versions that are wider.",
	Fix: checks.Fix{
		Threat:    "Whoever may set a default version brings the wide one back with a single call, and everybody with the policy has its rights again. The policy's name and ARN stay the same, so that nobody looks.",
		CLI:       "aws iam list-policy-versions --policy-arn {arn}\naws iam delete-policy-version --policy-arn {arn} --version-id OLD_VERSION",
		Terraform: "",
		Cost:      "A version that is deleted cannot be brought back: keep its text elsewhere. Terraform keeps no versions of its own.",
	},
	Judges: checks.For(snapshot.CustomerPolicies, policyOldVersionsNotWider),
}

func policyOldVersionsNotWider(p snapshot.ManagedPolicy, env checks.Env) checks.Verdict {
	if !p.InUse() {
		return checks.DoesNotApply("nobody has the policy, and it bounds nobody")
	}
	current := identity.Source("version "+p.DefaultVersionID, p.Document)
	if v, unread := identity.Unread([]policy.Source{current}); unread {
		return v
	}
	if admin, err := identity.Admin(p.Account, []policy.Source{current}); err == nil && admin.Answer == policy.Yes {
		return checks.DoesNotApply("the default version allows everything itself")
	}
	versions, err := checks.Use(env, p.Versions)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(versions) < 2:
		return checks.DoesNotApply("the policy has one version")
	}
	now := ways(current)
	var wider []string
	var unread *checks.Verdict
	for _, v := range versions {
		if v.Default {
			continue
		}
		src := identity.Source("version "+v.ID, v.Document)
		if verdict, missing := identity.Unread([]policy.Source{src}); missing {
			unread = &verdict
			continue
		}
		if why := widened(p.Account, src, now); why != "" {
			wider = append(wider, v.ID+" "+why)
		}
	}
	if len(wider) == 0 {
		if unread != nil {
			return *unread
		}
		return checks.Pass("none of %d earlier versions is wider than %s", len(versions)-1, p.DefaultVersionID)
	}
	list := wording.List(wider, 3)
	who, untold := setters(env, p)
	switch {
	case len(who) > 0:
		return checks.Fail("%s, and %s may make it the default", list, wording.List(who, 3)).With("versions", list)
	case untold != nil:
		return *untold
	}
	return checks.Pass("%s, but nobody below an administrator may make it the default", list).With("versions", list)
}

// ways are the ids of the combinations that a document allows.
func ways(src policy.Source) (out []string) {
	for _, step := range policy.FindEscalations(src) {
		out = append(out, step.Escalation.ID)
	}
	return out
}

// widened says what an earlier version allows beyond the default one; "" for nothing.
func widened(account string, src policy.Source, now []string) string {
	if admin := policy.FullAdmin(account, src); admin.Answer == policy.Yes {
		return "allows everything"
	}
	for _, step := range policy.FindEscalations(src) {
		if !slices.Contains(now, step.Escalation.ID) {
			return "allows " + strings.Join(step.Escalation.Actions, " with ")
		}
	}
	return ""
}

// setters are the principals below administrator that may set the policy's default version,
// and the verdict where not all could be read.
func setters(env checks.Env, p snapshot.ManagedPolicy) (who []string, untold *checks.Verdict) {
	const set = "iam:SetDefaultPolicyVersion"
	note := func(v checks.Verdict) {
		if untold == nil {
			untold = &v
		}
	}
	judge := func(e identity.Effective, name string) {
		right := e.Can(set, p.ARN)
		switch {
		case right.Answer == policy.CannotTell && len(right.Unread) > 0:
			if v, unread := identity.Unread(e.Policies); unread {
				note(v)
			}
		case right.Answer == policy.Yes && !administers(e):
			who = append(who, name+e.Unread(right))
		}
	}
	users, err := checks.In(env, snapshot.Users, p.Location).Get()
	if err != nil {
		note(checks.Unknown(err))
	}
	for _, u := range users {
		judge(identity.EffectiveUser(env, u), "user/"+u.Name)
	}
	roles, _ := checks.In(env, snapshot.Roles, p.Location).Get() // in one list with the users
	for _, r := range roles {
		if !r.ServiceLinked() {
			judge(identity.EffectiveRole(env, r), "role/"+r.Name)
		}
	}
	slices.Sort(who)
	return who, untold
}

// administers says that an identity is an administrator by its policies and boundary. Service
// control policies, which may not have been read, do not count: whom they cut is no finding
// less for it.
func administers(e identity.Effective) bool {
	e.SCPs = nil
	return e.EffectiveAdmin(policy.ProbeActions).Answer == policy.Yes
}
