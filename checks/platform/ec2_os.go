package platform

import (
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InstanceOSSupported passes when the vendor of an instance's operating system still mends
// it for everybody, by a table of its day. What is bought on top, such as Ubuntu Pro or
// Windows' Extended Security Updates, no API tells: extended_support names it.
// Source: SSM DescribeInstanceInformation, PlatformName and PlatformVersion.
var InstanceOSSupported = checks.Check{
	ID:          "ec2-instance-os-supported",
	Title:       "EC2 instances run an operating system that its vendor still supports",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", listNodes, "ec2:DescribeImages"},
	Parameters:  checks.Parameters{"notice_days": 0, "extended_support": []string{}},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Move the workload to an instance of a supported release; where that takes time, buy the vendor's extended support and name it in extended_support.",
	Fix: checks.Fix{
		Threat: "Holes that are found from now on stay open: the vendor sends no more patches, and patch compliance shows none missing. What is public knowledge can be used against the instance for as long as it runs.",
		CLI:    `aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={id} --query "InstanceInformationList[].[PlatformName,PlatformVersion]"`,
		Terraform: `data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_instance" "this" {
  ami = data.aws_ssm_parameter.image.value
}`,
		Cost: "A new release means a new instance and a test of all that runs on it; no command does that. Extended support is paid for by instance or by core.",
	},
	Judges: checks.For(snapshot.Instances, instanceOSSupported),
}

func instanceOSSupported(i snapshot.Instance, env checks.Env) checks.Verdict {
	n, v, out := managed(i, env, "the operating system")
	if out && n.ID == "" {
		return v
	}
	told := osSupported(n, env)
	if out && told.Status == checks.PASS { // what a silent agent told once is no proof
		return v
	}
	return told
}

// osSupported judges what the agent told of the operating system.
func osSupported(n snapshot.ManagedNode, env checks.Env) checks.Verdict {
	seen := func(v checks.Verdict) checks.Verdict {
		return v.With("PlatformName", n.Platform).With("PlatformVersion", n.Version)
	}
	s, known := supportOf(n.Platform, n.Version)
	if !known {
		return seen(checks.Unclear("%q of version %q is not in the table of %s", n.Platform, n.Version, osTableDate))
	}
	least := env.AsOf.AddDate(0, 0, env.Int("notice_days"))
	bought := slices.ContainsFunc(env.Strings("extended_support"), func(name string) bool { return strings.EqualFold(name, s.name) })
	ends, what := s.ends, "the support"
	if bought && !s.extended.IsZero() {
		ends, what = s.extended, "the extended support"
	}
	day := ends.Format(time.DateOnly)
	switch {
	case ends.After(least):
		return seen(checks.Pass("%s of %s ends on %s (table of %s)", what, s.name, day, osTableDate))
	case bought && s.extended.IsZero():
		return seen(checks.Fail("the support of %s ended on %s, and the table of %s knows of no extended support for it", s.name, day, osTableDate))
	case !ends.After(env.AsOf) && !bought && s.extended.After(least):
		return seen(checks.Fail("the support of %s ended on %s; extended support can be bought until %s (table of %s)", s.name, day, s.extended.Format(time.DateOnly), osTableDate))
	case !ends.After(env.AsOf):
		return seen(checks.Fail("%s of %s ended on %s (table of %s)", what, s.name, day, osTableDate))
	}
	return seen(checks.Fail("%s of %s ends on %s, want %d days or more (table of %s)", what, s.name, day, env.Int("notice_days"), osTableDate))
}
