package backup

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/backup/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// perVault are the operations about one vault of the account's own.
var perVault = []string{"backup:GetBackupVaultAccessPolicy", "backup:GetBackupVaultNotifications", "backup:ListTags"}

const readVault = "backup:DescribeBackupVault"

// vaults lists the vaults and asks about the account's own.
func vaults(ctx context.Context, in collect.Scope, api API) []snapshot.BackupVault {
	pages := backup.NewListBackupVaultsPaginator(api, &backup.ListBackupVaultsInput{MaxResults: aws.Int32(1000)})
	out := collect.List(ctx, in, listVaults, pages, func(at snapshot.Meta, page *backup.ListBackupVaultsOutput) []snapshot.BackupVault {
		out := make([]snapshot.BackupVault, 0, len(page.BackupVaultList))
		for _, v := range page.BackupVaultList {
			out = append(out, vault(at, v))
		}
		return out
	})
	own, locks := 0, 0
	for i := range out {
		if out[i].Own() {
			own++
		}
		if mayBeLocked(out[i]) {
			locks++
		}
	}
	in.Each(ctx, len(out), func(i int) { aboutVault(ctx, in, api, &out[i]) })
	if own == 0 {
		settle(in, listVaults, perVault...)
	}
	if locks == 0 {
		settle(in, listVaults, readVault)
	}
	return out
}

func vault(at snapshot.Meta, v types.BackupVaultListMember) snapshot.BackupVault {
	return snapshot.BackupVault{
		Meta: named(at, v.BackupVaultArn, v.BackupVaultName), Type: string(v.VaultType), State: string(v.VaultState),
		KeyARN: aws.ToString(v.EncryptionKeyArn), KeyType: string(v.EncryptionKeyType), Points: v.NumberOfRecoveryPoints, Locked: v.Locked,
	}
}

// mayBeLocked says that the vault holds something and that the list leaves open how it is
// locked: only then one more call can tell anything.
func mayBeLocked(v snapshot.BackupVault) bool {
	return v.Own() && v.Type != snapshot.AirGappedVault && v.Points > 0 && (v.Locked == nil || *v.Locked)
}

// aboutVault asks for what the list does not tell. Of a vault that is not the account's own
// it asks nothing: the answers are its owner's.
func aboutVault(ctx context.Context, in collect.Scope, api API, v *snapshot.BackupVault) {
	if !v.Own() {
		return
	}
	v.Policy = policy(ctx, in, api, v.Name)
	v.Notifications = notifications(ctx, in, api, v.Name)
	v.TagSet = tags(ctx, in, api, v.ARN)
	if mayBeLocked(*v) {
		v.Lock = lock(ctx, in, api, v.Name)
	} else {
		v.Lock = snapshot.Value(snapshot.VaultLock{Locked: aws.ToBool(v.Locked)}, v.Calls...)
	}
}

// absent is the code by which AWS Backup says that a vault has no policy, or notifies
// nobody. Source: AWS Backup API Reference, GetBackupVaultAccessPolicy and
// GetBackupVaultNotifications.
const absent = "ResourceNotFoundException"

func policy(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[string] {
	return collect.Ask(ctx, in, perVault[0], func(ctx context.Context) (string, error) {
		out, err := api.GetBackupVaultAccessPolicy(ctx, &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: &name})
		switch {
		case collect.Is(err, absent):
			return "", nil
		case err != nil:
			return "", err
		}
		return aws.ToString(out.Policy), nil
	})
}

func notifications(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[snapshot.VaultNotifications] {
	return collect.Ask(ctx, in, perVault[1], func(ctx context.Context) (n snapshot.VaultNotifications, err error) {
		out, err := api.GetBackupVaultNotifications(ctx, &backup.GetBackupVaultNotificationsInput{BackupVaultName: &name})
		switch {
		case collect.Is(err, absent):
			return n, nil
		case err != nil:
			return n, err
		}
		n.Topic = aws.ToString(out.SNSTopicArn)
		for _, e := range out.BackupVaultEvents {
			n.Events = append(n.Events, string(e))
		}
		return n, nil
	})
}

func tags(ctx context.Context, in collect.Scope, api API, arn string) snapshot.Read[map[string]string] {
	return collect.Ask(ctx, in, perVault[2], func(ctx context.Context) (map[string]string, error) {
		out := map[string]string{}
		pages := backup.NewListTagsPaginator(api, &backup.ListTagsInput{ResourceArn: &arn})
		err := collect.Walk(ctx, pages, func(p *backup.ListTagsOutput) *string {
			maps.Copy(out, p.Tags)
			return p.NextToken
		})
		return out, err
	})
}

func lock(ctx context.Context, in collect.Scope, api API, name string) snapshot.Read[snapshot.VaultLock] {
	return collect.Ask(ctx, in, readVault, func(ctx context.Context) (l snapshot.VaultLock, err error) {
		out, err := api.DescribeBackupVault(ctx, &backup.DescribeBackupVaultInput{BackupVaultName: &name})
		if err != nil {
			return l, err
		}
		return snapshot.VaultLock{Locked: aws.ToBool(out.Locked), LockDate: aws.ToTime(out.LockDate), MinRetentionDays: out.MinRetentionDays}, nil
	})
}
