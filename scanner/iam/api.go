// Package iam reads IAM: the account's summary and password policy, its users with how
// they sign in and their access keys, and the managed policies. It asks and maps; it
// leaves clients to scanner and judgement to checks.
//
// Most facts about users come from the credential report, one document for the whole
// account that AWS makes on demand and keeps for four hours: it is fetched, else started
// and waited for. The report lags behind the account, so it is joined with what is
// listed now: who was deleted since drops out, and who was made since is asked about
// alone. All calls are global.
package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// API is every IAM call that this collector makes. GenerateCredentialReport is the one
// that does not only read: it has AWS make the report that GetCredentialReport fetches.
type API interface {
	iam.GetAccountAuthorizationDetailsAPIClient
	iam.ListAccessKeysAPIClient
	iam.ListInstanceProfilesAPIClient
	iam.ListMFADevicesAPIClient
	iam.ListServerCertificatesAPIClient
	iam.ListVirtualMFADevicesAPIClient
	GetAccountSummary(context.Context, *iam.GetAccountSummaryInput, ...func(*iam.Options)) (*iam.GetAccountSummaryOutput, error)
	GetAccountPasswordPolicy(context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options)) (*iam.GetAccountPasswordPolicyOutput, error)
	GenerateCredentialReport(context.Context, *iam.GenerateCredentialReportInput, ...func(*iam.Options)) (*iam.GenerateCredentialReportOutput, error)
	GetCredentialReport(context.Context, *iam.GetCredentialReportInput, ...func(*iam.Options)) (*iam.GetCredentialReportOutput, error)
	GetLoginProfile(context.Context, *iam.GetLoginProfileInput, ...func(*iam.Options)) (*iam.GetLoginProfileOutput, error)
}
