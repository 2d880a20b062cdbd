package rds

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/snapshot"
)

// cluster maps one record of DescribeDBClusters.
func cluster(at snapshot.Meta, c types.DBCluster) snapshot.DBCluster {
	out := snapshot.DBCluster{
		Meta:                  named(at, "cluster", c.DBClusterIdentifier, c.DBClusterArn, c.TagList),
		Database:              ofCluster(c),
		BacktrackSeconds:      aws.ToInt64(c.BacktrackWindow),
		SubnetGroup:           aws.ToString(c.DBSubnetGroup),
		VPCNetworking:         c.VPCNetworkingEnabled,
		InternetAccessGateway: aws.ToBool(c.InternetAccessGatewayEnabled),
		SecurityGroups:        activeGroups(c.VpcSecurityGroups),
		HTTPEndpoint:          aws.ToBool(c.HttpEndpointEnabled),
		EarliestRestorable:    aws.ToTime(c.EarliestRestorableTime),
	}
	for _, m := range c.DBClusterMembers {
		out.Members = append(out.Members, snapshot.DBMember{ID: aws.ToString(m.DBInstanceIdentifier), Writer: aws.ToBool(m.IsClusterWriter), ParameterStatus: aws.ToString(m.DBClusterParameterGroupStatus)})
	}
	return out
}

func ofCluster(c types.DBCluster) snapshot.Database {
	out := snapshot.Database{
		ID:                      aws.ToString(c.DBClusterIdentifier),
		ResourceID:              aws.ToString(c.DbClusterResourceId),
		Engine:                  snapshot.Engine(aws.ToString(c.Engine)),
		Version:                 aws.ToString(c.EngineVersion),
		Status:                  aws.ToString(c.Status),
		Class:                   aws.ToString(c.DBClusterInstanceClass),
		Created:                 aws.ToTime(c.ClusterCreateTime),
		Port:                    aws.ToInt32(c.Port),
		EngineMode:              aws.ToString(c.EngineMode),
		ReplicaOf:               aws.ToString(c.ReplicationSourceIdentifier),
		Global:                  aws.ToString(c.GlobalClusterIdentifier),
		StorageEncrypted:        aws.ToBool(c.StorageEncrypted),
		StorageEncryptionType:   string(c.StorageEncryptionType),
		KMSKeyID:                aws.ToString(c.KmsKeyId),
		InsightsKMSKeyID:        aws.ToString(c.PerformanceInsightsKMSKeyId),
		BackupRetentionDays:     aws.ToInt32(c.BackupRetentionPeriod),
		LatestRestorable:        aws.ToTime(c.LatestRestorableTime),
		BackupPoint:             aws.ToString(c.AwsBackupRecoveryPointArn),
		Replicas:                c.ReadReplicaIdentifiers,
		MultiAZ:                 aws.ToBool(c.MultiAZ),
		DeletionProtection:      aws.ToBool(c.DeletionProtection),
		CopyTagsToSnapshot:      aws.ToBool(c.CopyTagsToSnapshot),
		AutoMinorVersionUpgrade: c.AutoMinorVersionUpgrade,
		IAMAuthentication:       aws.ToBool(c.IAMDatabaseAuthenticationEnabled),
		PubliclyAccessible:      aws.ToBool(c.PubliclyAccessible),
		MasterUser:              aws.ToString(c.MasterUsername),
		MasterSecret:            masterSecret(c.MasterUserSecret),
		MonitoringInterval:      aws.ToInt32(c.MonitoringInterval),
		MonitoringRole:          aws.ToString(c.MonitoringRoleArn),
		PerformanceInsights:     aws.ToBool(c.PerformanceInsightsEnabled),
		InsightsMode:            string(c.DatabaseInsightsMode),
		Lifecycle:               aws.ToString(c.EngineLifecycleSupport),
		StorageType:             aws.ToString(c.StorageType),
		AllocatedGiB:            aws.ToInt32(c.AllocatedStorage),
	}
	if d := c.CertificateDetails; d != nil {
		out.CA, out.CertificateEnds = aws.ToString(d.CAIdentifier), aws.ToTime(d.ValidTill)
	}
	if p := c.PendingModifiedValues; p != nil {
		out.Pending = snapshot.Pending{BackupRetentionDays: p.BackupRetentionPeriod, IAMAuthentication: p.IAMDatabaseAuthenticationEnabled, Version: aws.ToString(p.EngineVersion),
			LogExports: pendingExports(p.PendingCloudwatchLogsExports)}
		if p.CertificateDetails != nil {
			out.Pending.CA = aws.ToString(p.CertificateDetails.CAIdentifier)
		}
	}
	groupsOfCluster(&out, c)
	return out
}
