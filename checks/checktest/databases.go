package checktest

import "onus/scanner/snapshot"

// Instance puts one DB instance named db into the tests' Region.
func Instance(d snapshot.Database, more ...func(*snapshot.DBInstance)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		if d.ID == "" {
			d.ID = "db"
		}
		i := snapshot.DBInstance{Meta: Meta(d.ID, "arn:aws:rds:"+At.Region+":"+At.Account+":db:"+d.ID), Database: d}
		for _, f := range more {
			f(&i)
		}
		a.RDS.Instances = append(a.RDS.Instances, i)
	}
}

// Cluster puts one DB cluster named cluster into the tests' Region.
func Cluster(d snapshot.Database, more ...func(*snapshot.DBCluster)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		if d.ID == "" {
			d.ID = "cluster"
		}
		c := snapshot.DBCluster{Meta: Meta(d.ID, "arn:aws:rds:"+At.Region+":"+At.Account+":cluster:"+d.ID), Database: d}
		for _, f := range more {
			f(&c)
		}
		a.RDS.Clusters = append(a.RDS.Clusters, c)
	}
}

// DBSnapshot puts one DB snapshot named snap into the tests' Region.
func DBSnapshot(s snapshot.DBSnapshot) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		kind := "snapshot"
		if s.OfCluster {
			kind = "cluster-snapshot"
		}
		s.ID = "snap"
		s.Meta = Meta(s.ID, "arn:aws:rds:"+At.Region+":"+At.Account+":"+kind+":"+s.ID)
		a.RDS.Snapshots = append(a.RDS.Snapshots, s)
	}
}

// All puts several resources into one account.
func All(set ...func(*snapshot.Account)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		for _, f := range set {
			f(a)
		}
	}
}

// Denied makes an operation end as denied in the tests' Region.
func Denied(op string) func(*snapshot.Account) {
	return func(a *snapshot.Account) { Fail(a, op, At.Region, snapshot.Denied) }
}
