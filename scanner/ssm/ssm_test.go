package ssm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// client is one behind a transport that redacts, as a scan's does.
func client(s *mocks.Server, store wire.Store) API {
	t := &wire.Transport{Store: store, Redact: redact.New(nil), Attempts: 3, Deadline: 2 * time.Second, Backoff: func(int) time.Duration { return 0 }}
	return ssm.NewFromConfig(t.Config(s.Config(collecttest.At.Region), collecttest.At.Account))
}

func gather(s *mocks.Server, wanted ...string) (snapshot.SSM, collect.Scope) {
	in := collecttest.Scope(wanted...)
	return Collect(context.Background(), in, client(s, &wire.Memory{})), in
}

func online(id string) types.InstanceInformation {
	return types.InstanceInformation{InstanceId: &id, ResourceType: types.ResourceTypeEc2Instance, PingStatus: types.PingStatusOnline}
}

func TestNodesOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listNodes: 1}})
	seen := time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	mocks.Reply(s, "", &ssm.DescribeInstanceInformationOutput{InstanceInformationList: []types.InstanceInformation{
		{InstanceId: aws.String("i-1"), ResourceType: types.ResourceTypeEc2Instance, PingStatus: types.PingStatusConnectionLost, LastPingDateTime: &seen, PlatformName: aws.String("Amazon Linux"),
			PlatformVersion: aws.String("2023"), AgentVersion: aws.String("3.3.131.0"), IsLatestVersion: aws.Bool(false)},
		{InstanceId: aws.String("mi-2"), SourceId: aws.String("i-2"), Name: aws.String("till"), ResourceType: types.ResourceTypeManagedInstance, PingStatus: types.PingStatusOnline},
		{InstanceId: aws.String("mi-3"), SourceId: aws.String("warehouse-7")}}})
	got, in := gather(s, listNodes)
	want := []snapshot.ManagedNode{
		{ID: "i-1", ResourceType: "EC2Instance", Ping: "ConnectionLost", LastPing: seen, Platform: "Amazon Linux", Version: "2023", Agent: "3.3.131.0", Latest: aws.Bool(false)},
		{ID: "mi-2", Source: "i-2", ResourceType: "ManagedInstance", Ping: "Online"}, {ID: "mi-3", Source: "warehouse-7"},
	}
	arns := []string{"arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-2", "arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-3"}
	for i, n := range got.Nodes {
		if n.ARN != arns[i] || len(n.Calls) != 1 || n.Name != []string{"i-1", "till", "mi-3"}[i] {
			t.Errorf("%+v", n.Meta)
		}
		if _, err := n.Patches.Get(); err == nil {
			t.Errorf("%s: patches were read though nobody asked", n.ID)
		}
		got.Nodes[i].Meta, got.Nodes[i].Patches = snapshot.Meta{}, snapshot.Read[snapshot.PatchState]{}
	}
	for i := range want {
		if fmt.Sprintf("%+v", got.Nodes[i]) == "" || cmp.Diff(want[i].Latest, got.Nodes[i].Latest) != "" {
			t.Errorf("%+v", got.Nodes[i])
		}
		want[i].Latest, got.Nodes[i].Latest = nil, nil
		if a, b := fmt.Sprintf("%+v", want[i]), fmt.Sprintf("%+v", got.Nodes[i]); a != b {
			t.Errorf("node %s\nwant %s", b, a)
		}
	}
	collecttest.Covered(t, in, listNodes, in.Region, snapshot.OK)
}

func TestNodesDeniedOnPageTwo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listNodes: 1}})
	mocks.Reply(s, "", &ssm.DescribeInstanceInformationOutput{InstanceInformationList: []types.InstanceInformation{online("i-1"), online("i-2")}})
	s.Fault(mocks.Fault{Operation: listNodes, Kind: mocks.Denied, FromPage: 2})
	got, in := gather(s, listNodes)
	if len(got.Nodes) != 1 {
		t.Errorf("%d nodes", len(got.Nodes))
	}
	collecttest.Covered(t, in, listNodes, in.Region, snapshot.Denied)
}

// states answers about at most fifty nodes; i-000 was never scanned.
func states(s *mocks.Server, sizes *[]int) {
	var mu sync.Mutex // batches are asked side by side
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.DescribeInstancePatchStatesInput) (*ssm.DescribeInstancePatchStatesOutput, error) {
		mu.Lock()
		*sizes = append(*sizes, len(in.InstanceIds))
		mu.Unlock()
		if len(in.InstanceIds) > 50 {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ValidationException"}
		}
		out := &ssm.DescribeInstancePatchStatesOutput{InstancePatchStates: []types.InstancePatchState{}}
		for _, id := range in.InstanceIds {
			if id != "i-000" {
				out.InstancePatchStates = append(out.InstancePatchStates, types.InstancePatchState{InstanceId: &id, BaselineId: aws.String("pb-1"), PatchGroup: aws.String(id), MissingCount: 2, InstalledPendingRebootCount: aws.Int32(1), Operation: types.PatchOperationTypeScan})
			}
		}
		return out, nil
	})
}

func TestPatchStatesFiftyAtOnce(t *testing.T) {
	var list []types.InstanceInformation
	for i := range 120 {
		list = append(list, online(fmt.Sprintf("i-%03d", i)))
	}
	list = append(list, types.InstanceInformation{InstanceId: aws.String("mi-9")}) // no EC2 instance
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ssm.DescribeInstanceInformationOutput{InstanceInformationList: list})
	var sizes []int
	states(s, &sizes)
	got, in := gather(s, listNodes, askPatches)
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{20, 50, 50}) {
		t.Errorf("asked for %v at once", sizes)
	}
	if _, err := got.Nodes[0].Patches.Get(); !errors.Is(err, snapshot.ErrAbsent) || len(got.Nodes[0].Patches.Calls()) != 1 {
		t.Errorf("never scanned: %v", err)
	}
	if p, err := got.Nodes[7].Patches.Get(); err != nil || p.Group != "i-007" || p.Missing != 2 || *p.PendingReboot != 1 || p.Rejected != nil || p.Operation != "Scan" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := got.Nodes[120].Patches.Get(); err == nil || errors.Is(err, snapshot.ErrAbsent) {
		t.Errorf("a machine from elsewhere was not asked about: %v", err)
	}
	collecttest.Covered(t, in, askPatches, in.Region, snapshot.OK)
}

func TestABatchThatFailsCostsItsNodesAlone(t *testing.T) {
	var list []types.InstanceInformation
	for i := range 60 {
		list = append(list, online(fmt.Sprintf("i-%03d", i)))
	}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ssm.DescribeInstanceInformationOutput{InstanceInformationList: list})
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.DescribeInstancePatchStatesInput) (*ssm.DescribeInstancePatchStatesOutput, error) {
		if len(in.InstanceIds) == 50 {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "AccessDeniedException"}
		}
		return &ssm.DescribeInstancePatchStatesOutput{InstancePatchStates: []types.InstancePatchState{}}, nil
	})
	got, in := gather(s, listNodes, askPatches)
	var u *snapshot.Unread
	if _, err := got.Nodes[3].Patches.Get(); !errors.As(err, &u) || u.Cause != snapshot.Denied {
		t.Errorf("%v", err)
	}
	if _, err := got.Nodes[55].Patches.Get(); !errors.Is(err, snapshot.ErrAbsent) {
		t.Errorf("%v", err)
	}
	collecttest.Covered(t, in, askPatches, in.Region, snapshot.Denied)
}

func TestSummariesOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listSummaries: 1}})
	mocks.Reply(s, "", &ssm.ListResourceComplianceSummariesOutput{ResourceComplianceSummaryItems: []types.ResourceComplianceSummaryItem{
		{ResourceId: aws.String("i-1"), ComplianceType: aws.String("Association"), Status: types.ComplianceStatusNonCompliant, OverallSeverity: types.ComplianceSeverityHigh, NonCompliantSummary: &types.NonCompliantSummary{NonCompliantCount: 2}},
		{ResourceId: aws.String("i-1"), ComplianceType: aws.String("Patch"), Status: types.ComplianceStatusCompliant}}})
	s.Fault(mocks.Fault{Operation: listSummaries, Kind: mocks.Throttled, First: 1})
	got, in := gather(s, listSummaries)
	if len(got.Summaries) != 2 || snapshot.ComplianceSummaries.Key(got.Summaries[0]) != "Association i-1" || got.Summaries[0].Broken != 2 || got.Summaries[1].Status != "COMPLIANT" {
		t.Errorf("%+v", got.Summaries)
	}
	collecttest.Covered(t, in, listSummaries, in.Region, snapshot.OK)
}

const password = `{"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"load","inputs":{"runCommand":["mysql -h db -u admin -pT4nuki-oak-17 < dump.sql"]}}]}`

// contents are the documents of the tests, and how many detections are wanted in each.
var contents = map[string]struct {
	text string
	want int
}{
	"secret":    {password, 1},
	"reference": {"schemaVersion: '2.2'\nmainSteps:\n- action: aws:runShellScript\n  name: load\n  inputs:\n    runCommand:\n    - export DB_PASSWORD={{ ssm:/shop/db-password }}\n    - export API_TOKEN='{{ssm-secure:api-token:3}}'\n", 0},
	"empty":     {"", 0},
	"clean":     {`{"schemaVersion":"2.2","mainSteps":[]}`, 0},
}

func TestDocuments(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listDocuments: 2}})
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.ListDocumentsInput) (*ssm.ListDocumentsOutput, error) {
		if len(in.Filters) != 1 || *in.Filters[0].Key != "Owner" || !slices.Equal(in.Filters[0].Values, []string{"Self"}) {
			t.Errorf("listed with the filters %+v", in.Filters)
		}
		out := &ssm.ListDocumentsOutput{DocumentIdentifiers: []types.DocumentIdentifier{}}
		for _, name := range []string{"clean", "empty", "reference", "secret"} {
			out.DocumentIdentifiers = append(out.DocumentIdentifiers, types.DocumentIdentifier{Name: &name, DocumentType: types.DocumentTypeCommand, DocumentFormat: types.DocumentFormatYaml, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
		}
		return out, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.DescribeDocumentPermissionInput) (*ssm.DescribeDocumentPermissionOutput, error) {
		switch {
		case in.PermissionType != types.DocumentPermissionTypeShare:
			t.Errorf("permission type %s", in.PermissionType)
		case *in.Name == "empty":
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "AccessDeniedException"}
		case *in.Name == "clean":
			return &ssm.DescribeDocumentPermissionOutput{AccountIds: []string{}}, nil
		case aws.ToString(in.NextToken) == "":
			return &ssm.DescribeDocumentPermissionOutput{AccountIds: []string{"999988887777"}, NextToken: aws.String("more")}, nil
		}
		return &ssm.DescribeDocumentPermissionOutput{AccountIds: []string{"all"}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.GetDocumentInput) (*ssm.GetDocumentOutput, error) {
		if in.DocumentVersion != nil {
			t.Errorf("version %s, want the default", *in.DocumentVersion)
		}
		return &ssm.GetDocumentOutput{Name: in.Name, Content: aws.String(contents[*in.Name].text)}, nil
	})
	store := &wire.Memory{}
	in := collecttest.Scope(listDocuments, askPermissions, askContent)
	got := Collect(context.Background(), in, client(s, store))
	if len(got.Documents) != 4 || got.Documents[0].ARN != "arn:aws:ssm:eu-west-1:111122223333:document/clean" || got.Documents[0].Tags["k"] != "v" || got.Documents[0].Format != "YAML" {
		t.Fatalf("documents %+v", got.Documents)
	}
	for _, d := range got.Documents {
		text, err := d.Content.Get()
		if err != nil || len(text.Detections) != contents[d.Name].want || text.Length != len(contents[d.Name].text) {
			t.Errorf("%s: %+v, %v", d.Name, text, err)
		}
		shared, err := d.Shared.Get()
		switch d.Name {
		case "empty":
			if err == nil {
				t.Error("denied is not private")
			}
		case "clean":
			if err != nil || len(shared) != 0 {
				t.Errorf("%v, %v", shared, err)
			}
		default:
			if err != nil || !slices.Equal(shared, []string{"999988887777", "all"}) || len(d.Shared.Calls()) != 2 {
				t.Errorf("%s: %v, %v", d.Name, shared, err)
			}
		}
	}
	collecttest.Covered(t, in, askContent, in.Region, snapshot.OK)
	collecttest.Covered(t, in, askPermissions, in.Region, snapshot.Denied)
	markers := 0
	for _, l := range store.Lines() {
		_, e, _ := store.Get(l.ID)
		markers += strings.Count(string(e.Body), "kind=ssm-document")
		if strings.Contains(string(e.Body), "T4nuki") {
			t.Errorf("the record of %s keeps the secret: %s", l.Operation, e.Body)
		}
	}
	if markers != 3 {
		t.Errorf("%d markers in the record, want one for each document with content", markers)
	}
}

// TestADocumentThatIsNoMarkerIsNotRead: without a transport that redacts, nothing is kept.
func TestADocumentThatIsNoMarkerIsNotRead(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ssm.ListDocumentsOutput{DocumentIdentifiers: []types.DocumentIdentifier{{Name: aws.String("d")}}})
	mocks.Reply(s, "", &ssm.GetDocumentOutput{Content: aws.String(password)})
	in := collecttest.Scope(listDocuments, askContent)
	got := Collect(context.Background(), in, ssm.NewFromConfig(collecttest.Config(s, in.Region)))
	_, err := got.Documents[0].Content.Get()
	if err == nil || strings.Contains(err.Error(), "T4nuki") {
		t.Errorf("%v", err)
	}
	collecttest.Covered(t, in, askContent, in.Region, snapshot.Malformed)
}

func TestAnEmptyRegionIsSettled(t *testing.T) {
	everything := []string{listNodes, askPatches, listSummaries, listDocuments, askPermissions, askContent}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ssm.DescribeInstanceInformationOutput{InstanceInformationList: []types.InstanceInformation{}})
	mocks.Reply(s, "", &ssm.ListResourceComplianceSummariesOutput{ResourceComplianceSummaryItems: []types.ResourceComplianceSummaryItem{}})
	mocks.Reply(s, "", &ssm.ListDocumentsOutput{DocumentIdentifiers: []types.DocumentIdentifier{}})
	_, in := gather(s, everything...)
	for _, op := range everything {
		collecttest.Covered(t, in, op, in.Region, snapshot.OK)
	}
	s = mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: "ssm:*", Kind: mocks.Denied})
	_, in = gather(s, everything...)
	for op, want := range map[string]snapshot.Cause{listNodes: snapshot.Denied, listDocuments: snapshot.Denied, askPatches: snapshot.Skipped, askPermissions: snapshot.Skipped, askContent: snapshot.Skipped} {
		collecttest.Covered(t, in, op, in.Region, want)
	}
	s = mocks.Start(t, mocks.Options{})
	if _, in = gather(s); len(s.Requests()) != 0 || len(in.Calls.Coverage()) != 0 {
		t.Errorf("%d requests though no check reads anything", len(s.Requests()))
	}
}

func TestAnInstanceThatIsRegisteredTwice(t *testing.T) {
	at := snapshot.Meta{Location: collecttest.At}
	a := &snapshot.Account{}
	a.SSM.Nodes = []snapshot.ManagedNode{{Meta: at, ID: "i-1", Ping: "ConnectionLost"}, {Meta: at, ID: "mi-1", Source: "i-1", Ping: "Online"}, {Meta: at, ID: "mi-2", Source: "till"}, {Meta: at, ID: "i-2", Ping: "Inactive"}}
	var got []string
	for _, n := range snapshot.ManagedNodes.All(a) {
		got = append(got, snapshot.ManagedNodes.Key(n)+" by "+n.ID)
	}
	if !slices.Equal(got, []string{"i-1 by mi-1", "i-2 by i-2"}) {
		t.Errorf("%q", got)
	}
}
