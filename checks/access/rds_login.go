package access

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseIAMAuthentication passes when clients may log in with IAM instead of a password.
// Whether passwords are still used cannot be seen from outside.
// Source: RDS DescribeDBInstances and DescribeDBClusters, IAMDatabaseAuthenticationEnabled;
// Amazon RDS User Guide, "IAM database authentication", the engines and versions.
var DatabaseIAMAuthentication = checks.Check{
	ID:          "rds-database-iam-authentication-enabled",
	Title:       "RDS instances and clusters offer IAM database authentication",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Turn on IAM database authentication, and let applications log in with short-lived tokens.",
	Fix: checks.Fix{
		Threat: "Database passwords are long-lived, shared and rarely changed. A token of IAM lasts fifteen minutes and belongs to one principal.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --enable-iam-database-authentication --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --enable-iam-database-authentication --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier                          = "{name}"
  iam_database_authentication_enabled = true
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier                  = "{name}"
  iam_database_authentication_enabled = true
}`,
		Cost: "Passwords go on working; users must be made for it in the database, and new connections a second are limited.",
	},
	Judges: databases.Both(databaseIAMAuthentication),
}

// DatabaseMasterUser passes when the master user has a name that nobody guesses first.
// Source: RDS DescribeDBInstances and DescribeDBClusters, field MasterUsername.
var DatabaseMasterUser = checks.Check{
	ID:          "rds-master-user-not-default",
	Title:       "Master users do not carry a default name",
	Severity:    checks.Low,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Parameters:  checks.Parameters{"default_names": []string{"admin", "postgres", "root", "sa", "rdsadmin", "mysql", "mariadb", "oracle", "awsuser"}},
	Remedy:      "The name is chosen when a database is made and stays: make a new one with another name, move the data, and until then lock the user out of daily work.",
	Fix: checks.Fix{
		Threat: "Attackers try passwords for admin and postgres first. A name that nobody guesses makes that harder.",
		CLI:    "aws rds create-db-instance --db-instance-identifier NEW-NAME --master-username NAME --manage-master-user-password --engine ENGINE --db-instance-class CLASS --allocated-storage SIZE --region {region}",
		Terraform: `resource "aws_db_instance" "this" {
  identifier                  = "NEW-NAME"
  username                    = "NAME"
  manage_master_user_password = true
}`,
		Cost: "The name stays for the life of a database: data and clients move. It is worth it with the next move only.",
	},
	Judges: databases.Both(databaseMasterUser),
}

// DatabaseMasterPassword passes when Secrets Manager holds the master password and can
// rotate it. A secret that is impaired no longer rotates.
// Source: RDS DescribeDBInstances and DescribeDBClusters, MasterUserSecret.SecretStatus.
var DatabaseMasterPassword = checks.Check{
	ID:          "rds-master-password-managed",
	Title:       "Secrets Manager holds and rotates the master password, or nobody uses a password",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Container,
	Tier:        2,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Let RDS manage the master password in Secrets Manager; where the secret is impaired, restore its key and the rights on it.",
	Fix: checks.Fix{
		Threat: "A master password that people set stands in code, tickets and heads, and is never changed. It opens everything in the database.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --manage-master-user-password --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --manage-master-user-password --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier                  = "{name}"
  manage_master_user_password = true
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier          = "{name}"
  manage_master_user_password = true
}`,
		Cost: "The old password stops working: clients that use the master user must read the secret. A secret costs a little each month.",
	},
	Judges: databases.Both(databaseMasterPassword),
}

// withIAM are the engines that know IAM authentication, each by its exact name.
var withIAM = []string{"mysql", "mariadb", "postgres", "aurora-mysql", "aurora-postgresql"}

// withoutIAM are the first words of the engines that do not.
var withoutIAM = []string{"oracle-", "sqlserver-", "db2-", "custom-"}

// mariadbIAM is the first version of RDS for MariaDB with IAM authentication.
var mariadbIAM = []int{10, 6}

func databaseIAMAuthentication(d snapshot.Database, _ checks.Env) checks.Verdict {
	const field = "IAMDatabaseAuthenticationEnabled"
	if v, out := databases.Standalone(d); out {
		return v
	}
	engine := string(d.Engine)
	version, known := databases.Version(d.Version)
	switch {
	case slices.ContainsFunc(withoutIAM, func(word string) bool { return strings.HasPrefix(engine, word) }):
		return databases.Engine(d, "it does not know IAM authentication")
	case d.ServerlessV1():
		return checks.DoesNotApply("Aurora Serverless v1 does not know IAM authentication").With("EngineMode", d.EngineMode)
	case d.IAMAuthentication:
		return checks.Pass("IAM authentication is on").With(field, "true")
	case !slices.Contains(withIAM, engine):
		return checks.Unclear("whether the engine %q knows IAM authentication is not documented", engine).With("Engine", engine)
	case engine == "mariadb" && !known:
		return checks.Unclear("IAM authentication is off, and whether version %q knows it cannot be told", d.Version).With("EngineVersion", d.Version)
	case engine == "mariadb" && databases.Before(version, mariadbIAM):
		return checks.DoesNotApply("MariaDB %s does not know IAM authentication, which came with 10.6", d.Version).With("EngineVersion", d.Version)
	case d.Pending.IAMAuthentication != nil && *d.Pending.IAMAuthentication:
		return checks.Fail("IAM authentication is off; turning it on is pending and not yet in force").With(field, "false")
	}
	return checks.Fail("IAM authentication is off").With(field, "false")
}

func databaseMasterUser(d snapshot.Database, env checks.Env) checks.Verdict {
	const field = "MasterUsername"
	if v, out := databases.Standalone(d); out {
		return v
	}
	standard := slices.ContainsFunc(env.Strings("default_names"), func(name string) bool { return strings.EqualFold(name, d.MasterUser) })
	switch {
	case d.MasterUser == "" && d.MultiTenant:
		return checks.Unclear("the instance has tenant databases: their master users were not read")
	case d.MasterUser == "":
		return checks.DoesNotApply("the answer names no master user")
	case standard && d.ReplicaOf != "":
		return checks.Fail("the master user is %q, a default name; it comes from %s and can be changed there only, by making that database anew", d.MasterUser, d.ReplicaOf).With(field, d.MasterUser)
	case standard:
		return checks.Fail("the master user is %q, a default name", d.MasterUser).With(field, d.MasterUser)
	case d.MultiTenant:
		return checks.Unclear("the master user is %q, and those of the tenant databases were not read", d.MasterUser).With(field, d.MasterUser)
	}
	return checks.Pass("the master user is %q", d.MasterUser).With(field, d.MasterUser)
}

// rotating are the values of SecretStatus under which the password rotates.
var rotating = []string{"active", "creating", "rotating"}

func databaseMasterPassword(d snapshot.Database, _ checks.Env) checks.Verdict {
	const field = "SecretStatus"
	for _, leave := range []func(snapshot.Database) (checks.Verdict, bool){databases.Standalone, databases.Custom} {
		if v, out := leave(d); out {
			return v
		}
	}
	status := d.MasterSecret.Status
	switch {
	case d.ReplicaOf != "":
		return checks.DoesNotApply("the database takes its users from %s", d.ReplicaOf).With("replica of", d.ReplicaOf)
	case d.MasterSecret == snapshot.MasterSecret{}:
		return checks.Fail("no secret holds the master password").With("MasterUserSecret", "")
	case slices.Contains(rotating, status):
		return checks.Pass("Secrets Manager holds the master password: %s", status).With(field, status)
	case status == "impaired":
		return checks.Fail("the secret of the master password is impaired and no longer rotates").With(field, status)
	}
	return checks.Unclear("the status %q of the secret is not one that AWS documents", status).With(field, status)
}
