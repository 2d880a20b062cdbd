package regions

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// PlanCopiesInAllowedRegions passes when every vault that the rules of a plan copy to lies
// in a Region that the policy allows.
// Source: Backup GetBackupPlan, Rules CopyActions DestinationBackupVaultArn and
// TargetLogicallyAirGappedBackupVaultArn.
var PlanCopiesInAllowedRegions = checks.Check{
	ID:          "backup-copies-stay-in-jurisdiction",
	Title:       "Backup plans copy recovery points to allowed Regions only",
	Severity:    checks.Critical,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"backup:ListBackupPlans", "backup:GetBackupPlan", "backup:ListBackupSelections"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Take the copy action out of the plan, or of the organization's backup policy that made it, and delete what was copied.",
	Fix: checks.Fix{
		Threat: "Every backup that the plan takes is carried, whole, to a Region that you did not choose, night after night. That is a transfer of personal data to another jurisdiction, and nobody decided on it.",
		CLI: `aws backup get-backup-plan --region {region} --backup-plan-id {id} --query BackupPlan > plan.json
# take the copy actions to other Regions out of the rules in plan.json
aws backup update-backup-plan --region {region} --backup-plan-id {id} --backup-plan file://plan.json`,
		Terraform: `resource "aws_backup_plan" "{name}" {
  name = "{name}"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    copy_action {
      destination_vault_arn = aws_backup_vault.allowed_region.arn
    }
  }
}`,
		Cost: "What was copied before stays where it is until it expires or is deleted. A plan that an organization's backup policy made cannot be changed in the account.",
	},
	Judges: checks.For(snapshot.BackupPlans, planCopies),
}

// CopyJobsInAllowedRegions passes when a copy job carried nothing out of the allowed
// Regions: also one by hand, which stands in no plan. AWS lists the jobs of about 30 days.
// Source: Backup ListCopyJobs, State and DestinationBackupVaultArn, where it copies from.
var CopyJobsInAllowedRegions = checks.Check{
	ID:          "backup-copy-jobs-stayed-in-jurisdiction",
	Title:       "No backup has been copied out of the allowed Regions lately",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"backup:ListCopyJobs"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Find out who copied it and why, delete the copy, and deny the Region by a service control policy.",
	Fix: checks.Fix{
		Threat: "A whole copy of the data lies in a Region that you did not choose. A copy by hand stands in no plan, so that nothing else shows it.",
		CLI: `aws backup list-copy-jobs --region {region} --query "CopyJobs[?CopyJobId=='{id}']"
aws backup delete-recovery-point --region OTHER_REGION --backup-vault-name VAULT --recovery-point-arn DESTINATION_POINT_ARN`,
		Cost: "Deleting the copy costs nothing. Keep what shows who made it, as the transfer may have to be reported. There is no Terraform for a copy that was made once.",
	},
	Judges: checks.For(snapshot.CopyJobs, copyJobInAllowedRegion),
}

func planCopies(p snapshot.BackupPlan, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	rules, err := p.Rules.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var inside, outside, unclear []string
	for _, r := range rules {
		vaults := []string{r.AirGapped}
		for _, c := range r.Copies {
			vaults = append(vaults, c.Vault)
		}
		for _, v := range vaults {
			switch region := snapshot.RegionOf(v); {
			case v == "":
			case region == "":
				unclear = append(unclear, v)
			case slices.Contains(allowed, region):
				inside = append(inside, v)
			default:
				outside = append(outside, v)
			}
		}
	}
	note := ""
	if selections, err := p.Selections.Get(); err == nil && len(selections) == 0 {
		note = "; the plan has no selection, so that it copies nothing today"
	}
	if strings.HasPrefix(p.ID, "orgs/") || strings.HasPrefix(p.Name, "orgs/") {
		note += "; the plan is made by a backup policy of the organization, which must be changed"
	}
	seen := strings.Join(outside, ", ")
	switch {
	case len(outside) > 0:
		return checks.Fail("the plan copies outside of %s: %s%s", strings.Join(allowed, ", "), seen, note).With("copies", seen)
	case len(unclear) > 0:
		return checks.Unclear("where the plan copies to cannot be told: %s", strings.Join(unclear, ", "))
	case len(inside) > 0:
		return checks.Pass("the plan copies to allowed Regions only: %s", strings.Join(inside, ", ")).With("copies", strings.Join(inside, ", "))
	}
	return checks.DoesNotApply("no rule of the plan copies")
}

func copyJobInAllowedRegion(j snapshot.CopyJob, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	region := snapshot.RegionOf(j.Destination)
	switch {
	case len(allowed) == 0:
		return noChoice()
	case j.Parent != "":
		return checks.DoesNotApply("the job is a part of job %s, which is judged", j.Parent).With("ParentJobId", j.Parent)
	case region == "":
		return checks.Unclear("where the job copied to cannot be told: %q", j.Destination)
	case slices.Contains(allowed, region):
		return checks.Pass("the copy of %s to %s is %s", cmp.Or(j.Resource, "a resource"), region, j.State).With("DestinationBackupVaultArn", j.Destination)
	}
	switch j.State {
	case "COMPLETED", "RUNNING", "PARTIAL":
		by := "by hand"
		if j.Plan != "" {
			by = "by plan " + j.Plan
		}
		return checks.Fail("%s was copied %s to %s, which is not allowed: the job of %s is %s", cmp.Or(j.Resource, "a resource"), by, j.Destination, day(j), j.State).With("DestinationBackupVaultArn", j.Destination)
	}
	return checks.Pass("the copy of %s to %s, which is not allowed, is %s: nothing arrived", cmp.Or(j.Resource, "a resource"), region, j.State).With("DestinationBackupVaultArn", j.Destination)
}

func day(j snapshot.CopyJob) string { return j.Created.UTC().Format(time.DateOnly) }
