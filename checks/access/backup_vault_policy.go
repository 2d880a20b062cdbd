package access

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// VaultPolicyNotOpen passes when a vault's policy lets in nobody but the own account and
// organization and the accounts that the policy file trusts.
// Source: Backup GetBackupVaultAccessPolicy; Organizations DescribeOrganization and
// ListAccounts.
var VaultPolicyNotOpen = checks.Check{
	ID:          "backup-vault-policy-not-open",
	Title:       "No vault policy lets strangers in",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupVaults", "backup:GetBackupVaultAccessPolicy", "organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters:  checks.Parameters{"trusted_accounts": []string{}},
	Remedy:      "Name the accounts that may copy into the vault, or bind the statement to your organization with aws:PrincipalOrgID.",
	Fix: checks.Fix{
		Threat: "A stranger who may copy into the vault fills it at your expense, with data that somebody may one day restore and trust. One who may read it learns what there is, and with backup:StartRestoreJob or a copy takes the data away.",
		CLI:    `aws backup put-backup-vault-access-policy --region {region} --backup-vault-name {name} --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"backup:CopyIntoBackupVault","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"ORGANIZATION_ID"}}}]}'`,
		Terraform: `resource "aws_backup_vault_policy" "{name}" {
  backup_vault_name = "{name}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "backup:CopyIntoBackupVault"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = data.aws_organizations_organization.this.id } }
    }]
  })
}`,
		Cost: "Copies from accounts that are no longer let in fail from then on: look first at which copy jobs arrive.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultPolicyNotOpen),
}

func vaultPolicyNotOpen(v snapshot.BackupVault, env checks.Env) checks.Verdict {
	if !v.Own() {
		return checks.DoesNotApply("the vault is another account's: its policy is judged there").With("VaultType", v.Type)
	}
	text, err := v.Policy.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case text == "":
		return checks.Pass("the vault has no policy").With("outside", "")
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return checks.Unclear("the vault's policy cannot be understood: %v", err)
	}
	insiders := identity.InsidersOf(env, env.Strings("trusted_accounts"), true)
	known, ownErr := insiders.Known(), insiders.Unread()
	var outside, open, unclear []string
	for _, g := range doc.Grants("vault policy", v.Account, "*", nil) {
		foreign := slices.ContainsFunc(g.Accounts, func(a string) bool { return !slices.Contains(known.Accounts, a) })
		switch answer := vaultGrantWithin(g, known); {
		case toServicesOnly(g) || answer == policy.Yes:
		case answer == policy.CannotTell || g.Unclear:
			unclear = append(unclear, described(g))
		case ownErr != nil && (foreign && (!g.Everyone || g.Fixed()) || len(g.Organizations) > 0):
			open = append(open, described(g)) // the account, or the organization, may be the own one
		default:
			outside = append(outside, described(g))
		}
	}
	switch {
	case len(outside) > 0:
		return checks.Fail("%s", strings.Join(outside, "; ")).With("outside", strings.Join(outside, "; "))
	case len(open) > 0:
		v := checks.Unknown(ownErr)
		v.Reason = fmt.Sprintf("whether it is of the own organization is not known: %s: %s", strings.Join(open, "; "), v.Reason)
		return v
	case len(unclear) > 0:
		return checks.Unclear("the vault's policy holds statements outside the grammar: %s", issues(doc))
	}
	return checks.Pass("the vault's policy lets in nobody outside the account, its organization and the trusted accounts").With("outside", "")
}

// vaultGrantWithin asks whether everybody that a grant lets in is known. A federated
// provider belongs to the account in its ARN.
func vaultGrantWithin(g policy.Grant, known policy.Known) policy.Answer {
	for _, f := range g.Federated {
		if account := policy.AccountOf(f); account != "" {
			g.Accounts = append(slices.Clone(g.Accounts), account)
		} else {
			g.Unnamed = append(slices.Clone(g.Unnamed), f)
		}
	}
	return g.Within(known)
}
