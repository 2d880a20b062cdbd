package console

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain, ünïcode, 漢字": "plain, ünïcode, 漢字",
		"\x1b[2J":            `\u001b[2J`,
		"\u009b2J":           `\u009b2J`,
		"\x9b2J":             `\x9b2J`,
		"a\r\nb\tc\x00\x7f":  `a\u000d\nb\tc\u0000\u007f`,
		"\u202eevil\u2066":   `\u202eevil\u2066`,
		"zero\u200bwidth":    `zero\u200bwidth`,
		"tag \U000e0041":     `tag \U000e0041`,
		"no-break\u00a0":     `no-break\u00a0`,
		"e\u0301 keeps mark": "e\u0301 keeps mark",
		"real \ufffd":        "real \ufffd",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
		if got := clean(clean(in)); got != clean(in) {
			t.Errorf("clean twice of %q is %q", in, got)
		}
	}
}

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		in          string
		room        int
		end, middle string
	}{
		{"abcdef", 6, "abcdef", "abcdef"},
		{"abcdef", 5, "abcd…", "ab…ef"},
		{"漢字漢字", 8, "漢字漢字", "漢字漢字"},
		{"漢字漢字", 7, "漢字漢…", "漢…漢字"},
		{"e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…", "e\u0301…e\u0301"},
		{"", 3, "", ""},
	} {
		if got := fit(tt.in, tt.room); got != tt.end || width(got) > tt.room {
			t.Errorf("fit(%q, %d) = %q, want %q", tt.in, tt.room, got, tt.end)
		}
		if got := fitMiddle(tt.in, tt.room); got != tt.middle || width(got) > tt.room {
			t.Errorf("fitMiddle(%q, %d) = %q, want %q", tt.in, tt.room, got, tt.middle)
		}
	}
	if got := fit("a", 0); got != "" {
		t.Errorf("fit without room: %q", got)
	}
	if got := fitMiddle("ab", -3); got != "…" {
		t.Errorf("fitMiddle without room: %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in   string
		room int
		want []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"one verylongword", 6, []string{"one", "verylo", "ngword"}},
		{"漢字漢字", 5, []string{"漢字", "漢字"}},
		{"漢字", 1, []string{"漢", "字"}},
		{"", 5, []string{""}},
	} {
		if diff := cmp.Diff(tt.want, wrap(tt.in, tt.room)); diff != "" {
			t.Errorf("wrap(%q, %d) (-want +got):\n%s", tt.in, tt.room, diff)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("漢字 e\u0301\x1b[0m", uint8(9))
	f.Fuzz(func(t *testing.T, s string, room uint8) {
		s = clean(s)
		n := int(room)%80 + 3
		for _, got := range append(wrap(s, n), fit(s, n), fitMiddle(s, n), pad(s, n)) {
			if width(got) > n {
				t.Errorf("%q fills %d columns of %d", got, width(got), n)
			}
		}
		if width(pad(s, n)) != n {
			t.Errorf("pad(%q, %d) fills %d columns", s, n, width(pad(s, n)))
		}
	})
}
