package logging

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// EnhancedMonitoring passes when the operating system under a database reports metrics.
// EnhancedMonitoringResourceArn stays behind after it is switched off and proves nothing.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field MonitoringInterval.
var EnhancedMonitoring = checks.Check{
	ID:          "rds-enhanced-monitoring-enabled",
	Title:       "Databases report operating system metrics",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Set a monitoring interval of 60 seconds or less, with a role that may write to CloudWatch Logs.",
	Fix: checks.Fix{
		Threat: "Without figures from the operating system nobody sees a process that eats the host, or tells an attack from load. Outages take longer to explain.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --monitoring-interval 60 --monitoring-role-arn ROLE-ARN --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --monitoring-interval 60 --monitoring-role-arn ROLE-ARN --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier          = "{name}"
  monitoring_interval = 60
  monitoring_role_arn = "ROLE-ARN"
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier  = "{name}"
  monitoring_interval = 60
  monitoring_role_arn = "ROLE-ARN"
}`,
		Cost: "CloudWatch Logs costs by what is written.",
	},
	Judges: databases.Instances(instanceMonitoring).And(databases.Clusters(clusterMonitoring)),
}

// PerformanceInsights passes when load and wait events are collected. DatabaseInsightsMode
// standard alone does not prove that.
// Source: RDS DescribeDBInstances and DescribeDBClusters, PerformanceInsightsEnabled and
// DatabaseInsightsMode; Amazon RDS User Guide, "Amazon RDS DB engine, Region, and instance
// class support for Performance Insights".
var PerformanceInsights = checks.Check{
	ID:          "rds-performance-insights-enabled",
	Title:       "Databases collect load and wait events",
	Severity:    checks.Low,
	Category:    checks.LoggingOf,
	Duty:        checks.OSAndPlatform,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Turn Performance Insights on, or Database Insights in its advanced mode.",
	Fix: checks.Fix{
		Threat: "Without what the database waits for, nobody tells a bad query from an attack. Outages take longer to explain.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --enable-performance-insights --performance-insights-kms-key-id KEY --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --enable-performance-insights --performance-insights-kms-key-id KEY --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier                      = "{name}"
  performance_insights_enabled    = true
  performance_insights_kms_key_id = "KEY-ARN"
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier              = "{name}"
  performance_insights_enabled    = true
  performance_insights_kms_key_id = "KEY-ARN"
}`,
		Cost: "Seven days are free; the key cannot be changed later. Queries may hold personal data.",
	},
	Judges: checks.For(snapshot.DBInstances, instanceInsights).And(databases.Clusters(clusterInsights)),
}

func instanceMonitoring(d snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(d); out {
		return v
	}
	switch {
	case d.Class == "db.m1.small":
		return checks.DoesNotApply("the class db.m1.small has no enhanced monitoring").With("DBInstanceClass", d.Class)
	case strings.HasPrefix(string(d.Engine), "custom-sqlserver-"):
		return databases.Engine(d, "it has no enhanced monitoring")
	}
	return monitoring(d)
}

func clusterMonitoring(c snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(c); out {
		return v
	}
	switch {
	case c.ServerlessV1():
		return checks.DoesNotApply("Aurora Serverless v1 has no enhanced monitoring").With("EngineMode", c.EngineMode)
	case c.Engine.Aurora():
		return databases.Engine(c, "Aurora is judged at each member")
	}
	return monitoring(c)
}

func monitoring(d snapshot.Database) checks.Verdict {
	seen := strconv.Itoa(int(d.MonitoringInterval))
	switch {
	case d.MonitoringInterval <= 0:
		return checks.Fail("enhanced monitoring is off").With("MonitoringInterval", seen)
	case d.MonitoringRole == "":
		return checks.Pass("enhanced monitoring reports every %s seconds", seen).With("MonitoringInterval", seen)
	}
	return checks.Pass("enhanced monitoring reports every %s seconds, as long as the role %s exists", seen, d.MonitoringRole).With("MonitoringInterval", seen)
}

// smallClasses have no Performance Insights with MySQL and MariaDB.
var smallClasses = []string{"db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"}

// insights is the verdict on a database that collects.
func insights(d snapshot.Database) (v checks.Verdict, on bool) {
	switch {
	case d.PerformanceInsights:
		return checks.Pass("Performance Insights is on").With("PerformanceInsightsEnabled", "true"), true
	case d.InsightsMode == "advanced":
		return checks.Pass("Database Insights is in its advanced mode").With("DatabaseInsightsMode", d.InsightsMode), true
	}
	return v, false
}

func withoutInsights(d snapshot.Database) (v checks.Verdict, out bool) {
	small := slices.Contains(smallClasses, d.Class) && (d.Engine == "mysql" || d.Engine == "mariadb")
	switch {
	case strings.HasPrefix(d.Class, "db.t2.") || small:
		return checks.DoesNotApply("the class %s has no Performance Insights with %s", d.Class, d.Engine).With("DBInstanceClass", d.Class), true
	case d.Engine.Custom() || strings.HasPrefix(string(d.Engine), "db2-"):
		return databases.Engine(d, "it has no Performance Insights"), true
	}
	return v, false
}

func instanceInsights(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	if v, on := insights(d.Database); on {
		return v
	}
	if v, out := withoutInsights(d.Database); out {
		return v
	}
	off := checks.Fail("Performance Insights is off").With("PerformanceInsightsEnabled", "false").With("DatabaseInsightsMode", d.InsightsMode)
	if d.Cluster == "" {
		return off
	}
	c, err := checks.Find(env, snapshot.DBClusters, d.Location, d.Cluster)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		return checks.Unclear("Performance Insights is off at the member, and its cluster %s is not among the clusters", d.Cluster)
	case err != nil:
		return checks.Unknown(err)
	}
	if v, on := insights(c.Database); on {
		v.Reason += " at the cluster " + d.Cluster
		return v
	}
	return off
}

func clusterInsights(c snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Own(c); out {
		return v
	}
	if v, on := insights(c); on {
		return v
	}
	if v, out := withoutInsights(c); out {
		return v
	}
	if c.Engine.Aurora() {
		return databases.Engine(c, "Aurora is judged at each member")
	}
	return checks.Fail("Performance Insights is off").With("PerformanceInsightsEnabled", "false").With("DatabaseInsightsMode", c.InsightsMode)
}
