package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// PartitionAllowed passes when the account lies in a partition that the residency allows. A
// partition is taken by its name: one that nobody has heard of is not folded into aws.
// Source: STS GetCallerIdentity, Arn.
var PartitionAllowed = checks.Check{
	ID:          "account-partition-allowed",
	Title:       "The account lies in a partition that the residency allows",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads:       []string{"sts:GetCallerIdentity"},
	Parameters:  checks.Parameters{"allowed_partitions": []string{}},
	Remedy:      "Move the work into an account of an allowed partition.",
	Fix: checks.Fix{
		Threat: "What global services keep of an account, as its users, policies, tags and bills, lies in its partition's control plane, for aws in us-east-1, wherever the data are. No choice of Region changes that: only another partition does.",
		Cost:   "No command does it, for an account cannot change its partition. Work moves to a new account there, with new ARNs, endpoints and credentials, and not every service exists in every partition.",
	},
	Judges: checks.For(snapshot.Accounts, partitionAllowed),
}

func partitionAllowed(a *snapshot.Account, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_partitions")
	if len(allowed) == 0 {
		return checks.DoesNotApply("the policy names no allowed_partitions")
	}
	arn, err := checks.Use(env, a.Caller)
	if err != nil {
		return checks.Unknown(err)
	}
	partition := snapshot.PartitionOf(arn)
	note := ""
	switch partition {
	case "":
		return checks.Unclear("%q tells no partition", arn)
	case "aws-us-gov":
		note = "; the commercial account that it is paired with is not in this scan"
	}
	if slices.Contains(allowed, partition) {
		return checks.Pass("the partition is %s%s", partition, note).With("partition", partition)
	}
	return checks.Fail("the partition is %s, want one of %s: identities, policies, tags and bills lie in its control plane, whatever the Region of the data%s", partition, strings.Join(allowed, ", "), note).With("partition", partition)
}
