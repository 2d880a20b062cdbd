package policy

import "strings"

// comparison is what an operator does with one value of the request and one of
// the policy.
type comparison uint8

const (
	compareUnknown comparison = iota
	stringEquals
	stringEqualsFold
	stringLike
	numericEquals
	numericLess
	numericLessEquals
	numericGreater
	numericGreaterEquals
	dateEquals
	dateLess
	dateLessEquals
	dateGreater
	dateGreaterEquals
	boolEquals
	binaryEquals
	ipAddress
	arnLike
	isNull
)

// set is the word before the operator's colon.
type set uint8

const (
	single set = iota
	forAllValues
	forAnyValue
)

// operator is a condition operator, taken apart. The zero value is unknown.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and
// "Set operators for multi-valued context keys".
type operator struct {
	compare  comparison
	negated  bool
	ifExists bool
	set      set
}

var comparisons = map[string]operator{
	"stringequals":              {compare: stringEquals},
	"stringnotequals":           {compare: stringEquals, negated: true},
	"stringequalsignorecase":    {compare: stringEqualsFold},
	"stringnotequalsignorecase": {compare: stringEqualsFold, negated: true},
	"stringlike":                {compare: stringLike},
	"stringnotlike":             {compare: stringLike, negated: true},
	"numericequals":             {compare: numericEquals},
	"numericnotequals":          {compare: numericEquals, negated: true},
	"numericlessthan":           {compare: numericLess},
	"numericlessthanequals":     {compare: numericLessEquals},
	"numericgreaterthan":        {compare: numericGreater},
	"numericgreaterthanequals":  {compare: numericGreaterEquals},
	"dateequals":                {compare: dateEquals},
	"datenotequals":             {compare: dateEquals, negated: true},
	"datelessthan":              {compare: dateLess},
	"datelessthanequals":        {compare: dateLessEquals},
	"dategreaterthan":           {compare: dateGreater},
	"dategreaterthanequals":     {compare: dateGreaterEquals},
	"bool":                      {compare: boolEquals},
	"binaryequals":              {compare: binaryEquals},
	"ipaddress":                 {compare: ipAddress},
	"notipaddress":              {compare: ipAddress, negated: true},
	"arnequals":                 {compare: arnLike}, // AWS lets both take wildcards
	"arnlike":                   {compare: arnLike},
	"arnnotequals":              {compare: arnLike, negated: true},
	"arnnotlike":                {compare: arnLike, negated: true},
	"null":                      {compare: isNull},
}

func parseOperator(name string) (operator, bool) {
	word := strings.ToLower(name)
	var out operator
	if before, after, ok := strings.Cut(word, ":"); ok {
		switch before {
		case "forallvalues":
			out.set = forAllValues
		case "foranyvalue":
			out.set = forAnyValue
		default:
			return operator{}, false
		}
		word = after
	}
	base, ifExists := strings.CutSuffix(word, "ifexists")
	known, ok := comparisons[base]
	if !ok || known.compare == isNull && ifExists {
		return operator{}, false
	}
	out.compare, out.negated, out.ifExists = known.compare, known.negated, ifExists
	return out, true
}
