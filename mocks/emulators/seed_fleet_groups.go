package emulators

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// parameterGroup is one seeded parameter group in Home. moto lists the parameters that were
// set, and none that a family has. It cannot list option groups.
type parameterGroup struct {
	name, family string
	ofClusters   bool
	values       map[string]string
}

var parameterGroups = []parameterGroup{
	{"acme-mysql", "mysql8.0", false, map[string]string{"require_secure_transport": "1", "tls_version": "TLSv1.2,TLSv1.3", "local_infile": "0"}},
	{"acme-mysql-loose", "mysql8.0", false, map[string]string{"require_secure_transport": "0", "tls_version": "TLSv1,TLSv1.2", "local_infile": "1"}},
	{"acme-mariadb", "mariadb10.6", false, map[string]string{"require_secure_transport": "1", "tls_version": "TLSv1.2", "local_infile": "OFF"}},
	{"acme-postgres", "postgres16", false, strictPostgres},
	{"acme-postgres-loose", "postgres16", false, loosePostgres},
	{"acme-oracle", "oracle-ee-19", false, map[string]string{"audit_trail": "XML"}},
	{"acme-sqlserver", "sqlserver-se-15.0", false, map[string]string{"rds.force_ssl": "1", "rds.tls10": "disabled", "rds.tls11": "disabled", "rds.tls12": "enabled"}},
	{"acme-aurora-mysql", "aurora-mysql8.0", true, map[string]string{"require_secure_transport": "ON", "tls_version": "TLSv1.2,TLSv1.3", "local_infile": "OFF", "server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DDL"}},
	{"acme-aurora-postgres", "aurora-postgresql16", true, strictPostgres},
	{"acme-multi-az", "postgres16", true, loosePostgres},
}

var (
	strictPostgres = map[string]string{"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.2", "log_connections": "1", "log_disconnections": "1",
		"shared_preload_libraries": "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role", "password_encryption": "scram-sha-256", "rds.accepted_password_auth_method": "scram"}
	loosePostgres = map[string]string{"rds.force_ssl": "0", "ssl_min_protocol_version": "TLSv1", "log_connections": "0", "log_disconnections": "0",
		"shared_preload_libraries": "pg_stat_statements", "pgaudit.log": "none", "password_encryption": "md5", "rds.accepted_password_auth_method": "md5+scram"}
)

func createGroups(ctx context.Context, api *rds.Client) error {
	for _, g := range parameterGroups {
		if err := createParameterGroup(ctx, api, g); err != nil {
			return fmt.Errorf("parameter group %q: %w", g.name, err)
		}
	}
	return nil
}

func createParameterGroup(ctx context.Context, api *rds.Client, g parameterGroup) error {
	var values []types.Parameter
	for _, name := range slices.Sorted(maps.Keys(g.values)) {
		values = append(values, types.Parameter{ParameterName: &name, ParameterValue: aws.String(g.values[name]), ApplyMethod: types.ApplyMethodImmediate})
	}
	if g.ofClusters {
		if _, err := api.CreateDBClusterParameterGroup(ctx, &rds.CreateDBClusterParameterGroupInput{DBClusterParameterGroupName: &g.name, DBParameterGroupFamily: &g.family, Description: aws.String("seeded")}); err != nil {
			return err
		}
		_, err := api.ModifyDBClusterParameterGroup(ctx, &rds.ModifyDBClusterParameterGroupInput{DBClusterParameterGroupName: &g.name, Parameters: values})
		return err
	}
	if _, err := api.CreateDBParameterGroup(ctx, &rds.CreateDBParameterGroupInput{DBParameterGroupName: &g.name, DBParameterGroupFamily: &g.family, Description: aws.String("seeded")}); err != nil {
		return err
	}
	_, err := api.ModifyDBParameterGroup(ctx, &rds.ModifyDBParameterGroupInput{DBParameterGroupName: &g.name, Parameters: values})
	return err
}
