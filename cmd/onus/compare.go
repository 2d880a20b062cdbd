package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"onus/report"
	"onus/report/jsonresult"
	"onus/scanner/evidence"
	"onus/scanner/snapshot"
)

// outcome is what is compared of a finding: all of its line, by its digest.
type outcome struct {
	ID, Check, Status, Reason, Cause string
	Resource                         struct{ ID string }

	line [sha256.Size]byte
	text []byte // of the line; valid until the next one
}

// differences are findings by how they stand in another judgement of the same answers.
type differences struct {
	same       int
	changed    [][2]outcome // before, now
	gone, anew []outcome
	rest       bool // the document differs outside its findings
}

func (d differences) none() bool { return len(d.changed)+len(d.gone)+len(d.anew) == 0 && !d.rest }

// compare holds a replay's findings against those in its bundle. given: another policy
// or time was asked for, so that a difference blames nobody.
func compare(s streams, b *evidence.Bundle, path string, r report.Result, list, given bool) error {
	d, err := differ(b.Result(), r)
	if err != nil {
		return badInput("%q: compare its result: %v", path, err)
	}
	same := b.Scan.Tool.Version == version && b.Scan.Tool.Commit == commit() && b.Scan.Catalogue == catalogueDigest()
	switch {
	case d.none():
		fmt.Fprintf(s.err, "all %d findings are those in %s, byte for byte\n", d.same, path)
		return nil
	case list:
		d.list(s.err)
	}
	words := fmt.Sprintf("%d findings are the same, %d are judged otherwise, %d are gone and %d are new", d.same, len(d.changed), len(d.gone), len(d.anew))
	if n := d.unasked(); n > 0 {
		words += fmt.Sprintf(" (%d of them UNKNOWN, because they need calls that were not made: not-recorded)", n)
	}
	if d.rest {
		words += "; the rest of the result differs too"
	}
	if same && !given {
		return badInput("%q: its result does not follow from its answers: judged again by the same version, %s; see --diff", path, words)
	}
	fmt.Fprintf(s.err, "compared with %s, %s: %s\n", path, words, blame(same, b.Scan.Tool.Version))
	return nil
}

func blame(same bool, v string) string {
	if same {
		return "another policy or time was given"
	}
	return "onus " + v + " judged it, this is another build or version"
}

// unasked is how many new findings need calls that the bundle does not hold.
func (d differences) unasked() (n int) {
	for _, o := range d.anew {
		if o.Cause == string(snapshot.NotRecorded) {
			n++
		}
	}
	return n
}

// list prints each difference. New findings that need calls which were not made are many
// and say the same: they have one line for each check.
func (d differences) list(w io.Writer) {
	for _, c := range d.changed {
		fmt.Fprintf(w, "changed  %s → %s  %s  %s\n  was  %s\n  is   %s\n", c[0].Status, c[1].Status, c[1].Check, legible(c[1].Resource.ID), legible(c[0].Reason), legible(c[1].Reason))
	}
	for _, c := range d.gone {
		fmt.Fprintf(w, "gone     %s  %s  %s\n", c.Status, c.Check, legible(c.Resource.ID))
	}
	unasked, needed := map[string]int{}, map[string][]string{}
	for _, c := range d.anew {
		if c.Cause != string(snapshot.NotRecorded) {
			fmt.Fprintf(w, "new      %s  %s  %s: %s\n", c.Status, c.Check, legible(c.Resource.ID), legible(c.Reason))
			continue
		}
		unasked[c.Check]++
		if operation, _, _ := strings.Cut(c.Reason, " "); !slices.Contains(needed[c.Check], operation) {
			needed[c.Check] = append(needed[c.Check], operation)
		}
	}
	for _, check := range slices.Sorted(maps.Keys(unasked)) {
		fmt.Fprintf(w, "unasked  UNKNOWN  %s, %s: %s\n", check, count(unasked[check], "finding"), legible(strings.Join(needed[check], ", ")))
	}
}

// differ compares a result document with a result: finding by finding, and the rest of
// it but for the scan's id and times.
func differ(document io.Reader, now report.Result) (d differences, err error) {
	before, old := map[string]outcome{}, repeatable{sha256.New()}
	for o, err := range outcomes(document, old) {
		if err != nil {
			return d, err
		}
		o.text = nil
		before[o.ID] = o
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(jsonresult.Write(w, now)) }()
	defer r.Close()
	rest := repeatable{sha256.New()}
	for o, err := range outcomes(r, rest) {
		if err != nil {
			return d, err
		}
		o.text = nil
		switch old, ok := before[o.ID]; {
		case !ok:
			d.anew = append(d.anew, o)
		case old.line == o.line:
			d.same++
		default:
			d.changed = append(d.changed, [2]outcome{old, o})
		}
		delete(before, o.ID)
	}
	for _, o := range before {
		d.gone = append(d.gone, o)
	}
	slices.SortFunc(d.gone, func(a, b outcome) int { return cmp.Compare(a.Check+a.ID, b.Check+b.ID) })
	d.rest = !bytes.Equal(old.Sum(nil), rest.Sum(nil))
	return d, nil
}

// outcomes are the findings of a result document. The other lines go to rest.
func outcomes(document io.Reader, rest io.Writer) iter.Seq2[outcome, error] {
	return func(yield func(outcome, error) bool) {
		for line, err := range evidence.FindingLines(document, rest) {
			o := outcome{line: sha256.Sum256(line), text: line}
			if err == nil {
				err = json.Unmarshal(line, &o)
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// repeatable passes on to a hash what a replay repeats: not the scan's id and times.
type repeatable struct{ hash.Hash }

// Write takes one line, or the end of one.
func (r repeatable) Write(line []byte) (int, error) {
	if !ownToScan(line) {
		return r.Hash.Write(line)
	}
	return len(line), nil
}

// ownToScan are the header's lines that no replay repeats.
func ownToScan(line []byte) bool {
	for _, name := range []string{"id", "started", "finished"} {
		if bytes.HasPrefix(line, []byte(`    "`+name+`": `)) {
			return true
		}
	}
	return false
}
