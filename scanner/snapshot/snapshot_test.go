package snapshot

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestZeroReadIsUnread(t *testing.T) {
	var r Read[bool]
	if v, err := r.Get(); err == nil || v {
		t.Errorf("zero Read: got %v, %v; want an error", v, err)
	}
	if _, err := Missing[int](nil).Get(); err == nil {
		t.Error("Missing(nil) must still be unread")
	}
	if _, err := Partial([]int{1}, nil).Get(); err == nil {
		t.Error("Partial(nil) must still be incomplete")
	}
	var u *Unread
	if _, err := r.Get(); !errors.As(err, &u) || u.Cause != Skipped {
		t.Errorf("zero Read: cause of %v, want skipped", err)
	}
	if v, err := Value(true).Get(); err != nil || !v {
		t.Errorf("Value(true): got %v, %v", v, err)
	}
}

func TestUnreadNamesPlaceAndCause(t *testing.T) {
	u := &Unread{Operation: "s3:ListBuckets", At: Location{"aws", "111122223333", Global}, Cause: Denied, Code: "AccessDenied"}
	if got, want := u.Error(), "s3:ListBuckets in 111122223333/global: denied (AccessDenied)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRegionEnabled(t *testing.T) {
	for status, want := range map[string]bool{
		"ENABLED": true, "ENABLED_BY_DEFAULT": true, "ENABLING": true, "DISABLING": true, "opted-in": true,
		"opt-in-not-required": true, "DISABLED": false, "not-opted-in": false, "": false,
	} {
		if got := (Region{Status: status}).Enabled(); got != want {
			t.Errorf("status %q: enabled %v, want %v", status, got, want)
		}
	}
}

func TestPublicAccessBlockMergesFlagByFlag(t *testing.T) {
	a := PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true}
	b := PublicAccessBlock{BlockPublicPolicy: true, RestrictPublicBuckets: true}
	if off := a.Or(b).Off(); len(off) != 0 {
		t.Errorf("two and two flags: still off %v", off)
	}
	if off := a.Off(); strings.Join(off, " ") != "BlockPublicPolicy RestrictPublicBuckets" {
		t.Errorf("off: %v", off)
	}
}

func TestARNParts(t *testing.T) {
	const arn = "arn:aws-cn:rds:cn-north-1:111122223333:db:a:b"
	if PartitionOf(arn) != "aws-cn" || RegionOf(arn) != "cn-north-1" || AccountOf(arn) != "111122223333" {
		t.Errorf("parts of %s: %s %s %s", arn, PartitionOf(arn), RegionOf(arn), AccountOf(arn))
	}
	if AccountOf("not an arn") != "" || AccountOf("") != "" {
		t.Error("a string that is no ARN has no account")
	}
}

// The snapshot is what replay and checks share: it must not drag in a client.
func TestImportsStandardLibraryOnly(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range src.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); strings.Contains(strings.Split(path, "/")[0], ".") || strings.HasPrefix(path, "onus/") {
				t.Errorf("%s imports %s: standard library only", f.Name(), path)
			}
		}
	}
}
