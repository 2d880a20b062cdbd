package redact

import "testing"

func TestLibraryRulesAreThere(t *testing.T) {
	c, err := loadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.rules) - len(ownRules()); n < 200 {
		t.Errorf("%d rules of the library, want more than 200", n)
	}
	if len(c.allow) == 0 || !c.allow[0].RegexAllowed("${VARIABLE}") {
		t.Error("the library's global allow-list was not read")
	}
	withAllow := 0
	for _, r := range c.rules {
		if len(r.allow) > 0 {
			withAllow++
		}
		if r.id == genericRule && (r.entropy == 0 || len(r.allow) < 2) {
			t.Errorf("rule %s: entropy %v, %d allow-lists", r.id, r.entropy, len(r.allow))
		}
	}
	if withAllow < 5 {
		t.Errorf("%d rules have allow-lists", withAllow)
	}
}

// The table of keywords must agree with a plain search in every text.
func FuzzKeywords(f *testing.F) {
	words := [][]string{{"pass", "pwd"}, {"ass", "password"}, {"aws", "s.", "ws."}, {"--a"}}
	a := newAutomaton(words)
	f.Add("PassWord aws.s. ---A")
	f.Add("pwpasspassword")
	f.Fuzz(func(t *testing.T, text string) {
		got := a.match(text)
		lower := lowerASCII(text)
		for r, ws := range words {
			want := false
			for _, w := range ws {
				want = want || containsFold(lower, w)
			}
			if got.has(r) != want {
				t.Errorf("match(%q) has rule %d: %v, want %v", text, r, got.has(r), want)
			}
		}
	})
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func containsFold(lower, word string) bool {
	for i := 0; i+len(word) <= len(lower); i++ {
		if lower[i:i+len(word)] == word {
			return true
		}
	}
	return false
}
