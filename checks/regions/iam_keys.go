package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// AccessKeyLastUsedInAllowedRegion passes when the last use of an access key was in an allowed
// Region, or of a service that answers from one Region for all. It proves no more than
// that: of earlier uses nothing is known.
// Source: credential report, access_key_N_last_used_region and _service; for a key that it
// does not know, IAM GetAccessKeyLastUsed.
var AccessKeyLastUsedInAllowedRegion = checks.Check{
	ID:          "iam-access-key-last-used-in-allowed-region",
	Title:       "Access keys have last been used in allowed Regions",
	Severity:    checks.Medium,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: []string{"iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetAccessKeyLastUsed", "iam:GetAccountAuthorizationDetails",
		"iam:ListAccessKeys"},
	Parameters: checks.Parameters{"allowed_regions": []string{}},
	Remedy:     "Find out in CloudTrail what the key did there, and rotate it if nobody can say.",
	Fix: checks.Fix{
		Threat:    "A key that works in a Region where nobody has business is a key that somebody else may hold. Miners start in the Regions that nobody watches.",
		CLI:       "aws iam get-access-key-last-used --access-key-id {name}\naws cloudtrail lookup-events --region REGION --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={name}\naws iam update-access-key --access-key-id {name} --status Inactive --user-name USER",
		Terraform: "resource \"aws_iam_access_key\" \"{name}\" {\n  user   = \"USER\"\n  status = \"Inactive\"\n}",
		Cost:      "Whatever uses the key stops when it is made inactive.",
	},
	Judges: checks.For(snapshot.AccessKeys, accessKeyLastUsedInAllowedRegion),
}

// global are the services that answer from one Region for all of a partition, in the words
// of the report.
var globalServices = []string{"iam", "sts", "organizations", "cloudfront", "route53", "support"}

// globalRegions are the Regions from which they answer, by partition.
var globalRegions = map[string][]string{
	"aws": {"us-east-1", "us-west-2"}, "aws-us-gov": {"us-gov-west-1"}, "aws-cn": {"cn-north-1", "cn-northwest-1"}, "aws-eusc": {"eusc-de-east-1"},
}

func accessKeyLastUsedInAllowedRegion(k snapshot.AccessKey, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case !k.Active:
		return checks.DoesNotApply("the key is inactive")
	}
	use, err := checks.Use(env, k.LastUse)
	region := use.Region
	answers := slices.Contains(globalServices, strings.ToLower(use.Service)) && slices.Contains(globalRegions[k.Partition], region)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case region == "" && use.Service == "":
		return checks.DoesNotApply("the key was never used, or nothing is known of it")
	case region == "":
		return checks.Pass("last used for %s, of which AWS names no Region", use.Service).With("service", use.Service)
	case slices.Contains(allowed, region):
		return checks.Pass("last used in %s for %s; earlier uses are not known", region, use.Service).With("region", region).With("service", use.Service)
	case answers:
		return checks.Pass("last used for %s, which answers from %s for all Regions", use.Service, region).With("region", region).With("service", use.Service)
	}
	note := ""
	if use.Service == "s3" {
		note = ", the Region of the endpoint and not of the bucket"
	}
	return checks.Fail("last used in %s for %s%s, want one of %s", region, use.Service, note, strings.Join(allowed, ", ")).With("region", region).With("service", use.Service)
}
