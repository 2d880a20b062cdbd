package mend

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"onus/checks"
	"onus/report/reporttest"
	"onus/scanner/snapshot"
)

// hostile are names that want to be more than names.
var hostile = append([]string{
	"orders", "acme orders", "a'b", `a"b`, `a\`, `a\'b`, "$(touch /tmp/x)", "`id`", "; rm -rf /", "&& id", "| id", "> /tmp/x", "#x", "!!", "*", "?", "~", "-rf", "--no-verify-ssl",
	"file:///etc/passwd", "fileb:///etc/passwd", "http://x", "https://x", "${aws:username}", "${file(\"/etc/passwd\")}", "%{ for x in y }", "$${x}", "%%{x}", `"}`, `"}]}'; id #`,
	"a,Value=b", "a=b", "[a]", "{a}", "{name}", "a\nb", "a\tb", "a\x00b", "\x1b[31m", "\u202eabc", "\xff", "", "  ", "*/ id", "é漢字👩\u200d🚀", "-", "a-b", "=x", "😀",
	strings.Repeat("a", 10_000), strings.Repeat("'", 300),
}, reporttest.Sentence)

// words are what a real shell makes of commands: each word of each line.
func words(t *testing.T, shell, commands string) [][]string {
	t.Helper()
	script := "aws() { for a; do printf '%s\\0' \"$a\"; done; printf '\\0'; }\n" + commands + "\n"
	c := exec.Command(shell, "-c", script)
	c.Dir = t.TempDir()
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s of %q: %v", shell, commands, err)
	}
	var all [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(out), "\x00\x00"), "\x00\x00") {
		all = append(all, strings.Split(line, "\x00"))
	}
	return all
}

const commands = `# what is to be done for {name} in {region}
aws rds modify-db-instance --db-instance-identifier {name} --apply-immediately
aws rds add-tags --resource-name {arn} \
  --tags Key=a,Value={name} "Key=b,Value={name}"
aws s3api put-bucket-policy --bucket {name} --policy '{"Statement": [{"Resource": ["{arn}", "{arn}/*"], "Sid": "{name}"}]}'`

func TestAHostileNameStaysOneWord(t *testing.T) {
	template := CLI(commands)
	if f := template.Faults(); len(f) > 0 {
		t.Fatal(f)
	}
	shells := []string{"sh"}
	for _, s := range []string{"bash", "zsh"} {
		if _, err := exec.LookPath(s); err == nil {
			shells = append(shells, s)
		}
	}
	for _, name := range hostile {
		v := Values{"name": name, "arn": "arn:aws:rds:eu-west-1:111122223333:db:" + name, "region": "eu-west-1"}
		text, open := template.Fill(v)
		or := func(value string, filled bool) string {
			if filled {
				return value
			}
			return "{name}"
		}
		whole := showable(name) && !obeyed(name)
		part := whole && plain.MatchString(name)
		some := whole && plain.MatchString(strings.ReplaceAll(name, " ", "_"))
		arn := v["arn"]
		if !showable(arn) {
			arn = "{arn}"
		}
		for _, shell := range shells {
			got := words(t, shell, text)
			if len(got) != 3 {
				t.Fatalf("%.60q: %d commands: %q", name, len(got), text)
			}
			want := []string{"rds", "modify-db-instance", "--db-instance-identifier", or(name, whole), "--apply-immediately"}
			if diff := cmp.Diff(want, got[0]); diff != "" {
				t.Errorf("%s, %.60q (-want +got):\n%s", shell, name, diff)
			}
			want = []string{"rds", "add-tags", "--resource-name", arn, "--tags", "Key=a,Value=" + or(name, part), "Key=b,Value=" + or(name, some)}
			if diff := cmp.Diff(want, got[1]); diff != "" {
				t.Errorf("%s, %.60q (-want +got):\n%s", shell, name, diff)
			}
			var policy struct {
				Statement []struct {
					Resource []string
					Sid      string
				}
			}
			if err := json.Unmarshal([]byte(got[2][5]), &policy); err != nil {
				t.Fatalf("%s, %.60q: %v in %s", shell, name, err, got[2][5])
			}
			if s := policy.Statement[0]; s.Sid != or(name, showable(name) && !pattern(name)) || s.Resource[1] != s.Resource[0]+"/*" {
				t.Errorf("%s, %.60q: the policy holds %q", shell, name, s)
			}
		}
		if strings.Contains(strings.ReplaceAll(text, "'{name}'", ""), "{name}") != (len(open) > 0) && name != "{name}" {
			t.Errorf("%.60q: open are %v in\n%s", name, open, text)
		}
	}
}

const fragment = `resource "aws_db_instance" "{name}" {
  # of {name} /* {arn} */
  identifier = "{name}"
  tags = {
    Owner = "x-{name}-${upper("{name}")}"
  }
}
`

func TestAHostileNameStaysAString(t *testing.T) {
	template := Terraform(fragment)
	if f := template.Faults(); len(f) > 0 {
		t.Fatal(f)
	}
	for _, name := range hostile {
		text, _ := template.Fill(Values{"name": name, "arn": name})
		file, diags := hclsyntax.ParseConfig([]byte(text), "x.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%.60q: %v in\n%s", name, diags, text)
		}
		want := name
		if !showable(name) || pattern(name) {
			want = "{name}"
		}
		body := file.Body.(*hclsyntax.Body)
		if len(body.Blocks) != 1 || len(body.Blocks[0].Body.Attributes) != 2 {
			t.Fatalf("%.60q: another block or attribute in\n%s", name, text)
		}
		if got := body.Blocks[0].Labels[1]; !hclsyntax.ValidIdentifier(got) && got != "{name}" {
			t.Errorf("%.60q: the label is %q", name, got)
		}
		got, diags := body.Blocks[0].Body.Attributes["identifier"].Expr.Value(nil)
		if diags.HasErrors() || got.AsString() != want {
			t.Errorf("%.60q: the identifier is %q (%v), want %q", name, got.AsString(), diags, want)
		}
	}
}

func FuzzFill(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	cli, terraform := CLI(commands), Terraform(fragment)
	f.Fuzz(func(t *testing.T, name string) {
		v := Values{"name": name, "arn": name, "region": name}
		text, _ := cli.Fill(v)
		// A well-made template stays well-made: what a value adds is no syntax.
		for _, s := range cli.Slots(v) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\x1b\x00") {
				t.Errorf("%q puts %q into a command", name, s)
			}
		}
		if n := len(CLI(strings.ReplaceAll(text, "$", "")).Faults()); n > 0 && !strings.Contains(name, "{") {
			t.Errorf("%q gives %v in\n%s", name, CLI(text).Faults(), text)
		}
		fragment, _ := terraform.Fill(v)
		if _, diags := hclsyntax.ParseConfig([]byte(fragment), "x.tf", hcl.InitialPos); diags.HasErrors() {
			t.Errorf("%q: %v in\n%s", name, diags, fragment)
		}
	})
}

func TestFaultsOfTemplates(t *testing.T) {
	for _, tt := range []struct{ cli, terraform, want string }{
		{cli: "aws ec2 x --id {vpc}", want: "line 1: there is no placeholder {vpc}; want one of account, arn, id, name, owner, partition, region; line 1: '{' means something to a shell: quote it"},
		{cli: "aws ec2 x\naws ec2 y --id ${id}", want: "line 2: '$' means something to a shell: quote it; line 2: ${id} is a variable, not a placeholder; line 2: '{' means something to a shell: quote it"},
		{cli: "aws ec2 x --id <id>", want: "line 1: '<' means something to a shell: quote it; line 1: '>' means something to a shell: quote it"},
		{cli: "aws ec2 x > policy.json\naws ec2 y >policy.json"},
		{cli: "aws ec2 x > {name}", want: "line 1: '>' means something to a shell: quote it"},
		{cli: "aws ec2 x > /etc/passwd", want: "line 1: '>' means something to a shell: quote it"},
		{cli: "aws ec2 x >> policy.json", want: "line 1: '>' means something to a shell: quote it; line 1: '>' means something to a shell: quote it"},
		{cli: "aws ec2 x | jq .", want: "line 1: '|' means something to a shell: quote it"},
		{cli: `aws ec2 x --a '{"n": {id}}'`, want: "line 1: {id} stands where no value can be quoted"},
		{cli: `aws ec2 x --a '{"n": "x"`, want: "line 1: a single quote is not closed"},
		{cli: `aws ec2 x --a "x`, want: "line 1: a double quote is not closed"},
		{cli: `aws ec2 x --a "$X"`, want: `line 1: '$' in double quotes means something to a shell`},
		{cli: "# put in \"CopyActions\": [{\"a\": \"{id}\"}]"},
		{cli: "# a \"", want: "line 1: a double quote is not closed"},
		{cli: "# don't", want: `line 1: '\'' means something to a shell: quote it`},
		{cli: "aws ec2 x --a 'Rules=[{A={B=c}}]' --b '{\"a\": [1, {\"b\": \"\\\"{id}\"}]}' # {name}\n"},
		{terraform: "a = {id}", want: "line 1: {id} stands where no value can be quoted"},
		{terraform: "a = <<EOT\n{id}\nEOT", want: "line 1: a heredoc: use jsonencode or a quoted string; line 2: {id} stands where no value can be quoted"},
		{terraform: "a = \"x\nb = 1", want: "line 1: a string is not closed in its line"},
		{terraform: "a = \"${aws_x.y[\"z\"].id}/{id}\"\nb = {\n  c = \"$${aws:x} %%{ y } \\\"\"\n}\n// {name}"},
	} {
		got := strings.Join(append(CLI(tt.cli).Faults(), Terraform(tt.terraform).Faults()...), "; ")
		if got != tt.want {
			t.Errorf("%q %q:\n got %s\nwant %s", tt.cli, tt.terraform, got, tt.want)
		}
	}
}

func TestPiecesAndSlotsMakeTheText(t *testing.T) {
	v := Values{"name": "a b", "arn": "arn:aws:s3:::x", "region": "eu-west-1"}
	for _, template := range []Template{CLI(commands), Terraform(fragment), CLI(""), CLI("{name}"), CLI("{name} {arn}")} {
		want, _ := template.Fill(v)
		pieces, slots := template.Pieces(), template.Slots(v)
		if len(pieces) != len(slots)+1 {
			t.Fatalf("%d pieces, %d slots", len(pieces), len(slots))
		}
		got := pieces[0]
		for i, s := range slots {
			got += s + pieces[i+1]
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		typ, id, name, region string
		want                  Values
	}{
		{"ebs volume", "arn:aws:ec2:eu-west-1:1:volume/vol-1", "data", "eu-west-1", Values{"id": "vol-1", "arn": "arn:aws:ec2:eu-west-1:1:volume/vol-1", "name": "data", "region": "eu-west-1"}},
		{"s3 bucket", "arn:aws-cn:s3:::acme", "acme", "cn-north-1", Values{"id": "acme", "arn": "arn:aws-cn:s3:::acme", "name": "acme", "region": "cn-north-1"}},
		{"rds snapshot", "arn:aws:rds:eu-west-1:1:snapshot:rds:orders-1", "rds:orders-1", "eu-west-1", Values{"id": "rds:orders-1", "arn": "arn:aws:rds:eu-west-1:1:snapshot:rds:orders-1", "name": "rds:orders-1", "region": "eu-west-1"}},
		{"iam policy", "arn:aws:iam::1:policy/team/a", "a", snapshot.Global, Values{"id": "a", "arn": "arn:aws:iam::1:policy/team/a", "name": "a"}},
		{"iam access key", "arn:aws:iam::1:user/team/ana/accesskey/1", "AKIA", snapshot.Global, Values{"id": "1", "owner": "ana", "arn": "arn:aws:iam::1:user/team/ana/accesskey/1", "name": "AKIA"}},
		{"iam inline policy", "arn:aws:iam::1:role/r/inline-policy/p", "p", snapshot.Global, Values{"id": "p", "owner": "r", "arn": "arn:aws:iam::1:role/r/inline-policy/p", "name": "p"}},
		{"account", "1", "", snapshot.Global, Values{"id": "1"}},
		{checks.Scope, "ec2:DescribeVolumes@1/eu-west-1", "", "eu-west-1", Values{"region": "eu-west-1"}},
	} {
		tt.want["account"] = "1"
		if partition := snapshot.PartitionOf(tt.id); partition != "" {
			tt.want["partition"] = partition
		}
		got := Of(checks.Finding{Account: "1", Region: tt.region, Resource: checks.Resource{Type: tt.typ, ID: tt.id, Name: tt.name}})
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.id, diff)
		}
	}
}

func TestFor(t *testing.T) {
	fix := checks.Fix{CLI: "aws a\n# for rds instance\naws b\naws c\n# for rds cluster\naws d", Terraform: "# for rds cluster\nx = 1\n"}
	for typ, want := range map[string][2]string{
		"":             {fix.CLI, fix.Terraform},
		"rds instance": {"aws a\naws b\naws c\n", ""},
		"rds cluster":  {"aws a\naws d", "x = 1\n"},
		"rds snapshot": {"aws a\n", ""},
	} {
		cli, terraform := For(fix, typ)
		a, _ := cli.Fill(nil)
		b, _ := terraform.Fill(nil)
		if got := [2]string{a, b}; got != want {
			t.Errorf("%s: got %q, want %q", typ, got, want)
		}
	}
	if diff := cmp.Diff([]string{"rds instance", "rds cluster"}, Types(fix)); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

func ExampleTemplate_Fill() {
	text, open := CLI("aws rds modify-db-instance --db-instance-identifier {name} --region {region}").Fill(Values{"name": "it's"})
	fmt.Println(text, open)
	// Output: aws rds modify-db-instance --db-instance-identifier 'it'\''s' --region {region} [{region}]
}
