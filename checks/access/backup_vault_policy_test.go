package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestVaultPolicyNotOpen(t *testing.T) {
	vault := func(policy string, change func(*snapshot.BackupVault)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.BackupVault{Meta: checktest.Meta("main", "arn:aws:backup:eu-west-1:111122223333:backup-vault:main"), Policy: snapshot.Value(policy)}
			if change != nil {
				change(&v)
			}
			a.Backup.Vaults = append(a.Backup.Vaults, v)
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: "999988887777"})
			a.Org.Accounts = snapshot.Value([]string{"111122223333", "444455556666"})
		}
	}
	allows := func(principal, rest string) string {
		return `{"Version":"2012-10-17","Statement":[{"Sid":"In","Effect":"Allow","Action":"backup:CopyIntoBackupVault","Resource":"*",` + principal + rest + `}]}`
	}
	account := func(id string) string { return `"Principal":{"AWS":"arn:aws:iam::` + id + `:root"}` }
	everyone := `"Principal":"*"`
	then := func(set func(*snapshot.Account), change func(*snapshot.Account)) func(*snapshot.Account) {
		return checktest.All(set, change)
	}
	members := func(a *snapshot.Account) {
		a.Org.Accounts = snapshot.Missing[[]string](checktest.Unread("organizations:ListAccounts", snapshot.Denied))
	}
	organization := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
	}
	none := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
	}
	inOrganization := `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-acme"}}`
	checktest.Run(t, &VaultPolicyNotOpen, []checktest.Case{
		{Name: "no policy", Set: vault("", nil), Want: checks.PASS, Reason: "has no policy"},
		{Name: "everyone", Set: vault(allows(everyone, ""), nil), Want: checks.FAIL, Reason: `statement "In" allows backup:CopyIntoBackupVault to everyone`},
		{Name: "a list with a star", Set: vault(allows(`"Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]}`, ""), nil), Want: checks.FAIL, Reason: "everyone"},
		{Name: "NotPrincipal", Set: vault(allows(`"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:root"}`, ""), nil), Want: checks.FAIL, Reason: "everyone"},
		{Name: "everyone of the own organization", Set: vault(allows(everyone, inOrganization), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "everyone of another organization", Set: vault(allows(everyone, `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-other"}}`), nil), Want: checks.FAIL, Reason: "o-other"},
		{Name: "an unknown condition key scopes nothing", Set: vault(allows(everyone, `,"Condition":{"StringEquals":{"backup:Whatever":"x"}}`), nil), Want: checks.FAIL, Reason: "everyone"},
		{Name: "everyone in a known account", Set: vault(allows(everyone, `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "the own account", Set: vault(allows(account("111122223333"), ""), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "a member of the organization", Set: vault(allows(account("444455556666"), ""), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "the management account", Set: vault(allows(account("999988887777"), ""), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "a foreign account may fill the vault", Set: vault(allows(account("555566667777"), ""), nil), Want: checks.FAIL, Reason: "arn:aws:iam::555566667777:root"},
		{Name: "a trusted account", Set: vault(allows(account("555566667777"), ""), nil), Parameters: map[string]any{"trusted_accounts": []string{"555566667777"}}, Want: checks.PASS, Reason: "nobody outside"},
		{Name: "a foreign account, and no organization", Set: then(vault(allows(account("444455556666"), ""), nil), none), Want: checks.FAIL, Reason: "444455556666"},
		{Name: "a foreign account that may be a member", Set: then(vault(allows(account("444455556666"), ""), nil), members), Want: checks.UNKNOWN, Reason: "organizations:ListAccounts"},
		{Name: "everyone in an account that may be a member", Set: then(vault(allows(everyone, `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}`), nil), members), Want: checks.UNKNOWN, Reason: "organizations:ListAccounts"},
		{Name: "everyone, members unread", Set: then(vault(allows(everyone, ""), nil), members), Want: checks.FAIL, Reason: "everyone"},
		{Name: "an organization that may be the own one", Set: then(vault(allows(everyone, inOrganization), nil), organization), Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "a Deny takes it away", Set: vault(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"backup:*","Resource":"*","Principal":"*"},{"Effect":"Deny","Action":"backup:*","Resource":"*","Principal":"*"}]}`, nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "an AWS service", Set: vault(allows(`"Principal":{"Service":"backup.amazonaws.com"}`, ""), nil), Want: checks.PASS, Reason: "nobody outside"},
		{Name: "a federated provider of another account", Set: vault(allows(`"Principal":{"Federated":"arn:aws:iam::555566667777:saml-provider/x"}`, ""), nil), Want: checks.FAIL, Reason: "555566667777"},
		{Name: "outside the grammar", Set: vault(allows(account("444455556666"), `,"Condition":{"StringSounds":{"aws:x":"y"}}`), nil), Want: checks.UNKNOWN, Reason: "outside the grammar"},
		{Name: "no JSON", Set: vault("{", nil), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "policy unread", Set: vault("", func(v *snapshot.BackupVault) {
			v.Policy = snapshot.Missing[string](checktest.Unread("backup:GetBackupVaultAccessPolicy", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "backup:GetBackupVaultAccessPolicy"},
		{Name: "another account's vault", Set: vault("", func(v *snapshot.BackupVault) { v.Type = snapshot.RestoreAccessVault }), Want: checks.NotApplicable, Reason: "another account's"},
	})
}
