package redact

// ruleSet is a set of rules by their number in the catalogue.
type ruleSet [5]uint64

func (s *ruleSet) add(n int)      { s[n/64] |= 1 << (n % 64) }
func (s *ruleSet) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }
func (s *ruleSet) empty() bool    { return *s == ruleSet{} }

func (s *ruleSet) union(o *ruleSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// maxRules is how many rules a ruleSet can number.
const maxRules = len(ruleSet{}) * 64

// automaton tells in one pass over a text which rules have one of their keywords in
// it, whatever the case (Aho and Corasick's construction, unrolled into a table).
// Nearly every string of a response has none, so this pass is the cost of redaction.
type automaton struct {
	class [256]uint8 // byte to column; 0 for a byte that no keyword holds
	width int
	next  []uint16 // state*width + column to state
	hits  []ruleSet
	hit   []bool // whether hits of the state is not empty
}

// newAutomaton builds the table. Keywords are lower-case ASCII; keyword i of
// keywords[r] speaks for rule r.
func newAutomaton(keywords [][]string) *automaton {
	a := &automaton{width: 1}
	for _, words := range keywords {
		for _, w := range words {
			for _, b := range []byte(w) {
				a.learn(b)
			}
		}
	}
	a.grow()
	for r, words := range keywords {
		for _, w := range words {
			state := 0
			for _, b := range []byte(w) {
				at := state*a.width + int(a.class[b])
				if a.next[at] == 0 {
					a.next[at] = uint16(a.grow())
				}
				state = int(a.next[at])
			}
			a.hits[state].add(r)
		}
	}
	a.link()
	return a
}

// learn gives a byte a column of its own, shared by both cases of a letter.
func (a *automaton) learn(b byte) {
	if a.class[b] != 0 {
		return
	}
	a.class[b] = uint8(a.width)
	if 'a' <= b && b <= 'z' {
		a.class[b-'a'+'A'] = uint8(a.width)
	}
	a.width++
}

func (a *automaton) grow() int {
	a.next = append(a.next, make([]uint16, a.width)...)
	a.hits = append(a.hits, ruleSet{})
	return len(a.hits) - 1
}

// link replaces every missing edge by that of the longest proper suffix, level by
// level, so that matching never steps back.
func (a *automaton) link() {
	suffix := make([]int, len(a.hits))
	queue := []int{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		a.hits[state].union(&a.hits[suffix[state]])
		for c := 0; c < a.width; c++ {
			at := state*a.width + c
			inherited := 0
			if state != 0 {
				inherited = int(a.next[suffix[state]*a.width+c])
			}
			if child := int(a.next[at]); child != 0 {
				suffix[child] = inherited
				queue = append(queue, child)
			} else {
				a.next[at] = uint16(inherited)
			}
		}
	}
	a.hit = make([]bool, len(a.hits))
	for i := range a.hits {
		a.hit[i] = !a.hits[i].empty()
	}
}

// match returns the rules that have a keyword in text.
func (a *automaton) match(text string) (found ruleSet) {
	state := 0
	for i := 0; i < len(text); i++ {
		state = int(a.next[state*a.width+int(a.class[text[i]])])
		if a.hit[state] {
			found.union(&a.hits[state])
		}
	}
	return found
}
