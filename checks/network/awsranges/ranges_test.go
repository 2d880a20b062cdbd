package awsranges

import (
	"net/netip"
	"testing"

	"onus/checks/network/reach"
)

func TestTable(t *testing.T) {
	table := Table()
	for address, want := range map[string]string{
		"54.74.0.27":      "rentable", // EC2 in Ireland
		"3.248.0.1":       "rentable",
		"2a05:d018::1":    "rentable", // EC2 in Ireland
		"15.177.0.1":      "fixed",    // health checks of Route 53
		"130.176.0.1":     "fixed",    // CloudFront's calls of origins
		"8.8.8.8":         "none",
		"203.0.113.7":     "none",
		"2001:4860::8888": "none",
	} {
		a := netip.MustParseAddr(address)
		got := "none"
		switch {
		case table.Rentable.Contains(a):
			got = "rentable"
		case table.Fixed.Contains(a):
			got = "fixed"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	if table.Rentable.Overlaps(table.Fixed) {
		t.Error("the parts overlap")
	}
	for _, f := range reach.Families {
		if share := table.Rentable.PublicShare(f); share <= 0 || share > 0.1 {
			t.Errorf("%s: %f of the public space", f, share)
		}
	}
}
