package ec2

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

var network = []string{listGroups, listInterfaces, listPrefixLists, readEntries}

// fromList is a group whose one rule refers to prefix lists.
func fromList(id string, lists ...string) types.SecurityGroup {
	p := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22)}
	for _, l := range lists {
		p.PrefixListIds = append(p.PrefixListIds, types.PrefixListId{PrefixListId: &l})
	}
	return types.SecurityGroup{GroupId: &id, GroupName: aws.String("name of " + id), OwnerId: aws.String("111122223333"), IpPermissions: []types.IpPermission{p}}
}

// carrier is an interface with groups.
func carrier(id string, groups ...string) types.NetworkInterface {
	n := types.NetworkInterface{NetworkInterfaceId: &id, OwnerId: aws.String("111122223333")}
	for _, g := range groups {
		n.Groups = append(n.Groups, types.GroupIdentifier{GroupId: &g})
	}
	return n
}

func TestGroupsAndTheirRules(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listGroups: 1}})
	shared := types.SecurityGroup{
		GroupId: aws.String("sg-2"), GroupName: aws.String("shared"), OwnerId: aws.String("444455556666"),
		SecurityGroupArn: aws.String("arn:aws:ec2:eu-west-1:444455556666:security-group/sg-2"),
		Tags:             []types.Tag{{Key: aws.String("Name"), Value: aws.String("theirs")}},
	}
	mixed := types.SecurityGroup{GroupId: aws.String("sg-1"), GroupName: aws.String("ours"), VpcId: aws.String("vpc-1"), OwnerId: aws.String("111122223333"), IpPermissions: []types.IpPermission{
		{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}, {}}, Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("::/0")}}},
		{IpProtocol: aws.String("icmp"), FromPort: aws.Int32(8), ToPort: aws.Int32(-1), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String("sg-2")}}},
	}}
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{mixed, shared}})
	got, in := read(s, listGroups)
	want := []snapshot.SecurityGroup{
		{ID: "sg-1", Group: "ours", Owner: "111122223333", VPC: "vpc-1", Ingress: []snapshot.Rule{
			{Protocol: "-1", CIDRs: []string{"0.0.0.0/0", "", "::/0"}},
			{Protocol: "icmp", FromPort: aws.Int32(8), ToPort: aws.Int32(-1), Groups: []string{"sg-2"}, Pairs: []snapshot.GroupPair{{Group: "sg-2"}}},
		}},
		{ID: "sg-2", Group: "shared", Owner: "444455556666"},
	}
	want[0].Meta = snapshot.Meta{Location: collecttest.At, Name: "ours", ARN: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"}
	want[1].Meta = snapshot.Meta{Location: collecttest.At, Name: "theirs", ARN: *shared.SecurityGroupArn, Tags: map[string]string{"Name": "theirs"}}
	for i := range got.Groups {
		got.Groups[i].Calls = nil
	}
	equal := cmpopts.IgnoreTypes(snapshot.Read[bool]{}, snapshot.Read[snapshot.StaleRules]{})
	if diff := cmp.Diff(want, got.Groups, equal); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, listGroups)
}

func TestPrefixListsThatRulesReferTo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{readEntries: 1, listPrefixLists: 2}})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1", "pl-own", "pl-shared"), fromList("sg-2", "pl-aws", "pl-gone")}})
	list := func(id, owner string) types.ManagedPrefixList {
		l := types.ManagedPrefixList{PrefixListId: &id, PrefixListName: aws.String("name of " + id), OwnerId: &owner, AddressFamily: aws.String("IPv4")}
		if owner != "111122223333" {
			l.PrefixListArn = aws.String("arn:aws:ec2:eu-west-1:" + owner + ":prefix-list/" + id)
		}
		return l
	}
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{PrefixLists: []types.ManagedPrefixList{
		list("pl-own", "111122223333"), list("pl-unused", "111122223333"), list("pl-shared", "444455556666"), list("pl-aws", "AWS"),
	}})
	mocks.Handle(s, func(_ *mocks.Request, in *ec2.GetManagedPrefixListEntriesInput) (*ec2.GetManagedPrefixListEntriesOutput, error) {
		switch *in.PrefixListId {
		case "pl-shared":
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "UnauthorizedOperation"}
		case "pl-aws":
			return &ec2.GetManagedPrefixListEntriesOutput{}, nil
		}
		return &ec2.GetManagedPrefixListEntriesOutput{Entries: []types.PrefixListEntry{{Cidr: aws.String("0.0.0.0/1")}, {Cidr: aws.String("128.0.0.0/1")}}}, nil
	})
	got, in := read(s, listGroups, listPrefixLists, readEntries)
	var lines []string
	for _, l := range got.PrefixLists {
		cidrs, err := l.Entries.Get()
		lines = append(lines, fmt.Sprint(l.ARN, " ", l.Name, " ", l.AddressFamily, " ", cidrs, " ", err == nil, " ", len(l.Entries.Calls())))
	}
	want := []string{
		"arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-own name of pl-own IPv4 [0.0.0.0/1 128.0.0.0/1] true 2",
		"arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-unused name of pl-unused IPv4 [] false 0",
		"arn:aws:ec2:eu-west-1:444455556666:prefix-list/pl-shared name of pl-shared IPv4 [] false 1",
		"arn:aws:ec2:eu-west-1:AWS:prefix-list/pl-aws name of pl-aws IPv4 [] true 1",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("prefix lists (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, listGroups, listPrefixLists)
	covered(t, in, snapshot.Denied, readEntries)
}

func TestHalfOfThePrefixListIsNone(t *testing.T) {
	for name, fault := range map[string]mocks.Fault{
		"denied on page two": {Kind: mocks.Denied, FromPage: 2},
		"an endless list":    {Kind: mocks.RepeatToken},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{PageSize: map[string]int{readEntries: 1}})
			mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1", "pl-1")}})
			mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{PrefixLists: []types.ManagedPrefixList{{PrefixListId: aws.String("pl-1")}}})
			mocks.Reply(s, "", &ec2.GetManagedPrefixListEntriesOutput{Entries: []types.PrefixListEntry{{Cidr: aws.String("10.0.0.0/8")}, {Cidr: aws.String("0.0.0.0/0")}, {Cidr: aws.String("192.0.2.0/24")}}})
			fault.Operation = readEntries
			s.Fault(fault)
			got, in := read(s, listGroups, listPrefixLists, readEntries)
			cidrs, err := got.PrefixLists[0].Entries.Get()
			var u *snapshot.Unread
			if !errors.As(err, &u) || cidrs != nil {
				t.Fatalf("entries: %v, %v", cidrs, err)
			}
			covered(t, in, u.Cause, readEntries)
			if want := map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed}[fault.Kind]; u.Cause != want {
				t.Errorf("cause %s, want %s", u.Cause, want)
			}
		})
	}
}

func TestListsThatTheAccountDoesNotSeeSettleTheEntries(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1", "pl-gone")}})
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{PrefixLists: []types.ManagedPrefixList{{PrefixListId: aws.String("pl-other")}}})
	got, in := read(s, listGroups, listPrefixLists, readEntries)
	if len(got.PrefixLists) != 1 || got.PrefixLists[0].ID != "pl-other" {
		t.Errorf("prefix lists: %+v", got.PrefixLists)
	}
	covered(t, in, snapshot.OK, readEntries)
}

func TestABrokenListOfGroupsSettlesNothing(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.Throttled: snapshot.Throttled} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listGroups: 1}})
		mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1"), fromList("sg-2", "pl-1")}})
		mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{PrefixLists: []types.ManagedPrefixList{{PrefixListId: aws.String("pl-1")}}})
		s.Fault(mocks.Fault{Operation: listGroups, Kind: kind, FromPage: 2})
		got, in := read(s, listGroups, listPrefixLists, readEntries)
		if len(got.Groups) != 1 {
			t.Errorf("groups: %+v", got.Groups)
		}
		covered(t, in, want, listGroups)
		covered(t, in, snapshot.OK, listPrefixLists)
		covered(t, in, snapshot.Skipped, readEntries)
	}
}

func TestABrokenListOfPrefixListsSettlesNoEntries(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1", "pl-1")}})
	s.Fault(mocks.Fault{Operation: listPrefixLists, Kind: mocks.Denied})
	_, in := read(s, listGroups, listPrefixLists, readEntries)
	covered(t, in, snapshot.Denied, listPrefixLists)
	covered(t, in, snapshot.Skipped, readEntries)
}

// One book holds all Regions: what was read in one says nothing of another.
func TestAnotherRegionSettlesNothingHere(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1")}})
	first := collecttest.Scope(network...)
	second := first.In("eu-central-1")
	for _, op := range network {
		second.Calls.Plan(op, second.Location)
	}
	s.Fault(mocks.Fault{Operation: listInterfaces, Region: second.Region, Kind: mocks.Denied})
	s.Fault(mocks.Fault{Operation: listGroups, Region: second.Region, Kind: mocks.Denied})
	mocks.Reply(s, "", &ec2.DescribeNetworkInterfacesOutput{})
	mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{})
	Collect(context.Background(), first, client(s, &wire.Memory{}))
	Collect(context.Background(), second, ec2.NewFromConfig(collecttest.Config(s, second.Region)))
	covered(t, first, snapshot.OK, network...)
	collecttest.Covered(t, second, readEntries, second.Region, snapshot.Skipped)
	collecttest.Covered(t, second, listGroups, second.Region, snapshot.Denied)
}

func TestOnlyWantedOperationsAreSettled(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{})
	mocks.Reply(s, "", &ec2.DescribeInstancesOutput{})
	_, in := read(s, listGroups, listInstances)
	if lines := in.Calls.Coverage(); len(lines) != 2 {
		t.Errorf("coverage %+v, want the two lists", lines)
	}
}

func TestWhoCarriesAGroup(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault mocks.Kind
		want  []string
	}{
		{"the whole list", 0, []string{"sg-1 true 1", "sg-2 true 1", "sg-3 false 2"}},
		{"one page of two", mocks.Denied, []string{"sg-1 true 1", "sg-2 denied 1", "sg-3 denied 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listInterfaces: 1}})
			mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1"), fromList("sg-2"), fromList("sg-3")}})
			mocks.Reply(s, "", &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: []types.NetworkInterface{carrier("eni-1", "sg-1"), carrier("eni-2", "sg-1", "sg-2")}})
			mocks.Reply(s, "", &ec2.DescribeManagedPrefixListsOutput{})
			if tt.fault != 0 {
				s.Fault(mocks.Fault{Operation: listInterfaces, Kind: tt.fault, FromPage: 2})
			}
			got, _ := read(s, network...)
			var lines []string
			for _, g := range got.Groups {
				v, err := g.Attached.Get()
				state := fmt.Sprint(v)
				var u *snapshot.Unread
				if errors.As(err, &u) {
					state = string(u.Cause)
				}
				lines = append(lines, fmt.Sprint(g.ID, " ", state, " ", len(g.Attached.Calls())))
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("attached (-want +got):\n%s", diff)
			}
			if arn := got.Interfaces[0].ARN; arn != "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1" {
				t.Errorf("interface %s", arn)
			}
		})
	}
}

// In a shared subnet an interface can belong to another account.
func TestTheInterfaceOfAnotherAccount(t *testing.T) {
	n := carrier("eni-1")
	n.OwnerId = aws.String("444455556666")
	got := networkInterface(snapshot.Meta{Location: collecttest.At}, n)
	if want := "arn:aws:ec2:eu-west-1:444455556666:network-interface/eni-1"; got.ARN != want {
		t.Errorf("ARN %s, want %s", got.ARN, want)
	}
}

func TestInterfacesThatNobodyWantsLeaveAttachmentUnread(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeSecurityGroupsOutput{SecurityGroups: []types.SecurityGroup{fromList("sg-1")}})
	got, _ := read(s, listGroups)
	if v, err := got.Groups[0].Attached.Get(); err == nil {
		t.Errorf("attached: %v", v)
	}
}

func TestACancelledScanReadsNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := collecttest.Scope(everything...)
	got := Collect(ctx, in, client(s, &wire.Memory{}))
	if len(got.Regions) != 1 || len(s.Requests()) != 0 {
		t.Errorf("settings %+v in %d requests", got.Regions, len(s.Requests()))
	}
	// These are about what the others did not list.
	dependent := []string{"ec2:DescribeInstanceAttribute", readEntries}
	for _, op := range everything {
		want := snapshot.Cancelled
		if slices.Contains(dependent, op) {
			want = snapshot.Skipped
		}
		covered(t, in, want, op)
	}
}
