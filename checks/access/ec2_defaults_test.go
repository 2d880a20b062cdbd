package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// regionIs is an account with the settings of one Region.
func regionIs(f func(*snapshot.RegionSettings)) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		r := snapshot.RegionSettings{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}}
		f(&r)
		a.EC2.Regions = []snapshot.RegionSettings{r}
	}
}

func TestAccountIMDSv2Default(t *testing.T) {
	defaults := func(d snapshot.MetadataDefaults) func(*snapshot.Account) {
		return regionIs(func(r *snapshot.RegionSettings) { r.MetadataDefaults = snapshot.Value(d) })
	}
	unread := func(cause snapshot.Cause) func(*snapshot.Account) {
		return regionIs(func(r *snapshot.RegionSettings) {
			r.MetadataDefaults = snapshot.Missing[snapshot.MetadataDefaults](checktest.Unread("ec2:GetInstanceMetadataDefaults", cause))
		})
	}
	checktest.Run(t, &AccountIMDSv2Default, []checktest.Case{
		{Name: "required, in a Region without instances", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "required"}), Want: checks.PASS, Reason: "HttpTokens is required"},
		{Name: "nothing was ever set", Set: defaults(snapshot.MetadataDefaults{}), Want: checks.FAIL, Reason: "no preference"},
		{Name: "another preference alone", Set: defaults(snapshot.MetadataDefaults{HTTPEndpoint: "enabled"}), Want: checks.FAIL, Reason: "no preference"},
		{Name: "optional", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "optional"}), Want: checks.FAIL, Reason: `HttpTokens is "optional"`},
		{Name: "no metadata at all", Set: defaults(snapshot.MetadataDefaults{HTTPEndpoint: "disabled"}), Want: checks.PASS, Reason: "HttpEndpoint is disabled"},
		{Name: "required by a declarative policy", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "required", ManagedBy: "declarative-policy"}), Want: checks.PASS, Reason: "declarative policy"},
		{Name: "optional by a declarative policy", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "optional", ManagedBy: "declarative-policy"}), Want: checks.FAIL, Reason: "declarative policy"},
		{Name: "an endpoint that does not know the operation", Set: unread(snapshot.Unsupported), Want: checks.UNKNOWN, Reason: "unsupported"},
		{Name: "denied", Set: unread(snapshot.Denied), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestInstanceHopLimit(t *testing.T) {
	limit := func(hops int32, endpoint, tokens string) func(*snapshot.Account) {
		return metadata("running", snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: endpoint, HTTPTokens: tokens, HopLimit: &hops}))
	}
	two := map[string]any{"max_hop_limit": 2}
	checktest.Run(t, &InstanceHopLimit, []checktest.Case{
		{Name: "one", Set: limit(1, "enabled", "required"), Want: checks.PASS, Reason: "is 1, 1 allowed"},
		{Name: "two", Set: limit(2, "enabled", "required"), Want: checks.FAIL, Reason: "is 2, 1 allowed"},
		{Name: "two for hosts of containers", Set: limit(2, "enabled", "required"), Parameters: two, Want: checks.PASS, Reason: "is 2, 2 allowed"},
		{Name: "no endpoint", Set: limit(64, "disabled", "optional"), Want: checks.PASS, Reason: "HttpEndpoint is disabled"},
		{Name: "without tokens it protects nothing", Set: limit(1, "enabled", "optional"), Want: checks.PASS, Reason: "protects nothing"},
		{Name: "too far and without tokens", Set: limit(3, "enabled", "optional"), Want: checks.FAIL, Reason: "protects nothing"},
		{Name: "the answer lacks it", Set: metadata("running", snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "required"})), Want: checks.UNKNOWN, Reason: "HttpPutResponseHopLimit"},
		{Name: "options missing from the answer", Want: checks.UNKNOWN, Reason: "malformed",
			Set: metadata("running", snapshot.Missing[snapshot.MetadataOptions](checktest.Unread("ec2:DescribeInstances", snapshot.Malformed)))},
	})
	for n, ok := range map[int]bool{0: false, 1: true, 64: true, 65: false} {
		if err := InstanceHopLimit.Bounds("max_hop_limit", n); (err == nil) != ok {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestInstanceNoKeyPair(t *testing.T) {
	launched := func(state, key string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: state, KeyName: key}}
		}
	}
	checktest.Run(t, &InstanceNoKeyPair, []checktest.Case{
		{Name: "none", Set: launched("running", ""), Want: checks.PASS, Reason: "absent"},
		// DescribeKeyPairs is not asked: the key stays on the instance when the pair is deleted.
		{Name: "one, deleted since or not", Set: launched("running", "ops-2019"), Want: checks.FAIL, Reason: `"ops-2019"`},
		{Name: "stopped", Set: launched("stopped", "ops-2019"), Want: checks.NotApplicable, Reason: "stopped"},
		{Name: "instances that were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeInstances", checktest.At.Region, snapshot.Denied)
			}},
	})
}
