package encryption

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestAccountDefaultEBSEncryption(t *testing.T) {
	settings := func(r snapshot.Read[bool]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}, EBSEncryptionByDefault: r}}
		}
	}
	checktest.Run(t, &AccountDefaultEBSEncryption, []checktest.Case{
		{Name: "on, in a Region without volumes", Set: settings(snapshot.Value(true)), Want: checks.PASS, Reason: "is true"},
		{Name: "off, though every volume is encrypted", Want: checks.FAIL, Reason: "is false",
			Set: func(a *snapshot.Account) {
				settings(snapshot.Value(false))(a)
				a.EC2.Volumes = []snapshot.Volume{{Meta: checktest.Meta("v", volumeARN), Encrypted: snapshot.Value(true)}}
			}},
		{Name: "denied is not off", Set: settings(snapshot.Missing[bool](checktest.Unread("ec2:GetEbsEncryptionByDefault", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestAccountDefaultEBSEncryptionJudgesEachRegion(t *testing.T) {
	a := checktest.Account(&AccountDefaultEBSEncryption, func(a *snapshot.Account) {
		for _, region := range []string{checktest.At.Region, checktest.Elsewhere} {
			r := snapshot.RegionSettings{Meta: snapshot.Meta{Location: checktest.At.In(region), Name: region}}
			r.EBSEncryptionByDefault = snapshot.Value(region == checktest.Elsewhere)
			a.EC2.Regions = append(a.EC2.Regions, r)
		}
	})
	var got []string
	for _, f := range checktest.Findings(&AccountDefaultEBSEncryption, a, nil) {
		got = append(got, f.Resource.ID+" "+string(f.Status))
	}
	if len(got) != 2 || got[0] != "111122223333/eu-central-1 PASS" || got[1] != "111122223333/eu-west-1 FAIL" {
		t.Errorf("findings: %q", got)
	}
}

const volumeARN = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"

func TestVolumeEncrypted(t *testing.T) {
	volume := func(state string, encrypted snapshot.Read[bool], attachments ...string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			v := snapshot.Volume{Meta: checktest.Meta("v", volumeARN), ID: "vol-1", State: state, Encrypted: encrypted, Attachments: attachments}
			if on, err := encrypted.Get(); err == nil && on {
				v.KMSKeyID = "arn:aws:kms:eu-west-1:111122223333:key/k"
			}
			a.EC2.Volumes = []snapshot.Volume{v}
		}
	}
	yes, no := snapshot.Value(true), snapshot.Value(false)
	attachedOnly := map[string]any{"attached_only": true}
	checktest.Run(t, &VolumeEncrypted, []checktest.Case{
		{Name: "encrypted", Set: volume("in-use", yes, "i-1"), Want: checks.PASS, Reason: "is true", Observed: map[string]string{"Encrypted": "true", "KmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/k"}},
		{Name: "attached", Set: volume("in-use", no, "i-1"), Want: checks.FAIL, Reason: "is false"},
		{Name: "detached volumes hold data too", Set: volume("available", no), Want: checks.FAIL, Reason: "is false", Observed: map[string]string{"State": "available"}},
		{Name: "detached, and only attached ones are asked about", Set: volume("available", no), Parameters: attachedOnly, Want: checks.NotApplicable, Reason: "attached to nothing"},
		{Name: "attached, and only attached ones are asked about", Set: volume("in-use", no, "i-1"), Parameters: attachedOnly, Want: checks.FAIL, Reason: "is false"},
		{Name: "deleting", Set: volume("deleting", no), Want: checks.NotApplicable, Reason: "deleting"},
		{Name: "deleted", Set: volume("deleted", no), Want: checks.NotApplicable, Reason: "deleted"},
		{Name: "in error", Set: volume("error", no), Want: checks.NotApplicable, Reason: "error"},
		{Name: "creating", Set: volume("creating", no), Want: checks.FAIL, Reason: "is false"},
		{Name: "the answer lacks the field", Set: volume("in-use", snapshot.Missing[bool](checktest.Unread("ec2:DescribeVolumes", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
		{Name: "a list that failed", Want: checks.UNKNOWN, Reason: "throttled",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeVolumes", checktest.At.Region, snapshot.Throttled)
			}},
	})
}
