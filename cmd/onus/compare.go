package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"reflect"
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
	exact      bool // the documents are the same, byte for byte
	same       int
	changed    [][2]outcome // before, now
	gone, anew []outcome
	rest       bool // the document differs outside its findings
}

// compare holds a replay's result against the one in its bundle. given: another policy
// or time was asked for, so that a difference blames nobody.
func compare(s streams, b *evidence.Bundle, path string, r report.Result, list, given bool) error {
	if err := agrees(b, path); err != nil {
		return err
	}
	// Which scan it was, and when, no replay can tell.
	r.Scan.ID, r.Scan.Started, r.Scan.Finished = b.Scan.ID, b.Scan.Started, b.Scan.Finished
	d, err := differ(b.Result(), r)
	if err != nil {
		return badInput("%q: compare its result: %v", path, err)
	}
	same := b.Scan.Tool.Version == version && b.Scan.Tool.Commit == commit() && b.Scan.Catalogue == catalogueDigest()
	switch {
	case d.exact:
		fmt.Fprintf(s.err, "all %d findings are those in %s, byte for byte\n", d.same, path)
		return nil
	case list:
		d.list(s.err)
	}
	words := fmt.Sprintf("%d findings are the same, %d are judged otherwise, %d are gone and %d are new", d.same, len(d.changed), len(d.gone), len(d.anew))
	if n := d.unasked(); n > 0 {
		words += fmt.Sprintf(" (%d of them UNKNOWN, because they need calls that were not made: not-recorded)", n)
	}
	switch {
	case d.rest:
		words += "; the rest of the result differs too"
	case len(d.changed)+len(d.gone)+len(d.anew) == 0:
		words += "; they stand in another order or form"
	}
	if same && !given {
		return badInput("%q: its result does not follow from its answers: judged again by the same version, %s; see --diff", path, words)
	}
	fmt.Fprintf(s.err, "compared with %s, %s: %s\n", path, words, blame(same, b.Scan.Tool.Version))
	return nil
}

// agrees says whether scan.json, of which everybody sees what the bundle is of, says the
// same as the result.
func agrees(b *evidence.Bundle, path string) error {
	r, err := sealedHeader(b)
	if err != nil {
		return badInput("%q: %v", path, err)
	}
	said, is := b.Scan, factsOf(r)
	is.Tool.Version, is.Tool.Commit = r.Scan.ToolVersion, r.Scan.Commit
	for _, f := range []struct {
		name     string
		said, is any
	}{
		{"id", said.ID, is.ID},
		{"as_of", said.AsOf, is.AsOf}, {"started", said.Started, is.Started}, {"finished", said.Finished, is.Finished},
		{"tool", said.Tool.Version, is.Tool.Version}, {"tool", said.Tool.Commit, is.Tool.Commit},
		{"catalogue_digest", said.Catalogue, is.Catalogue}, {"frameworks_digest", said.Frameworks, is.Frameworks}, {"policy_digest", said.Policy, is.Policy},
		{"accounts", said.Accounts, is.Accounts}, {"regions", said.Regions, is.Regions},
		{"planned", said.Planned, is.Planned}, {"read", said.Read, is.Read}, {"interrupted", said.Interrupted, is.Interrupted},
	} {
		if !reflect.DeepEqual(f.said, f.is) {
			return badInput("%q: scan.json and the result differ in %s: whoever sealed the bundle put together what does not belong together", path, f.name)
		}
	}
	return nil
}

func blame(same bool, v string) string {
	if same {
		return "another policy or time was given"
	}
	return "onus " + legible(v) + " judged it, and this is another build or version: that one alone can confirm it"
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
		fmt.Fprintf(w, "changed  %s → %s  %s  %s\n  was  %s\n  is   %s\n", legible(c[0].Status), legible(c[1].Status), legible(c[1].Check), legible(c[1].Resource.ID), legible(c[0].Reason), legible(c[1].Reason))
	}
	for _, c := range d.gone {
		fmt.Fprintf(w, "gone     %s  %s  %s\n", legible(c.Status), legible(c.Check), legible(c.Resource.ID))
	}
	unasked, needed := map[string]int{}, map[string][]string{}
	for _, c := range d.anew {
		if c.Cause != string(snapshot.NotRecorded) {
			fmt.Fprintf(w, "new      %s  %s  %s: %s\n", legible(c.Status), legible(c.Check), legible(c.Resource.ID), legible(c.Reason))
			continue
		}
		unasked[c.Check]++
		if operation, _, _ := strings.Cut(c.Reason, " "); !slices.Contains(needed[c.Check], operation) {
			needed[c.Check] = append(needed[c.Check], operation)
		}
	}
	for _, check := range slices.Sorted(maps.Keys(unasked)) {
		fmt.Fprintf(w, "unasked  UNKNOWN  %s, %s: %s\n", legible(check), count(unasked[check], "finding"), legible(strings.Join(needed[check], ", ")))
	}
}

// differ compares a result document with a result, and finding by finding where they
// differ. Both have one order, so that only what differs is held.
func differ(document io.Reader, now report.Result) (d differences, err error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(jsonresult.Write(w, now)) }()
	defer r.Close()
	allOld, allNew := sha256.New(), sha256.New()
	restOld, restNew := sha256.New(), sha256.New()
	nextOld, stopOld := iter.Pull2(evidence.FindingLines(io.TeeReader(document, allOld), restOld))
	defer stopOld()
	nextNew, stopNew := iter.Pull2(evidence.FindingLines(io.TeeReader(r, allNew), restNew))
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
			d.exact = bytes.Equal(allOld.Sum(nil), allNew.Sum(nil))
			d.rest = !bytes.Equal(restOld.Sum(nil), restNew.Sum(nil))
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
	if _, twice := own[o.ID]; twice {
		return o, other, false, fmt.Errorf("the finding %q stands twice", o.ID)
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
