package platform

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestInstanceOSSupported(t *testing.T) {
	runs := func(platform, version string) func(*snapshot.Account) {
		return checktest.All(instance(), node(func(n *snapshot.ManagedNode) { n.Platform, n.Version = platform, version }))
	}
	paid := func(names ...string) map[string]any { return map[string]any{"extended_support": names} }
	checktest.Run(t, &InstanceOSSupported, []checktest.Case{
		{Name: "Amazon Linux 2023", Set: runs("Amazon Linux", "2023"), Want: checks.PASS, Reason: "Amazon Linux 2023 ends on 2029-06-30 (table of 2026-05-01)"},
		{Name: "Amazon Linux 2", Set: runs("Amazon Linux", "2"), Want: checks.FAIL, Reason: "Amazon Linux 2 ended on 2026-06-30"},
		{Name: "Amazon Linux, the first", Set: runs("Amazon Linux AMI", "2018.03"), Want: checks.FAIL, Reason: "Amazon Linux AMI ended on 2023-12-31"},
		{Name: "CentOS Linux ends otherwise than Stream", Set: runs("CentOS Linux", "8.5.2111"), Want: checks.FAIL, Reason: "CentOS Linux 8 ended on 2021-12-31"},
		{Name: "CentOS Stream", Set: runs("CentOS Stream", "9"), Want: checks.PASS, Reason: "CentOS Stream 9 ends on 2027-05-31"},
		{Name: "Red Hat by its major", Set: runs("Red Hat Enterprise Linux", "8.10"), Want: checks.PASS, Reason: "Linux 8 ends on 2029-05-31"},
		{Name: "Red Hat 7 has another name", Set: runs("Red Hat Enterprise Linux Server", "7.9"), Want: checks.FAIL, Reason: "extended support can be bought until 2028-06-30"},
		{Name: "Ubuntu", Set: runs("Ubuntu", "24.04"), Want: checks.PASS, Reason: "Ubuntu 24.04"},
		{Name: "Ubuntu, ended", Set: runs("Ubuntu", "20.04"), Want: checks.FAIL, Reason: "can be bought until 2030-04-02"},
		{Name: "Ubuntu Pro is a parameter", Set: runs("Ubuntu", "20.04"), Parameters: paid("ubuntu 20.04"), Want: checks.PASS, Reason: "the extended support of Ubuntu 20.04 ends on 2030-04-02"},
		{Name: "Ubuntu Pro has ended too", Set: runs("Ubuntu", "16.04"), Parameters: paid("Ubuntu 16.04"), Want: checks.FAIL, Reason: "the extended support of Ubuntu 16.04 ended on 2026-04-02"},
		{Name: "nothing can be bought", Set: runs("Amazon Linux", "2"), Parameters: paid("Amazon Linux 2"), Want: checks.FAIL, Reason: "knows of no extended support"},
		{Name: "soon is too soon", Set: runs("Ubuntu", "22.04"), Parameters: map[string]any{"notice_days": 365}, Want: checks.FAIL, Reason: "ends on 2027-04-01, want 365 days"},
		{Name: "Debian with its LTS", Set: runs("Debian GNU/Linux", "12"), Want: checks.PASS, Reason: "Debian 12 ends on 2028-06-10"},
		{Name: "SUSE by its service pack", Set: runs("SLES", "15.5"), Want: checks.FAIL, Reason: "Server 15.5 ended on 2024-12-31"},
		{Name: "Windows gives its name", Set: runs("Microsoft Windows Server 2016 Datacenter", "10.0.14393"), Want: checks.PASS, Reason: "Windows Server 2016 ends on 2027-01-12"},
		{Name: "Windows 2012 R2 is not 2012", Set: runs("Microsoft Windows Server 2012 R2 Standard", "6.3.9600"), Want: checks.FAIL, Reason: "Windows Server 2012 R2 ended on 2023-10-10"},
		{Name: "Windows' extended updates", Set: runs("Microsoft Windows Server 2012 R2 Standard", "6.3.9600"), Parameters: paid("Windows Server 2012 R2"), Want: checks.FAIL, Reason: "extended support of Windows Server 2012 R2 ended on 2026-10-13"},
		{Name: "Windows without a year", Set: runs("Microsoft Windows Server Datacenter", "10.0.19042"), Want: checks.FAIL, Reason: "build 10.0.19042 ended on 2022-08-09"},
		{Name: "not in the table", Set: runs("Haiku", "R1"), Want: checks.UNKNOWN, Reason: `"Haiku" of version "R1" is not in the table`},
		{Name: "a version of tomorrow", Set: runs("Ubuntu", "28.04"), Want: checks.UNKNOWN, Reason: "28.04"},
		{Name: "not told", Set: runs("", ""), Want: checks.UNKNOWN, Reason: "not in the table"},
		{Name: "a silent agent, and the system had ended", Set: checktest.All(instance(), node(ping("ConnectionLost"), func(n *snapshot.ManagedNode) { n.Platform, n.Version = "Amazon Linux", "2" })), Want: checks.FAIL, Reason: "ended on 2026-06-30"},
		{Name: "a silent agent proves nothing", Set: checktest.All(instance(), node(ping("Inactive"), func(n *snapshot.ManagedNode) { n.Platform, n.Version = "Amazon Linux", "2023" })), Want: checks.UNKNOWN, Reason: "Inactive since"},
		{Name: "not managed", Set: instance(), Want: checks.UNKNOWN, Reason: "does not see"},
		{Name: "stopped", Set: instance(state("stopped")), Want: checks.NotApplicable, Reason: "stopped"},
	})
}

// TestTheTableIsWellMade: every day can be read, nothing paid ends before what is free, and
// no name stands for two systems.
func TestTheTableIsWellMade(t *testing.T) {
	names := map[string]string{}
	all := append(append([]release{}, windows...), channels...)
	for _, s := range systems {
		for _, name := range s.reported {
			if names[name] != "" {
				t.Errorf("%s is reported of %s and %s", name, names[name], s.name)
			}
			names[name] = s.name
		}
		all = append(all, s.releases...)
	}
	for _, r := range all {
		ends, err := time.Parse(time.DateOnly, r.ends)
		if err != nil {
			t.Errorf("%+v: %v", r, err)
		}
		if extended, err := time.Parse(time.DateOnly, r.extended); r.extended != "" && (err != nil || !extended.After(ends)) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if _, err := time.Parse(time.DateOnly, osTableDate); err != nil {
		t.Error(err)
	}
}
