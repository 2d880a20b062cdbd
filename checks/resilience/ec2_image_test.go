package resilience

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestImageDeregistrationProtection(t *testing.T) {
	image := func(protection string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta("base", "arn:aws:ec2:eu-west-1::image/ami-1")
			m.Tags = map[string]string{"team": "shop"}
			a.EC2.Images = []snapshot.Image{{Meta: m, ID: "ami-1", State: "available", LastLaunched: "2026-10-20T00:00:00Z", Protection: protection}}
		}
	}
	change := func(f func(*snapshot.Image)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { f(&a.EC2.Images[0]) }
	}
	unused := change(func(i *snapshot.Image) { i.LastLaunched = "2025-01-01T00:00:00Z" })
	rule := func(kind string, f func(*snapshot.BinRuleDetail)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			d := snapshot.BinRuleDetail{Status: "available"}
			if f != nil {
				f(&d)
			}
			a.Backup.BinRules = append(a.Backup.BinRules, snapshot.RecycleBinRule{Meta: checktest.Meta("r1", "arn:rule"), ID: "r1", ResourceType: kind, RetentionDays: 14, Details: snapshot.Value(d)})
		}
	}
	forTags := func(key, value string) func(*snapshot.BinRuleDetail) {
		return func(d *snapshot.BinRuleDetail) {
			d.ResourceTags = []snapshot.TagCondition{{Key: "x", Value: "y"}, {Key: key, Value: value}}
		}
	}
	without := func(key, value string) func(*snapshot.BinRuleDetail) {
		return func(d *snapshot.BinRuleDetail) { d.ExcludedTags = []snapshot.TagCondition{{Key: key, Value: value}} }
	}
	denied := func(op string) func(*snapshot.Account) {
		return func(a *snapshot.Account) { checktest.Fail(a, op, checktest.At.Region, snapshot.Denied) }
	}
	all := checktest.All
	const kind = "EC2_IMAGE"
	checktest.Run(t, &ImageDeregistrationProtection, []checktest.Case{
		{Name: "with a cooldown", Set: image("enabled-with-cooldown"), Want: checks.PASS, Reason: `"enabled-with-cooldown"`},
		{Name: "without a cooldown", Set: image("enabled-without-cooldown"), Want: checks.PASS, Reason: `"enabled-without-cooldown"`},
		{Name: "disabled", Set: image("disabled"), Want: checks.FAIL, Reason: `DeregistrationProtection is "disabled", and no rule of the Recycle Bin is for EC2_IMAGE`},
		{Name: "free text: disabled after a date is quoted", Set: image("disabled after 2026-11-02T00:00:00Z"), Want: checks.FAIL, Reason: `"disabled after 2026-11-02T00:00:00Z"`},
		{Name: "absent in old endpoints", Set: image(""), Want: checks.UNKNOWN, Reason: "lacks DeregistrationProtection"},
		{Name: "absent, and a rule gives it back", Set: all(image(""), rule(kind, nil)), Want: checks.PASS, Reason: "keeps the image for 14 days"},
		{Name: "a rule for all images", Set: all(image("disabled"), rule(kind, nil)), Want: checks.PASS, Reason: "rule r1 of the Recycle Bin keeps the image for 14 days"},
		{Name: "a rule for snapshots", Set: all(image("disabled"), rule("EBS_SNAPSHOT", nil)), Want: checks.FAIL, Reason: "is for EC2_IMAGE"},
		{Name: "a rule for one of its tags", Set: all(image("disabled"), rule(kind, forTags("team", "shop"))), Want: checks.PASS, Reason: "r1"},
		{Name: "a rule for other tags", Set: all(image("disabled"), rule(kind, forTags("team", "ops"))), Want: checks.FAIL, Reason: "rule r1 is for tags that the image does not have"},
		{Name: "a rule without its tag", Set: all(image("disabled"), rule(kind, without("team", "shop"))), Want: checks.FAIL, Reason: "leaves out what has the tag team=shop"},
		{Name: "a rule without another tag", Set: all(image("disabled"), rule(kind, without("team", "ops"))), Want: checks.PASS, Reason: "r1"},
		{Name: "a rule that is pending", Set: all(image("disabled"), rule(kind, func(d *snapshot.BinRuleDetail) { d.Status = "pending" })), Want: checks.FAIL, Reason: "rule r1 is pending"},
		{Name: "the rules are unread", Set: all(image("disabled"), denied("rbin:ListRules")), Want: checks.UNKNOWN, Reason: "rbin:ListRules"},
		{Name: "the rules are unread, and it is protected", Set: all(image("enabled-with-cooldown"), denied("rbin:ListRules")), Want: checks.PASS},
		{Name: "a rule's details are unread", Set: all(image("disabled"), rule(kind, nil), func(a *snapshot.Account) {
			a.Backup.BinRules[0].Details = snapshot.Missing[snapshot.BinRuleDetail](checktest.Unread("rbin:GetRule", snapshot.Denied))
		}), Want: checks.UNKNOWN, Reason: "rbin:GetRule"},
		{Name: "not in use", Set: all(image("disabled"), unused), Want: checks.NotApplicable, Reason: "the image is not in use: nothing names the image"},
		{Name: "whether it is in use is unread, though it is protected", Set: all(image("enabled-with-cooldown"), unused, denied("ec2:DescribeInstances")), Want: checks.UNKNOWN, Reason: "ec2:DescribeInstances"},
		{Name: "in use by an instance", Set: all(image("disabled"), unused, func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("web", "arn:i-1"), ID: "i-1", State: "stopped", Image: "ami-1"}}
		}), Want: checks.FAIL, Reason: "disabled"},
		{Name: "made by AWS Backup", Set: all(image("disabled"), change(func(i *snapshot.Image) { i.Title = "AwsBackup_i-1" })), Want: checks.NotApplicable, Reason: "an AWS service made the image"},
		{Name: "not available", Set: all(image("disabled"), change(func(i *snapshot.Image) { i.State = "disabled" })), Want: checks.NotApplicable, Reason: "state is disabled"},
	})
}
