package html

import (
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"onus/checks"
	"onus/report"
	"onus/report/mend"
	"onus/report/visible"
)

// heading is the first line of the data: what the lines after it point to.
type heading struct {
	Findings int       `json:"findings"` // lines that follow
	Total    int       `json:"total"`    // findings of the result
	Waived   bool      `json:"waived"`   // some are
	Checks   []checkOf `json:"checks"`

	Frameworks map[string]string `json:"frameworks"` // id → name, of those that a check serves
}

// checkOf is a check, once for all its findings.
type checkOf struct {
	ID         string               `json:"id"`
	Title      string               `json:"title"`
	Category   checks.Category      `json:"category"`
	Duty       checks.Duty          `json:"duty"`
	Kind       checks.ServiceKind   `json:"kind"`
	Service    string               `json:"service"`
	Threat     string               `json:"threat"`
	Remedy     string               `json:"remedy"`
	Cost       string               `json:"cost"`
	Fixes      map[string]*fix      `json:"fixes"` // by type of resource; "" for every other
	Reads      []string             `json:"reads"`
	Frameworks []report.Requirement `json:"frameworks"`
}

// fix is what mends one type of resource: the texts between the values that a finding's
// row fills in.
type fix struct {
	cli, terraform mend.Template

	CLI       []string `json:"cli"`
	Terraform []string `json:"terraform"`
}

// fixesOf takes a check's fix apart, once for all its findings.
func fixesOf(c *checks.Check) map[string]*fix {
	if c.Fix.CLI == "" && c.Fix.Terraform == "" {
		return nil
	}
	out := map[string]*fix{}
	for _, typ := range append(mend.Types(c.Fix), "") {
		cli, terraform := mend.For(c.Fix, cmp.Or(typ, "any other type"))
		out[typ] = &fix{cli, terraform, cli.Pieces(), terraform.Pieces()}
	}
	return out
}

// slots are the values that the fix takes for a finding; nil where there is none, or
// nothing to mend.
func (c checkOf) slots(f checks.Finding) [][]string {
	x := c.Fixes[f.Resource.Type]
	if x == nil {
		x = c.Fixes[""]
	}
	if x == nil || !mend.Mends(f) {
		return nil
	}
	v := mend.Of(f)
	return [][]string{x.cli.Slots(v), x.terraform.Slots(v)}
}

// row is a finding: an array, because 50,000 objects would repeat their members' names.
// Check is an index into the heading's checks; Tags and Observed are sorted pairs; then
// come the values that its fix takes, quoted, for the CLI and for Terraform; the last says
// by whom it is waived, until when and why, and is null where nobody waives it.
type row [16]any

// data writes the findings that the page holds, compressed and encoded.
func data(w io.Writer, r report.Result, g *gathered, kept quotas) error {
	encoded := base64.NewEncoder(base64.StdEncoding, w)
	packed := gzip.NewWriter(encoded)
	lines := json.NewEncoder(packed)
	h := heading{Findings: kept.total(), Total: g.sum.Count(func(report.Cell) bool { return true }).Total(), Waived: g.waived() > 0}
	index := map[string]int{}
	h.Frameworks = map[string]string{}
	for i, c := range r.Checks {
		index[c.ID] = i
		for _, q := range r.Frameworks[c.ID] {
			h.Frameworks[q.Framework] = report.FrameworkName(q.Framework)
		}
		h.Checks = append(h.Checks, checkOf{ID: c.ID, Title: c.Title, Category: c.Category, Duty: c.Duty, Kind: c.ServiceKind,
			Service: c.Service(), Threat: c.Fix.Threat, Remedy: c.Remedy, Cost: c.Fix.Cost, Fixes: fixesOf(c), Reads: c.Reads, Frameworks: r.Frameworks[c.ID]})
	}
	if err := lines.Encode(h); err != nil {
		return err
	}
	left := maps.Clone(kept)
	for f := range r.Findings {
		k := class{f.Status, f.Severity}
		if left[k] == 0 {
			continue
		}
		left[k]--
		if err := lines.Encode(rowOf(f, index[f.Check], h.Checks[index[f.Check]].slots(f))); err != nil {
			return err
		}
	}
	if err := packed.Close(); err != nil {
		return err
	}
	return encoded.Close()
}

// rowOf is a finding with every text made visible.
func rowOf(f checks.Finding, check int, slots [][]string) row {
	evidence := []string{}
	for _, e := range f.Evidence {
		evidence = append(evidence, visible.Text(e))
	}
	return row{
		visible.Text(f.ID), check, f.Status, f.Severity, visible.Text(f.Account), visible.Text(f.Region),
		visible.Text(f.Resource.Type), visible.Text(f.Resource.ID), visible.Text(f.Resource.Name), pairs(f.Resource.Tags),
		visible.Text(f.Reason), f.Cause, pairs(f.Observed), evidence, slots, waivedOf(f),
	}
}

func waivedOf(f checks.Finding) []string {
	if f.Waived == nil {
		return nil
	}
	return []string{visible.Text(f.Waived.Owner), visible.Text(f.Waived.Expires), visible.Text(f.Waived.Reason)}
}

func pairs(m map[string]string) [][2]string {
	out := [][2]string{}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, [2]string{visible.Text(k), visible.Text(m[k])})
	}
	return out
}
