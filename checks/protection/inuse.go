package protection

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// InUse is how many resources of each type a Region holds that AWS Backup can back up, by
// the names that it gives the types. DocumentDB and Neptune are seen through RDS's lists.
type InUse map[string]int

// ours are the types of the four services that checks speak of.
var ours = []string{"EC2", "EBS", "RDS", "Aurora", "S3"}

// Own drops the types that are none of the four services'.
func (u InUse) Own() InUse {
	out := InUse{}
	for _, t := range ours {
		if u[t] > 0 {
			out[t] = u[t]
		}
	}
	return out
}

// Types are the types with a resource, sorted.
func (u InUse) Types() (out []string) {
	for t, n := range u {
		if n > 0 {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

// String lists the types with how many there are.
func (u InUse) String() string {
	var out []string
	for _, t := range u.Types() {
		out = append(out, fmt.Sprintf("%s %d", t, u[t]))
	}
	return strings.Join(out, ", ")
}

// Held counts what a Region holds, without what is being deleted. An error means that there
// may be more, of any type.
func Held(env checks.Env, at snapshot.Location) (InUse, error) {
	out := InUse{}
	volumes, err1 := checks.In(env, snapshot.Volumes, at).Get()
	for _, v := range volumes {
		if !Unkept(v) {
			out["EBS"]++
		}
	}
	instances, err2 := checks.In(env, snapshot.Instances, at).Get()
	if len(instances) > 0 {
		out["EC2"] = len(instances)
	}
	databases, err3 := checks.In(env, snapshot.DBInstances, at).Get()
	for _, d := range databases {
		if d.Cluster == "" && !d.Ended() {
			out[TypeOf(d.Database, false)]++
		}
	}
	clusters, err4 := checks.In(env, snapshot.DBClusters, at).Get()
	for _, c := range clusters {
		if !c.Ended() {
			out[TypeOf(c.Database, true)]++
		}
	}
	buckets, err5 := checks.In(env, snapshot.Buckets, at).Get()
	if len(buckets) > 0 {
		out["S3"] = len(buckets)
	}
	var err6 error
	unplaced, _ := checks.In(env, snapshot.Buckets, at.In(snapshot.Global)).Get()
	for _, b := range unplaced { // it may lie here
		if _, err := b.BucketRegion.Get(); err != nil && err6 == nil {
			err6 = err
		}
	}
	return out, first(err1, err2, err3, err4, err5, err6)
}

// first is the first error of a list.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Unkept says that a volume holds no data, or none that will stay.
func Unkept(v snapshot.Volume) bool {
	switch v.State {
	case "creating", "deleting", "deleted", "error":
		return true
	}
	return false
}

// TypeOf is the type that AWS Backup gives a database: a Multi-AZ DB cluster is RDS's.
func TypeOf(d snapshot.Database, cluster bool) string {
	switch {
	case d.Engine.OtherService() != "":
		return d.Engine.OtherService()
	case cluster && d.Engine.Aurora():
		return "Aurora"
	}
	return "RDS"
}
