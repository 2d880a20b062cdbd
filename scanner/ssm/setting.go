package ssm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// settingsAPI is the call about service settings.
type settingsAPI interface {
	GetServiceSetting(context.Context, *ssm.GetServiceSettingInput, ...func(*ssm.Options)) (*ssm.GetServiceSettingOutput, error)
}

// settingIDs are the service settings that checks rest on.
var settingIDs = []string{snapshot.DefaultHostManagement, snapshot.DocumentSharing}

// settings reads the service settings, each by a call of its own.
func settings(ctx context.Context, in collect.Scope, api settingsAPI, ids []string) []snapshot.ServiceSetting {
	out := make([]snapshot.ServiceSetting, len(ids))
	in.Each(ctx, len(ids), func(i int) { out[i].Value = setting(ctx, in, api, ids[i]) })
	for i, id := range ids {
		out[i].Meta, out[i].ID = snapshot.Meta{Location: in.Location, Name: id}, id
		// Source: Service Authorization Reference, "Resource types defined by AWS Systems Manager".
		out[i].ARN = "arn:" + in.Partition + ":ssm:" + in.Region + ":" + in.Account + ":servicesetting" + id
	}
	return out
}

// setting reads one service setting. One that was never set has AWS's default as its value.
func setting(ctx context.Context, in collect.Scope, api settingsAPI, id string) snapshot.Read[snapshot.SettingValue] {
	return collect.Ask(ctx, in, "ssm:GetServiceSetting", func(ctx context.Context) (snapshot.SettingValue, error) {
		out, err := api.GetServiceSetting(ctx, &ssm.GetServiceSettingInput{SettingId: &id})
		if err != nil {
			return snapshot.SettingValue{}, err
		}
		s := out.ServiceSetting
		if s == nil || s.SettingValue == nil {
			return snapshot.SettingValue{}, &wire.MalformedError{What: "the answer lacks SettingValue"}
		}
		return snapshot.SettingValue{Value: *s.SettingValue, Status: aws.ToString(s.Status)}, nil
	})
}
