package acme_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// groupsOfDatabases is what the databases of all Regions are members of.
type groupsOfDatabases struct {
	values  map[string]string // "group parameter" to its value, for those that have one
	options []types.Option
	zones   map[string]int // how many, by subnet group
	exports []types.ExportTask
	classic []string
}

func (w *seen) inGroups(t *testing.T, c *rds.Client, region string) {
	ctx, g := t.Context(), &w.set
	if g.values == nil {
		g.values, g.zones = map[string]string{}, map[string]int{}
	}
	keep := func(group *string, all []types.Parameter) {
		for _, p := range all {
			if p.ParameterValue != nil {
				g.values[*group+" "+*p.ParameterName] = *p.ParameterValue
			}
		}
	}
	for _, db := range w.databases[region] {
		name := db.DBParameterGroups[0].DBParameterGroupName
		keep(name, must(c.DescribeDBParameters(ctx, &rds.DescribeDBParametersInput{DBParameterGroupName: name}))(t).Parameters)
	}
	for _, cluster := range must(c.DescribeDBClusters(ctx, nil))(t).DBClusters {
		name := cluster.DBClusterParameterGroup
		keep(name, must(c.DescribeDBClusterParameters(ctx, &rds.DescribeDBClusterParametersInput{DBClusterParameterGroupName: name}))(t).Parameters)
	}
	for _, o := range must(c.DescribeOptionGroups(ctx, nil))(t).OptionGroupsList {
		g.options = append(g.options, o.Options...)
	}
	for _, s := range must(c.DescribeDBSubnetGroups(ctx, nil))(t).DBSubnetGroups {
		zones := map[string]bool{}
		for _, subnet := range s.Subnets {
			zones[*subnet.SubnetAvailabilityZone.Name] = true
		}
		g.zones[region+" "+*s.DBSubnetGroupName] = len(zones)
	}
	g.exports = append(g.exports, must(c.DescribeExportTasks(ctx, nil))(t).ExportTasks...)
	for _, s := range must(c.DescribeDBSecurityGroups(ctx, nil))(t).DBSecurityGroups {
		g.classic = append(g.classic, *s.DBSecurityGroupName)
	}
}

func TestGroupsOfDatabasesAreAsPlanned(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	w := walk(t, s)
	for name, want := range map[string]string{
		"acme-postgres rds.force_ssl": "1", "default.aurora-postgresql16 rds.force_ssl": "0", "acme-loyalty require_secure_transport": "ON", "acme-mysql require_secure_transport": "0",
		"acme-loyalty server_audit_events": "CONNECT,QUERY_DDL,QUERY_DCL", "default.mysql5.7 local_infile": "1", "acme-postgres log_connections": "1",
	} {
		if got := w.set.values[name]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if _, set := w.set.values["default.postgres16 log_connections"]; set {
		t.Error("a default group sets log_connections")
	}
	if len(w.set.options) != 1 || *w.set.options[0].OptionName != "SSL" {
		t.Errorf("options %v", w.set.options)
	}
	var own count
	for _, e := range w.set.exports {
		own.add(strings.HasPrefix(*e.S3Bucket, "acme-"))
	}
	if own != (count{1, 1}) || w.set.zones[acme.Home+" acme-private"] != 1 {
		t.Errorf("exports %+v, zones %v", own, w.set.zones)
	}
	if len(w.set.classic) != len(w.regions)+1 {
		t.Errorf("DB security groups %q", w.set.classic)
	}
	_, err := rds.NewFromConfig(s.Config(acme.Home)).DescribeDBParameters(t.Context(), &rds.DescribeDBParametersInput{DBParameterGroupName: aws.String("none")})
	wantCode(t, err, "DBParameterGroupNotFound")
}
