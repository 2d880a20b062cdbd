package redact

import "regexp"

// quotedOrBare matches a value on a command line in one of three groups.
const quotedOrBare = `(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'` + "`" + `;|&<>]+))`

// flagValue is a value after a flag: a further flag is none.
const flagValue = `(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'` + "`" + `;|&<>\-][^\s"'` + "`" + `;|&<>]*))`

// simple is a rule whose expression alone says where the secret is: its first group.
func simple(id, expr string, keywords ...string) rule {
	return rule{id: id, regex: regexp.MustCompile(expr), keywords: keywords, pick: firstGroup, exact: true, weight: 1}
}

// commandRules detect passwords in the arguments and the input of commands.
func commandRules() []rule {
	return []rule{
		simple("mysql-password", `(?i)\b(?:mysql|mariadb)(?:dump|admin|import|check|show|slap|pump|sh|-\w+)?(?:\.exe)?(?:\s[^\n|;]*?)?\s-p`+quotedOrBare, "mysql", "mariadb"),
		simple("mysqladmin-password", `(?i)\bmysqladmin\b[^\n|;]*?\spassword\s+`+quotedOrBare, "mysqladmin"),
		{
			id: "net-user-password", pick: pickNetUser, exact: true, weight: 1, keywords: []string{"net ", "net\t", "net.exe", "net1"},
			regex: regexp.MustCompile(`(?i)\bnet1?(?:\.exe)?[ \t]+user[ \t]+(?:"[^"\n]+"|'[^'\n]+'|[^\s"']+)[ \t]+` + quotedOrBare),
		},
		simple("curl-user-password", `(?i)\b(?:curl|wget)\b[^\n|;]*?\s(?:-u|--user|--proxy-user|-U)[ =]*["']?[^\s:"']+:([^\s"']+)`, "curl", "wget"),
		simple("password-flag", `(?i)(?:^|[\s"'\[(,])--?(?:[a-z\-]*(?:password|passwd|passphrase|secret|token|api-?key|secret-?key|access-?key)|(?:[a-z\-]*-)?pass|storepass|keypass)["']?(?:[ \t]*,[ \t]*|[ \t]+|[ \t]*\n[ \t]*-[ \t]+)`+flagValue, "pass", "secret", "token", "key"),
		simple("login-password", `(?i)\b(?:(?:docker|podman|helm|az|oc)\b[^\n|;]*?\blogin\b[^\n|;]*?\s-p|(?:redis-cli|mongo(?:sh|dump)?|smbclient)\b[^\n|;]*?\s-[ap]|(?:sqlcmd|bcp)\b[^\n|;]*?\s-(?-i:P))[ =]*`+quotedOrBare, "login", "redis-cli", "mongo", "smbclient", "sqlcmd", "bcp"),
		simple("sshpass-password", `(?i)\bsshpass[ \t]+(?:-\w[ \t]+)*?-p[ \t]*`+quotedOrBare, "sshpass"),
		simple("chpasswd-password", `(?i)\becho[ \t]+(?:-\w+[ \t]+)*["']?[^\s:"'|]+:([^\n"'|]+?)["']?[ \t]*\|[^\n]*chpasswd`, "chpasswd"),
		simple("chpasswd-password", `(?i)\bchpasswd\b[^\n]*<<<?[ \t]*(?:["']?[^\s:"'<|]+:([^\s"']+)|-?["']?\w+["']?[ \t]*\n((?:[^\s:]+:\S+(?:\n|$))+))`, "chpasswd"),
		simple("chpasswd-password", `(?im)^[ \t]*chpasswd:[ \t]*\n(?:[ \t]+expire:[^\n]*\n)?[ \t]+list:[ \t]*[|>]?[+\-]?[ \t]*\n((?:[ \t]+(?:-[ \t]+)?["']?[^\s:]+:\S+[ \t]*(?:\n|$))+)`, "chpasswd"),
		simple("chpasswd-password", `(?i)\becho[ \t]+(?:-\w+[ \t]+)*`+quotedOrBare+`[ \t]*\|(?:[^\n]*\bpasswd\b[^\n]*--stdin|[^\n]*--password-stdin|[ \t]*(?:sudo[ \t]+)?passwd\b|[ \t]*sudo[ \t]+(?:-\w+[ \t]+)*?-\w*(?-i:S)\b)`, "passwd", "password", "sudo"),
		simple("net-user-password", `(?i)\bnet1?(?:\.exe)?[ \t]+use\b[^\n]*?\\\\\S+[ \t]+(?:/user:\S+[ \t]+)?([^\s/*"'|&<>]\S*)`, "net ", "net\t", "net.exe", "net1"),
		simple("ldap-password", `(?i)\bldap[a-z]+\b[^\n|;]*?\s-w[ \t]*`+quotedOrBare, "ldap"),
		simple("useradd-password", `(?i)\b(?:useradd|usermod)\b[^\n|;]*?\s(?:-p|--password)[ =]*`+quotedOrBare, "useradd", "usermod"),
		simple("htpasswd-password", `(?i)\bhtpasswd[ \t]+(?:-\w+[ \t]+)*?-\w*b\w*[ \t]+(?:-\w+[ \t]+)*\S+[ \t]+([^\n|;&<>]+)`, "htpasswd"),
		simple("rabbitmq-password", `(?i)\brabbitmqctl\b[^\n|;]*?\s(?:add_user|change_password)[ \t]+\S+[ \t]+`+quotedOrBare, "rabbitmqctl"),
		simple("redis-password", `(?im)^[ \t]*(?:requirepass|masterauth)[ \t]+`+quotedOrBare, "requirepass", "masterauth"),
		simple("netrc-password", `(?i)\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)`, "machine"),
		simple("aws-configure", `(?i)\bconfigure[ \t]+set[ \t]+(?:[\w.\-]*\.)?(?:aws_secret_access_key|aws_session_token)[ \t]+`+quotedOrBare, "configure"),
		simple("environment-password", `(?im)^[ \t]*(?:ENV|setx(?:\.exe)?)[ \t]+[\w.\-]*(?:password|passwd|passphrase|secret|token|pass|pwd|(?:api|access|secret|private)_?key)[ \t]+`+quotedOrBare, "env ", "env\t", "setx"),
	}
}

// codeRules detect passwords in statements and in other languages' text.
func codeRules() []rule {
	return []rule{
		simple("sql-password", `(?i)\b(?:identified\s+(?:with\s+\S+\s+)?by|password)\s+(?:password\s+)?'([^'\n]+)'`, "identified", "password"),
		simple("secure-string", `(?i)\b(?:ConvertTo-SecureString|SecureString)\b(?:[ \t]+-(?:String|AsPlainText|Force)\b)*[ \t]+`+`(?:"([^"\n]+)"|'([^'\n]+)')`, "securestring"),
		simple("set-password-call", `(?i)\bset_?password\(\s*["']([^"'\n]+)["']`, "password"),
		simple("network-credential", `(?i)\bNetworkCredential(?:\]::new)?[ \t]*\([ \t]*["'][^"'\n]*["'][ \t]*,[ \t]*["']([^"'\n]+)["']`, "networkcredential"),
		simple("xml-password", `(?i)<(?:\w+:)?\w*(?:password|passwd|passphrase|secret|pwd)(?:\s[^<>]*)?>\s*(?:<value>\s*)?([^<>\n]+?)\s*</`, "pass", "secret", "pwd"),
	}
}

// shapeRules detect secrets by their own shape or by what frames them.
func shapeRules() []rule {
	return []rule{
		{
			id: "aws-access-key-id", regex: regexp.MustCompile(`(?:^|[^A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16})(?:$|[^A-Za-z0-9])`),
			keywords: []string{"akia", "asia"}, pick: firstGroup, exact: true, weight: 1,
		},
		simple("aws-secret-access-key", `(?:AKIA|ASIA|AIDA)[A-Z0-9]{16}\W{1,20}(?:\w{1,30}\W{1,6})?([A-Za-z0-9/+]{40})(?:$|[^A-Za-z0-9/+=])`, "akia", "asia", "aida"),
		simple("private-key-block", `(?s)(-----BEGIN[ A-Z0-9_]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[ A-Z0-9_]{0,40}PRIVATE KEY(?: BLOCK)?-----|$))`, "private key"),
		{
			id: "password-in-url", pick: firstGroup, exact: true, weight: 1, keywords: []string{"://"},
			regex: regexp.MustCompile(`(?i)[a-z][a-z0-9+.\-]*://[^\s/:@"'<>]*:([^\s/"'<>]+)@`),
		},
		simple("authorization-header", `(?i)\b(?:authorization|x-api-key|x-auth-token|x-vault-token|private-token)\b["']?[ \t]*[:=][ \t]*["']?(?:(?:bearer|basic|token)[ \t]+)?([\w.~+/=\-]{8,})`, "authorization", "x-api-key", "x-auth-token", "x-vault-token", "private-token"),
		simple("password-hash", `(?:^|[\s:"'=])(\$(?:1|2[abxy]|5|6|7|y|argon2\w*)\$[\w./,=+\-]{1,40}\$?[\w./$+\-]{20,})`, "$1$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$argon2"),
	}
}
