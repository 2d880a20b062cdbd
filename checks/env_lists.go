package checks

// StringLists is a parameter that lists lists of strings.
func (e Env) StringLists(name string) [][]string { return parameter[[][]string](e, name) }

// IntByKey is a parameter that gives keys an integer each.
func (e Env) IntByKey(name string) map[string]int { return parameter[map[string]int](e, name) }
