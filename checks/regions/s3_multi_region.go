package regions

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// MultiRegionAccessPointInJurisdiction passes when a Multi-Region Access Point joins buckets
// of allowed Regions only. Requests and writes travel to the nearest of them; one whose route
// is passive can be turned on at once, so it counts.
// Source: S3 Control ListMultiRegionAccessPoints, Regions[].Region;
// GetMultiRegionAccessPointRoutes, TrafficDialPercentage.
var MultiRegionAccessPointInJurisdiction = checks.Check{
	ID:          "s3-multi-region-access-point-in-jurisdiction",
	Title:       "Multi-Region Access Points join buckets of allowed Regions only",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	Reads:       []string{"s3control:ListMultiRegionAccessPoints", "s3control:GetMultiRegionAccessPointRoutes"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Make an access point over buckets of allowed Regions, and delete this one: its members cannot be changed.",
	Judges:      checks.For(snapshot.MultiRegionAccessPoints, multiRegionInJurisdiction),
	Fix: checks.Fix{
		Threat: "Whoever writes through the access point has his objects stored in the nearest of its Regions, and nobody chooses which. Reads leave the jurisdiction the same way.",
		CLI: `aws s3control create-multi-region-access-point --account-id {account} --region us-west-2 --details '{"Name":"NEW_NAME","Regions":[{"Bucket":"BUCKET_IN_ALLOWED_REGION"},{"Bucket":"OTHER_BUCKET_IN_ALLOWED_REGION"}]}'
aws s3control delete-multi-region-access-point --account-id {account} --region us-west-2 --details "Name={name}"`,
		Terraform: `resource "aws_s3control_multi_region_access_point" "this" {
  details {
    name = "NEW_NAME"
    region {
      bucket = "BUCKET_IN_ALLOWED_REGION"
    }
    region {
      bucket = "OTHER_BUCKET_IN_ALLOWED_REGION"
    }
  }
}`,
		Cost: "The new access point has another alias: clients have to use it before the old one is deleted. What was written to the other Regions stays in their buckets.",
	},
}

func multiRegionInJurisdiction(p snapshot.MultiRegionAccessPoint, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case p.Status == "DELETING" || p.Status == "DELETED":
		return checks.DoesNotApply("the access point is %s", p.Status).With("Status", p.Status)
	case len(p.Members) == 0:
		return checks.Unclear("the answer names no Region of the access point (%s)", p.Status).With("Status", p.Status)
	}
	var inside, outside []string
	unplaced := 0
	for _, m := range p.Members {
		said := m.Bucket + " in " + m.Region
		if m.Account != "" && m.Account != p.Account {
			said += " (of account " + m.Account + ")"
		}
		switch {
		case m.Region == "":
			unplaced++
		case slices.Contains(allowed, m.Region):
			inside = append(inside, said)
		default:
			outside = append(outside, said+route(p, m.Region))
		}
	}
	found := strings.Join(outside, ", ")
	switch {
	case len(outside) > 0:
		return checks.Fail("it joins %s; allowed: %s", found, strings.Join(allowed, ", ")).With("outside", found)
	case unplaced > 0:
		return checks.Unclear("the answer does not say where %d of its buckets lie", unplaced)
	}
	return checks.Pass("it joins %s", strings.Join(inside, ", ")).With("outside", "")
}

// route says how much of the traffic a Region takes, where that was read.
func route(p snapshot.MultiRegionAccessPoint, region string) string {
	routes, err := p.Routes.Get()
	dial, ok := routes[region]
	switch {
	case err != nil || !ok:
		return ""
	case dial == 0:
		return ", passive, and it can be turned on at once"
	}
	return fmt.Sprintf(", which takes traffic (%d %%)", dial)
}
