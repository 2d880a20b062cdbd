package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Stand-ins for a star and a question mark that a policy variable put in as
// plain characters (${*}, ${?}, or a value that holds one). Parse refuses both
// control characters in documents, so they cannot come from elsewhere.
const (
	plainStar     = '\x01'
	plainQuestion = '\x02'
)

// match reports whether s is one of the strings that pattern describes, where *
// stands for any run of characters and ? for exactly one. With fold, ASCII
// letters are compared without regard to case.
func match(pattern, s string, fold bool) bool {
	p, i := 0, 0
	star, resume := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, i
			p++
			continue
		case p < len(pattern) && pattern[p] == '?':
			_, size := utf8.DecodeRuneInString(s[i:])
			p, i = p+1, i+size
			continue
		case p < len(pattern) && sameByte(pattern[p], s[i], fold):
			p, i = p+1, i+1
			continue
		case star < 0:
			return false
		}
		_, size := utf8.DecodeRuneInString(s[resume:])
		resume += size
		p, i = star+1, resume
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

func sameByte(pattern, b byte, fold bool) bool {
	switch pattern {
	case plainStar:
		return b == '*'
	case plainQuestion:
		return b == '?'
	}
	return pattern == b || fold && lowerByte(pattern) == lowerByte(b)
}

func lowerByte(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// lower writes ASCII letters small and leaves all others: strings.ToLower makes
// the Kelvin sign a k, which no action name holds.
func lower(s string) string {
	for i := range len(s) {
		if lowerByte(s[i]) != s[i] {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lowerByte(b[i])
			}
			return string(b)
		}
	}
	return s
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// onlyStars reports whether the pattern stands for every string.
func onlyStars(pattern string) bool {
	return pattern != "" && strings.Trim(pattern, "*") == ""
}

// Covers reports whether every string that inner describes is also described by
// outer. It never says true wrongly; for pairs that would need more than a few
// thousand steps it gives up and says false.
func Covers(outer, inner string) bool { return covers(outer, inner, false) }

// CoversFold is Covers without regard to the case of ASCII letters, as actions
// are compared.
func CoversFold(outer, inner string) bool { return covers(outer, inner, true) }

func covers(outer, inner string, fold bool) bool {
	switch {
	case onlyStars(outer):
		return true
	case !hasWildcard(inner):
		return match(outer, inner, fold)
	case !hasWildcard(outer):
		return false // two strings or more do not fit into one
	}
	if fold {
		outer, inner = lower(outer), lower(inner)
	}
	outer, inner = tidy(outer), tidy(inner)
	return coversPlainly(outer, inner) || coversSample(outer, inner) && coversExactly(outer, inner)
}

// coversSample tries the shortest string of inner and a longer one. It spares
// nearly every pair that is no containment the exact search.
func coversSample(outer, inner string) bool {
	short, long := make([]byte, 0, 128), make([]byte, 0, 256)
	for i := range len(inner) {
		switch c := inner[i]; c {
		case '*':
			long = append(long, 0, 0, 0)
		case '?':
			short, long = append(short, 0), append(long, 0)
		default:
			short, long = append(short, c), append(long, c)
		}
	}
	return match(outer, string(short), false) && match(outer, string(long), false)
}

// tidy writes each run of wildcards in one form: the question marks, then at
// most one star. Most patterns are tidy already and come back unchanged.
func tidy(p string) string {
	if !strings.Contains(p, "**") && !strings.Contains(p, "*?") {
		return p
	}
	var b strings.Builder
	for i := 0; i < len(p); {
		if p[i] != '*' && p[i] != '?' {
			b.WriteByte(p[i])
			i++
			continue
		}
		star := false
		for ; i < len(p) && (p[i] == '*' || p[i] == '?'); i++ {
			if p[i] == '*' {
				star = true
			} else {
				b.WriteByte('?')
			}
		}
		if star {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// coversPlainly reads inner as a string whose star only a star of outer takes.
// That proves containment; its failure proves nothing (a?* covers a*b only with
// regard to lengths).
func coversPlainly(outer, inner string) bool {
	p, i := 0, 0
	star, resume := -1, 0
	for i < len(inner) {
		switch {
		case p < len(outer) && outer[p] == '*':
			star, resume = p, i
			p++
			continue
		case p < len(outer) && inner[i] != '*' && (outer[p] == '?' && inner[i] < utf8.RuneSelf || outer[p] == inner[i]):
			p, i = p+1, i+1
			continue
		case star < 0:
			return false
		}
		resume++
		p, i = star+1, resume
	}
	for p < len(outer) && outer[p] == '*' {
		p++
	}
	return p == len(outer)
}

// Bounds of the exact search: positions in a pattern, and pairs visited.
const (
	maxPattern = 255
	maxPairs   = 4096
)

// positions is a set of places in a pattern.
type positions [4]uint64

func (s *positions) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s *positions) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }

// pair is a place in inner and all places in outer reached by the same string.
type pair struct {
	inner int
	outer positions
}

// coversExactly walks inner and, beside it, the set of places that outer can be
// in after the same characters. A way to the end of inner on which outer is not
// at its end is a string that outer lacks.
func coversExactly(outer, inner string) bool {
	if len(outer) > maxPattern || !isASCII(outer) || !isASCII(inner) {
		return false
	}
	alphabet := literals(outer)
	start := pair{0, closure(outer, positions{1})}
	seen := map[pair]bool{start: true}
	todo := []pair{start}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at.inner == len(inner) {
			if !at.outer.has(len(outer)) {
				return false
			}
			continue
		}
		if at.outer == (positions{}) || len(seen) > maxPairs {
			return false
		}
		visit := func(next pair) {
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
		switch c := inner[at.inner]; c {
		case '*':
			visit(pair{at.inner + 1, at.outer})
			for i := range len(alphabet) {
				visit(pair{at.inner, step(outer, at.outer, alphabet[i])})
			}
		case '?':
			for i := range len(alphabet) {
				visit(pair{at.inner + 1, step(outer, at.outer, alphabet[i])})
			}
		default:
			visit(pair{at.inner + 1, step(outer, at.outer, c)})
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// literals lists the distinct plain characters of a pattern, and one character
// (NUL, which no document holds) for all that it does not name.
func literals(pattern string) []byte {
	out := []byte{0}
	for i := range len(pattern) {
		if c := pattern[i]; c != '*' && c != '?' && !strings.ContainsRune(string(out), rune(c)) {
			out = append(out, c)
		}
	}
	return out
}

func closure(pattern string, s positions) positions {
	for i := range len(pattern) {
		if pattern[i] == '*' && s.has(i) {
			s.add(i + 1)
		}
	}
	return s
}

func step(pattern string, from positions, c byte) positions {
	var to positions
	for i := range len(pattern) {
		if !from.has(i) {
			continue
		}
		switch pattern[i] {
		case '*':
			to.add(i)
		case '?', c:
			to.add(i + 1)
		}
	}
	return closure(pattern, to)
}

// Overlaps reports whether some string is described by both patterns.
func Overlaps(a, b string) bool { return overlaps(a, b, false) }

func overlaps(a, b string, fold bool) bool {
	switch {
	case onlyStars(a) || onlyStars(b):
		return true
	case !hasWildcard(b):
		return match(a, b, fold)
	case !hasWildcard(a):
		return match(b, a, fold)
	}
	if len(a)*len(b) > maxOverlap {
		return true
	}
	return overlapsExactly(a, b, fold)
}

// maxOverlap bounds the pairs of places that Overlaps visits. Beyond it, two
// patterns with wildcards are taken to overlap.
const maxOverlap = 1 << 24

// overlapsExactly goes through the places in a; here are the places in b that
// some same string reaches.
func overlapsExactly(a, b string, fold bool) bool {
	here, next := make([]bool, len(b)+1), make([]bool, len(b)+1)
	here[0] = true
	for i := 0; ; {
		if i == len(a) {
			rest := strings.LastIndexFunc(b, func(c rune) bool { return c != '*' }) + 1
			return slices.Contains(here[rest:], true)
		}
		size := 1
		if a[i] >= utf8.RuneSelf {
			_, size = utf8.DecodeRuneInString(a[i:])
		}
		clear(next)
		for j, reached := range here {
			if !reached {
				continue
			}
			if a[i] == '*' {
				next[j] = true
			}
			if j == len(b) {
				continue
			}
			width := 1
			if b[j] >= utf8.RuneSelf {
				_, width = utf8.DecodeRuneInString(b[j:])
			}
			switch {
			case b[j] == '*':
				next[j] = true
				here[j+1] = true
			case a[i] == '*':
				here[j+width] = true // takes in what stands at j; still before i
			case a[i] == '?' || b[j] == '?' || size == width && (size > 1 && a[i:i+size] == b[j:j+size] || size == 1 && sameByte(a[i], b[j], fold)):
				next[j+width] = true
			}
		}
		here, next = next, here
		i += size
	}
}

func anyMatch(patterns []string, s string, fold bool) bool {
	for _, p := range patterns {
		if match(p, s, fold) {
			return true
		}
	}
	return false
}

func anyCovers(patterns []string, inner string, fold bool) bool {
	for _, p := range patterns {
		if covers(p, inner, fold) {
			return true
		}
	}
	return false
}

func anyOverlaps(patterns []string, other string, fold bool) bool {
	for _, p := range patterns {
		if overlaps(p, other, fold) {
			return true
		}
	}
	return false
}
