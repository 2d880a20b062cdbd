package console

import (
	"bufio"
	"io"
	"strings"
)

// style is how a piece of text looks, where colours are wanted.
type style string

// The styles, as the parameters of SGR. Source: ECMA-48, SELECT GRAPHIC RENDITION.
const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "1;31"
	yellow style = "33"
	green  style = "32"
)

// span is a piece of a line.
type span struct {
	style style
	text  string
}

// printer is the only way to the terminal: it cleans every text and adds every escape
// sequence itself, so that no text can bring one along. It keeps the first error.
type printer struct {
	w     *bufio.Writer
	width int
	color bool
	err   error
}

func newPrinter(w io.Writer, o Options) *printer {
	return &printer{w: bufio.NewWriter(w), width: o.Width, color: o.Color}
}

// line writes one line, cut at the width.
func (p *printer) line(indent int, spans ...span) {
	p.write(strings.Repeat(" ", indent))
	room := p.width - indent
	for i, s := range spans {
		text := clean(s.text)
		if i == len(spans)-1 {
			text = strings.TrimRight(text, " ")
		}
		text = fit(text, room)
		room -= width(text)
		p.span(s.style, text)
		if room <= 0 {
			break
		}
	}
	p.write("\n")
}

// text writes a text over as many lines as it needs.
func (p *printer) text(indent int, s style, text string) { p.labelled(indent, span{}, s, text) }

// labelled writes a text beside a label, with all its lines to the right of it.
func (p *printer) labelled(indent int, label span, s style, text string) {
	label.text = clean(label.text)
	for i, l := range wrap(clean(text), p.width-indent-width(label.text)) {
		if i == 1 {
			label = span{text: strings.Repeat(" ", width(label.text))}
		}
		p.write(strings.Repeat(" ", indent))
		p.span(label.style, label.text)
		p.span(s, l)
		p.write("\n")
	}
}

func (p *printer) heading(text, more string) {
	p.blank()
	if more == "" {
		p.text(0, bold, strings.ToUpper(text))
		return
	}
	p.labelled(0, span{bold, strings.ToUpper(text) + "  "}, plain, more)
}

func (p *printer) blank() { p.write("\n") }

func (p *printer) span(s style, text string) {
	if !p.color || s == plain || text == "" {
		p.write(text)
		return
	}
	p.write("\x1b[" + string(s) + "m" + text + "\x1b[0m")
}

func (p *printer) write(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(s)
	}
}

func (p *printer) flush() error {
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}
