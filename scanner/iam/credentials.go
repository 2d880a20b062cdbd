package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const sshOp, serviceOp, keyUseOp = "iam:ListSSHPublicKeys", "iam:ListServiceSpecificCredentials", "iam:GetAccessKeyLastUsed"

// sshKeys asks each user for its SSH public keys: no list and no report tells of them.
func sshKeys(ctx context.Context, in collect.Scope, api API, found entities) {
	in.Each(ctx, len(found.users), func(i int) {
		u := &found.users[i]
		u.SSHKeys = collect.Ask(ctx, in, sshOp, func(ctx context.Context) (out []snapshot.SSHKey, err error) {
			pages := &watched[*iam.ListSSHPublicKeysOutput]{
				Pages: iam.NewListSSHPublicKeysPaginator(api, &iam.ListSSHPublicKeysInput{UserName: &u.Name}),
				more:  func(p *iam.ListSSHPublicKeysOutput) (bool, *string) { return p.IsTruncated, p.Marker },
			}
			err = collect.Walk(ctx, pages, func(page *iam.ListSSHPublicKeysOutput) *string {
				for _, k := range page.SSHPublicKeys {
					out = append(out, snapshot.SSHKey{ID: aws.ToString(k.SSHPublicKeyId), Active: k.Status == types.StatusTypeActive, Uploaded: aws.ToTime(k.UploadDate).UTC()})
				}
				return page.Marker
			})
			return out, err
		})
	})
	if found.whole && len(found.users) == 0 && in.Wants(sshOp) {
		in.Calls.Settle(sshOp, in.Location)
	}
}

// serviceCredentials reads the credentials for single services: of all users in one list,
// or where an endpoint refuses that, of each.
func serviceCredentials(ctx context.Context, in collect.Scope, api API, found entities) {
	refused := false
	all := collect.Ask(ctx, in, serviceOp, func(ctx context.Context) ([]types.ServiceSpecificCredentialMetadata, error) {
		list, err := serviceSpecific(ctx, api, &iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)})
		if collect.Is(err, "ValidationError", "InvalidInput", "InvalidParameterValue", "InvalidParameterCombination") {
			refused = true
			return nil, nil
		}
		return list, err
	})
	list, err := all.Get()
	if refused {
		in.Each(ctx, len(found.users), func(i int) {
			u := &found.users[i]
			one := collect.Ask(ctx, in, serviceOp, func(ctx context.Context) ([]types.ServiceSpecificCredentialMetadata, error) {
				return serviceSpecific(ctx, api, &iam.ListServiceSpecificCredentialsInput{UserName: &u.Name})
			})
			if list, err := one.Get(); err != nil {
				u.ServiceCredentials = snapshot.Missing[[]snapshot.ServiceCredential](err, one.Calls()...)
			} else {
				u.ServiceCredentials = snapshot.Value(credentialsOf(u.Name, list), one.Calls()...)
			}
		})
		return
	}
	for i := range found.users {
		u := &found.users[i]
		u.ServiceCredentials = snapshot.Value(credentialsOf(u.Name, list), all.Calls()...)
		if err != nil {
			u.ServiceCredentials = snapshot.Missing[[]snapshot.ServiceCredential](err, all.Calls()...)
		}
	}
}

// serviceSpecific reads all pages of one question; the SDK has no paginator for it.
func serviceSpecific(ctx context.Context, api API, input *iam.ListServiceSpecificCredentialsInput) (out []types.ServiceSpecificCredentialMetadata, err error) {
	err = marked(func(marker *string) (bool, *string, error) {
		input.Marker = marker
		page, err := api.ListServiceSpecificCredentials(ctx, input)
		if err != nil {
			return false, nil, err
		}
		out = append(out, page.ServiceSpecificCredentials...)
		return page.IsTruncated, page.Marker, nil
	})
	return out, err
}

func credentialsOf(user string, list []types.ServiceSpecificCredentialMetadata) (out []snapshot.ServiceCredential) {
	for _, c := range list {
		if aws.ToString(c.UserName) != user {
			continue
		}
		credential := snapshot.ServiceCredential{ID: aws.ToString(c.ServiceSpecificCredentialId), Service: aws.ToString(c.ServiceName),
			Active: c.Status == types.StatusTypeActive, Created: aws.ToTime(c.CreateDate).UTC()}
		if c.ExpirationDate != nil {
			credential.Expires = c.ExpirationDate.UTC()
		}
		out = append(out, credential)
	}
	return out
}

// keyUses tells of each access key where it was last used. The report says it of the keys
// that it knows; the others are asked about.
func keyUses(ctx context.Context, in collect.Scope, api API, keys []snapshot.AccessKey, rows map[string]snapshot.CredentialRow, calls []snapshot.Call) {
	var ask []int
	for i := range keys {
		k := &keys[i]
		use, known := reportedUse(*k, rows)
		if known {
			k.LastUse = snapshot.Value(use, calls...)
		} else {
			ask = append(ask, i)
		}
	}
	in.Each(ctx, len(ask), func(n int) {
		k := &keys[ask[n]]
		k.LastUse = collect.Ask(ctx, in, keyUseOp, func(ctx context.Context) (snapshot.KeyUse, error) {
			got, err := api.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &k.KeyID})
			if err != nil || got.AccessKeyLastUsed == nil || got.AccessKeyLastUsed.LastUsedDate == nil {
				return snapshot.KeyUse{}, err
			}
			return snapshot.KeyUse{Region: aws.ToString(got.AccessKeyLastUsed.Region), Service: aws.ToString(got.AccessKeyLastUsed.ServiceName)}, nil
		})
	})
	if len(ask) == 0 && in.Wants(keyUseOp) && in.Unlisted(keysOp) == nil {
		in.Calls.Settle(keyUseOp, in.Location)
	}
}

// reportedUse is what the report says of a key; false for one that it does not know.
func reportedUse(k snapshot.AccessKey, rows map[string]snapshot.CredentialRow) (snapshot.KeyUse, bool) {
	row := rows[k.User]
	for i, r := range row.Keys {
		if k.ARN == reportedARN(row, i+1) {
			return snapshot.KeyUse{Region: r.Region, Service: r.Service}, true
		}
	}
	return snapshot.KeyUse{}, false
}
