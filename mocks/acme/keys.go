package acme

import (
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"onus/mocks"
)

// keyring is what KMS holds in a Region.
type keyring struct {
	keys    []types.KeyMetadata
	aliases map[string]string      // name to key id; of AWS's own only those that have a key
	tags    map[string][]types.Tag // by key id
	ebs     string                 // the default key of EBS
}

// keyID is a key's id, derived from a name.
func keyID(name string) string {
	h := hex.EncodeToString(digest("kms " + name))
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:32]
}

// hold adds a key to the Region.
func (r *region) hold(id string, manager types.KeyManagerType) *types.KeyMetadata {
	r.keyring.keys = append(r.keyring.keys, types.KeyMetadata{KeyId: aws.String(id), Arn: aws.String(r.arn("kms", "key/"+id)), AWSAccountId: aws.String(Account),
		KeyManager: manager, KeyState: types.KeyStateEnabled, Enabled: true, KeyUsage: types.KeyUsageTypeEncryptDecrypt, KeySpec: types.KeySpecSymmetricDefault,
		Origin: types.OriginTypeAwsKms, CreationDate: ago(1400 * day), MultiRegion: aws.Bool(false)})
	return &r.keyring.keys[len(r.keyring.keys)-1]
}

// keyrings gives each Region in use its keys, and says what is encrypted with them: mostly
// Acme's own. Some things still have the key that AWS offered first.
func (e *estate) keyrings() {
	for _, r := range e.regions {
		r.keyring.ebs = "alias/aws/ebs"
		r.keyring.aliases, r.keyring.tags = map[string]string{}, map[string][]types.Tag{}
	}
	home, second, old := e.regions[Home], e.regions[Second], e.regions["us-east-1"]
	for _, r := range []*region{home, second, old} {
		r.hold(keyID(r.name), types.KeyManagerTypeCustomer)
	}
	home.keyring.ebs, home.keyring.aliases["acme-storage"] = home.key(), keyID(home.name)
	e.copied("mrk-"+hex.EncodeToString(digest("kms catalog"))[:32], "for the catalog's failover", home, second)
	e.copied("mrk-"+hex.EncodeToString(digest("kms crm"))[:32], "", home, old) // made for the move to Europe
	home.doomedKey()
	home.firstOffered()
}

// copied is a multi-Region key with its replicas; why is its tag, if it has one.
func (e *estate) copied(id, why string, primary *region, replicas ...*region) {
	at := func(r *region) types.MultiRegionKey {
		return types.MultiRegionKey{Arn: aws.String(r.arn("kms", "key/"+id)), Region: aws.String(r.name)}
	}
	for i, r := range append([]*region{primary}, replicas...) {
		kind := types.MultiRegionKeyTypePrimary
		if i > 0 {
			kind = types.MultiRegionKeyTypeReplica
		}
		c := &types.MultiRegionConfiguration{MultiRegionKeyType: kind, PrimaryKey: &types.MultiRegionKey{}}
		*c.PrimaryKey = at(primary)
		for _, replica := range replicas {
			c.ReplicaKeys = append(c.ReplicaKeys, at(replica))
		}
		k := r.hold(id, types.KeyManagerTypeCustomer)
		k.MultiRegion, k.MultiRegionConfiguration = aws.Bool(true), c
		if why != "" {
			r.keyring.tags[id] = []types.Tag{{TagKey: aws.String("multi-region"), TagValue: aws.String(why)}}
		}
	}
}

// doomedKey is a key that somebody took for unused, and what hangs on it.
func (r *region) doomedKey() {
	k := r.hold(keyID("audit 2025"), types.KeyManagerTypeCustomer)
	k.KeyState, k.Enabled, k.DeletionDate = types.KeyStatePendingDeletion, false, ago(-9*day)
	for i := range r.snapshots {
		if *r.snapshots[i].DBSnapshotIdentifier == "acme-orders-before-v12" {
			r.snapshots[i].KmsKeyId = k.Arn
		}
	}
	for i := range r.cloud.snapshots {
		if s := &r.cloud.snapshots[i]; *s.SnapshotId == id("snap", r.name+"acme-bastion root"+(2*day).String()) {
			s.KmsKeyId = k.Arn
		}
	}
}

// firstOffered is what was made before Acme had keys of its own, or in a hurry.
func (r *region) firstOffered() {
	ebs, rds := r.hold(keyID("aws/ebs"), types.KeyManagerTypeAws), r.arn("kms", "key/"+keyID("aws/rds"))
	for i := range r.volumes {
		if *r.volumes[i].VolumeId == id("vol", "acme-shop-prod cache") {
			r.volumes[i].KmsKeyId = ebs.Arn
		}
	}
	r.hold(keyID("aws/rds"), types.KeyManagerTypeAws)
	for i := range r.databases {
		if *r.databases[i].DBInstanceIdentifier == "acme-catalog-prod-1" {
			r.databases[i].PerformanceInsightsKMSKeyId = aws.String(rds)
		}
	}
	r.keyring.aliases["aws/ebs"], r.keyring.aliases["aws/rds"] = *ebs.KeyId, keyID("aws/rds")
}

// find is the key that a name stands for in the Region: a key's ARN or id, or an alias's.
func (r *region) find(name string) (types.KeyMetadata, error) {
	i := slices.IndexFunc(r.keyring.keys, func(k types.KeyMetadata) bool {
		alias := r.keyring.aliases
		for a, id := range alias {
			if id == *k.KeyId && (name == "alias/"+a || name == r.arn("kms", "alias/"+a)) {
				return true
			}
		}
		return name == *k.KeyId || name == *k.Arn
	})
	if i < 0 {
		return types.KeyMetadata{}, &mocks.Error{Status: http.StatusBadRequest, Code: "NotFoundException", Message: "The key '" + name + "' does not exist"}
	}
	return r.keyring.keys[i], nil
}

// serveKeys answers about KMS keys and the default key of EBS.
func (e *estate) serveKeys(s *mocks.Server) {
	answer(e, s, func(*kms.ListKeysInput) int { return 0 }, func(r *region) *kms.ListKeysOutput {
		out := &kms.ListKeysOutput{Keys: []types.KeyListEntry{}}
		for _, k := range r.keyring.keys {
			out.Keys = append(out.Keys, types.KeyListEntry{KeyId: k.KeyId, KeyArn: k.Arn})
		}
		return out
	})
	mocks.Handle(s, func(r *mocks.Request, asked *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		k, err := in.find(aws.ToString(asked.KeyId))
		if err != nil {
			return nil, err
		}
		return &kms.DescribeKeyOutput{KeyMetadata: &k}, nil
	})
	e.serveKeyPolicies(s)
	mocks.Handle(s, func(r *mocks.Request, asked *kms.ListResourceTagsInput) (*kms.ListResourceTagsOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		k, err := in.find(aws.ToString(asked.KeyId))
		if err != nil {
			return nil, err
		}
		return &kms.ListResourceTagsOutput{Tags: append([]types.Tag{}, in.keyring.tags[*k.KeyId]...)}, nil
	})
	answer(e, s, func(*ec2.GetEbsDefaultKmsKeyIdInput) int { return 0 }, func(r *region) *ec2.GetEbsDefaultKmsKeyIdOutput {
		return &ec2.GetEbsDefaultKmsKeyIdOutput{KmsKeyId: aws.String(r.keyring.ebs)}
	})
}
