// Package checks judges a snapshot: what a check, a verdict and a finding are, and the
// evaluator that runs checks over an account. It leaves calls to scanner, the checks
// themselves to its subpackages, and writing to report. Standard library only.
//
// A check is one declared value. Its judging functions are pure: the same resource,
// parameters and AsOf give the same verdict, so that a recorded scan can be judged
// again by somebody else. The evaluator yields one finding for each (check, resource),
// and one UNKNOWN for each place in which the resources could not be listed to the end.
package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onus/scanner/snapshot"
)

// Severity is how much a FAIL matters.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities in order, worst first.
var Severities = []Severity{Critical, High, Medium, Low, Info}

// Duty is one of the customer's responsibilities in the AWS Shared Responsibility Model.
type Duty string

// The duties.
const (
	RegionChoice         Duty = "region-choice"
	DataEncryption       Duty = "data-encryption"
	Backups              Duty = "backups"
	AccessControl        Duty = "access-control"
	NetworkFirewall      Duty = "network-firewall"
	OSAndPlatform        Duty = "os-and-platform"
	ClientSideEncryption Duty = "client-side-encryption"
	CustomerData         Duty = "customer-data"
)

// Duties are all of them, in the order in which reports show them.
var Duties = []Duty{RegionChoice, DataEncryption, Backups, AccessControl, NetworkFirewall, OSAndPlatform, ClientSideEncryption, CustomerData}

// ServiceKind is the kind of service in the model: how much the customer owes.
type ServiceKind string

// The kinds of service.
const (
	Infrastructure ServiceKind = "infrastructure" // EC2
	Container      ServiceKind = "container"      // RDS
	Abstracted     ServiceKind = "abstracted"     // S3
	OfAccount      ServiceKind = "account"        // IAM, the account, the organization
)

// ServiceKinds are all of them.
var ServiceKinds = []ServiceKind{Infrastructure, Container, Abstracted, OfAccount}

// Category groups checks by subject.
type Category string

// The categories; each is a package below this one.
const (
	Encryption   Category = "encryption"
	BackupsOf    Category = "backups"
	Regions      Category = "regions"
	Access       Category = "access"
	Network      Category = "network"
	LoggingOf    Category = "logging"
	PlatformOf   Category = "platform"
	ResilienceOf Category = "resilience"
	Hygiene      Category = "hygiene"
)

// Categories are all of them.
var Categories = []Category{Encryption, BackupsOf, Regions, Access, Network, LoggingOf, PlatformOf, ResilienceOf, Hygiene}

// Check is our test of one control: a declared value. Everything else that is said of
// a check (its help, the calls it needs, the permissions) follows from it.
type Check struct {
	ID          string // service-resource-assertion; the row of the catalogue
	Title       string // what must hold
	Severity    Severity
	Category    Category
	Duty        Duty
	ServiceKind ServiceKind
	Tier        int      // 1 is the suite essential
	OptIn       string   // "sample-objects", "access-history"; "" runs by default
	Reads       []string // service:Operation, all that the verdict may rest on
	Parameters  Parameters
	Remedy      string
	Fix         Fix
	Judges      Judges

	// Bounds refuses a parameter's value that no resource could meet, in one line that
	// says what is allowed. nil: every value of the right type will do.
	Bounds func(parameter string, value any) error

	// FailWhenUnread marks a check whose FAIL may come from something unread, which its
	// reason then names.
	FailWhenUnread bool
}

// Fix says why a FAIL matters and how it is mended. It is text for a person who mends:
// Onus changes nothing. In CLI and Terraform, {partition}, {account}, {region}, {arn},
// {name} (the resource's name) and {id} (the last part of its ARN, or its id) stand for the resource
// at hand, {owner} for the user, group or role that an access key or an inline policy
// belongs to. What the reader must choose stands in capitals: KMS_KEY_ARN. In a check of
// several types of resource, a line "# for TYPE" begins what mends that type alone. How a
// value is quoted, and where one may stand, says report/mend.
type Fix struct {
	Threat    string // what somebody can do, or what is lost, while the control is not kept; two sentences
	CLI       string // AWS CLI commands, one a line, that mend it; "" where no command can, and Cost says why
	Terraform string // the fragment that mends it, of the provider hashicorp/aws; "" where there is none
	Cost      string // what mending costs, breaks or takes
}

// Parameters are a check's parameters with their defaults: bool, int, float64,
// string, []string or []int.
type Parameters map[string]any

// AtLeast are Bounds by which an integer is so much or more.
func AtLeast(least int) func(parameter string, value any) error {
	return func(_ string, value any) error {
		if n, ok := value.(int); ok && n < least {
			return fmt.Errorf("%d, want %d or more", n, least)
		}
		return nil
	}
}

// Judges says what a check judges: one kind or several.
type Judges []judge

// judge erases the resource type of one kind.
type judge struct {
	kind   string
	lists  []string
	needs  []string
	run    func(e *evaluation, c *Check, each func(resource, Verdict) bool) bool
	global bool
}

// For ties a kind to the function that judges its resources.
func For[T any](k snapshot.Kind[T], f func(T, Env) Verdict) Judges {
	return Judges{{
		kind: k.Type, lists: k.Lists, needs: k.Needs, global: k.Global,
		run: func(e *evaluation, c *Check, each func(resource, Verdict) bool) bool {
			return runKind(e, c, k, f, each)
		},
	}}
}

// And adds another kind to what a check judges.
func (j Judges) And(more Judges) Judges { return slices.Concat(j, more) }

// services are the first words of ids whose service has another name.
var services = map[string]string{"ebs": "ec2", "vpc": "ec2", "organization": "organizations"}

// Service is the service that the check is about, as --service takes it.
func (c *Check) Service() string {
	word, _, _ := strings.Cut(c.ID, "-")
	if s, ok := services[word]; ok {
		return s
	}
	return word
}

// Operations are all that must be asked so that the check can judge, sorted, each once:
// what it reads, and what its kinds need to be placed.
func (c *Check) Operations() []string {
	out := slices.Clone(c.Reads)
	for _, j := range c.Judges {
		out = append(out, j.needs...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Kinds are the resource types that a check judges, sorted.
func (c *Check) Kinds() []string {
	var out []string
	for _, j := range c.Judges {
		out = append(out, j.kind)
	}
	slices.Sort(out)
	return out
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
var readForm = regexp.MustCompile(`^[a-z0-9]+:[A-Z][A-Za-z0-9]+$`)

// Validate says what is wrong with our own declarations: run by a test over the suite.
func Validate(list []*Check) error {
	seen := map[string]bool{}
	for _, c := range list {
		switch {
		case !idForm.MatchString(c.ID):
			return fmt.Errorf("check id %q is not service-resource-assertion", c.ID)
		case seen[c.ID]:
			return fmt.Errorf("check %s is declared twice", c.ID)
		case c.Title == "" || c.Remedy == "":
			return fmt.Errorf("check %s lacks a title or a remedy", c.ID)
		case !slices.Contains(Severities, c.Severity):
			return fmt.Errorf("check %s: severity %q", c.ID, c.Severity)
		case !slices.Contains(Categories, c.Category):
			return fmt.Errorf("check %s: category %q", c.ID, c.Category)
		case !slices.Contains(Duties, c.Duty):
			return fmt.Errorf("check %s: duty %q", c.ID, c.Duty)
		case !slices.Contains(ServiceKinds, c.ServiceKind):
			return fmt.Errorf("check %s: service kind %q", c.ID, c.ServiceKind)
		case c.Tier < 1 || c.Tier > 3:
			return fmt.Errorf("check %s: tier %d", c.ID, c.Tier)
		case len(c.Judges) == 0 || len(c.Reads) == 0:
			return fmt.Errorf("check %s judges or reads nothing", c.ID)
		}
		seen[c.ID] = true
		for _, r := range c.Reads {
			if !readForm.MatchString(r) {
				return fmt.Errorf("check %s reads %q, want service:Operation", c.ID, r)
			}
		}
		for _, j := range c.Judges {
			for _, l := range j.lists {
				if !slices.Contains(c.Reads, l) {
					return fmt.Errorf("check %s judges %s but does not read %s, which lists them", c.ID, j.kind, l)
				}
			}
		}
	}
	return nil
}
