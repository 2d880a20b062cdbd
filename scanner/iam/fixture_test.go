package iam

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

var everything = []string{
	"iam:GetAccountSummary", "iam:GetAccountPasswordPolicy", "iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport",
	"iam:GetCredentialReport", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys",
}

const prefix = "arn:aws:iam::111122223333:"

var (
	generated = time.Date(2026, 11, 1, 11, 0, 0, 0, time.UTC)
	before    = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	after     = generated.Add(time.Minute)
	gone      = &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchEntity"}
)

const header = "arn,user,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active,access_key_2_active,access_key_2_last_rotated,access_key_1_active,access_key_1_last_rotated,cert_1_active,cert_2_active,access_key_1_last_used_date,access_key_2_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_last_used_region,access_key_2_last_used_service\n"

// line is one row of the report under header: who, password, MFA, and the keys 1 and 2.
func line(user, password, mfa string, keys ...string) string {
	for len(keys) < 4 {
		keys = append(keys, "false", "N/A")
	}
	arn := prefix + "user/" + user
	if user == snapshot.Root {
		arn = prefix + "root"
	}
	return strings.Join([]string{arn, user, "2026-03-04T05:06:07+00:00", password, "no_information", "not_supported", mfa, keys[2], keys[3], keys[0], keys[1], "false", "false", "N/A", "N/A", "N/A", "N/A", "N/A", "N/A"}, ",") + "\n"
}

var rootLine = line(snapshot.Root, "not_supported", "true", "false", "2020-01-02T03:04:05+00:00")

func reply(s *mocks.Server, lines ...string) {
	mocks.Reply(s, "", &iam.GetCredentialReportOutput{Content: []byte(header + rootLine + strings.Join(lines, "")), GeneratedTime: &generated, ReportFormat: types.ReportFormatTypeTextCsv})
}

func named(name string, created time.Time) types.UserDetail {
	return types.UserDetail{Arn: aws.String(prefix + "user/" + name), UserName: &name, UserId: aws.String("AIDA" + name), CreateDate: &created}
}

func users(s *mocks.Server, list ...types.UserDetail) {
	mocks.Reply(s, "", &iam.GetAccountAuthorizationDetailsOutput{UserDetailList: list})
}

// account answers what has nothing to do with users.
func account(s *mocks.Server) {
	mocks.Reply(s, "", &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{"AccountMFAEnabled": 1}})
	mocks.Reply(s, "", &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: &types.PasswordPolicy{MinimumPasswordLength: aws.Int32(14)}})
}

func client(s *mocks.Server) API { return iam.NewFromConfig(collecttest.Config(s, "eu-west-1")) }

func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }
