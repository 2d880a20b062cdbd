// Package nearest finds, for a mistyped word, the known word that was most
// likely meant. It leaves the wording of the message to its callers.
package nearest

// Word returns the candidate with the smallest edit distance to word (insert,
// delete, replace a letter, or swap two neighbours), and false when none is near
// enough to be a typing error: at most one edit for each three letters of the
// longer word, so that words of two letters must be right. Of equally near
// candidates the first in alphabetical order wins, in whatever order they come.
func Word(word string, candidates []string) (string, bool) {
	best, bestDistance, found := "", 0, false
	w := []rune(word)
	for _, candidate := range candidates {
		c := []rune(candidate)
		limit := max(len(w), len(c)) / 3
		if len(w)-len(c) > limit || len(c)-len(w) > limit {
			continue // the lengths alone are further apart: saves the table for a hostile word
		}
		d := distance(w, c)
		if d > limit {
			continue
		}
		if !found || d < bestDistance || d == bestDistance && candidate < best {
			best, bestDistance, found = candidate, d, true
		}
	}
	return best, found
}

// distance is the optimal string alignment distance, with three rows of its table.
func distance(a, b []rune) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			replace := previous[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			current[j] = min(replace, previous[j]+1, current[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
