package snapshot

import (
	"slices"
	"strings"
	"time"
)

// SSM is what was read of Systems Manager: managed instances, their patch and association compliance, and documents.
type SSM struct {
	Settings  []ServiceSetting
	Nodes     []ManagedNode
	Summaries []ComplianceSummary
	Documents []SSMDocument
}

// And joins what was read of two Regions.
func (x SSM) And(o SSM) SSM {
	return SSM{
		Settings:  slices.Concat(x.Settings, o.Settings),
		Nodes:     slices.Concat(x.Nodes, o.Nodes),
		Summaries: slices.Concat(x.Summaries, o.Summaries),
		Documents: slices.Concat(x.Documents, o.Documents),
	}
}

// ManagedNode is a machine that has an SSM agent, of EC2 or from elsewhere.
// Source: SSM DescribeInstanceInformation.
type ManagedNode struct {
	Meta
	ID           string // InstanceId: i-… or mi-…
	Source       string // SourceId: an EC2 instance that was activated as a hybrid node
	ResourceType string // EC2Instance or ManagedInstance
	Ping         string // PingStatus: Online, ConnectionLost, Inactive
	LastPing     time.Time
	Platform     string // PlatformName
	Version      string // PlatformVersion
	Agent        string // AgentVersion
	Latest       *bool  // IsLatestVersion; nil where the answer lacks it
	// Patches is what DescribeInstancePatchStates says: ErrAbsent where it was never scanned.
	Patches Read[PatchState]
}

// Instance is the EC2 instance that the node is, "" for a machine from elsewhere.
func (n ManagedNode) Instance() string {
	for _, id := range []string{n.ID, n.Source} {
		if strings.HasPrefix(id, "i-") {
			return id
		}
	}
	return ""
}

// PatchState is the outcome of the last patching operation on a node. A count that the
// answer lacks is nil.
type PatchState struct {
	Baseline, Group string
	Operation       string // Scan or Install
	Ended           time.Time

	Missing, Failed                int32
	PendingReboot, Rejected        *int32
	Critical, Security, OtherFails *int32 // NonCompliantCount of each
}

// ComplianceSummary is how one node fares by one type of compliance.
// Source: SSM ListResourceComplianceSummaries.
type ComplianceSummary struct {
	Meta
	Node     string // ResourceId
	Type     string // ComplianceType: Patch, Association, Custom:…
	Status   string // COMPLIANT or NON_COMPLIANT
	Severity string // OverallSeverity
	Broken   int32  // NonCompliantSummary.NonCompliantCount
}

// SSMDocument is an SSM document of the account.
// Source: SSM ListDocuments with Owner Self.
type SSMDocument struct {
	Meta
	Type    string         // DocumentType
	Format  string         // DocumentFormat
	Shared  Read[[]string] // DescribeDocumentPermission AccountIds; "all": everybody
	Content Read[FreeText] // GetDocument, the default version
}

// ManagedNodes are the managed nodes that are EC2 instances, by the instance; the one that
// is online where an instance is registered twice.
var ManagedNodes = Kind[ManagedNode]{
	Type: "ssm managed node",
	All: func(a *Account) (out []ManagedNode) {
		at := map[string]int{}
		for _, n := range a.SSM.Nodes {
			key := n.Region + " " + n.Instance()
			i, seen := at[key]
			switch {
			case n.Instance() == "":
			case !seen:
				at[key] = len(out)
				out = append(out, n)
			case out[i].Ping != "Online" && n.Ping == "Online":
				out[i] = n
			}
		}
		return out
	},
	Meta:  func(n ManagedNode) Meta { return n.Meta },
	ID:    func(n ManagedNode) string { return n.ARN },
	Key:   func(n ManagedNode) string { return n.Instance() },
	Lists: []string{"ssm:DescribeInstanceInformation"},
}

// ComplianceSummaries are the summaries of compliance; the key is TYPE NODE.
var ComplianceSummaries = Kind[ComplianceSummary]{
	Type:  "ssm compliance summary",
	All:   func(a *Account) []ComplianceSummary { return a.SSM.Summaries },
	Meta:  func(s ComplianceSummary) Meta { return s.Meta },
	ID:    func(s ComplianceSummary) string { return s.Type + " " + s.Node },
	Key:   func(s ComplianceSummary) string { return s.Type + " " + s.Node },
	Lists: []string{"ssm:ListResourceComplianceSummaries"},
}

// SSMDocuments are the account's own documents.
var SSMDocuments = Kind[SSMDocument]{
	Type:  "ssm document",
	All:   func(a *Account) []SSMDocument { return a.SSM.Documents },
	Meta:  func(d SSMDocument) Meta { return d.Meta },
	ID:    func(d SSMDocument) string { return d.ARN },
	Key:   func(d SSMDocument) string { return d.Name },
	Lists: []string{"ssm:ListDocuments"},
}
