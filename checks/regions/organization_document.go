package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/regions/residency"
	"onus/scanner/snapshot"
)

const requestedRegion = "aws:RequestedRegion"

// closes says whether a document denies all Regions but the allowed and the global ones.
// With Yes, why names whom it spares; else what it lacks, "" where it says nothing of
// Regions.
func closes(p snapshot.SCP, document string, env checks.Env) (answer policy.Answer, why string) {
	d, err := policy.Parse([]byte(document))
	if err != nil {
		return policy.CannotTell, "could not be read as a policy: " + err.Error()
	}
	known := residency.InPartition(p.Partition)
	found := d.RegionDeny(p.Name, policy.RegionRule{
		Regions: append(known, named(d)...),
		Allowed: env.Strings("allowed_regions"),
		Global:  env.Strings("global_regions"),
	})
	switch {
	case found.Answer == policy.Yes && len(known) == 0:
		return policy.CannotTell, "closes Regions of the partition " + p.Partition + ", and which those are is not known"
	case found.Answer == policy.Yes:
		return policy.Yes, spares(found.Rules[0])
	case found.Answer == policy.CannotTell:
		return policy.CannotTell, "holds something outside the grammar of policies"
	case len(found.Rules) == 0:
		return policy.No, ""
	}
	return policy.No, lacks(found.Rules[0])
}

// named are the Regions that a document's conditions name in full. The table may not know
// them, and what a guardrail lists must be allowed all the same.
func named(d *policy.Document) []string {
	var out []string
	for _, s := range d.Statements {
		for _, c := range s.Conditions {
			if !c.Is(requestedRegion) {
				continue
			}
			for _, v := range c.Values {
				if !strings.ContainsAny(v, "*?$") {
					out = append(out, strings.ToLower(v))
				}
			}
		}
	}
	return out
}

// spares names the conditions that let some principals through.
func spares(r policy.RegionStatement) string {
	if len(r.Exempt) == 0 {
		return ""
	}
	return "; it binds only with " + conditions(r.Exempt)
}

// lacks says why a Deny on Regions is not enough: the first reason there is.
func lacks(r policy.RegionStatement) string {
	switch {
	case len(r.Stray) > 0:
		slices.Sort(r.Stray)
		return "leaves open " + strings.Join(slices.Compact(r.Stray), ", ")
	case !r.Future:
		return "names the Regions that it denies, so that new ones are open"
	case len(r.Regional) > 0:
		return "leaves actions of regional services open, such as " + strings.Join(r.Regional[:min(3, len(r.Regional))], ", ")
	case len(r.Narrow) > 0:
		return "denies only with " + conditions(r.Narrow)
	case r.Partial:
		return "does not cover every resource"
	}
	return "does not deny all of them"
}

func conditions(list []policy.Condition) string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, c.String())
	}
	return strings.Join(out, " and ")
}
