package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// backupJobs lists the backup jobs of all the time that AWS keeps them: no filter of a day
// or a state, which would be another question for each check. In a management account the
// list is its own jobs all the same, as no account is asked for.
func backupJobs(ctx context.Context, in collect.Scope, api API) []snapshot.BackupJob {
	pages := backup.NewListBackupJobsPaginator(api, &backup.ListBackupJobsInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, "backup:ListBackupJobs", pages, func(at snapshot.Meta, page *backup.ListBackupJobsOutput) []snapshot.BackupJob {
		out := make([]snapshot.BackupJob, 0, len(page.BackupJobs))
		for _, j := range page.BackupJobs {
			out = append(out, backupJob(at, j))
		}
		return out
	})
}

func backupJob(at snapshot.Meta, j types.BackupJob) snapshot.BackupJob {
	out := snapshot.BackupJob{
		Meta: named(at, nil, j.ResourceName), ID: aws.ToString(j.BackupJobId), Resource: aws.ToString(j.ResourceArn), Type: aws.ToString(j.ResourceType),
		State: string(j.State), Message: aws.ToString(j.MessageCategory), Parent: aws.ToString(j.ParentJobId),
		Created: aws.ToTime(j.CreationDate), Ended: aws.ToTime(j.CompletionDate),
	}
	if j.CreatedBy != nil {
		out.Plan = aws.ToString(j.CreatedBy.BackupPlanId)
	}
	return out
}

func copyJobs(ctx context.Context, in collect.Scope, api API) []snapshot.CopyJob {
	pages := backup.NewListCopyJobsPaginator(api, &backup.ListCopyJobsInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, "backup:ListCopyJobs", pages, func(at snapshot.Meta, page *backup.ListCopyJobsOutput) []snapshot.CopyJob {
		out := make([]snapshot.CopyJob, 0, len(page.CopyJobs))
		for _, j := range page.CopyJobs {
			out = append(out, copyJob(at, j))
		}
		return out
	})
}

func copyJob(at snapshot.Meta, j types.CopyJob) snapshot.CopyJob {
	out := snapshot.CopyJob{
		Meta: named(at, nil, j.ResourceName), ID: aws.ToString(j.CopyJobId), Resource: aws.ToString(j.ResourceArn),
		Source: aws.ToString(j.SourceBackupVaultArn), Destination: aws.ToString(j.DestinationBackupVaultArn),
		State: string(j.State), Message: aws.ToString(j.MessageCategory), Parent: aws.ToString(j.ParentJobId),
		Created: aws.ToTime(j.CreationDate), Ended: aws.ToTime(j.CompletionDate),
	}
	if j.CreatedBy != nil {
		out.Plan = aws.ToString(j.CreatedBy.BackupPlanId)
	}
	return out
}

func restoreJobs(ctx context.Context, in collect.Scope, api API) []snapshot.RestoreJob {
	pages := backup.NewListRestoreJobsPaginator(api, &backup.ListRestoreJobsInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, "backup:ListRestoreJobs", pages, func(at snapshot.Meta, page *backup.ListRestoreJobsOutput) []snapshot.RestoreJob {
		out := make([]snapshot.RestoreJob, 0, len(page.RestoreJobs))
		for _, j := range page.RestoreJobs {
			out = append(out, restoreJob(at, j))
		}
		return out
	})
}

func restoreJob(at snapshot.Meta, j types.RestoreJobsListMember) snapshot.RestoreJob {
	out := snapshot.RestoreJob{
		Meta: named(at, nil, nil), ID: aws.ToString(j.RestoreJobId), Resource: aws.ToString(j.SourceResourceArn), Status: string(j.Status),
		Validation: string(j.ValidationStatus), Deletion: string(j.DeletionStatus), Created: aws.ToTime(j.CreationDate), Ended: aws.ToTime(j.CompletionDate),
	}
	if j.CreatedBy != nil {
		out.Test = aws.ToString(j.CreatedBy.RestoreTestingPlanArn)
	}
	return out
}

func reportPlans(ctx context.Context, in collect.Scope, api API) []snapshot.ReportPlan {
	pages := backup.NewListReportPlansPaginator(api, &backup.ListReportPlansInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, "backup:ListReportPlans", pages, func(at snapshot.Meta, page *backup.ListReportPlansOutput) []snapshot.ReportPlan {
		out := make([]snapshot.ReportPlan, 0, len(page.ReportPlans))
		for _, p := range page.ReportPlans {
			out = append(out, reportPlan(at, p))
		}
		return out
	})
}

func reportPlan(at snapshot.Meta, p types.ReportPlan) snapshot.ReportPlan {
	out := snapshot.ReportPlan{
		Meta: named(at, p.ReportPlanArn, p.ReportPlanName), Status: aws.ToString(p.DeploymentStatus),
		LastAttempt: aws.ToTime(p.LastAttemptedExecutionTime), LastSuccess: aws.ToTime(p.LastSuccessfulExecutionTime),
	}
	if p.ReportSetting != nil {
		out.Template, out.Regions = aws.ToString(p.ReportSetting.ReportTemplate), p.ReportSetting.Regions
	}
	return out
}
