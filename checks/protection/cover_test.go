package protection

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// probe is a check that tells what covers the volumes of an account.
var probe = checks.Check{
	ID: "ebs-volume-probe", Title: "t", Remedy: "r", Severity: checks.Low, Category: checks.BackupsOf, Duty: checks.Backups, ServiceKind: checks.Infrastructure, Tier: 1,
	Reads: []string{"ec2:DescribeVolumes", "ec2:DescribeInstances", "backup:ListBackupPlans", "dlm:GetLifecyclePolicies"},
	Judges: checks.For(snapshot.Volumes, func(v snapshot.Volume, env checks.Env) checks.Verdict { return told(Volume(env, v)) }).
		And(checks.For(snapshot.Instances, func(i snapshot.Instance, env checks.Env) checks.Verdict { return told(Instance(env, i)) })),
}

func told(c Cover) checks.Verdict {
	switch {
	case len(c.By) > 0:
		return checks.Pass("%s", c.Names())
	case c.Open != nil:
		return Unknown(c.Open)
	}
	return checks.Fail("nothing%s", c.Notes())
}

func region(optIn ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		types := map[string]bool{}
		for _, t := range optIn {
			types[t] = true
		}
		a.Backup.Regions = []snapshot.BackupRegion{{Meta: snapshot.Meta{Location: checktest.At}, OptIn: snapshot.Value(types)}}
	}
}

func plan(name, schedule string, of snapshot.SelectedResources) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Backup.Plans = append(a.Backup.Plans, snapshot.BackupPlan{Meta: checktest.Meta(name, "arn:aws:backup:eu-west-1:111122223333:backup-plan:"+name), ID: name,
			Rules:      snapshot.Value([]snapshot.BackupRule{{Name: "rule", Schedule: schedule}}),
			Selections: snapshot.Value([]snapshot.BackupSelection{{ID: "1", Name: "some", Resources: snapshot.Value(of)}})})
	}
}

// change changes the last plan.
func change(f func(*snapshot.BackupPlan)) func(*snapshot.Account) {
	return func(a *snapshot.Account) { f(&a.Backup.Plans[len(a.Backup.Plans)-1]) }
}

func policy(p snapshot.LifecyclePolicy, d snapshot.LifecyclePolicyDetails) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		p.Meta, p.ID, p.Details = checktest.Meta("policy-1", "arn:aws:dlm:eu-west-1:111122223333:policy/policy-1"), "policy-1", snapshot.Value(d)
		if p.Type == "" {
			p.Type = "EBS_SNAPSHOT_MANAGEMENT"
		}
		if p.State == "" {
			p.State = "ENABLED"
		}
		a.Backup.LifecyclePolicies = append(a.Backup.LifecyclePolicies, p)
	}
}

func volume(set func(*snapshot.Volume)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		v := snapshot.Volume{Meta: checktest.Meta("data", volumeARN), ID: "vol-1", State: "in-use", Type: "gp3", Attachments: []string{"i-1"}}
		v.Tags = map[string]string{"backup": "volume"}
		if set != nil {
			set(&v)
		}
		a.EC2.Volumes = append(a.EC2.Volumes, v)
	}
}

func instance(root string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		i := snapshot.Instance{Meta: checktest.Meta("web", instanceARN), ID: "i-1", State: "running", RootDevice: "/dev/xvda",
			Volumes: []snapshot.InstanceVolume{{Device: "/dev/xvda", Volume: root}, {Device: "/dev/sdb", Volume: "vol-data"}}}
		i.Tags = map[string]string{"backup": "instance"}
		a.EC2.Instances = append(a.EC2.Instances, i)
	}
}

func target(resource, value string) snapshot.LifecyclePolicyDetails {
	return snapshot.LifecyclePolicyDetails{Resource: resource, TargetTags: tagsOf("backup", value), Schedules: 1}
}

func tagsOf(key, value string) []snapshot.TagCondition {
	return []snapshot.TagCondition{{Operator: "StringEquals", Key: key, Value: value}}
}

func with(d snapshot.LifecyclePolicyDetails, f func(*snapshot.LifecyclePolicyDetails)) snapshot.LifecyclePolicyDetails {
	f(&d)
	return d
}

func TestWhatCoversAVolume(t *testing.T) {
	none := func(*snapshot.Account) {}
	byARN := what(arns(volumeARN))
	unread := &snapshot.Unread{Operation: "backup:GetBackupSelection", Cause: snapshot.Throttled}
	byDefault := snapshot.LifecyclePolicy{Default: true}
	for _, tt := range []struct {
		name   string
		set    []func(*snapshot.Account)
		want   checks.Status
		reason string
	}{
		{"nothing", []func(*snapshot.Account){none}, checks.FAIL, "nothing"},
		{"a plan", []func(*snapshot.Account){region(), plan("daily", "", byARN)}, checks.PASS, `backup plan "daily", selection "some", by ARN`},
		{"a plan without rules", []func(*snapshot.Account){region(), plan("daily", "", byARN), change(func(p *snapshot.BackupPlan) { p.Rules = snapshot.Value[[]snapshot.BackupRule](nil) })}, checks.FAIL, "no rule of the plan runs"},
		{"a plan whose last time has passed", []func(*snapshot.Account){region(), plan("daily", "cron(0 5 ? * * 2020)", byARN)}, checks.FAIL, "no rule of the plan runs"},
		{"a schedule that is not understood runs", []func(*snapshot.Account){region(), plan("daily", "at noon", byARN)}, checks.PASS, "daily"},
		{"a plan that is deleted", []func(*snapshot.Account){region(), plan("daily", "", byARN), change(func(p *snapshot.BackupPlan) { p.Deleted = checktest.AsOf })}, checks.FAIL, "nothing"},
		{"rules unread", []func(*snapshot.Account){region(), plan("daily", "", byARN), change(func(p *snapshot.BackupPlan) { p.Rules = snapshot.Missing[[]snapshot.BackupRule](unread) })}, checks.UNKNOWN, "backup:GetBackupSelection"},
		{"rules unread of a plan that selects nothing", []func(*snapshot.Account){region(), plan("daily", "", what(arns(databaseARN))), change(func(p *snapshot.BackupPlan) { p.Rules = snapshot.Missing[[]snapshot.BackupRule](unread) })}, checks.FAIL, "nothing"},
		{"selections unread", []func(*snapshot.Account){region(), plan("daily", "", byARN), change(func(p *snapshot.BackupPlan) { p.Selections = snapshot.Missing[[]snapshot.BackupSelection](unread) })}, checks.UNKNOWN, "backup:GetBackupSelection"},
		{"one selection unread, another selects", []func(*snapshot.Account){region(), plan("daily", "", byARN), change(func(p *snapshot.BackupPlan) {
			list, _ := p.Selections.Get()
			p.Selections = snapshot.Value(append([]snapshot.BackupSelection{{Resources: snapshot.Missing[snapshot.SelectedResources](unread)}}, list...))
		})}, checks.PASS, "daily"},
		{"one selection unread, another does not select", []func(*snapshot.Account){region(), plan("daily", "", what(arns(databaseARN))), change(func(p *snapshot.BackupPlan) {
			p.Selections = snapshot.Value([]snapshot.BackupSelection{{Resources: snapshot.Missing[snapshot.SelectedResources](unread)}})
		})}, checks.UNKNOWN, "throttled"},
		{"the plans broke off", []func(*snapshot.Account){region(), func(a *snapshot.Account) {
			checktest.Fail(a, "backup:ListBackupPlans", checktest.At.Region, snapshot.Denied)
		}}, checks.UNKNOWN, "backup:ListBackupPlans"},
		{"the plans broke off after one that selects", []func(*snapshot.Account){region(), plan("daily", "", byARN), func(a *snapshot.Account) {
			checktest.Fail(a, "backup:ListBackupPlans", checktest.At.Region, snapshot.Denied)
		}}, checks.PASS, "daily"},
		{"another Region's plan", []func(*snapshot.Account){region(), plan("daily", "", what(arns("*"))), change(func(p *snapshot.BackupPlan) { p.Region = checktest.Elsewhere })}, checks.FAIL, "nothing"},
		{"near", []func(*snapshot.Account){region(), plan("daily", "", what(arns("*")))}, checks.FAIL, "EBS is not opted in"},
		{"settings never read", []func(*snapshot.Account){plan("daily", "", what(arns("*")))}, checks.UNKNOWN, "absent"},
		{"two plans", []func(*snapshot.Account){region("EBS"), plan("daily", "", byARN), plan("weekly", "", what(arns("*")))}, checks.PASS, `; backup plan "weekly"`},
		{"many plans", []func(*snapshot.Account){region(), plan("a", "", byARN), plan("b", "", byARN), plan("c", "", byARN), plan("d", "", byARN), plan("e", "", byARN)}, checks.PASS, "and 2 more"},

		{"its instance's plan", []func(*snapshot.Account){region(), instance("vol-1"), plan("daily", "", what(arns("arn:aws:ec2:*:*:instance/*")))}, checks.PASS, `instance i-1's backup plan "daily"`},
		{"its instance's plan by tag, not opted in", []func(*snapshot.Account){region("EBS"), instance("vol-1"), plan("daily", "", what(anyOf("backup", "instance")))}, checks.FAIL, "nothing"},
		{"the instances broke off", []func(*snapshot.Account){region(), plan("daily", "", what(arns("arn:aws:ec2:*:*:instance/*"))), func(a *snapshot.Account) {
			checktest.Fail(a, "ec2:DescribeInstances", checktest.At.Region, snapshot.Denied)
		}}, checks.UNKNOWN, "ec2:DescribeInstances"},
		{"attached to what is no instance", []func(*snapshot.Account){region(), plan("daily", "", what(arns("arn:aws:ec2:*:*:instance/*")))}, checks.FAIL, "nothing"},

		{"a policy by tag", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, target("VOLUME", "volume"))}, checks.PASS, "lifecycle policy policy-1, by tag backup=volume"},
		{"a policy by any of its tags", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, with(target("VOLUME", "x"), func(d *snapshot.LifecyclePolicyDetails) {
			d.TargetTags = append(d.TargetTags, tagsOf("backup", "volume")...)
		}))}, checks.PASS, "by tag"},
		{"a policy by another tag", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, target("VOLUME", "other"))}, checks.FAIL, "nothing"},
		{"a disabled policy", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{State: "DISABLED"}, target("VOLUME", "volume"))}, checks.FAIL, "it is DISABLED"},
		{"a policy in error", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{State: "ERROR"}, target("VOLUME", "volume"))}, checks.FAIL, "it is ERROR"},
		{"an event-based policy", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{Type: "EVENT_BASED_POLICY"}, target("VOLUME", "volume"))}, checks.FAIL, "of type EVENT_BASED_POLICY"},
		{"a policy without a schedule", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, with(target("VOLUME", "volume"), func(d *snapshot.LifecyclePolicyDetails) { d.Schedules = 0 }))}, checks.FAIL, "no schedule"},
		{"a policy for Outposts", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, with(target("VOLUME", "volume"), func(d *snapshot.LifecyclePolicyDetails) { d.Locations = []string{"OUTPOST"} }))}, checks.FAIL, "for resources in OUTPOST"},
		{"a policy for Local Zones", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, with(target("VOLUME", "volume"), func(d *snapshot.LifecyclePolicyDetails) { d.Locations = []string{"LOCAL_ZONE"} }))}, checks.UNKNOWN, "Local Zones"},
		{"a policy by its instance's tag", []func(*snapshot.Account){instance("vol-1"), policy(snapshot.LifecyclePolicy{}, target("INSTANCE", "instance"))}, checks.PASS, "by tag backup=instance of instance i-1"},
		{"a policy that leaves out its boot volume", []func(*snapshot.Account){instance("vol-1"), policy(snapshot.LifecyclePolicy{}, with(target("INSTANCE", "instance"), func(d *snapshot.LifecyclePolicyDetails) { d.Excluded.BootVolumes = true }))}, checks.FAIL, "leaves out the boot volume"},
		{"a policy that leaves out boot volumes, of a data volume", []func(*snapshot.Account){instance("vol-9"), policy(snapshot.LifecyclePolicy{}, with(target("INSTANCE", "instance"), func(d *snapshot.LifecyclePolicyDetails) { d.Excluded.BootVolumes = true }))}, checks.PASS, "of instance i-1"},
		{"a policy that leaves out data volumes by tag", []func(*snapshot.Account){instance("vol-9"), policy(snapshot.LifecyclePolicy{}, with(target("INSTANCE", "instance"), func(d *snapshot.LifecyclePolicyDetails) { d.Excluded.Tags = tagsOf("backup", "volume") }))}, checks.FAIL, "leaves out the volume by tag"},
		{"the default policy", []func(*snapshot.Account){policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "VOLUME"})}, checks.PASS, "the default policy"},
		{"the default policy leaves out its type", []func(*snapshot.Account){policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "VOLUME", Excluded: snapshot.LifecycleExcluded{VolumeTypes: []string{"gp3"}}})}, checks.FAIL, "of type gp3"},
		{"the default policy leaves out its tag", []func(*snapshot.Account){policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "VOLUME", Excluded: snapshot.LifecycleExcluded{Tags: tagsOf("backup", "volume")}})}, checks.FAIL, "leaves out tag"},
		{"the default policy leaves out boot volumes", []func(*snapshot.Account){instance("vol-1"), policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "VOLUME", Excluded: snapshot.LifecycleExcluded{BootVolumes: true}})}, checks.FAIL, "boot volumes"},
		{"the default policy for instances", []func(*snapshot.Account){instance("vol-1"), policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "INSTANCE"})}, checks.PASS, "the default policy of instance i-1"},
		{"the default policy for instances, of a detached volume", []func(*snapshot.Account){policy(byDefault, snapshot.LifecyclePolicyDetails{Resource: "INSTANCE"})}, checks.FAIL, "nothing"},
		{"the policies broke off", []func(*snapshot.Account){func(a *snapshot.Account) {
			checktest.Fail(a, "dlm:GetLifecyclePolicies", checktest.At.Region, snapshot.Denied)
		}}, checks.UNKNOWN, "dlm:GetLifecyclePolicies"},
		{"a policy's details are unread", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{}, snapshot.LifecyclePolicyDetails{}), func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies[0].Details = snapshot.Missing[snapshot.LifecyclePolicyDetails](unread)
		}}, checks.UNKNOWN, "throttled"},
		{"a disabled policy's details are unread", []func(*snapshot.Account){policy(snapshot.LifecyclePolicy{State: "DISABLED"}, snapshot.LifecyclePolicyDetails{}), func(a *snapshot.Account) {
			a.Backup.LifecyclePolicies[0].Details = snapshot.Missing[snapshot.LifecyclePolicyDetails](unread)
		}}, checks.FAIL, "nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := finding(t, "ebs volume", append([]func(*snapshot.Account){volume(nil)}, tt.set...))
			if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
				t.Errorf("%s %q, want %s %q", f.Status, f.Reason, tt.want, tt.reason)
			}
		})
	}
}

func finding(t *testing.T, kind string, set []func(*snapshot.Account)) checks.Finding {
	t.Helper()
	found := checktest.Findings(&probe, checktest.Account(&probe, checktest.All(set...)), nil)
	i := slices.IndexFunc(found, func(f checks.Finding) bool { return f.Resource.Type == kind })
	if i < 0 {
		t.Fatalf("no finding about an %s in %+v", kind, found)
	}
	return found[i]
}

func TestWhatCoversAnInstance(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    func(*snapshot.Account)
		want   checks.Status
		reason string
	}{
		{"a plan", plan("daily", "", what(arns(instanceARN))), checks.PASS, "daily"},
		{"a plan for its volume", plan("daily", "", what(arns(volumeARN))), checks.FAIL, "nothing"},
		{"an image policy", policy(snapshot.LifecyclePolicy{Type: "IMAGE_MANAGEMENT"}, target("INSTANCE", "instance")), checks.PASS, "by tag"},
		{"a snapshot policy", policy(snapshot.LifecyclePolicy{}, target("INSTANCE", "instance")), checks.PASS, "by tag"},
		{"a policy for volumes", policy(snapshot.LifecyclePolicy{}, target("VOLUME", "instance")), checks.FAIL, "nothing"},
		{"a policy without boot volumes", policy(snapshot.LifecyclePolicy{}, with(target("INSTANCE", "instance"), func(d *snapshot.LifecyclePolicyDetails) { d.Excluded.BootVolumes = true })), checks.FAIL, "its boot volume"},
		{"a policy without some volumes", policy(snapshot.LifecyclePolicy{}, with(target("INSTANCE", "instance"), func(d *snapshot.LifecyclePolicyDetails) { d.Excluded.Tags = tagsOf("scratch", "true") })), checks.FAIL, "may leave out"},
		{"the default policy", policy(snapshot.LifecyclePolicy{Default: true, Type: "IMAGE_MANAGEMENT"}, snapshot.LifecyclePolicyDetails{Resource: "INSTANCE"}), checks.PASS, "the default policy"},
		{"a policy in error", policy(snapshot.LifecyclePolicy{State: "ERROR"}, target("INSTANCE", "instance")), checks.FAIL, "it is ERROR"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := finding(t, "ec2 instance", []func(*snapshot.Account){region(), instance("vol-1"), tt.set})
			if f.Status != tt.want || !strings.Contains(f.Reason, tt.reason) {
				t.Errorf("%s %q, want %s %q", f.Status, f.Reason, tt.want, tt.reason)
			}
		})
	}
}

// What decides stands in the evidence: the settings only where the answer rests on them.
func TestTheEvidenceHoldsWhatDecided(t *testing.T) {
	for _, tt := range []struct {
		of   snapshot.SelectedResources
		want []string
	}{
		{what(arns(volumeARN)), []string{"plan", "resources", "rules", "selections"}},
		{what(arns("*")), []string{"plan", "resources", "rules", "selections", "settings"}},
	} {
		call := func(id string) snapshot.Call { return snapshot.Call{ID: id} }
		f := finding(t, "ebs volume", []func(*snapshot.Account){volume(func(v *snapshot.Volume) { v.Attachments = nil }), func(a *snapshot.Account) {
			a.Backup.Regions = []snapshot.BackupRegion{{Meta: snapshot.Meta{Location: checktest.At}, OptIn: snapshot.Value(map[string]bool{"EBS": true}, call("settings"))}}
			a.Backup.Plans = []snapshot.BackupPlan{{Meta: snapshot.Meta{Location: checktest.At, Calls: []snapshot.Call{call("plan")}}, Rules: snapshot.Value([]snapshot.BackupRule{{}}, call("rules")),
				Selections: snapshot.Value([]snapshot.BackupSelection{{Resources: snapshot.Value(tt.of, call("resources"))}}, call("selections"))}}
		}})
		got := slices.DeleteFunc(f.Evidence, func(id string) bool { return id == "list" })
		if !slices.Equal(got, tt.want) {
			t.Errorf("evidence %v, want %v", got, tt.want)
		}
	}
}

func TestRunning(t *testing.T) {
	env := checks.Env{AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	got := Running([]snapshot.BackupRule{{Name: "a"}, {Name: "b", Schedule: "cron(0 5 ? * * 2025)"}, {Name: "c", Schedule: "never heard of"}}, env)
	if len(got) != 2 || got[0].Name != "a" || got[1].Name != "c" {
		t.Errorf("%+v", got)
	}
}
