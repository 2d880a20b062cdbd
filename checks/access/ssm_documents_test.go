package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func document(shared snapshot.Read[[]string], content snapshot.Read[snapshot.FreeText]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.SSM.Documents = []snapshot.SSMDocument{{Meta: checktest.Meta("d", "arn:aws:ssm:eu-west-1:111122223333:document/d"), Shared: shared, Content: content}}
	}
}

func TestDocumentNotPublic(t *testing.T) {
	shared := func(accounts ...string) func(*snapshot.Account) {
		return document(snapshot.Value(accounts), snapshot.Read[snapshot.FreeText]{})
	}
	checktest.Run(t, &DocumentNotPublic, []checktest.Case{
		{Name: "private", Set: shared(), Want: checks.PASS, Reason: "nobody"},
		{Name: "with accounts", Set: shared("999988887777"), Want: checks.PASS, Reason: "999988887777"},
		{Name: "all is a word among them", Set: shared("999988887777", "all"), Want: checks.FAIL, Reason: "anybody may read it"},
		{Name: "All", Set: shared("All"), Want: checks.FAIL, Reason: "all"},
		{Name: "denied", Set: document(snapshot.Missing[[]string](checktest.Unread("ssm:DescribeDocumentPermission", snapshot.Denied)), snapshot.Read[snapshot.FreeText]{}), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "the list denied", Set: checktest.Denied("ssm:ListDocuments"), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestDocumentWithoutSecrets(t *testing.T) {
	holds := func(text snapshot.FreeText) func(*snapshot.Account) {
		return document(snapshot.Read[[]string]{}, snapshot.Value(text))
	}
	token := snapshot.Detection{Rule: "github-pat", Line: 12, Masked: "ghp_", Entropy: 4.2}
	guess := snapshot.Detection{Rule: "generic-api-key", Line: 3, Entropy: 2}
	many := snapshot.FreeText{Length: 9}
	for range snapshot.MostDetections {
		many.Detections = append(many.Detections, guess)
	}
	ignore := func(list ...string) map[string]any { return map[string]any{"ignore_patterns": list} }
	checktest.Run(t, &DocumentWithoutSecrets, []checktest.Case{
		{Name: "nothing found", Set: holds(snapshot.FreeText{Length: 100}), Want: checks.PASS, Reason: "100 bytes"},
		{Name: "empty", Set: holds(snapshot.FreeText{}), Want: checks.PASS, Reason: "empty"},
		{Name: "a secret", Set: holds(snapshot.FreeText{Length: 9, Detections: []snapshot.Detection{token}}), Want: checks.FAIL, Reason: `github-pat in line 12 ("ghp_"…)`},
		{Name: "a guess counts too", Set: holds(snapshot.FreeText{Length: 9, Detections: []snapshot.Detection{guess}}), Want: checks.FAIL, Reason: "generic-api-key"},
		{Name: "ignored by its detector", Set: holds(snapshot.FreeText{Length: 9, Detections: []snapshot.Detection{guess}}), Parameters: ignore("^generic"), Want: checks.PASS, Reason: "1 detections"},
		{Name: "ignored by its beginning, and another is not", Set: holds(snapshot.FreeText{Length: 9, Detections: []snapshot.Detection{token, guess}}), Parameters: ignore("^ghp_"), Want: checks.FAIL, Reason: "generic-api-key"},
		{Name: "all ignored, and there may be more", Set: holds(many), Parameters: ignore("generic"), Want: checks.UNKNOWN, Reason: "there may be more"},
		{Name: "a part could not be read", Set: holds(snapshot.FreeText{Length: 9, Undecoded: "binary"}), Want: checks.UNKNOWN, Reason: "binary"},
		{Name: "a part could not be read, and a secret was found", Set: holds(snapshot.FreeText{Length: 9, Undecoded: "binary", Detections: []snapshot.Detection{token}}), Want: checks.FAIL, Reason: "github-pat"},
		{Name: "denied", Set: document(snapshot.Read[[]string]{}, snapshot.Missing[snapshot.FreeText](checktest.Unread("ssm:GetDocument", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "came without a marker", Set: document(snapshot.Read[[]string]{}, snapshot.Missing[snapshot.FreeText](checktest.Unread("ssm:GetDocument", snapshot.Malformed))), Want: checks.UNKNOWN, Reason: "malformed"},
	})
	if DocumentWithoutSecrets.Bounds("ignore_patterns", []string{"("}) == nil {
		t.Error("a pattern that is no regular expression was taken")
	}
}

func TestDocumentPublicSharingBlocked(t *testing.T) {
	setting := func(value snapshot.Read[snapshot.SettingValue]) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.EC2.Regions = []snapshot.RegionSettings{{Meta: snapshot.Meta{Location: checktest.At, Name: checktest.At.Region}}}
			a.SSM.Settings = []snapshot.ServiceSetting{
				{Meta: checktest.Meta("", "arn:host"), ID: snapshot.DefaultHostManagement, Value: snapshot.Value(snapshot.SettingValue{Value: "Disable"})},
				{Meta: checktest.Meta("", "arn:sharing"), ID: snapshot.DocumentSharing, Value: value},
			}
		}
	}
	is := func(value, status string) func(*snapshot.Account) {
		return setting(snapshot.Value(snapshot.SettingValue{Value: value, Status: status}))
	}
	unsaid := func(a *snapshot.Account) {
		is("", "")(a)
		a.SSM.Settings = nil
	}
	checktest.Run(t, &DocumentPublicSharingBlocked, []checktest.Case{
		{Name: "off", Set: is("Disable", "Customized"), Want: checks.PASS, Reason: "off"},
		{Name: "the default is on", Set: is("Enable", "Default"), Want: checks.FAIL, Reason: "Enable (Default)"},
		{Name: "another word", Set: is("Maybe", "Customized"), Want: checks.UNKNOWN, Reason: "Maybe"},
		{Name: "ServiceSettingNotFound", Set: setting(snapshot.Missing[snapshot.SettingValue](checktest.Unread("ssm:GetServiceSetting", snapshot.Failed))), Want: checks.UNKNOWN, Reason: "failed"},
		{Name: "nobody asked", Set: unsaid, Want: checks.UNKNOWN, Reason: "nobody asked"},
	})
}
