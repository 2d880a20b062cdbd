package platform

import (
	"slices"
	"strings"
	"time"
)

// osTableDate is the day to which the table of operating systems was brought up to date.
// What a vendor announced later is not in it.
const osTableDate = "2026-05-01"

// release is one release of an operating system: when its vendor's free support ends, and
// when what can be bought on top of it does. Days are YYYY-MM-DD; "" for nothing to buy.
type release struct{ version, ends, extended string }

// system is an operating system by the names that the SSM agent reports, which come from
// /etc/os-release. depth is how many numbers of the version make a release.
type system struct {
	name     string // as extended_support and reasons call it
	reported []string
	depth    int
	releases []release
}

// systems hold support as the vendor defines it: security updates for everybody. Debian's
// includes its LTS project. Sources, as of osTableDate: Amazon Linux 2 FAQs and Amazon Linux
// 2023 User Guide, "Release cadence"; Ubuntu, "Release cycle"; Debian wiki, "DebianReleases"
// and "LTS"; Red Hat Enterprise Linux Life Cycle; centos.org; wiki.rockylinux.org and
// wiki.almalinux.org; Oracle Lifetime Support Policy; SUSE Product Support Lifecycle;
// Microsoft Lifecycle; compared with endoflife.date.
var systems = []system{
	{"Amazon Linux AMI", []string{"amazon linux ami"}, 0, []release{{"", "2023-12-31", ""}}},
	{"Amazon Linux", []string{"amazon linux"}, 1, []release{{"2", "2026-06-30", ""}, {"2018", "2023-12-31", ""}, {"2023", "2029-06-30", ""}}},
	{"Ubuntu", []string{"ubuntu"}, 2, []release{
		{"14.04", "2019-04-02", "2024-04-02"}, {"16.04", "2021-04-02", "2026-04-02"}, {"18.04", "2023-05-31", "2028-04-01"}, {"20.04", "2025-05-31", "2030-04-02"},
		{"22.04", "2027-04-01", "2032-04-09"}, {"24.04", "2029-05-31", "2036-05-31"}, {"26.04", "2031-04-30", "2036-04-30"},
		{"22.10", "2023-07-20", ""}, {"23.04", "2024-01-20", ""}, {"23.10", "2024-07-12", ""}, {"24.10", "2025-07-10", ""}, {"25.04", "2026-01-17", ""}, {"25.10", "2026-07-01", ""},
	}},
	{"Debian", []string{"debian gnu/linux", "debian"}, 1, []release{
		{"8", "2020-06-30", ""}, {"9", "2022-07-01", ""}, {"10", "2024-06-30", ""}, {"11", "2026-08-31", ""}, {"12", "2028-06-10", ""}, {"13", "2030-06-30", ""},
	}},
	{"Red Hat Enterprise Linux", []string{"red hat enterprise linux", "red hat enterprise linux server"}, 1, []release{
		{"6", "2020-11-30", "2024-06-30"}, {"7", "2024-06-30", "2028-06-30"}, {"8", "2029-05-31", "2032-05-31"}, {"9", "2032-05-31", "2035-05-31"}, {"10", "2035-05-31", "2038-05-31"},
	}},
	{"CentOS Linux", []string{"centos linux", "centos"}, 1, []release{{"6", "2020-11-30", ""}, {"7", "2024-06-30", ""}, {"8", "2021-12-31", ""}}},
	{"CentOS Stream", []string{"centos stream"}, 1, []release{{"8", "2024-05-31", ""}, {"9", "2027-05-31", ""}, {"10", "2030-01-01", ""}}},
	{"Rocky Linux", []string{"rocky linux"}, 1, []release{{"8", "2029-05-31", ""}, {"9", "2032-05-31", ""}, {"10", "2035-05-31", ""}}},
	{"AlmaLinux", []string{"almalinux"}, 1, []release{{"8", "2029-03-01", ""}, {"9", "2032-05-31", ""}, {"10", "2035-05-31", ""}}},
	{"Oracle Linux", []string{"oracle linux server", "oracle linux"}, 1, []release{
		{"6", "2021-03-01", "2024-12-01"}, {"7", "2024-12-01", "2028-06-30"}, {"8", "2029-07-01", "2032-07-31"}, {"9", "2032-06-30", "2035-06-30"}, {"10", "2035-06-30", "2038-06-30"},
	}},
	{"SUSE Linux Enterprise Server", []string{"sles", "suse linux enterprise server", "sles_sap", "sles for sap applications"}, 2, []release{
		{"12.3", "2019-06-30", "2022-06-30"}, {"12.4", "2020-06-30", "2023-06-30"}, {"12.5", "2024-10-31", "2027-10-31"},
		{"15", "2019-12-31", "2022-12-31"}, {"15.1", "2021-01-31", "2024-01-31"}, {"15.2", "2021-12-31", "2024-12-31"}, {"15.3", "2022-12-31", "2025-12-31"},
		{"15.4", "2023-12-31", "2026-12-31"}, {"15.5", "2024-12-31", "2027-12-31"}, {"15.6", "2025-12-31", "2028-12-31"}, {"15.7", "2031-07-31", "2034-07-31"},
	}},
}

// windows are the releases of Windows Server by what stands in the name. The first that is
// found counts: 2012 R2 stands before 2012.
var windows = []release{
	{"2008 R2", "2020-01-14", "2023-01-10"}, {"2008", "2020-01-14", "2023-01-10"}, {"2012 R2", "2023-10-10", "2026-10-13"}, {"2012", "2023-10-10", "2026-10-13"},
	{"2016", "2027-01-12", "2030-01-12"}, {"2019", "2029-01-09", ""}, {"2022", "2031-10-14", ""}, {"2025", "2034-10-10", ""}, {"2003", "2015-07-14", ""},
}

// channels are the builds of Windows Server whose names have no year. Source: Microsoft
// Lifecycle, the Semi-Annual and Annual Channels.
var channels = []release{
	{"10.0.16299", "2019-04-09", ""}, {"10.0.17134", "2019-11-12", ""}, {"10.0.18362", "2020-12-08", ""}, {"10.0.18363", "2021-05-11", ""},
	{"10.0.19041", "2021-12-14", ""}, {"10.0.19042", "2022-08-09", ""}, {"10.0.25398", "2025-10-24", ""},
}

// support is when the support of an operating system ends. A zero Extended: nothing to buy.
type support struct {
	name           string // Ubuntu 20.04
	ends, extended time.Time
}

// supportOf looks an operating system up by what the agent reports of it.
func supportOf(platform, version string) (support, bool) {
	name := strings.ToLower(strings.TrimSpace(platform))
	if strings.Contains(name, "windows server") {
		return windowsSupport(name, version)
	}
	for _, s := range systems {
		if !slices.Contains(s.reported, name) {
			continue
		}
		key := strings.Join(firstParts(version, s.depth), ".")
		i := slices.IndexFunc(s.releases, func(r release) bool { return r.version == key })
		if i < 0 {
			return support{}, false
		}
		return dated(strings.TrimSpace(s.name+" "+key), s.releases[i]), true
	}
	return support{}, false
}

func windowsSupport(name, version string) (support, bool) {
	for _, r := range windows {
		if strings.Contains(name, strings.ToLower(r.version)) {
			return dated("Windows Server "+r.version, r), true
		}
	}
	for _, r := range channels {
		if version == r.version || strings.HasPrefix(version, r.version+".") {
			return dated("Windows Server build "+r.version, r), true
		}
	}
	return support{}, false
}

func firstParts(version string, n int) []string {
	parts := strings.Split(strings.TrimSpace(version), ".")
	return parts[:min(n, len(parts))]
}

func dated(name string, r release) support {
	s := support{name: name}
	s.ends, _ = time.Parse(time.DateOnly, r.ends)
	if r.extended != "" {
		s.extended, _ = time.Parse(time.DateOnly, r.extended)
	}
	return s
}
