package scanner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"onus/scanner/collect"
	ourec2 "onus/scanner/ec2"
	"onus/scanner/snapshot"
)

// readNamed comes after the lists: which images of others are asked about follows from
// what names them, and some of that is Auto Scaling's.
func readNamed(ctx context.Context, s collect.Scope, c clients, chosen []string, a *snapshot.Account) {
	var all sync.WaitGroup
	a.EC2.NamedImages = make([]snapshot.NamedImages, len(chosen))
	for i, region := range chosen {
		all.Go(func() {
			a.EC2.NamedImages[i] = ourec2.CollectNamed(ctx, s.In(region), c.ec2(region), namedImages(a, region), copiedImages(a, region))
		})
	}
	all.Wait()
}

// namedImages are the ids of the images that something in a Region names and the account
// does not own, sorted. Instances count where AWS did not tell of their image.
func namedImages(a *snapshot.Account, region string) []string {
	var out []string
	add := func(specs ...snapshot.LaunchSpec) {
		for _, s := range specs {
			if strings.HasPrefix(s.Image, "ami-") {
				out = append(out, s.Image)
			}
		}
	}
	for _, t := range a.EC2.LaunchTemplates {
		versions, _ := t.Versions.Get() // what was not read names nothing
		for _, v := range versions {
			if t.Region == region {
				add(v.LaunchSpec)
			}
		}
	}
	for _, f := range a.EC2.SpotFleets {
		if f.Region == region {
			add(f.Specs...)
		}
	}
	for _, l := range a.Scaling.Configurations {
		if l.Region == region {
			add(l.Spec)
		}
	}
	for _, i := range a.EC2.Instances {
		if i.Region == region && i.Live() && untold(i) {
			add(snapshot.LaunchSpec{Image: i.Image})
		}
	}
	return foreignImages(a, region, out)
}

// copiedImages are the ids of the images of a Region from which own images of other Regions
// were copied, and that the account does not own, sorted.
func copiedImages(a *snapshot.Account, region string) []string {
	var out []string
	for _, i := range a.EC2.Images {
		if i.SourceRegion == region && i.Region != region && i.Source != "" {
			out = append(out, i.Source)
		}
	}
	return foreignImages(a, region, out)
}

// foreignImages are those of the ids that are not of own images of a Region, each once.
func foreignImages(a *snapshot.Account, region string, ids []string) []string {
	own := map[string]bool{}
	for _, i := range a.EC2.Images {
		own[i.Region+" "+i.ID] = true
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return own[region+" "+id] })
}

// untold says that the endpoint does not know the list that tells of instances' images.
func untold(i snapshot.Instance) bool {
	_, err := i.ImageFacts.Get()
	var u *snapshot.Unread
	return errors.As(err, &u) && u.Cause == snapshot.Unsupported
}
