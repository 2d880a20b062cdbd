// Package html writes a result as one page that a browser shows without a network: the
// duties, what to do first, what could not be seen, and every finding behind filters. It
// leaves counting to report.
//
// The page is safe to open from a mail. Its content security policy lets nothing load
// and runs one script and one style sheet, each named by its digest; there is no inline
// style or handler, and the script builds its elements from text alone. What a browser
// or a reader could be misled by is shown as an escape (package visible).
//
// All but the findings is written as plain HTML and can be read without the script. The
// findings stand at the end, one JSON line each, compressed with gzip and encoded in
// base64: the first line says what the others mean (see heading). A page holds at most
// Most findings; of a larger result it leaves out the passes, shows them as counts and
// says so. Findings are ranged over twice and never collected.
package html

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"onus/report"
	"onus/report/visible"
)

// Most is how many findings a page holds.
const Most = 50_000

//go:embed page
var files embed.FS

var page = template.Must(template.New("page.html").ParseFS(files, "page/page.html"))

// Write writes the page.
func Write(w io.Writer, r report.Result) error { return write(w, r, Most) }

// write writes a page with at most so many findings.
func write(w io.Writer, r report.Result, most int) error {
	r = r.Sorted()
	g, err := gather(r)
	if err != nil {
		return err
	}
	kept := quotasOf(g.sum, most)
	var text bytes.Buffer
	if err := page.Execute(&text, viewOf(r, g, kept)); err != nil {
		return err
	}
	style, script := asset("page/page.css"), asset("page/data.js", "page/filter.js", "page/list.js", "page/main.js")
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, head, digest(script), digest(style), style)
	out.WriteString(visible.Lines(text.String()))
	out.WriteString(`<script id="findings-data" type="application/gzip">`)
	if err := data(out, r, g, kept); err != nil {
		return err
	}
	fmt.Fprintf(out, "</script>\n<script>%s</script>\n</body>\n</html>\n", script)
	return out.Flush()
}

// head is what a browser must know before anything else. Trusted types forbid the
// script to turn text into markup.
const head = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>%s</style>
`

// asset is the text of embedded files, one after the other.
func asset(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // our own declaration above
		}
		b.WriteString("\n")
		b.Write(text)
	}
	return b.String()
}

// digest is the source expression that allows one inline text.
// Source: W3C "Content Security Policy Level 3", hash-source.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
