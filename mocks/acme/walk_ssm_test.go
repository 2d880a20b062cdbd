package acme_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// seenFleet is what Systems Manager tells in all Regions.
type seenFleet struct {
	nodes     []types.InstanceInformation
	missing   map[string]int32 // by instance id; not in it: never scanned
	summaries map[string]types.ComplianceStatus
	shared    map[string][]string
	contents  map[string]string
	sharing   []string // of each Region
}

func (f *seenFleet) read(t *testing.T, c *ssm.Client) {
	ctx := t.Context()
	if f.missing == nil {
		f.missing, f.summaries, f.shared, f.contents = map[string]int32{}, map[string]types.ComplianceStatus{}, map[string][]string{}, map[string]string{}
	}
	var ids []string
	for _, n := range must(c.DescribeInstanceInformation(ctx, nil))(t).InstanceInformationList {
		f.nodes, ids = append(f.nodes, n), append(ids, *n.InstanceId)
	}
	if len(ids) > 0 {
		for _, p := range must(c.DescribeInstancePatchStates(ctx, &ssm.DescribeInstancePatchStatesInput{InstanceIds: ids}))(t).InstancePatchStates {
			f.missing[*p.InstanceId] = p.MissingCount
		}
	}
	for _, s := range must(c.ListResourceComplianceSummaries(ctx, nil))(t).ResourceComplianceSummaryItems {
		f.summaries[*s.ComplianceType+" "+*s.ResourceId] = s.Status
	}
	setting := must(c.GetServiceSetting(ctx, &ssm.GetServiceSettingInput{SettingId: aws.String("/ssm/documents/console/public-sharing-permission")}))(t).ServiceSetting
	f.sharing = append(f.sharing, *setting.SettingValue)
	own := []types.DocumentKeyValuesFilter{{Key: aws.String("Owner"), Values: []string{"Self"}}}
	for _, d := range must(c.ListDocuments(ctx, &ssm.ListDocumentsInput{Filters: own}))(t).DocumentIdentifiers {
		f.shared[*d.Name] = must(c.DescribeDocumentPermission(ctx, &ssm.DescribeDocumentPermissionInput{Name: d.Name, PermissionType: types.DocumentPermissionTypeShare}))(t).AccountIds
		f.contents[*d.Name] = *must(c.GetDocument(ctx, &ssm.GetDocumentInput{Name: d.Name}))(t).Content
	}
}

func TestTheFleetIsAsPlanned(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	f := walk(t, s).fleet
	var online, patched, associated, private, clean, blocked count
	for _, n := range f.nodes {
		online.add(n.PingStatus == types.PingStatusOnline)
	}
	for _, value := range f.sharing {
		blocked.add(value == "Disable")
	}
	for _, n := range f.missing {
		patched.add(n == 0)
	}
	for name, status := range f.summaries {
		if strings.HasPrefix(name, "Association") {
			associated.add(status == types.ComplianceStatusCompliant)
		}
	}
	for name, accounts := range f.shared {
		private.add(!slices.Contains(accounts, "all"))
		clean.add(!strings.Contains(f.contents[name], " -p"))
	}
	for name, tt := range map[string]struct{ got, want count }{
		"online": {online, count{4, 1}}, "patched": {patched, count{2, 1}}, "associated": {associated, count{1, 1}}, "not public": {private, count{3, 1}}, "without a password": {clean, count{3, 1}}, "sharing blocked": {blocked, count{1, 16}},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt.want)
		}
	}
	_, err := ssm.NewFromConfig(s.Config(acme.Home)).GetDocument(t.Context(), &ssm.GetDocumentInput{Name: aws.String("none")})
	wantCode(t, err, "InvalidDocument")
}
