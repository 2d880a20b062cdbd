package acme

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
)

// certificates are the authorities that RDS offers in every Region.
func certificates(r *region) (out []types.Certificate) {
	for _, ca := range []struct {
		name string
		ends int
	}{{authority, 2061}, {"rds-ca-rsa4096-g1", 2121}} {
		till := time.Date(ca.ends, 5, 24, 0, 0, 0, 0, time.UTC)
		out = append(out, types.Certificate{CertificateIdentifier: aws.String(ca.name), CertificateType: aws.String("CA"), ValidTill: &till,
			CertificateArn: aws.String("arn:" + Partition + ":rds:" + r.name + "::cert:" + ca.name)})
	}
	return out
}

// majors are the major versions in use. Source of the dates: Amazon RDS User Guide and
// Amazon Aurora User Guide, the release calendars.
func majors() (out []types.DBMajorEngineVersion) {
	for _, m := range []struct {
		engine, version    string
		standard, extended time.Time
	}{
		{"aurora-mysql", "8.0", time.Date(2028, 4, 30, 0, 0, 0, 0, time.UTC), time.Date(2029, 7, 31, 0, 0, 0, 0, time.UTC)},
		{"aurora-postgresql", "16", time.Date(2029, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2032, 2, 29, 0, 0, 0, 0, time.UTC)},
		{"mysql", "5.7", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), time.Date(2027, 2, 28, 0, 0, 0, 0, time.UTC)},
		{"mysql", "8.4", time.Date(2029, 7, 31, 0, 0, 0, 0, time.UTC), time.Date(2032, 7, 31, 0, 0, 0, 0, time.UTC)},
		{"postgres", "16", time.Date(2029, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2032, 2, 29, 0, 0, 0, 0, time.UTC)},
	} {
		out = append(out, types.DBMajorEngineVersion{Engine: aws.String(m.engine), MajorEngineVersion: aws.String(m.version), SupportedEngineLifecycles: []types.SupportedEngineLifecycle{
			{LifecycleSupportName: types.LifecycleSupportNameOpenSourceRdsStandardSupport, LifecycleSupportStartDate: ago(2000 * day), LifecycleSupportEndDate: &m.standard},
			{LifecycleSupportName: types.LifecycleSupportNameOpenSourceRdsExtendedSupport, LifecycleSupportStartDate: &m.standard, LifecycleSupportEndDate: &m.extended}}})
	}
	return out
}

// globals are the global databases, the same from each Region.
func globals() []types.GlobalCluster {
	return []types.GlobalCluster{{GlobalClusterIdentifier: aws.String("acme-catalog"), GlobalClusterArn: aws.String("arn:" + Partition + ":rds::" + Account + ":global-cluster:acme-catalog"),
		Engine: aws.String("aurora-postgresql"), EngineVersion: aws.String(versions["aurora-postgresql"]), Status: aws.String("available"), DeletionProtection: aws.Bool(false), StorageEncrypted: aws.Bool(true),
		GlobalClusterMembers: []types.GlobalClusterMember{{DBClusterArn: aws.String(arn("rds", Home, "cluster:acme-catalog-prod")), IsWriter: aws.Bool(true)}}}}
}

// serveAround answers about what stands beside the databases.
func (e *estate) serveAround(s *mocks.Server) {
	answer(e, s, func(i *rds.DescribeDBShardGroupsInput) int { return len(i.Filters) }, func(*region) *rds.DescribeDBShardGroupsOutput { return &rds.DescribeDBShardGroupsOutput{} })
	answer(e, s, func(i *rds.DescribeDBInstanceAutomatedBackupsInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeDBInstanceAutomatedBackupsOutput {
		return &rds.DescribeDBInstanceAutomatedBackupsOutput{DBInstanceAutomatedBackups: r.around.backups}
	})
	answer(e, s, func(i *rds.DescribeDBClusterAutomatedBackupsInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeDBClusterAutomatedBackupsOutput {
		return &rds.DescribeDBClusterAutomatedBackupsOutput{DBClusterAutomatedBackups: r.around.clusterBackups}
	})
	answer(e, s, func(i *rds.DescribeGlobalClustersInput) int { return len(i.Filters) }, func(*region) *rds.DescribeGlobalClustersOutput {
		return &rds.DescribeGlobalClustersOutput{GlobalClusters: globals()}
	})
	answer(e, s, func(i *rds.DescribeDBProxiesInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeDBProxiesOutput {
		return &rds.DescribeDBProxiesOutput{DBProxies: r.around.proxies}
	})
	answer(e, s, func(i *rds.DescribeCertificatesInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeCertificatesOutput {
		out := &rds.DescribeCertificatesOutput{Certificates: certificates(r), DefaultCertificateForNewLaunches: aws.String(authority)}
		if r.name == "us-east-1" { // set during a rotation, years ago
			out.DefaultCertificateForNewLaunches = aws.String("rds-ca-2019")
		}
		return out
	})
	answer(e, s, func(i *rds.DescribeDBMajorEngineVersionsInput) int { return len(aws.ToString(i.Engine)) }, func(*region) *rds.DescribeDBMajorEngineVersionsOutput {
		return &rds.DescribeDBMajorEngineVersionsOutput{DBMajorEngineVersions: majors()}
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBEngineVersionsInput) (*rds.DescribeDBEngineVersionsOutput, error) {
		if _, err := e.whole(r, len(asked.Filters)); err != nil {
			return nil, err
		}
		status := "available"
		if strings.HasPrefix(aws.ToString(asked.EngineVersion), "5.") {
			status = "deprecated"
		}
		if status == "deprecated" && !aws.ToBool(asked.IncludeAll) {
			return &rds.DescribeDBEngineVersionsOutput{}, nil
		}
		v := offered(aws.ToString(asked.Engine), aws.ToString(asked.EngineVersion))
		v.Status = &status
		return &rds.DescribeDBEngineVersionsOutput{DBEngineVersions: []types.DBEngineVersion{v}}, nil
	})
	answer(e, s, func(i *rds.DescribePendingMaintenanceActionsInput) int { return len(i.Filters) }, func(r *region) *rds.DescribePendingMaintenanceActionsOutput {
		return &rds.DescribePendingMaintenanceActionsOutput{PendingMaintenanceActions: r.around.maintenance}
	})
	answer(e, s, func(i *rds.DescribeEventSubscriptionsInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeEventSubscriptionsOutput {
		return &rds.DescribeEventSubscriptionsOutput{EventSubscriptionsList: r.around.subscriptions}
	})
}

// answer serves one list of a Region, whole.
func answer[I, O any](e *estate, s *mocks.Server, filters func(*I) int, of func(*region) *O) {
	mocks.Handle(s, func(r *mocks.Request, asked *I) (*O, error) {
		in, err := e.whole(r, filters(asked))
		if err != nil {
			return nil, err
		}
		return of(in), nil
	})
}
