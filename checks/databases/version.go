package databases

import (
	"slices"
	"strconv"
	"strings"
)

// Version is the numbers at the front of an engine version, 8.0.40 as [8 0 40]; false
// where it has none. What follows the first part that is no number is left out.
func Version(text string) (numbers []int, ok bool) {
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		numbers = append(numbers, n)
	}
	return numbers, len(numbers) > 0
}

// Before says that a version comes before another, number by number: 10.9 before 10.11.
func Before(version, other []int) bool { return slices.Compare(version, other) < 0 }
