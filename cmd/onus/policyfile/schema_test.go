package policyfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compile(t testing.TB, k Known) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(k)))
	if err != nil {
		t.Fatalf("the schema is not JSON: %v", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("policy.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("policy.json") // checks it against the draft's own schema
	if err != nil {
		t.Fatalf("the schema is no JSON Schema: %v", err)
	}
	return schema
}

// asJSON is what an editor's validator sees of a YAML file.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if len(bytes.TrimSpace([]byte(text))) > 0 {
		if err := yaml.Load([]byte(text), &value); err != nil {
			t.Fatalf("yaml: %v", err)
		}
	}
	data, err := json.Marshal(jsonable(value))
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func jsonable(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		for i := range v {
			v[i] = jsonable(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = jsonable(v[k])
		}
	case map[any]any:
		out := map[string]any{}
		for k := range v {
			out[fmt.Sprint(k)] = jsonable(v[k])
		}
		return out
	}
	return value
}

// TestSchemaAgrees gives the same files to the published schema and to Parse.
func TestSchemaAgrees(t *testing.T) {
	check := func(id, s string) string { return "checks: {" + id + ": {" + s + "}}" }
	parameter := func(id, s string) string { return check(id, "parameters: {"+s+"}") }
	waiver := func(s string) string {
		return "waivers: [{check: s3-bucket-versioning-enabled, reason: r, owner: o, " + s + "}]"
	}
	const length, ports = "iam-password-policy-minimum-length", "vpc-security-group-admin-ports-closed-to-internet"
	tests := []struct {
		text string
		good bool
	}{
		{"", true}, {"~", true}, {"{}", true}, {"[]", false}, {"eu", false}, {"3", false},
		{"foo: 1", false}, {"targets: []", false}, {"Residency: eu", false},
		{"residency: eu", true}, {"residency: EU", true}, {"residency: Eu", false}, {"residency: uk", true}, {"residency: GB", true},
		{"residency: [de, eu-west-1]", true}, {"residency: eu-wset-1", false}, {"residency: EU-WEST-1", false}, {"residency: no", false},
		{"residency: [eu, eu]", true}, {"residency: []", false}, {"residency:", false}, {"residency: 1", false}, {"residency: [[eu]]", false}, {"residency: {eu: de}", false},
		{"allowed_regions: [eu-west-1]", true}, {"allowed_regions: [cn-north-1, eusc-de-east-1, us-gov-east-1]", true},
		{"allowed_regions: [eu]", false}, {"allowed_regions: eu-west-1", false}, {"allowed_regions: []", false}, {"allowed_regions:", false}, {"allowed_regions: [us-iso-east-1]", false},
		{"{residency: eu, allowed_regions: [eu-west-1]}", false}, {"{residency: eu, closed_regions: [us-west-1]}", true},
		{"closed_regions: []", true}, {"closed_regions: [us-west-9]", false}, {"closed_regions: {}", false},
		{"known_accounts: []", true}, {"known_accounts: [123456789012, '012345678901']", true}, {"known_accounts: [12345]", false},
		{"known_accounts: ['1234567890123']", false}, {"known_accounts: [1234567890123]", false}, {"known_accounts: [1.5]", false}, {"known_accounts: [true]", false},
		{"known_accounts: ['12345678901a']", false}, {"known_accounts: 123456789012", false}, {"known_accounts: ['123456789012\n']", false},
		{"checks: {}", true}, {"checks:", false}, {"checks: []", false}, {"checks: {nope: {}}", false},
		{check(length, ""), true}, {"checks: {" + length + ": }", false}, {"checks: {" + length + ": true}", false},
		{check(length, "enabled: true"), true}, {check(length, "enabled: yes"), false}, {check(length, "enabled: 1"), false}, {check(length, "enabled: ~"), false},
		{check(length, "severity: info"), true}, {check(length, "severity: High"), false}, {check(length, "severity: urgent"), false}, {check(length, "severity: [high]"), false},
		{check(length, "severty: high"), false}, {check(length, "parameters: {}"), true}, {check(length, "parameters: "), false},
		{check("s3-bucket-versioning-enabled", "parameters: {}"), true}, {parameter("s3-bucket-versioning-enabled", "x: 1"), false},
		{parameter(length, "min_length: 14"), true}, {parameter(length, "min_length: '14'"), false}, {parameter(length, "min_length: 14.5"), false},
		{parameter(length, "min_length: ~"), false}, {parameter(length, "min_lenght: 14"), false}, {parameter(length, "min_length: 99999999999999999999"), false},
		{parameter(length, "judge_without_passwords: false"), true}, {parameter(length, "judge_without_passwords: 'false'"), false}, {parameter(length, "judge_without_passwords: 0"), false},
		{parameter(ports, "ports_tcp: []"), true}, {parameter(ports, "ports_tcp: [0, 65535, 22-23, '0-65535']"), true}, {parameter(ports, "ports_tcp: [65536]"), false},
		{parameter(ports, "ports_tcp: [-1]"), false}, {parameter(ports, "ports_tcp: ['443']"), false}, {parameter(ports, "ports_tcp: [1-65536]"), false},
		{parameter(ports, "ports_tcp: [022-23]"), false}, {parameter(ports, "ports_tcp: [1-2-3]"), false}, {parameter(ports, "ports_tcp: [22.5]"), false},
		{parameter(ports, "ports_tcp: 22"), false}, {parameter(ports, "ports_tcp: [true]"), false}, {parameter(ports, "ports_tcp: [[22]]"), false},
		{parameter("vpc-subnet-address-headroom", "min_free_ratio: 0.5"), true}, {parameter("vpc-subnet-address-headroom", "min_free_ratio: 1"), true},
		{parameter("vpc-subnet-address-headroom", "min_free_ratio: -1.5e-3"), true}, {parameter("vpc-subnet-address-headroom", "min_free_ratio: half"), false},
		{parameter("vpc-subnet-address-headroom", "min_free_ratio: 1e999"), false},
		{parameter("ec2-ami-name-follows-convention", "name_pattern: ''"), true}, {parameter("ec2-ami-name-follows-convention", "name_pattern: 2026-01-01"), true},
		{parameter("ec2-ami-name-follows-convention", "name_pattern: 5"), false}, {parameter("ec2-ami-name-follows-convention", "name_pattern: true"), false},
		{parameter("ec2-ami-name-follows-convention", "name_pattern: no"), true},
		{parameter("ebs-snapshot-shared-only-with-known", "trusted_accounts: ['123456789012']"), true}, {parameter("ebs-snapshot-shared-only-with-known", "trusted_accounts: [123456789012]"), false},
		{parameter("vpc-network-acl-icmp-restricted", "allowed_types_v4: [3, -1]"), true}, {parameter("vpc-network-acl-icmp-restricted", "allowed_types_v4: ['3']"), false},
		{parameter("ec2-account-instance-count-bounded", "max_instances: {eu-west-1: 3}"), true}, {parameter("ec2-account-instance-count-bounded", "max_instances: {eu-west-1: x}"), false},
		{parameter("ec2-account-instance-count-bounded", "max_instances: []"), false},
		{parameter("rds-logs-exported", "required_logs: {mysql: [error]}"), true}, {parameter("rds-logs-exported", "required_logs: {mysql: error}"), false},
		{parameter("s3-bucket-tagged", "required_tags: {a: b}"), true}, {parameter("s3-bucket-tagged", "required_tags: {a: ~}"), false},
		{parameter("ec2-instance-role-no-escalation", "paths: [[a, b], []]"), true}, {parameter("ec2-instance-role-no-escalation", "paths: [a]"), false},
		{"waivers: []", true}, {"waivers:", false}, {"waivers: {}", false}, {"waivers: [x]", false}, {"waivers: [{}]", false},
		{waiver("resource: '*', expires: 2026-12-31"), true}, {waiver("resource: '*', expires: '2026-12-31'"), true}, {waiver("finding: 0123456789ab, expires: 2026-12-31"), true},
		{waiver("finding: '123456789012', expires: 2026-12-31"), true}, {waiver("finding: 123456789012, expires: 2026-12-31"), false}, {waiver("finding: 0123456789a, expires: 2026-12-31"), false},
		{waiver("finding: 0123456789AB, expires: 2026-12-31"), false}, {waiver("finding: 0123456789abg, expires: 2026-12-31"), false},
		{waiver("expires: 2026-12-31"), false}, {waiver("resource: '*', finding: 0123456789ab, expires: 2026-12-31"), false}, {waiver("resource: '*'"), false},
		{waiver("resource: '', expires: 2026-12-31"), false}, {waiver("resource: 5, expires: 2026-12-31"), false}, {waiver("resource: '*', expires: 31.12.2026"), false},
		{waiver("resource: '*', expires: 2026-13-01"), false}, {waiver("resource: '*', expires: '2026-1-1'"), false}, {waiver("resource: '*', expires: 20261231"), false},
		{waiver("resource: '*', expires: 2026-12-31, until: x"), false}, {waiver("resource: '*', expires: 2026-12-31, reason2: x"), false},
		{`waivers: [{check: s3-bucket-versioning-enabled, resource: "*", reason: "", owner: o, expires: 2026-12-31}]`, false},
		{`waivers: [{check: s3-bucket-versioning-enabled, resource: "*", reason: "\u200b\u00a0 \e", owner: o, expires: 2026-12-31}]`, false},
		{`waivers: [{check: s3-bucket-versioning-enabled, resource: "*", reason: r, owner: [o], expires: 2026-12-31}]`, false},
		{`waivers: [{check: s3-bucket-versioning-enable, resource: "*", reason: r, owner: o, expires: 2026-12-31}]`, false},
		{`waivers: [{check: "s3-*", resource: "*", reason: r, owner: o, expires: 2026-12-31}, {check: "*", resource: "*", reason: r, owner: o, expires: 2026-12-31}]`, true},
		{`waivers: [{check: "S3-*", resource: "*", reason: r, owner: o, expires: 2026-12-31}]`, false},
	}
	schema := compile(t, known())
	for _, test := range tests {
		_, parseErr := Parse("onus.yaml", []byte(test.text), known())
		if (parseErr == nil) != test.good {
			t.Errorf("%q: Parse says %v, want good: %v", test.text, parseErr, test.good)
		}
		schemaErr := schema.Validate(asJSON(t, test.text))
		if (schemaErr == nil) != test.good {
			t.Errorf("%q: the schema says %v, want good: %v", test.text, schemaErr, test.good)
		}
	}
}

// TestSchemaCannotSee lists where the two differ, so that no other difference
// creeps in as known: a schema sees values, not how they are written, and no hooks.
func TestSchemaCannotSee(t *testing.T) {
	const length, ports = "iam-password-policy-minimum-length", "vpc-security-group-admin-ports-closed-to-internet"
	parameter := func(id, s string) string { return "checks: {" + id + ": {parameters: {" + s + "}}}" }
	tests := []struct {
		name, text    string
		parse, schema bool
	}{
		{"bounds of a check", parameter(length, "min_length: 200"), false, true},
		{"a range backwards", parameter(ports, "ports_tcp: [30-20]"), false, true},
		{"hexadecimal", parameter(length, "min_length: 0x10"), false, true},
		{"a whole number with a point", parameter(length, "min_length: 14.0"), false, true},
		{"a day that does not exist", "waivers: [{check: '*', resource: '*', reason: r, owner: o, expires: '2026-02-30'}]", false, true},
		{"a day without its zeros, which YAML takes for one", "waivers: [{check: '*', resource: '*', reason: r, owner: o, expires: 2026-1-1}]", false, true},
		{"a glob that fits no check", "waivers: [{check: 'zz*', resource: '*', reason: r, owner: o, expires: '2026-02-03'}]", false, true},
		{"an account id without quotes that YAML reads as octal", "known_accounts: [012345670123]", true, false},
	}
	schema := compile(t, known())
	for _, test := range tests {
		_, parseErr := Parse("onus.yaml", []byte(test.text), known())
		schemaErr := schema.Validate(asJSON(t, test.text))
		if (parseErr == nil) != test.parse || (schemaErr == nil) != test.schema {
			t.Errorf("%s: Parse says %v, the schema %v, want good: %v and %v", test.name, parseErr, schemaErr, test.parse, test.schema)
		}
	}
}

func TestSchemaStable(t *testing.T) {
	first := Schema(known())
	for range 20 {
		if !bytes.Equal(first, Schema(known())) {
			t.Fatal("two schemas of the same checks differ")
		}
	}
	odd := Known{Checks: map[string]CheckInfo{"a": {Parameters: map[string]any{"x": func() {}, "y": int64(1)}}}}
	schema := compile(t, odd)
	for _, name := range []string{"x", "y"} {
		if schema.Validate(asJSON(t, "checks: {a: {parameters: {"+name+": 1}}}")) == nil {
			t.Errorf("the schema takes parameter %s, which Parse refuses", name)
		}
	}
	if schema.Validate(asJSON(t, "checks: {a: {parameters: {}}}")) != nil {
		t.Error("the schema refuses a check for a parameter that is not given")
	}
}
