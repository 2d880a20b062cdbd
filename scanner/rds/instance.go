package rds

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/snapshot"
)

// instance maps one record of DescribeDBInstances.
func instance(at snapshot.Meta, db types.DBInstance) snapshot.DBInstance {
	out := snapshot.DBInstance{
		Meta:          named(at, "db", db.DBInstanceIdentifier, db.DBInstanceArn, db.TagList),
		Database:      ofInstance(db),
		Zone:          aws.ToString(db.AvailabilityZone),
		SecondaryZone: aws.ToString(db.SecondaryAvailabilityZone),
	}
	out.SecurityGroups = activeGroups(db.VpcSecurityGroups)
	for _, g := range db.DBSecurityGroups {
		out.ClassicGroups = append(out.ClassicGroups, aws.ToString(g.DBSecurityGroupName))
	}
	if group := db.DBSubnetGroup; group != nil {
		out.VPC = aws.ToString(group.VpcId)
		for _, s := range group.Subnets {
			out.Subnets = append(out.Subnets, subnet(s))
		}
	}
	for _, r := range db.DBInstanceAutomatedBackupsReplications {
		out.BackupReplications = append(out.BackupReplications, aws.ToString(r.DBInstanceAutomatedBackupsArn))
	}
	return out
}

// activeGroups are the ids of the security groups that are in force.
func activeGroups(all []types.VpcSecurityGroupMembership) (out []string) {
	for _, g := range all {
		if aws.ToString(g.Status) == "active" {
			out = append(out, aws.ToString(g.VpcSecurityGroupId))
		}
	}
	return out
}

func subnet(s types.Subnet) snapshot.DBSubnet {
	out := snapshot.DBSubnet{ID: aws.ToString(s.SubnetIdentifier), Status: aws.ToString(s.SubnetStatus)}
	if s.SubnetOutpost != nil {
		out.Outpost = aws.ToString(s.SubnetOutpost.Arn)
	}
	if z := s.SubnetAvailabilityZone; z != nil {
		out.Zone = aws.ToString(z.Name)
	}
	return out
}

func ofInstance(db types.DBInstance) snapshot.Database {
	out := snapshot.Database{
		ID:                      aws.ToString(db.DBInstanceIdentifier),
		ResourceID:              aws.ToString(db.DbiResourceId),
		Engine:                  snapshot.Engine(aws.ToString(db.Engine)),
		Version:                 aws.ToString(db.EngineVersion),
		Status:                  aws.ToString(db.DBInstanceStatus),
		Class:                   aws.ToString(db.DBInstanceClass),
		Created:                 aws.ToTime(db.InstanceCreateTime),
		Cluster:                 aws.ToString(db.DBClusterIdentifier),
		ReplicaOf:               cmp.Or(aws.ToString(db.ReadReplicaSourceDBInstanceIdentifier), aws.ToString(db.ReadReplicaSourceDBClusterIdentifier)),
		StorageEncrypted:        aws.ToBool(db.StorageEncrypted),
		StorageEncryptionType:   string(db.StorageEncryptionType),
		KMSKeyID:                aws.ToString(db.KmsKeyId),
		InsightsKMSKeyID:        aws.ToString(db.PerformanceInsightsKMSKeyId),
		BackupRetentionDays:     aws.ToInt32(db.BackupRetentionPeriod),
		LatestRestorable:        aws.ToTime(db.LatestRestorableTime),
		BackupPoint:             aws.ToString(db.AwsBackupRecoveryPointArn),
		Replicas:                slices.Concat(db.ReadReplicaDBInstanceIdentifiers, db.ReadReplicaDBClusterIdentifiers),
		MultiAZ:                 aws.ToBool(db.MultiAZ),
		DeletionProtection:      aws.ToBool(db.DeletionProtection),
		CopyTagsToSnapshot:      aws.ToBool(db.CopyTagsToSnapshot),
		AutoMinorVersionUpgrade: db.AutoMinorVersionUpgrade,
		IAMAuthentication:       aws.ToBool(db.IAMDatabaseAuthenticationEnabled),
		PubliclyAccessible:      aws.ToBool(db.PubliclyAccessible),
		MasterUser:              aws.ToString(db.MasterUsername),
		MultiTenant:             aws.ToBool(db.MultiTenant),
		MasterSecret:            masterSecret(db.MasterUserSecret),
		MonitoringInterval:      aws.ToInt32(db.MonitoringInterval),
		MonitoringRole:          aws.ToString(db.MonitoringRoleArn),
		PerformanceInsights:     aws.ToBool(db.PerformanceInsightsEnabled),
		InsightsMode:            string(db.DatabaseInsightsMode),
		CA:                      aws.ToString(db.CACertificateIdentifier),
		Lifecycle:               aws.ToString(db.EngineLifecycleSupport),
		StorageType:             aws.ToString(db.StorageType),
		AllocatedGiB:            aws.ToInt32(db.AllocatedStorage),
		MaximumGiB:              aws.ToInt32(db.MaxAllocatedStorage),
	}
	if db.Endpoint != nil { // DbInstancePort is 0 on most instances
		out.Port = aws.ToInt32(db.Endpoint.Port)
	}
	if db.CertificateDetails != nil {
		out.CertificateEnds = aws.ToTime(db.CertificateDetails.ValidTill)
	}
	if p := db.PendingModifiedValues; p != nil {
		out.Pending = snapshot.Pending{
			BackupRetentionDays: p.BackupRetentionPeriod, MultiAZ: p.MultiAZ, IAMAuthentication: p.IAMDatabaseAuthenticationEnabled,
			CA: aws.ToString(p.CACertificateIdentifier), Class: aws.ToString(p.DBInstanceClass), Version: aws.ToString(p.EngineVersion),
			LogExports: pendingExports(p.PendingCloudwatchLogsExports),
		}
	}
	groupsOfInstance(&out, db)
	return out
}

func masterSecret(s *types.MasterUserSecret) snapshot.MasterSecret {
	if s == nil {
		return snapshot.MasterSecret{}
	}
	return snapshot.MasterSecret{ARN: aws.ToString(s.SecretArn), Status: aws.ToString(s.SecretStatus)}
}
