package asff

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/report"
	"onus/report/mend"
	"onus/report/visible"
)

type finding struct {
	SchemaVersion  string
	ID             string `json:"Id"`
	ProductARN     string `json:"ProductArn"`
	GeneratorID    string `json:"GeneratorId"`
	AWSAccountID   string `json:"AwsAccountId"`
	Types          []string
	CreatedAt      string
	UpdatedAt      string
	LastObservedAt string
	Severity       severity
	Title          string
	Description    string
	Remediation    remediation
	ProductFields  map[string]string
	Resources      []resource
	Compliance     compliance
	Workflow       map[string]string
	Note           *note `json:",omitempty"`
	RecordState    string
}

// note says who wrote a text, and when.
type note struct{ Text, UpdatedBy, UpdatedAt string }

type severity struct{ Label, Original string }

type remediation struct{ Recommendation struct{ Text string } }

type resource struct {
	Type      string
	ID        string            `json:"Id"`
	Partition string            `json:",omitempty"`
	Region    string            `json:",omitempty"`
	Tags      map[string]string `json:",omitempty"`
	Details   *details          `json:",omitempty"`
}

type details struct{ Other map[string]string }

type compliance struct {
	Status              string
	RelatedRequirements []string `json:",omitempty"`
	StatusReasons       []reason
}

type reason struct{ ReasonCode, Description string }

var statuses = map[checks.Status]string{checks.PASS: "PASSED", checks.FAIL: "FAILED", checks.UNKNOWN: "WARNING", checks.NotApplicable: "NOT_AVAILABLE"}

var labels = map[checks.Severity]string{
	checks.Critical: "CRITICAL", checks.High: "HIGH", checks.Medium: "MEDIUM", checks.Low: "LOW", checks.Info: "INFORMATIONAL",
}

// findingOf is a finding as Security Hub takes it.
func findingOf(r report.Result, f checks.Finding, c *checks.Check, region string) finding {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	label := labels[f.Severity]
	if f.Status == checks.PASS || f.Status == checks.NotApplicable {
		label = "INFORMATIONAL"
	}
	out := finding{
		SchemaVersion: "2018-10-08", ID: cut("onus/"+f.ID, 512),
		ProductARN:  "arn:" + partition(r) + ":securityhub:" + region + ":" + f.Account + ":product/" + f.Account + "/default",
		GeneratorID: "onus/" + c.ID, AWSAccountID: f.Account, Types: []string{"Software and Configuration Checks/AWS Shared Responsibility Model/" + string(c.Duty)},
		CreatedAt: at(r.Scan.AsOf), UpdatedAt: at(r.Scan.Finished), LastObservedAt: at(r.Scan.AsOf),
		Severity: severity{label, string(f.Severity)}, Title: cut(c.Title, 256), Description: cut(c.Title+". "+f.Reason, 1024),
		ProductFields: fields(f, c), Resources: []resource{resourceOf(r, f)},
		Compliance: compliance{
			Status: statuses[f.Status], RelatedRequirements: requirements(r.Frameworks[c.ID]),
			StatusReasons: []reason{{reasonCode(f), cut(f.Reason, 1024)}},
		},
		Workflow: map[string]string{"Status": "NEW"}, RecordState: "ACTIVE",
	}
	if w := f.Waived; w != nil {
		out.Workflow["Status"] = "SUPPRESSED"
		out.Note = &note{cut("Until "+w.Expires+": "+w.Reason, 512), cut(w.Owner, 512), at(r.Scan.AsOf)}
	}
	out.Remediation.Recommendation.Text = recommendation(f, c)
	return out
}

// partition is that of the scan, where it can stand in an ARN.
func partition(r report.Result) string {
	if partitionForm.MatchString(r.Scan.Partition) {
		return r.Scan.Partition
	}
	return "unknown"
}

// recommendation is what to do, and the commands that do it where they fit in whole: a
// command that is cut is wrong.
func recommendation(f checks.Finding, c *checks.Check) string {
	text := cut(c.Remedy, longestText)
	for _, s := range mend.SectionsFor(c, f) {
		longer := text + "\n" + s.Title + ":\n" + visible.Lines(s.Text)
		if s.Code == "sh" && len([]rune(longer)) <= longestText {
			return longer
		}
	}
	return text
}

// longestText is how many characters a recommendation may have.
// Source: Security Hub API, Recommendation, Text.
const longestText = 512

// reasonCode is our own word for the verdict, with the cause of an UNKNOWN.
func reasonCode(f checks.Finding) string {
	if f.Cause != "" {
		return "ONUS_" + string(f.Status) + "_" + strings.ToUpper(strings.ReplaceAll(visible.Text(string(f.Cause)), "-", "_"))
	}
	return "ONUS_" + string(f.Status)
}

func requirements(list []report.Requirement) (out []string) {
	for _, q := range list[:min(32, len(list))] {
		out = append(out, report.FrameworkName(q.Framework)+": "+q.Requirement)
	}
	return out
}

// fields are what has no place of its own in the format.
func fields(f checks.Finding, c *checks.Check) map[string]string {
	out := map[string]string{
		"onus/status": string(f.Status), "onus/check": c.ID, "onus/category": string(c.Category), "onus/duty": string(c.Duty),
		"onus/service-kind": string(c.ServiceKind),
	}
	if len(f.Evidence) > 0 {
		out["onus/evidence"] = cut(strings.Join(f.Evidence, "; "), 2048)
	}
	return out
}

// types are the format's own names of resource types.
var types = map[string]string{
	"account": "AwsAccount", "ebs volume": "AwsEc2Volume", "ec2 instance": "AwsEc2Instance", "iam access key": "AwsIamAccessKey",
	"iam group": "AwsIamGroup", "iam managed policy": "AwsIamPolicy", "iam role": "AwsIamRole", "iam user": "AwsIamUser", "network acl": "AwsEc2NetworkAcl",
	"network interface": "AwsEc2NetworkInterface", "rds cluster": "AwsRdsDbCluster", "rds instance": "AwsRdsDbInstance", "rds snapshot": "AwsRdsDbSnapshot",
	"rds event subscription": "AwsRdsEventSubscription", "route table": "AwsEc2RouteTable", "s3 bucket": "AwsS3Bucket", "security group": "AwsEc2SecurityGroup",
	"subnet": "AwsEc2Subnet", "vpc": "AwsEc2Vpc",
}

func resourceOf(r report.Result, f checks.Finding) resource {
	out := resource{Type: cmp.Or(types[f.Resource.Type], "Other"), ID: cut(f.Resource.ID, 512), Details: &details{map[string]string{"onus/type": cut(f.Resource.Type, 1024)}}}
	if slices.Contains([]string{"aws", "aws-cn", "aws-us-gov"}, r.Scan.Partition) {
		out.Partition = r.Scan.Partition
	}
	if regionForm.MatchString(f.Region) {
		out.Region = f.Region
	}
	add := func(to *map[string]string, k, v string, longest int) {
		if *to == nil {
			*to = map[string]string{}
		}
		if len(*to) < 50 && strings.TrimSpace(k) != "" && strings.TrimSpace(v) != "" {
			(*to)[cut(k, 128)] = cut(v, longest)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(f.Resource.Tags)) {
		add(&out.Tags, k, f.Resource.Tags[k], 256)
	}
	if f.Resource.Name != "" {
		add(&out.Details.Other, "onus/name", f.Resource.Name, 1024)
	}
	for _, k := range slices.Sorted(maps.Keys(f.Observed)) {
		add(&out.Details.Other, k, f.Observed[k], 1024)
	}
	return out
}

// cut makes a text visible, and at most so many characters long; it is never empty.
func cut(s string, longest int) string {
	s = visible.Text(s)
	if strings.TrimSpace(s) == "" {
		return "(none)"
	}
	if runes := []rune(s); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return s
}
