package policy

import "strings"

// fill puts values in the place of policy variables. With pattern, a star or
// question mark out of a variable stays a plain character. The answer is No where
// a variable has neither value nor default, as then nothing matches, and
// CannotTell where its value is not known.
// Source: IAM User Guide, "IAM policy elements: Variables and tags".
func fill(text string, ctx *Context, pattern bool) (string, Answer) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "${")
		b.WriteString(before)
		if !ok {
			return b.String(), Yes
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return "", CannotTell
		}
		value, known := variable(name, ctx)
		if known != Yes {
			return "", known
		}
		if pattern {
			value = plain(value)
		}
		b.WriteString(value)
		text = after
	}
}

func variable(name string, ctx *Context) (string, Answer) {
	switch name {
	case "*", "?", "$":
		return name, Yes
	}
	name, fallback, hasDefault := strings.Cut(name, ",")
	values, carried := ctx.value(strings.ToLower(strings.TrimSpace(name)))
	switch {
	case carried == Yes && len(values) == 1:
		return values[0], Yes
	case carried == Yes && len(values) > 1:
		return "", CannotTell // AWS takes single-valued keys only
	case carried == CannotTell:
		return "", CannotTell
	case !hasDefault:
		return "", No
	}
	fallback = strings.TrimSpace(fallback)
	if len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
		return "", CannotTell
	}
	return fallback[1 : len(fallback)-1], Yes
}

func plain(value string) string {
	if !hasWildcard(value) {
		return value
	}
	return strings.NewReplacer("*", string(plainStar), "?", string(plainQuestion)).Replace(value)
}
