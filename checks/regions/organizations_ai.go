package regions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AIServicesOptedOut passes when the account's effective policy opts out of all AWS services
// that may keep content to train on, and none is opted in again. In the management account
// the root's policy must also keep units and accounts from changing that.
// Source: Organizations DescribeEffectivePolicy AISERVICES_OPT_OUT_POLICY; ListPolicies,
// DescribePolicy and ListTargetsForPolicy; AWS Organizations User Guide, "AI services opt-out
// policy syntax and examples".
var AIServicesOptedOut = checks.Check{
	ID:          "organizations-ai-services-opted-out",
	Title:       "AWS's AI services may not keep the account's content",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.CustomerData,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"organizations:DescribeOrganization", "organizations:DescribeEffectivePolicy", "organizations:ListPolicies", "organizations:DescribePolicy",
		"organizations:ListTargetsForPolicy"},
	Remedy: "Attach to the root an AI services opt-out policy for default, with @@operators_allowed_for_child_policies @@none.",
	Fix: checks.Fix{
		Threat:    "Texts, recordings and images that go through these services may be kept, also outside the Region, and used to improve them. What was kept before the opt-out is deleted then, and not before.",
		CLI:       "aws organizations enable-policy-type --root-id ROOT_ID --policy-type AISERVICES_OPT_OUT_POLICY\naws organizations create-policy --type AISERVICES_OPT_OUT_POLICY --name opt-out --description \"Opt out\" --content file://opt-out.json\naws organizations attach-policy --policy-id POLICY_ID --target-id ROOT_ID",
		Terraform: "resource \"aws_organizations_policy\" \"opt_out\" {\n  name = \"opt-out\"\n  type = \"AISERVICES_OPT_OUT_POLICY\"\n  content = jsonencode({\n    services = {\n      \"@@operators_allowed_for_child_policies\" = [\"@@none\"]\n      default = {\n        \"@@operators_allowed_for_child_policies\" = [\"@@none\"]\n        opt_out_policy = {\n          \"@@operators_allowed_for_child_policies\" = [\"@@none\"]\n          \"@@assign\" = \"optOut\"\n        }\n      }\n    }\n  })\n}",
		Cost:      "None.",
	},
	Judges: checks.For(snapshot.Accounts, aiServicesOptedOut),
}

const stays = "; what these services keep may leave the Region"

func aiServicesOptedOut(a *snapshot.Account, env checks.Env) checks.Verdict {
	o, err := organizationOf(a, env)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case o.ID == "":
		return checks.DoesNotApply("the account is in no organization: whether it has opted out by other means no API shows")
	}
	effective, err := checks.Use(env, a.Org.AIOptOut)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case effective.None != "" || effective.Content == "":
		return checks.Fail("no opt-out policy applies to the account%s%s", because(effective.None), stays)
	}
	services, err := choices(effective.Content)
	if err != nil {
		return checks.Unclear("the effective policy cannot be understood: %v", err)
	}
	var in []string
	for service, choice := range services {
		if service != "default" && !strings.EqualFold(choice, "optOut") {
			in = append(in, service+" "+choice)
		}
	}
	slices.Sort(in)
	switch {
	case !strings.EqualFold(services["default"], "optOut"):
		return checks.Fail("the default is %q, want optOut%s", services["default"], stays).With("default", services["default"])
	case len(in) > 0:
		return checks.Fail("the default is optOut, but not for %s%s", strings.Join(in, ", "), stays).With("services", strings.Join(in, ", "))
	case !o.Manages(a.Location.Account):
		return checks.Pass("the default is optOut, and no service is opted in").With("default", "optOut")
	}
	return lockedAtRoot(a, env)
}

// because adds AWS's own word for why there is none.
func because(code string) string {
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}

// lockedAtRoot looks for a policy at the root that lets none below it change the choice.
func lockedAtRoot(a *snapshot.Account, env checks.Env) checks.Verdict {
	policies, err := checks.Use(env, a.Org.AIPolicies)
	if err != nil {
		return checks.Unknown(err)
	}
	var unread error
	open := ""
	for _, p := range policies {
		targets, err1 := checks.Use(env, p.Targets)
		text, err2 := checks.Use(env, p.Document)
		atRoot := slices.ContainsFunc(targets, func(t string) bool { return strings.HasPrefix(t, "r-") })
		switch {
		case err1 != nil:
			unread = err1
		case !atRoot:
		case err2 != nil:
			unread = err2
		case locks(text):
			return checks.Pass("the default is optOut, and %q at the root lets no policy below change it", p.Name).With("policy", p.ID)
		default:
			open = p.Name
		}
	}
	switch {
	case unread != nil:
		return checks.Unknown(unread)
	case open != "":
		return checks.Fail("the default is optOut, but %q at the root lets policies below change it", open)
	}
	return checks.Fail("the default is optOut here, but no policy hangs at the root, so that other accounts may be opted in")
}

// choices reads from an effective policy what each service was chosen to be, the default
// among them. Keys are compared without regard to case.
func choices(content string) (map[string]string, error) {
	var root map[string]any
	if err := json.Unmarshal([]byte(content), &root); err != nil {
		return nil, fmt.Errorf("it is no JSON object")
	}
	services, ok := field(root, "services").(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it has no services")
	}
	out := map[string]string{}
	for name, v := range services {
		settings, ok := v.(map[string]any)
		if strings.HasPrefix(name, "@@") || !ok {
			continue
		}
		choice := field(settings, "opt_out_policy")
		if assigned, ok := choice.(map[string]any); ok {
			choice = field(assigned, "@@assign")
		}
		word, _ := choice.(string)
		out[strings.ToLower(name)] = word
	}
	return out, nil
}

// locks says that a policy lets no policy below add services or change the default.
func locks(content string) bool {
	var root map[string]any
	if json.Unmarshal([]byte(content), &root) != nil {
		return false
	}
	services, _ := field(root, "services").(map[string]any)
	byDefault, _ := field(services, "default").(map[string]any)
	choice, _ := field(byDefault, "opt_out_policy").(map[string]any)
	return none(services) && (none(byDefault) || none(choice)) && strings.EqualFold(fmt.Sprint(field(choice, "@@assign")), "optOut")
}

// none says that an object's operators for policies below it are none.
func none(object map[string]any) bool {
	list, _ := field(object, "@@operators_allowed_for_child_policies").([]any)
	return len(list) == 1 && fmt.Sprint(list[0]) == "@@none"
}

// field is an object's member, its name taken without regard to case.
func field(object map[string]any, name string) any {
	for k, v := range object {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}
