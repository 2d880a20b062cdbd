package backup

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func gather(s *mocks.Server, wanted ...string) (snapshot.Backup, collect.Scope) {
	in := collecttest.Scope(wanted...)
	cfg := collecttest.Config(s, in.Region)
	return Collect(context.Background(), in, Clients{backup.NewFromConfig(cfg), dlm.NewFromConfig(cfg), rbin.NewFromConfig(cfg)}), in
}

// arn is the ARN of something of AWS Backup's in the tests' Region.
func arn(resource string) *string {
	return aws.String("arn:aws:backup:eu-west-1:111122223333:" + resource)
}

func daysAgo(n int) *time.Time { return aws.Time(collecttest.AsOf.AddDate(0, 0, -n)) }

func vaultOf(name string, set func(*types.BackupVaultListMember)) types.BackupVaultListMember {
	v := types.BackupVaultListMember{BackupVaultName: &name, BackupVaultArn: arn("backup-vault:" + name), VaultType: types.VaultTypeBackupVault, VaultState: types.VaultStateAvailable}
	if set != nil {
		set(&v)
	}
	return v
}

func listed(s *mocks.Server, vaults ...types.BackupVaultListMember) {
	mocks.Reply(s, "", &backup.ListBackupVaultsOutput{BackupVaultList: vaults})
}

func covered(t *testing.T, in collect.Scope, want snapshot.Cause, ops ...string) {
	t.Helper()
	for _, op := range ops {
		collecttest.Covered(t, in, op, in.Region, want)
	}
}

// ofVaults are the operations about vaults.
var ofVaults = append([]string{listVaults, readVault}, perVault...)

func TestVaults(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listVaults: 2}})
	listed(s,
		vaultOf("locked", func(v *types.BackupVaultListMember) {
			v.NumberOfRecoveryPoints, v.Locked, v.EncryptionKeyArn = 3, aws.Bool(true), aws.String("key")
		}),
		vaultOf("bare", nil),
		vaultOf("open", func(v *types.BackupVaultListMember) { v.NumberOfRecoveryPoints, v.Locked = 2, aws.Bool(false) }),
		vaultOf("air", func(v *types.BackupVaultListMember) {
			v.NumberOfRecoveryPoints, v.Locked, v.VaultType = 1, aws.Bool(true), types.VaultTypeLogicallyAirGappedBackupVault
		}),
		vaultOf("view", func(v *types.BackupVaultListMember) { v.VaultType = types.VaultTypeRestoreAccessBackupVault }),
		vaultOf("shared", func(v *types.BackupVaultListMember) {
			v.BackupVaultArn = aws.String("arn:aws:backup:eu-west-1:444455556666:backup-vault:shared")
		}))
	mocks.Handle(s, func(_ *mocks.Request, in *backup.GetBackupVaultAccessPolicyInput) (*backup.GetBackupVaultAccessPolicyOutput, error) {
		if *in.BackupVaultName == "bare" {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "Backup Vault bare has no associated policy"}
		}
		return &backup.GetBackupVaultAccessPolicyOutput{Policy: aws.String("policy of " + *in.BackupVaultName)}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.GetBackupVaultNotificationsInput) (*backup.GetBackupVaultNotificationsOutput, error) {
		if *in.BackupVaultName == "bare" {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ResourceNotFoundException", Message: "Failed reading notifications from database for Backup vault bare"}
		}
		return &backup.GetBackupVaultNotificationsOutput{SNSTopicArn: aws.String("topic"), BackupVaultEvents: []types.BackupVaultEvent{types.BackupVaultEventBackupJobCompleted}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.ListTagsInput) (*backup.ListTagsOutput, error) {
		if !strings.HasSuffix(*in.ResourceArn, ":locked") {
			return &backup.ListTagsOutput{Tags: map[string]string{}}, nil
		}
		if in.NextToken == nil {
			return &backup.ListTagsOutput{Tags: map[string]string{"owner": "platform"}, NextToken: aws.String("more")}, nil
		}
		return &backup.ListTagsOutput{Tags: map[string]string{"stage": "prod"}}, nil
	})
	mocks.Reply(s, "", &backup.DescribeBackupVaultOutput{BackupVaultName: aws.String("locked"), Locked: aws.Bool(true), LockDate: daysAgo(9), MinRetentionDays: aws.Int64(7)})
	got, in := gather(s, ofVaults...)
	if len(got.Vaults) != 6 {
		t.Fatalf("%d vaults: %+v", len(got.Vaults), got.Vaults)
	}
	v := got.Vaults[0]
	policy, _ := v.Policy.Get()
	notes, _ := v.Notifications.Get()
	tags, _ := v.TagSet.Get()
	lock, _ := v.Lock.Get()
	if v.Name != "locked" || v.ARN != *arn("backup-vault:locked") || v.Points != 3 || v.KeyARN != "key" || policy != "policy of locked" ||
		!cmp.Equal(notes, snapshot.VaultNotifications{Topic: "topic", Events: []string{"BACKUP_JOB_COMPLETED"}}) || len(tags) != 2 || len(v.TagSet.Calls()) != 2 {
		t.Errorf("locked: %+v, policy %q, notifications %+v, tags %v", v, policy, notes, tags)
	}
	if !lock.Locked || lock.LockDate.IsZero() || *lock.MinRetentionDays != 7 {
		t.Errorf("lock %+v", lock)
	}
	bare := got.Vaults[1]
	policy, err1 := bare.Policy.Get()
	notes, err2 := bare.Notifications.Get()
	lock, err3 := bare.Lock.Get()
	if policy != "" || notes.Topic != "" || lock.Locked || errors.Join(err1, err2, err3) != nil {
		t.Errorf("bare: %q, %+v, %+v, %v", policy, notes, lock, errors.Join(err1, err2, err3))
	}
	for _, v := range got.Vaults[4:] {
		if _, err := v.Policy.Get(); err == nil || v.Own() {
			t.Errorf("%s is another account's, and was asked about", v.Name)
		}
	}
	if n := s.Count(readVault); n != 1 {
		t.Errorf("%d vaults were described; the list leaves one open", n)
	}
	covered(t, in, snapshot.OK, ofVaults...)
}

func TestNoVaults(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	listed(s)
	_, in := gather(s, append([]string{listPoints}, ofVaults...)...)
	covered(t, in, snapshot.OK, append([]string{listPoints}, ofVaults...)...)
}

func TestVaultsDeniedSettleNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: listVaults, Kind: mocks.Denied})
	got, in := gather(s, append([]string{listPoints}, ofVaults...)...)
	covered(t, in, snapshot.Denied, listVaults)
	covered(t, in, snapshot.Skipped, append([]string{listPoints, readVault}, perVault...)...)
	if len(got.Vaults) != 0 {
		t.Errorf("vaults %+v", got.Vaults)
	}
}

func TestOneVaultsAnswersAreDenied(t *testing.T) {
	for _, op := range perVault {
		s := mocks.Start(t, mocks.Options{})
		listed(s, vaultOf("a", nil))
		s.Fault(mocks.Fault{Operation: op, Kind: mocks.Denied})
		got, in := gather(s, listVaults, op)
		v := got.Vaults[0]
		_, err1 := v.Policy.Get()
		_, err2 := v.Notifications.Get()
		_, err3 := v.TagSet.Get()
		if err1 == nil || err2 == nil || err3 == nil {
			t.Errorf("%s denied: %v, %v, %v", op, err1, err2, err3)
		}
		covered(t, in, snapshot.Denied, op)
	}
}

// ofPlans are the operations about plans.
var ofPlans = []string{listPlans, readPlan, listSelections, readSelection}

func plansOf(s *mocks.Server, ids ...string) {
	out := &backup.ListBackupPlansOutput{}
	for _, id := range ids {
		out.BackupPlansList = append(out.BackupPlansList, types.BackupPlansListMember{BackupPlanId: aws.String(id), BackupPlanName: aws.String("name of " + id), BackupPlanArn: arn("backup-plan:" + id), LastExecutionDate: daysAgo(1)})
	}
	mocks.Reply(s, "", out)
}

// answerPlans says of each plan one rule and two selections.
func answerPlans(s *mocks.Server) {
	mocks.Handle(s, func(_ *mocks.Request, in *backup.GetBackupPlanInput) (*backup.GetBackupPlanOutput, error) {
		return &backup.GetBackupPlanOutput{BackupPlan: &types.BackupPlan{BackupPlanName: in.BackupPlanId, Rules: []types.BackupRule{{
			RuleName: aws.String("rule of " + *in.BackupPlanId), TargetBackupVaultName: aws.String("vault"), ScheduleExpression: aws.String("rate(1 day)"), EnableContinuousBackup: aws.Bool(true),
			Lifecycle: &types.Lifecycle{DeleteAfterDays: aws.Int64(35)}, TargetLogicallyAirGappedBackupVaultArn: arn("backup-vault:air"),
			CopyActions: []types.CopyAction{{DestinationBackupVaultArn: aws.String("arn:aws:backup:eu-central-1:111122223333:backup-vault:copy")}},
		}}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.ListBackupSelectionsInput) (*backup.ListBackupSelectionsOutput, error) {
		return &backup.ListBackupSelectionsOutput{BackupSelectionsList: []types.BackupSelectionsListMember{
			{SelectionId: aws.String(*in.BackupPlanId + "/1"), SelectionName: aws.String("one"), IamRoleArn: aws.String("role")}, {SelectionId: aws.String(*in.BackupPlanId + "/2"), SelectionName: aws.String("two")}}}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *backup.GetBackupSelectionInput) (*backup.GetBackupSelectionOutput, error) {
		return &backup.GetBackupSelectionOutput{BackupSelection: &types.BackupSelection{SelectionName: in.SelectionId, IamRoleArn: aws.String("role"), Resources: []string{*in.SelectionId}, NotResources: []string{"n"},
			ListOfTags: []types.Condition{{ConditionType: types.ConditionTypeStringequals, ConditionKey: aws.String("backup"), ConditionValue: aws.String("yes")}},
			Conditions: &types.Conditions{
				StringEquals: []types.ConditionParameter{{ConditionKey: aws.String("a"), ConditionValue: aws.String("1")}}, StringLike: []types.ConditionParameter{{ConditionKey: aws.String("b"), ConditionValue: aws.String("2")}},
				StringNotEquals: []types.ConditionParameter{{ConditionKey: aws.String("c"), ConditionValue: aws.String("3")}}, StringNotLike: []types.ConditionParameter{{ConditionKey: aws.String("d"), ConditionValue: aws.String("4")}}},
		}}, nil
	})
}

func TestPlansAreReadWithRulesAndSelections(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listPlans: 1, listSelections: 1}})
	plansOf(s, "p1", "orgs/p2") // a plan of the organization's policy has a slash in its id
	answerPlans(s)
	got, in := gather(s, ofPlans...)
	var read []string
	for _, p := range got.Plans {
		rules, err := p.Rules.Get()
		selections, err2 := p.Selections.Get()
		if err != nil || err2 != nil || len(selections) != 2 {
			t.Fatalf("%s: %v, %v, selections %+v", p.Name, err, err2, selections)
		}
		first, err := selections[0].Resources.Get()
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, p.Name+", "+rules[0].Name+", "+strings.Join(first.Resources, " "))
	}
	if diff := cmp.Diff([]string{"name of p1, rule of p1, p1/1", "name of orgs/p2, rule of orgs/p2, orgs/p2/1"}, read); diff != "" {
		t.Errorf("plans (-want +got):\n%s", diff)
	}
	rules, _ := got.Plans[0].Rules.Get()
	want := snapshot.BackupRule{Name: "rule of p1", Vault: "vault", AirGapped: *arn("backup-vault:air"), Schedule: "rate(1 day)", Continuous: true, Lifecycle: snapshot.Lifecycle{DeleteAfterDays: aws.Int64(35)},
		Copies: []snapshot.BackupCopy{{Vault: "arn:aws:backup:eu-central-1:111122223333:backup-vault:copy"}}}
	if diff := cmp.Diff(want, rules[0]); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
	selections, _ := got.Plans[0].Selections.Get()
	resources, _ := selections[0].Resources.Get()
	wantResources := snapshot.SelectedResources{Resources: []string{"p1/1"}, NotResources: []string{"n"}, ListOfTags: []snapshot.TagCondition{{Operator: "StringEquals", Key: "backup", Value: "yes"}},
		Conditions: []snapshot.TagCondition{{Operator: "StringEquals", Key: "a", Value: "1"}, {Operator: "StringLike", Key: "b", Value: "2"}, {Operator: "StringNotEquals", Key: "c", Value: "3"}, {Operator: "StringNotLike", Key: "d", Value: "4"}}}
	if diff := cmp.Diff(wantResources, resources); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	covered(t, in, snapshot.OK, ofPlans...)
}

func TestNoPlans(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	plansOf(s)
	_, in := gather(s, ofPlans...)
	covered(t, in, snapshot.OK, ofPlans...)
}

func TestAPlanWithoutSelections(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	plansOf(s, "p1")
	mocks.Reply(s, "", &backup.ListBackupSelectionsOutput{})
	got, in := gather(s, listPlans, listSelections, readSelection)
	if list, err := got.Plans[0].Selections.Get(); err != nil || len(list) != 0 {
		t.Errorf("selections %+v, %v", list, err)
	}
	covered(t, in, snapshot.OK, listPlans, listSelections, readSelection)
}

func TestHalfOfTheSelectionsIsNoValue(t *testing.T) {
	for _, tt := range []struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		{mocks.Fault{Kind: mocks.Denied, FromPage: 2}, snapshot.Denied},
		{mocks.Fault{Kind: mocks.RepeatToken}, snapshot.Malformed},
		{mocks.Fault{Kind: mocks.EmptyObject}, snapshot.Malformed},
	} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listSelections: 1}})
		plansOf(s, "p1")
		mocks.Reply(s, "", &backup.ListBackupSelectionsOutput{BackupSelectionsList: []types.BackupSelectionsListMember{{SelectionId: aws.String("1")}, {SelectionId: aws.String("2")}}})
		tt.fault.Operation = listSelections
		s.Fault(tt.fault)
		got, in := gather(s, listPlans, listSelections, readSelection)
		if list, err := got.Plans[0].Selections.Get(); err == nil || list != nil {
			t.Errorf("fault %d: selections %+v, %v", tt.fault.Kind, list, err)
		}
		covered(t, in, tt.want, listSelections)
		covered(t, in, snapshot.Skipped, readSelection) // there may be some to ask about
	}
}

func TestDeniedOnPageTwoKeepsPageOne(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{listPlans: 1}})
	plansOf(s, "p1", "p2")
	s.Fault(mocks.Fault{Operation: listPlans, Kind: mocks.Denied, FromPage: 2})
	got, in := gather(s, listPlans)
	if len(got.Plans) != 1 || got.Plans[0].ID != "p1" {
		t.Errorf("plans %+v", got.Plans)
	}
	covered(t, in, snapshot.Denied, listPlans)
}

func TestThrottledThenSuccess(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	plansOf(s, "p1")
	answerPlans(s)
	s.Fault(mocks.Fault{Operation: readSelection, Kind: mocks.Throttled, First: 2})
	got, in := gather(s, listPlans, listSelections, readSelection, readPlan)
	list, _ := got.Plans[0].Selections.Get()
	if _, err := list[0].Resources.Get(); err != nil {
		t.Error(err)
	}
	covered(t, in, snapshot.OK, readSelection)
}

// An answer without what was asked for is no empty plan.
func TestAnswersThatHoldNothing(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	plansOf(s, "p1")
	answerPlans(s)
	for _, op := range []string{readPlan, readSelection} {
		s.Fault(mocks.Fault{Operation: op, Kind: mocks.EmptyObject})
	}
	got, in := gather(s, ofPlans...)
	if rules, err := got.Plans[0].Rules.Get(); err == nil {
		t.Errorf("rules %+v", rules)
	}
	covered(t, in, snapshot.Malformed, readPlan, readSelection)
}

func TestRegionSettings(t *testing.T) {
	const op = "backup:DescribeRegionSettings"
	s := mocks.Start(t, mocks.Options{})
	mocks.Reply(s, "", &backup.DescribeRegionSettingsOutput{ResourceTypeOptInPreference: map[string]bool{"EBS": true, "Storage Gateway": false}})
	got, in := gather(s, op)
	if types, err := got.Regions[0].OptIn.Get(); err != nil || !types["EBS"] || types["RDS"] || len(types) != 2 {
		t.Errorf("%v, %v", types, err)
	}
	covered(t, in, snapshot.OK, op)
	s = mocks.Start(t, mocks.Options{})
	s.Fault(mocks.Fault{Operation: op, Kind: mocks.Denied})
	got, _ = gather(s, op)
	if _, err := got.Regions[0].OptIn.Get(); len(got.Regions) != 1 || err == nil {
		t.Errorf("denied: %+v", got.Regions)
	}
}

func TestNothingIsAskedThatNoCheckReads(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	got, in := gather(s)
	if n, c := len(s.Requests()), in.Calls.Coverage(); n != 0 || len(c) != 0 {
		t.Errorf("%d requests, coverage %+v; want none", n, c)
	}
	if len(got.Regions) != 1 || !slices.Equal([]string{got.Regions[0].Region}, []string{in.Region}) {
		t.Errorf("Regions %+v", got.Regions)
	}
}
