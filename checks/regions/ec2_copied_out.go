package regions

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/launch"
	"onus/scanner/snapshot"
)

// ImagesNotCopiedOut passes when an image or an EBS snapshot outside of the allowed Regions
// was not copied from one of them; those in the Recycle Bin count, as they can be restored.
// An image names its source. A snapshot does so in its description alone, which whoever makes
// the copy may write: it can accuse, and does not excuse. What backs an image comes from where
// the image does. The copy of an image that AWS or a seller published holds no data of the
// customer's.
// Source: EC2 DescribeImages SourceImageRegion and SourceImageId; DescribeSnapshots
// TransferType, Description and VolumeId; ListSnapshotsInRecycleBin and ListImagesInRecycleBin,
// Description.
var ImagesNotCopiedOut = checks.Check{
	ID:          "ec2-images-not-copied-out",
	Title:       "No machine image or EBS snapshot has been copied from an allowed Region to another",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"account:ListRegions", listImages, "ec2:DescribeSnapshots", "ec2:ListSnapshotsInRecycleBin", "ec2:ListImagesInRecycleBin"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}},
	Remedy:      "Find out who copied it and why, then delete the copy, in the Recycle Bin too.",
	Judges: checks.For(snapshot.Images, imageNotCopiedOut).
		And(checks.For(snapshot.VolumeSnapshots, volumeSnapshotNotCopiedOut)).
		And(checks.For(snapshot.RecycledImages, recycledImageNotCopiedOut)).
		And(checks.For(snapshot.RecycledSnapshots, recycledSnapshotNotCopiedOut)).
		And(checks.For(leftOut, regionLeftOut(listImages, "images and snapshots"))),
	Fix: checks.Fix{
		Threat: "A whole disk has left the jurisdiction in one call. Whoever starts a machine or a volume from the copy has every file of it, where no promise allows it to be.",
		CLI: `aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=ResourceName,AttributeValue={id}
# for ami
aws ec2 deregister-image --region {region} --image-id {id} --delete-associated-snapshots
# for ebs snapshot
aws ec2 delete-snapshot --region {region} --snapshot-id {id}`,
		Cost: "A retention rule of the Recycle Bin keeps what was deleted until its time is over: nobody can delete it there before. A snapshot that backs an image goes only after the image. Keep a copy in an allowed Region if it is the only backup. Terraform keeps no copies that others made.",
	},
}

const listImages = "ec2:DescribeImages"

// told is the origin that AWS writes into the description of a copy; the console does so for
// images too. Source: EC2 API Reference, CopySnapshot; EBS User Guide, "Copy a snapshot".
var told = regexp.MustCompile(`\[Copied (?:snap|ami)-[0-9a-z]+ from ([a-z0-9-]+)\]`)

// forImage is what AWS writes of a snapshot that came with the copy of an image.
var forImage = regexp.MustCompile(`^Copied for DestinationAmi (ami-[0-9a-z]+) from SourceAmi (ami-[0-9a-z]+)`)

// noVolume is the volume id of a snapshot that no volume was the source of: a copy, or an import.
const noVolume = "vol-ffffffff"

// toldOrigin is the Region that a description names; "" for none.
func toldOrigin(description string) string {
	if found := told.FindStringSubmatch(description); found != nil {
		return found[1]
	}
	return ""
}

// notJudged is the verdict on what lies in an allowed Region, or where none is declared.
func notJudged(what, region string, allowed []string) (checks.Verdict, bool) {
	switch {
	case len(allowed) == 0:
		return noChoice(), true
	case slices.Contains(allowed, region):
		return checks.DoesNotApply("%s lies in %s, which is allowed", what, region), true
	}
	return checks.Verdict{}, false
}

// holdsNothing are the states of images and snapshots in which nothing can be made from them.
var holdsNothing = []string{"failed", "invalid", "error", "deregistered"}

func imageNotCopiedOut(i snapshot.Image, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if v, done := notJudged("the image", i.Region, allowed); done {
		return v
	}
	if slices.Contains(holdsNothing, i.State) {
		return checks.DoesNotApply("the image is %s: nothing can be launched from it", i.State).With("State", i.State)
	}
	return imageOrigin(i, env, allowed).With("SourceImageRegion", i.SourceRegion).With("SourceImageId", i.Source)
}

// imageOrigin judges an image outside of the allowed Regions by where it came from.
func imageOrigin(i snapshot.Image, env checks.Env, allowed []string) checks.Verdict {
	switch {
	case i.SourceRegion == "":
		if from := toldOrigin(i.About); slices.Contains(allowed, from) {
			return checks.Fail("the image was copied from %s to %s, as its description says; allowed: %s", from, i.Region, strings.Join(allowed, ", "))
		}
		return checks.Unclear("the image lies in %s and does not name its source, as older ones and registered ones do not: ec2-resources-in-allowed-regions judges that it is there", i.Region)
	case i.SourceRegion == i.Region:
		return checks.Pass("the image was made in %s, from an image of that Region: ec2-resources-in-allowed-regions judges that it is there", i.Region)
	case !slices.Contains(allowed, i.SourceRegion):
		return checks.Pass("the image was copied from %s, which is not allowed either", i.SourceRegion)
	}
	whose, public, err := sourceOwner(i, env)
	switch {
	case err != nil:
		return checks.Unknown(fmt.Errorf("the image was copied from %s in %s, and whose that is was not read: %w", i.Source, i.SourceRegion, err))
	case public:
		return checks.Pass("the image was copied from %s in %s, which %s published: it brought no data of the customer's", i.Source, i.SourceRegion, whose)
	}
	return checks.Fail("the image was copied from %s to %s, from %s %s; allowed: %s", i.SourceRegion, i.Region, i.Source, whose, strings.Join(allowed, ", "))
}

// sourceOwner says whose the image is that another was copied from, and whether AWS or a
// seller published it.
func sourceOwner(i snapshot.Image, env checks.Env) (whose string, published bool, err error) {
	at := i.Location.In(i.SourceRegion)
	source, err := checks.Find(env, snapshot.Images, at, i.Source)
	if err != nil {
		source, err = sourceImage(env, at, i.Source)
	}
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return "that is gone or not shared any more, so that nothing tells whose it was", false, nil
	case err != nil:
		return "", false, err
	case source.Alias == "amazon" || source.Alias == "aws-marketplace":
		return source.Alias, true, nil
	case source.Owner != "" && source.Owner != i.Account:
		return "of account " + source.Owner, false, nil
	}
	return "of this account", false, nil
}

// sourceImage finds an image of others that own images were copied from.
func sourceImage(env checks.Env, at snapshot.Location, id string) (snapshot.Image, error) {
	named, err := checks.Find(env, launch.NamedIn, at, at.Region)
	if err != nil {
		return snapshot.Image{}, &snapshot.Unread{Operation: listImages, At: at, Cause: snapshot.Skipped, Message: "the call was not made"}
	}
	images, err := checks.Use(env, named.Sources)
	if err != nil {
		return snapshot.Image{}, err
	}
	if n := slices.IndexFunc(images, func(i snapshot.Image) bool { return i.ID == id }); n >= 0 {
		return images[n], nil
	}
	return snapshot.Image{}, snapshot.ErrAbsent
}

// backing is an own image by one of the snapshots that back it.
type backing struct {
	snapshot.Image
	snapshot string
}

var backings = snapshot.Kind[backing]{
	Type: "ami by its snapshot",
	All: func(a *snapshot.Account) (out []backing) {
		for _, i := range a.EC2.Images {
			for _, d := range i.Devices {
				if d.Snapshot != "" {
					out = append(out, backing{i, d.Snapshot})
				}
			}
		}
		return out
	},
	Meta:  func(b backing) snapshot.Meta { return b.Meta },
	Key:   func(b backing) string { return b.snapshot },
	Lists: snapshot.Images.Lists,
}

func volumeSnapshotNotCopiedOut(s snapshot.VolumeSnapshot, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if v, done := notJudged("the snapshot", s.Region, allowed); done {
		return v
	}
	if slices.Contains(holdsNothing, s.State) {
		return checks.DoesNotApply("the snapshot is in state %s: it holds nothing", s.State).With("State", s.State)
	}
	return snapshotOrigin(copied{s.Meta, s.ID, s.Volume, s.Description, s.Transfer}, env, allowed).
		With("TransferType", s.Transfer).With("Description", s.Description).With("VolumeId", s.Volume)
}

// copied is what may tell that a snapshot is a copy.
type copied struct {
	snapshot.Meta
	id, volume, description, transfer string
}

// mark is what shows that a snapshot is a copy; "" for nothing.
func (c copied) mark() string {
	switch {
	case c.transfer != "":
		return fmt.Sprintf("TransferType is %q", c.transfer)
	case toldOrigin(c.description) != "" || forImage.MatchString(c.description):
		return "its description says so"
	}
	return ""
}

// snapshotOrigin judges a snapshot outside of the allowed Regions by where it came from.
func snapshotOrigin(c copied, env checks.Env, allowed []string) checks.Verdict {
	from := toldOrigin(c.description)
	if slices.Contains(allowed, from) {
		return checks.Fail("the snapshot was copied from %s to %s, as its description says; allowed: %s", from, c.Region, strings.Join(allowed, ", "))
	}
	mark := c.mark()
	if mark == "" && c.volume != noVolume {
		return checks.Pass("the snapshot in %s is no copy: ec2-resources-in-allowed-regions judges that it is there", c.Region)
	}
	image, err := checks.Find(env, backings, c.Location, c.id)
	switch {
	case err == nil && image.SourceRegion != "":
		v := imageOrigin(image.Image, env, allowed)
		v.Reason = fmt.Sprintf("the snapshot backs %s: %s", image.ID, v.Reason)
		return v
	case err != nil && !errors.Is(err, snapshot.ErrAbsent):
		return checks.Unknown(fmt.Errorf("the snapshot may back an image that tells where it came from: %w", err))
	case from != "":
		return checks.Unclear("the snapshot was copied from %s, which is not allowed either, as its description says; whoever copies may write that, so that it excuses nothing", from)
	case mark == "":
		return checks.Unclear("the snapshot was copied or imported (its volume is %s), and nothing tells which, or from where", c.volume)
	}
	return checks.Fail("the snapshot is a copy (%s), and nothing tells that it did not come from %s", mark, strings.Join(allowed, " or "))
}

func recycledSnapshotNotCopiedOut(r snapshot.Recycled, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if v, done := notJudged("the snapshot in the Recycle Bin", r.Region, allowed); done {
		return v
	}
	v := snapshotOrigin(copied{r.Meta, r.ID, r.Volume, r.Description, ""}, env, allowed)
	v.Reason += "; it lies in the Recycle Bin, from which it can be restored"
	return v.With("Description", r.Description).With("VolumeId", r.Volume)
}

func recycledImageNotCopiedOut(r snapshot.Recycled, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	if v, done := notJudged("the image in the Recycle Bin", r.Region, allowed); done {
		return v
	}
	v := checks.Unclear("the image in the Recycle Bin of %s can be restored, and the list does not tell where it came from", r.Region)
	if from := toldOrigin(r.Description); slices.Contains(allowed, from) {
		v = checks.Fail("the image was copied from %s to %s, as its description says, and can be restored from the Recycle Bin; allowed: %s", from, r.Region, strings.Join(allowed, ", "))
	}
	return v.With("Description", r.Description)
}
