package console

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/wording"
	"onus/report"
	"onus/scanner/snapshot"
)

// names of the duties, as people read them.
var names = map[checks.Duty]string{
	checks.RegionChoice: "Choice of Region", checks.DataEncryption: "Data encryption", checks.Backups: "Backups",
	checks.AccessControl: "Access control", checks.NetworkFirewall: "Network firewall", checks.OSAndPlatform: "OS and platform",
	checks.ClientSideEncryption: "Client-side encryption", checks.CustomerData: "Customer data",
}

func statusStyle(s checks.Status) style {
	switch s {
	case checks.FAIL:
		return red
	case checks.UNKNOWN:
		return yellow
	case checks.PASS:
		return green
	case checks.NotApplicable:
		return dim
	}
	return plain
}

// findings shows each duty with its checks that failed or could not tell.
func (p *printer) findings(list []*tested, o Options) {
	if len(list) == 0 {
		p.blank()
		p.text(0, yellow, "No check ran: nothing is known of any duty.")
	}
	whole := o.whole(list)
	silent, waived, short := true, 0, 0
	for _, g := range groups(list) {
		n := g.states()
		for _, t := range g.checks {
			waived += t.counts.Waived.Total()
		}
		if n.Broken+n.Unknown == 0 {
			continue // the duties below say what was kept
		}
		silent = false
		p.heading(names[g.duty], fmt.Sprintf("%d broken, %d unknown, %s%d kept, %d not judged of %s", n.Broken, n.Unknown, some(n.Waived, "waived, "), n.Kept, n.NotJudged, wording.Count(n.Ran(), "check")))
		before := short
		for _, t := range g.checks { // the worst come first
			s, shown := open(t)
			switch {
			case !shown: // what is waived is shown apart, and what is kept is counted in the heading
			case report.AtLeast(t.severity, whole):
				p.check(t, s, o)
			default:
				if short++; short == before+1 {
					p.blank()
				}
				p.labelled(2, span{statusStyle(s), pad(string(s), 8) + pad(string(t.severity), 10)}, plain, t.check.ID+": "+count(t))
			}
		}
	}
	if short > 0 {
		p.blank()
		p.text(0, dim, fmt.Sprintf("%s below %s with a line each: %s shows their resources too.", wording.Count(short, "check"), whole, o.More))
	}
	if !silent {
		p.blank()
		p.text(0, dim, "“onus explain CHECK” says why it matters and how to mend it; with --out DIR, “onus explain FINDING --from DIR/result.json” and the page do so for the resource at hand.")
	}
	if silent && len(list) > 0 {
		p.blank()
		if waived > 0 {
			p.text(0, yellow, "Nothing that ran failed or ended unknown but what is waived: see below.")
		} else {
			p.text(0, green, "No check that ran failed, and none ended unknown.")
		}
	}
}

// open is how a check's findings are shown that somebody has to look at.
func open(t *tested) (checks.Status, bool) {
	switch t.state() {
	case report.Broken:
		return checks.FAIL, true
	case report.Unknown:
		return checks.UNKNOWN, true
	case report.Waived, report.Kept, report.NotJudged:
	}
	return "", false
}

// many is how many checks are shown whole, whatever their severity.
const many = 30

// whole is the severity from which checks are shown with their resources: all, where there
// are not many.
func (o Options) whole(list []*tested) checks.Severity {
	n := 0
	for _, t := range list {
		if _, shown := open(t); shown {
			n++
		}
	}
	if n <= many || o.Whole == "" {
		return checks.Info
	}
	return o.Whole
}

const indent = 20 // of what stands below a check's id: 2, status 8, severity 10

// check shows one check: what must hold, how often it does not, where, what to do.
func (p *printer) check(t *tested, s checks.Status, o Options) {
	p.blank()
	p.labelled(2, span{statusStyle(s), pad(string(s), 8) + pad(string(t.severity), 10)}, bold, t.check.ID)
	p.text(indent, plain, t.check.Title)
	p.text(indent, plain, count(t))
	shown := slices.Concat(t.fails, t.unknowns)
	shown = shown[:min(o.Top, len(shown))]
	p.rows(shown)
	if more := t.counts.Open().FAIL + t.counts.Open().UNKNOWN - len(shown); more > 0 {
		p.text(4, dim, fmt.Sprintf("… and %d more: %s", more, o.More))
	}
	p.labelled(4, span{dim, "do: "}, plain, t.check.Remedy)
}

// some is a count with its word; nothing where there is none.
func some(n int, word string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, word)
}

// count says how many findings failed or are unknown, and of how many.
func count(t *tested) string {
	var parts []string
	open := t.counts.Open()
	if open.FAIL > 0 {
		parts = append(parts, fmt.Sprintf("%d FAIL", open.FAIL))
	}
	if open.UNKNOWN > 0 {
		parts = append(parts, fmt.Sprintf("%d UNKNOWN (%s)", open.UNKNOWN, causes(t.causes)))
	}
	out := strings.Join(parts, " and ") + " of " + wording.Count(t.counts.Total(), "finding")
	if n := t.counts.Waived.Total(); n > 0 {
		out += fmt.Sprintf("; %d waived", n)
	}
	return out
}

func causes(n map[snapshot.Cause]int) string {
	var out []string
	for cause, times := range n {
		word := string(cause)
		if cause == snapshot.OK {
			word = "unclear" // everything was read, and AWS's documents leave the case open
		}
		out = append(out, fmt.Sprintf("%s %d", word, times))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// rows shows findings as a table: where, which resource, why.
func (p *printer) rows(list []checks.Finding) {
	accounts := map[string]bool{}
	for _, f := range list {
		accounts[f.Account] = true
	}
	var where, which []string
	whereWidth, whichWidth := 0, 0
	for i, f := range list {
		where, which = append(where, clean(place(f, len(accounts) > 1))), append(which, clean(label(f.Resource)))
		whereWidth, whichWidth = max(whereWidth, width(where[i])), max(whichWidth, width(which[i]))
	}
	whereWidth = min(whereWidth, p.width/4)
	whichWidth = min(whichWidth, (p.width-4-whereWidth)/2)
	for i, f := range list {
		lead := pad(where[i], whereWidth) + "  "
		name := pad(fitMiddle(which[i], whichWidth), whichWidth) + "  "
		for n, reason := range brief(nearby(f), p.width-4-whereWidth-whichWidth-4) {
			if n == 1 {
				lead, name = pad("", whereWidth+2), pad("", whichWidth+2)
			}
			p.line(4, span{dim, lead}, span{statusStyle(f.Status), name}, span{plain, reason})
		}
	}
}

var arn = regexp.MustCompile(`\barn:[a-z-]+:([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}):`)

// nearby is a finding's reason with the ARNs of its own account and Region cut short: what
// decides stands behind them, and the room is small.
func nearby(f checks.Finding) string {
	return arn.ReplaceAllStringFunc(f.Reason, func(start string) string {
		part := arn.FindStringSubmatch(start)
		switch {
		case part[3] != f.Account:
			return start
		case part[2] == "" || part[2] == f.Region:
			return part[1] + ":"
		}
		return part[1] + ":" + part[2] + ":"
	})
}

// brief breaks a reason into three lines at most.
func brief(reason string, room int) []string {
	lines := wrap(clean(reason), room)
	if len(lines) > 3 {
		head, _ := split(lines[2], room-1)
		lines = append(lines[:2], head+"…")
	}
	return lines
}

func place(f checks.Finding, several bool) string {
	region := f.Region
	if region == "" {
		region = "Region unknown"
	}
	if several {
		return f.Account + "/" + region
	}
	return region
}

// label is the short name of a resource: the last part of its ARN, and its name where
// that says something else. The whole id is in the other formats.
func label(r checks.Resource) string {
	if r.Type == checks.Scope {
		op, _, _ := strings.Cut(r.ID, "@")
		return "all that " + op + " lists"
	}
	id := cmp.Or(snapshot.ResourceOf(r.ID), r.ID)
	if r.Name != "" && !strings.Contains(id, r.Name) {
		id += " (" + r.Name + ")"
	}
	return id
}
