package policy

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// words are all strings up to four letters over an alphabet in which one letter
// has two bytes.
var words = func() []string {
	out := []string{""}
	for from, n := 0, 0; n < 4; n++ {
		end := len(out)
		for _, w := range out[from:end] {
			for _, c := range []string{"a", "b", "é"} {
				out = append(out, w+c)
			}
		}
		from = end
	}
	return out
}()

// asRegexp is the meaning of a pattern in the words of another library.
func asRegexp(pattern string) *regexp.Regexp {
	text := regexp.QuoteMeta(pattern)
	text = strings.ReplaceAll(text, `\*`, `.*`)
	return regexp.MustCompile(`^(?s:` + strings.ReplaceAll(text, `\?`, `.`) + `)$`)
}

// TestPatternsAgreeWithRegexp compares match, covers and overlaps with what the
// sets of words say that the patterns describe. Words of four letters are enough
// to tell patterns of at most three apart.
func TestPatternsAgreeWithRegexp(t *testing.T) {
	alphabet := []string{"a", "b", "é", "*", "?"}
	patterns := []string{""}
	for from, n := 0, 0; n < 3; n++ {
		end := len(patterns)
		for _, p := range patterns[from:end] {
			for _, c := range alphabet {
				patterns = append(patterns, p+c)
			}
		}
		from = end
	}
	described := make([]map[string]bool, len(patterns))
	for i, p := range patterns {
		described[i] = map[string]bool{}
		re := asRegexp(p)
		for _, w := range words {
			want := re.MatchString(w)
			if got := match(p, w, false); got != want {
				t.Errorf("match(%q, %q) = %v, want %v", p, w, got, want)
			}
			if want {
				described[i][w] = true
			}
		}
	}
	for i, a := range patterns {
		for j, b := range patterns {
			within, common := true, false
			for w := range described[j] {
				within = within && described[i][w]
				common = common || described[i][w]
			}
			if got := Covers(a, b); got && !within || !got && within && isASCII(a+b) && hasWildcard(b) {
				t.Errorf("Covers(%q, %q) = %v, want %v", a, b, got, within)
			}
			// Two patterns of three share a word of four or fewer, or none.
			if got := Overlaps(a, b); got != common && (common || len(a)+len(b) <= 4) {
				t.Errorf("Overlaps(%q, %q) = %v, want %v", a, b, got, common)
			}
		}
	}
}

func TestOverlapsOfLongPatterns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []string{"a", "b", "é", "*", "?", "a*", "?b"}
	for range 2000 {
		var a, b strings.Builder
		word := ""
		for range r.IntN(12) {
			word += letters[r.IntN(3)]
		}
		for _, c := range word { // two patterns that both describe word
			for _, p := range []*strings.Builder{&a, &b} {
				switch r.IntN(4) {
				case 0:
					p.WriteByte('*')
				case 1:
					p.WriteByte('?')
				case 2:
					p.WriteString("*" + string(c))
				default:
					p.WriteRune(c)
				}
			}
		}
		if !match(a.String(), word, false) || !match(b.String(), word, false) {
			t.Fatalf("%q and %q both describe %q", a.String(), b.String(), word)
		}
		if !Overlaps(a.String(), b.String()) || !Overlaps(b.String(), a.String()) {
			t.Errorf("Overlaps(%q, %q) = false, but both describe %q", a.String(), b.String(), word)
		}
	}
	huge := strings.Repeat("a?", 200_000)
	if !Overlaps(huge+"*", "*"+huge) {
		t.Error("two patterns too long to compare do not overlap, want it assumed")
	}
}

func TestCaseOfActionsIsThatOfASCII(t *testing.T) {
	if !CoversFold("S3:get*", "s3:GetObject") || !CoversFold("S3:*", "s3:g*") {
		t.Error("actions are compared with regard to case")
	}
	if CoversFold("\u212ams:*", "kms:D*") {
		t.Error("the Kelvin sign counts as a k")
	}
	if Covers("arn:aws:s3:::B*", "arn:aws:s3:::b*") || match("arn:aws:s3:::B", "arn:aws:s3:::b", false) {
		t.Error("resources are compared without regard to case")
	}
}
