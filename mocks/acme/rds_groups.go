package acme

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
)

// families are the parameter group families of the engines in use.
var families = map[string]string{"postgres": "postgres16", "aurora-postgresql": "aurora-postgresql16", "mysql": "mysql8.4", "aurora-mysql": "aurora-mysql8.0", "oracle-se2": "oracle-se2-19"}

// parameterValues are what Acme set in groups of its own, by group and parameter.
var parameterValues = map[string]map[string]string{
	"acme-postgres": {"rds.force_ssl": "1", "log_connections": "1", "log_disconnections": "1", "password_encryption": "scram-sha-256", "rds.accepted_password_auth_method": "scram",
		"shared_preload_libraries": "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role"},
	"acme-loyalty": {"require_secure_transport": "ON", "server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DDL,QUERY_DCL", "local_infile": "OFF"},
	"acme-mysql":   {"local_infile": "0"},
}

// shipped are the parameters that a family has, with the value that its default group sets;
// "" for none. Source: the default parameter groups of Amazon RDS and Amazon Aurora.
var shipped = map[string]map[string]string{
	"postgres16": {"rds.force_ssl": "1", "log_connections": "", "log_disconnections": "", "password_encryption": "", "rds.accepted_password_auth_method": "md5+scram",
		"ssl_min_protocol_version": "TLSv1.2", "shared_preload_libraries": "pg_stat_statements", "pgaudit.log": ""},
	"aurora-postgresql16": {"rds.force_ssl": "0", "log_connections": "", "log_disconnections": "", "password_encryption": "", "rds.accepted_password_auth_method": "md5+scram",
		"ssl_min_protocol_version": "TLSv1.2", "shared_preload_libraries": "pg_stat_statements", "pgaudit.log": ""},
	"mysql8.4": {"require_secure_transport": "0", "tls_version": "", "local_infile": "1"},
	"mysql5.7": {"require_secure_transport": "0", "tls_version": "", "local_infile": "1"},
	"aurora-mysql8.0": {"require_secure_transport": "OFF", "tls_version": "", "local_infile": "", "server_audit_logging": "0", "server_audit_events": "", "server_audit_excl_users": "",
		"server_audit_incl_users": ""},
	"oracle-se2-19": {"audit_trail": "NONE"},
}

// restarting are the parameters that take a restart.
var restarting = []string{"shared_preload_libraries", "tls_version", "audit_trail", "pgaudit.log"}

// familyOf is the family of a group that Acme made, or of a default one by its name.
var familyOf = map[string]string{"acme-postgres": "postgres16", "acme-loyalty": "aurora-mysql8.0", "acme-mysql": "mysql8.4"}

// parameters are those of a group, as both operations answer.
func parameters(group string) ([]types.Parameter, error) {
	family, own := familyOf[group]
	if !own {
		family = strings.TrimPrefix(group, "default.")
	}
	all, ok := shipped[family]
	if !ok {
		return nil, &mocks.Error{Code: "DBParameterGroupNotFound", Message: "DBParameterGroup not found: " + group}
	}
	var out []types.Parameter
	for name, value := range all {
		p := types.Parameter{ParameterName: aws.String(name), ApplyType: aws.String("dynamic"), ApplyMethod: types.ApplyMethodPendingReboot, Source: aws.String("system"), IsModifiable: aws.Bool(true)}
		if value != "" || strings.HasPrefix(name, "server_audit_") {
			p.ParameterValue = aws.String(value)
		} else {
			p.Source = aws.String("engine-default")
		}
		if slices.Contains(restarting, name) {
			p.ApplyType = aws.String("static")
		}
		if value, set := parameterValues[group][name]; set {
			p.ParameterValue, p.Source, p.ApplyMethod = aws.String(value), aws.String("user"), types.ApplyMethodImmediate
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b types.Parameter) int { return strings.Compare(*a.ParameterName, *b.ParameterName) })
	return out, nil
}

// runs lets a database run with a parameter group and option group that are in force.
func runs(db *types.DBInstance, group, options string) {
	db.DBParameterGroups = []types.DBParameterGroupStatus{{DBParameterGroupName: aws.String(group), ParameterApplyStatus: aws.String("in-sync")}}
	db.OptionGroupMemberships = []types.OptionGroupMembership{{OptionGroupName: aws.String(options), Status: aws.String("in-sync")}}
}

// byDefault are the groups that AWS gives a database of an engine.
func byDefault(engine, version string) (group, options string) {
	family := families[engine]
	if engine == "mysql" && strings.HasPrefix(version, "5.7") {
		family = "mysql5.7"
	}
	return "default." + family, "default:" + strings.NewReplacer("5.7", "-5-7", "8.4", "-8-4", "8.0", "-8-0", "postgres16", "postgres-16", "postgresql16", "postgresql-16").Replace(family)
}

// optionGroups are those of the Region: the default ones are empty.
func (r *region) optionGroups() []types.OptionGroup {
	var out []types.OptionGroup
	seen := map[string]bool{}
	for _, db := range r.databases {
		for _, m := range db.OptionGroupMemberships {
			if seen[*m.OptionGroupName] {
				continue
			}
			seen[*m.OptionGroupName] = true
			g := types.OptionGroup{OptionGroupName: m.OptionGroupName, OptionGroupArn: aws.String(r.arn("rds", "og:"+*m.OptionGroupName)), EngineName: db.Engine}
			if *m.OptionGroupName == "acme-erp" { // TLS was added and the plain listener forgotten
				g.Options = []types.Option{{OptionName: aws.String("SSL"), Port: aws.Int32(2484),
					VpcSecurityGroupMemberships: []types.VpcSecurityGroupMembership{{VpcSecurityGroupId: aws.String(id("sg", r.name+"acme-databases")), Status: aws.String("active")}},
					OptionSettings:              []types.OptionSetting{{Name: aws.String("SQLNET.SSL_VERSION"), Value: aws.String("1.2"), DefaultValue: aws.String("1.0")}}}}
			}
			out = append(out, g)
		}
	}
	return out
}

// databasesBought are what came with the warehouse and with the loyalty programme.
func databasesBought(r *region) {
	erp := early(r.database("acme-erp-prod", "oracle-se2", 7))
	runs(&erp, "default.oracle-se2-19", "acme-erp")
	erp.Endpoint.Port, erp.EnabledCloudwatchLogsExports, erp.EngineLifecycleSupport = aws.Int32(1521), []string{"alert"}, nil
	member := r.database("acme-loyalty-prod-1", "aurora-mysql", 14)
	loyalty := types.DBCluster{DBClusterIdentifier: aws.String("acme-loyalty-prod"), DBClusterArn: aws.String(r.arn("rds", "cluster:acme-loyalty-prod")),
		Engine: aws.String("aurora-mysql"), EngineMode: aws.String("provisioned"), Status: aws.String("available"), BackupRetentionPeriod: aws.Int32(14),
		StorageEncrypted: aws.Bool(true), KmsKeyId: aws.String(r.key()), ClusterCreateTime: ago(400 * day), DbClusterResourceId: aws.String(unique("cluster-", "loyalty")),
		DBClusterMembers:             []types.DBClusterMember{{DBInstanceIdentifier: member.DBInstanceIdentifier, IsClusterWriter: aws.Bool(true), DBClusterParameterGroupStatus: aws.String("in-sync")}},
		EnabledCloudwatchLogsExports: []string{"audit", "error"}, HttpEndpointEnabled: aws.Bool(true)}
	r.furnishCluster(&loyalty)
	loyalty.DBClusterParameterGroup = aws.String("acme-loyalty")
	loyalty.AssociatedRoles = []types.DBClusterRole{{RoleArn: aws.String(iamARN("role/acme-loyalty-import")), Status: aws.String("ACTIVE")}}
	r.databases = append(r.databases, erp, inCluster(member, loyalty.DBClusterIdentifier))
	r.clusters = append(r.clusters, loyalty)
}

// setUp says what Acme changed about the databases of the home Region.
func setUp(r *region) {
	for i := range r.databases {
		switch db := &r.databases[i]; *db.DBInstanceIdentifier {
		case "acme-orders-prod":
			runs(db, "acme-postgres", "default:postgres-16")
			db.EnabledCloudwatchLogsExports = []string{"postgresql", "upgrade"}
		case "acme-billing-prod": // changed, and never restarted
			runs(db, "acme-mysql", "default:mysql-8-4")
			db.DBParameterGroups[0].ParameterApplyStatus = aws.String("pending-reboot")
		}
	}
	for i := range r.clusters {
		for j := range r.clusters[i].DBClusterMembers {
			r.clusters[i].DBClusterMembers[j].DBClusterParameterGroupStatus = aws.String("in-sync")
		}
	}
}

// guard gives the databases the security groups that they have: at home there is one, to
// which the ERP's plain port was added.
func (e *estate) guard() {
	home := e.regions[Home]
	for i := range home.groups {
		if *home.groups[i].GroupName == "acme-databases" {
			home.groups[i].IpPermissions = append(home.groups[i].IpPermissions, rule("tcp", 1521, 1521, id("sg", home.name+"acme-web")))
		}
	}
	second := e.regions[Second]
	second.group("acme-databases", Account, rule("tcp", 6432, 6432, "10.30.0.0/16"))
	second.nic("RDSNetworkInterface", "interface", "", "acme-databases")
	e.regions["us-east-1"].group("acme-databases", Account, rule("tcp", 3306, 3306, "0.0.0.0/0")) // for the sales people's laptops
}

// exports are what was written to S3 from snapshots: one to a consultant.
func (r *region) exports() []types.ExportTask {
	if r.name != Home {
		return nil
	}
	task := func(name, source, bucket string) types.ExportTask {
		return types.ExportTask{ExportTaskIdentifier: aws.String(name), SourceArn: aws.String(r.arn("rds", source)), SourceType: types.ExportSourceTypeSnapshot, S3Bucket: aws.String(bucket),
			KmsKeyId: aws.String(r.key()), IamRoleArn: aws.String(iamARN("role/acme-database-export")), Status: aws.String("COMPLETE"), TaskStartTime: ago(20*day + 3600e9), TaskEndTime: ago(20 * day)}
	}
	return []types.ExportTask{task("orders-for-finance", "snapshot:acme-orders-before-v12", "acme-customer-exports-prod"), task("billing-for-consultant", "snapshot:acme-billing-export-2026-08", "bright-numbers-inbox")}
}

// subnetGroups are those of the Region: in use, and the one that AWS made of public subnets.
func (r *region) subnetGroups() (out []types.DBSubnetGroup) {
	seen := map[string]bool{}
	for _, db := range r.databases {
		g := *db.DBSubnetGroup
		if seen[*g.DBSubnetGroupName] {
			continue
		}
		seen[*g.DBSubnetGroupName] = true
		g.DBSubnetGroupArn = aws.String(r.arn("rds", "subgrp:"+*g.DBSubnetGroupName))
		out = append(out, g)
	}
	return out
}

// serveGroups answers about what databases are members of, and their exports.
func (e *estate) serveGroups(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBParametersInput) (*rds.DescribeDBParametersOutput, error) {
		if _, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.Source))); err != nil {
			return nil, err
		}
		all, err := parameters(aws.ToString(asked.DBParameterGroupName))
		return &rds.DescribeDBParametersOutput{Parameters: all}, err
	})
	mocks.Handle(s, func(r *mocks.Request, asked *rds.DescribeDBClusterParametersInput) (*rds.DescribeDBClusterParametersOutput, error) {
		if _, err := e.whole(r, len(asked.Filters)+len(aws.ToString(asked.Source))); err != nil {
			return nil, err
		}
		all, err := parameters(aws.ToString(asked.DBClusterParameterGroupName))
		return &rds.DescribeDBClusterParametersOutput{Parameters: all}, err
	})
	answer(e, s, func(i *rds.DescribeOptionGroupsInput) int {
		return len(i.Filters) + len(aws.ToString(i.OptionGroupName)+aws.ToString(i.EngineName))
	}, func(r *region) *rds.DescribeOptionGroupsOutput {
		return &rds.DescribeOptionGroupsOutput{OptionGroupsList: r.optionGroups()}
	})
	answer(e, s, func(i *rds.DescribeDBSubnetGroupsInput) int {
		return len(i.Filters) + len(aws.ToString(i.DBSubnetGroupName))
	}, func(r *region) *rds.DescribeDBSubnetGroupsOutput {
		return &rds.DescribeDBSubnetGroupsOutput{DBSubnetGroups: r.subnetGroups()}
	})
	answer(e, s, func(i *rds.DescribeExportTasksInput) int { return len(i.Filters) + len(aws.ToString(i.SourceArn)) }, func(r *region) *rds.DescribeExportTasksOutput {
		return &rds.DescribeExportTasksOutput{ExportTasks: r.exports()}
	})
	answer(e, s, func(i *rds.DescribeDBSecurityGroupsInput) int { return len(i.Filters) }, func(r *region) *rds.DescribeDBSecurityGroupsOutput {
		out := &rds.DescribeDBSecurityGroupsOutput{}
		for _, name := range r.classic() {
			out.DBSecurityGroups = append(out.DBSecurityGroups, types.DBSecurityGroup{DBSecurityGroupName: aws.String(name), DBSecurityGroupArn: aws.String(r.arn("rds", "secgrp:"+name)), OwnerId: aws.String(Account)})
		}
		return out
	})
}

// classic are the DB security groups: one outlived EC2-Classic, and the database in it.
func (r *region) classic() []string {
	if r.name == Home {
		return []string{"default", "acme-office-2011"}
	}
	return []string{"default"}
}

// offered is what RDS offers with an engine version.
func offered(engine, version string) types.DBEngineVersion {
	logs := map[string][]string{"postgres": {"postgresql", "upgrade"}, "aurora-postgresql": {"instance", "postgresql"}, "mysql": {"audit", "error", "general", "slowquery"},
		"aurora-mysql": {"audit", "error", "general", "instance", "slowquery"}, "oracle-se2": {"alert", "audit", "listener", "oemagent", "trace"}}
	v := types.DBEngineVersion{Engine: aws.String(engine), EngineVersion: aws.String(version), ExportableLogTypes: logs[engine], SupportsLogExportsToCloudwatchLogs: aws.Bool(len(logs[engine]) > 0)}
	target := func(to string, major, auto bool) {
		v.ValidUpgradeTarget = append(v.ValidUpgradeTarget, types.UpgradeTarget{Engine: v.Engine, EngineVersion: aws.String(to), IsMajorVersionUpgrade: aws.Bool(major), AutoUpgrade: aws.Bool(auto)})
	}
	switch engine + " " + version {
	case "postgres 16.4":
		target("16.6", false, false)
		target("17.2", true, false)
	case "mysql 8.4.3":
		target("8.4.5", false, true)
	case "mysql 5.7.44":
		target("8.0.40", true, false)
	case "aurora-postgresql 16.4":
		target("17.4", true, false)
	}
	return v
}
