package workpaper

import "testing"

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"arn:aws:s3:::a":           "arn:aws:s3:::a",
		"a=b; c":                   "a=b; c",
		"=1+1":                     "'=1+1",
		"  -2":                     "'  -2",
		"\n=1":                     "' =1",
		"\t@x":                     "' @x",
		"＝1":                       "'＝1",
		"x;=HYPERLINK(1)":          "x;'=HYPERLINK(1)",
		"x; +1;-1":                 "x;' +1;'-1",
		"\x1b[31mred\u202e\x00end": " [31mred  end",
	} {
		if got := inert(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"arn:aws:iam::1:user/a":  "arn:aws:iam::1:user/a",
		"<img src=x> `a` [b](c)": "\\<img src=x\\> \\`a\\` \\[b\\](c)",
		"https://x.test":         `https\://x.test`,
		"WWW.x.test w.x":         `WWW\.x.test w.x`,
		"a@x.test":               `a\@x.test`,
	} {
		if got := cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
