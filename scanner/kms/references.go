package kms

import (
	"slices"

	"onus/scanner/snapshot"
)

// naming are the operations whose answers name keys.
var naming = []string{
	listKeys, "ec2:GetEbsDefaultKmsKeyId", "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "s3:ListBuckets", "s3:GetBucketEncryption",
	"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
	"rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups", "backup:ListBackupVaults",
	"backup:ListProtectedResources", "backup:ListRecoveryPointsByBackupVault", "cloudtrail:DescribeTrails",
}

// sharing are the operations that tell which snapshots are shared.
var sharing = []string{"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes",
	"ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute"}

// Named are the keys that resources name in one Region.
type Named struct {
	All    []string // ARNs
	Shared []string // those of snapshots that are shared with other accounts
}

// References are the keys that the resources of an account are encrypted with, by the
// Region in which they are to be asked about, each once, in one order. A key of another
// Region than its resource's is asked about in its own.
func References(a *snapshot.Account) map[string]Named {
	all, out := references{}, references{}
	all.ofEC2(a.EC2)
	all.ofRDS(a.RDS)
	all.ofBackup(a.Backup)
	for _, t := range a.Trail.Trails {
		all.add(t.Location, t.KMSKeyID)
	}
	for _, b := range a.S3.Buckets {
		encryption, _ := b.Encryption.Get()
		for _, rule := range encryption.Rules {
			all.add(b.Location, rule.KMSMasterKeyID)
		}
	}
	for _, s := range a.RDS.Snapshots {
		if accounts, _ := s.SharedWith.Get(); len(accounts) > 0 {
			out.add(s.Location, s.KMSKeyID)
		}
	}
	for _, s := range a.EC2.VolumeSnapshots {
		if with, _ := s.Shared.Get(); slices.ContainsFunc(with, func(g snapshot.Grantee) bool { return g.Account != "" }) {
			out.add(s.Location, s.KMSKeyID)
		}
	}
	named := map[string]Named{}
	for region := range all {
		named[region] = Named{once(all[region]), once(out[region])}
	}
	return named
}

func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// references are ARNs by Region.
type references map[string][]string

func (r references) add(at snapshot.Location, reference string) {
	arn := snapshot.KeyARN(at, reference)
	if region := snapshot.RegionOf(arn); region != "" {
		r[region] = append(r[region], arn)
	}
}

func (r references) ofEC2(e snapshot.EC2) {
	for _, s := range e.Regions {
		byDefault, _ := s.EBSDefaultKey.Get()
		r.add(s.Location, byDefault)
	}
	for _, v := range e.Volumes {
		r.add(v.Location, v.KMSKeyID)
	}
	for _, s := range e.VolumeSnapshots {
		r.add(s.Location, s.KMSKeyID)
	}
}

func (r references) ofRDS(d snapshot.RDS) {
	for _, i := range d.Instances {
		r.add(i.Location, i.KMSKeyID)
		r.add(i.Location, i.InsightsKMSKeyID)
	}
	for _, c := range d.Clusters {
		r.add(c.Location, c.KMSKeyID)
		r.add(c.Location, c.InsightsKMSKeyID)
	}
	for _, s := range d.Snapshots {
		r.add(s.Location, s.KMSKeyID)
	}
	for _, b := range d.Backups {
		r.add(b.Location, b.KMSKeyID)
	}
}

// ofBackup takes the keys of vaults, and of the recovery points of volumes and instances:
// those are what some check asks about.
func (r references) ofBackup(b snapshot.Backup) {
	for _, v := range b.Vaults {
		r.add(v.Location, v.KeyARN)
	}
	for _, p := range b.Protected {
		if p.Type != "EBS" && p.Type != "EC2" {
			continue
		}
		points, _ := p.Points.Get()
		for _, point := range points {
			r.add(p.Location, point.KeyARN)
		}
	}
}
