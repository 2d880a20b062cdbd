package oscal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/report"
	"onus/report/visible"
	"onus/scanner/snapshot"
)

// document is what is known before the first finding is written.
type document struct {
	r    report.Result
	sum  report.Summary
	byID map[string]*checks.Check
}

type href struct {
	Href string `json:"href"`
}

type metadata struct {
	Title        string     `json:"title"`
	LastModified string     `json:"last-modified"`
	Version      string     `json:"version"`
	OSCAL        string     `json:"oscal-version"`
	Props        []property `json:"props,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	NS    string `json:"ns,omitempty"` // "": a name of OSCAL's own
	Value string `json:"value"`
	Class string `json:"class,omitempty"`
}

type component struct {
	UUID        string     `json:"uuid"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props,omitempty"`
	Status      state      `json:"status"`
}

type state struct {
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
}

type inventoryItem struct {
	UUID        string     `json:"uuid"`
	Description string     `json:"description"`
	Props       []property `json:"props"`
}

type reviewed struct {
	Description string      `json:"description"`
	Selections  []selection `json:"control-selections"`
	Remarks     string      `json:"remarks,omitempty"`
}

type selection struct {
	Description string    `json:"description"`
	All         *struct{} `json:"include-all,omitempty"`
	Include     []control `json:"include-controls,omitempty"`
}

type control struct {
	ID string `json:"control-id"`
}

type observation struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []property `json:"props"`
	Methods     []string   `json:"methods"`
	Types       []string   `json:"types"`
	Origins     []origin   `json:"origins"`
	Subjects    []subject  `json:"subjects"`
	Evidence    []evidence `json:"relevant-evidence,omitempty"`
	Collected   string     `json:"collected"`
	Remarks     string     `json:"remarks,omitempty"`
}

type origin struct {
	Actors []actor `json:"actors"`
}

type actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type subject struct {
	UUID  string `json:"subject-uuid"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

type evidence struct {
	Description string     `json:"description"`
	Props       []property `json:"props"`
}

type finding struct {
	check string

	UUID        string        `json:"uuid"`
	Title       string        `json:"title"`
	Description string        `json:"description"`
	Props       []property    `json:"props"`
	Origins     []origin      `json:"origins"`
	Target      target        `json:"target"`
	Related     []related     `json:"related-observations,omitempty"`
	Risks       []relatedRisk `json:"related-risks,omitempty"`
	Remarks     string        `json:"remarks,omitempty"`
}

type target struct {
	Type   string `json:"type"`
	ID     string `json:"target-id"`
	Title  string `json:"title"`
	Status state  `json:"status"`
}

// risk is what somebody accepts for a time.
type risk struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Statement   string     `json:"statement"`
	Props       []property `json:"props"`
	Status      string     `json:"status"`
	Origins     []origin   `json:"origins"`
	Deadline    string     `json:"deadline,omitempty"`
	Related     []related  `json:"related-observations"`
}

type relatedRisk struct {
	UUID string `json:"risk-uuid"`
}

type related struct {
	UUID string `json:"observation-uuid"`
}

type backMatter struct {
	Resources []resource `json:"resources"`
}

type resource struct {
	UUID        string `json:"uuid"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// ours is the namespace of property names that OSCAL does not define.
const ours = "urn:onus:oscal"

func prop(name, v string) property { return property{Name: name, NS: ours, Value: value(v)} }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (d *document) metadata() metadata {
	s := d.r.Scan
	m := metadata{
		Title:        line("The customer's share of the AWS Shared Responsibility Model in account " + strings.Join(s.Accounts, ", ")),
		LastModified: stamp(s.Finished), Version: value(s.ID), OSCAL: Version,
		Props: []property{prop("tool-version", s.ToolVersion), prop("tool-commit", s.Commit), prop("catalogue-digest", s.CatalogueDigest)},
	}
	if s.PolicyDigest != "" {
		m.Props = append(m.Props, prop("policy-digest", s.PolicyDigest))
	}
	return m
}

func (d *document) description() string {
	n := d.sum.Count(func(report.Cell) bool { return true })
	return line(fmt.Sprintf("Onus read the account through the AWS API, read-only, as %s, and judged %d checks as of %s: %d FAIL, %d UNKNOWN, %d PASS, %d NOT_APPLICABLE%s.",
		d.r.Scan.Principal, len(d.r.Checks), stamp(d.r.Scan.AsOf), n.FAIL, n.UNKNOWN, n.PASS, n.NotApplicable, waivedOf(n)))
}

// waivedOf says how many of the counts are waived; nothing where none is.
func waivedOf(n report.Counts) string {
	if n.Waived.Total() == 0 {
		return ""
	}
	return fmt.Sprintf("; of these, %d FAIL and %d UNKNOWN are waived", n.Waived.FAIL, n.Waived.UNKNOWN)
}

func (d *document) properties() []property {
	s := d.r.Scan
	props := []property{prop("principal", s.Principal), prop("partition", s.Partition), prop("as-of", stamp(s.AsOf))}
	for _, a := range s.Accounts {
		props = append(props, prop("account", a))
	}
	for _, r := range s.Regions {
		if r.Enabled {
			props = append(props, prop("region", r.Name))
		}
	}
	return props
}

func (d *document) components() []component {
	s := d.r.Scan
	return []component{
		{d.id("tool"), "software", "Onus", "Reads an AWS account and judges what the customer owes under the Shared Responsibility Model.",
			[]property{{Name: "version", Value: value(s.ToolVersion)}}, state{State: "operational"}},
		{d.id("account"), "this-system", line("AWS account " + strings.Join(s.Accounts, ", ")), line("The account that was read, as " + s.Principal + " sees it."),
			nil, state{State: "operational"}},
	}
}

func (d *document) inventoryItem(f checks.Finding) inventoryItem {
	props := []property{{Name: "asset-id", Value: value(f.Resource.ID)}, prop("resource-type", f.Resource.Type), prop("account", f.Account), prop("region", f.Region)}
	if f.Resource.Name != "" {
		props = append(props, prop("name", f.Resource.Name))
	}
	for _, k := range slices.Sorted(maps.Keys(f.Resource.Tags)) {
		props = append(props, prop("tag", k+"="+f.Resource.Tags[k]))
	}
	return inventoryItem{d.subject(f), line(f.Resource.Type + " " + cmp.Or(f.Resource.Name, f.Resource.ID)), props}
}

// subject is the id of what a finding is about. Two resources of one id are told apart
// by Region, as findings are.
func (d *document) subject(f checks.Finding) string {
	if f.Resource.Type == checks.Scope {
		return d.id("account")
	}
	return d.id("resource", f.Account, f.Region, f.Resource.Type, f.Resource.ID)
}

// reviewed selects the checks that judged something, and apart from them those that
// apply to nothing.
func (d *document) reviewed() reviewed {
	judged, nothing := selection{Description: "Checks with a verdict."}, selection{Description: "Checks that apply to no resource of the account."}
	for _, c := range d.r.Checks {
		if d.concludes(c.ID) {
			judged.Include = append(judged.Include, control{c.ID})
		} else {
			nothing.Include = append(nothing.Include, control{c.ID})
		}
	}
	out := reviewed{Description: "Each control is a check of Onus, by its id; \"onus explain ID\" says what it demands."}
	for _, s := range []selection{judged, nothing} {
		if len(s.Include) > 0 {
			out.Selections = append(out.Selections, s)
		}
	}
	if len(out.Selections) == 0 {
		// OSCAL has no way to select nothing.
		out.Selections = []selection{{Description: "No check ran: nothing was reviewed.", All: &struct{}{}}}
	}
	for _, n := range d.r.Scan.NotRun {
		out.Remarks += fmt.Sprintf("Not run: %s (%s).\n", line(n.Check.ID), line(n.Why))
	}
	out.Remarks = strings.TrimSuffix(out.Remarks, "\n")
	return out
}

func (d *document) observation(f checks.Finding) observation {
	o := observation{
		UUID: d.id("observation", f.ID), Title: line(string(f.Status) + ": " + d.byID[f.Check].Title), Description: line(f.Reason),
		Props:   []property{prop("finding-id", f.ID), prop("check", f.Check), prop("status", string(f.Status)), prop("severity", string(f.Severity)), prop("account", f.Account), prop("region", f.Region)},
		Methods: []string{"TEST"}, Types: []string{"control-objective"}, Origins: d.origins(), Collected: stamp(d.r.Scan.Started),
	}
	if w := f.Waived; w != nil {
		o.Props = append(o.Props, prop("waived-by", w.Owner), prop("waived-until", w.Expires))
		o.Remarks = line(report.WaivedWords(*w))
	}
	if f.Cause != "" {
		o.Props = append(o.Props, prop("cause", string(f.Cause)))
	}
	for _, k := range slices.Sorted(maps.Keys(f.Observed)) {
		o.Props = append(o.Props, prop("observed", k+" = "+f.Observed[k]))
	}
	kind, title := "inventory-item", f.Resource.ID
	if f.Resource.Type == checks.Scope {
		kind, title = "component", "AWS account "+f.Account
		o.Props = append(o.Props, prop("scope", f.Resource.ID))
	}
	o.Subjects = []subject{{d.subject(f), kind, line(title)}}
	for _, call := range f.Evidence {
		o.Evidence = append(o.Evidence, evidence{"A recorded call to AWS and its answer: in a bundle, \"onus evidence show\" prints it.", []property{prop("call-id", call)}})
	}
	return o
}

// risk is that of a waived finding.
func (d *document) risk(f checks.Finding) risk {
	w := f.Waived
	out := risk{
		UUID: d.id("risk", f.ID), Title: line("Accepted: " + d.byID[f.Check].Title), Description: line(string(f.Status) + ": " + f.Reason), Statement: line(w.Reason),
		Props:  []property{prop("finding-id", f.ID), prop("waived-by", w.Owner), prop("waived-until", w.Expires)},
		Status: "deviation-approved", Origins: d.origins(), Related: []related{{d.id("observation", f.ID)}},
	}
	if day, err := time.Parse(time.DateOnly, w.Expires); err == nil { // else a document that somebody made up
		out.Deadline = stamp(day.Add(24*time.Hour - time.Second))
	}
	return out
}

func (d *document) origins() []origin { return []origin{{[]actor{{"tool", d.id("tool")}}}} }

func (d *document) finding(c *checks.Check) *finding {
	n := d.sum.Checks[c.ID]
	status, said := state{"satisfied", "pass"}, "It passed everywhere that it applies."
	switch {
	case n.FAIL > 0 && report.StateOf(n) == report.Waived:
		status, said = state{"not-satisfied", "fail"}, "It does not hold everywhere, and all that fails or could not be seen is waived."
	case n.FAIL > 0:
		status, said = state{"not-satisfied", "fail"}, "It does not hold everywhere."
	case n.UNKNOWN > 0:
		status, said = state{"not-satisfied", "other"}, "No resource fails, but not everything could be seen: that does not satisfy it."
	}
	f := &finding{
		check: c.ID, UUID: d.id("finding", c.ID), Title: line(c.Title),
		Description: fmt.Sprintf("%s %d FAIL, %d UNKNOWN, %d PASS, %d NOT\\_APPLICABLE%s.", said, n.FAIL, n.UNKNOWN, n.PASS, n.NotApplicable, waivedOf(n)),
		Props:       []property{prop("severity", string(c.Severity)), prop("category", string(c.Category)), prop("duty", string(c.Duty)), prop("service-kind", string(c.ServiceKind))},
		Origins:     d.origins(), Target: target{"objective-id", c.ID, line(c.Title), status},
	}
	for _, q := range d.r.Frameworks[c.ID] {
		f.Props = append(f.Props, property{"requirement", ours, value(q.Requirement), token(q.Framework)})
	}
	switch s := d.r.Scan; {
	case status.State != "satisfied" && c.Remedy != "":
		f.Remarks = line("What to do: " + c.Remedy)
	case status.State == "satisfied" && (s.NarrowedTo != nil || s.Interrupted != ""):
		f.Remarks = "Only in the part of the account that was looked at: see the remarks of the result."
	}
	return f
}

// remarks say what was not looked at or could not be read.
func (d *document) remarks() string {
	var out []string
	s := d.r.Scan
	if s.Interrupted != "" {
		out = append(out, line("The scan was interrupted ("+s.Interrupted+"): this is not all."))
	}
	if s.NarrowedTo != nil {
		out = append(out, "The scan was narrowed: only a part of the account was looked at.")
	}
	if s.RegionsUnread != "" {
		out = append(out, line("The list of Regions is not known: "+s.RegionsUnread))
	}
	for _, w := range d.r.Loose() {
		out = append(out, line(fmt.Sprintf("A waiver is %s: %s on %s, of %s, %s.", w.State, w.Check, w.Target(), w.Owner, w.Says())))
	}
	unread := map[snapshot.Cause]int{}
	for _, c := range d.r.Coverage {
		if c.Status != snapshot.OK {
			unread[c.Status]++
		}
	}
	for _, status := range slices.Sorted(maps.Keys(unread)) {
		out = append(out, line(fmt.Sprintf("Not read to the end: %d of %d planned calls (%s).", unread[status], len(d.r.Coverage), status)))
	}
	return strings.Join(out, "\n")
}

func (d *document) backMatter() backMatter {
	said := "A scan has no plan document. What it set out to do is in its result document (onus.result/v1) and, where it was kept, in its evidence bundle (onus.evidence/v1)."
	return backMatter{[]resource{{d.id("plan"), "What the scan set out to do", said}}}
}

// line is a text of OSCAL's markup on one line, in which nothing is markup.
func line(s string) string {
	var out strings.Builder
	for _, r := range value(s) {
		if strings.ContainsRune("\\`*_{}[]<>~^|#&$", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// value is a text that OSCAL takes as a string: visible, not empty, without a space at
// either end.
func value(s string) string {
	return cmp.Or(strings.TrimSpace(visible.Text(s)), "(none)")
}

// token is a name that OSCAL takes as a token.
func token(s string) string {
	out := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return r
		}
		return '_'
	}, s)
	if out == "" || strings.ContainsAny(out[:1], ".-0123456789") {
		out = "_" + out
	}
	return out
}
