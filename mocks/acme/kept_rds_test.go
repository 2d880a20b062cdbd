package acme_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// beside is what stands beside the databases of all Regions.
type beside struct {
	backups       []string // ARNs
	globals       map[string]bool
	proxies       []types.DBProxy
	authorities   map[string]bool
	supported     map[string]bool // engine and major version
	waiting       []types.ResourcePendingMaintenanceActions
	subscriptions []types.EventSubscription
}

func (w *seen) around(t *testing.T, c *rds.Client, region string) {
	ctx, b := t.Context(), &w.beside
	if b.globals == nil {
		b.globals, b.authorities, b.supported = map[string]bool{}, map[string]bool{}, map[string]bool{}
	}
	must(c.DescribeDBShardGroups(ctx, &rds.DescribeDBShardGroupsInput{}))(t)
	for _, k := range must(c.DescribeDBInstanceAutomatedBackups(ctx, nil))(t).DBInstanceAutomatedBackups {
		b.backups = append(b.backups, *k.DBInstanceAutomatedBackupsArn)
	}
	for _, k := range must(c.DescribeDBClusterAutomatedBackups(ctx, nil))(t).DBClusterAutomatedBackups {
		b.backups = append(b.backups, *k.DBClusterAutomatedBackupsArn)
	}
	for _, g := range must(c.DescribeGlobalClusters(ctx, nil))(t).GlobalClusters {
		b.globals[*g.GlobalClusterArn] = *g.DeletionProtection
	}
	b.proxies = append(b.proxies, must(c.DescribeDBProxies(ctx, nil))(t).DBProxies...)
	for _, ca := range must(c.DescribeCertificates(ctx, nil))(t).Certificates {
		b.authorities[*ca.CertificateIdentifier] = ca.ValidTill.After(acme.AsOf)
	}
	for _, m := range must(c.DescribeDBMajorEngineVersions(ctx, nil))(t).DBMajorEngineVersions {
		b.supported[*m.Engine+" "+*m.MajorEngineVersion] = m.SupportedEngineLifecycles[0].LifecycleSupportEndDate.After(acme.AsOf)
	}
	for _, db := range w.databases[region] {
		v := must(c.DescribeDBEngineVersions(ctx, &rds.DescribeDBEngineVersionsInput{Engine: db.Engine, EngineVersion: db.EngineVersion, IncludeAll: aws.Bool(true)}))(t).DBEngineVersions[0]
		b.supported[*db.Engine+" "+*db.EngineVersion] = *v.Status == "available"
	}
	b.waiting = append(b.waiting, must(c.DescribePendingMaintenanceActions(ctx, nil))(t).PendingMaintenanceActions...)
	b.subscriptions = append(b.subscriptions, must(c.DescribeEventSubscriptions(ctx, nil))(t).EventSubscriptionsList...)
	if len(w.databases[region]) > 0 && len(b.authorities) == 0 {
		t.Errorf("%s has databases and no certificate authority", region)
	}
}

// standalone counts the instances that are no members by what holds of them.
func (w *seen) standalone(kept func(types.DBInstance) bool) (c count) {
	for _, region := range w.databases {
		for _, db := range region {
			if db.DBClusterIdentifier == nil {
				c.add(kept(db))
			}
		}
	}
	return c
}

func TestDatabasesAreKeptOrBrokenAsPlanned(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	b := w.beside
	var lie, tls, told count
	for _, arn := range b.backups {
		lie.add(strings.HasPrefix(strings.Split(arn, ":")[3], "eu-"))
	}
	for _, p := range b.proxies {
		tls.add(*p.RequireTLS)
	}
	for _, r := range []string{acme.Home, acme.Second} {
		told.add(slices.ContainsFunc(b.subscriptions, func(s types.EventSubscription) bool { return strings.Contains(*s.EventSubscriptionArn, r) }))
	}
	for name, tt := range map[string]struct{ got, want count }{
		"multi-az":            {w.standalone(func(d types.DBInstance) bool { return *d.MultiAZ }), count{2, 3}},
		"deletion protection": {w.standalone(func(d types.DBInstance) bool { return *d.DeletionProtection }), count{2, 3}},
		"iam authentication":  {w.standalone(func(d types.DBInstance) bool { return *d.IAMDatabaseAuthenticationEnabled }), count{2, 3}},
		"not public":          {w.standalone(func(d types.DBInstance) bool { return !*d.PubliclyAccessible }), count{4, 1}},
		"a port of its own":   {w.standalone(func(d types.DBInstance) bool { return *d.Endpoint.Port != 3306 }), count{3, 2}},
		"managed password":    {w.standalone(func(d types.DBInstance) bool { return d.MasterUserSecret != nil }), count{2, 3}},
		"current class":       {w.standalone(func(d types.DBInstance) bool { return *d.DBInstanceClass != "db.m4.large" }), count{4, 1}},
		"in support": {w.standalone(func(d types.DBInstance) bool {
			return !strings.HasPrefix(*d.EngineVersion, "5.7") || b.supported["mysql 5.7"]
		}), count{4, 1}},
		"offered version":   {w.standalone(func(d types.DBInstance) bool { return b.supported[*d.Engine+" "+*d.EngineVersion] }), count{4, 1}},
		"known authority":   {w.standalone(func(d types.DBInstance) bool { return b.authorities[aws.ToString(d.CACertificateIdentifier)] }), count{5, 0}},
		"backups in Europe": {lie, count{5, 2}},
		"proxies with TLS":  {tls, count{1, 1}},
		"events subscribed": {told, count{1, 1}},
		"patches applied":   {once(len(b.waiting) == 0), count{0, 1}},
		"global protection": {once(b.globals["arn:aws:rds::"+acme.Account+":global-cluster:acme-catalog"]), count{0, 1}},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt.want)
		}
	}
}
