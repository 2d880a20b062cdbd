package ssm

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

const getSetting = "ssm:GetServiceSetting"

func read(t *testing.T, s *mocks.Server, want snapshot.Cause) snapshot.ServiceSetting {
	t.Helper()
	in := collecttest.Scope(getSetting)
	got := settings(context.Background(), in, ssm.NewFromConfig(collecttest.Config(s, in.Region)), []string{"/ssm/a"})
	collecttest.Covered(t, in, getSetting, in.Region, want)
	if len(got) != 1 {
		t.Fatalf("%d settings", len(got))
	}
	return got[0]
}

func TestServiceSetting(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Handle(s, func(_ *mocks.Request, in *ssm.GetServiceSettingInput) (*ssm.GetServiceSettingOutput, error) {
		return &ssm.GetServiceSettingOutput{ServiceSetting: &types.ServiceSetting{SettingId: in.SettingId, SettingValue: aws.String("value of " + *in.SettingId), Status: aws.String("Customized")}}, nil
	})
	s.Fault(mocks.Fault{Operation: getSetting, Kind: mocks.Throttled, First: 1})
	got := read(t, s, snapshot.OK)
	value, err := got.Value.Get()
	if err != nil || value != (snapshot.SettingValue{Value: "value of /ssm/a", Status: "Customized"}) || len(got.Value.Calls()) != 1 {
		t.Errorf("%+v, %v", value, err)
	}
	if got.ARN != "arn:aws:ssm:eu-west-1:111122223333:servicesetting/ssm/a" || got.ID != "/ssm/a" || got.Region != "eu-west-1" {
		t.Errorf("setting %+v", got)
	}
}

func TestServiceSettingsThatAreNotRead(t *testing.T) {
	for code, want := range map[string]snapshot.Cause{"AccessDeniedException": snapshot.Denied, "ServiceSettingNotFound": snapshot.Failed, "UnknownOperationException": snapshot.Unsupported} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Refuse(s, "", getSetting, &mocks.Error{Status: http.StatusBadRequest, Code: code})
		if _, err := read(t, s, want).Value.Get(); err == nil {
			t.Errorf("%s was taken for a value", code)
		}
	}
	for _, answer := range []*types.ServiceSetting{nil, {SettingId: aws.String("/ssm/a")}} {
		s := mocks.Start(t, mocks.Options{})
		mocks.Reply(s, "", &ssm.GetServiceSettingOutput{ServiceSetting: answer})
		if _, err := read(t, s, snapshot.Malformed).Value.Get(); err == nil {
			t.Errorf("%+v was taken for a value", answer)
		}
	}
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	in := collecttest.Scope()
	got := Collect(context.Background(), in, ssm.NewFromConfig(collecttest.Config(s, in.Region)))
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
	if len(got.Settings) != len(settingIDs) {
		t.Errorf("settings %+v, want one for each id all the same", got.Settings)
	}
}
