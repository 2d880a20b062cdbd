package acme_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	ot "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rt "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	st "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner/wire"
)

// seen is the account as the SDK reads it, with every permitted operation.
type seen struct {
	regions    []string // enabled
	byDefault  map[string]bool
	instances  []et.Instance
	userData   map[string]string // by instance name, as sent
	volumes    []et.Volume
	groups     []et.SecurityGroup
	interfaces []et.NetworkInterface
	lists      map[string][]string // prefix list id to its blocks
	cloud      seenCloud
	launch     seenLaunch
	links      seenLinks
	strays     seenStrays
	backups    seenBackups

	databases     map[string][]rt.DBInstance // by Region
	clusters      []rt.DBCluster
	snapshots     []rt.DBSnapshot
	clusterSnaps  []rt.DBClusterSnapshot
	shared        map[string][]string
	beside        beside
	ring          keyring
	fleet         seenFleet
	set           groupsOfDatabases
	buckets       []bucket
	accountBlock  []bool
	openPoints    count // access points whose block is complete, and others
	summary       map[string]int32
	minimumLength int32
	rows          []map[string]string // of the credential report
	users         []it.UserDetail
	keys          int
	policies      []it.ManagedPolicyDetail
	roles         []it.RoleDetail
	devices       []it.VirtualMFADevice
	certificates  []it.ServerCertificateMetadata
	access        seenAccess
	scps          map[string]string // document by name
	targets       map[string]int    // how many, by name
	trails        map[string]bool   // whether they are logging, by ARN
	beyond        seenControl
}

type bucket struct {
	name, region string
	block        []bool // nil: none
	versioning   st.BucketVersioningStatus
	algorithm    st.ServerSideEncryption
	refused      bool
	settings     set
}

// must is for calls that the demo account answers.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// walk reads the whole account with the server's own client.
func walk(t *testing.T, s *mocks.Server) *seen {
	t.Helper()
	return walkWith(t, s.Config)
}

// walkWith reads the whole account with the SDK configured for each Region.
func walkWith(t *testing.T, config func(region string) aws.Config) *seen {
	t.Helper()
	w := &seen{byDefault: map[string]bool{}, userData: map[string]string{}, lists: map[string][]string{}, databases: map[string][]rt.DBInstance{},
		shared: map[string][]string{}, scps: map[string]string{}, targets: map[string]int{}, trails: map[string]bool{}}
	ctx, home := t.Context(), config(acme.Home)
	if id := must(sts.NewFromConfig(home).GetCallerIdentity(ctx, nil))(t); *id.Account != acme.Account {
		t.Fatalf("account %s", *id.Account)
	}
	regions := account.NewListRegionsPaginator(account.NewFromConfig(home), &account.ListRegionsInput{MaxResults: aws.Int32(20)})
	for regions.HasMorePages() {
		for _, r := range must(regions.NextPage(ctx))(t).Regions {
			if r.RegionOptStatus == "ENABLED_BY_DEFAULT" {
				w.regions = append(w.regions, *r.RegionName)
			}
		}
	}
	if all := must(ec2.NewFromConfig(home).DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)}))(t); len(all.Regions) < len(w.regions) {
		t.Errorf("EC2 names %d Regions, fewer than %d", len(all.Regions), len(w.regions))
	}
	for _, region := range w.regions {
		w.compute(t, ec2.NewFromConfig(config(region)), region)
		w.cloud.read(t, ec2.NewFromConfig(config(region)))
		w.launch.read(t, config(region))
		w.links.read(t, ec2.NewFromConfig(config(region)))
		w.strays.read(t, ec2.NewFromConfig(config(region)))
		w.data(t, rds.NewFromConfig(config(region)), region)
		w.keyrings(t, config(region))
		w.backups.read(t, config(region))
		w.recorded(t, config, region)
		w.fleet.read(t, ssm.NewFromConfig(config(region)))
		w.inGroups(t, rds.NewFromConfig(config(region)), region)
		w.access.analyzers(t, accessanalyzer.NewFromConfig(config(region)), region)
		// With an endpoint of one's own the SDK wants a session, which no bucket opens.
		express := s3.NewFromConfig(config(region), func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) })
		must(express.ListDirectoryBuckets(ctx, nil))(t)
		w.control(t, config, region)
	}
	w.storage(t, config)
	w.people(t, iam.NewFromConfig(home))
	w.launch.profiles = must(iam.NewFromConfig(home).ListInstanceProfiles(ctx, nil))(t).InstanceProfiles
	w.access.people(t, iam.NewFromConfig(home), w)
	w.access.contacts(t, account.NewFromConfig(home))
	w.guardrails(t, organizations.NewFromConfig(home))
	w.access.path(t, organizations.NewFromConfig(home))
	return w
}

func (w *seen) compute(t *testing.T, c *ec2.Client, region string) {
	ctx := t.Context()
	w.byDefault[region] = *must(c.GetEbsEncryptionByDefault(ctx, nil))(t).EbsEncryptionByDefault
	volumes := ec2.NewDescribeVolumesPaginator(c, &ec2.DescribeVolumesInput{})
	for volumes.HasMorePages() {
		w.volumes = append(w.volumes, must(volumes.NextPage(ctx))(t).Volumes...)
	}
	instances := ec2.NewDescribeInstancesPaginator(c, &ec2.DescribeInstancesInput{})
	for instances.HasMorePages() {
		for _, r := range must(instances.NextPage(ctx))(t).Reservations {
			for _, i := range r.Instances {
				w.instances = append(w.instances, i)
				out := must(c.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{InstanceId: i.InstanceId, Attribute: et.InstanceAttributeNameUserData}))(t)
				w.userData[*i.Tags[0].Value] = aws.ToString(out.UserData.Value)
			}
		}
	}
	w.groups = append(w.groups, must(c.DescribeSecurityGroups(ctx, nil))(t).SecurityGroups...)
	w.interfaces = append(w.interfaces, must(c.DescribeNetworkInterfaces(ctx, nil))(t).NetworkInterfaces...)
	for _, l := range must(c.DescribeManagedPrefixLists(ctx, nil))(t).PrefixLists {
		out := must(c.GetManagedPrefixListEntries(ctx, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: l.PrefixListId}))(t)
		for _, e := range out.Entries {
			w.lists[*l.PrefixListId] = append(w.lists[*l.PrefixListId], *e.Cidr)
		}
	}
}

func (w *seen) data(t *testing.T, c *rds.Client, region string) {
	ctx := t.Context()
	w.databases[region] = must(c.DescribeDBInstances(ctx, nil))(t).DBInstances
	w.around(t, c, region)
	w.clusters = append(w.clusters, must(c.DescribeDBClusters(ctx, nil))(t).DBClusters...)
	for _, snap := range must(c.DescribeDBSnapshots(ctx, nil))(t).DBSnapshots {
		out := must(c.DescribeDBSnapshotAttributes(ctx, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: snap.DBSnapshotIdentifier}))(t)
		w.snapshots = append(w.snapshots, snap)
		w.shared[*snap.DBSnapshotIdentifier] = out.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeValues
	}
	for _, snap := range must(c.DescribeDBClusterSnapshots(ctx, nil))(t).DBClusterSnapshots {
		out := must(c.DescribeDBClusterSnapshotAttributes(ctx, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: snap.DBClusterSnapshotIdentifier}))(t)
		w.clusterSnaps = append(w.clusterSnaps, snap)
		w.shared[*snap.DBClusterSnapshotIdentifier] = out.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes[0].AttributeValues
	}
}

func (w *seen) storage(t *testing.T, config func(region string) aws.Config) {
	ctx, home := t.Context(), s3.NewFromConfig(config(acme.Home))
	for _, listed := range must(home.ListBuckets(ctx, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)}))(t).Buckets {
		b := bucket{name: *listed.Name, region: aws.ToString(listed.BucketRegion)}
		if b.region == "" {
			_, err := home.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: listed.Name})
			b.region = redirectedTo(t, err)
		}
		c := s3.NewFromConfig(config(b.region))
		head := must(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: listed.Name}))(t)
		location := must(c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: listed.Name}))(t)
		if *head.BucketRegion != b.region || string(location.LocationConstraint) != b.region && b.region != "us-east-1" {
			t.Errorf("%s: head says %s, location %s, list %s", b.name, *head.BucketRegion, location.LocationConstraint, b.region)
		}
		if out, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: listed.Name}); err == nil {
			f := out.PublicAccessBlockConfiguration
			b.block = []bool{*f.BlockPublicAcls, *f.IgnorePublicAcls, *f.BlockPublicPolicy, *f.RestrictPublicBuckets}
		} else {
			wantCode(t, err, "NoSuchPublicAccessBlockConfiguration")
		}
		b.versioning = must(c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: listed.Name}))(t).Status
		if out, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: listed.Name}); err != nil {
			wantCode(t, err, "AccessDenied")
			b.refused = true
		} else if d := out.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault; d != nil {
			b.algorithm = d.SSEAlgorithm
		}
		b.settings = settings(t, c, listed.Name)
		w.exports(t, c, listed.Name)
		w.buckets = append(w.buckets, b)
	}
	w.accessPoints(t, config)
	f := must(s3control.NewFromConfig(config(acme.Home)).GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{AccountId: aws.String(acme.Account)}))(t).PublicAccessBlockConfiguration
	w.accountBlock = []bool{*f.BlockPublicAcls, *f.IgnorePublicAcls, *f.BlockPublicPolicy, *f.RestrictPublicBuckets}
}

func (w *seen) people(t *testing.T, c *iam.Client) {
	ctx := t.Context()
	w.summary = must(c.GetAccountSummary(ctx, nil))(t).SummaryMap
	w.minimumLength = *must(c.GetAccountPasswordPolicy(ctx, nil))(t).PasswordPolicy.MinimumPasswordLength
	w.rows = report(t, c)
	details := iam.NewGetAccountAuthorizationDetailsPaginator(c, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(7)})
	for details.HasMorePages() {
		page := must(details.NextPage(ctx))(t)
		w.users, w.policies = append(w.users, page.UserDetailList...), append(w.policies, page.Policies...)
		w.roles = append(w.roles, page.RoleDetailList...)
	}
	for _, u := range w.users {
		must(c.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: u.UserName}))(t)
		w.keys += len(must(c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: u.UserName}))(t).AccessKeyMetadata)
	}
	must(c.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: aws.String("ivan.novak")}))(t)
	w.devices = must(c.ListVirtualMFADevices(ctx, &iam.ListVirtualMFADevicesInput{AssignmentStatus: it.AssignmentStatusTypeAssigned}))(t).VirtualMFADevices
	w.certificates = must(c.ListServerCertificates(ctx, nil))(t).ServerCertificateMetadataList
}

// report waits for the credential report and reads it by its columns' names.
func report(t *testing.T, c *iam.Client) (rows []map[string]string) {
	t.Helper()
	var states []it.ReportStateType
	for n := range 3 {
		states = append(states, must(c.GenerateCredentialReport(wire.Round(t.Context(), n), nil))(t).State)
	}
	if states[0] != "STARTED" || states[1] != "INPROGRESS" || states[2] != "COMPLETE" {
		t.Errorf("states %q", states)
	}
	all := must(csv.NewReader(bytes.NewReader(must(c.GetCredentialReport(t.Context(), nil))(t).Content)).ReadAll())(t)
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, column := range all[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func (w *seen) guardrails(t *testing.T, c *organizations.Client) {
	ctx := t.Context()
	org := must(c.DescribeOrganization(ctx, nil))(t).Organization
	root := must(c.ListRoots(ctx, nil))(t).Roots[0]
	if *org.MasterAccountId != acme.Account || root.PolicyTypes[0].Status != "ENABLED" {
		t.Errorf("organization %v, root %v", org, root)
	}
	must(c.ListAccounts(ctx, nil))(t)
	for _, p := range must(c.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: ot.PolicyTypeServiceControlPolicy}))(t).Policies {
		w.scps[*p.Name] = *must(c.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: p.Id}))(t).Policy.Content
		w.targets[*p.Name] = len(must(c.ListTargetsForPolicy(ctx, &organizations.ListTargetsForPolicyInput{PolicyId: p.Id}))(t).Targets)
	}
}
