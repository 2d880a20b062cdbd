package redact

import (
	"regexp"
	"strings"
)

// These expressions tell what stands where a secret could and is none.
var (
	variable = regexp.MustCompile(`^(?:\$\{[^}]*\}|\$\(.*\)?|\$\w+(?::\w+)?|\$\{\{.*\}\}|%\w+%|\{\{.*\}\}|\{%.*%\}|<%.*%>|<[^<>]*>?|#\{[^}]*\}|@@?\w+@@?|@[A-Za-z]+\(.*|__[A-Za-z_]+__|[\-_./:@\s])+$`)
	embedded = regexp.MustCompile(`\$\{[^}]*\}|\$\([^)]*\)|\{\{.*?\}\}|#\{[^}]*\}`)

	placeholder = regexp.MustCompile(`(?i)^[\[(<{]*(?:x+|\*+|\.+|-+|_+|\?+|#+|•+|replace[-_ ]?(?:me|this|with.*)|to[-_ ]?be[-_ ].*|your[-_ ].*|(?:my|your)(?:password|secret|token|key)(?:here)?|` +
		`(?:enter|insert|put|add|paste)[-_ ].*|(?:password|secret|token|value|key)[-_ ](?:goes[-_ ])?here|placeholder|redacted|masked|hidden|todo|tbd|n/?a|empty|unset|undefined)[\])>}]*$`)

	// keyword values are settings, not secrets: lock_passwd: true, token: required.
	keyword = regexp.MustCompile(`(?i)^(?:true|false|yes|no|on|off|null|nil|none|required|optional|enabled|disabled|default|inherit|string|str|text|bool|boolean|securestring|noecho|interactive|ask|prompt|not|is|was|and|or|the|must|should|cannot|could)[.,;]?$`)

	reference = regexp.MustCompile(`(?i)^(?:arn:aws[\w-]*:|alias/|\{\{resolve:|resolve:|ssm(?:-secure)?:|secretsmanager:|/aws/reference/secretsmanager/|vault:|secretref:|valuefrom|![a-z]|os\.|process\.env|env\.|var\.|local\.|module\.|data\.aws|secrets\.|config\.|args\.|self\.|this\.|params\.|\[redacted:|file://|fileb://|/dev/stdin|@/)`)

	exampleKey = regexp.MustCompile(`^(?:(?:AKIA|ASIA|AIDA|AROA|AGPA|ANPA|ANVA)[A-Z0-9]{0,13}EXAMPLE|[A-Za-z0-9/+]{20,40}EXAMPLE_?KEY)$`)
	uuid       = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	awsID      = regexp.MustCompile(`^(?:mrk|[a-z]{1,12}(?:-[a-z]{1,12}){0,2})-[0-9a-f]{8,40}$`)
	idName     = regexp.MustCompile(`(?i)(?:kms|token|key|secret|request|access)[\w.-]*(?:id|arn|name|hash|fingerprint|digest|status|type|version|algorithm|alias|usage|spec|ttl|material)\b`)
)

// innocent tells whether a value in a secret's place is none: too short to be one, a
// variable, a placeholder, a setting, or a reference to a store of secrets.
// "changeme" is a weak secret, not a placeholder.
func innocent(v string) bool {
	v = strings.TrimSpace(strings.Trim(strings.TrimSpace(v), `"'\`))
	if len(v) < 3 || strings.HasPrefix(v, "`") {
		return true
	}
	if keyword.MatchString(v) || placeholder.MatchString(v) || reference.MatchString(v) || variable.MatchString(v) {
		return true
	}
	// "${PREFIX}-${ENV}": what remains beside the variables is no secret of its own.
	if bare := embedded.ReplaceAllString(v, ""); len(bare) < len(v) {
		return len(bare) < 6
	}
	return false
}

// awsExample tells whether a value is one of the keys of AWS's own documentation.
func awsExample(v string) bool { return exampleKey.MatchString(v) }

// structural tells whether a find of the generic rule is an identifier of AWS's after
// all. whole is the name and the value, secret the value.
func structural(whole, secret string) bool {
	name, _, _ := strings.Cut(whole, secret)
	secret = strings.TrimRight(secret, ".,;")
	name = strings.TrimRight(name, " \t\"'`=:>|,?")
	return innocentNames.MatchString(name) || uuid.MatchString(secret) && !secretNameRE.MatchString(name) ||
		awsID.MatchString(secret) || idName.MatchString(name)
}

var callShape = regexp.MustCompile(`^[A-Za-z_][\w.]*\([^)]*\)$`)

// call tells whether a bare value is or goes on as a call or an index: os.environ[...],
// getpass(): code that fetches a secret and is none.
func call(text string, start, end int) bool {
	return end < len(text) && (text[end] == '(' || text[end] == '[') || callShape.MatchString(text[start:end])
}

// inARN tells whether text[at] stands inside an ARN: "secret:" and "token/" are parts
// of resource names there.
func inARN(text string, at int) bool {
	from := at
	for from > 0 && at-from < 2048 && !strings.ContainsRune(" \t\r\n\"'`<>()[],;", rune(text[from-1])) {
		from--
	}
	return strings.Contains(text[from:at], "arn:")
}
