package awsranges

import (
	"net/netip"
	"testing"

	"onus/checks/network/reach"
	"onus/checks/regions/residency"
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

func TestRegionOf(t *testing.T) {
	for block, want := range map[string]string{
		"54.74.0.27/32":        "eu-west-1",
		"54.74.0.0/15":         "eu-west-1",
		"54.74.0.99/24":        "eu-west-1", // bits behind the length do not count
		"54.0.0.0/8":           "",          // of many
		"52.92.0.0/14":         "",          // of several, and others' too
		"2a05:d018::/36":       "eu-west-1",
		"2a05:d018::1/128":     "eu-west-1",
		"2a05:d000::/25":       "",
		"161.189.0.0/16":       "cn-northwest-1",
		"15.177.0.0/18":        "", // health checks of Route 53, GLOBAL
		"130.176.0.0/17":       "", // CloudFront, GLOBAL
		"15.193.0.0/24":        "ap-south-1",
		"15.193.0.0/19":        "", // GLOBAL, with blocks of Regions in it
		"8.8.8.8/32":           "",
		"10.0.0.0/16":          "",
		"0.0.0.0/0":            "",
		"::/0":                 "",
		"1.0.0.0/32":           "", // before all
		"2c0f::/16":            "", // behind all
		"::ffff:54.74.0.0/120": "",
	} {
		if got := RegionOf(netip.MustParsePrefix(block)); got != want {
			t.Errorf("%s is of %q, want %q", block, got, want)
		}
	}
}

// Blocks of two Regions that overlapped would make the answer one of both, by chance.
func TestNoAddressIsOfTwoRegions(t *testing.T) {
	blocks := regional()
	has := map[string]bool{}
	for i, b := range blocks {
		has[b.region] = true
		if i > 0 && blocks[i-1].block.Overlaps(b.block) {
			t.Errorf("%s of %s overlaps %s of %s", blocks[i-1].block, blocks[i-1].region, b.block, b.region)
		}
		if got := RegionOf(b.block); got != b.region {
			t.Errorf("%s is of %q, want %q", b.block, got, b.region)
		}
	}
	for _, r := range residency.All() {
		if !has[r.Name] {
			t.Errorf("the table has nothing of %s", r.Name)
		}
	}
}
