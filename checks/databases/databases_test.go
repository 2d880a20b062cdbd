package databases_test

import (
	"testing"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

func TestWhoIsLeftOut(t *testing.T) {
	type leave = func(snapshot.Database) (checks.Verdict, bool)
	all := map[string]leave{"ended": databases.Ended, "own": databases.Own, "standalone": databases.Standalone, "member": databases.Member, "replica": databases.Replica, "custom": databases.Custom}
	for _, tt := range []struct {
		name string
		of   snapshot.Database
		by   []string
	}{
		{"an ordinary one", snapshot.Database{Engine: "postgres", Status: "available"}, nil},
		{"stopped", snapshot.Database{Engine: "postgres", Status: "stopped"}, nil},
		{"deleting", snapshot.Database{Status: "deleting"}, []string{"ended", "own", "standalone"}},
		{"docdb", snapshot.Database{Engine: "docdb"}, []string{"own", "standalone"}},
		{"neptune", snapshot.Database{Engine: "neptune"}, []string{"own", "standalone"}},
		{"member", snapshot.Database{Cluster: "c"}, []string{"standalone", "member"}},
		{"replica", snapshot.Database{ReplicaOf: "orders"}, []string{"replica"}},
		{"secondary of a global database", snapshot.Database{ReplicaOf: "arn", Global: "g"}, nil},
		{"custom", snapshot.Database{Engine: "custom-oracle-ee"}, []string{"custom"}},
	} {
		want := map[string]bool{}
		for _, name := range tt.by {
			want[name] = true
		}
		for name, f := range all {
			v, out := f(tt.of)
			if out != want[name] || out && (v.Status != checks.NotApplicable || v.Reason == "") {
				t.Errorf("%s by %s: left out %v, %+v", tt.name, name, out, v)
			}
		}
	}
}

func TestVersionsCompareAsNumbers(t *testing.T) {
	for _, tt := range []struct {
		version string
		before  []int
		want    bool
	}{
		{"10.9.3", []int{10, 11}, true},
		{"10.11", []int{10, 9}, false},
		{"10.6", []int{10, 6}, false},
		{"10.6.19", []int{10, 6}, false},
		{"8.0.mysql_aurora.3.08.0", []int{8, 1}, true},
		{"11.22-R2", []int{11, 22}, false},
		{"11.22-RDS.20240418", []int{11, 23}, true},
		{"5.6.10a", []int{5, 6, 10}, false},
	} {
		if v, ok := databases.Version(tt.version); !ok || databases.Before(v, tt.before) != tt.want {
			t.Errorf("%s before %v: %v, want %v", tt.version, tt.before, !tt.want, tt.want)
		}
	}
	for _, text := range []string{"", "latest"} {
		if v, ok := databases.Version(text); ok {
			t.Errorf("%q is no version, got %v", text, v)
		}
	}
}
