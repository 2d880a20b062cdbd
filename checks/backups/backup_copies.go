package backups

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/databases"
	"onus/checks/protection"
	"onus/scanner/snapshot"
)

// CopiesInSecondRegion passes when a rule of a plan copies to another Region that the policy
// allows, and a copy has arrived there lately.
// Source: Backup GetBackupPlan, Rules CopyActions; ListCopyJobs.
var CopiesInSecondRegion = checks.Check{
	ID:          "backup-copies-in-second-region",
	Title:       "Backups are copied to a second Region",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections", "backup:ListCopyJobs"},
	Parameters:  checks.Parameters{"window_days": 35, "allowed_regions": []string{}},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Add a copy action to a rule, to a vault in another allowed Region, and see that its jobs complete.",
	Fix: checks.Fix{
		Threat: "When a whole Region fails, or is closed to the account, backups that lie there alone are out of reach with the data. A copy action whose jobs fail is no better.",
		CLI: `aws backup create-backup-vault --region OTHER_REGION --backup-vault-name copies
aws backup get-backup-plan --region {region} --backup-plan-id {id} --query BackupPlan > plan.json
# add to a rule the copy action of the vault arn:{partition}:backup:OTHER_REGION:{account}:backup-vault:copies
aws backup update-backup-plan --region {region} --backup-plan-id {id} --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_plan" "{name}" {
  name = "{name}"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    copy_action {
      destination_vault_arn = aws_backup_vault.copies.arn
      lifecycle {
        delete_after = 35
      }
    }
  }
}`,
		Cost: "The copies are stored and billed a second time, and moving them between Regions costs for each GB. Databases with option groups or keys that the other Region lacks fail to copy.",
	},
	Judges: checks.For(snapshot.BackupPlans, copiesInSecondRegion),
}

// CopiesInSecondAccount passes when a rule of a plan copies to an account of the own
// organization, or to one that the policy trusts, and a copy has arrived there lately; or
// where the plan keeps what it takes in a logically air-gapped vault.
// Source: as CopiesInSecondRegion; ListBackupVaults; Organizations DescribeOrganization and
// ListAccounts.
var CopiesInSecondAccount = checks.Check{
	ID:          "backup-copies-in-second-account",
	Title:       "Backups are copied to an account that this one does not control",
	Severity:    checks.Medium,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections", "backup:ListCopyJobs", "backup:ListBackupVaults",
		"organizations:DescribeOrganization", "organizations:ListAccounts"},
	Parameters: checks.Parameters{"trusted_accounts": []string{}, "window_days": 35},
	Bounds:     checks.AtLeast(1),
	Remedy:     "Copy to a vault of an account of the organization that is kept for backups alone, or write to a logically air-gapped vault.",
	Fix: checks.Fix{
		Threat: "Whoever takes this account over reaches its data and its backups alike, in every Region. Only what lies in an account with other administrators, or in an air-gapped vault, is left to restore from.",
		CLI: `aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=true   # in the management account
aws backup get-backup-plan --region {region} --backup-plan-id {id} --query BackupPlan > plan.json
# add to a rule the copy action of the vault arn:{partition}:backup:{region}:BACKUP_ACCOUNT:backup-vault:copies
aws backup update-backup-plan --region {region} --backup-plan-id {id} --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_global_settings" "this" {
  global_settings = {
    isCrossAccountBackupEnabled = "true"
  }
}`,
		Cost: "The copies are stored and billed a second time. The vault there must let this account copy into it, and what is encrypted with an AWS managed key cannot be copied: use keys of your own.",
	},
	Judges: checks.For(snapshot.BackupPlans, copiesInSecondAccount),
}

// DatabaseReplicated passes when a database has something in another Region that it can be
// brought back from. A replica follows every mistake: the reason says what was found.
// Source: RDS DescribeDBInstances and DescribeDBClusters, DescribeGlobalClusters
// GlobalClusterMembers; Backup GetBackupPlan, Rules CopyActions.
var DatabaseReplicated = checks.Check{
	ID:          "rds-automated-backup-replicated",
	Title:       "Automated backups have a copy in a second Region",
	Severity:    checks.Low,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       slices.Concat([]string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeGlobalClusters"}, plansRead),
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Replicate the automated backups to another allowed Region, or let a backup plan copy there.",
	Fix: checks.Fix{
		Threat: "When the Region fails, the database and all its backups are out of reach together. A replica elsewhere carries on, and carries every mistake along.",
		CLI:    `aws rds start-db-instance-automated-backups-replication --region OTHER_REGION --source-db-instance-arn {arn} --backup-retention-period 14 --kms-key-id KEY_ARN_IN_OTHER_REGION`,
		Terraform: `resource "aws_db_instance_automated_backups_replication" "{name}" {
  provider               = aws.other_region
  source_db_instance_arn = "{arn}"
  retention_period       = 14
  kms_key_id             = aws_kms_key.other_region.arn
}`,
		Cost: "The replicated backups are stored and billed a second time, and moving them costs for each GB. Aurora has no such replication: let a backup plan copy its snapshots.",
	},
	Judges: checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict {
		return replicated(d.Database, d.Meta, d.BackupReplications, false, env)
	}).And(checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict {
		return replicated(c.Database, c.Meta, nil, true, env)
	})),
}

// allows says that the policy allows a Region: every one, where it states none.
func allows(env checks.Env, region string) bool {
	allowed := env.Strings("allowed_regions")
	return len(allowed) == 0 || slices.Contains(allowed, region)
}

// oneRegion leaves out what the policy allows no second Region for.
func oneRegion(env checks.Env) (checks.Verdict, bool) {
	if allowed := env.Strings("allowed_regions"); len(allowed) == 1 {
		return checks.DoesNotApply("the policy allows one Region only: %s", allowed[0]), true
	}
	return checks.Verdict{}, false
}

// targets are the vaults that the running rules of a plan copy to, each once.
func targets(rules []snapshot.BackupRule) (out []string) {
	for _, r := range rules {
		for _, c := range r.Copies {
			if !slices.Contains(out, c.Vault) {
				out = append(out, c.Vault)
			}
		}
	}
	return out
}

// arrived finds a copy job of a plan that completed to one of the vaults within the window.
// A job that does not say which plan it is of counts for none: it was made by hand. seen
// counts the plan's other jobs to them by their state.
func arrived(env checks.Env, p snapshot.BackupPlan, vaults []string) (done *snapshot.CopyJob, seen map[string]int, err error) {
	since := env.AsOf.Add(-time.Duration(env.Int("window_days")) * 24 * time.Hour)
	jobs, err := checks.In(env, snapshot.CopyJobs, p.Location).Get()
	seen = map[string]int{}
	for _, j := range jobs {
		if j.Plan != p.ID || !slices.Contains(vaults, j.Destination) || j.Created.Before(since) {
			continue
		}
		if j.State == "COMPLETED" && (done == nil || j.Created.After(done.Created)) {
			done = &j
		} else if j.State != "COMPLETED" {
			seen[j.State+because(j.Message)]++
		}
	}
	return done, seen, err
}

// because is the category of a job's message, where it says more than that all went well.
func because(category string) string {
	if category == "" || category == "SUCCESS" {
		return ""
	}
	return " (" + category + ")"
}

// tally lists counts by name, sorted.
func tally(counts map[string]int) string {
	var out []string
	for name, n := range counts {
		out = append(out, fmt.Sprintf("%d %s", n, name))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// copied is the verdict on copies that should have arrived at one of the vaults.
func copied(env checks.Env, p snapshot.BackupPlan, vaults []string) checks.Verdict {
	where, days := strings.Join(vaults, ", "), env.Int("window_days")
	done, seen, err := arrived(env, p, vaults)
	switch {
	case done != nil:
		return checks.Pass("a copy arrived at %s, started %s", done.Destination, at(done.Created)).With("DestinationBackupVaultArn", done.Destination)
	case err != nil:
		return checks.Unknown(err)
	case len(seen) > 0:
		return checks.Fail("the plan copies to %s, and no copy arrived in %d days: %s", where, days, tally(seen)).With("DestinationBackupVaultArn", where)
	}
	return checks.Fail("the plan copies to %s, and there was no copy job in %d days", where, days).With("DestinationBackupVaultArn", where)
}

// running leaves out a plan that backs nothing up, and gives the rules that run.
func running(p snapshot.BackupPlan, env checks.Env) (rules []snapshot.BackupRule, v checks.Verdict, out bool) {
	if v, out := selects(p); out {
		return nil, v, true
	}
	all, err := p.Rules.Get()
	if err != nil {
		return nil, checks.Unknown(err), true
	}
	return protection.Running(all, env), v, false
}

func copiesInSecondRegion(p snapshot.BackupPlan, env checks.Env) checks.Verdict {
	if v, out := oneRegion(env); out {
		return v
	}
	rules, v, out := running(p, env)
	if out {
		return v
	}
	var elsewhere, refused []string
	for _, vault := range targets(rules) {
		switch region := snapshot.RegionOf(vault); {
		case region == "" || region == p.Region:
		case allows(env, region):
			elsewhere = append(elsewhere, vault)
		default:
			refused = append(refused, vault)
		}
	}
	switch {
	case len(elsewhere) > 0:
		return copied(env, p, elsewhere)
	case len(refused) > 0:
		return checks.Fail("the plan copies only to Regions that are not allowed: %s", strings.Join(refused, ", ")).With("DestinationBackupVaultArn", strings.Join(refused, ", "))
	}
	return checks.Fail("no rule of the plan copies to another Region").With("DestinationBackupVaultArn", "")
}

// ours says whether an account belongs to the own organization or is trusted: yes, no, or
// why it cannot be told.
func ours(env checks.Env, account string) (bool, error) {
	if slices.Contains(env.Strings("trusted_accounts"), account) {
		return true, nil
	}
	o, err := checks.Use(env, env.Account().Org.Organization)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return false, nil
	case err != nil:
		return false, err
	case o.ManagementAccount == account:
		return true, nil
	}
	accounts, err := checks.Use(env, env.Account().Org.Accounts)
	return slices.Contains(accounts, account), err
}

func copiesInSecondAccount(p snapshot.BackupPlan, env checks.Env) checks.Verdict {
	rules, v, out := running(p, env)
	if out {
		return v
	}
	gapped, open := airGapped(p, rules, env)
	var known, strangers []string
	for _, vault := range targets(rules) {
		account := snapshot.AccountOf(vault)
		if account == "" || account == p.Account {
			continue
		}
		mine, err := ours(env, account)
		switch {
		case mine:
			known = append(known, vault)
		case err != nil:
			open = errors.Join(open, err)
		default:
			strangers = append(strangers, vault)
		}
	}
	switch {
	case len(strangers) > 0:
		return checks.Fail("the plan copies to an account outside the organization, which is a leak and no backup: %s", strings.Join(strangers, ", ")).With("DestinationBackupVaultArn", strings.Join(strangers, ", "))
	case gapped != "":
		return checks.Pass("the plan keeps what it takes in the logically air-gapped vault %s", gapped).With("vault", gapped)
	case len(known) > 0:
		return copied(env, p, known)
	case open != nil:
		return protection.Unknown(open)
	}
	return checks.Fail("no rule of the plan copies to another account, nor to a logically air-gapped vault").With("DestinationBackupVaultArn", "")
}

// airGapped finds the logically air-gapped vault that a plan writes to, as a rule's target
// or beside it.
func airGapped(p snapshot.BackupPlan, rules []snapshot.BackupRule, env checks.Env) (vault string, err error) {
	for _, r := range rules {
		if r.AirGapped != "" {
			return r.AirGapped, nil
		}
		v, missing := checks.Find(env, snapshot.BackupVaults, p.Location, r.Vault)
		switch {
		case missing == nil && v.Type == snapshot.AirGappedVault:
			return v.Name, nil
		case missing != nil && !errors.Is(missing, snapshot.ErrAbsent):
			err = missing
		}
	}
	return "", err
}

func replicated(d snapshot.Database, of snapshot.Meta, backups []string, cluster bool, env checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	if v, out := databases.Replica(d); out {
		return v
	}
	if v, out := databases.Custom(d); out {
		return v
	}
	if v, out := oneRegion(env); out {
		return v
	}
	// elsewhere finds the first ARN that lies in another Region which the policy allows.
	elsewhere := func(arns []string) string {
		for _, a := range arns {
			if r := snapshot.RegionOf(a); r != "" && r != of.Region && allows(env, r) {
				return a
			}
		}
		return ""
	}
	if a := elsewhere(backups); a != "" {
		return checks.Pass("the automated backups are replicated: %s", a).With("copy", a)
	}
	kind := protection.TypeOf(d, cluster)
	cover := protection.Plans(env, of.Location, protection.Tagged(of.ARN, kind, of.Tags))
	for _, b := range cover.By {
		if a := elsewhere(targets(b.Rules)); a != "" {
			return checks.Pass("%s copies to %s; whether copies arrive is judged with the plan", b.What, a).With("copy", a)
		}
	}
	if a := elsewhere(d.Replicas); a != "" {
		return checks.Pass("there is a replica, which is no backup: it repeats every mistake: %s", a).With("copy", a)
	}
	open := cover.Open
	if d.Global != "" {
		members, err := membersOf(env, of.Location, d.Global)
		if a := elsewhere(members); a != "" {
			return checks.Pass("the global database %s has a member elsewhere, which is no backup: it repeats every mistake: %s", d.Global, a).With("copy", a)
		}
		open = errors.Join(open, err)
	}
	if open != nil {
		return protection.Unknown(open)
	}
	return checks.Fail("neither backups nor replicas nor copies of a backup plan lie in another allowed Region").With("copy", "")
}

// membersOf are the clusters of a global database. Every Region lists the same ones, and the
// kind holds each where it was seen first.
func membersOf(env checks.Env, at snapshot.Location, global string) ([]string, error) {
	_, err := checks.In(env, snapshot.GlobalClusters, at).Get()
	for _, g := range env.Account().RDS.GlobalClusters {
		if g.ID == global {
			return checks.Use(env, snapshot.Value(g.Clusters, g.Calls...))
		}
	}
	return nil, err
}
