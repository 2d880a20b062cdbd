package resilience

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/launch"
	"onus/checks/protection"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ImageDeregistrationProtection passes when one call cannot take an image away that is in
// use: it is protected, or a rule of the Recycle Bin gives it back. The field is free text
// that begins with enabled or disabled, and may tell until when a cooldown lasts.
// Source: EC2 DescribeImages, DeregistrationProtection; Recycle Bin ListRules and GetRule; in
// use as in ec2-ami-in-use.
var ImageDeregistrationProtection = checks.Check{
	ID:          "ec2-ami-deregistration-protected",
	Title:       "Own AMIs that are in use cannot be deregistered by one call",
	Severity:    checks.Low,
	Category:    checks.ResilienceOf,
	Duty:        checks.Backups,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       slices.Concat(launch.UseReads, []string{"rbin:ListRules", "rbin:GetRule"}),
	Parameters:  checks.Parameters{"unused_days": 90},
	Bounds:      checks.AtLeast(1),
	Remedy:      "Turn on deregistration protection of the image, or make a rule of the Recycle Bin for EC2_IMAGE.",
	Fix: checks.Fix{
		Threat: "A clean-up script or an intruder deregisters the image that groups and templates start from. Machines that fail then cannot be replaced until somebody has built the image again.",
		CLI: `aws ec2 enable-image-deregistration-protection --region {region} --image-id {id} --with-cooldown
aws rbin create-rule --region {region} --resource-type EC2_IMAGE --retention-period RetentionPeriodValue=14,RetentionPeriodUnit=DAYS --description "all images"`,
		Terraform: `resource "aws_rbin_rule" "images" {
  description   = "all images"
  resource_type = "EC2_IMAGE"
  retention_period {
    retention_period_value = 14
    retention_period_unit  = "DAYS"
  }
}`,
		Cost: "Protection is free; with a cooldown, an image can be deregistered only 24 hours after it was turned off. What lies in the bin is billed as before it was deleted. Either command is enough.",
	},
	Judges: checks.For(snapshot.Images, imageDeregistrationProtection),
}

func imageDeregistrationProtection(i snapshot.Image, env checks.Env) checks.Verdict {
	switch use := launch.ImageInUse(i, env, env.Int("unused_days")); use.Status {
	case checks.PASS:
	case checks.FAIL:
		return checks.DoesNotApply("the image is not in use: %s", use.Reason)
	case checks.UNKNOWN, checks.NotApplicable:
		return use
	}
	stated := fmt.Sprintf("DeregistrationProtection is %q", i.Protection)
	v := checks.Pass("%s", stated)
	if !strings.HasPrefix(i.Protection, "enabled") {
		v = binned(i, env, stated)
	}
	return v.With("DeregistrationProtection", i.Protection)
}

// binned judges an image that is not protected by the rules of the Recycle Bin.
func binned(i snapshot.Image, env checks.Env, stated string) checks.Verdict {
	rules, open := checks.In(env, snapshot.RecycleBinRules, i.Location).Get()
	rules = slices.DeleteFunc(slices.Clone(rules), func(r snapshot.RecycleBinRule) bool { return r.ResourceType != "EC2_IMAGE" })
	why := []string{"no rule of the Recycle Bin is for EC2_IMAGE"}
	if len(rules) > 0 {
		why = nil
	}
	for _, r := range rules {
		against, err := leavesOut(env, r, i.Tags)
		switch {
		case err != nil:
			open = errors.Join(open, err)
		case against != "":
			why = append(why, fmt.Sprintf("rule %s %s", r.ID, against))
		default:
			return checks.Pass("%s, and rule %s of the Recycle Bin keeps the image for %s", stated, r.ID, wording.Count(int(r.RetentionDays), "day"))
		}
	}
	switch {
	case open != nil:
		return protection.Unknown(open)
	case i.Protection == "":
		return checks.Unclear("the answer lacks DeregistrationProtection, and %s", wording.List(why, 3))
	}
	return checks.Fail("%s, and %s", stated, wording.List(why, 3))
}

// leavesOut says why a rule does not give an image back; "" if it does.
// Source: Recycle Bin API Reference, GetRule.
func leavesOut(env checks.Env, r snapshot.RecycleBinRule, tags map[string]string) (string, error) {
	d, err := checks.Use(env, r.Details)
	has := func(t snapshot.TagCondition) bool { value, there := tags[t.Key]; return there && value == t.Value }
	switch {
	case err != nil:
		return "", err
	case d.Status != "available":
		return "is " + d.Status, nil
	case len(d.ResourceTags) > 0 && !slices.ContainsFunc(d.ResourceTags, has):
		return "is for tags that the image does not have", nil
	}
	if n := slices.IndexFunc(d.ExcludedTags, has); n >= 0 {
		return fmt.Sprintf("leaves out what has the tag %s=%s", d.ExcludedTags[n].Key, d.ExcludedTags[n].Value), nil
	}
	return "", nil
}
