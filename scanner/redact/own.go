package redact

import (
	"regexp"
	"slices"
	"strings"
)

// secretName is the end of a name whose value is a secret: DB_PASSWORD, apiKey,
// client-secret, GITHUB_TOKEN. Plain "key" is not: most keys are names.
const secretName = `(?:[\w.\-]*(?:password|passwd|passphrase|passcode|secret|token|credentials?|` +
	`secret_?key_?base|(?:api|access|secret|private|auth|encryption|account|shared|signing|master)[_.\-]?key)(?:_?\d{1,3})?` +
	`|[\w.\-]*(?:pass|pwd|psk)|[\w.\-]*[_.\-]pw)`

var (
	secretNameRE = regexp.MustCompile(`(?i)^` + secretName + `$`)
	// innocentNames end like a secret's name and hold none: page tokens, idempotency
	// tokens and the like (kms CreateGrant, field GrantToken, opens nothing by itself).
	innocentNames = regexp.MustCompile(`(?i)(?:^|[._-])(?:next(?:page|backward|forward)?|continuation|pagination|page|starting|client(?:request)?|request|idempotency|creator|sync|change|update|lock|task|job|grant|(?:upload)?sequence)[_-]?token$|(?:by|com|tres|sur)pass$`)
)

// assignment begins at the name's last word, since a search for whole names is slow;
// pickAssignment completes the name to its left. Groups: 1 last word, 2 separator,
// 3 double-quoted, 4 single-quoted, 5 bare value.
var assignment = regexp.MustCompile(`(?i)((?:pass(?:word|wd|phrase|code)?|secret|token|credentials?|key_?base|key|pwd|pw|psk)(?:_?\d{1,3})?)(?:\\?["'])?\]?[ \t]*(=>|:=|\+=|=|:)[ \t]*` +
	`(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([^\s"'` + "`" + `;|<>&{\[]\S*))`)

// Names of our own rules that are used elsewhere too.
const (
	assignmentRule = "secret-assignment"
	unreadableRule = "unreadable-layer" // a compressed layer that cannot be opened
	malformedRule  = "malformed-body"   // a broken body that may hold free text
)

// ownRules are the detectors for what gitleaks misses: passwords that a person chose,
// given to a command or a variable, have low entropy and no prefix. The first is the
// one for assignments.
func ownRules() []rule {
	assign := rule{
		id: assignmentRule, regex: assignment, pick: pickAssignment, exact: true, weight: 1,
		keywords: []string{"pass", "pwd", "_pw", "-pw", ".pw", "psk", "secret", "token", "credential", "key"},
	}
	return slices.Concat([]rule{assign}, shapeRules(), commandRules(), codeRules())
}

// firstGroup takes the first group that matched something.
func firstGroup(text string, loc []int) (start, end int, ok bool) {
	for g := 1; g < len(loc)/2; g++ {
		if s, e := loc[2*g], loc[2*g+1]; s >= 0 && s < e {
			v := text[s:e]
			return s, e, !innocent(v) && !awsExample(v)
		}
	}
	return 0, 0, false
}

// pickNetUser leaves out "net user NAME /add", which sets no password, and
// "net user NAME *", which asks for it.
func pickNetUser(text string, loc []int) (start, end int, ok bool) {
	start, end, ok = firstGroup(text, loc)
	if ok && (text[start] == '/' || text[start] == '*') {
		ok = false
	}
	return start, end, ok
}

// pickAssignment accepts NAME=value anywhere, and NAME: value where it is a value and
// not the next words of a sentence ("ExpiredToken: The security token ...").
func pickAssignment(text string, loc []int) (start, end int, ok bool) {
	for loc[2] > 0 && isName(text[loc[2]-1]) {
		loc[2]--
	}
	name, sep := text[loc[2]:loc[3]], text[loc[4]:loc[5]]
	if len(name) > 256 || !secretNameRE.MatchString(name) {
		return 0, 0, false
	}
	linked := sep == ":" && strings.HasSuffix(strings.TrimRight(text[loc[3]:loc[4]], " \t"), "]")
	if linked && strings.HasPrefix(strings.TrimLeft(text[loc[5]:], " \t"), "https://") {
		return 0, 0, false // a link in Markdown, as in AWS's descriptions
	}
	bare := loc[10] >= 0
	for g := 3; g <= 5; g++ {
		if loc[2*g] >= 0 {
			start, end = loc[2*g], loc[2*g+1]
		}
	}
	if bare {
		end = start + bareLength(text[start:end], sep == ":" && endsLine(text, end))
	}
	value := text[start:end]
	if innocentNames.MatchString(name) || innocent(value) || awsExample(value) || sep == ":" && inARN(text, loc[2]) {
		return 0, 0, false
	}
	if strings.HasSuffix(strings.ToLower(name), "pwd") && strings.HasPrefix(value, "/") {
		return 0, 0, false // the working directory, or the one before (OLDPWD)
	}
	if bare && (call(text, start, end) || strings.HasPrefix(value, "=") || strings.HasPrefix(value, "/") && sep == ":") {
		return 0, 0, false
	}
	if bare && sep == ":" && !endsLine(text, end) && !mixed(value) {
		return 0, 0, false
	}
	return start, end, true
}

func isName(c byte) bool { return isAlnum(c) || c == '_' || c == '.' || c == '-' }

// bareLength cuts off what closes the surrounding syntax and is not the value: a
// quote, a shell operator (not in YAML, where it belongs to the value), trailing
// brackets and commas.
func bareLength(v string, yaml bool) int {
	stop := "\"'`;|<>&"
	if yaml {
		stop = "\"'`"
	}
	if i := strings.IndexAny(v, stop); i >= 0 {
		v = v[:i]
	}
	if i := strings.Index(v, `\n`); i > 0 {
		v = v[:i]
	}
	opening := map[byte]string{')': "(", ']': "[", '}': "{"}
	for len(v) > 0 {
		last := v[len(v)-1]
		closes := opening[last] != "" && strings.Count(v, opening[last]) < strings.Count(v, string(last))
		if !closes && last != ',' && last != '\\' {
			break
		}
		v = v[:len(v)-1]
	}
	return len(v)
}

func endsLine(text string, at int) bool {
	rest, _, _ := strings.Cut(text[at:min(len(text), at+256)], "\n")
	rest = strings.Trim(rest, " \t\r,\\}])")
	return rest == "" || rest[0] == '#'
}

// mixed tells a password from a word of prose: it has a digit or an inner sign.
func mixed(v string) bool {
	v = strings.TrimRight(v, ".,;:!?)")
	return len(v) >= 6 && strings.ContainsAny(v, "0123456789!@#$%^&*+=~?")
}
