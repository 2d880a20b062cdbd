package encryption

import (
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
)

// PolicyNoDecryptOnAllKeys passes when no customer's policy allows decrypting with every key,
// also of one account and Region, unless conditions say by which service, for which context
// or for which keys.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, KMS.
var PolicyNoDecryptOnAllKeys = checks.Check{
	ID:          "iam-policy-no-decrypt-on-all-keys",
	Title:       "Customer policies do not allow decryption with every KMS key",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Parameters:  checks.Parameters{"blocked_actions": []string{"kms:Decrypt", "kms:ReEncryptFrom"}},
	Remedy:      "Name the keys, or ask for kms:ViaService, kms:EncryptionContext, kms:ResourceAliases or aws:ResourceTag.",
	Fix: checks.Fix{
		Threat: "Whoever holds the policy decrypts what any key of the account protects, and the key's own purpose means nothing. Encryption no longer parts teams from each other.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["arn:{partition}:kms:REGION:{account}:key/KEY"]
  }
}`,
		Cost: "Reading data under keys that are not named stops.",
	},
	Judges: identity.Each(policyNoDecryptOnAllKeys),
}

// PolicyNoFullAccessToKMS passes when no customer's policy allows every action of KMS on every
// key. Conditions do not lift it: the keys' management carries none of them.
// Source: IAM GetAccountAuthorizationDetails; Service Authorization Reference, KMS.
var PolicyNoFullAccessToKMS = checks.Check{
	ID:          "iam-policy-no-full-access-to-kms",
	Title:       "Customer policies do not allow full access to KMS",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"iam:GetAccountAuthorizationDetails"},
	Remedy:      "Part the management of keys from their use, and name the keys.",
	Fix: checks.Fix{
		Threat: "Who manages a key and who uses it should be two: together they read everything and can schedule the keys' deletion. Data under a deleted key is lost.",
		CLI:    "aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
    resources = ["arn:{partition}:kms:REGION:{account}:key/KEY"]
  }
}`,
		Cost: "Those who manage keys need a role of their own.",
	},
	Judges: identity.Each(policyNoFullAccessToKMS),
}

func policyNoDecryptOnAllKeys(p identity.Policy, env checks.Env) checks.Verdict {
	var by []policy.Ref
	var found []string
	limited := ""
	for _, action := range env.Strings("blocked_actions") {
		refs := p.Allowing(action, func(s *policy.Statement) bool { return s.EveryOfType("kms", "key/*") })
		for _, ref := range refs {
			conditions := ref.Statement.Restricting("kms:ViaService", "kms:EncryptionContext:*", "kms:ResourceAliases", "aws:ResourceTag/*")
			if len(conditions) > 0 {
				limited = "; where it is, on the condition " + conditions[0].String()
				continue
			}
			by, found = append(by, ref), append(found, action)
		}
	}
	if len(by) > 0 {
		return checks.Fail("%s allowed with every key by %s", strings.Join(found, ", "), identity.Names(by)).With("statements", identity.Names(by))
	}
	return checks.Pass("decryption is not allowed with every key%s", limited)
}

func policyNoFullAccessToKMS(p identity.Policy, _ checks.Env) checks.Verdict {
	everyKey := func(s *policy.Statement) bool { return s.EveryResourceFor("kms:Encrypt", p.Account) }
	var by []policy.Ref
	for a := range policy.Actions("kms:*") {
		refs := p.Allowing(a.Name, everyKey)
		if len(refs) == 0 {
			return checks.Pass("%s is not allowed on every key", a.Name)
		}
		by = refs
	}
	return checks.Fail("every action of KMS is allowed on every key by %s; it works for the keys whose policy leaves it to IAM", identity.Names(by)).With("statements", identity.Names(by))
}
