// Package wording writes numbers and lists as the reasons and reports say them.
package wording

import (
	"fmt"
	"slices"
	"strings"
)

// Count is a number with what it counts: "1 subnet", "2 subnets".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Some is the first of a list, and then how many more there are.
func Some(list []string, most int) []string {
	if len(list) <= most {
		return list
	}
	return append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", len(list)-most))
}

// List joins the first of a list for a reason: "a, b, and 3 more".
func List(list []string, most int) string { return strings.Join(Some(list, most), ", ") }

// Few is List without a comma before what is left out: "a, b and 3 more".
func Few(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}
