// Package delivery answers which trails deliver to a bucket, for the checks of several
// categories that judge such buckets. It leaves the verdicts to them, but for those about
// buckets that cannot be judged.
package delivery

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// To are the trails that deliver to an own bucket, each once, and why there may be others:
// the list of some Region was not read. A trail of a Region that was left out of the scan
// is not seen, unless it is one of all Regions.
func To(env checks.Env, b snapshot.Bucket) (trails []snapshot.Trail, err error) {
	return seen(env, func(t snapshot.Trail) bool { return t.Bucket == b.Name })
}

// All are all trails that the account sees, and why there may be others.
func All(env checks.Env) ([]snapshot.Trail, error) {
	return seen(env, func(snapshot.Trail) bool { return true })
}

func seen(env checks.Env, wanted func(snapshot.Trail) bool) (trails []snapshot.Trail, err error) {
	at := env.Account().Location
	for _, region := range env.ScannedRegions() {
		if _, unread := checks.Find(env, snapshot.TrailsSeen, at.In(region), ""); !errors.Is(unread, snapshot.ErrAbsent) {
			err = unread
		}
	}
	for _, t := range env.Account().Trail.Trails {
		if wanted(t) {
			_, _ = checks.Find(env, snapshot.Trails, t.Location, t.ARN) // into the evidence
			trails = append(trails, t)
		}
	}
	return trails, err
}

// Names lists trails as reasons show them.
func Names(trails []snapshot.Trail) string {
	out := make([]string, 0, len(trails))
	for _, t := range trails {
		out = append(out, t.Name)
	}
	return strings.Join(out, ", ")
}

// Elsewhere is the verdict on a trail whose bucket was not scanned: nothing of the bucket
// is known, so it is UNKNOWN.
func Elsewhere(t snapshot.Trail, env checks.Env) checks.Verdict {
	if place, own := env.Account().S3.Place(t.Bucket); own {
		where, err := checks.Use(env, place)
		if err != nil {
			return checks.Unknown(err).With("S3BucketName", t.Bucket)
		}
		return checks.Unknown(&snapshot.Unread{Operation: "s3:ListBuckets", At: t.In(where.Region), Cause: snapshot.Skipped,
			Message: fmt.Sprintf("%s delivers to %s, whose Region was left out of the scan", t.ARN, t.Bucket)}).With("S3BucketName", t.Bucket)
	}
	if _, err := checks.Find(env, snapshot.Buckets, t.Location, t.Bucket); !errors.Is(err, snapshot.ErrAbsent) {
		return checks.Unknown(err).With("S3BucketName", t.Bucket)
	}
	return checks.Unclear("%s delivers to %s, which is not a bucket of this account: its settings can be read there only", t.ARN, t.Bucket).With("S3BucketName", t.Bucket)
}
