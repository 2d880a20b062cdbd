package backup

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// points lists the recovery points of each vault, but for vaults of other accounts.
func points(ctx context.Context, in collect.Scope, api API, vaults []snapshot.BackupVault) (out []snapshot.RecoveryPoint) {
	var here []snapshot.BackupVault
	for _, v := range vaults {
		if owner := snapshot.AccountOf(v.ARN); owner == "" || owner == in.Account {
			here = append(here, v)
		}
	}
	if len(here) == 0 {
		settle(in, listVaults, listPoints)
	}
	lists := make([][]snapshot.RecoveryPoint, len(here))
	in.Each(ctx, len(here), func(i int) { lists[i] = pointsIn(ctx, in, api, here[i].Name) })
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func pointsIn(ctx context.Context, in collect.Scope, api API, vault string) []snapshot.RecoveryPoint {
	seen := &stated{encrypted: map[string]bool{}}
	pages := pointPages{backup.NewListRecoveryPointsByBackupVaultPaginator(api, &backup.ListRecoveryPointsByBackupVaultInput{BackupVaultName: &vault, MaxResults: aws.Int32(1000)}), seen}
	return collect.List(ctx, in, listPoints, pages, func(at snapshot.Meta, page *backup.ListRecoveryPointsByBackupVaultOutput) []snapshot.RecoveryPoint {
		out := make([]snapshot.RecoveryPoint, 0, len(page.RecoveryPoints))
		for _, p := range page.RecoveryPoints {
			out = append(out, point(at, p, seen.encrypted[aws.ToString(p.RecoveryPointArn)]))
		}
		return out
	})
}

// point maps a recovery point; stated says that its answer holds IsEncrypted.
func point(at snapshot.Meta, p types.RecoveryPointByBackupVault, stated bool) snapshot.RecoveryPoint {
	out := snapshot.RecoveryPoint{
		Meta: named(at, p.RecoveryPointArn, p.ResourceName), Vault: aws.ToString(p.BackupVaultName), VaultType: string(p.VaultType),
		Resource: aws.ToString(p.ResourceArn), ResourceType: aws.ToString(p.ResourceType), Status: string(p.Status), Created: aws.ToTime(p.CreationDate),
		Parent: p.IsParent, KeyARN: aws.ToString(p.EncryptionKeyArn), Encrypted: snapshot.Value(p.IsEncrypted, at.Calls...),
		Kept: snapshot.Value(retention(p.CreatedBy, p.Lifecycle, p.CalculatedLifecycle), at.Calls...),
	}
	if !stated {
		u := &snapshot.Unread{Operation: listPoints, At: at.Location, Cause: snapshot.Malformed, Message: "the answer lacks IsEncrypted"}
		out.Encrypted = snapshot.Missing[bool](u, at.Calls...)
	}
	return out
}

func retention(by *types.RecoveryPointCreator, l *types.Lifecycle, c *types.CalculatedLifecycle) (out snapshot.Retention) {
	if by != nil {
		out.Plan = aws.ToString(by.BackupPlanId)
	}
	if l != nil {
		mapped := lifecycle(l)
		out.Lifecycle = &mapped
	}
	if c != nil {
		out.DeleteAt = aws.ToTime(c.DeleteAt)
	}
	return out
}
