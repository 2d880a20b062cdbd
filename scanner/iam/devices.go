package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// devices tells of each user with a password which MFA devices it has. Two lists say
// nearly all: the report, who has any, and that of the virtual devices, whose some are
// virtual, which decides. Only users with devices of no virtual kind are asked about.
func devices(ctx context.Context, in collect.Scope, api API, virtual snapshot.Read[[]snapshot.VirtualMFADevice], found entities) {
	if !in.Wants(devicesOp) || !in.Wants(virtualOp) {
		return
	}
	listed, _ := virtual.Get() // without it, all are asked about
	of := map[string][]snapshot.MFADevice{}
	for _, d := range listed {
		of[d.UserARN] = append(of[d.UserARN], snapshot.MFADevice{SerialNumber: d.SerialNumber})
	}
	var ask []int
	for i := range found.users {
		u := &found.users[i]
		c, err := u.Console.Get()
		_, known := u.Devices.Get()
		switch {
		case err != nil:
			u.Devices = snapshot.Missing[[]snapshot.MFADevice](err, u.Console.Calls()...)
		case known == nil: // made after the report, and asked about already
		case !c.Password || !c.MFA:
			u.Devices = snapshot.Value[[]snapshot.MFADevice](nil, u.Console.Calls()...)
		case len(of[u.ARN]) > 0:
			u.Devices = snapshot.Value(of[u.ARN], virtual.Calls()...)
		default:
			ask = append(ask, i)
		}
	}
	in.Each(ctx, len(ask), func(i int) {
		u := &found.users[ask[i]]
		u.Devices = listDevices(ctx, in, api, u.Name).read()
	})
}

// deviceList is what was read of one user's devices, and why it is not all.
type deviceList struct {
	devices []snapshot.MFADevice
	calls   []snapshot.Call
	err     error
}

// read is all of them, or why not.
func (l deviceList) read() snapshot.Read[[]snapshot.MFADevice] {
	if l.err != nil {
		return snapshot.Missing[[]snapshot.MFADevice](l.err, l.calls...)
	}
	return snapshot.Value(l.devices, l.calls...)
}

// listDevices reads the devices that are enabled for a user: no other is in the list.
// Without a name the operation would answer for the caller.
func listDevices(ctx context.Context, in collect.Scope, api API, name string) (out deviceList) {
	pages := &watched[*iam.ListMFADevicesOutput]{
		Pages: iam.NewListMFADevicesPaginator(api, &iam.ListMFADevicesInput{UserName: &name}),
		more:  func(p *iam.ListMFADevicesOutput) (bool, *string) { return p.IsTruncated, p.Marker },
	}
	out.devices = collect.List(ctx, in, devicesOp, pages, func(at snapshot.Meta, page *iam.ListMFADevicesOutput) (list []snapshot.MFADevice) {
		out.calls = append(out.calls, at.Calls...)
		for _, d := range page.MFADevices {
			list = append(list, snapshot.MFADevice{SerialNumber: aws.ToString(d.SerialNumber)})
		}
		return list
	})
	switch {
	case pages.err != nil:
		out.err = collect.Why(devicesOp, in.Location, pages.err)
	case pages.HasMorePages(): // a token came twice
		out.err = &snapshot.Unread{Operation: devicesOp, At: in.Location, Cause: snapshot.Malformed, Message: "the list of devices does not end"}
	}
	return out
}
