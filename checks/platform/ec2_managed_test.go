package platform

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const instanceARN = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"

// instance is a running instance of three weeks ago, changed by more.
func instance(more ...func(*snapshot.Instance)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Instance{Meta: checktest.Meta("web", instanceARN), ID: "i-1", State: "running", Image: "ami-1", Launched: checktest.AsOf.AddDate(0, 0, -21)}
		for _, f := range more {
			f(&i)
		}
		a.EC2.Instances = append(a.EC2.Instances, i)
	}
}

func state(s string) func(*snapshot.Instance) { return func(i *snapshot.Instance) { i.State = s } }

// node lets Systems Manager see the instance, Online unless changed.
func node(more ...func(*snapshot.ManagedNode)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		n := snapshot.ManagedNode{Meta: checktest.Meta("i-1", instanceARN), ID: "i-1", ResourceType: "EC2Instance", Ping: "Online", LastPing: checktest.AsOf.AddDate(0, 0, -3), Agent: "3.3.131.0"}
		for _, f := range more {
			f(&n)
		}
		a.SSM.Nodes = append(a.SSM.Nodes, n)
	}
}

func ping(p string) func(*snapshot.ManagedNode) { return func(n *snapshot.ManagedNode) { n.Ping = p } }

func TestInstanceManaged(t *testing.T) {
	launched := func(ago time.Duration) func(*snapshot.Instance) {
		return func(i *snapshot.Instance) { i.Launched = checktest.AsOf.Add(-ago) }
	}
	tagged := func(i *snapshot.Instance) { i.Tags = map[string]string{"purpose": "appliance"} }
	managed := func(i *snapshot.Instance) { i.Managed = true }
	hybrid := func(n *snapshot.ManagedNode) {
		n.ID, n.Source, n.ResourceType = "mi-1", "i-1", "ManagedInstance"
	}
	exempt := func(list ...string) map[string]any { return map[string]any{"exempt": list} }
	checktest.Run(t, &InstanceManaged, []checktest.Case{
		{Name: "online", Set: checktest.All(instance(), node()), Want: checks.PASS, Reason: "agent 3.3.131.0 of the instance is Online"},
		{Name: "an EC2 instance activated as a hybrid node counts", Set: checktest.All(instance(), node(hybrid)), Want: checks.PASS, Reason: "hybrid node mi-1"},
		{Name: "a hybrid node that is something else does not", Set: checktest.All(instance(), node(func(n *snapshot.ManagedNode) { n.ID, n.Source = "mi-1", "till-7" })), Want: checks.FAIL, Reason: "does not know"},
		{Name: "never registered", Set: instance(), Want: checks.FAIL, Reason: "no agent has registered"},
		{Name: "ConnectionLost is registered and not managed", Set: checktest.All(instance(), node(ping("ConnectionLost"))), Want: checks.FAIL, Reason: "2026-10-29: ConnectionLost"},
		{Name: "Inactive", Set: checktest.All(instance(), node(ping("Inactive"))), Want: checks.FAIL, Reason: "Inactive"},
		{Name: "just launched", Set: instance(launched(29 * time.Minute)), Want: checks.NotApplicable, Reason: "29m0s before"},
		{Name: "launched half an hour ago", Set: instance(launched(30 * time.Minute)), Want: checks.FAIL, Reason: "no agent"},
		{Name: "a longer grace", Set: instance(launched(time.Hour)), Parameters: map[string]any{"grace_minutes": 120}, Want: checks.NotApplicable, Reason: "launched"},
		{Name: "stopped instances keep an entry", Set: checktest.All(instance(state("stopped")), node(ping("ConnectionLost"))), Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "managed by a service", Set: instance(managed), Want: checks.NotApplicable, Reason: "an AWS service"},
		{Name: "exempt by its image", Set: instance(), Parameters: exempt("ami-1"), Want: checks.NotApplicable, Reason: "ami-1"},
		{Name: "exempt by a tag", Set: instance(tagged), Parameters: exempt("purpose"), Want: checks.NotApplicable, Reason: "purpose"},
		{Name: "exempt by a tag and its value", Set: instance(tagged), Parameters: exempt("purpose=appliance"), Want: checks.NotApplicable, Reason: "purpose=appliance"},
		{Name: "another value", Set: instance(tagged), Parameters: exempt("purpose=tools"), Want: checks.FAIL, Reason: "no agent"},
		{Name: "denied", Set: checktest.All(instance(), checktest.Denied(listNodes)), Want: checks.UNKNOWN, Reason: "denied"},
	})
	if n := len(checktest.Findings(&InstanceManaged, checktest.Account(&InstanceManaged, instance(state("shutting-down"))), nil)); n != 0 {
		t.Errorf("%d findings of an instance that is shutting down", n)
	}
}

// patched lets the node have a patch state.
func patched(p snapshot.PatchState) func(*snapshot.ManagedNode) {
	return func(n *snapshot.ManagedNode) {
		p.Baseline = "pb-1"
		n.Patches = snapshot.Value(p, snapshot.Call{ID: "patches", Operation: "ssm:DescribeInstancePatchStates"})
	}
}

func unpatched(err error) func(*snapshot.ManagedNode) {
	return func(n *snapshot.ManagedNode) { n.Patches = snapshot.Missing[snapshot.PatchState](err) }
}

func summary(kind, status string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.SSM.Summaries = append(a.SSM.Summaries, snapshot.ComplianceSummary{Meta: checktest.Meta("i-1", ""), Node: "i-1", Type: kind, Status: status, Severity: "HIGH", Broken: 2})
	}
}

func counts(change func(*snapshot.PatchState)) snapshot.PatchState {
	zero := func() *int32 { return new(int32) }
	p := snapshot.PatchState{Operation: "Scan", Ended: checktest.AsOf.AddDate(0, 0, -1), PendingReboot: zero(), Rejected: zero(), Critical: zero(), Security: zero(), OtherFails: zero()}
	if change != nil {
		change(&p)
	}
	return p
}

func TestInstancePatchCompliant(t *testing.T) {
	with := func(change func(*snapshot.PatchState)) func(*snapshot.Account) {
		return checktest.All(instance(), node(patched(counts(change))))
	}
	old := func(p *snapshot.PatchState) { p.Critical, p.Security, p.OtherFails = nil, nil, nil }
	without := map[string]any{"judge_other": false}
	checktest.Run(t, &InstancePatchCompliant, []checktest.Case{
		{Name: "nothing missing", Set: with(nil), Want: checks.PASS, Reason: "pb-1"},
		{Name: "missing", Set: with(func(p *snapshot.PatchState) { p.Missing = 3 }), Want: checks.FAIL, Reason: "MissingCount is 3", Observed: map[string]string{"MissingCount": "3", "BaselineId": "pb-1"}},
		{Name: "failed", Set: with(func(p *snapshot.PatchState) { p.Failed = 1 }), Want: checks.FAIL, Reason: "FailedCount is 1"},
		{Name: "waiting for a reboot is not in force", Set: with(func(p *snapshot.PatchState) { *p.PendingReboot = 1 }), Want: checks.FAIL, Reason: "InstalledPendingRebootCount"},
		{Name: "rejected, and installed", Set: with(func(p *snapshot.PatchState) { *p.Rejected = 1 }), Want: checks.FAIL, Reason: "InstalledRejectedCount"},
		{Name: "critical", Set: with(func(p *snapshot.PatchState) { *p.Critical = 1 }), Want: checks.FAIL, Reason: "CriticalNonCompliantCount"},
		{Name: "security", Set: with(func(p *snapshot.PatchState) { *p.Security = 1 }), Want: checks.FAIL, Reason: "SecurityNonCompliantCount"},
		{Name: "other", Set: with(func(p *snapshot.PatchState) { *p.OtherFails = 1 }), Want: checks.FAIL, Reason: "OtherNonCompliantCount"},
		{Name: "other, and not asked for", Set: with(func(p *snapshot.PatchState) { *p.OtherFails = 1 }), Parameters: without, Want: checks.PASS, Reason: "pb-1"},
		{Name: "never scanned", Set: checktest.All(instance(), node(unpatched(snapshot.ErrAbsent))), Want: checks.FAIL, Reason: "never scanned"},
		{Name: "denied is not never scanned", Set: checktest.All(instance(), node(unpatched(checktest.Unread("ssm:DescribeInstancePatchStates", snapshot.Denied)))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "an old agent, compliant by the summary", Set: checktest.All(with(old), summary("Patch", "COMPLIANT")), Want: checks.PASS, Reason: "of an old agent; the compliance summary"},
		{Name: "an old agent, not compliant by the summary", Set: checktest.All(with(old), summary("Patch", "NON_COMPLIANT")), Want: checks.FAIL, Reason: "NON_COMPLIANT"},
		{Name: "an old agent, and a summary of another type", Set: checktest.All(with(old), summary("Association", "COMPLIANT")), Want: checks.UNKNOWN, Reason: "no compliance summary"},
		{Name: "an old agent, and the summary denied", Set: checktest.All(with(old), checktest.Denied("ssm:ListResourceComplianceSummaries")), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "what SSM cannot see is not compliant", Set: instance(), Want: checks.UNKNOWN, Reason: "does not see the instance"},
		{Name: "nor is what it no longer hears", Set: checktest.All(instance(), node(ping("ConnectionLost"), patched(counts(nil)))), Want: checks.UNKNOWN, Reason: "ConnectionLost since 2026-10-29"},
		{Name: "stopped", Set: instance(state("stopped")), Want: checks.NotApplicable, Reason: "stopped"},
	})
}

func TestInstanceAssociationCompliant(t *testing.T) {
	checktest.Run(t, &InstanceAssociationCompliant, []checktest.Case{
		{Name: "compliant", Set: checktest.All(instance(), node(), summary("Association", "COMPLIANT")), Want: checks.PASS, Reason: "COMPLIANT"},
		{Name: "not", Set: checktest.All(instance(), node(), summary("Association", "NON_COMPLIANT")), Want: checks.FAIL, Reason: "2 of them, the worst of severity HIGH"},
		{Name: "patches are another type", Set: checktest.All(instance(), node(), summary("Association", "COMPLIANT"), summary("Patch", "NON_COMPLIANT")), Want: checks.PASS, Reason: "COMPLIANT"},
		{Name: "no association", Set: checktest.All(instance(), node(), summary("Patch", "COMPLIANT")), Want: checks.NotApplicable, Reason: "no association"},
		{Name: "compliant once", Set: checktest.All(instance(), node(ping("Inactive")), summary("Association", "COMPLIANT")), Want: checks.UNKNOWN, Reason: "last heard"},
		{Name: "not managed", Set: checktest.All(instance(), summary("Association", "COMPLIANT")), Want: checks.NotApplicable, Reason: "does not see"},
		{Name: "stopped", Set: instance(state("stopped")), Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "denied", Set: checktest.All(instance(), node(), checktest.Denied("ssm:ListResourceComplianceSummaries")), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstancePatchScanRecent(t *testing.T) {
	ended := func(days int, operation string) func(*snapshot.Account) {
		return checktest.All(instance(), node(patched(counts(func(p *snapshot.PatchState) {
			p.Ended, p.Operation = checktest.AsOf.AddDate(0, 0, -days), operation
		}))))
	}
	checktest.Run(t, &InstancePatchScanRecent, []checktest.Case{
		{Name: "yesterday", Set: ended(1, "Scan"), Want: checks.PASS, Reason: "the last scan ended on 2026-10-31"},
		{Name: "an installation counts", Set: ended(7, "Install"), Want: checks.PASS, Reason: "the last install"},
		{Name: "compliant since last year", Set: ended(400, "Scan"), Want: checks.FAIL, Reason: "want one in the last 7 days"},
		{Name: "longer allowed", Set: ended(20, "Scan"), Parameters: map[string]any{"max_age_days": 30}, Want: checks.PASS, Reason: "ended on"},
		{Name: "a clock that is ahead", Set: ended(-1, "Scan"), Want: checks.PASS, Reason: "ahead of the scan's"},
		{Name: "no entry", Set: checktest.All(instance(), node(unpatched(snapshot.ErrAbsent))), Want: checks.FAIL, Reason: "never scanned"},
		{Name: "no time", Set: checktest.All(instance(), node(patched(snapshot.PatchState{Operation: "Scan"}))), Want: checks.UNKNOWN, Reason: "does not tell"},
		{Name: "denied", Set: checktest.All(instance(), node(unpatched(checktest.Unread("ssm:DescribeInstancePatchStates", snapshot.Throttled)))), Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "not managed", Set: instance(), Want: checks.UNKNOWN, Reason: "does not see"},
		{Name: "stopped", Set: instance(state("stopped")), Want: checks.NotApplicable, Reason: "stopped"},
	})
}

func TestInstanceAgentCurrent(t *testing.T) {
	agent := func(version string, latest *bool) func(*snapshot.Account) {
		return checktest.All(instance(), node(func(n *snapshot.ManagedNode) { n.Agent, n.Latest = version, latest }))
	}
	yes, no := true, false
	least := map[string]any{"min_version": "3.9.0.0"}
	checktest.Run(t, &InstanceAgentCurrent, []checktest.Case{
		{Name: "the newest", Set: agent("3.3.131.0", &yes), Want: checks.PASS, Reason: "newest"},
		{Name: "not the newest", Set: agent("3.2.582.0", &no), Want: checks.FAIL, Reason: "3.2.582.0 is not the newest"},
		{Name: "3.10 is newer than 3.9", Set: agent("3.10.0.0", &no), Parameters: least, Want: checks.PASS, Reason: "3.9.0.0 or later"},
		{Name: "older than wanted", Set: agent("3.8.1", &no), Parameters: least, Want: checks.FAIL, Reason: "want 3.9.0.0"},
		{Name: "the newest, whatever is wanted", Set: agent("3.8.1", &yes), Parameters: least, Want: checks.PASS, Reason: "newest"},
		{Name: "not told", Set: agent("3.3.131.0", nil), Want: checks.UNKNOWN, Reason: "does not tell"},
		{Name: "not told, and a version is wanted", Set: agent("3.9.1.0", nil), Parameters: least, Want: checks.PASS, Reason: "or later"},
		{Name: "not managed", Set: instance(), Want: checks.NotApplicable, Reason: "does not see"},
		{Name: "stopped", Set: instance(state("stopped")), Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "denied", Set: checktest.All(instance(), checktest.Denied(listNodes)), Want: checks.UNKNOWN, Reason: "denied"},
	})
	for value, want := range map[any]bool{"": true, "3.10": true, "latest": false, "3.x": false} {
		if err := InstanceAgentCurrent.Bounds("min_version", value); (err == nil) != want {
			t.Errorf("%v: %v", value, err)
		}
	}
	if InstanceManaged.Bounds("grace_minutes", -1) == nil || InstanceManaged.Bounds("grace_minutes", 0) != nil {
		t.Error("bounds of grace_minutes")
	}
}
