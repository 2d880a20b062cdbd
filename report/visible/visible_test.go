package visible_test

import (
	"testing"

	"onus/report/reporttest"
	"onus/report/visible"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"müller 漢字 👩🚀":           "müller 漢字 👩🚀",
		"\x1b[31mred\x9b":        `\u001b[31mred\x9b`,
		"a\nb\tc\r":              `a\nb\tc\u000d`,
		"\u202eabc\u2066\u200b":  `\u202eabc\u2066\u200b`,
		"\U000e0041\u2028\x00":   `\U000e0041\u2028\u0000`,
		"cut \xe6\xbc and whole": `cut \xe6\xbc and whole`,
		"\ufffd is a character":  "\ufffd is a character",
		"<b>&\"' stays as it is": "<b>&\"' stays as it is",
	} {
		if got := visible.Text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if again := visible.Text(want); again != want {
			t.Errorf("%q changes when shown again: %q", want, again)
		}
	}
}

func TestLinesKeepsLineFeedsOnly(t *testing.T) {
	if got, want := visible.Lines("a\r\n\tb\n"), "a\\u000d\n\\tb\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := visible.Lines("no feed"); got != "no feed" {
		t.Errorf("got %q", got)
	}
	for _, r := range visible.Text(reporttest.Sentence) {
		if r < ' ' || r == 0x7f || r == 0x202e || r == 0x200b {
			t.Errorf("%U is in the hostile sentence still", r)
		}
	}
}
