package launch

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// ErrNotNamed is the error of an image that a launch does not name by its id: none at all,
// or a parameter that names one at launch.
var ErrNotNamed = errors.New("no image is named by its id")

// Image finds an image that something in a Region names: one of the account's own, or one
// of others. ErrAbsent says that it does not exist any more, or is not shared with the
// account; ErrNotNamed that it is not named by its id.
func Image(env checks.Env, at snapshot.Location, id string) (snapshot.Image, error) {
	if !strings.HasPrefix(id, "ami-") {
		return snapshot.Image{}, ErrNotNamed
	}
	own, err := checks.Find(env, snapshot.Images, at, id)
	if err == nil {
		return own, nil
	}
	named, found := checks.Find(env, NamedIn, at, at.Region)
	if found != nil {
		return snapshot.Image{}, &snapshot.Unread{Operation: "ec2:DescribeImages", At: at, Cause: snapshot.Skipped, Message: "the call was not made"}
	}
	images, unread := checks.Use(env, named.Images)
	if unread != nil {
		return snapshot.Image{}, unread
	}
	for _, i := range images {
		if i.ID == id {
			return i, nil
		}
	}
	return snapshot.Image{}, err
}

// NamedIn finds the images of others of a Region by the Region's name.
var NamedIn = snapshot.Kind[snapshot.NamedImages]{
	Type: "images of others of a Region",
	All:  func(a *snapshot.Account) []snapshot.NamedImages { return a.EC2.NamedImages },
	Meta: func(n snapshot.NamedImages) snapshot.Meta { return n.Meta },
	Key:  func(n snapshot.NamedImages) string { return n.Region },
}

// Named is how a reason calls an image.
func Named(id string) string {
	switch {
	case id == "":
		return "an image that is named at launch"
	case strings.HasPrefix(id, "resolve:"):
		return fmt.Sprintf("the image that %s names at launch", id)
	}
	return "image " + id
}

// Settings are the account's settings in a resource's Region.
func Settings(env checks.Env, at snapshot.Location) (snapshot.RegionSettings, error) {
	r, err := checks.Find(env, regions, at, at.Region)
	if err != nil {
		return r, &snapshot.Unread{Operation: "read", At: at, Cause: snapshot.Skipped, Message: "the settings of the Region were not read"}
	}
	return r, nil
}

// regions is a kind of its own, so that looking a Region up for each resource does not go
// through the whole coverage.
var regions = snapshot.Kind[snapshot.RegionSettings]{
	Type: "settings of a Region",
	All:  snapshot.AccountRegions.All,
	Meta: snapshot.AccountRegions.Meta,
	Key:  snapshot.AccountRegions.Key,
}

// ImageReads is what the question of an instance's image rests on.
var ImageReads = []string{"ec2:DescribeInstances", "ec2:DescribeInstanceImageMetadata", "ec2:DescribeImages"}

// Facts is what is known of the image of an instance. Where the endpoint does not know the
// list that tells, the image itself is looked up: ErrAbsent then says that it does not exist
// any more, or is not shared with the account any more.
func Facts(i snapshot.Instance, env checks.Env) (snapshot.ImageMetadata, error) {
	facts, err := checks.Use(env, i.ImageFacts)
	var u *snapshot.Unread
	if !errors.As(err, &u) || u.Cause != snapshot.Unsupported {
		if errors.Is(err, snapshot.ErrAbsent) {
			err = ErrUntold
		}
		return facts, err
	}
	image, found := Image(env, i.Location, i.Image)
	switch {
	case errors.Is(found, ErrNotNamed):
		return facts, err
	case found != nil:
		return facts, found
	}
	facts = snapshot.ImageMetadata{ID: image.ID, Name: image.Title, Owner: image.Owner, Alias: image.Alias, State: image.State, Deprecation: image.Deprecation}
	if public, err := image.Public.Get(); err == nil {
		facts.Public = &public
	}
	return facts, nil
}

// ErrUntold is the error of an instance of whose image the list does not tell.
var ErrUntold = errors.New("the list of instances' images does not hold the instance")
