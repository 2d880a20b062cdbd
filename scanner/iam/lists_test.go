package iam

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var listOps = []string{virtualOp, certificatesOp}

func devicesAnswer(s *mocks.Server) {
	mocks.Reply(s, "", &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: []types.VirtualMFADevice{
		{SerialNumber: aws.String(prefix + "mfa/spare")}, // made, and nobody's
		{SerialNumber: aws.String(prefix + "mfa/anna"), User: &types.User{Arn: aws.String(prefix + "user/anna")}, EnableDate: &before},
		{SerialNumber: aws.String(prefix + "mfa/root-account-mfa-device"), EnableDate: &before},
	}})
}

func TestVirtualDevicesAndCertificatesOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{virtualOp: 2, certificatesOp: 1}})
	devicesAnswer(s)
	mocks.Reply(s, "", &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{
		{Arn: aws.String(prefix + "server-certificate/a"), ServerCertificateName: aws.String("a"), Path: aws.String("/"), ServerCertificateId: aws.String("ASCA1"), Expiration: &after},
		{Arn: aws.String(prefix + "server-certificate/cloudfront/b"), ServerCertificateName: aws.String("b"), Path: aws.String("/cloudfront/"), ServerCertificateId: aws.String("ASCA2")},
	}})
	in := collecttest.Scope(listOps...)
	got := Collect(context.Background(), in, client(s), noWait)
	devices, err := got.VirtualMFADevices.Get()
	want := []snapshot.VirtualMFADevice{{SerialNumber: prefix + "mfa/anna", UserARN: prefix + "user/anna"}, {SerialNumber: prefix + "mfa/root-account-mfa-device"}}
	if diff := cmp.Diff(want, devices); err != nil || diff != "" {
		t.Errorf("devices: %v (-want +got)\n%s", err, diff)
	}
	if c := got.ServerCertificates; len(c) != 2 || !c[0].Expiration.Equal(after) || !c[1].Expiration.IsZero() || c[1].Path != "/cloudfront/" || c[1].ARN != prefix+"server-certificate/cloudfront/b" {
		t.Errorf("certificates %+v", c)
	}
	for _, op := range listOps {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestListsOfNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: []types.VirtualMFADevice{}})
	mocks.Reply(s, "", &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{}})
	s.Fault(mocks.Fault{Operation: virtualOp, Kind: mocks.Throttled, First: 2})
	in := collecttest.Scope(listOps...)
	got := Collect(context.Background(), in, client(s), noWait)
	if devices, err := got.VirtualMFADevices.Get(); err != nil || len(devices) != 0 || len(got.ServerCertificates) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, op := range listOps {
		collecttest.Covered(t, in, op, snapshot.Global, snapshot.OK)
	}
}

func TestListsDeniedOnPageTwo(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{virtualOp: 2}, Lenient: true})
	devicesAnswer(s)
	mocks.Reply(s, "", &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{}})
	s.Fault(mocks.Fault{Operation: virtualOp, Kind: mocks.Denied, FromPage: 2})
	s.Fault(mocks.Fault{Operation: certificatesOp, Kind: mocks.HTML})
	in := collecttest.Scope(listOps...)
	got := Collect(context.Background(), in, client(s), noWait)
	if devices, err := got.VirtualMFADevices.Get(); err == nil {
		t.Errorf("half a list of devices was taken for the whole: %+v", devices)
	}
	collecttest.Covered(t, in, virtualOp, snapshot.Global, snapshot.Denied)
	collecttest.Covered(t, in, certificatesOp, snapshot.Global, snapshot.Malformed)
}
