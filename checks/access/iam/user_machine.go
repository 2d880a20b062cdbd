package iam

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ServiceUserHasNoPassword passes when a user that belongs to a machine, by its groups or
// tags, cannot sign in to the console. Of the account it says whether the groups exist:
// one that does not would have the check test nobody.
// Source: credential report, password_enabled; for a user made after it, IAM GetLoginProfile.
var ServiceUserHasNoPassword = checks.Check{
	ID:          "iam-service-user-has-no-password",
	Title:       "IAM users that belong to machines have no password",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetLoginProfile",
		"iam:ListMFADevices"},
	Parameters: checks.Parameters{"service_user_groups": []string{}, "service_user_tags": []string{}},
	Remedy:     "Delete the password of the user.",
	Fix: checks.Fix{
		Threat:    "A machine's user signs in with no MFA, and its password is known to many or to nobody: who guesses or finds it works in the console under a name that nobody watches. What a person did cannot be told from what the machine did.",
		CLI:       "aws iam delete-login-profile --user-name {name}",
		Terraform: "# remove the aws_iam_user_login_profile of {name}",
		Cost:      "People who sign in as the machine need users or roles of their own.",
	},
	Judges: checks.For(snapshot.Users, serviceUserHasNoPassword).And(checks.For(snapshot.Accounts, serviceUserGroupsExist)),
}

const noMachines = "neither service_user_groups nor service_user_tags says which users belong to machines"

func serviceUserHasNoPassword(u snapshot.User, env checks.Env) checks.Verdict {
	groups, tags := env.Strings("service_user_groups"), env.Strings("service_user_tags")
	if len(groups)+len(tags) == 0 {
		return checks.DoesNotApply(noMachines)
	}
	mark := machine(u, groups, tags)
	if mark == "" {
		return checks.DoesNotApply("the user is in none of the groups and carries none of the tags of machines")
	}
	c, err := checks.Use(env, u.Console)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case c.Password:
		return checks.Fail("the user belongs to a machine (%s) and has a password (%s)", mark, c.Source).With("password", "true")
	}
	return checks.Pass("the user belongs to a machine (%s) and has no password (%s)", mark, c.Source).With("password", "false")
}

// machine is the group or tag that says that a user belongs to a machine; "" for none. A tag
// is a key, or KEY=VALUE.
func machine(u snapshot.User, groups, tags []string) string {
	for _, g := range u.Groups {
		if slices.ContainsFunc(groups, func(name string) bool { return strings.EqualFold(name, g) }) {
			return "group " + g
		}
	}
	for _, t := range tags {
		key, value, exact := strings.Cut(t, "=")
		if got, ok := u.Tags[key]; ok && (!exact || got == value) {
			return "tag " + t
		}
	}
	return ""
}

func serviceUserGroupsExist(a *snapshot.Account, env checks.Env) checks.Verdict {
	wanted := env.Strings("service_user_groups")
	switch {
	case len(wanted)+len(env.Strings("service_user_tags")) == 0:
		return checks.DoesNotApply(noMachines)
	case len(wanted) == 0:
		return checks.DoesNotApply("tags say which users belong to machines")
	}
	groups, err := checks.In(env, snapshot.Groups, a.Location).Get()
	var gone []string
	for _, name := range wanted {
		if !slices.ContainsFunc(groups, func(g snapshot.Group) bool { return strings.EqualFold(g.Name, name) }) {
			gone = append(gone, name)
		}
	}
	switch {
	case len(gone) > 0 && err != nil:
		return checks.Unknown(err)
	case len(gone) > 0:
		return checks.Unclear("no group is called %s, so that nobody's users are tested by that name", wording.List(gone, 5))
	}
	return checks.Pass("all of the %d groups of machines' users exist", len(wanted))
}
