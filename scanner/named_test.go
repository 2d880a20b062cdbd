package scanner

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/scanner/snapshot"
)

func TestImagesThatSomethingNames(t *testing.T) {
	at := func(region string) snapshot.Meta {
		return snapshot.Meta{Location: snapshot.Location{Partition: "aws", Account: "111122223333", Region: region}}
	}
	spec := func(image string) snapshot.LaunchSpec { return snapshot.LaunchSpec{Image: image} }
	unsupported := snapshot.Missing[snapshot.ImageMetadata](&snapshot.Unread{Cause: snapshot.Unsupported})
	a := &snapshot.Account{}
	a.EC2.LaunchTemplates = []snapshot.LaunchTemplate{
		{Meta: at("eu-west-1"), Versions: snapshot.Value([]snapshot.TemplateVersion{{LaunchSpec: spec("ami-template")}, {LaunchSpec: spec("ami-own")}, {LaunchSpec: spec("resolve:ssm:/ami")}, {}})},
		{Meta: at("eu-west-1"), Versions: snapshot.Missing[[]snapshot.TemplateVersion](&snapshot.Unread{Cause: snapshot.Denied})},
		{Meta: at("us-east-1"), Versions: snapshot.Value([]snapshot.TemplateVersion{{LaunchSpec: spec("ami-elsewhere")}})},
	}
	a.EC2.SpotFleets = []snapshot.SpotFleet{{Meta: at("eu-west-1"), Specs: []snapshot.LaunchSpec{spec("ami-fleet"), spec("ami-template")}}}
	a.Scaling.Configurations = []snapshot.LaunchConfiguration{{Meta: at("eu-west-1"), Spec: spec("ami-configuration")}, {Meta: at("us-east-1"), Spec: spec("ami-there")}}
	a.EC2.Instances = []snapshot.Instance{
		{Meta: at("eu-west-1"), State: "running", Image: "ami-untold", ImageFacts: unsupported},
		{Meta: at("eu-west-1"), State: "terminated", Image: "ami-terminated", ImageFacts: unsupported},
		{Meta: at("eu-west-1"), State: "running", Image: "ami-told", ImageFacts: snapshot.Value(snapshot.ImageMetadata{})},
	}
	a.EC2.Images = []snapshot.Image{{Meta: at("eu-west-1"), ID: "ami-own"}, {Meta: at("us-east-1"), ID: "ami-fleet"}}
	want := []string{"ami-configuration", "ami-fleet", "ami-template", "ami-untold"}
	if diff := cmp.Diff(want, namedImages(a, "eu-west-1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImagesThatWereCopiedFrom(t *testing.T) {
	image := func(region, id, source, from string) snapshot.Image {
		return snapshot.Image{Meta: snapshot.Meta{Location: snapshot.Location{Region: region}}, ID: id, Source: source, SourceRegion: from}
	}
	a := &snapshot.Account{}
	a.EC2.Images = []snapshot.Image{
		image("us-east-1", "ami-1", "ami-theirs", "eu-west-1"), image("us-east-2", "ami-2", "ami-theirs", "eu-west-1"),
		image("us-east-1", "ami-3", "ami-own", "eu-west-1"), image("us-east-1", "ami-4", "ami-other", "eu-central-1"),
		image("eu-west-1", "ami-own", "ami-launched", "eu-west-1"), image("us-east-1", "ami-5", "", ""),
	}
	if diff := cmp.Diff([]string{"ami-theirs"}, copiedImages(a, "eu-west-1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
