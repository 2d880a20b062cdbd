package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// The operations that the collector names more than once.
const (
	listVaults     = "backup:ListBackupVaults"
	listPlans      = "backup:ListBackupPlans"
	listSelections = "backup:ListBackupSelections"
	listPoints     = "backup:ListRecoveryPointsByBackupVault"
	pointsOf       = "backup:ListRecoveryPointsByResource"
	readPoint      = "backup:DescribeRecoveryPoint"
	listProtected  = "backup:ListProtectedResources"
	listTests      = "backup:ListRestoreTestingPlans"
	listTestSelect = "backup:ListRestoreTestingSelections"
	listPolicies   = "dlm:GetLifecyclePolicies"
	listRules      = "rbin:ListRules"
)

// Collect reads what the chosen checks want of one Region. There is always one
// BackupRegion, also where its call failed.
func Collect(ctx context.Context, in collect.Scope, c Clients) (out snapshot.Backup) {
	api := c.Backup
	out.Regions = []snapshot.BackupRegion{{Meta: snapshot.Meta{Location: in.Location, Name: in.Region}}}
	lists := []func(){
		func() { out.Regions[0].OptIn = optIn(ctx, in, api) },
		func() { out.Vaults = vaults(ctx, in, api) },
		func() { out.Plans = plans(ctx, in, api) },
		func() { out.Protected = protected(ctx, in, api) },
		func() { out.Jobs = backupJobs(ctx, in, api) },
		func() { out.CopyJobs = copyJobs(ctx, in, api) },
		func() { out.RestoreJobs = restoreJobs(ctx, in, api) },
		func() { out.ReportPlans = reportPlans(ctx, in, api) },
		func() { out.RestoreTests = restoreTests(ctx, in, api) },
		func() { out.LifecyclePolicies = lifecyclePolicies(ctx, in, c.Lifecycle) },
		func() { out.BinRules = binRules(ctx, in, c.Bin) },
	}
	in.Each(ctx, len(lists), func(i int) { lists[i]() })
	out.Points = points(ctx, in, api, out.Vaults)
	aboutProtected(ctx, in, api, out)
	return out
}

// optIn reads which types of resource AWS Backup may back up where a selection does not
// name them.
func optIn(ctx context.Context, in collect.Scope, api API) snapshot.Read[map[string]bool] {
	return collect.Ask(ctx, in, "backup:DescribeRegionSettings", func(ctx context.Context) (map[string]bool, error) {
		out, err := api.DescribeRegionSettings(ctx, &backup.DescribeRegionSettingsInput{})
		if err != nil {
			return nil, err
		}
		return out.ResourceTypeOptInPreference, nil
	})
}

// settle enters operations that have nothing to be asked about, as the list shows that
// names what they would be asked about.
func settle(in collect.Scope, list string, ops ...string) {
	if in.Unlisted(list) == nil {
		in.Settle(ops...)
	}
}

// named completes what all resources have.
func named(at snapshot.Meta, arn, name *string) snapshot.Meta {
	at.ARN, at.Name = aws.ToString(arn), aws.ToString(name)
	return at
}

// lacks is an answer without the member that it is asked for.
func lacks(member string) error { return &wire.MalformedError{What: "the answer lacks " + member} }
