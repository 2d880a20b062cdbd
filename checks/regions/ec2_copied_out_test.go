package regions

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// copiedIn is an image in the Region that is not allowed, copied from another one.
func copiedIn(source, from string, more ...func(*snapshot.Image)) change {
	return func(a *snapshot.Account) {
		i := snapshot.Image{Meta: inRegion(checktest.Elsewhere, "image/ami-1"), ID: "ami-1", State: "available", Source: source, SourceRegion: from}
		for _, f := range more {
			f(&i)
		}
		a.EC2.Images = append(a.EC2.Images, i)
	}
}

// sources says what the tests' Region answers about the images that were copied from it.
func sources(r snapshot.Read[[]snapshot.Image]) change {
	return func(a *snapshot.Account) {
		a.EC2.NamedImages = []snapshot.NamedImages{{Meta: snapshot.Meta{Location: checktest.At}, Sources: r}}
	}
}

func TestImagesNotCopiedOut(t *testing.T) {
	const home, far = "eu-west-1", checktest.Elsewhere
	alias := func(alias, owner string) change {
		return sources(snapshot.Value([]snapshot.Image{{ID: "ami-source", Alias: alias, Owner: owner}}))
	}
	about := func(text string) func(*snapshot.Image) { return func(i *snapshot.Image) { i.About = text } }
	state := func(s string) func(*snapshot.Image) { return func(i *snapshot.Image) { i.State = s } }
	home1 := func(a *snapshot.Account) {
		m := inRegion(home, "image/ami-1")
		a.EC2.Images = append(a.EC2.Images, snapshot.Image{Meta: m, ID: "ami-1", Source: "ami-source", SourceRegion: far})
	}
	checktest.Run(t, &ImagesNotCopiedOut, []checktest.Case{
		{Name: "no choice", Set: copiedIn("ami-source", home), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "in an allowed Region", Set: home1, Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "eu-west-1, which is allowed"},
		{Name: "copied out, and the source is gone", Set: together(copiedIn("ami-source", home), sources(snapshot.Value[[]snapshot.Image](nil))), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied from eu-west-1 to eu-central-1, from ami-source that is gone", Observed: map[string]string{"SourceImageRegion": home, "SourceImageId": "ami-source"}},
		{Name: "copied out, and the source is own", Set: together(copiedIn("ami-source", home), alias("", "111122223333")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "from ami-source of this account"},
		{Name: "copied out, from an image that another account shared", Set: together(copiedIn("ami-source", home), alias("", "444455556666")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "of account 444455556666"},
		{Name: "an image of AWS brings no customer data", Set: together(copiedIn("ami-source", home), alias("amazon", "137112412989")), Parameters: onlyIreland, Want: checks.PASS, Reason: "which amazon published"},
		{Name: "nor does one of the marketplace", Set: together(copiedIn("ami-source", home), alias("aws-marketplace", "679593333241")), Parameters: onlyIreland, Want: checks.PASS, Reason: "which aws-marketplace published"},
		{Name: "whose the source is was not read", Set: together(copiedIn("ami-source", home), sources(snapshot.Missing[[]snapshot.Image](checktest.Unread("ec2:DescribeImages", snapshot.Denied)))), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "whose that is was not read"},
		{Name: "the source's Region was left out", Set: copiedIn("ami-source", home), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "the call was not made"},
		{Name: "made where it lies", Set: copiedIn("ami-source", far), Parameters: onlyIreland, Want: checks.PASS, Reason: "was made in eu-central-1"},
		{Name: "from a Region that is not allowed either", Set: copiedIn("ami-source", "us-east-1"), Parameters: onlyIreland, Want: checks.PASS, Reason: "us-east-1, which is not allowed either"},
		{Name: "SourceImageRegion is absent on older images", Set: copiedIn("", ""), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not name its source"},
		{Name: "an older image whose description tells", Set: copiedIn("", "", about("[Copied ami-0a1 from eu-west-1] base")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "as its description says"},
		{Name: "a description excuses nothing", Set: copiedIn("", "", about("[Copied ami-0a1 from us-east-1] base")), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not name its source"},
		{Name: "a copy that failed", Set: copiedIn("ami-source", home, state("failed")), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "failed"},
		{Name: "a disabled image holds its data still", Set: together(copiedIn("ami-source", home, state("disabled")), alias("", "111122223333")), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied from eu-west-1"},
		{Name: "images unread", Set: failIn("ec2:DescribeImages", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:DescribeImages"},
		{Name: "the Recycle Bin unread", Set: failIn("ec2:ListSnapshotsInRecycleBin", far), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "ec2:ListSnapshotsInRecycleBin"},
		{Name: "a Region that was left out", Set: func(a *snapshot.Account) {
			listed, _ := a.Regions.Get()
			a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
		}, Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "left out of the scan"},
	})
}

// A source that the list of its own Region holds is the account's.
func TestTheSourceOfACopyIsOwn(t *testing.T) {
	own := func(a *snapshot.Account) {
		a.EC2.Images = append(a.EC2.Images, snapshot.Image{Meta: inRegion("eu-west-1", "image/ami-source"), ID: "ami-source", Owner: "111122223333"})
	}
	for _, f := range checktest.Findings(&ImagesNotCopiedOut, checktest.Account(&ImagesNotCopiedOut, together(copiedIn("ami-source", "eu-west-1"), own)), onlyIreland) {
		if f.Region == checktest.Elsewhere && (f.Status != checks.FAIL || !strings.Contains(f.Reason, "from ami-source of this account")) {
			t.Errorf("%s %q", f.Status, f.Reason)
		}
	}
}

func TestSnapshotsAreNotCopiedOut(t *testing.T) {
	const home, far = "eu-west-1", checktest.Elsewhere
	snap := func(volume, transfer, about string, more ...change) change {
		return together(append([]change{func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = append(a.EC2.VolumeSnapshots, snapshot.VolumeSnapshot{Meta: inRegion(far, "snapshot/snap-1"), ID: "snap-1", State: "completed", Volume: volume, Transfer: transfer, Description: about})
		}}, more...)...)
	}
	// Images of the same Region would be judged themselves: only the snapshot is looked at.
	backs := func(i snapshot.Image) change {
		return func(a *snapshot.Account) {
			i.Meta, i.ID, i.Devices = inRegion(far, "image/ami-9"), "ami-9", []snapshot.ImageDevice{{Snapshot: "snap-0"}, {Snapshot: "snap-1"}}
			a.EC2.Images = append(a.EC2.Images, i)
		}
	}
	name := func(set change) change {
		return func(a *snapshot.Account) {
			set(a)
			for i := range a.EC2.VolumeSnapshots {
				a.EC2.VolumeSnapshots[i].Name = "the copy"
			}
			for i := range a.EC2.Copies.RecycledSnapshots {
				a.EC2.Copies.RecycledSnapshots[i].Name = "the copy"
			}
			for i := range a.EC2.Copies.RecycledImages {
				a.EC2.Copies.RecycledImages[i].Name = "the copy"
			}
		}
	}
	recycled := func(volume, about string) change {
		return func(a *snapshot.Account) {
			a.EC2.Copies.RecycledSnapshots = []snapshot.Recycled{{Meta: inRegion(far, "snapshot/snap-1"), ID: "snap-1", Volume: volume, Description: about}}
		}
	}
	recycledImage := func(about string) change {
		return func(a *snapshot.Account) {
			a.EC2.Copies.RecycledImages = []snapshot.Recycled{{Meta: inRegion(far, "image/ami-1"), ID: "ami-1", Description: about}}
		}
	}
	const copyOf = "[Copied snap-0a1b2c from eu-west-1] nightly"
	const ofImage = "Copied for DestinationAmi ami-9 from SourceAmi ami-source for SourceSnapshot snap-2. Task created on 1,761,000,000,000."
	failed := func(a *snapshot.Account) { a.EC2.VolumeSnapshots[0].State = "error" }
	amazon := sources(snapshot.Value([]snapshot.Image{{ID: "ami-source", Alias: "amazon"}}))
	cases := []checktest.Case{
		{Name: "no choice", Set: snap("vol-1", "", copyOf), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "in an allowed Region", Set: snap("vol-1", "", copyOf), Parameters: map[string]any{"allowed_regions": []string{far}}, Want: checks.NotApplicable, Reason: "which is allowed"},
		{Name: "an ordinary snapshot", Set: snap("vol-1", "", "nightly"), Parameters: onlyIreland, Want: checks.PASS, Reason: "is no copy"},
		{Name: "its description tells", Set: snap("vol-1", "", copyOf), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied from eu-west-1 to eu-central-1", Observed: map[string]string{"Description": copyOf}},
		{Name: "the caller changed the description", Set: snap("vol-1", "standard", "holiday photos"), Parameters: onlyIreland, Want: checks.FAIL, Reason: `TransferType is "standard"`},
		{Name: "a description excuses nothing", Set: snap("vol-1", "standard", "[Copied snap-1 from us-east-1]"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "excuses nothing"},
		{Name: "vol-ffffffff marks a copy or an import", Set: snap("vol-ffffffff", "", "holiday photos"), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "copied or imported"},
		{Name: "vol-ffffffff, and the description tells", Set: snap("vol-ffffffff", "", copyOf), Parameters: onlyIreland, Want: checks.FAIL, Reason: "copied from eu-west-1"},
		{Name: "it came with an image that is gone", Set: snap("vol-ffffffff", "", ofImage), Parameters: onlyIreland, Want: checks.FAIL, Reason: "nothing tells that it did not come from eu-west-1"},
		{Name: "it came with an image", Set: snap("vol-ffffffff", "", ofImage, backs(snapshot.Image{Source: "ami-source", SourceRegion: home}), sources(snapshot.Value[[]snapshot.Image](nil))), Parameters: onlyIreland, Want: checks.FAIL, Reason: "the snapshot backs ami-9: the image was copied from eu-west-1"},
		{Name: "it came with an image of AWS", Set: snap("vol-ffffffff", "standard", ofImage, backs(snapshot.Image{Source: "ami-source", SourceRegion: home}), amazon), Parameters: onlyIreland, Want: checks.PASS, Reason: "which amazon published"},
		{Name: "it backs an image that does not tell", Set: snap("vol-1", "standard", "", backs(snapshot.Image{})), Parameters: onlyIreland, Want: checks.FAIL, Reason: "is a copy"},
		{Name: "images unread", Set: snap("vol-1", "standard", "", failIn("ec2:DescribeImages", far)), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "may back an image"},
		{Name: "a copy that failed", Set: snap("vol-1", "standard", copyOf, failed), Parameters: onlyIreland, Want: checks.NotApplicable, Reason: "holds nothing"},
		{Name: "in the Recycle Bin it can be restored", Set: recycled("vol-1", copyOf), Parameters: onlyIreland, Want: checks.FAIL, Reason: "it lies in the Recycle Bin"},
		{Name: "an ordinary snapshot in the Recycle Bin", Set: recycled("vol-1", ""), Parameters: onlyIreland, Want: checks.PASS, Reason: "is no copy"},
		{Name: "in the Recycle Bin of an allowed Region", Set: recycled("vol-1", copyOf), Parameters: map[string]any{"allowed_regions": []string{far}}, Want: checks.NotApplicable, Reason: "which is allowed"},
		{Name: "an image in the Recycle Bin does not tell", Set: recycledImage(""), Parameters: onlyIreland, Want: checks.UNKNOWN, Reason: "does not tell where it came from"},
		{Name: "an image in the Recycle Bin whose description tells", Set: recycledImage("[Copied ami-0a1 from eu-west-1] base"), Parameters: onlyIreland, Want: checks.FAIL, Reason: "can be restored from the Recycle Bin"},
	}
	for i := range cases {
		cases[i].Set = name(cases[i].Set)
	}
	checktest.RunFor(t, &ImagesNotCopiedOut, "the copy", cases)
}
