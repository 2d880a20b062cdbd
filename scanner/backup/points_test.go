package backup

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

const (
	orders  = "arn:aws:rds:eu-west-1:111122223333:db:orders"
	invoice = "arn:aws:s3:::acme-invoices"
)

func pointAt(name, of string, set func(*types.RecoveryPointByBackupVault)) types.RecoveryPointByBackupVault {
	p := types.RecoveryPointByBackupVault{RecoveryPointArn: arn("recovery-point:" + name), ResourceArn: &of, ResourceType: aws.String("RDS"), Status: types.RecoveryPointStatusCompleted,
		BackupVaultName: aws.String("a"), CreationDate: daysAgo(1), IsEncrypted: true, EncryptionKeyArn: aws.String("key"), CreatedBy: &types.RecoveryPointCreator{BackupPlanId: aws.String("plan")},
		Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(35)}, CalculatedLifecycle: &types.CalculatedLifecycle{DeleteAt: daysAgo(-34)}}
	if set != nil {
		set(&p)
	}
	return p
}

func TestRecoveryPoints(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listPoints: 1}})
	listed(s, vaultOf("a", nil), vaultOf("b", nil), vaultOf("theirs", func(v *types.BackupVaultListMember) {
		v.BackupVaultArn = aws.String("arn:aws:backup:eu-west-1:444455556666:backup-vault:theirs")
	}))
	mocks.Handle(s, func(_ *mocks.Request, in *backup.ListRecoveryPointsByBackupVaultInput) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
		if *in.BackupVaultName == "b" {
			return &backup.ListRecoveryPointsByBackupVaultOutput{}, nil
		}
		return &backup.ListRecoveryPointsByBackupVaultOutput{RecoveryPoints: []types.RecoveryPointByBackupVault{
			pointAt("1", orders, nil), pointAt("2", orders, func(p *types.RecoveryPointByBackupVault) {
				p.IsEncrypted, p.EncryptionKeyArn, p.Lifecycle, p.CalculatedLifecycle, p.CreatedBy, p.IsParent = false, nil, nil, nil, nil, true
			})}}, nil
	})
	got, in := gather(s, listVaults, listPoints)
	if len(got.Points) != 2 {
		t.Fatalf("points %+v", got.Points)
	}
	p, q := got.Points[0], got.Points[1]
	encrypted, err := p.Encrypted.Get()
	kept, _ := p.Kept.Get()
	if p.ARN != *arn("recovery-point:1") || p.Vault != "a" || p.Resource != orders || !p.Usable() || p.Continuous() || kept.Plan != "plan" || p.KeyARN != "key" || !encrypted || err != nil ||
		*kept.Lifecycle.DeleteAfterDays != 35 || kept.DeleteAt.IsZero() || len(p.Calls) != 1 {
		t.Errorf("point %+v, encrypted %v (%v), kept %+v", p, encrypted, err, kept)
	}
	encrypted, err = q.Encrypted.Get()
	kept, _ = q.Kept.Get()
	if encrypted || err != nil || kept.Lifecycle != nil || !kept.DeleteAt.IsZero() || kept.Plan != "" || !q.Parent {
		t.Errorf("point %+v, encrypted %v (%v), kept %+v", q, encrypted, err, kept)
	}
	covered(t, in, snapshot.OK, listVaults, listPoints)
}

// A vault's policy may deny its list: the other vaults are read all the same.
func TestOneVaultsListIsDenied(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	listed(s, vaultOf("a", nil), vaultOf("b", nil))
	mocks.Handle(s, func(_ *mocks.Request, in *backup.ListRecoveryPointsByBackupVaultInput) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
		if *in.BackupVaultName == "b" {
			return nil, &mocks.Error{Status: http.StatusForbidden, Code: "AccessDeniedException"}
		}
		return &backup.ListRecoveryPointsByBackupVaultOutput{RecoveryPoints: []types.RecoveryPointByBackupVault{pointAt("1", orders, nil)}}, nil
	})
	got, in := gather(s, listVaults, listPoints)
	if len(got.Points) != 1 {
		t.Errorf("points %+v", got.Points)
	}
	covered(t, in, snapshot.Denied, listPoints)
}

// look gives an answer to the middleware that finds what the SDK hides.
func look(t *testing.T, body string) *stated {
	t.Helper()
	s := &stated{encrypted: map[string]bool{}}
	next := middleware.DeserializeHandlerFunc(func(context.Context, middleware.DeserializeInput) (middleware.DeserializeOutput, middleware.Metadata, error) {
		return middleware.DeserializeOutput{RawResponse: &smithyhttp.Response{Response: &http.Response{Body: io.NopCloser(strings.NewReader(body))}}}, middleware.Metadata{}, nil
	})
	out, _, err := s.look(t.Context(), middleware.DeserializeInput{}, next)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := io.ReadAll(out.RawResponse.(*smithyhttp.Response).Body); err != nil || string(again) != body {
		t.Errorf("the SDK would read %q, %v", again, err)
	}
	return s
}

func TestAnAnswerWithoutIsEncryptedIsNotFalse(t *testing.T) {
	body, err := json.Marshal(map[string]any{"RecoveryPoints": []map[string]any{{"RecoveryPointArn": "yes", "IsEncrypted": true}, {"RecoveryPointArn": "no", "IsEncrypted": false}, {"RecoveryPointArn": "silent"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := look(t, string(body))
	if diff := cmp.Diff(map[string]bool{"yes": true, "no": true, "silent": false}, s.encrypted); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := look(t, "<html>"); len(s.encrypted) != 0 {
		t.Errorf("a page says %v", s.encrypted)
	}
	p := point(snapshot.Meta{Location: collecttest.At}, types.RecoveryPointByBackupVault{RecoveryPointArn: aws.String("silent")}, s.encrypted["silent"])
	if _, err := p.Encrypted.Get(); err == nil || !strings.Contains(err.Error(), "lacks IsEncrypted") {
		t.Errorf("got %v", err)
	}
}

func TestProtectedResourcesGetTheirPointsFromTheVaults(t *testing.T) {
	ops := []string{listVaults, listPoints, listProtected, pointsOf, readPoint, restoresOf}
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listProtected: 1}})
	listed(s, vaultOf("a", nil))
	mocks.Reply(s, "", &backup.ListRecoveryPointsByBackupVaultOutput{RecoveryPoints: []types.RecoveryPointByBackupVault{pointAt("1", orders, nil)}})
	mocks.Reply(s, "", &backup.ListProtectedResourcesOutput{Results: []types.ProtectedResource{
		{ResourceArn: aws.String(orders), ResourceType: aws.String("RDS"), LastBackupTime: daysAgo(1)},
		{ResourceArn: aws.String("arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"), ResourceType: aws.String("EFS")},
		{ResourceArn: aws.String(invoice), ResourceType: aws.String("S3")}}})
	mocks.Reply(s, "", &backup.ListRestoreJobsByProtectedResourceOutput{RestoreJobs: []types.RestoreJobsListMember{{RestoreJobId: aws.String("r1"), Status: types.RestoreJobStatusCompleted, ValidationStatus: types.RestoreValidationStatusSuccessful,
		CompletionDate: daysAgo(3), CreatedBy: &types.RestoreJobCreator{RestoreTestingPlanArn: aws.String("test")}}}})
	got, in := gather(s, ops...)
	if len(got.Protected) != 2 {
		t.Fatalf("protected %+v", got.Protected)
	}
	db, bucket := got.Protected[0], got.Protected[1]
	points, err := db.Points.Get()
	restores, err2 := db.Restores.Get()
	if err != nil || err2 != nil || len(points) != 1 || points[0].ARN != *arn("recovery-point:1") || len(db.Points.Calls()) != 1 {
		t.Errorf("points %+v from %v, %v; %v", points, db.Points.Calls(), err, err2)
	}
	if len(restores) != 1 || restores[0].Resource != orders || restores[0].Status != "COMPLETED" || restores[0].Validation != "SUCCESSFUL" || restores[0].Test != "test" || restores[0].Ended.IsZero() {
		t.Errorf("restores %+v", restores)
	}
	points, err = bucket.Points.Get()
	if _, rerr := bucket.Restores.Get(); err != nil || len(points) != 0 || rerr == nil {
		t.Errorf("the bucket: %+v, %v; restores %v", points, err, rerr)
	}
	covered(t, in, snapshot.OK, ops...)
}

func TestProtectedResourcesAreAskedAboutWhereAVaultIsDenied(t *testing.T) {
	ops := []string{listVaults, listPoints, listProtected, pointsOf, readPoint}
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{pointsOf: 2}})
	listed(s, vaultOf("a", nil))
	s.Fault(mocks.Fault{Operation: listPoints, Kind: mocks.Denied})
	mocks.Reply(s, "", &backup.ListProtectedResourcesOutput{Results: []types.ProtectedResource{{ResourceArn: aws.String(invoice), ResourceType: aws.String("S3")}}})
	mocks.Reply(s, "", &backup.ListRecoveryPointsByResourceOutput{RecoveryPoints: []types.RecoveryPointByResource{
		{RecoveryPointArn: aws.String("old"), BackupVaultName: aws.String("a"), Status: types.RecoveryPointStatusCompleted, CreationDate: daysAgo(9)},
		{RecoveryPointArn: aws.String("newest"), BackupVaultName: aws.String("a"), Status: types.RecoveryPointStatusExpired, CreationDate: daysAgo(1)},
		{RecoveryPointArn: aws.String("new"), BackupVaultName: aws.String("a"), Status: types.RecoveryPointStatusAvailable, CreationDate: daysAgo(2)}}})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.DescribeRecoveryPointInput) (*backup.DescribeRecoveryPointOutput, error) {
		if *in.RecoveryPointArn != "new" {
			return nil, &mocks.Error{Code: "ResourceNotFoundException"}
		}
		return &backup.DescribeRecoveryPointOutput{RecoveryPointArn: in.RecoveryPointArn, CreatedBy: &types.RecoveryPointCreator{BackupPlanId: aws.String("plan")}, CalculatedLifecycle: &types.CalculatedLifecycle{DeleteAt: daysAgo(-30)}}, nil
	})
	got, in := gather(s, ops...)
	points, err := got.Protected[0].Points.Get()
	if err != nil || len(points) != 3 || points[2].Resource != invoice || len(got.Protected[0].Points.Calls()) != 2 {
		t.Fatalf("points %+v, %v", points, err)
	}
	if kept, err := points[2].Kept.Get(); err != nil || kept.Plan != "plan" || kept.DeleteAt.IsZero() {
		t.Errorf("kept %+v, %v", kept, err)
	}
	if _, err := points[0].Kept.Get(); err == nil {
		t.Error("nobody asked how long the old point is kept")
	}
	if _, err := points[2].Encrypted.Get(); err == nil {
		t.Error("this list does not say whether a point is encrypted")
	}
	covered(t, in, snapshot.OK, listProtected, pointsOf, readPoint)
}

func TestNoProtectedResources(t *testing.T) {
	ops := []string{listProtected, pointsOf, readPoint, restoresOf}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &backup.ListProtectedResourcesOutput{})
	_, in := gather(s, ops...)
	covered(t, in, snapshot.OK, ops...)
}

func TestJobsAndReports(t *testing.T) {
	const jobs, copies, restored, reports = "backup:ListBackupJobs", "backup:ListCopyJobs", "backup:ListRestoreJobs", "backup:ListReportPlans"
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{jobs: 1, copies: 1, restored: 1, reports: 1}})
	by := &types.RecoveryPointCreator{BackupPlanId: aws.String("plan")}
	mocks.Reply(s, "", &backup.ListBackupJobsOutput{BackupJobs: []types.BackupJob{
		{BackupJobId: aws.String("j1"), ResourceArn: aws.String(orders), ResourceType: aws.String("RDS"), State: types.BackupJobStateFailed, MessageCategory: aws.String("AccessDenied"), CreatedBy: by, CreationDate: daysAgo(2), CompletionDate: daysAgo(1), ParentJobId: aws.String("j0")},
		{BackupJobId: aws.String("j2")}}})
	mocks.Reply(s, "", &backup.ListCopyJobsOutput{CopyJobs: []types.CopyJob{
		{CopyJobId: aws.String("c1"), SourceBackupVaultArn: aws.String("from"), DestinationBackupVaultArn: aws.String("to"), State: types.CopyJobStateCompleted, CreatedBy: by, CreationDate: daysAgo(2), CompletionDate: daysAgo(1)},
		{CopyJobId: aws.String("c2")}}})
	mocks.Reply(s, "", &backup.ListRestoreJobsOutput{RestoreJobs: []types.RestoreJobsListMember{{RestoreJobId: aws.String("r1"), SourceResourceArn: aws.String(orders), Status: types.RestoreJobStatusCompleted}, {RestoreJobId: aws.String("r2")}}})
	mocks.Reply(s, "", &backup.ListReportPlansOutput{ReportPlans: []types.ReportPlan{
		{ReportPlanArn: arn("report-plan:jobs"), ReportPlanName: aws.String("jobs"), DeploymentStatus: aws.String("COMPLETED"), LastAttemptedExecutionTime: daysAgo(1), ReportSetting: &types.ReportSetting{ReportTemplate: aws.String("BACKUP_JOB_REPORT"), Regions: []string{"*"}}},
		{ReportPlanArn: arn("report-plan:bare")}}})
	got, in := gather(s, jobs, copies, restored, reports)
	if len(got.Jobs) != 2 || len(got.CopyJobs) != 2 || len(got.RestoreJobs) != 2 || len(got.ReportPlans) != 2 {
		t.Fatalf("%+v", got)
	}
	if j := got.Jobs[0]; j.ID != "j1" || j.Resource != orders || j.Type != "RDS" || j.State != "FAILED" || j.Message != "AccessDenied" || j.Plan != "plan" || j.Parent != "j0" || !j.Ended.After(j.Created) {
		t.Errorf("job %+v", j)
	}
	if c := got.CopyJobs[0]; c.ID != "c1" || c.Source != "from" || c.Destination != "to" || c.State != "COMPLETED" || c.Plan != "plan" {
		t.Errorf("copy %+v", c)
	}
	if r := got.ReportPlans[0]; r.Name != "jobs" || r.Status != "COMPLETED" || r.Template != "BACKUP_JOB_REPORT" || len(r.Regions) != 1 || r.LastAttempt.IsZero() || !r.LastSuccess.IsZero() {
		t.Errorf("report %+v", r)
	}
	if got.RestoreJobs[0].Resource != orders {
		t.Errorf("restore %+v", got.RestoreJobs[0])
	}
	covered(t, in, snapshot.OK, jobs, copies, restored, reports)
}

func TestRestoreTests(t *testing.T) {
	ops := []string{listTests, listTestSelect, readTestSelect}
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listTests: 1, listTestSelect: 1}})
	mocks.Reply(s, "", &backup.ListRestoreTestingPlansOutput{RestoreTestingPlans: []types.RestoreTestingPlanForList{
		{RestoreTestingPlanName: aws.String("weekly"), RestoreTestingPlanArn: arn("restore-testing-plan:weekly"), ScheduleExpression: aws.String("rate(7 days)"), CreationTime: daysAgo(90), LastExecutionTime: daysAgo(3)},
		{RestoreTestingPlanName: aws.String("new"), RestoreTestingPlanArn: arn("restore-testing-plan:new"), ScheduleExpression: aws.String("rate(7 days)"), CreationTime: daysAgo(1)}}})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.ListRestoreTestingSelectionsInput) (*backup.ListRestoreTestingSelectionsOutput, error) {
		if *in.RestoreTestingPlanName == "new" {
			return &backup.ListRestoreTestingSelectionsOutput{RestoreTestingSelections: []types.RestoreTestingSelectionForList{}}, nil
		}
		one := types.RestoreTestingSelectionForList{CreationTime: daysAgo(1), IamRoleArn: aws.String("role"), ProtectedResourceType: aws.String("RDS"), RestoreTestingPlanName: in.RestoreTestingPlanName}
		two := one
		one.RestoreTestingSelectionName, two.RestoreTestingSelectionName = aws.String("one"), aws.String("two")
		return &backup.ListRestoreTestingSelectionsOutput{RestoreTestingSelections: []types.RestoreTestingSelectionForList{one, two}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.GetRestoreTestingSelectionInput) (*backup.GetRestoreTestingSelectionOutput, error) {
		return &backup.GetRestoreTestingSelectionOutput{RestoreTestingSelection: &types.RestoreTestingSelectionForGet{CreationTime: daysAgo(1), IamRoleArn: aws.String("role"), ProtectedResourceType: aws.String("RDS"),
			RestoreTestingPlanName: in.RestoreTestingPlanName, RestoreTestingSelectionName: in.RestoreTestingSelectionName, ProtectedResourceArns: []string{"*"},
			ProtectedResourceConditions: &types.ProtectedResourceConditions{StringEquals: []types.KeyValue{{Key: aws.String("aws:ResourceTag/a"), Value: aws.String("1")}}, StringNotEquals: []types.KeyValue{{Key: aws.String("aws:ResourceTag/b"), Value: aws.String("2")}}}}}, nil
	})
	got, in := gather(s, ops...)
	if len(got.RestoreTests) != 2 || got.RestoreTests[0].LastRun.IsZero() || !got.RestoreTests[1].LastRun.IsZero() {
		t.Fatalf("%+v", got.RestoreTests)
	}
	list, err := got.RestoreTests[0].Selections.Get()
	if err != nil || len(list) != 2 || list[1].Name != "two" || list[1].Type != "RDS" {
		t.Fatalf("%+v, %v", list, err)
	}
	resources, err := list[0].Resources.Get()
	want := snapshot.RestoreTestResources{ARNs: []string{"*"}, Conditions: []snapshot.TagCondition{{Operator: "StringEquals", Key: "aws:ResourceTag/a", Value: "1"}, {Operator: "StringNotEquals", Key: "aws:ResourceTag/b", Value: "2"}}}
	if diff := cmp.Diff(want, resources); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if list, err := got.RestoreTests[1].Selections.Get(); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	covered(t, in, snapshot.OK, ops...)
}

func TestNoRestoreTests(t *testing.T) {
	ops := []string{listTests, listTestSelect, readTestSelect}
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &backup.ListRestoreTestingPlansOutput{RestoreTestingPlans: []types.RestoreTestingPlanForList{}})
	_, in := gather(s, ops...)
	covered(t, in, snapshot.OK, ops...)
}
