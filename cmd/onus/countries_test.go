package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/checks"
	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
)

// A residency allows countries too, those that have no Region as well; a list of Regions
// leaves them to the check, and what the policy says of the check itself counts more.
func TestTheResidencyAllowsCountries(t *testing.T) {
	c, _ := suite.Find("ec2-zones-in-allowed-countries")
	said := map[string]policyfile.Setting{c.ID: {Parameters: map[string]any{"allowed_countries": []string{"ch"}}}}
	regions := []string{"eu-central-1"}
	for _, tt := range []struct {
		name   string
		policy policyfile.Policy
		want   any
	}{
		{"a residency", policyfile.Policy{Residency: []string{"eu", "us-east-1"}, AllowedRegions: regions}, []string{"eu", "us"}},
		{"Regions", policyfile.Policy{AllowedRegions: regions}, nil},
		{"the check's own", policyfile.Policy{Residency: []string{"eu"}, AllowedRegions: regions, Checks: said}, []string{"ch"}},
	} {
		got := settings(&tt.policy, []*checks.Check{c}).Parameters[c.ID]["allowed_countries"]
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
