package console

import (
	"fmt"

	"onus/checks/wording"
	"onus/report"
)

// waivers shows what is waived, by whom and until when, and which waivers hold no more or
// were good for nothing. Nothing is shown under a policy without waivers.
func (p *printer) waivers(r report.Result, list []*tested, sum report.Summary, o Options) {
	n := sum.Count(func(report.Cell) bool { return true }).Waived
	if n.Total() == 0 && len(r.Waivers) == 0 {
		return
	}
	if n.Total() == 0 {
		p.heading("Waived", "nothing: no waiver of the policy holds for a finding")
	} else {
		p.heading("Waived", fmt.Sprintf("%s by the policy: %d FAIL, %d UNKNOWN. They count neither for the exit status nor among what to do", wording.Count(n.Total(), "finding"), n.FAIL, n.UNKNOWN))
	}
	for _, t := range list {
		if len(t.waived) == 0 {
			continue
		}
		p.blank()
		p.text(2, bold, t.check.ID)
		for _, f := range t.waived {
			p.labelled(4, span{statusStyle(f.Status), pad(string(f.Status), 8)}, plain, place(f, len(r.Scan.Accounts) > 1)+"  "+label(f.Resource))
			for _, l := range brief(report.WaivedWords(*f.Waived), p.width-12) {
				p.line(12, span{dim, l})
			}
		}
		if more := t.counts.Waived.Total() - len(t.waived); more > 0 {
			p.text(4, dim, fmt.Sprintf("… and %d more: %s", more, o.More))
		}
	}
	loose := r.Loose()
	if len(loose) > 0 {
		p.blank()
	}
	for _, w := range loose {
		look := yellow
		if w.State == report.Expired && w.Findings > 0 {
			look = red
		}
		for i, l := range brief(w.Check+" on "+w.Target()+", of "+w.Owner+": "+w.Says(), p.width-10) {
			word := string(w.State)
			if i > 0 {
				word = ""
			}
			p.line(2, span{look, pad(word, 8)}, span{plain, l})
		}
	}
}
