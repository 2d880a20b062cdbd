package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"onus/report"
	"onus/report/jsonresult"
	"onus/scanner/evidence"
	"onus/scanner/snapshot"
)

// bundling says where a scan's evidence goes and which keys seal it.
type bundling struct {
	signing
	stamping
	evidence string

	keys    []evidence.Key
	scratch string // folder beside the bundle, while it is made
}

func (b *bundling) flags(f *pflag.FlagSet) {
	f.StringVar(&b.evidence, "evidence", "", "write the evidence into this new file, for \"onus verify\" and \"onus replay\"")
	b.signing.flags(f)
	b.stamping.flags(f)
}

// begin reads the keys and makes the scratch folder, before anything is asked.
func (b *bundling) begin(ctx context.Context, s streams) (err error) {
	switch {
	case b.evidence == "" && len(b.names) == 0 && b.authority == "":
		return nil
	case b.evidence == "":
		return badInput("--key and --timestamp say nothing without --evidence FILE")
	case len(b.names) == 0:
		return badInput("--evidence needs --key FILE to seal it with; \"onus keys new\" makes one")
	}
	if err := b.stamping.check(); err != nil {
		return err
	}
	if b.keys, err = b.signing.open(ctx, s); err != nil {
		return err
	}
	if _, err := os.Lstat(b.evidence); err == nil {
		return badInput("%q: a file is there already and is not overwritten: name another", b.evidence)
	}
	if err := os.MkdirAll(filepath.Dir(b.evidence), 0o755); err != nil {
		return badInput("%q cannot be made: %v", filepath.Dir(b.evidence), plain(err))
	}
	dir := b.evidence + ".partial"
	if err := claim(s, dir); err != nil {
		return err
	}
	b.scratch = dir
	return nil
}

// end removes the scratch folder.
func (b *bundling) end() {
	if b.scratch != "" {
		_ = os.RemoveAll(b.scratch) // the next run clears what stays
	}
}

// sealing is how long signing may take. It is done for a scan that was interrupted too.
const sealing = 2 * time.Minute

// seal writes the bundle of a scan whose record is closed.
func (b *bundling) seal(ctx context.Context, s streams, record string, r report.Result, quiet bool) error {
	result := filepath.Join(b.scratch, "result.json")
	if err := writeResult(result, r); err != nil {
		return &exitError{1, fmt.Errorf("write %q: %w", result, plain(err))}
	}
	c := evidence.Content{Scan: factsOf(r), Record: record, Result: result, Sealed: time.Now().UTC().Truncate(time.Second), Stamp: b.stamper()}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealing)
	defer cancel()
	if err := evidence.Write(ctx, b.evidence, b.scratch, c, b.keys...); err != nil {
		var unstamped *evidence.UnstampedError
		if errors.As(err, &unstamped) {
			err = fmt.Errorf("%w: add one by \"onus evidence sign --timestamp\"", err)
		}
		return &exitError{1, err}
	}
	if !quiet {
		fmt.Fprintf(s.err, "wrote %s\n", b.evidence)
	}
	return nil
}

func writeResult(path string, r report.Result) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(jsonresult.Write(w, r), w.Flush(), f.Close())
}

// factsOf is what a bundle says of its scan.
func factsOf(r report.Result) evidence.Scan {
	h := r.Scan
	out := evidence.Scan{
		ID: h.ID, AsOf: h.AsOf.UTC(), Started: h.Started.UTC(), Finished: h.Finished.UTC(), Tool: tool(),
		Catalogue: h.CatalogueDigest, Frameworks: frameworksDigest(r), Policy: h.PolicyDigest,
		Accounts: h.Accounts, Regions: []string{}, Interrupted: h.Interrupted,
	}
	for _, region := range h.Regions {
		if region.Enabled {
			out.Regions = append(out.Regions, region.Name)
		}
	}
	slices.Sort(out.Regions)
	out.Regions = slices.Compact(out.Regions)
	for _, c := range r.Coverage {
		out.Planned++
		if c.Status == snapshot.OK {
			out.Read++
		}
	}
	return out
}

// frameworksDigest is the SHA-256 over the mappings that the result shows.
func frameworksDigest(r report.Result) string {
	text, _ := json.Marshal(r.Frameworks) // strings in maps and lists: cannot fail
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// tool is this program, as the Go tool recorded it.
func tool() evidence.Tool {
	t := evidence.Tool{Version: version, Commit: commit(), Go: runtime.Version(), Modules: []evidence.Module{}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		t.Modules = append(t.Modules, evidence.Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
	return t
}
