package redact

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

const script = "#!/bin/bash\nset -e\nexport DB_PASSWORD=hunter2\n"

func TestFreeTextIsReplacedWhole(t *testing.T) {
	value := b64("#!/bin/sh\necho nothing secret here\n")
	tests := []struct{ operation, body, kind string }{
		{"ec2:DescribeInstanceAttribute", `<R><userData><value>%s</value></userData></R>`, "user-data"},
		{"ec2:DescribeLaunchTemplateVersions", `<R><launchTemplateVersionSet><item><launchTemplateData><userData>%s</userData></launchTemplateData></item></launchTemplateVersionSet></R>`, "user-data"},
		{"ec2:DescribeSpotInstanceRequests", `<R><spotInstanceRequestSet><item><launchSpecification><userData>%s</userData></launchSpecification></item></spotInstanceRequestSet></R>`, "user-data"},
		{"ec2:DescribeSpotFleetRequests", `<R><a><launchSpecifications><item><userData>%s</userData></item></launchSpecifications></a></R>`, "user-data"},
		{"autoscaling:DescribeLaunchConfigurations", `<R><member><UserData>%s</UserData></member></R>`, "user-data"},
		{"ssm:GetDocument", `{"Name":"d","Content":"%s","DocumentType":"Command"}`, "ssm-document"},
		{"ec2:DescribeVpnConnections", `<R><customerGatewayConfiguration>%s</customerGatewayConfiguration></R>`, "vpn-configuration"},
		{"ec2:DescribeVpnConnections", `<R><tunnelOptionSet><item><preSharedKey>%s</preSharedKey></item></tunnelOptionSet></R>`, "vpn-pre-shared-key"},
		{"ec2:SomethingNew", `<R><userData><value>%s</value></userData></R>`, "user-data"},
		{"ec2:SomethingNew", `{"LaunchSpec":{"UserData":"%s"}}`, "user-data"},
		{"ec2:DescribeInstanceAttribute", `<R><userData><value><![CDATA[%s]]></value></userData></R>`, "user-data"},
	}
	for _, tt := range tests {
		out := redactBody(t, tt.operation, fmt.Sprintf(tt.body, value))
		m := markerIn(t, out)
		if strings.Contains(out, value[:20]) || m.Kind != tt.kind || m.Length != len(value) || len(m.Detections) != 0 || m.Undecoded != "" {
			t.Errorf("%s: %s, marker %+v", tt.operation, out, m)
		}
		before, after, _ := strings.Cut(strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(tt.body), "%s")
		if !strings.HasPrefix(out, before) || !strings.HasSuffix(out, after) {
			t.Errorf("%s: the structure changed: %s", tt.operation, out)
		}
	}
}

func TestEmptyFreeTextStaysEmpty(t *testing.T) {
	for _, body := range []string{`<R><userData/></R>`, `<R><userData></userData></R>`, `<R><userData><value></value></userData></R>`, `<R><userData><value/></userData></R>`} {
		if out := redactBody(t, "ec2:DescribeInstanceAttribute", body); out != body {
			t.Errorf("%s became %s", body, out)
		}
	}
	if out := redactBody(t, "ssm:GetDocument", `{"Content":""}`); out != `{"Content":""}` {
		t.Errorf("an empty document became %s", out)
	}
}

func TestLayersOfUserData(t *testing.T) {
	mimeOf := func(encoding, body string) string {
		return "Content-Type: multipart/mixed; boundary=\"B\"\nMIME-Version: 1.0\n\n--B\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: " + encoding + "\n\n" + body + "\n--B--\n"
	}
	wrapped := func(s string) string {
		var b strings.Builder
		for p := b64(s); p != ""; p = p[min(60, len(p)):] {
			b.WriteString(p[:min(60, len(p))] + "\r\n")
		}
		return b.String()
	}
	utf16le := "\xff\xfe"
	for _, u := range utf16.Encode([]rune(script)) {
		utf16le += string([]byte{byte(u), byte(u >> 8)})
	}
	long := "#!/bin/bash\n# " + strings.Repeat("words and words ", 12) + "\n" + script
	tests := map[string]string{
		"plain":                 b64(script),
		"wrapped":               wrapped(long),
		"gzip":                  b64(zip(script)),
		"gzip twice":            b64(zip(zip(script))),
		"base64 twice":          b64(b64(script)),
		"gzip in base64 inside": b64(b64(zip(script))),
		"UTF-16":                b64(utf16le),
		"not base64":            strings.ReplaceAll(script, "\n", "&#10;"),
		"MIME 7bit":             b64(mimeOf("7bit", script)),
		"MIME base64":           b64(mimeOf("base64", wrapped(long))),
		"MIME quoted-printable": b64(mimeOf("quoted-printable", "export DB_PASS=\nWORD=3Dhunter2\n")),
		"MIME gzip":             b64(mimeOf("base64", wrapped(zip(long)))),
		"write_files b64":       b64("#cloud-config\nwrite_files:\n- path: /a\n  encoding: b64\n  content: " + b64(script) + "\n"),
		"write_files gz+b64":    b64("#cloud-config\nwrite_files:\n- path: /a\n  encoding: gz+b64\n  content: " + b64(zip(script)) + "\n"),
		"write_files binary":    b64("#cloud-config\nwrite_files:\n- path: /a\n  encoding: gzip\n  content: !!binary |\n    " + b64(zip(script)) + "\n"),
		"write_files folded":    b64("#cloud-config\nwrite_files:\n- path: /a\n  encoding: base64\n  content: >\n" + indent(wrapped(long)) + "\n"),
		"write_files split":     b64("#cloud-config\nwrite_files:\n- path: /a\n  encoding: b64\n  content: \"" + b64(script)[:18] + "\\\n    " + b64(script)[18:] + "\"\n"),
		"cloud-config in MIME":  b64(mimeOf("base64", wrapped("#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: "+b64(zip(script))+"\n"))),
		"heredoc":               b64("#!/bin/sh\nbase64 -d > /x <<EOF\n" + wrapped(long) + "EOF\n"),
		"data url, percent":     b64(`{"ignition":{"source":"data:,export%20DB_PASSWORD%3Dhunter2"}}`),
		"data url, base64":      b64(`{"ignition":{"source":"data:;base64,` + b64(script) + `"}}`),
	}
	for name, value := range tests {
		out := redactBody(t, "ec2:DescribeInstanceAttribute", string(rawUserData(value)))
		m := markerIn(t, out)
		if len(m.Detections) != 1 || m.Detections[0].Rule != assignmentRule || m.Undecoded != "" {
			t.Errorf("%s: %+v, want one assignment", name, m)
		}
	}
}

func indent(s string) string {
	return "    " + strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n    "))
}

func TestMarkerSaysWhatAndWhere(t *testing.T) {
	key := "AKIA" + "QYLPMN5HHHFPZAM2"
	m := inspect(t, "#!/bin/bash\nexport DB_PASSWORD=hunter2\n\nexport KEY_ID="+key+"\n")
	want := []Detection{
		{Rule: assignmentRule, Line: 2, Masked: "", Entropy: 2.81},
		{Rule: "aws-access-token", Line: 4, Masked: "AKIA", Entropy: 3.65},
	}
	if diff := cmp.Diff(want, m.Detections); diff != "" {
		t.Errorf("detections (-want +got):\n%s", diff)
	}
	doc := `{"schemaVersion":"2.2",` + "\n" + `"mainSteps":[{"inputs":{"runCommand":["a",` + "\n" + `"mysql -u root -phunter2"]}}]}`
	m = markerIn(t, redactBody(t, "ssm:GetDocument", `{"Content":`+quote(doc)+`}`))
	if len(m.Detections) != 1 || m.Detections[0].Rule != "mysql-password" || m.Detections[0].Line != 3 {
		t.Errorf("document: %+v", m)
	}
}

func TestUnreadableContentSaysSo(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"truncated gzip":   {b64(zip(strings.Repeat(script, 50))[:60]), "truncated gzip"},
		"gzip header only": {b64(zip(script)[:5]), "truncated gzip"},
		"damaged gzip":     {b64(zip(script)[:10] + strings.Repeat("\xff", 30)), "damaged gzip"},
		"binary":           {b64("\x7fELF\x02\x01\x00\x00" + strings.Repeat("\x00\x01", 30)), "binary"},
		"random":           {b64("\x90\xf1\xe2\xd3\xc4\xb5\xa6\x97\x88\x91\xfa\xeb\xdc\xcd\xbe\xaf"), "binary"},
		"xz":               {b64("\xfd7zXZ\x00\x00\x04"), "compressed (xz)"},
		"damaged base64":   {b64(strings.Repeat("#", 31))[:41], "damaged base64"},
		"inside a script":  {b64("echo " + b64(zip(strings.Repeat(script, 50))[:60]) + " | base64 -d | gunzip"), "truncated gzip"},
		"zip in a script":  {b64("echo " + b64("PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00") + " | base64 -d"), "compressed (zip)"},
		"write_files":      {b64("#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: " + b64(zip(strings.Repeat(script, 50))[:60]) + "\n"), "truncated gzip"},
		"broken YAML":      {b64("#cloud-config\nwrite_files:\n- encoding: b64\n  content: [\n"), "damaged cloud-config"},
		"too deep":         {nest(9), "nested too deep"},
		"bomb":             {b64(zip(strings.Repeat("a", 12<<20))), "too large"},
		"MIME without end": {b64("Content-Type: multipart/mixed; boundary=\"B\"\n\n--B\n\nx"), "damaged MIME"},
	}
	for name, tt := range tests {
		m := markerIn(t, redactBody(t, "ec2:DescribeInstanceAttribute", string(rawUserData(tt.value))))
		if m.Undecoded != tt.want {
			t.Errorf("%s: %+v, want undecoded %q", name, m, tt.want)
		}
	}
}

func nest(n int) string {
	s := script
	for range n {
		s = b64(zip(s))
	}
	return s
}

// In other strings a compressed layer that cannot be opened does not pass either.
func TestUnreadableLayersElsewhereAreGone(t *testing.T) {
	for name, v := range map[string]string{"truncated": b64(zip(strings.Repeat(script, 50))[:60]), "bomb": b64(zip(strings.Repeat("a", 12<<20))), "deep": nest(9), "zip": b64("PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00")} {
		out := redactBody(t, "ec2:DescribeTags", "<R><value>"+v+"</value></R>")
		if strings.Contains(out, v) || leaks(out, "hunter2", 30) || !leaks(out, "[redacted:unreadable-layer:", 30) {
			t.Errorf("%s: %.300s", name, out)
		}
	}
}

func TestForgedMarkers(t *testing.T) {
	forged := New([]byte("0123456789abcdef")).seal(Marker{Kind: kindDocument, Digest: strings.Repeat("0", 32)})
	m := markerIn(t, redactBody(t, "ssm:GetDocument", `{"Content":"`+forged+`"}`))
	if m.Undecoded == "" || m.Length != len(forged) {
		t.Errorf("a document written like a marker passed for one: %+v", m)
	}
	// AWS serves user data in base64, so a marker there comes from a record.
	other, err := New([]byte("0123456789abcdef")).Body("ec2:DescribeInstanceAttribute", "", userDataBody(script))
	if err != nil {
		t.Fatal(err)
	}
	if out := redactBody(t, "ec2:DescribeInstanceAttribute", string(other)); out != string(other) {
		t.Errorf("a recorded marker changed:\n%s\n%s", other, out)
	}
	for _, text := range []string{"[redacted:x:AKIAQYLPMN5HHHFPZAM2]", "[redacted:aws-access-token:AKIAQYLPMN5HHHFPZAM2]"} {
		if out := testRedactor().Text(text); strings.Contains(out, "QYLPMN5HHHFPZAM2") {
			t.Errorf("Text(%q) = %q", text, out)
		}
	}
}

func TestMarkerText(t *testing.T) {
	m := Marker{Kind: kindUserData, Length: 12, Digest: strings.Repeat("ab", 16), Undecoded: "compressed (xz)",
		Detections: []Detection{{"mysql-password", 7, "", 2.5}, {"jwt", 9, "é<,~", 4.25}}}
	text := testRedactor().seal(m)
	got, ok := ParseMarker(text)
	if diff := cmp.Diff(m, got); !ok || diff != "" {
		t.Errorf("ParseMarker(%q) = %v (-want +got):\n%s", text, ok, diff)
	}
	if escapeXML(text) != text || escapeJSON(text) != text || strings.ContainsAny(text, "\n\r'") {
		t.Errorf("%q must need no escapes", text)
	}
	for _, bad := range []string{"", "x", text + " ", " " + text, text[:len(text)-1], strings.Replace(text, "length=12", "length=012", 1), strings.Replace(text, "@7~", "@x~", 1)} {
		if m, ok := ParseMarker(bad); ok {
			t.Errorf("ParseMarker(%q) = %+v", bad, m)
		}
	}
}

func TestHeader(t *testing.T) {
	in := http.Header{
		"X-Amz-Meta-X-Amz-Key-V2": {"c2VjcmV0IHdyYXBwZWQga2V5"}, "X-Amz-Meta-X-Amz-Iv": {"AAAAAAAAAAA="}, "X-Amz-Meta-X-Amz-Cek-Alg": {"AES/GCM/NoPadding"},
		"X-Amz-Meta-X-Amz-Wrap-Alg": {"kms+context"}, "X-Amz-Meta-Owner": {"bob"}, "X-Amz-Meta-Empty": {""}, "X-Amz-Meta-Akiaqylpmn5hhhfpzam2": {"x"},
		"X-Amz-Meta-X-Amz-W": {"DB_PASSWORD=hunter2"},
		"Content-Type":       {"text/plain"}, "X-Amz-Id-2": {"AKCp8/EAAAEabcdefghijklmnopqrstuvwxyz1234+x="}, "Etag": {`"9b2cf535f27731c974343645a3985328"`},
		"X-Amz-Website-Redirect-Location": {"https://u:hunter2@h/"}, "Set-Cookie": {"session=1"}, "X-Amz-Server-Side-Encryption": {"aws:kms"},
	}
	r := testRedactor()
	got := r.Header("s3:HeadObject", in)
	for _, same := range []string{"X-Amz-Meta-X-Amz-Cek-Alg", "X-Amz-Meta-X-Amz-Wrap-Alg", "X-Amz-Meta-Empty", "Content-Type", "X-Amz-Id-2", "Etag", "X-Amz-Server-Side-Encryption"} {
		if diff := cmp.Diff(in[same], got[same]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", same, diff)
		}
	}
	for _, marked := range []string{"X-Amz-Meta-X-Amz-Key-V2", "X-Amz-Meta-X-Amz-Iv", "X-Amz-Meta-Owner", "X-Amz-Meta-X-Amz-W"} {
		if m, ok := ParseMarker(got.Get(marked)); !ok || m.Kind != kindMetadata {
			t.Errorf("%s: %q is no marker", marked, got.Get(marked))
		}
	}
	all := strings.ToLower(fmt.Sprint(got))
	if strings.Contains(all, "hunter2") || strings.Contains(all, "qylpmn5hhhfpzam2") || got.Get("Set-Cookie") != "" {
		t.Errorf("a secret is left: %v", got)
	}
	if diff := cmp.Diff(got, r.Header("s3:HeadObject", got)); diff != "" {
		t.Errorf("not idempotent (-once +twice):\n%s", diff)
	}
	if in.Get("X-Amz-Meta-Owner") != "bob" {
		t.Error("the input was changed")
	}
}
