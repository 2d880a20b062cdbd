package ocsf

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/report"
	"onus/report/mend"
	"onus/report/visible"
)

// caption is a number of the schema and its name.
type caption struct {
	id   int
	name string
}

var severities = map[checks.Severity]caption{
	checks.Info: {1, "Informational"}, checks.Low: {2, "Low"}, checks.Medium: {3, "Medium"}, checks.High: {4, "High"}, checks.Critical: {5, "Critical"},
}

var statuses = map[checks.Status]caption{
	checks.PASS: {1, "Pass"}, checks.UNKNOWN: {2, "Warning"}, checks.FAIL: {3, "Fail"}, checks.NotApplicable: {99, "Other"},
}

type event struct {
	ActivityID   int               `json:"activity_id"`
	ActivityName string            `json:"activity_name"`
	CategoryUID  int               `json:"category_uid"`
	CategoryName string            `json:"category_name"`
	ClassUID     int               `json:"class_uid"`
	ClassName    string            `json:"class_name"`
	TypeUID      int               `json:"type_uid"`
	TypeName     string            `json:"type_name"`
	Time         int64             `json:"time"` // ms since 1970
	SeverityID   int               `json:"severity_id"`
	Severity     string            `json:"severity"`
	StatusID     int               `json:"status_id"`
	Status       string            `json:"status"`
	Comment      string            `json:"comment,omitempty"` // by whom it is waived, and why
	Message      string            `json:"message"`
	Metadata     metadata          `json:"metadata"`
	Cloud        cloud             `json:"cloud"`
	Compliance   compliance        `json:"compliance"`
	FindingInfo  findingInfo       `json:"finding_info"`
	Remediation  description       `json:"remediation"`
	Resources    []resource        `json:"resources"`
	Unmapped     map[string]string `json:"unmapped,omitempty"`
}

type metadata struct {
	Version  string   `json:"version"`
	Profiles []string `json:"profiles"`
	Product  product  `json:"product"`
	UID      string   `json:"uid"`
}

type product struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
	Version    string `json:"version"`
}

type cloud struct {
	Provider string  `json:"provider"`
	Region   string  `json:"region"`
	Account  account `json:"account"`
}

type account struct {
	UID    string `json:"uid"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id"`
}

type compliance struct {
	Control      string   `json:"control"`
	Standards    []string `json:"standards"`
	Requirements []string `json:"requirements"`
	StatusID     int      `json:"status_id"`
	Status       string   `json:"status"`
	StatusCode   string   `json:"status_code"`
	StatusDetail string   `json:"status_detail"`
}

type findingInfo struct {
	UID         string   `json:"uid"`
	Title       string   `json:"title"`
	Desc        string   `json:"desc"`
	Types       []string `json:"types"`
	DataSources []string `json:"data_sources"`
	LastSeen    int64    `json:"last_seen_time"`
}

type description struct {
	Desc string `json:"desc"`
}

type resource struct {
	UID       string   `json:"uid"`
	Name      string   `json:"name,omitempty"`
	Type      string   `json:"type"`
	Region    string   `json:"region"`
	Partition string   `json:"cloud_partition"`
	Labels    []string `json:"labels,omitempty"`
}

// eventOf is a finding as an event: created, new, or suppressed where it is waived.
func eventOf(r report.Result, f checks.Finding, c *checks.Check) event {
	severity, status := severities[f.Severity], statuses[f.Status]
	reason := visible.Text(f.Reason)
	e := event{
		ActivityID: 1, ActivityName: "Create", CategoryUID: 2, CategoryName: "Findings", ClassUID: 2003, ClassName: "Compliance Finding",
		TypeUID: 200301, TypeName: "Compliance Finding: Create", Time: r.Scan.Finished.UnixMilli(),
		SeverityID: severity.id, Severity: severity.name, StatusID: 1, Status: "New", Message: reason,
		Metadata: metadata{Version, []string{"cloud"}, product{"Onus", "Onus", visible.Text(r.Scan.ToolVersion)}, visible.Text(r.Scan.ID + "/" + f.ID)},
		Cloud:    cloud{"AWS", visible.Text(f.Region), account{visible.Text(f.Account), "AWS Account", 10}},
		Compliance: compliance{
			Control: c.ID, Standards: []string{"AWS Shared Responsibility Model"}, Requirements: []string{string(c.Duty) + " (" + string(c.ServiceKind) + ")"},
			StatusID: status.id, Status: status.name, StatusCode: string(f.Status), StatusDetail: reason,
		},
		FindingInfo: findingInfo{visible.Text(f.ID), c.Title, c.Title + ": " + reason, []string{string(c.Category)}, c.Reads, r.Scan.AsOf.UnixMilli()},
		Remediation: description{visible.Lines(mend.Text(mend.SectionsFor(c, f)))},
		Resources:   []resource{resourceOf(r, f)},
		Unmapped:    map[string]string{},
	}
	if f.Waived != nil {
		e.StatusID, e.Status, e.Comment = 3, "Suppressed", visible.Text(report.WaivedWords(*f.Waived))
	}
	for _, q := range r.Frameworks[c.ID] {
		name := report.FrameworkName(q.Framework)
		if !slices.Contains(e.Compliance.Standards, name) {
			e.Compliance.Standards = append(e.Compliance.Standards, name)
		}
		e.Compliance.Requirements = append(e.Compliance.Requirements, name+": "+q.Requirement)
	}
	if f.Cause != "" {
		e.Unmapped["cause"] = string(f.Cause)
	}
	for k, v := range f.Observed {
		e.Unmapped["observed."+visible.Text(k)] = visible.Text(v)
	}
	if len(f.Evidence) > 0 {
		e.Unmapped["evidence"] = visible.Text(strings.Join(f.Evidence, "; ")) // ids of calls
	}
	return e
}

func resourceOf(r report.Result, f checks.Finding) resource {
	out := resource{UID: visible.Text(f.Resource.ID), Name: visible.Text(f.Resource.Name), Type: visible.Text(f.Resource.Type),
		Region: visible.Text(f.Region), Partition: visible.Text(cmp.Or(r.Scan.Partition, "unknown"))}
	for _, k := range slices.Sorted(maps.Keys(f.Resource.Tags)) {
		out.Labels = append(out.Labels, visible.Text(k+":"+f.Resource.Tags[k]))
	}
	return out
}
