package rds

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/snapshot"
)

func shardGroup(at snapshot.Meta, g types.DBShardGroup) snapshot.DBShardGroup {
	return snapshot.DBShardGroup{
		Meta: named(at, "shard-group", g.DBShardGroupIdentifier, g.DBShardGroupArn, g.TagList), ID: aws.ToString(g.DBShardGroupIdentifier),
		Cluster: aws.ToString(g.DBClusterIdentifier), Status: aws.ToString(g.Status), PubliclyAccessible: aws.ToBool(g.PubliclyAccessible),
	}
}

func instanceBackup(at snapshot.Meta, b types.DBInstanceAutomatedBackup) snapshot.DBBackup {
	return backup(at, b.DBInstanceAutomatedBackupsArn, b.TagList, snapshot.DBBackup{Database: aws.ToString(b.DBInstanceArn),
		Resource: aws.ToString(b.DbiResourceId), Engine: snapshot.Engine(aws.ToString(b.Engine)), Status: aws.ToString(b.Status), KMSKeyID: aws.ToString(b.KmsKeyId),
		Encrypted: aws.ToBool(b.Encrypted), StorageEncryptionType: string(b.StorageEncryptionType), Earliest: earliest(b.RestoreWindow)}, b.DBInstanceIdentifier)
}

func clusterBackup(at snapshot.Meta, b types.DBClusterAutomatedBackup) snapshot.DBBackup {
	return backup(at, b.DBClusterAutomatedBackupsArn, b.TagList, snapshot.DBBackup{Database: aws.ToString(b.DBClusterArn), OfCluster: true,
		Resource: aws.ToString(b.DbClusterResourceId), Engine: snapshot.Engine(aws.ToString(b.Engine)), Status: aws.ToString(b.Status), KMSKeyID: aws.ToString(b.KmsKeyId),
		Encrypted: aws.ToBool(b.StorageEncrypted), StorageEncryptionType: string(b.StorageEncryptionType), Earliest: earliest(b.RestoreWindow)}, b.DBClusterIdentifier)
}

func earliest(w *types.RestoreWindow) (none time.Time) {
	if w == nil {
		return none
	}
	return aws.ToTime(w.EarliestTime)
}

// backup makes up no ARN where the answer has none: the id in it is not told elsewhere.
func backup(at snapshot.Meta, arn *string, tags []types.Tag, out snapshot.DBBackup, database *string) snapshot.DBBackup {
	out.Meta = named(at, "auto-backup", database, arn, tags)
	out.ARN = aws.ToString(arn)
	return out
}

// globalCluster maps a global database. Its ARN names no Region.
func globalCluster(at snapshot.Meta, g types.GlobalCluster) snapshot.GlobalCluster {
	out := snapshot.GlobalCluster{
		Meta: named(at, "", g.GlobalClusterIdentifier, g.GlobalClusterArn, g.TagList), ID: aws.ToString(g.GlobalClusterIdentifier),
		Engine: snapshot.Engine(aws.ToString(g.Engine)), Status: aws.ToString(g.Status), DeletionProtection: aws.ToBool(g.DeletionProtection),
	}
	if g.GlobalClusterArn == nil {
		out.ARN = "arn:" + at.Partition + ":rds::" + at.Account + ":global-cluster:" + out.ID
	}
	for _, m := range g.GlobalClusterMembers {
		out.Clusters = append(append(out.Clusters, aws.ToString(m.DBClusterArn)), m.Readers...)
	}
	slices.Sort(out.Clusters)
	out.Clusters = slices.Compact(out.Clusters)
	return out
}

func proxy(at snapshot.Meta, p types.DBProxy) snapshot.DBProxy {
	out := snapshot.DBProxy{
		Meta: named(at, "db-proxy", p.DBProxyName, p.DBProxyArn, nil), ID: aws.ToString(p.DBProxyName), Status: string(p.Status),
		RequireTLS: aws.ToBool(p.RequireTLS), DefaultScheme: aws.ToString(p.DefaultAuthScheme), DebugLogging: aws.ToBool(p.DebugLogging),
	}
	for _, a := range p.Auth {
		out.IAMAuth = append(out.IAMAuth, string(a.IAMAuth))
	}
	return out
}

func certificate(at snapshot.Meta, c types.Certificate) snapshot.DBCertificate {
	return snapshot.DBCertificate{Meta: named(at, "cert", c.CertificateIdentifier, c.CertificateArn, nil), ID: aws.ToString(c.CertificateIdentifier), Ends: aws.ToTime(c.ValidTill),
		Override: aws.ToBool(c.CustomerOverride), OverrideEnds: aws.ToTime(c.CustomerOverrideValidTill)}
}

func majorVersion(at snapshot.Meta, v types.DBMajorEngineVersion) snapshot.DBMajorVersion {
	out := snapshot.DBMajorVersion{Meta: at, Engine: snapshot.Engine(aws.ToString(v.Engine)), Version: aws.ToString(v.MajorEngineVersion)}
	for _, l := range v.SupportedEngineLifecycles {
		switch l.LifecycleSupportName {
		case types.LifecycleSupportNameOpenSourceRdsStandardSupport:
			out.StandardEnds = aws.ToTime(l.LifecycleSupportEndDate)
		case types.LifecycleSupportNameOpenSourceRdsExtendedSupport:
			out.ExtendedEnds = aws.ToTime(l.LifecycleSupportEndDate)
		}
	}
	return out
}

func maintenance(at snapshot.Meta, m types.ResourcePendingMaintenanceActions) snapshot.DBMaintenance {
	out := snapshot.DBMaintenance{Meta: at}
	out.ARN = aws.ToString(m.ResourceIdentifier)
	for _, a := range m.PendingMaintenanceActionDetails {
		out.Actions = append(out.Actions, snapshot.MaintenanceAction{Action: aws.ToString(a.Action), OptIn: aws.ToString(a.OptInStatus),
			AutoApplied: aws.ToTime(a.AutoAppliedAfterDate), Forced: aws.ToTime(a.ForcedApplyDate), CurrentDate: aws.ToTime(a.CurrentApplyDate)})
	}
	return out
}

func subscription(at snapshot.Meta, s types.EventSubscription) snapshot.EventSubscription {
	return snapshot.EventSubscription{
		Meta: named(at, "es", s.CustSubscriptionId, s.EventSubscriptionArn, nil), ID: aws.ToString(s.CustSubscriptionId), Status: aws.ToString(s.Status),
		Enabled: aws.ToBool(s.Enabled), SourceType: aws.ToString(s.SourceType), Sources: s.SourceIdsList, Categories: s.EventCategoriesList,
	}
}
