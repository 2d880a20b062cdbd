package main

import (
	stdcmp "cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onus/mocks/emulators"
)

// The Regions of the seeded account, and what its policy allows.
const (
	seededRegions = "eu-central-1,eu-west-1,us-east-1"
	seededPolicy  = "allowed_regions: [eu-central-1, eu-west-1]\n"
)

// emulated scans a seeded emulator with the command, compares every finding with the
// table made by hand, and replays the record.
func emulated(t *testing.T, name, endpoint string) result {
	t.Helper()
	ids, err := emulators.Seed(context.Background(), emulators.Config(endpoint, "eu-west-1"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	policy, record := filepath.Join(dir, "onus.yaml"), filepath.Join(dir, "record")
	if err := os.WriteFile(policy, []byte(seededPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := process(t, emulators.Environ(endpoint), "scan", "-q", "--region", seededRegions, "--policy", policy, "--record", record, "--format", "json")
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	found := decode(t, out)
	table := emulators.Expected(t, name, ids)
	used := make([]bool, len(table))
	missing := map[string]string{} // row → what it says
	for _, f := range found.Findings {
		i := slices.IndexFunc(table, func(o emulators.Outcome) bool {
			return o.Check == f.Check && o.Region == f.Region && o.Matches(f.Resource.ID, f.Resource.Tags["Name"])
		})
		switch {
		case i < 0 && unscanned(f.Region, f.Resource.ID):
		case i < 0:
			missing[fmt.Sprintf("%s | %s | %s | %s", f.Check, stdcmp.Or(f.Resource.Tags["Name"], f.Resource.ID), f.Region, f.Status)] = f.Reason
		case table[i].Status != f.Status:
			t.Errorf("%s | %s | %s: %s, want %s: %s", f.Check, f.Resource.ID, f.Region, f.Status, table[i].Status, f.Reason)
		}
		if i >= 0 {
			used[i] = true
		}
	}
	for i, o := range table {
		if !used[i] {
			t.Errorf("no finding: %s | %s | %s | %s", o.Check, o.Resource, o.Region, o.Status)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("not in the table: %s\n\t%s", row, missing[row])
	}
	if len(found.Findings) < 100 {
		t.Errorf("%d findings", len(found.Findings))
	}
	code, again, errs := process(t, nil, "replay", record, "-q", "--format", "json")
	if code != 3 || body(out) != body(again) {
		t.Errorf("the replay differs, exit status %d: %s\n%s", code, errs, cmp.Diff(strings.Split(body(out), "\n"), strings.Split(body(again), "\n")))
	}
	return found
}

// unscanned says that a finding speaks of a Region that --region left out, or of the list
// of Regions: the table does not hold those.
func unscanned(region, id string) bool {
	return region != "global" && !strings.Contains(seededRegions, region) || strings.HasPrefix(id, "account:ListRegions@")
}

func TestScanOfMoto(t *testing.T) {
	t.Parallel()
	emulated(t, "moto", emulators.Moto(t))
}

func TestScanOfLocalStack(t *testing.T) {
	t.Parallel()
	endpoint := emulators.LocalStack(t)
	found := emulated(t, "localstack", endpoint)
	for _, c := range found.Coverage {
		if strings.HasPrefix(c.Operation, "rds:DescribeDB") && c.Region == "eu-west-1" && c.Status != "unsupported" && c.Status != "skipped" {
			t.Errorf("%s is %s, and LocalStack has no RDS", c.Operation, c.Status)
		}
	}
	env := emulators.Environ(endpoint)
	args := []string{"scan", "-q", "--region", "eu-west-1", "--service", "rds"}
	if code, _, errs := process(t, env, append(args, "--require-complete")...); code != 4 {
		t.Errorf("--require-complete: exit status %d, want 4: %s", code, errs)
	}
	if code, _, errs := process(t, env, args...); code != 0 {
		t.Errorf("unsupported alone: exit status %d, want 0: %s", code, errs)
	}
}
