package redact

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// planted are secrets that must not survive wherever they stand, and the part of each
// that must be gone.
var planted = []struct{ text, secret string }{
	{"AKIA" + "QYLPMN5HHHFPZAM2", "QYLPMN5HHHFPZAM2"},
	{"DB_PASSWORD=hunter2secret", "hunter2secret"},
	{"postgres://shop:hunter2secret@db/shop", "hunter2secret"},
	{"deploy with ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 please", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"},
}

// wrappings are the encodings in which a secret may stand inside a string.
var wrappings = map[string]func(string) string{
	"plain":               func(s string) string { return s },
	"base64":              b64,
	"raw base64":          func(s string) string { return strings.TrimRight(b64("note: "+s+" !"), "=") },
	"url base64":          func(s string) string { return base64.URLEncoding.EncodeToString([]byte("??>" + s + "\n")) },
	"base64 in text":      func(s string) string { return "config " + b64(s) + " end" },
	"data url":            func(s string) string { return "data:text/plain;base64," + b64(s) },
	"gzip+base64":         func(s string) string { return b64(zip(s)) },
	"gzip+base64 twice":   func(s string) string { return b64(zip(b64(zip(s)))) },
	"percent":             func(s string) string { return url.QueryEscape(s) },
	"percent JSON":        func(s string) string { return url.PathEscape(`{"Statement":[{"Sid":` + quote(s) + `}]}`) },
	"JSON in JSON string": func(s string) string { return `{"a":` + quote(`{"b":`+quote(s)+`}`) + `}` },
	"JSON name":           func(s string) string { return `{` + quote(s) + `:1}` },
	"entities":            func(s string) string { return strings.ReplaceAll(s, "=", "&#61;") },
	"unicode escapes":     func(s string) string { return strings.NewReplacer("=", `\u003d`, "A", `\u0041`).Replace(s) },
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// xmlFrames and jsonFrames are responses with one string to fill.
var xmlFrames = map[string]string{
	"tag value":   `<R><tagSet><item><key>Name</key><value>%s</value></item></tagSet></R>`,
	"description": "<?xml version=\"1.0\"?>\n<R xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><groupDescription>%s</groupDescription><nextToken>x</nextToken></R>",
	"user name":   `<ListUsersResponse><ListUsersResult><Users><member><UserName>%s</UserName></member></Users></ListUsersResult></ListUsersResponse>`,
	"db name":     `<R><DBName>%s</DBName></R>`,
	"CDATA":       `<R><Description><![CDATA[%s]]></Description></R>`,
	"error":       `<Response><Errors><Error><Code>X</Code><Message>not found: %s</Message></Error></Errors><RequestID>8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c</RequestID></Response>`,
	"attribute":   `<R><a b="%s"/></R>`,
	"comment":     `<R><!-- %s --></R>`,
	"mixed":       `<R>a<b/>%s<c/></R>`,
	"identifier":  `<R><DBInstanceIdentifier>%s</DBInstanceIdentifier></R>`,
}

var jsonFrames = map[string]string{
	"value":  `{"Tags":[{"Key":"Name","Value":%s}],"NextToken":"x"}`,
	"name":   `{"Tags":{%s:"x"}}`,
	"array":  `["a", [%s]]`,
	"error":  `{"__type":"AccessDenied","message":%s}`,
	"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Sid":%s,"Action":["s3:Get*"]}]}`,
}

func TestPlantedSecretIsGone(t *testing.T) {
	for wrapping, wrap := range wrappings {
		for _, p := range planted {
			for frame, format := range xmlFrames {
				if (frame == "CDATA" || frame == "comment") && strings.Contains(wrapping, "entities") {
					continue // no entities there
				}
				body := fmt.Sprintf(format, xmlText(wrap(p.text)))
				if frame == "CDATA" || frame == "comment" {
					body = fmt.Sprintf(format, wrap(p.text))
				}
				out := redactBody(t, "ec2:DescribeTags", body)
				if leaks(out, p.secret, 6) {
					t.Errorf("%s in %s: %s\nbecame %s", wrapping, frame, body, out)
				}
				wellFormed(t, out)
			}
			for frame, format := range jsonFrames {
				body := fmt.Sprintf(format, quote(wrap(p.text)))
				out := redactBody(t, "kms:ListResourceTags", body)
				if leaks(out, p.secret, 6) {
					t.Errorf("%s in JSON %s: %s\nbecame %s", wrapping, frame, body, out)
				}
				if !json.Valid([]byte(out)) {
					t.Errorf("not JSON: %s", out)
				}
			}
			if out := testRedactor().Text(wrap(p.text)); leaks(out, p.secret, 6) {
				t.Errorf("Text, %s: %s", wrapping, out)
			}
		}
	}
}

// leaks looks for a secret in every encoding of s, by its own decoders.
func leaks(s, secret string, depth int) bool {
	if strings.Contains(s, secret) {
		return true
	}
	if depth == 0 {
		return false
	}
	if u, err := url.PathUnescape(s); err == nil && u != s && leaks(u, secret, depth-1) {
		return true
	}
	if u := entities(s).text; u != s && leaks(u, secret, depth-1) {
		return true
	}
	if u := backslashes(s).text; u != s && leaks(u, secret, depth-1) {
		return true
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !strings.ContainsRune("+/-_", r) && (r > 127 || !isAlnum(byte(r))) }) {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			b, err := enc.DecodeString(word)
			if err != nil || len(b) < 8 {
				continue
			}
			if inner, why := new(scan).gunzip(b); why == "" {
				b = inner
			}
			if leaks(string(b), secret, depth-1) {
				return true
			}
		}
	}
	return false
}

func wellFormed(t *testing.T, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, doc)
		}
	}
}

func TestCleanBodyIsIdentical(t *testing.T) {
	report := "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n" +
		"token-service-1,arn:aws:iam::123456789012:user/token-service-1,2026-01-02T03:04:05+00:00,true,no_information,2026-01-02T03:04:05+00:00,not_supported,false,true,2026-01-02T03:04:05+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["sts:GetSessionToken","iam:CreateAccessKey","secretsmanager:GetSecretValue"],"Resource":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod2/database1x-AbCdEf","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5","kms:KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","sts:ExternalId":"partner-42"},"Bool":{"aws:SecureTransport":"false","kms:GrantIsForAWSResource":"true"}}}]}`
	bodies := map[string]string{
		"ec2:DescribeInstances":                    string(instances(1 << 16)),
		"iam:ListAccessKeys":                       `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata><member><UserName>bob</UserName><AccessKeyId>AKIAQYLPMN5HHHFPZAM2</AccessKeyId><Status>Active</Status></member></AccessKeyMetadata><Marker>AAEY2v1+kJ0Xz/9Qw==</Marker></ListAccessKeysResult></ListAccessKeysResponse>`,
		"iam:GetCredentialReport":                  `<R><GetCredentialReportResult><Content>` + b64(report) + `</Content><ReportFormat>text/csv</ReportFormat></GetCredentialReportResult></R>`,
		"iam:GetPolicyVersion":                     `<R><PolicyVersion><Document>` + strings.ReplaceAll(url.QueryEscape(policy), "+", "%20") + `</Document><VersionId>v1</VersionId></PolicyVersion></R>`,
		"s3:GetBucketPolicy":                       policy,
		"iam:GetSSHPublicKey":                      `<R><SSHPublicKey><SSHPublicKeyBody>ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA9x8f/EAAAxyz+EAAA12345678901234567890123456789 ops</SSHPublicKeyBody><Fingerprint>7a:1d:ea:9e:b0:80:ac:f8:ec:d8:dc:e6:a7:2c:fc:51</Fingerprint></SSHPublicKey></R>`,
		"iam:GetServerCertificate":                 "<R><CertificateBody>-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJAKL0UG+mRkSvMA0GCSqGSIb3DQEBCwUAMEUxCzAJ\nBgNVBAYTAkFVMRMwEQYDVQQIDApTb21lLVN0YXRl\n-----END CERTIFICATE-----</CertificateBody></R>",
		"rds:DescribeDBInstances":                  `<R><DBInstance><PendingModifiedValues><MasterUserPassword>****</MasterUserPassword></PendingModifiedValues><MasterUserSecret><SecretArn>arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-0b1c2d3e-AbCdEf</SecretArn><SecretStatus>active</SecretStatus><KmsKeyId>arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab</KmsKeyId></MasterUserSecret></DBInstance></R>`,
		"rds:DescribeDBParameters":                 `<R><Parameter><ParameterName>password_encryption</ParameterName><ParameterValue>scram-sha-256</ParameterValue><Description>Encrypt passwords: on, off, md5 or scram-sha-256.</Description></Parameter></R>`,
		"iam:GetAccountPasswordPolicy":             `<R><PasswordPolicy><PasswordReusePrevention>24</PasswordReusePrevention><AllowUsersToChangePassword>true</AllowUsersToChangePassword><HardExpiry>false</HardExpiry></PasswordPolicy></R>`,
		"s3:ListObjectsV2":                         `<ListBucketResult><Name>b</Name><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><Contents><Key>logs/a.gz</Key><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag></Contents></ListBucketResult>`,
		"kms:DescribeKey":                          `{"KeyMetadata":{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","Description":"key for tokens","CurrentKeyMaterialId":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","EncryptionAlgorithms":["SYMMETRIC_DEFAULT"]}}`,
		"kms:GetPublicKey":                         `{"PublicKey":"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtestEAAA1234567890123456789012345678901"}`,
		"cloudtrail:LookupEvents":                  `{"Events":[{"AccessKeyId":"ASIAQYLPMN5HHHFPZAM2","CloudTrailEvent":"{\"userIdentity\":{\"accessKeyId\":\"ASIAQYLPMN5HHHFPZAM2\"}}"}],"NextToken":"eyJhbGciOiJkaXIifQ..xyz.AKCp8abcdefgh.zz"}`,
		"autoscaling:DescribeLaunchConfigurations": `<R><member><UserData></UserData></member><member><UserData/></member></R>`,
		"ec2:DescribeInstanceAttribute":            `<R><instanceId>i-1</instanceId><userData/></R>`,
		"ec2:DescribeTags":                         `<R><item><key>Team</key><value>token-team-4711</value></item><item><key>password-rotation</key><value>90 days</value></item><item><key>Token</key><value>required</value></item></R>`,
	}
	for operation, body := range bodies {
		if got := redactBody(t, operation, body); got != body {
			t.Errorf("%s: clean body\n%s\nbecame\n%s", operation, body, got)
		}
	}
}

// A token of a paginator is random: whatever it spells, it must come through.
func TestTokensSurvive(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_.="
	for range 300 {
		var b strings.Builder
		for range 200 + random.IntN(800) {
			b.WriteByte(alphabet[random.IntN(len(alphabet))])
		}
		// Provider prefixes and readable base64 inside make it as hard as can be.
		token := b.String()[:100] + "/EAAAEabcdefghijklmnopqrstuvwxyz1234/" + b64(`{"v":1,"user":"postgres://a:bcdefg@h"}`) + b.String()[100:]
		for _, name := range []string{"NextToken", "nextToken", "Marker", "NextContinuationToken", "KeyMarker", "requestId", "VersionId"} {
			for _, body := range []string{"<R><" + name + ">" + token + "</" + name + "></R>", `{"` + name + `":"` + token + `"}`} {
				if got := redactBody(t, "rds:DescribeDBInstances", body); got != body {
					t.Fatalf("%s changed:\n%s\n%s", name, body, got)
				}
			}
		}
	}
}

// The value of a pair goes by the name beside it.
func TestPairs(t *testing.T) {
	for _, body := range []string{
		`<R><item><key>DB_PASSWORD</key><value>hunter2</value></item></R>`,
		`<R><Tag><Value>hunter2</Value><Key>db-password</Key></Tag></R>`,
		`<R><Tag><Key>shop:db_password</Key><Value>hunter2</Value></Tag></R>`,
		`{"Tags":[{"Key":"apiKey","Value":"hunter2"}]}`,
		`{"Environment":[{"Value":"hunter2","Name":"APP_SECRET"}]}`,
		`{"Tags":{"DB_PASSWORD":"hunter2"}}`,
		`<R><MasterUserPassword>hunter2</MasterUserPassword></R>`,
	} {
		if out := redactBody(t, "ec2:DescribeTags", body); strings.Contains(out, "hunter2") || !strings.Contains(out, "[redacted:secret-assignment:") {
			t.Errorf("%s became %s", body, out)
		}
	}
}

func TestAccessKeyIDsElsewhereAreGone(t *testing.T) {
	const key = "AKIAQYLPMN5HHHFPZAM2"
	for _, body := range []string{
		"<R><UserName>" + key + "</UserName></R>", "<R><Marker>" + key + "</Marker></R>", "<R><Arn>arn:aws:iam::123456789012:user/" + key + "</Arn></R>",
		"<R><AccessKeyId>id " + key + "</AccessKeyId></R>",
	} {
		if out := redactBody(t, "iam:ListUsers", body); strings.Contains(out, key) {
			t.Errorf("%s became %s", body, out)
		}
	}
}

func TestEverythingAroundASecretStays(t *testing.T) {
	in := `<R><a>x &amp; y</a><value>a &lt; b; DB_PASSWORD=hunter2 &amp; c</value><nextToken>t</nextToken></R>`
	out := redactBody(t, "ec2:DescribeTags", in)
	before, rest, _ := strings.Cut(out, "[redacted:secret-assignment:")
	if before != `<R><a>x &amp; y</a><value>a &lt; b; DB_PASSWORD=` || rest[12:] != `] &amp; c</value><nextToken>t</nextToken></R>` {
		t.Errorf("got %s", out)
	}
	report := `<R><Content>` + b64("user,arn\nDB_PASSWORD=hunter2,arn:aws:iam::123456789012:user/x\n") + `</Content></R>`
	out = redactBody(t, "iam:GetCredentialReport", report)
	content, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(out, "<R><Content>"), "</Content></R>"))
	if err != nil || !strings.HasPrefix(string(content), "user,arn\nDB_PASSWORD=[redacted:") {
		t.Errorf("the report is %q (%v)", content, err)
	}
}

func TestBrokenBodies(t *testing.T) {
	const secret = "hunter2secret"
	tests := map[string]string{
		"cut off":        `<R><value>DB_PASSWORD=` + secret + `</val`,
		"cut off entity": `<R><value>DB_PASSWORD&#61;` + secret + `</val`,
		"HTML":           `<!doctype html><html><body><br>DB_PASSWORD=` + secret + `&nbsp;</body>`,
		"broken JSON":    `{"a":"DB_PASSWORD\u003d` + secret + `"`,
		"plain":          `proxy error: postgres://a:` + secret + `@h`,
		"binary":         "\xa1\x61a\x00DB_PASSWORD=" + secret,
		"UTF-16":         "\xff\xfeD\x00B\x00",
		"two roots":      `<R/><R>DB_PASSWORD=` + secret + `</R>`,
		"user data":      `<R><userData><value>` + b64("echo "+secret),
	}
	for name, body := range tests {
		out := redactBody(t, "ec2:DescribeTags", body)
		if leaks(out, secret, 4) || out == body {
			t.Errorf("%s: %q became %q", name, body, out)
		}
	}
	if out := redactBody(t, "ssm:GetDocument", `{"Content":"anything at all`); !strings.HasPrefix(out, "[redacted:malformed-body:") {
		t.Errorf("a cut-off document became %q", out)
	}
}

func TestKeysSeparateRecords(t *testing.T) {
	one, two := New([]byte("0123456789abcdef")), New([]byte("fedcba9876543210"))
	const text = "DB_PASSWORD=hunter2"
	first, again := one.Text(text), one.Text(text)
	if first != again || first == two.Text(text) {
		t.Error("digests must be equal under one key and differ between keys")
	}
	first, again = New(nil).Text(text), New(nil).Text(text)
	if first == again {
		t.Error("an absent key must be replaced by a random one")
	}
}

// One Redactor serves all collectors at once.
func TestConcurrentUse(t *testing.T) {
	r := testRedactor()
	want := r.Text("DB_PASSWORD=hunter2")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if got := r.Text("DB_PASSWORD=hunter2"); got != want {
					t.Errorf("Text = %q, want %q", got, want)
				}
				if _, err := r.Body("ec2:DescribeInstanceAttribute", "", userDataBody(script)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
