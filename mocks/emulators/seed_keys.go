package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// multiRegion is the tag that says of a key that it is meant to be in several Regions.
var multiRegion = []types.Tag{{TagKey: aws.String("multi-region"), TagValue: aws.String("failover")}}

// signingKey is one seeded KMS key. They sign: LocalStack cannot make keys that encrypt.
type signingKey struct {
	name, region string
	declared     bool
	multi        bool
	replica      string // Region
	then         func(context.Context, *kms.Client, *string) error
}

var signingKeys = []signingKey{
	{name: "acme-signing", region: Home},
	{name: "acme-retired", region: Home, then: disable},
	{name: "acme-doomed", region: Home, then: doom},
	{name: "acme-declared", region: Home, declared: true, multi: true, replica: Second},
	{name: "acme-wandering", region: Home, multi: true, replica: Foreign},
	{name: "acme-lone", region: Second, multi: true},
}

func disable(ctx context.Context, api *kms.Client, id *string) error {
	_, err := api.DisableKey(ctx, &kms.DisableKeyInput{KeyId: id})
	return err
}

func doom(ctx context.Context, api *kms.Client, id *string) error {
	_, err := api.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(7)})
	return err
}

// seedKeys makes the keys; replicas are known as "name@Region". The keys that the emulator
// made for the encrypted volumes are known as "volume/key".
func seedKeys(ctx context.Context, cfg aws.Config, ids Seeded) error {
	for _, v := range volumes {
		if !v.encrypted {
			continue
		}
		found, err := ec2.NewFromConfig(at(cfg, v.region)).DescribeVolumes(ctx, &ec2.DescribeVolumesInput{VolumeIds: []string{ids[v.name]}})
		if err != nil {
			return fmt.Errorf("volume %q: %w", v.name, err)
		}
		ids[v.name+"/key"] = aws.ToString(found.Volumes[0].KmsKeyId)
	}
	for _, k := range signingKeys {
		if err := createSigningKey(ctx, cfg, k, ids); err != nil {
			return fmt.Errorf("key %q: %w", k.name, err)
		}
	}
	return nil
}

func createSigningKey(ctx context.Context, cfg aws.Config, k signingKey, ids Seeded) error {
	api := kms.NewFromConfig(at(cfg, k.region))
	made, err := api.CreateKey(ctx, &kms.CreateKeyInput{Description: &k.name, KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify, MultiRegion: &k.multi})
	if err != nil {
		return err
	}
	id := made.KeyMetadata.KeyId
	ids[k.name] = *made.KeyMetadata.Arn
	if k.declared {
		if _, err := api.TagResource(ctx, &kms.TagResourceInput{KeyId: id, Tags: multiRegion}); err != nil {
			return err
		}
	}
	if k.then != nil {
		return k.then(ctx, api, id)
	}
	if k.replica == "" {
		return nil
	}
	copied, err := api.ReplicateKey(ctx, &kms.ReplicateKeyInput{KeyId: id, ReplicaRegion: &k.replica})
	if err != nil {
		return err
	}
	ids[k.name+"@"+k.replica] = *copied.ReplicaKeyMetadata.Arn
	if !k.declared { // a replica has tags of its own
		return nil
	}
	_, err = kms.NewFromConfig(at(cfg, k.replica)).TagResource(ctx, &kms.TagResourceInput{KeyId: id, Tags: multiRegion})
	return err
}
