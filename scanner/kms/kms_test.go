package kms

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

const prefix = "arn:aws:kms:eu-west-1:111122223333:"

func gather(s *mocks.Server, references []string, wanted ...string) (snapshot.KMS, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, kms.NewFromConfig(collecttest.Config(s, in.Region)), Named{All: references}), in
}

func list(s *mocks.Server, ids ...string) {
	out := &kms.ListKeysOutput{Keys: []types.KeyListEntry{}}
	for _, id := range ids {
		out.Keys = append(out.Keys, types.KeyListEntry{KeyId: aws.String(id), KeyArn: aws.String(prefix + "key/" + id)})
	}
	mocks.Reply(s, "", out)
}

// describe answers about any key but one that is gone; mrk- keys are multi-Region.
func describe(s *mocks.Server) {
	mocks.Handle(s, func(_ *mocks.Request, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
		switch *in.KeyId {
		case prefix + "key/gone":
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "NotFoundException", Message: "Key 'gone' does not exist"}
		case "arn:aws:kms:eu-west-1:999988887777:key/theirs":
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "AccessDeniedException"}
		}
		multi := len(*in.KeyId) > len(prefix)+8 && (*in.KeyId)[len(prefix):len(prefix)+8] == "key/mrk-"
		return &kms.DescribeKeyOutput{KeyMetadata: &types.KeyMetadata{KeyId: aws.String("id"), Arn: in.KeyId, KeyManager: types.KeyManagerTypeCustomer, KeyState: types.KeyStateEnabled, MultiRegion: aws.Bool(multi)}}, nil
	})
}

func TestKeysOverPagesAndEachAskedOnce(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listKeys: 1}})
	list(s, "a", "b")
	describe(s)
	names := []string{"a", prefix + "key/a", prefix + "alias/storage", "alias/storage", "alias/aws/ebs", prefix + "alias/aws/s3",
		"arn:aws:kms:eu-west-1:999988887777:key/theirs", "gone"}
	got, in := gather(s, names, listKeys, describeKey)
	if len(got.Keys) != 2 || got.Keys[1].ARN != prefix+"key/b" || got.Keys[1].Name != "b" {
		t.Errorf("keys %+v", got.Keys)
	}
	if m, err := got.Keys[0].Metadata.Get(); err != nil || m.State != "Enabled" || m.Manager != "CUSTOMER" {
		t.Errorf("%+v, %v", m, err)
	}
	asked := map[string]int{}
	for _, r := range s.Requests() {
		if r.Operation == describeKey {
			asked[r.Input["KeyId"].(string)]++
		}
	}
	want := map[string]int{prefix + "key/a": 1, prefix + "key/b": 1, prefix + "alias/storage": 1, "arn:aws:kms:eu-west-1:999988887777:key/theirs": 1, prefix + "key/gone": 1}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	for _, k := range got.Answered {
		_, err := k.Metadata.Get()
		var u *snapshot.Unread
		switch k.ARN {
		case prefix + "key/gone":
			if !errors.Is(err, snapshot.ErrAbsent) || len(k.Metadata.Calls()) != 1 {
				t.Errorf("gone: %v from %v", err, k.Metadata.Calls())
			}
		case "arn:aws:kms:eu-west-1:999988887777:key/theirs":
			if !errors.As(err, &u) || u.Cause != snapshot.Denied {
				t.Errorf("a foreign key: %v", err)
			}
		default:
			if err != nil {
				t.Errorf("%s: %v", k.ARN, err)
			}
		}
	}
	collecttest.Covered(t, in, listKeys, in.Region, snapshot.OK)
	collecttest.Covered(t, in, describeKey, in.Region, snapshot.Denied)
}

// TestNobodyAsksAboutAWSAliases holds the collector to reading: DescribeKey of an alias of
// AWS's that has no key yet would make one.
func TestNobodyAsksAboutAWSAliases(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	_, in := gather(s, []string{"alias/aws/ebs", "arn:aws:kms:eu-west-1:111122223333:alias/aws/rds"}, describeKey)
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	collecttest.Covered(t, in, describeKey, in.Region, snapshot.OK)
}

func TestNothingToAskIsSettledOnlyWhenTheListsWereWhole(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	list(s)
	_, in := gather(s, nil, listKeys, describeKey, listTags)
	collecttest.Covered(t, in, describeKey, in.Region, snapshot.OK)
	collecttest.Covered(t, in, listTags, in.Region, snapshot.OK)
	s = mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: listKeys, Kind: mocks.Denied})
	_, in = gather(s, nil, listKeys, describeKey, listTags, "ec2:DescribeVolumes")
	collecttest.Covered(t, in, listKeys, in.Region, snapshot.Denied)
	collecttest.Covered(t, in, describeKey, in.Region, snapshot.Skipped)
	collecttest.Covered(t, in, listTags, in.Region, snapshot.Skipped)
}

func TestDeniedOnPageTwoKeepsPageOne(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listKeys: 1}})
	list(s, "a", "b")
	describe(s)
	s.Fault(mocks.Fault{Operation: listKeys, Kind: mocks.Denied, FromPage: 2})
	got, in := gather(s, nil, listKeys, describeKey)
	if len(got.Keys) != 1 || got.Keys[0].ID != "a" {
		t.Errorf("keys %+v", got.Keys)
	}
	collecttest.Covered(t, in, listKeys, in.Region, snapshot.Denied)
}

func TestTagsOfMultiRegionKeysAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		fault *mocks.Fault
		want  snapshot.Cause
		tags  int
	}{
		"two pages":           {nil, snapshot.OK, 2},
		"denied on page two":  {&mocks.Fault{Operation: listTags, Kind: mocks.Denied, FromPage: 2}, snapshot.Denied, 0},
		"malformed":           {&mocks.Fault{Operation: listTags, Kind: mocks.EmptyObject}, snapshot.Malformed, 0},
		"a repeated token":    {&mocks.Fault{Operation: listTags, Kind: mocks.RepeatToken}, snapshot.Malformed, 0},
		"throttled, then not": {&mocks.Fault{Operation: listTags, Kind: mocks.Throttled, First: 1}, snapshot.OK, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listTags: 1}})
			list(s, "a", "mrk-1")
			describe(s)
			mocks.Reply(s, "", &kms.ListResourceTagsOutput{Tags: []types.Tag{{TagKey: aws.String("multi-region"), TagValue: aws.String("yes")}, {TagKey: aws.String("owner"), TagValue: aws.String("platform")}}})
			if tt.fault != nil {
				s.Fault(*tt.fault)
			}
			got, in := gather(s, nil, listKeys, describeKey, listTags)
			if set, err := got.Keys[1].TagSet.Get(); len(set) != tt.tags || (err == nil) != (tt.want == snapshot.OK) || len(got.Keys[1].Tags) != tt.tags {
				t.Errorf("%v, %v", set, err)
			}
			if _, err := got.Keys[0].TagSet.Get(); err == nil {
				t.Error("a single-Region key was asked for its tags")
			}
			collecttest.Covered(t, in, listTags, in.Region, tt.want)
		})
	}
}

func TestDescribed(t *testing.T) {
	when := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	in := types.KeyMetadata{
		KeyId: aws.String("mrk-1"), Arn: aws.String("arn"), KeyManager: types.KeyManagerTypeCustomer, KeyState: types.KeyStatePendingDeletion, DeletionDate: &when, ValidTo: &when,
		KeyUsage: types.KeyUsageTypeEncryptDecrypt, KeySpec: types.KeySpecSymmetricDefault, Origin: types.OriginTypeExternal, MultiRegion: aws.Bool(true),
		MultiRegionConfiguration: &types.MultiRegionConfiguration{MultiRegionKeyType: types.MultiRegionKeyTypePrimary, PrimaryKey: &types.MultiRegionKey{Arn: aws.String("p")}, ReplicaKeys: []types.MultiRegionKey{{Arn: aws.String("r")}}},
	}
	want := snapshot.KeyMetadata{ARN: "arn", ID: "mrk-1", Manager: "CUSTOMER", State: "PendingDeletion", Usage: "ENCRYPT_DECRYPT", Spec: "SYMMETRIC_DEFAULT", Origin: "EXTERNAL",
		Deletion: when, ValidTo: when, MultiRegion: true, MultiRegionType: "PRIMARY", Primary: "p", Replicas: []string{"r"}}
	if diff := cmp.Diff(want, described(in)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(snapshot.KeyMetadata{}, described(types.KeyMetadata{MultiRegionConfiguration: &types.MultiRegionConfiguration{}})); diff != "" {
		t.Errorf("nothing at all (-want +got):\n%s", diff)
	}
	k := key(snapshot.Meta{Location: snapshot.Location{Partition: "aws-cn", Account: "1", Region: "cn-north-1"}}, types.KeyListEntry{KeyId: aws.String("a")})
	if k.ARN != "arn:aws-cn:kms:cn-north-1:1:key/a" {
		t.Errorf("an entry without ARN: %+v", k)
	}
}

func TestReferencesAreAskedInTheirOwnRegionEachOnce(t *testing.T) {
	home := snapshot.Meta{Location: collecttest.At}
	far := "arn:aws:kms:eu-central-1:999988887777:key/far"
	a := &snapshot.Account{}
	a.EC2.Regions = []snapshot.RegionSettings{{Meta: home, EBSDefaultKey: snapshot.Value("alias/aws/ebs")}, {Meta: home}}
	a.EC2.Volumes = []snapshot.Volume{{Meta: home, KMSKeyID: prefix + "key/v"}, {Meta: home}}
	a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: home, KMSKeyID: prefix + "key/v", Shared: snapshot.Value([]snapshot.Grantee{{Group: "all"}})},
		{Meta: home, KMSKeyID: prefix + "key/e", Shared: snapshot.Value([]snapshot.Grantee{{Account: "999988887777"}})}}
	a.S3.Buckets = []snapshot.Bucket{{Meta: home, Encryption: snapshot.Value(snapshot.BucketEncryption{Rules: []snapshot.EncryptionRule{{KMSMasterKeyID: "b"}, {KMSMasterKeyID: far}}})}, {Meta: home}}
	database := snapshot.Database{KMSKeyID: "d", InsightsKMSKeyID: "alias/insights"}
	a.RDS.Instances = []snapshot.DBInstance{{Meta: home, Database: database}}
	a.RDS.Clusters = []snapshot.DBCluster{{Meta: home, Database: database}}
	a.RDS.Snapshots = []snapshot.DBSnapshot{{Meta: home, KMSKeyID: "s", SharedWith: snapshot.Value([]string{"999988887777"})}, {Meta: home, KMSKeyID: "s", SharedWith: snapshot.Value([]string{})}, {Meta: home}}
	a.RDS.Backups = []snapshot.DBBackup{{Meta: home, KMSKeyID: "k"}}
	point := func(key string) snapshot.Read[[]snapshot.RecoveryPoint] {
		return snapshot.Value([]snapshot.RecoveryPoint{{Meta: home, KeyARN: prefix + "key/" + key}, {Meta: home}})
	}
	a.Backup.Vaults = []snapshot.BackupVault{{Meta: home, KeyARN: prefix + "key/u"}, {Meta: home}}
	a.Backup.Protected = []snapshot.ProtectedResource{{Meta: home, Type: "EBS", Points: point("p")}, {Meta: home, Type: "EC2", Points: point("q")}, {Meta: home, Type: "S3", Points: point("not asked about")}}
	a.Trail.Trails = []snapshot.Trail{{Meta: home, KMSKeyID: prefix + "key/t"}, {Meta: home}}
	want := map[string]Named{
		"eu-west-1":    {All: []string{prefix + "alias/aws/ebs", prefix + "alias/insights", prefix + "key/b", prefix + "key/d", prefix + "key/e", prefix + "key/k", prefix + "key/p", prefix + "key/q", prefix + "key/s", prefix + "key/t", prefix + "key/u", prefix + "key/v"}, Shared: []string{prefix + "key/e", prefix + "key/s"}},
		"eu-central-1": {All: []string{far}},
	}
	if diff := cmp.Diff(want, References(a)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhoMayUseTheKeysThatAreNamed(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listGrants: 1}})
	mocks.Handle(s, func(_ *mocks.Request, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
		if *in.KeyId == prefix+"key/managed" {
			return &kms.DescribeKeyOutput{KeyMetadata: &types.KeyMetadata{KeyId: aws.String("managed"), Arn: in.KeyId, KeyManager: types.KeyManagerTypeAws}}, nil
		}
		return &kms.DescribeKeyOutput{KeyMetadata: &types.KeyMetadata{KeyId: aws.String("a"), Arn: aws.String(prefix + "key/a")}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
		return &kms.GetKeyPolicyOutput{Policy: aws.String("policy of " + *in.KeyId)}, nil
	})
	mocks.Reply(s, "", &kms.ListGrantsOutput{Grants: []types.GrantListEntry{{GranteePrincipal: aws.String("arn:aws:iam::999988887777:root"), Operations: []types.GrantOperation{types.GrantOperationDecrypt}}, {}}})
	in := collecttest.Scope(describeKey, keyPolicy, listGrants)
	foreign := "arn:aws:kms:eu-west-1:999988887777:key/theirs"
	alias := prefix + "alias/snapshots"
	got := Collect(context.Background(), in, kms.NewFromConfig(collecttest.Config(s, in.Region)), Named{All: []string{alias, prefix + "key/b", prefix + "key/managed", foreign}, Shared: []string{alias, foreign, "alias/aws/rds"}})
	for _, k := range got.Answered {
		policy, err := k.Policy.Get()
		grants, more := k.Grants.Get()
		switch {
		case k.ARN == alias: // asked by the key behind it: the calls take no alias
			if err != nil || policy != "policy of "+prefix+"key/a" || more != nil || len(grants) != 2 || grants[0].Grantee != "arn:aws:iam::999988887777:root" || grants[0].Operations[0] != "Decrypt" || len(k.Grants.Calls()) != 2 {
				t.Errorf("%q, %v; %+v, %v", policy, err, grants, more)
			}
		case k.ARN == prefix+"key/b": // not shared: its policy alone
			if err != nil || policy != "policy of "+prefix+"key/a" || more == nil {
				t.Errorf("%q, %v; grants %v", policy, err, more)
			}
		case err == nil || more == nil:
			t.Errorf("%s was asked about, and is AWS's or another account's", k.ARN)
		}
	}
	collecttest.Covered(t, in, keyPolicy, in.Region, snapshot.OK)
	collecttest.Covered(t, in, listGrants, in.Region, snapshot.OK)
}

func TestPoliciesOfKeysAreSettledWhereNothingIsNamed(t *testing.T) {
	for want, listed := range map[snapshot.Cause]bool{snapshot.OK: true, snapshot.Skipped: false} {
		s := mocks.Start(t, mocks.Options{})
		in := collecttest.Scope(describeKey, keyPolicy, listGrants, sharing[0])
		if listed {
			in.Calls.Settle(sharing[0], in.Location)
		}
		Collect(context.Background(), in, kms.NewFromConfig(collecttest.Config(s, in.Region)), Named{})
		collecttest.Covered(t, in, keyPolicy, in.Region, want)
		collecttest.Covered(t, in, listGrants, in.Region, want)
	}
}
