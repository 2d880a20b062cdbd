package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const instanceARN = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"

func metadata(state string, r snapshot.Read[snapshot.MetadataOptions]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: checktest.Meta("i", instanceARN), ID: "i-1", State: state, Metadata: r}}
	}
}

func TestInstanceIMDSv2Required(t *testing.T) {
	options := func(endpoint, tokens, state string) func(*snapshot.Account) {
		return metadata("running", snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: endpoint, HTTPTokens: tokens, State: state}))
	}
	checktest.Run(t, &InstanceIMDSv2Required, []checktest.Case{
		{Name: "required", Set: options("enabled", "required", "applied"), Want: checks.PASS, Reason: "HttpTokens is required", Observed: map[string]string{"HttpEndpoint": "enabled", "HttpTokens": "required", "State": "applied"}},
		{Name: "disabled with tokens optional", Set: options("disabled", "optional", "applied"), Want: checks.PASS, Reason: "HttpEndpoint is disabled"},
		{Name: "pending with the wanted value", Set: options("enabled", "required", "pending"), Want: checks.PASS, Reason: "this change is pending"},
		{Name: "optional", Set: options("enabled", "optional", "applied"), Want: checks.FAIL, Reason: "HttpTokens is optional"},
		{Name: "optional, pending", Set: options("enabled", "optional", "pending"), Want: checks.FAIL, Reason: "this change is pending"},
		{Name: "a stopped instance is judged too", Set: metadata("stopped", snapshot.Value(snapshot.MetadataOptions{HTTPEndpoint: "enabled", HTTPTokens: "optional"})), Want: checks.FAIL, Reason: "optional"},
		{Name: "values that AWS does not document", Set: options("", "", ""), Want: checks.UNKNOWN, Reason: `HttpTokens is ""`},
		{Name: "options missing from the answer", Want: checks.UNKNOWN, Reason: "malformed",
			Set: metadata("running", snapshot.Missing[snapshot.MetadataOptions](checktest.Unread("ec2:DescribeInstances", snapshot.Malformed)))},
		{Name: "a Region whose instances were not listed", Want: checks.UNKNOWN, Reason: "denied",
			Set: func(a *snapshot.Account) {
				checktest.Fail(a, "ec2:DescribeInstances", checktest.Elsewhere, snapshot.Denied)
			}},
	})
}

func TestTerminatedInstancesAreNoResources(t *testing.T) {
	for _, check := range []*checks.Check{&InstanceIMDSv2Required, &InstanceUserDataWithoutSecrets} {
		for _, state := range []string{"shutting-down", "terminated"} {
			a := checktest.Account(check, metadata(state, snapshot.Value(snapshot.MetadataOptions{})))
			if found := checktest.Findings(check, a, nil); len(found) != 0 {
				t.Errorf("%s, %s: %+v", check.ID, state, found)
			}
		}
	}
}
