package s3

import (
	"context"
	"net/http"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

const listPoints, getPoint = "s3control:ListAccessPoints", "s3control:GetAccessPoint"

// points answers with one access point on each page.
func points(s *mocks.Server, list ...types.AccessPoint) {
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.ListAccessPointsInput) (*s3control.ListAccessPointsOutput, error) {
		at, _ := strconv.Atoi(aws.ToString(in.NextToken))
		out := &s3control.ListAccessPointsOutput{AccessPointList: []types.AccessPoint{}}
		if at < len(list) {
			out.AccessPointList = list[at : at+1]
		}
		if at+1 < len(list) {
			out.NextToken = aws.String(strconv.Itoa(at + 1))
		}
		return out, nil
	})
}

func TestAccessPointsOnTwoPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	points(s,
		types.AccessPoint{Name: aws.String("old"), Bucket: aws.String("b"), NetworkOrigin: types.NetworkOriginInternet},
		types.AccessPoint{Name: aws.String("new"), Bucket: aws.String("theirs"), BucketAccountId: aws.String("444455556666"), NetworkOrigin: types.NetworkOriginVpc,
			AccessPointArn: aws.String("arn:aws:s3:eu-west-1:111122223333:accesspoint/new"), VpcConfiguration: &types.VpcConfiguration{VpcId: aws.String("vpc-1")}})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.GetAccessPointInput) (*s3control.GetAccessPointOutput, error) {
		if *in.Name == "old" {
			return &s3control.GetAccessPointOutput{Name: in.Name}, nil // without a block
		}
		return &s3control.GetAccessPointOutput{Name: in.Name, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{RestrictPublicBuckets: aws.Bool(true)}}, nil
	})
	in := collecttest.Scope(listPoints, getPoint)
	got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{}).AccessPoints
	if len(got) != 2 {
		t.Fatalf("access points: %+v", got)
	}
	if got[0].ARN != "arn:aws:s3:eu-west-1:111122223333:accesspoint/old" || got[1].BucketAccount != "444455556666" || got[1].VPC != "vpc-1" || got[1].NetworkOrigin != "VPC" {
		t.Errorf("%+v", got)
	}
	for i, want := range []snapshot.PublicAccessBlock{{}, {RestrictPublicBuckets: true}} {
		block, err := got[i].PublicAccess.Get()
		if diff := cmp.Diff(want, block); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", got[i].Name, err, diff)
		}
	}
	collecttest.Covered(t, in, listPoints, "eu-west-1", snapshot.OK)
	collecttest.Covered(t, in, getPoint, "eu-west-1", snapshot.OK)
}

func TestAccessPointsDeniedOnPageTwo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *s3control.ListAccessPointsInput) (*s3control.ListAccessPointsOutput, error) {
		if in.NextToken != nil {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return &s3control.ListAccessPointsOutput{NextToken: aws.String("2"),
			AccessPointList: []types.AccessPoint{{Name: aws.String("p"), Bucket: aws.String("b"), NetworkOrigin: types.NetworkOriginInternet}}}, nil
	})
	mocks.Refuse(s, "", getPoint, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"})
	in := collecttest.Scope(listPoints, getPoint)
	got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{}).AccessPoints
	if len(got) != 1 {
		t.Fatalf("access points: %+v", got)
	}
	if _, err := got[0].PublicAccess.Get(); err == nil {
		t.Error("a refused block is not read")
	}
	collecttest.Covered(t, in, listPoints, "eu-west-1", snapshot.Denied)
	collecttest.Covered(t, in, getPoint, "eu-west-1", snapshot.Denied)
}

func TestNoAccessPoints(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	points(s)
	in := collecttest.Scope(listPoints, getPoint)
	if got := Collect(context.Background(), in, []string{"eu-west-1"}, clients(s), Options{}).AccessPoints; len(got) != 0 {
		t.Errorf("access points: %+v", got)
	}
	collecttest.Covered(t, in, getPoint, "eu-west-1", snapshot.OK) // nothing to ask
}
