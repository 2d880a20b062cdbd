package hygiene

import (
	"fmt"
	"regexp"

	"onus/checks"
	"onus/scanner/snapshot"
)

// UserNameMatchesPattern passes when a user's name as a whole fits the naming rule. The path
// is no part of the name.
// Source: IAM GetAccountAuthorizationDetails, UserName.
var UserNameMatchesPattern = checks.Check{
	ID:          "iam-user-name-matches-pattern",
	Title:       "IAM user names follow the naming rule",
	Severity:    checks.Info,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"name_pattern": ""},
	Bounds:      patternBounds,
	Remedy:      "Rename the user.",
	Fix: checks.Fix{
		Threat:    "A name that follows no rule does not say whose user it is, and an intruder's user looks like any other. Reviews then pass over it.",
		CLI:       "aws iam update-user --user-name {name} --new-user-name NEW_NAME",
		Terraform: "resource \"aws_iam_user\" \"this\" {\n  name = \"NEW_NAME\"\n}",
		Cost:      "The user's ARN changes, so that policies which name it have to follow. Its keys and password stay.",
	},
	Judges: checks.For(snapshot.Users, userNameMatchesPattern),
}

// whole makes a pattern match from end to end.
func whole(pattern string) (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + pattern + `)$`) }

// patternBounds refuses a pattern that is no regular expression.
func patternBounds(parameter string, value any) error {
	pattern, ok := value.(string)
	if !ok {
		return nil
	}
	if _, err := whole(pattern); err != nil {
		return fmt.Errorf("%s is no regular expression: %q", parameter, pattern)
	}
	return nil
}

func userNameMatchesPattern(u snapshot.User, env checks.Env) checks.Verdict {
	pattern := env.String("name_pattern")
	if pattern == "" {
		return checks.DoesNotApply("name_pattern is empty")
	}
	rule, err := whole(pattern)
	switch {
	case err != nil:
		return checks.Unclear("name_pattern is no regular expression: %q", pattern)
	case u.Name == "":
		return checks.Unclear("AWS's answer does not name the user")
	case !rule.MatchString(u.Name):
		return checks.Fail("the name %q does not fit %s", u.Name, pattern).With("UserName", u.Name)
	}
	return checks.Pass("the name fits %s", pattern).With("UserName", u.Name)
}
