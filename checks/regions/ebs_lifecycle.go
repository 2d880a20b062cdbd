package regions

import (
	"cmp"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// LifecycleCopiesInAllowedRegions passes when a lifecycle policy copies snapshots and images
// to allowed Regions only. A target may be a Region's name, or an Outpost's ARN.
// Source: DLM GetLifecyclePolicy, Schedules CrossRegionCopyRules, CrossRegionCopyTargets and
// Actions CrossRegionCopy.
var LifecycleCopiesInAllowedRegions = checks.Check{
	ID:          "ebs-lifecycle-copies-in-allowed-regions",
	Title:       "Data Lifecycle Manager copies snapshots and images to allowed Regions only",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"dlm:GetLifecyclePolicies", "dlm:GetLifecyclePolicy"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Take the copy rule out of the policy, and delete the snapshots and images that it has made there.",
	Fix: checks.Fix{
		Threat: "Whole copies of volumes are carried on a schedule to a Region that you did not choose. They stay there under another jurisdiction, and are forgotten.",
		CLI: `aws dlm get-lifecycle-policy --region {region} --policy-id {id} --query Policy.PolicyDetails > details.json
# take the copy rules to other Regions out of details.json
aws dlm update-lifecycle-policy --region {region} --policy-id {id} --policy-details file://details.json`,
		Terraform: `resource "aws_dlm_lifecycle_policy" "this" {
  description        = "daily snapshots"
  execution_role_arn = aws_iam_role.dlm.arn
  policy_details {
    resource_types = ["VOLUME"]
    target_tags    = { backup = "daily" }
    schedule {
      name = "daily"
      create_rule {
        interval = 24
      }
      retain_rule {
        count = 7
      }
      cross_region_copy_rule {
        target    = "ALLOWED_REGION"
        encrypted = true
      }
    }
  }
}`,
		Cost: "What was copied before stays where it is, and the policy no longer expires it: delete it by hand.",
	},
	Judges: checks.For(snapshot.LifecyclePolicies, lifecycleCopies),
}

func lifecycleCopies(p snapshot.LifecyclePolicy, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if len(allowed) == 0 {
		return noChoice()
	}
	d, err := p.Details.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	var outside, unclear []string
	for _, target := range d.Copies {
		region := target
		if strings.HasPrefix(target, "arn:") {
			region = snapshot.RegionOf(target)
		}
		switch {
		case region == "":
			unclear = append(unclear, cmp.Or(target, "(no target)"))
		case !slices.Contains(allowed, region):
			outside = append(outside, target)
		}
	}
	targets := strings.Join(d.Copies, ", ")
	switch {
	case len(d.Copies) == 0:
		return checks.DoesNotApply("the policy copies nothing to another Region")
	case len(outside) > 0 && p.State == "DISABLED":
		return checks.Pass("the policy is DISABLED and copies nothing now; enabled, it would copy to %s, which is not allowed, as it may have before", strings.Join(outside, ", ")).With("State", p.State).With("copies", targets)
	case len(outside) > 0:
		return checks.Fail("the policy copies to %s; allowed: %s", strings.Join(outside, ", "), strings.Join(allowed, ", ")).With("State", p.State).With("copies", targets)
	case len(unclear) > 0:
		return checks.Unclear("where the policy copies to cannot be told: %s", strings.Join(unclear, ", "))
	}
	return checks.Pass("the policy copies to allowed Regions only: %s", targets).With("State", p.State).With("copies", targets)
}
