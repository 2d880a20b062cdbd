package hygiene

import (
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// DatabaseDefaultPort passes when a database listens elsewhere than its engine does by
// default. That hides little and replaces no firewall.
// Source: RDS DescribeDBInstances, Endpoint.Port, and DescribeDBClusters, Port; RDS API
// Reference, CreateDBInstance, Port, the defaults.
var DatabaseDefaultPort = checks.Check{
	ID:          "rds-default-port-not-used",
	Title:       "Databases listen on a port that is not the engine's default",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Container,
	Tier:        1,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	Remedy:      "Change the port, with the security groups and the clients; a restart is needed.",
	Fix: checks.Fix{
		Threat: "Machines that search the network for databases try the known ports first. Another port stops nobody who looks closely.",
		CLI: `# for rds instance
aws rds modify-db-instance --db-instance-identifier {name} --db-port-number PORT --apply-immediately --region {region}
# for rds cluster
aws rds modify-db-cluster --db-cluster-identifier {name} --port PORT --apply-immediately --region {region}`,
		Terraform: `# for rds instance
resource "aws_db_instance" "this" {
  identifier = "{name}"
  port       = PORT
}
# for rds cluster
resource "aws_rds_cluster" "this" {
  cluster_identifier = "{name}"
  port               = PORT
}`,
		Cost: "The database restarts; security groups and all clients must follow.",
	},
	Judges: databases.Instances(databaseDefaultPort).And(checks.For(snapshot.DBClusters, clusterDefaultPort)),
}

// defaultPorts are by the engine's name; a name that ends in - is the start of several.
var defaultPorts = map[string]int32{
	"mysql": 3306, "mariadb": 3306, "aurora-mysql": 3306,
	"postgres": 5432, "aurora-postgresql": 5432,
	"oracle-": 1521, "sqlserver-": 1433, "db2-": 50000,
}

// defaultPort is the port of an engine; false where it is not documented. RDS Custom runs
// the same engines.
func defaultPort(engine snapshot.Engine) (int32, bool) {
	name := strings.TrimPrefix(string(engine), "custom-")
	if port, ok := defaultPorts[name]; ok {
		return port, true
	}
	word, _, _ := strings.Cut(name, "-")
	port, ok := defaultPorts[word+"-"]
	return port, ok
}

func clusterDefaultPort(c snapshot.DBCluster, env checks.Env) checks.Verdict {
	if _, out := databases.Own(c.Database); !out && c.VPCNetworking != nil && !*c.VPCNetworking {
		return checks.DoesNotApply("the cluster is of the express configuration, whose port cannot be chosen").With("VPCNetworkingEnabled", "false")
	}
	return databaseDefaultPort(c.Database, env)
}

func databaseDefaultPort(d snapshot.Database, _ checks.Env) checks.Verdict {
	if v, out := databases.Standalone(d); out {
		return v
	}
	seen := strconv.Itoa(int(d.Port))
	port, known := defaultPort(d.Engine)
	switch {
	case d.Port == 0:
		return checks.DoesNotApply("no endpoint is told").With("Port", "")
	case !known:
		return checks.Unclear("the default port of the engine %q is not documented", d.Engine).With("Port", seen)
	case d.Port == port:
		return checks.Fail("the database listens on %d, the default of %s", d.Port, d.Engine).With("Port", seen)
	}
	return checks.Pass("the database listens on %d; the default of %s is %d", d.Port, d.Engine, port).With("Port", seen)
}
