package acme

import (
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/mocks"
)

// fleet is what Systems Manager knows in a Region.
type fleet struct {
	nodes     []types.InstanceInformation
	patches   map[string]types.InstancePatchState // by instance id
	summaries []types.ResourceComplianceSummaryItem
	documents []document
}

// document is an SSM document, with whom it is shared, and what it says.
type document struct {
	name    string
	shared  []string
	content string
}

// manage registers an instance with its operating system; agent is its version, and whether
// that is the newest.
func (r *region) manage(name, platform, version, agent string, latest bool, ping types.PingStatus) string {
	i, heard := id("i", name), ago(3*time.Minute)
	if ping != types.PingStatusOnline {
		heard = ago(12 * day)
	}
	r.fleet.nodes = append(r.fleet.nodes, types.InstanceInformation{InstanceId: aws.String(i), ResourceType: types.ResourceTypeEc2Instance, PingStatus: ping, LastPingDateTime: heard,
		PlatformType: types.PlatformTypeLinux, PlatformName: aws.String(platform), PlatformVersion: aws.String(version), AgentVersion: aws.String(agent), IsLatestVersion: aws.Bool(latest), ComputerName: aws.String(name)})
	return i
}

// scanned lets a node have been scanned a while ago, with so many patches missing.
func (r *region) scanned(instance string, age time.Duration, missing int32) {
	zero := aws.Int32(0)
	critical := aws.Int32(min(missing, 1))
	r.fleet.patches[instance] = types.InstancePatchState{InstanceId: aws.String(instance), BaselineId: aws.String("pb-0c10e65780EXAMPLE"), PatchGroup: aws.String("acme"), Operation: types.PatchOperationTypeScan,
		OperationStartTime: ago(age + time.Minute), OperationEndTime: ago(age), MissingCount: missing, InstalledCount: 210, NotApplicableCount: 900, InstalledPendingRebootCount: zero,
		InstalledRejectedCount: zero, CriticalNonCompliantCount: critical, SecurityNonCompliantCount: aws.Int32(missing), OtherNonCompliantCount: zero, UnreportedNotApplicableCount: aws.Int32(7)}
	r.summarize(instance, "Patch", missing)
}

func (r *region) summarize(instance, kind string, broken int32) {
	s := types.ResourceComplianceSummaryItem{ResourceId: aws.String(instance), ResourceType: aws.String("ManagedInstance"), ComplianceType: aws.String(kind), Status: types.ComplianceStatusCompliant,
		OverallSeverity: types.ComplianceSeverityUnspecified, NonCompliantSummary: &types.NonCompliantSummary{NonCompliantCount: broken}, ExecutionSummary: &types.ComplianceExecutionSummary{ExecutionTime: ago(day)}}
	if broken > 0 {
		s.Status, s.OverallSeverity = types.ComplianceStatusNonCompliant, types.ComplianceSeverityHigh
	}
	r.fleet.summaries = append(r.fleet.summaries, s)
}

// fleets registers Acme's instances; the ERP's host never was.
func (e *estate) fleets() {
	for _, r := range e.regions {
		r.fleet.patches = map[string]types.InstancePatchState{}
	}
	const current = "3.3.3050.0"
	home, second := e.regions[Home], e.regions[Second]
	first := home.manage("acme-shop-prod-1", "Amazon Linux", "2023", current, true, types.PingStatusOnline)
	home.scanned(first, 9*time.Hour, 0)
	home.summarize(first, "Association", 0)
	other := home.manage("acme-shop-prod-2", "Amazon Linux", "2023", "3.2.1705.0", false, types.PingStatusOnline)
	home.scanned(other, 9*time.Hour, 3)
	home.manage("acme-orders-prod", "Ubuntu", "20.04", current, true, types.PingStatusOnline) // its role may not scan
	home.manage("acme-bastion", "Amazon Linux", "2", "3.1.1511.0", false, types.PingStatusConnectionLost)
	staging := second.manage("acme-shop-staging", "Amazon Linux", "2023", current, true, types.PingStatusOnline)
	second.scanned(staging, 41*day, 0)
	second.summarize(staging, "Association", 1)
	home.fleet.documents = []document{
		{"acme-restart-shop", nil, `{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"restart","inputs":{"runCommand":["systemctl restart shop"]}}]}`},
		{"acme-load-prices", []string{neighbour}, "schemaVersion: '2.2'\nmainSteps:\n- action: aws:runShellScript\n  name: load\n  inputs:\n    runCommand:\n    - export DB_PASSWORD={{ ssm:/shop/db-password }}\n    - /opt/shop/load\n"},
		{"acme-join-warehouse", nil, fmt.Sprintf(`{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"join","inputs":{"runCommand":["mysql -h warehouse -u loader -p%s warehouse < rows.sql"]}}]}`, secret("warehouse", 18))},
		{"acme-fair-kiosk", []string{"all"}, `{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"kiosk","inputs":{"runCommand":["/opt/kiosk/start"]}}]}`},
	}
}

// serveFleets answers about managed nodes and documents.
func (e *estate) serveFleets(s *mocks.Server) {
	answer(e, s, func(i *ssm.DescribeInstanceInformationInput) int {
		return len(i.Filters) + len(i.InstanceInformationFilterList)
	}, func(r *region) *ssm.DescribeInstanceInformationOutput {
		return &ssm.DescribeInstanceInformationOutput{InstanceInformationList: append([]types.InstanceInformation{}, r.fleet.nodes...)}
	})
	answer(e, s, func(i *ssm.ListResourceComplianceSummariesInput) int { return len(i.Filters) }, func(r *region) *ssm.ListResourceComplianceSummariesOutput {
		return &ssm.ListResourceComplianceSummariesOutput{ResourceComplianceSummaryItems: append([]types.ResourceComplianceSummaryItem{}, r.fleet.summaries...)}
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ssm.DescribeInstancePatchStatesInput) (*ssm.DescribeInstancePatchStatesOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		if n := len(asked.InstanceIds); n == 0 || n > 50 {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ValidationException", Message: "Member must have length less than or equal to 50"}
		}
		out := &ssm.DescribeInstancePatchStatesOutput{InstancePatchStates: []types.InstancePatchState{}}
		for _, i := range asked.InstanceIds {
			if p, ok := in.fleet.patches[i]; ok {
				out.InstancePatchStates = append(out.InstancePatchStates, p)
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ssm.ListDocumentsInput) (*ssm.ListDocumentsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		if len(asked.Filters) != 1 || aws.ToString(asked.Filters[0].Key) != "Owner" || len(asked.Filters[0].Values) != 1 || asked.Filters[0].Values[0] != "Self" {
			return nil, unsupported("InvalidFilterKey") // AWS's own would come too
		}
		out := &ssm.ListDocumentsOutput{DocumentIdentifiers: []types.DocumentIdentifier{}}
		for _, d := range in.fleet.documents {
			out.DocumentIdentifiers = append(out.DocumentIdentifiers, types.DocumentIdentifier{Name: aws.String(d.name), Owner: aws.String(Account), DocumentType: types.DocumentTypeCommand, DocumentVersion: aws.String("1"), SchemaVersion: aws.String("2.2"), CreatedDate: ago(200 * day)})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ssm.DescribeDocumentPermissionInput) (*ssm.DescribeDocumentPermissionOutput, error) {
		d, err := e.document(r, aws.ToString(asked.Name))
		if err != nil {
			return nil, err
		}
		return &ssm.DescribeDocumentPermissionOutput{AccountIds: append([]string{}, d.shared...), AccountSharingInfoList: []types.AccountSharingInfo{}}, nil
	})
	mocks.Handle(s, func(r *mocks.Request, asked *ssm.GetDocumentInput) (*ssm.GetDocumentOutput, error) {
		d, err := e.document(r, aws.ToString(asked.Name))
		if err != nil {
			return nil, err
		}
		return &ssm.GetDocumentOutput{Name: asked.Name, Content: aws.String(d.content), DocumentVersion: aws.String("1"), DocumentType: types.DocumentTypeCommand, Status: types.DocumentStatusActive}, nil
	})
}

func (e *estate) document(r *mocks.Request, name string) (document, error) {
	in, err := e.at(r)
	if err != nil {
		return document{}, err
	}
	for _, d := range in.fleet.documents {
		if d.name == name {
			return d, nil
		}
	}
	return document{}, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidDocument", Message: "Document with name " + name + " does not exist."}
}
