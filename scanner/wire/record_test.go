package wire

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func recorded(t *testing.T) (dir string, lines []Line, exchanges []Exchange) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "record")
	r, err := Create(dir, Header{Tool: "test", AsOf: time.Unix(0, 0).UTC(), Options: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	exchanges = []Exchange{
		{Status: 200, Headers: http.Header{"Content-Type": {"text/xml"}}, Body: []byte("<a>\u00e9&amp;</a>")},
		{Status: 200, Body: []byte{0xff, 0x00, '\n'}},
		{Class: "reset"},
	}
	for i, e := range exchanges {
		k := Key{Account: "1", Region: "eu-west-1", Operation: "iam:ListAccessKeys", Input: "{}", Round: i}
		l := Line{ID: k.ID(), Key: k, Status: e.Status, Attempts: 1, Start: time.Unix(1, 0).UTC(), Exchange: e.Digest()}
		lines = append(lines, l)
		if err := r.Put(l, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Note(Line{Key: Key{Operation: "sts:AssumeRole"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a record that is not closed must not be in its place")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, lines, exchanges
}

func TestRecordGivesBackWhatWasPut(t *testing.T) {
	dir, lines, exchanges := recorded(t)
	r, h, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if h.Tool != "test" || h.Format != RecordFormat {
		t.Errorf("header %+v", h)
	}
	for i, l := range lines {
		gotLine, got, ok := r.Get(l.ID)
		if !ok || got.Digest() != exchanges[i].Digest() || string(got.Body) != string(exchanges[i].Body) {
			t.Errorf("exchange %d: %+v, %v; want %+v", i, got, ok, exchanges[i])
		}
		if diff := cmp.Diff(l, gotLine); diff != "" {
			t.Errorf("line %d (-want +got):\n%s", i, diff)
		}
	}
	if _, _, ok := r.Get("unknown"); ok {
		t.Error("an unknown call was found")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), ".onus-record-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDamagedRecordsAreRefused(t *testing.T) {
	edit := func(name, old, new string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err != nil || !strings.Contains(string(text), old) {
				t.Fatalf("%s does not hold %q: %v", name, old, err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		spoil func(*testing.T, string)
		want  string
	}{
		"newer version":      {edit("scan.json", RecordFormat, "onus.record/v2"), "use the version that wrote it"},
		"header cut":         {edit("scan.json", "}", ""), "scan.json is damaged"},
		"line of another id": {edit("ledger.ndjson", `"account":"1"`, `"account":"2"`), "line 1 is damaged"},
		"line cut off": {func(t *testing.T, dir string) {
			path := filepath.Join(dir, "ledger.ndjson")
			text, _ := os.ReadFile(path)
			if err := os.WriteFile(path, text[:len(text)-9], 0o600); err != nil {
				t.Fatal(err)
			}
		}, "cut off"},
		"another file named": {edit("ledger.ndjson", `"exchange":"`, `"exchange":"../../`), "no digest"},
		"no ledger":          {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "ledger.ndjson")) }, "ledger is missing"},
		"exchange changed": {func(t *testing.T, dir string) {
			files, _ := filepath.Glob(filepath.Join(dir, "exchanges", "*.json"))
			for _, f := range files {
				text, _ := os.ReadFile(f)
				if err := os.WriteFile(f, []byte(strings.Replace(string(text), "200", "403", 1)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}, "changed or damaged"},
		"exchange gone": {func(t *testing.T, dir string) { os.RemoveAll(filepath.Join(dir, "exchanges")) }, "line 1 is damaged"},
		"nothing there": {func(t *testing.T, dir string) { os.RemoveAll(dir) }, "no record is there"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _, _ := recorded(t)
			tt.spoil(t, dir)
			_, _, err := Open(dir)
			var bad *RecordError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a RecordError in one line with %q", err, tt.want)
			}
		})
	}
}

func TestRecordNeverWritesOverSomething(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, Header{Options: []byte(`{}`)}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("got %v", err)
	}
	r, err := Create(filepath.Join(dir, "new"), Header{Options: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Discard(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
