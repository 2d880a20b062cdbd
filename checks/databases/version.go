package databases

import (
	"slices"
	"strconv"
	"strings"
)

// Version is the numbers at the front of an engine version, 8.0.40 as [8 0 40], 11.22-R2
// and 11.22-RDS.20240418 as [11 22]; false where it has none. What follows the first part
// that is not a number alone is left out.
func Version(text string) (numbers []int, ok bool) {
	for part := range strings.SplitSeq(text, ".") {
		digits := part[:len(part)-len(strings.TrimLeft(part, "0123456789"))]
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		numbers = append(numbers, n)
		if digits != part {
			break
		}
	}
	return numbers, len(numbers) > 0
}

// Before says that a version comes before another, number by number: 10.9 before 10.11.
func Before(version, other []int) bool { return slices.Compare(version, other) < 0 }
