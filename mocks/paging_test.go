package mocks_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	ot "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"onus/mocks"
)

func volumes(n int) *ec2.DescribeVolumesOutput {
	out := &ec2.DescribeVolumesOutput{}
	for i := range n {
		out.Volumes = append(out.Volumes, et.Volume{VolumeId: aws.String(fmt.Sprintf("vol-%d", i))})
	}
	return out
}

// pages reads a list to its end and returns the sizes of its pages.
func pages(t *testing.T, client *ec2.Client, limit *int32) (sizes []int, ids []string) {
	t.Helper()
	list := ec2.NewDescribeVolumesPaginator(client, &ec2.DescribeVolumesInput{MaxResults: limit})
	for list.HasMorePages() {
		page, err := list.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Volumes))
		for _, v := range page.Volumes {
			ids = append(ids, *v.VolumeId)
		}
	}
	return sizes, ids
}

// TestPagesByLimit: the smaller of the request's limit and the server's decides, and
// the pages together are the list.
func TestPagesByLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		items  int
		server map[string]int
		limit  *int32
		want   []int
	}{
		{"one page", 5, nil, nil, []int{5}},
		{"an empty list", 0, nil, nil, []int{0}},
		{"the service's page", 1001, nil, nil, []int{1000, 1}},
		{"the request's limit", 5, nil, aws.Int32(2), []int{2, 2, 1}},
		{"exactly full", 4, nil, aws.Int32(2), []int{2, 2}},
		{"the server's limit", 5, map[string]int{"ec2:DescribeVolumes": 3}, aws.Int32(100), []int{3, 2}},
		{"no limit", 1001, map[string]int{"ec2:DescribeVolumes": 0}, nil, []int{1001}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{PageSize: tt.server})
			whole := volumes(tt.items)
			mocks.Reply(s, "", whole)
			for range 2 { // a script's output is never changed
				sizes, ids := pages(t, ec2.NewFromConfig(s.Config("eu-west-1")), tt.limit)
				if !slices.Equal(sizes, tt.want) {
					t.Errorf("pages of %v, want %v", sizes, tt.want)
				}
				for i, id := range ids {
					if id != *whole.Volumes[i].VolumeId {
						t.Errorf("item %d is %s, want %s", i, id, *whole.Volumes[i].VolumeId)
					}
				}
			}
		})
	}
}

// TestPagesOverSeveralLists: IAM cuts users, groups, roles and policies as one list.
func TestPagesOverSeveralLists(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	whole := &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []it.UserDetail{{UserName: aws.String("ana")}, {UserName: aws.String("ben")}},
		RoleDetailList: []it.RoleDetail{{RoleName: aws.String("audit")}, {RoleName: aws.String("build")}},
		Policies:       []it.ManagedPolicyDetail{{PolicyName: aws.String("all")}},
	}
	mocks.Reply(s, "", whole)
	list := iam.NewGetAccountAuthorizationDetailsPaginator(iam.NewFromConfig(s.Config("us-east-1")),
		&iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(3)})
	var got []string
	for list.HasMorePages() {
		page, err := list.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d users %d roles %d policies, more %v", len(page.UserDetailList), len(page.RoleDetailList), len(page.Policies), page.IsTruncated))
	}
	want := []string{"2 users 1 roles 0 policies, more true", "0 users 1 roles 1 policies, more false"}
	if !slices.Equal(got, want) {
		t.Errorf("pages %q, want %q", got, want)
	}
}

// TestEmptyListsAreSaidToBe: AWS sends the list's element or member even if nothing is in it.
func TestEmptyListsAreSaidToBe(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &ec2.DescribeVolumesOutput{})
	mocks.Reply(s, "", &rds.DescribeDBInstancesOutput{})
	mocks.Reply(s, "", &s3.ListBucketsOutput{})
	mocks.Reply(s, "", &organizations.ListPoliciesOutput{})
	volumes, err1 := ec2.NewFromConfig(s.Config("eu-west-1")).DescribeVolumes(t.Context(), nil)
	dbs, err2 := rds.NewFromConfig(s.Config("eu-west-1")).DescribeDBInstances(t.Context(), nil)
	buckets, err3 := s3.NewFromConfig(s.Config("eu-west-1")).ListBuckets(t.Context(), nil)
	policies, err4 := organizations.NewFromConfig(s.Config("us-east-1")).ListPolicies(t.Context(),
		&organizations.ListPoliciesInput{Filter: ot.PolicyTypeServiceControlPolicy})
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if volumes.Volumes == nil || dbs.DBInstances == nil || buckets.Buckets == nil || policies.Policies == nil {
		t.Errorf("a list was left out: %v %v %v %v", volumes.Volumes, dbs.DBInstances, buckets.Buckets, policies.Policies)
	}
}

// TestForeignTokensAreRefused: a token belongs to the question it was made for.
func TestForeignTokensAreRefused(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", volumes(5))
	client := ec2.NewFromConfig(s.Config("eu-west-1"))
	first, err := client.DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{MaxResults: aws.Int32(2)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{NextToken: first.NextToken, VolumeIds: []string{"vol-1"}})
	wantCode(t, err, "InvalidNextToken")
	_, err = client.DescribeVolumes(t.Context(), &ec2.DescribeVolumesInput{NextToken: aws.String("made up")})
	wantCode(t, err, "InvalidNextToken")
	_, err = rds.NewFromConfig(s.Config("eu-west-1")).DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{Marker: first.NextToken})
	wantCode(t, err, "InvalidParameterValue")
}

// TestRepeatedToken: from the second page on the same token comes for ever.
func TestRepeatedToken(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", volumes(5))
	s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", Kind: mocks.RepeatToken})
	client := ec2.NewFromConfig(s.Config("eu-west-1"))
	var tokens []string
	in := &ec2.DescribeVolumesInput{MaxResults: aws.Int32(2)}
	for range 4 {
		page, err := client.DescribeVolumes(t.Context(), in)
		if err != nil || page.NextToken == nil {
			t.Fatalf("%v, %v: want a page with a token", page, err)
		}
		tokens, in.NextToken = append(tokens, *page.NextToken), page.NextToken
	}
	if tokens[0] != tokens[1] || tokens[1] != tokens[2] || tokens[2] != tokens[3] {
		t.Errorf("tokens %q, want one and the same", tokens)
	}
}

// TestFaultFromPage: page one is answered and page two denied.
func TestFaultFromPage(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", volumes(5))
	s.Fault(mocks.Fault{Operation: "ec2:DescribeVolumes", FromPage: 2, Kind: mocks.Denied})
	list := ec2.NewDescribeVolumesPaginator(ec2.NewFromConfig(s.Config("eu-west-1")), &ec2.DescribeVolumesInput{MaxResults: aws.Int32(2)})
	if page, err := list.NextPage(t.Context()); err != nil || len(page.Volumes) != 2 {
		t.Fatalf("page one: %v, %v", page, err)
	}
	_, err := list.NextPage(t.Context())
	wantCode(t, err, "UnauthorizedOperation")
}
