package markdown_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"onus/checks"
	"onus/report"
	"onus/report/markdown"
	"onus/report/reporttest"
)

var format = reporttest.Writer(markdown.Write)

func TestGolden(t *testing.T) { format.Golden(t, "md") }

// render parses GitHub's Markdown and gives the cells of all tables, row by row, and the
// kinds of all nodes.
func render(source string) (rows [][]string, kinds map[string]int) {
	src := []byte(source)
	kinds = map[string]int{}
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		kinds[n.Kind().String()]++
		if n.Kind() == tables.KindTableRow {
			var row []string
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				row = append(row, string(c.Text(src))) //nolint:staticcheck // deprecated for documents that are rendered; here the text alone is wanted
			}
			rows = append(rows, row)
		}
		return ast.WalkContinue, nil
	})
	return rows, kinds
}

func TestTablesRender(t *testing.T) {
	rows, _ := render(format.Text(t, reporttest.Ordinary()))
	for _, want := range [][]string{
		{"data encryption", "❌ broken 1/1", "not judged", "not judged", "not judged"},
		{"backups", "not judged", "❓ unknown 1/1", "✅ kept 1/1", "not judged"},
		{"os and platform", "not judged", "not judged", "AWS", "AWS"},
		{"critical", "Public access to every S3 bucket is blocked, by the bucket or by its account (s3-bucket-public-access-blocked)", "1", "press-kit"},
		{"high", "EBS volumes are encrypted at rest (ec2-volume-encrypted)", "7", "data-0, data-1, data-2, …"},
		{"iam:GetAccountPasswordPolicy", "denied", "1"},
	} {
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("no row %q among %q", want, rows)
		}
	}
}

func TestFrameworksAreCounted(t *testing.T) {
	r := reporttest.Ordinary()
	r.Standards = []report.Standard{{ID: "s_1", Name: "S 1", Requirements: map[string][]string{
		"1": {"ec2-volume-encrypted"}, "2": {"s3-bucket-versioning-enabled"}, "3": {"not-written"}, "4": {"s3-bucket-versioning-enabled", "not-written"},
	}}}
	rows, _ := render(format.Text(t, r))
	want := []string{"S 1", "1", "0", "0", "1", "1", "1"}
	if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, want) }) {
		t.Errorf("no row %q among %q", want, rows)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	ordinary, plain := render(format.Text(t, reporttest.Ordinary()))
	hostile := func(name string) (rows [][]string, kinds map[string]int, source string) {
		r := reporttest.Ordinary()
		all := slices.Collect(r.Findings)
		for i := range all {
			all[i].Resource.Name = name
		}
		r.Findings = slices.Values(all)
		source = format.Text(t, r)
		rows, kinds = render(source)
		return rows, kinds, source
	}
	for _, name := range []string{
		reporttest.Sentence, "a|b", "`x` | y", "``` | ```", "|", "`", "``", "<img src=x onerror=alert(1)>", "[a](http://example.com)", "![i](http://example.com/i.png)",
		"@someone", "#12", "https://example.com", "a\n\n# title\n| x |", "**bold** _it_ ~~no~~", `\`, `\|`, "&lt;b&gt;", "  ", strings.Repeat("漢", 10_000),
	} {
		rows, kinds, source := hostile(name)
		if len(rows) != len(ordinary) {
			t.Errorf("%.40q: %d rows of tables, want %d", name, len(rows), len(ordinary))
		}
		for i, row := range rows {
			if len(row) != len(ordinary[i]) {
				t.Errorf("%.40q: a row has %d cells: %q", name, len(row), row)
			}
		}
		for _, kind := range []string{"Link", "Image", "AutoLink", "RawHTML", "HTMLBlock", "Emphasis", "Strikethrough", "Heading"} {
			if kinds[kind] != plain[kind] {
				t.Errorf("%.40q: %d %s, want %d", name, kinds[kind], kind, plain[kind])
			}
		}
		if len(source) > 6000 {
			t.Errorf("%.40q: the text is %d bytes long", name, len(source))
		}
	}
}

func TestHostileNames(t *testing.T) { format.Quiet(t, nil) }

func TestManyChecksAreCut(t *testing.T) {
	r := reporttest.Ordinary()
	r.Checks = nil
	var all []checks.Finding
	for f := range reporttest.Ordinary().Findings {
		for i := range 20 {
			c := *reporttest.Ordinary().Checks[0]
			c.ID += string(rune('a' + i))
			f.Check, f.Status, f.Cause = c.ID, checks.FAIL, ""
			r.Checks, all = append(r.Checks, &c), append(all, f)
		}
		break
	}
	r.Findings = slices.Values(all)
	if got := format.Text(t, r); !strings.Contains(got, "… and 5 more checks failed.") {
		t.Errorf("what was cut is not said:\n%s", got)
	}
}

func TestErrorsAreReturned(t *testing.T) { format.Fails(t) }
