package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// key puts a key of that metadata into a Region. kin names the primary and its replicas by
// their Regions.
func key(region string, m snapshot.KeyMetadata, tags map[string]string, kin ...string) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		const id = "mrk-1"
		for i, r := range kin {
			arn := snapshot.KeyARN(checktest.At.In(r), id)
			if i == 0 {
				m.MultiRegion, m.Primary, m.MultiRegionType = true, arn, "REPLICA"
				if r == region {
					m.MultiRegionType = "PRIMARY"
				}
				continue
			}
			m.Replicas = append(m.Replicas, arn)
		}
		if m.Manager == "" {
			m.Manager = "CUSTOMER"
		}
		at := checktest.Meta(id, snapshot.KeyARN(checktest.At.In(region), id))
		at.Location = at.In(region)
		a.KMS.Keys = append(a.KMS.Keys, snapshot.Key{Meta: at, ID: id, Metadata: snapshot.Value(m), TagSet: snapshot.Value(tags)})
	}
}

func unreadKey(a *snapshot.Account) {
	key(checktest.At.Region, snapshot.KeyMetadata{}, nil)(a)
	a.KMS.Keys[0].Metadata = snapshot.Missing[snapshot.KeyMetadata](checktest.Unread("kms:DescribeKey", snapshot.Denied))
}

func TestKeysStayInJurisdiction(t *testing.T) {
	const here, abroad, unscanned = "eu-west-1", "us-east-1", "eu-north-1"
	type m = snapshot.KeyMetadata
	eu := map[string]any{"allowed_regions": []string{here, checktest.Elsewhere, unscanned}}
	cases := []checktest.Case{
		{Name: "single-Region", Set: key(here, m{}, nil), Want: checks.PASS, Reason: "single-Region"},
		{Name: "imported material may have twins that nobody shows", Set: key(here, m{Origin: "EXTERNAL"}, nil), Want: checks.PASS, Reason: "not told"},
		{Name: "all inside", Set: key(here, m{}, nil, here, checktest.Elsewhere), Want: checks.PASS, Reason: "eu-central-1, eu-west-1"},
		{Name: "a replica abroad", Set: key(here, m{}, nil, here, checktest.Elsewhere, abroad), Want: checks.FAIL, Reason: "lies in us-east-1"},
		{Name: "due for deletion still exists", Set: key(here, m{State: "PendingReplicaDeletion"}, nil, here, abroad), Want: checks.FAIL, Reason: "called back"},
		{Name: "a replica whose primary was not scanned", Set: key(here, m{}, nil, abroad, here), Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "a replica of an allowed primary that was not scanned", Set: key(here, m{}, nil, unscanned, here), Want: checks.PASS, Reason: "eu-north-1"},
		{Name: "called a replica, and its own primary", Set: func(a *snapshot.Account) {
			key(here, m{}, nil, here, abroad)(a)
			k, _ := a.KMS.Keys[0].Metadata.Get()
			k.MultiRegionType = "REPLICA"
			a.KMS.Keys[0].Metadata = snapshot.Value(k)
		}, Want: checks.FAIL, Reason: "us-east-1"},
		{Name: "AWS managed", Set: key(here, m{Manager: "AWS"}, nil), Want: checks.NotApplicable, Reason: "AWS managed"},
		{Name: "denied", Set: unreadKey, Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "no primary told", Set: key(here, m{MultiRegion: true}, nil), Want: checks.UNKNOWN, Reason: "primary"},
	}
	for i := range cases {
		cases[i].Parameters = eu
	}
	cases = append(cases, checktest.Case{Name: "no choice", Set: key(here, m{}, nil, here, abroad), Want: checks.NotApplicable, Reason: "neither residency"})
	checktest.Run(t, &KeysStayInJurisdiction, cases)
}

func TestAReplicaIsJudgedAtItsPrimary(t *testing.T) {
	eu := map[string]any{"allowed_regions": []string{"eu-west-1", "eu-central-1"}}
	both := checktest.All(key("eu-west-1", snapshot.KeyMetadata{}, nil, "eu-west-1", "eu-central-1", "us-east-1"), key("eu-central-1", snapshot.KeyMetadata{}, nil, "eu-west-1", "eu-central-1", "us-east-1"))
	for name, tt := range map[string]struct {
		set  func(*snapshot.Account)
		want map[string]checks.Status
	}{
		"both scanned": {both, map[string]checks.Status{"eu-west-1": checks.FAIL, "eu-central-1": checks.NotApplicable}},
		"the primary's Region could not be listed": {func(a *snapshot.Account) {
			both(a)
			a.KMS.Keys = a.KMS.Keys[1:]
			checktest.Fail(a, "kms:ListKeys", "eu-west-1", snapshot.Denied)
		}, map[string]checks.Status{"eu-west-1": checks.UNKNOWN, "eu-central-1": checks.UNKNOWN}},
	} {
		got := map[string]checks.Status{}
		for _, f := range checktest.Findings(&KeysStayInJurisdiction, checktest.Account(&KeysStayInJurisdiction, tt.set), eu) {
			got[f.Region] = f.Status
		}
		if len(got) != 2 || got["eu-west-1"] != tt.want["eu-west-1"] || got["eu-central-1"] != tt.want["eu-central-1"] {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestMultiRegionKeysDeclared(t *testing.T) {
	const here = "eu-west-1"
	type m = snapshot.KeyMetadata
	untagged := func(a *snapshot.Account) {
		key(here, m{}, nil, here)(a)
		a.KMS.Keys[0].TagSet = snapshot.Missing[map[string]string](checktest.Unread("kms:ListResourceTags", snapshot.Throttled))
	}
	checktest.Run(t, &MultiRegionKeysDeclared, []checktest.Case{
		{Name: "absent means false", Set: key(here, m{}, nil), Want: checks.PASS, Reason: "single-Region"},
		{Name: "declared by its tag", Set: key(here, m{}, map[string]string{"multi-region": "failover"}, here), Want: checks.PASS, Reason: "failover"},
		{Name: "by a tag of another name", Set: key(here, m{}, map[string]string{"mr": ""}, here), Parameters: map[string]any{"multi_region_tag": "mr"}, Want: checks.PASS, Reason: "mr"},
		{Name: "allowed by its id", Set: key(here, m{}, nil, here), Parameters: map[string]any{"allowed_keys": []string{"mrk-1"}}, Want: checks.PASS, Reason: "allowed_keys"},
		{Name: "a primary without replicas can be replicated too", Set: key(here, m{}, map[string]string{"owner": "x"}, here), Want: checks.FAIL, Reason: "primary (replicas: 0)"},
		{Name: "a replica", Set: key(here, m{}, nil, "us-east-1", here), Want: checks.FAIL, Reason: "replica (replicas: 1)"},
		{Name: "due for deletion", Set: key(here, m{State: "PendingDeletion"}, nil, here), Want: checks.NotApplicable, Reason: "PendingDeletion"},
		{Name: "AWS managed", Set: key(here, m{Manager: "AWS"}, nil), Want: checks.NotApplicable, Reason: "AWS managed"},
		{Name: "tags unread", Set: untagged, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "denied", Set: unreadKey, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
