package acme_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// keyring is what KMS holds in all Regions.
type keyring struct {
	keys     []types.KeyMetadata
	tagged   map[string]bool // by ARN: it has tags
	defaults map[string]string
	policies map[string]string // by ARN
	granted  int
}

func (w *seen) keyrings(t *testing.T, cfg aws.Config) {
	ctx, c := t.Context(), kms.NewFromConfig(cfg)
	if w.ring.tagged == nil {
		w.ring.tagged, w.ring.defaults, w.ring.policies = map[string]bool{}, map[string]string{}, map[string]string{}
	}
	for _, k := range must(c.ListKeys(ctx, nil))(t).Keys {
		m := *must(c.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: k.KeyId}))(t).KeyMetadata
		w.ring.keys = append(w.ring.keys, m)
		w.ring.tagged[*m.Arn] = len(must(c.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: k.KeyArn}))(t).Tags) > 0
		w.ring.policies[*m.Arn] = *must(c.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: k.KeyArn}))(t).Policy
		w.ring.granted += len(must(c.ListGrants(ctx, &kms.ListGrantsInput{KeyId: k.KeyArn}))(t).Grants)
	}
	w.ring.defaults[cfg.Region] = *must(ec2.NewFromConfig(cfg).GetEbsDefaultKmsKeyId(ctx, nil))(t).KmsKeyId
}

func TestKeysAreKeptOrBrokenAsPlanned(t *testing.T) {
	s := start(t, acme.Server(mocks.Options{Lenient: true}))
	w := walk(t, s)
	var customer, living, single, declared, private, there count
	for _, k := range w.ring.keys {
		customer.add(k.KeyManager == types.KeyManagerTypeCustomer)
		living.add(k.KeyState == types.KeyStateEnabled)
		single.add(!*k.MultiRegion)
		private.add(strings.Count(w.ring.policies[*k.Arn], ":root") == 1)
		if *k.MultiRegion {
			declared.add(w.ring.tagged[*k.Arn])
		}
	}
	for _, v := range w.volumes {
		if *v.Encrypted {
			_, err := kms.NewFromConfig(s.Config((*v.AvailabilityZone)[:len(*v.AvailabilityZone)-1])).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: v.KmsKeyId})
			there.add(err == nil)
		}
	}
	for name, tt := range map[string]struct{ got, want count }{
		"customer managed":   {customer, count{8, 2}},
		"enabled":            {living, count{9, 1}},
		"single-Region":      {single, count{6, 4}},
		"for Acme alone":     {private, count{9, 1}},
		"granted":            {count{w.ring.granted, 0}, count{3, 0}},
		"declared by a tag":  {declared, count{2, 2}},
		"the volumes' exist": {there, count{10, 0}},
		"EBS's own default":  {once(w.ring.defaults[acme.Home] != "alias/aws/ebs" && w.ring.defaults[acme.Second] == "alias/aws/ebs"), count{1, 0}},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, tt.got, tt.want)
		}
	}
	_, err := kms.NewFromConfig(s.Config(acme.Second)).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/acme-storage")})
	wantCode(t, err, "NotFoundException")
}
