package acme

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/mocks"
)

// columns of the credential report, in its order. Source: IAM User Guide, "Generate
// credential reports for your AWS account", "Understanding the report format".
const columns = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed," +
	"password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date," +
	"access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated," +
	"access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active," +
	"cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info"

const none = "N/A"

// reported is when AWS made the report: after AsOf, because the scan that asks for
// it began then.
var reported = AsOf.Add(20 * time.Second)

// when writes a time as the report does, with the offset spelled out.
func when(t *time.Time, otherwise string) string {
	if t == nil {
		return otherwise
	}
	return t.UTC().Format("2006-01-02T15:04:05+00:00")
}

// report is the credential report as CSV.
func (e *estate) report() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{strings.Split(columns, ","), root()}
	for i := range e.users {
		if !e.users[i].late {
			rows = append(rows, e.users[i].row())
		}
	}
	err := w.WriteAll(rows) // flushes
	return b.Bytes(), err
}

// root is the root user's row: with a password, without MFA and without keys.
func root() []string {
	return []string{"<root_account>", iamARN("root"), when(ago(1500*day), ""), "not_supported", when(ago(95*day), ""), "not_supported",
		"not_supported", "false", "false", none, none, none, none, "false", none, none, none, none, "false", none, "false", none, none}
}

func (u *user) row() []string {
	row := []string{u.name, u.arn(), when(u.created, "")}
	if u.password == nil {
		row = append(row, "false", none, none, none)
	} else {
		row = append(row, "true", when(u.signedIn, "no_information"), when(u.password, ""), none)
	}
	row = append(row, strconv.FormatBool(u.mfa))
	for i := range 2 {
		row = append(row, u.keyColumns(i)...)
	}
	return append(row, "false", none, "false", none, none)
}

func (u *user) keyColumns(i int) []string {
	if i >= len(u.keys) || u.keys[i].late {
		return []string{"false", none, none, none, none}
	}
	k := u.keys[i]
	out := []string{strconv.FormatBool(k.active), when(k.created, ""), when(k.used, none)}
	if k.used == nil {
		return append(out, none, none)
	}
	return append(out, Home, k.service)
}

// serveReport makes the report in three steps: the first request starts it, the second
// finds it under way, the third finds it complete.
func (e *estate) serveReport(s *mocks.Server) {
	var asked atomic.Int32
	mocks.Handle(s, func(*mocks.Request, *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
		switch asked.Add(1) {
		case 1:
			return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeStarted, Description: aws.String("No report exists. Starting a new report generation task")}, nil
		case 2:
			return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeInprogress}, nil
		}
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
	})
	mocks.Handle(s, func(*mocks.Request, *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
		if asked.Load() == 0 {
			return nil, &mocks.Error{Code: "ReportNotPresent", Message: "No report exists."}
		}
		if asked.Add(1) == 2 {
			return nil, &mocks.Error{Code: "ReportInProgress", Message: "The report is being generated."}
		}
		content, err := e.report()
		if err != nil {
			return nil, err
		}
		return &iam.GetCredentialReportOutput{Content: content, GeneratedTime: &reported, ReportFormat: types.ReportFormatTypeTextCsv}, nil
	})
}
