// Package databases says which RDS databases a check leaves out, so that all checks leave
// out the same ones with the same words. What is then judged, and how, is left to the
// checks.
//
// What a cluster governs is judged once, at the cluster: an instance that is a member of
// one is left out by Standalone. The RDS API also returns what belongs to DocumentDB and
// Neptune, which the checks about data at rest and where it lies judge all the same: those
// ask Ended or AtRest alone.
package databases

import (
	"onus/checks"
	"onus/scanner/snapshot"
)

// Ended leaves out a database that is being deleted.
func Ended(d snapshot.Database) (v checks.Verdict, out bool) {
	if !d.Ended() {
		return v, false
	}
	return checks.DoesNotApply("the database is %s", d.Status).With("Status", d.Status), true
}

// Own leaves out what is being deleted and what is not RDS's.
func Own(d snapshot.Database) (v checks.Verdict, out bool) {
	if v, out := Ended(d); out {
		return v, true
	}
	if other := d.Engine.OtherService(); other != "" {
		return checks.DoesNotApply("the database is one of %s", other).With("Engine", string(d.Engine)), true
	}
	return v, false
}

// Standalone leaves out what Own does, and the members of clusters.
func Standalone(d snapshot.Database) (v checks.Verdict, out bool) {
	if v, out := Own(d); out {
		return v, true
	}
	return Member(d)
}

// AtRest leaves out what has no data of its own: members of clusters, and what is being
// deleted. DocumentDB's and Neptune's data lie at rest all the same.
func AtRest(d snapshot.Database) (v checks.Verdict, out bool) {
	if v, out := Ended(d); out {
		return v, true
	}
	return Member(d)
}

// Member leaves out the members of clusters.
func Member(d snapshot.Database) (v checks.Verdict, out bool) {
	if d.Cluster == "" {
		return v, false
	}
	return checks.DoesNotApply("the instance is a member of %s: judged at the cluster", d.Cluster).With("DBClusterIdentifier", d.Cluster), true
}

// Replica leaves out a read replica. The secondary cluster of a global database is none.
func Replica(d snapshot.Database) (v checks.Verdict, out bool) {
	if d.ReplicaOf == "" || d.Global != "" {
		return v, false
	}
	return checks.DoesNotApply("the database is a read replica of %s", d.ReplicaOf).With("replica of", d.ReplicaOf), true
}

// Custom leaves out what runs on RDS Custom.
func Custom(d snapshot.Database) (v checks.Verdict, out bool) {
	if !d.Engine.Custom() {
		return v, false
	}
	return Engine(d, "RDS Custom does not offer it"), true
}

// Engine leaves out a database for its engine, and says why.
func Engine(d snapshot.Database, why string) checks.Verdict {
	return checks.DoesNotApply("the engine is %s: %s", d.Engine, why).With("Engine", string(d.Engine))
}

// Instances judges DB instances by a function that takes what an instance and a cluster
// have in common.
func Instances(f func(snapshot.Database, checks.Env) checks.Verdict) checks.Judges {
	return checks.For(snapshot.DBInstances, func(d snapshot.DBInstance, env checks.Env) checks.Verdict { return f(d.Database, env) })
}

// Clusters judges DB clusters the same way.
func Clusters(f func(snapshot.Database, checks.Env) checks.Verdict) checks.Judges {
	return checks.For(snapshot.DBClusters, func(c snapshot.DBCluster, env checks.Env) checks.Verdict { return f(c.Database, env) })
}

// Both judges DB instances and DB clusters.
func Both(f func(snapshot.Database, checks.Env) checks.Verdict) checks.Judges {
	return Instances(f).And(Clusters(f))
}
