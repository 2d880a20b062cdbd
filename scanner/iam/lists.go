package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const virtualOp, certificatesOp = "iam:ListVirtualMFADevices", "iam:ListServerCertificates"

// virtualDevices reads which virtual MFA devices are assigned, and to whom. A list that
// was not read to its end tells nothing of the devices that it does not hold.
func virtualDevices(ctx context.Context, in collect.Scope, api API) snapshot.Read[[]snapshot.VirtualMFADevice] {
	pages := &watched[*iam.ListVirtualMFADevicesOutput]{
		Pages: iam.NewListVirtualMFADevicesPaginator(api, &iam.ListVirtualMFADevicesInput{AssignmentStatus: types.AssignmentStatusTypeAssigned}),
		more:  func(p *iam.ListVirtualMFADevicesOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	var calls []snapshot.Call
	devices := collect.List(ctx, in, virtualOp, pages, func(at snapshot.Meta, page *iam.ListVirtualMFADevicesOutput) []snapshot.VirtualMFADevice {
		calls = append(calls, at.Calls...)
		return assigned(page.VirtualMFADevices)
	})
	if why := in.Unlisted(virtualOp); why != nil {
		return snapshot.Missing[[]snapshot.VirtualMFADevice](why, calls...)
	}
	return snapshot.Value(devices, calls...)
}

// assigned maps the devices that somebody uses: not every endpoint heeds the filter.
func assigned(list []types.VirtualMFADevice) (out []snapshot.VirtualMFADevice) {
	for _, d := range list {
		if d.User == nil && d.EnableDate == nil {
			continue
		}
		device := snapshot.VirtualMFADevice{SerialNumber: aws.ToString(d.SerialNumber)}
		if d.User != nil {
			device.UserARN = aws.ToString(d.User.Arn)
		}
		out = append(out, device)
	}
	return out
}

// serverCertificates reads the TLS certificates, those for CloudFront too.
func serverCertificates(ctx context.Context, in collect.Scope, api API) []snapshot.ServerCertificate {
	pages := &watched[*iam.ListServerCertificatesOutput]{
		Pages: iam.NewListServerCertificatesPaginator(api, &iam.ListServerCertificatesInput{}),
		more:  func(p *iam.ListServerCertificatesOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	return collect.List(ctx, in, certificatesOp, pages, func(at snapshot.Meta, page *iam.ListServerCertificatesOutput) (out []snapshot.ServerCertificate) {
		for _, c := range page.ServerCertificateMetadataList {
			at.ARN, at.Name = aws.ToString(c.Arn), aws.ToString(c.ServerCertificateName)
			certificate := snapshot.ServerCertificate{Meta: at, Path: aws.ToString(c.Path)}
			if c.Expiration != nil {
				certificate.Expiration = c.Expiration.UTC()
			}
			out = append(out, certificate)
		}
		return out
	})
}
