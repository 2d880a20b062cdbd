package backups

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// VaultExists passes where a Region holds data and has a vault of the account's own to keep
// recovery points in. The one that AWS makes for EFS does not count.
// Source: Backup ListBackupVaults, VaultType and VaultState.
var VaultExists = checks.Check{
	ID:          "backup-vault-exists",
	Title:       "A backup vault exists where there is data to protect",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads: []string{"backup:ListBackupVaults", "ec2:DescribeVolumes", "ec2:DescribeInstances", "rds:DescribeDBInstances", "rds:DescribeDBClusters",
		"s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation"},
	Remedy: "Make a backup vault in the Region, with a key of your own.",
	Fix: checks.Fix{
		Threat:    "Without a vault AWS Backup has nowhere in the Region to keep a recovery point, so none is made. What is lost there can be brought back only by what each service keeps for itself.",
		CLI:       `aws backup create-backup-vault --region {region} --backup-vault-name main --encryption-key-arn KEY_ARN`,
		Terraform: "resource \"aws_backup_vault\" \"main\" {\n  name        = \"main\"\n  kms_key_arn = aws_kms_key.backup.arn\n}",
		Cost:      "An empty vault costs nothing. Recovery points in it are billed for each GB and month.",
	},
	Judges: checks.For(snapshot.BackupRegions, vaultExists),
}

// VaultDeletionPrevented passes when nobody can delete the recovery points of a vault, nor
// lift by themselves what keeps them from it. Vault Lock does so in either mode; a policy
// does so if it also denies changing the policy.
// Source: Backup ListBackupVaults, Locked and VaultType; GetBackupVaultAccessPolicy.
var VaultDeletionPrevented = checks.Check{
	ID:          "backup-vault-deletion-prevented",
	Title:       "Recovery points cannot be deleted by hand",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupVaults", "backup:GetBackupVaultAccessPolicy"},
	Parameters:  checks.Parameters{"allowed_principals": []string{}}, // ARNs, or values of aws:userid, * for any run of characters
	Remedy:      "Lock the vault, or deny deletion, shorter lifecycles and changes of the policy to everybody in the vault's policy.",
	Fix: checks.Fix{
		Threat: "Who gets hold of an administrator's credentials deletes the backups first and then encrypts or deletes the data. After that there is nothing to restore and every reason to pay.",
		CLI: `aws backup put-backup-vault-lock-configuration --region {region} --backup-vault-name {name} --min-retention-days 7
# or, without a lock:
aws backup put-backup-vault-access-policy --region {region} --backup-vault-name {name} --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["backup:DeleteRecoveryPoint","backup:UpdateRecoveryPointLifecycle","backup:PutBackupVaultAccessPolicy","backup:DeleteBackupVaultAccessPolicy"],"Resource":"*"}]}'`,
		Terraform: `resource "aws_backup_vault_lock_configuration" "{name}" {
  backup_vault_name  = "{name}"
  min_retention_days = 7
}`,
		Cost: "Recovery points are then paid for until their lifecycle ends. A policy that denies changing itself can be taken back by the root user only; a lock without changeable_for_days stays removable by those with the permission.",
	},
	Judges: checks.For(snapshot.BackupVaults, vaultDeletionPrevented),
}

// VaultLockedImmutably passes where some vault with recovery points is beyond the account's
// own reach: air-gapped, or locked in compliance mode past its grace time, with a least
// retention.
// Source: Backup ListBackupVaults; DescribeBackupVault, Locked, LockDate, MinRetentionDays.
var VaultLockedImmutably = checks.Check{
	ID:          "backup-vault-locked-immutably",
	Title:       "At least one vault with current backups is locked beyond the account's own reach",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupVaults", "backup:DescribeBackupVault", "backup:ListRecoveryPointsByBackupVault"},
	Parameters:  checks.Parameters{"min_retention_days": 7},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Lock a vault in compliance mode with a least retention, or let the plans write to a logically air-gapped vault.",
	Fix: checks.Fix{
		Threat: "A lock in governance mode, and a policy, can be taken off by whoever holds enough rights in the account. An intruder with these rights, or an insider, then deletes all backups.",
		CLI:    `aws backup put-backup-vault-lock-configuration --region {region} --backup-vault-name VAULT --min-retention-days 7 --max-retention-days 365 --changeable-for-days 3`,
		Terraform: `resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name   = aws_backup_vault.main.name
  min_retention_days  = 7
  max_retention_days  = 365
  changeable_for_days = 3
}`,
		Cost: "After the days of grace nobody, AWS included, can take the lock off or delete a recovery point early: every point is paid for until it expires. Try it on a vault for tests first.",
	},
	Judges: checks.For(snapshot.BackupRegions, vaultLockedImmutably),
}

const efsVault = "aws/efs/automatic-backup-vault"

func vaultExists(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	if v, out := nothingHeld(env, r.Location); out {
		return v
	}
	vaults, err := checks.In(env, snapshot.BackupVaults, r.Location).Get()
	var others []string
	for _, v := range vaults {
		ready := v.State == "" || v.State == "AVAILABLE"
		switch {
		case v.Own() && ready && v.Name != efsVault:
			return checks.Pass("vault %q holds %s", v.Name, wording.Count(int(v.Points), "recovery point")).With("BackupVaultName", v.Name)
		case !v.Own():
			others = append(others, fmt.Sprintf("%q is another account's", v.Name))
		case !ready:
			others = append(others, fmt.Sprintf("%q is %s", v.Name, v.State))
		default:
			others = append(others, fmt.Sprintf("%q was made by AWS for EFS", v.Name))
		}
	}
	switch {
	case err != nil:
		return checks.Unknown(err)
	case len(others) > 0:
		return checks.Fail("the Region holds data and has no vault to keep it in: %s", strings.Join(others, ", ")).With("BackupVaultName", "")
	}
	return checks.Fail("the Region holds data and has no backup vault").With("BackupVaultName", "")
}

// foreign leaves out a vault that is not the account's own.
func foreign(v snapshot.BackupVault) (checks.Verdict, bool) {
	switch {
	case v.Type == snapshot.RestoreAccessVault:
		return checks.DoesNotApply("the vault shows another account's recovery points: it is judged there").With("VaultType", v.Type), true
	case !v.Own():
		return checks.DoesNotApply("the vault is account %s's", snapshot.AccountOf(v.ARN)), true
	}
	return checks.Verdict{}, false
}

// undoing are the actions that together delete a recovery point, or open the way to it.
var undoing = []string{"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"}

func vaultDeletionPrevented(v snapshot.BackupVault, env checks.Env) checks.Verdict {
	if verdict, out := foreign(v); out {
		return verdict
	}
	switch {
	case v.Points == 0:
		return checks.DoesNotApply("the vault holds no recovery point").With("NumberOfRecoveryPoints", "0")
	case v.Type == snapshot.AirGappedVault:
		return checks.Pass("the vault is logically air-gapped, and so locked").With("VaultType", v.Type)
	case v.Locked != nil && *v.Locked:
		return checks.Pass("the vault is locked").With("Locked", "true")
	}
	text, err := v.Policy.Get()
	switch {
	case err != nil:
		return checks.Unknown(err)
	case text == "":
		return checks.Fail("the vault is not locked and has no policy: whoever may act on backups can delete its %s", wording.Count(int(v.Points), "recovery point")).With("Locked", "false")
	}
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return checks.Unclear("the vault's policy cannot be understood: %v", err)
	}
	open, unclear, spared := doors(doc, v.ARN, env.Strings("allowed_principals"))
	note := ""
	if len(spared) > 0 {
		note = "; " + strings.Join(spared, "; ")
	}
	switch {
	case len(open) == 0:
		return checks.Pass("the vault's policy denies everybody to delete recovery points, to shorten their lifecycle and to change the policy").With("open", "")
	case unclear:
		return checks.Unclear("the vault is not locked, and its policy holds statements outside the grammar, which may deny %s", strings.Join(open, ", "))
	}
	return checks.Fail("the vault is not locked, and its policy leaves open %s%s", strings.Join(open, ", "), note).With("Locked", "false").With("open", strings.Join(open, ", "))
}

// doors are the actions that a vault's policy does not deny to everybody but the allowed.
// unclear says that some statement which cannot be read may deny them; spared names those
// whom a Deny leaves out.
func doors(doc *policy.Document, vault string, allowed []string) (open []string, unclear bool, spared []string) {
	for i, action := range undoing {
		about := func(s *policy.Statement) bool {
			// The actions on recovery points are about many kinds of ARN, those on the policy
			// about the vault.
			return s.EveryResource("") || i >= 2 && s.CoversResource(vault)
		}
		denied := false
		for k := range doc.Statements {
			s := &doc.Statements[k]
			if s.Effect != policy.Deny || !s.CoversAction(action) || !about(s) {
				continue
			}
			left := spares(s, allowed)
			switch {
			case s.Unclear:
				unclear = true
			case left == "":
				denied = true
			case !slices.Contains(spared, left):
				spared = append(spared, left)
			}
		}
		if !denied {
			open = append(open, action)
		}
	}
	return open, unclear, spared
}

// spares says whom a Deny leaves out who is not allowed to be; "" for nobody.
func spares(s *policy.Statement, allowed []string) string {
	is := func(value string) bool {
		return slices.ContainsFunc(allowed, func(a string) bool { return policy.Covers(a, value) })
	}
	p := s.Principals
	switch {
	case p.Negated && slices.ContainsFunc(slices.Concat(p.AWS, p.Canonical, p.Federated), func(v string) bool { return !is(v) }):
		return s.Name() + " denies nothing to " + strings.Join(slices.Concat(p.AWS, p.Canonical, p.Federated), ", ")
	case !p.Negated && !p.Everyone():
		return s.Name() + " denies to " + strings.Join(slices.Concat(p.AWS, p.Canonical, p.Federated, p.Service), ", ") + " alone"
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		identity := c.Is("aws:PrincipalArn") || c.Is("aws:userid")
		set := strings.HasPrefix(strings.ToLower(c.Operator), "forany")
		services := c.Is("aws:PrincipalIsAWSService") && !c.Negated() && slices.Equal(c.Values, []string{"false"})
		switch {
		case services:
		case !identity || !c.Negated() || set && !c.IfExists():
			return fmt.Sprintf("%s denies only on the condition %s", s.Name(), c)
		case slices.ContainsFunc(c.Values, func(v string) bool { return !is(v) }):
			return fmt.Sprintf("%s leaves out %s", s.Name(), strings.Join(c.Values, ", "))
		}
	}
	return ""
}

func vaultLockedImmutably(r snapshot.BackupRegion, env checks.Env) checks.Verdict {
	vaults, open := checks.In(env, snapshot.BackupVaults, r.Location).Get()
	least := int64(env.Int("min_retention_days"))
	var why []string
	for _, v := range vaults {
		if !v.Own() || v.Points == 0 {
			continue
		}
		if v.Type == snapshot.AirGappedVault {
			return checks.Pass("vault %q is logically air-gapped%s", v.Name, newest(env, v)).With("BackupVaultName", v.Name)
		}
		lock, err := checks.Use(env, v.Lock)
		switch {
		case err != nil:
			open = err
		case !lock.Locked:
			why = append(why, fmt.Sprintf("%q is not locked", v.Name))
		case lock.LockDate.IsZero():
			why = append(why, fmt.Sprintf("%q is locked in governance mode, which an administrator can take off", v.Name))
		case lock.LockDate.After(env.AsOf):
			why = append(why, fmt.Sprintf("the lock of %q can be taken off until %s", v.Name, at(lock.LockDate)))
		case lock.MinRetentionDays == nil:
			why = append(why, fmt.Sprintf("the lock of %q enforces no least retention", v.Name))
		case *lock.MinRetentionDays < least:
			why = append(why, fmt.Sprintf("the lock of %q enforces only %d days", v.Name, *lock.MinRetentionDays))
		default:
			return checks.Pass("vault %q is locked for good since %s, for at least %d days%s", v.Name, at(lock.LockDate), *lock.MinRetentionDays, newest(env, v)).
				With("BackupVaultName", v.Name).With("MinRetentionDays", strconv.FormatInt(*lock.MinRetentionDays, 10))
		}
	}
	switch {
	case open != nil:
		return checks.Unknown(open)
	case len(why) == 0:
		return checks.DoesNotApply("the Region has no vault with recovery points")
	}
	return checks.Fail("no vault is locked beyond the account's reach: %s", strings.Join(why, ", ")).With("BackupVaultName", "")
}

// newest tells when the newest recovery point of a vault was made, where that was read: a
// lock on old ones alone protects history.
func newest(env checks.Env, v snapshot.BackupVault) string {
	points, err := checks.In(env, snapshot.RecoveryPoints, v.Location).Get()
	var last time.Time
	for _, p := range points {
		if p.Vault == v.Name && p.Created.After(last) {
			last = p.Created
		}
	}
	if err != nil || last.IsZero() {
		return ""
	}
	return "; its newest recovery point is of " + at(last)
}

// at is a time as reasons show it.
func at(t time.Time) string { return t.UTC().Format(time.RFC3339) }
