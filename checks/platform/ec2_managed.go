package platform

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

const listNodes = "ssm:DescribeInstanceInformation"

// InstanceManaged passes when Systems Manager hears from the agent of a running instance.
// One that was registered once and is silent since is not managed.
// Source: SSM DescribeInstanceInformation, PingStatus; EC2 DescribeInstances.
var InstanceManaged = checks.Check{
	ID:          "ec2-instance-managed-by-ssm",
	Title:       "Running EC2 instances are managed by Systems Manager",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", listNodes},
	Parameters:  checks.Parameters{"grace_minutes": 30, "exempt": []string{}},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Give the instance a role with AmazonSSMManagedInstanceCore, a way to the endpoints of Systems Manager, and a running agent.",
	Fix: checks.Fix{
		Threat: "Nobody sees which patches the instance lacks, and nobody can apply them from one place: it stays behind until somebody breaks in. Those who must work on it open SSH or RDP instead.",
		CLI: `aws ec2 associate-iam-instance-profile --region {region} --instance-id {id} --iam-instance-profile Name=PROFILE_WITH_AmazonSSMManagedInstanceCore
aws ssm describe-instance-information --region {region} --filters Key=InstanceIds,Values={id}`,
		Terraform: `resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.instance.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}`,
		Cost: "Nothing for the agent itself. An instance without a way to the internet needs the interface endpoints ssm, ssmmessages and ec2messages, which cost by the hour; whoever may use Session Manager gets a shell.",
	},
	Judges: checks.For(snapshot.Instances, instanceManaged),
}

// InstancePatchCompliant passes when the last scan of a managed instance found no patch
// missing, failed, rejected and installed all the same, or waiting for a reboot. What the
// newer counts say is taken from the compliance summary where an old agent leaves them out.
// An instance that Systems Manager cannot see has no known patch state.
// Source: SSM DescribeInstancePatchStates; ListResourceComplianceSummaries, type Patch.
var InstancePatchCompliant = checks.Check{
	ID:          "ec2-instance-patch-compliant",
	Title:       "Managed EC2 instances have no missing or failed patch that their baseline demands",
	Severity:    checks.High,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", listNodes, "ssm:DescribeInstancePatchStates", "ssm:ListResourceComplianceSummaries"},
	Parameters:  checks.Parameters{"judge_other": true},
	Remedy:      "Install what is missing with Patch Manager, restart where that is pending, and let a maintenance window do so from then on.",
	Fix: checks.Fix{
		Threat: "A patch that is missing closes a hole that is public: what it takes to use it is written in the patch itself. Attackers look for such systems by machine.",
		CLI: `aws ssm send-command --region {region} --document-name AWS-RunPatchBaseline --instance-ids {id} --parameters Operation=Install,RebootOption=RebootIfNeeded
aws ssm describe-instance-patch-states --region {region} --instance-ids {id}`,
		Terraform: `resource "aws_ssm_association" "patch" {
  name                = "AWS-RunPatchBaseline"
  schedule_expression = "cron(0 3 ? * SUN *)"
  parameters = {
    Operation    = "Install"
    RebootOption = "RebootIfNeeded"
  }
  targets {
    key    = "InstanceIds"
    values = ["{id}"]
  }
}`,
		Cost: "The instance restarts, and what runs on it stops for that time; a patch can break software that rests on what it changed. Patch one of a kind first.",
	},
	Judges: checks.For(snapshot.Instances, instancePatchCompliant),
}

// InstanceAssociationCompliant passes when what State Manager is to keep on an instance is
// kept. Source: SSM ListResourceComplianceSummaries, type Association.
var InstanceAssociationCompliant = checks.Check{
	ID:          "ec2-instance-association-compliant",
	Title:       "State Manager associations of managed EC2 instances are compliant",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ec2:DescribeInstances", "ssm:ListResourceComplianceSummaries", listNodes},
	Remedy:      "Look up which association failed on the instance and why, mend that, and run it again.",
	Fix: checks.Fix{
		Threat: "What the association is to keep, such as an agent, a setting or a patch run, is not kept on this instance, while its owner believes that it is. The gap stays until somebody looks.",
		CLI: `aws ssm list-compliance-items --region {region} --resource-ids {id} --resource-types ManagedInstance --filters Key=ComplianceType,Values=Association
aws ssm start-associations-once --region {region} --association-ids ASSOCIATION_ID`,
		Cost: "What the association does, it does on a running instance: look at the document first. Terraform: change aws_ssm_association where its parameters are at fault.",
	},
	Judges: checks.For(snapshot.Instances, instanceAssociationCompliant),
}

// InstancePatchScanRecent passes when the last scan or installation is not too long ago: a
// compliant state of last year stays compliant until somebody scans.
// Source: SSM DescribeInstancePatchStates, OperationEndTime.
var InstancePatchScanRecent = checks.Check{
	ID:          "ec2-instance-patch-scan-recent",
	Title:       "Managed EC2 instances were scanned for missing patches within the allowed time",
	Severity:    checks.Medium,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", listNodes, "ssm:DescribeInstancePatchStates"},
	Parameters:  checks.Parameters{"max_age_days": 7},
	Bounds:      checks.AtLeast(0),
	Remedy:      "Let an association scan the instance each day with AWS-RunPatchBaseline, Operation Scan.",
	Fix: checks.Fix{
		Threat: "The state that is shown is of another time: patches that came out since are not counted as missing. Reports are green while the holes are open.",
		CLI:    `aws ssm create-association --region {region} --name AWS-RunPatchBaseline --targets Key=InstanceIds,Values={id} --parameters Operation=Scan --schedule-expression "rate(1 day)"`,
		Terraform: `resource "aws_ssm_association" "scan" {
  name                = "AWS-RunPatchBaseline"
  schedule_expression = "rate(1 day)"
  parameters          = { Operation = "Scan" }
  targets {
    key    = "InstanceIds"
    values = ["{id}"]
  }
}`,
		Cost: "A scan takes some minutes of processor time on the instance, and changes nothing.",
	},
	Judges: checks.For(snapshot.Instances, instancePatchScanRecent),
}

// InstanceAgentCurrent passes when the agent is the newest that Systems Manager offers, or
// at least the wanted version. Source: SSM DescribeInstanceInformation, IsLatestVersion and
// AgentVersion.
var InstanceAgentCurrent = checks.Check{
	ID:          "ec2-instance-ssm-agent-current",
	Title:       "The SSM agent of managed EC2 instances is up to date",
	Severity:    checks.Low,
	Category:    checks.PlatformOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"ec2:DescribeInstances", listNodes},
	Parameters:  checks.Parameters{"min_version": ""},
	Bounds:      agentBounds,
	Remedy:      "Let the agent update itself: the association of AWS-UpdateSSMAgent does so every two weeks.",
	Fix: checks.Fix{
		Threat: "The agent runs as root or SYSTEM and takes commands from outside: holes in old versions let a local user become root. Old agents also report counts that leave things out.",
		CLI: `aws ssm send-command --region {region} --document-name AWS-UpdateSSMAgent --instance-ids {id}
aws ssm create-association --region {region} --name AWS-UpdateSSMAgent --targets Key=InstanceIds,Values={id} --schedule-expression "rate(14 days)"`,
		Terraform: `resource "aws_ssm_association" "agent" {
  name                = "AWS-UpdateSSMAgent"
  schedule_expression = "rate(14 days)"
  targets {
    key    = "InstanceIds"
    values = ["{id}"]
  }
}`,
		Cost: "The agent restarts; sessions and commands that run at that moment break off.",
	},
	Judges: checks.For(snapshot.Instances, instanceAgentCurrent),
}

// running leaves out instances that do not run: their agent is silent.
func running(i snapshot.Instance) (checks.Verdict, bool) {
	if i.State == "running" {
		return checks.Verdict{}, false
	}
	return checks.DoesNotApply("the instance is %s", i.State).With("State", i.State), true
}

// exempted names the entry of exempt that leaves an instance out: its image, the key of a
// tag, or KEY=VALUE; "" for none.
func exempted(i snapshot.Instance, exempt []string) string {
	for _, e := range exempt {
		key, value, both := strings.Cut(e, "=")
		has, tagged := i.Tags[key]
		if e == i.Image || tagged && (!both || has == value) {
			return e
		}
	}
	return ""
}

func instanceManaged(i snapshot.Instance, env checks.Env) checks.Verdict {
	if v, out := running(i); out {
		return v
	}
	grace := time.Duration(env.Int("grace_minutes")) * time.Minute
	exempt := exempted(i, env.Strings("exempt"))
	switch {
	case i.Managed:
		return checks.DoesNotApply("an AWS service manages the instance").With("Operator.Managed", "true")
	case exempt != "":
		return checks.DoesNotApply("exempt names it by %q", exempt)
	case !i.Launched.IsZero() && env.AsOf.Sub(i.Launched) < grace:
		return checks.DoesNotApply("the instance was launched %s before the scan: it may not have registered yet", env.AsOf.Sub(i.Launched).Round(time.Minute)).With("LaunchTime", i.Launched.UTC().Format(time.RFC3339))
	}
	n, err := checks.Find(env, snapshot.ManagedNodes, i.Location, i.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("Systems Manager does not know the instance: no agent has registered it").With("PingStatus", "")
	case err != nil:
		return checks.Unknown(err)
	case n.Ping == "Online":
		return checks.Pass("the agent %s of the instance is Online%s", n.Agent, hybrid(n)).With("PingStatus", n.Ping)
	}
	return checks.Fail("the agent of the instance was heard last on %s: %s", heard(n), n.Ping).With("PingStatus", n.Ping)
}

func hybrid(n snapshot.ManagedNode) string {
	if n.ID == n.Instance() {
		return ""
	}
	return ", registered as the hybrid node " + n.ID
}

func heard(n snapshot.ManagedNode) string {
	if n.LastPing.IsZero() {
		return "a day that is not told"
	}
	return n.LastPing.UTC().Format(time.DateOnly)
}

// managed is the node of a running instance whose agent answers. out: v is the verdict for
// one that Systems Manager does not see now, of which nothing is known.
func managed(i snapshot.Instance, env checks.Env, what string) (n snapshot.ManagedNode, v checks.Verdict, out bool) {
	if v, out := running(i); out {
		return n, v, true
	}
	n, err := checks.Find(env, snapshot.ManagedNodes, i.Location, i.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return n, checks.Unclear("%s is not known: Systems Manager does not see the instance, which ec2-instance-managed-by-ssm judges", what).With("PingStatus", ""), true
	case err != nil:
		return n, checks.Unknown(err), true
	case n.Ping != "Online":
		return n, checks.Unclear("%s is not known: the agent is %s since %s, which ec2-instance-managed-by-ssm judges", what, n.Ping, heard(n)).With("PingStatus", n.Ping), true
	}
	return n, v, false
}

func instancePatchCompliant(i snapshot.Instance, env checks.Env) checks.Verdict {
	n, v, out := managed(i, env, "the patch state")
	if out {
		return v
	}
	p, err := checks.Use(env, n.Patches)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("the instance was never scanned for patches").With("OperationEndTime", "")
	case err != nil:
		return checks.Unknown(err)
	}
	counts := []struct {
		name  string
		value *int32
	}{
		{"MissingCount", &p.Missing}, {"FailedCount", &p.Failed}, {"InstalledPendingRebootCount", p.PendingReboot}, {"InstalledRejectedCount", p.Rejected},
		{"CriticalNonCompliantCount", p.Critical}, {"SecurityNonCompliantCount", p.Security},
	}
	if env.Bool("judge_other") {
		counts = append(counts, struct {
			name  string
			value *int32
		}{"OtherNonCompliantCount", p.OtherFails})
	}
	var bad, absent []string
	observed := map[string]string{"BaselineId": p.Baseline, "OperationEndTime": p.Ended.UTC().Format(time.RFC3339)}
	for _, c := range counts {
		switch {
		case c.value == nil:
			absent = append(absent, c.name)
			continue
		case *c.value > 0:
			bad = append(bad, fmt.Sprintf("%s is %d", c.name, *c.value))
		}
		observed[c.name] = fmt.Sprint(*c.value)
	}
	switch {
	case len(bad) > 0:
		v = checks.Fail("%s by the baseline %s", strings.Join(bad, ", "), p.Baseline)
	case len(absent) > 0:
		v = patchSummary(i, n, env, absent)
	default:
		v = checks.Pass("no patch that the baseline %s demands is missing, failed, rejected or waiting for a reboot", p.Baseline)
	}
	for name, value := range observed {
		v = v.With(name, value)
	}
	return v
}

// patchSummary judges by the compliance summary where an old agent does not tell all counts.
func patchSummary(i snapshot.Instance, n snapshot.ManagedNode, env checks.Env, absent []string) checks.Verdict {
	lacks := "the state lacks " + strings.Join(absent, ", ") + ", as of an old agent"
	s, err := checks.Find(env, snapshot.ComplianceSummaries, i.Location, "Patch "+n.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("%s, and there is no compliance summary of its patches", lacks)
	case err != nil:
		return checks.Unknown(err)
	case s.Status == "COMPLIANT":
		return checks.Pass("%s; the compliance summary of its patches is COMPLIANT", lacks).With("Status", s.Status)
	}
	return checks.Fail("%s; the compliance summary of its patches is %s, with %d items", lacks, s.Status, s.Broken).With("Status", s.Status)
}

func instanceAssociationCompliant(i snapshot.Instance, env checks.Env) checks.Verdict {
	if v, out := running(i); out {
		return v
	}
	n, err := checks.Find(env, snapshot.ManagedNodes, i.Location, i.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("Systems Manager does not see the instance, which ec2-instance-managed-by-ssm judges").With("PingStatus", "")
	case err != nil:
		return checks.Unknown(err)
	}
	s, err := checks.Find(env, snapshot.ComplianceSummaries, i.Location, "Association "+n.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("no association is about the instance")
	case err != nil:
		return checks.Unknown(err)
	case s.Status == "COMPLIANT" && n.Ping != "Online":
		return checks.Unclear("its associations were COMPLIANT when the agent was last heard, on %s", heard(n)).With("Status", s.Status)
	case s.Status == "COMPLIANT":
		return checks.Pass("its associations are COMPLIANT").With("Status", s.Status)
	}
	return checks.Fail("its associations are %s: %d of them, the worst of severity %s", s.Status, s.Broken, s.Severity).With("Status", s.Status)
}

func instancePatchScanRecent(i snapshot.Instance, env checks.Env) checks.Verdict {
	n, v, out := managed(i, env, "when it was last scanned")
	if out {
		return v
	}
	p, err := checks.Use(env, n.Patches)
	days := env.Int("max_age_days")
	ended := p.Ended.UTC().Format(time.RFC3339)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Fail("the instance was never scanned for patches").With("OperationEndTime", "")
	case err != nil:
		return checks.Unknown(err)
	case p.Ended.IsZero():
		return checks.Unclear("the answer does not tell when the last %s ended", strings.ToLower(p.Operation)).With("OperationEndTime", "")
	case p.Ended.After(env.AsOf):
		v = checks.Pass("the last %s ended at %s by the clock of the instance, which is ahead of the scan's", strings.ToLower(p.Operation), ended)
	case p.Ended.Before(env.AsOf.AddDate(0, 0, -days)):
		v = checks.Fail("the last %s ended on %s, want one in the last %d days", strings.ToLower(p.Operation), ended, days)
	default:
		v = checks.Pass("the last %s ended on %s", strings.ToLower(p.Operation), ended)
	}
	return v.With("OperationEndTime", ended).With("Operation", p.Operation)
}

// agentVersion is the numbers of an agent's version: 3.10 is newer than 3.9.
func agentVersion(text string) []int {
	var out []int
	for part := range strings.SplitSeq(text, ".") {
		var n int
		if _, err := fmt.Sscanf(part, "%d", &n); err != nil {
			return nil
		}
		out = append(out, n)
	}
	return out
}

func agentBounds(_ string, value any) error {
	if text, ok := value.(string); ok && text != "" && agentVersion(text) == nil {
		return fmt.Errorf("%q is no version, want numbers with dots between", text)
	}
	return nil
}

func instanceAgentCurrent(i snapshot.Instance, env checks.Env) checks.Verdict {
	if v, out := running(i); out {
		return v
	}
	n, err := checks.Find(env, snapshot.ManagedNodes, i.Location, i.ID)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.DoesNotApply("Systems Manager does not see the instance, which ec2-instance-managed-by-ssm judges").With("AgentVersion", "")
	case err != nil:
		return checks.Unknown(err)
	}
	least, version := agentVersion(env.String("min_version")), agentVersion(n.Agent)
	v := checks.Verdict{}
	switch {
	case n.Latest != nil && *n.Latest:
		v = checks.Pass("the agent %s is the newest", n.Agent)
	case least != nil && version != nil && slices.Compare(version, least) >= 0:
		v = checks.Pass("the agent %s is %s or later", n.Agent, env.String("min_version"))
	case least != nil && version != nil:
		v = checks.Fail("the agent is %s, want %s or later", n.Agent, env.String("min_version"))
	case n.Latest == nil:
		v = checks.Unclear("the answer does not tell whether the agent %q is the newest", n.Agent)
	default:
		v = checks.Fail("the agent %s is not the newest", n.Agent)
	}
	return v.With("AgentVersion", n.Agent)
}
