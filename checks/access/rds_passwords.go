package access

import (
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DataAPIDeclared passes when the Data API of a cluster is off, or the cluster declares it
// by a tag. The API answers on a public endpoint of AWS, whatever the VPC and its security
// groups say. Source: RDS DescribeDBClusters, HttpEndpointEnabled and TagList.
var DataAPIDeclared = checks.Check{
	ID:          "rds-cluster-data-api-only-where-declared",
	Title:       "The HTTP Data API is enabled only on clusters that declare it",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"data_api_tag": "data-api"},
	Remedy:      "Turn the Data API off, or tag the cluster if it is meant to be on.",
	Fix: checks.Fix{
		Threat: "With the Data API on, an IAM credential and the ARN of a secret are enough to send SQL from anywhere on the internet: no network stands in between. A stolen key of a developer reaches the database directly.",
		CLI: `aws rds disable-http-endpoint --region {region} --resource-arn {arn}
aws rds add-tags-to-resource --region {region} --resource-name {arn} --tags Key=data-api,Value=yes`,
		Terraform: `resource "aws_rds_cluster" "this" {
  enable_http_endpoint = false
}`,
		Cost: "The query editor of the console and functions that use the API lose the database: give them a connection in the VPC, or RDS Proxy.",
	},
	Judges: checks.For(snapshot.DBClusters, dataAPIDeclared),
}

// PostgresPasswordsSCRAM passes when a PostgreSQL database stores new passwords as SCRAM and
// takes no others. What is stored already no API tells.
// Source: RDS DescribeDBParameters and DescribeDBClusterParameters, password_encryption and
// rds.accepted_password_auth_method; Amazon RDS User Guide, "Using SCRAM for PostgreSQL
// password encryption".
var PostgresPasswordsSCRAM = checks.Check{
	ID:          "rds-postgres-passwords-scram",
	Title:       "PostgreSQL databases store and accept SCRAM passwords only",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBParameters", "rds:DescribeDBClusterParameters"},
	Remedy:      "Set password_encryption to scram-sha-256, set all passwords anew, then set rds.accepted_password_auth_method to scram.",
	Fix: checks.Fix{
		Threat: "An MD5 password is as good as the password itself to whoever gets hold of its hash, and short ones are guessed in minutes. While the database takes MD5, old hashes keep working and new ones are made.",
		CLI: `aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=password_encryption,ParameterValue=scram-sha-256,ApplyMethod=immediate
aws rds modify-db-parameter-group --region {region} --db-parameter-group-name GROUP --parameters ParameterName=rds.accepted_password_auth_method,ParameterValue=scram,ApplyMethod=immediate`,
		Terraform: `resource "aws_db_parameter_group" "this" {
  name   = "scram"
  family = "postgres16"
  parameter {
    name  = "password_encryption"
    value = "scram-sha-256"
  }
  parameter {
    name  = "rds.accepted_password_auth_method"
    value = "scram"
  }
}`,
		Cost: "Users whose passwords are stored as MD5 cannot sign in after the second step: set them anew first, and try old drivers, which may not know SCRAM.",
	},
	Judges: databases.RunningDatabases(postgresPasswordsSCRAM),
}

func dataAPIDeclared(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if v, out := databases.Own(c.Database); out {
		return v
	}
	tag := env.String("data_api_tag")
	value, tagged := c.Tags[tag]
	switch {
	case !c.HTTPEndpoint:
		return checks.Pass("the Data API is off").With("HttpEndpointEnabled", "false")
	case tagged:
		return checks.Pass("the Data API is on, and the cluster declares it by its tag %s = %q", tag, value).With("HttpEndpointEnabled", "true")
	}
	return checks.Fail("the Data API is on, and the cluster has no tag %s that declares it", tag).With("HttpEndpointEnabled", "true")
}

func postgresPasswordsSCRAM(r databases.Running, env checks.Env) checks.Verdict {
	if r.Engine != "postgres" && r.Engine != "aurora-postgresql" {
		return databases.Engine(r.Database, "it is not PostgreSQL")
	}
	version, versioned := databases.Version(r.Version)
	if !versioned {
		return checks.Unclear("the version %q of %s has no numbers", r.Version, r.Engine).With("EngineVersion", r.Version)
	}
	stores := "md5" // Source: PostgreSQL manual, password_encryption, of each version
	if !databases.Before(version, []int{14}) {
		stores = "scram-sha-256"
	}
	var faults []string
	observed := map[string]string{}
	for _, p := range []struct{ name, byDefault, want string }{
		{"password_encryption", stores, "scram-sha-256"}, {"rds.accepted_password_auth_method", "md5+scram", "scram"},
	} {
		s, v, ok := r.Parameter(env, p.name)
		if !ok {
			return v
		}
		observed[p.name] = s.Value
		value := s.Value
		if !s.Set {
			value = p.byDefault
		}
		switch {
		case !s.Listed && !databases.Before(version, []int{14}):
			return checks.Unclear("the parameter group %s does not list %s, which this version has", r.ParameterGroup, p.name)
		case !s.Listed:
			faults = append(faults, s.String()+", as of an old minor version")
		case !strings.EqualFold(strings.TrimSpace(value), p.want) && !s.Set:
			faults = append(faults, s.String()+", and the default is "+p.byDefault)
		case !strings.EqualFold(strings.TrimSpace(value), p.want):
			faults = append(faults, s.String())
		}
	}
	v := checks.Pass("new passwords are stored as SCRAM and no others are taken by %s; how the stored ones are kept is not told", r.ParameterGroup)
	if len(faults) > 0 {
		v = checks.Fail("%s", strings.Join(faults, "; "))
	}
	for name, value := range observed {
		v = v.With(name, value)
	}
	return v
}
