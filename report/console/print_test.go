package console

import (
	"bytes"
	"testing"
	"unicode"
)

// Whatever a caller forgets, the printer itself lets no text command the terminal.
func TestPrinterCleansEveryText(t *testing.T) {
	const evil = "\x1b[2J\u009b1m\n\u202e"
	for name, write := range map[string]func(*printer){
		"line":    func(p *printer) { p.line(2, span{red, evil}, span{plain, evil}) },
		"text":    func(p *printer) { p.text(2, bold, evil) },
		"label":   func(p *printer) { p.labelled(2, span{dim, evil}, plain, "x") },
		"heading": func(p *printer) { p.heading(evil, evil) },
	} {
		var b bytes.Buffer
		p := newPrinter(&b, Options{Width: 100})
		write(p)
		if err := p.flush(); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s let %U through: %q", name, r, b.String())
			}
		}
	}
}
