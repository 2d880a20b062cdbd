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

// outcome is what is told of a finding that differs.
type outcome struct {
	ID, Check, Status, Reason, Cause string
	Resource                         struct{ ID string }

	line [sha256.Size]byte
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
// it but for the scan's id and times. Both have one order, so that only what differs is held.
func differ(document io.Reader, now report.Result) (d differences, err error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(jsonresult.Write(w, now)) }()
	defer r.Close()
	old, rest := repeatable{sha256.New()}, repeatable{sha256.New()}
	nextOld, stopOld := iter.Pull2(evidence.FindingLines(document, old))
	defer stopOld()
	nextNew, stopNew := iter.Pull2(evidence.FindingLines(r, rest))
	defer stopNew()
	was, is := map[string]outcome{}, map[string]outcome{} // what the other has not had yet
	for {
		before, beforeErr, isOld := nextOld()
		after, afterErr, isNew := nextNew()
		switch err := cmp.Or(beforeErr, afterErr); {
		case err != nil:
			return d, err
		case !isOld && !isNew:
			d.gone, d.anew = inOrder(was), inOrder(is)
			slices.SortFunc(d.changed, func(a, b [2]outcome) int { return byCheck(a[1], b[1]) })
			d.rest = !bytes.Equal(old.Sum(nil), rest.Sum(nil))
			return d, nil
		case isOld && isNew && bytes.Equal(before, after):
			d.same++
			continue
		}
		if isOld {
			a, b, ok, err := match(before, was, is)
			if err != nil {
				return d, err
			}
			if ok {
				d.pair(a, b)
			}
		}
		if isNew {
			b, a, ok, err := match(after, is, was)
			if err != nil {
				return d, err
			}
			if ok {
				d.pair(a, b)
			}
		}
	}
}

// match finds the other document's finding of the same id, or keeps this one among its own.
func match(line []byte, own, others map[string]outcome) (o, other outcome, ok bool, err error) {
	o.line = sha256.Sum256(line)
	if err := json.Unmarshal(line, &o); err != nil {
		return o, other, false, err
	}
	if other, ok = others[o.ID]; ok {
		delete(others, o.ID)
	} else {
		own[o.ID] = o
	}
	return o, other, ok, nil
}

func (d *differences) pair(before, after outcome) {
	if before.line == after.line {
		d.same++
	} else {
		d.changed = append(d.changed, [2]outcome{before, after})
	}
}

func inOrder(of map[string]outcome) []outcome {
	return slices.SortedFunc(maps.Values(of), byCheck)
}

func byCheck(a, b outcome) int {
	return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Resource.ID, b.Resource.ID), cmp.Compare(a.ID, b.ID))
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
