package backup

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// judged are the types of resource that checks speak of, databases those of them whose
// restores are asked about one by one.
var (
	judged    = []string{"EBS", "EC2", "RDS", "Aurora", "S3"}
	databases = []string{"RDS", "Aurora"}
)

const restoresOf = "backup:ListRestoreJobsByProtectedResource"

// protected lists what was backed up at some time, of the types that checks speak of.
func protected(ctx context.Context, in collect.Scope, api API) []snapshot.ProtectedResource {
	pages := backup.NewListProtectedResourcesPaginator(api, &backup.ListProtectedResourcesInput{MaxResults: aws.Int32(1000)})
	return collect.List(ctx, in, listProtected, pages, func(at snapshot.Meta, page *backup.ListProtectedResourcesOutput) []snapshot.ProtectedResource {
		var out []snapshot.ProtectedResource
		for _, r := range page.Results {
			if p := protectedResource(at, r); slices.Contains(judged, p.Type) {
				out = append(out, p)
			}
		}
		return out
	})
}

func protectedResource(at snapshot.Meta, r types.ProtectedResource) snapshot.ProtectedResource {
	return snapshot.ProtectedResource{Meta: named(at, r.ResourceArn, r.ResourceName), Type: aws.ToString(r.ResourceType), LastBackup: aws.ToTime(r.LastBackupTime)}
}

// aboutProtected gives each protected resource its recovery points and, if it is a
// database, its restores. The lists of the vaults tell all points in few calls; only where
// one of them is not whole, as a vault's policy can deny it, each resource is asked about.
func aboutProtected(ctx context.Context, in collect.Scope, api API, all snapshot.Backup) {
	held := map[string][]snapshot.RecoveryPoint{}
	var pages []snapshot.Call
	for _, p := range all.Points {
		held[p.Resource] = append(held[p.Resource], p)
		pages = append(pages, p.Calls...)
	}
	slices.SortFunc(pages, func(a, b snapshot.Call) int { return strings.Compare(a.ID, b.ID) })
	pages = slices.Compact(pages)
	lists := in.Unlisted(listVaults) == nil && in.Unlisted(listPoints) == nil
	in.Each(ctx, len(all.Protected), func(i int) {
		p := &all.Protected[i]
		if lists {
			p.Points = snapshot.Value(held[p.ARN], pages...)
		} else {
			p.Points = recoveryPoints(ctx, in, api, p.Meta)
		}
		if slices.Contains(databases, p.Type) {
			p.Restores = restores(ctx, in, api, p.Meta)
		}
	})
	if lists || len(all.Protected) == 0 {
		settle(in, listProtected, pointsOf, readPoint)
	}
	if !slices.ContainsFunc(all.Protected, func(p snapshot.ProtectedResource) bool { return slices.Contains(databases, p.Type) }) {
		settle(in, listProtected, restoresOf)
	}
}

// recoveryPoints asks for the points of one resource, and for how long its newest usable
// one is kept, which the list does not tell.
func recoveryPoints(ctx context.Context, in collect.Scope, api API, of snapshot.Meta) snapshot.Read[[]snapshot.RecoveryPoint] {
	read := collect.Ask(ctx, in, pointsOf, func(ctx context.Context) ([]snapshot.RecoveryPoint, error) {
		var out []snapshot.RecoveryPoint
		pages := backup.NewListRecoveryPointsByResourcePaginator(api, &backup.ListRecoveryPointsByResourceInput{ResourceArn: &of.ARN, ManagedByAWSBackupOnly: true, MaxResults: aws.Int32(1000)})
		err := collect.Walk(ctx, pages, func(p *backup.ListRecoveryPointsByResourceOutput) *string {
			for _, r := range p.RecoveryPoints {
				out = append(out, pointOf(of, r))
			}
			return p.NextToken
		})
		return out, err
	})
	list, err := read.Get()
	newest := -1
	for i, p := range list {
		if p.Usable() && (newest < 0 || p.Created.After(list[newest].Created)) {
			newest = i
		}
	}
	if err == nil && newest >= 0 && list[newest].Vault != "" {
		list[newest].Kept = kept(ctx, in, api, list[newest])
	}
	return read
}

// pointOf maps a point in the list of one resource. That list says less than a vault's.
func pointOf(of snapshot.Meta, r types.RecoveryPointByResource) snapshot.RecoveryPoint {
	at := snapshot.Meta{Location: of.Location}
	return snapshot.RecoveryPoint{
		Meta: named(at, r.RecoveryPointArn, r.ResourceName), Vault: aws.ToString(r.BackupVaultName), VaultType: string(r.VaultType), Resource: of.ARN,
		Status: string(r.Status), Created: aws.ToTime(r.CreationDate), Parent: r.IsParent, KeyARN: aws.ToString(r.EncryptionKeyArn),
	}
}

func kept(ctx context.Context, in collect.Scope, api API, p snapshot.RecoveryPoint) snapshot.Read[snapshot.Retention] {
	return collect.Ask(ctx, in, readPoint, func(ctx context.Context) (snapshot.Retention, error) {
		out, err := api.DescribeRecoveryPoint(ctx, &backup.DescribeRecoveryPointInput{BackupVaultName: &p.Vault, RecoveryPointArn: &p.ARN})
		if err != nil {
			return snapshot.Retention{}, err
		}
		return retention(out.CreatedBy, out.Lifecycle, out.CalculatedLifecycle), nil
	})
}

// restores reads the restore jobs of one database: one fact.
func restores(ctx context.Context, in collect.Scope, api API, of snapshot.Meta) snapshot.Read[[]snapshot.RestoreJob] {
	return collect.Ask(ctx, in, restoresOf, func(ctx context.Context) ([]snapshot.RestoreJob, error) {
		var out []snapshot.RestoreJob
		pages := backup.NewListRestoreJobsByProtectedResourcePaginator(api, &backup.ListRestoreJobsByProtectedResourceInput{ResourceArn: &of.ARN, MaxResults: aws.Int32(1000)})
		err := collect.Walk(ctx, pages, func(p *backup.ListRestoreJobsByProtectedResourceOutput) *string {
			for _, j := range p.RestoreJobs {
				job := restoreJob(snapshot.Meta{Location: of.Location}, j)
				job.Resource = of.ARN
				out = append(out, job)
			}
			return p.NextToken
		})
		return out, err
	})
}
