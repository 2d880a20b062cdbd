package snapshot

import (
	"slices"
	"strings"
	"time"
)

// KMS is what was read of KMS keys: those of the Region and those that other resources are encrypted with.
type KMS struct {
	Keys     []Key
	Answered []KeyAnswer
}

// And joins what was read of two Regions.
func (x KMS) And(o KMS) KMS {
	return KMS{Keys: slices.Concat(x.Keys, o.Keys), Answered: slices.Concat(x.Answered, o.Answered)}
}

// Key is a KMS key of the account in one Region, AWS managed ones too.
type Key struct {
	Meta
	ID       string
	Metadata Read[KeyMetadata]       // DescribeKey
	TagSet   Read[map[string]string] // ListResourceTags; asked of multi-Region keys alone
}

// KeyAnswer is what DescribeKey said of one key, however many resources name it.
type KeyAnswer struct {
	Meta                       // its ARN is what was asked about: see KeyARN
	Metadata Read[KeyMetadata] // ErrAbsent where there is no such key

	Policy Read[string]     // GetKeyPolicy, JSON; of the customer's own keys
	Grants Read[[]KeyGrant] // ListGrants; of own keys behind snapshots that are shared with others
}

// KeyGrant is a grant of a key.
type KeyGrant struct {
	Grantee    string // GranteePrincipal: an ARN, or a service
	Operations []string
}

// KeyMetadata is what DescribeKey says of a key. A time that the answer lacks is zero.
type KeyMetadata struct {
	ARN, ID     string
	Manager     string // KeyManager: AWS or CUSTOMER
	State       string // KeyState
	Usage, Spec string // KeyUsage, KeySpec
	Origin      string // AWS_KMS, EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE
	Deletion    time.Time
	ValidTo     time.Time // of imported key material that expires

	MultiRegion     bool // absent: false
	MultiRegionType string
	Primary         string   // ARN of MultiRegionConfiguration.PrimaryKey
	Replicas        []string // ARNs of its ReplicaKeys
}

// Keys are the account's keys.
var Keys = Kind[Key]{
	Type:  "kms key",
	All:   func(a *Account) []Key { return a.KMS.Keys },
	Meta:  func(k Key) Meta { return k.Meta },
	ID:    func(k Key) string { return k.ARN },
	Key:   func(k Key) string { return k.ARN },
	Lists: []string{"kms:ListKeys"},
}

// KeyAnswers are the keys that were asked about; the key is what KeyARN makes of a
// reference. The resources that are encrypted with them list them: one that is not here was
// not asked about, which says nothing of whether it exists.
var KeyAnswers = Kind[KeyAnswer]{
	Type: "kms answer",
	All:  func(a *Account) []KeyAnswer { return a.KMS.Answered },
	Meta: func(k KeyAnswer) Meta { return k.Meta },
	ID:   func(k KeyAnswer) string { return k.ARN },
	Key:  func(k KeyAnswer) string { return k.ARN },
}

// KeyARN is the one ARN for what resources in a place call a key: its id, its ARN, the name
// of an alias or the alias's ARN. "" for "".
// Source: KMS API Reference, DescribeKey, KeyId.
func KeyARN(at Location, reference string) string {
	if reference == "" || strings.HasPrefix(reference, "arn:") {
		return reference
	}
	prefix := "arn:" + at.Partition + ":kms:" + at.Region + ":" + at.Account + ":"
	if strings.HasPrefix(reference, "alias/") || strings.HasPrefix(reference, "key/") {
		return prefix + reference
	}
	return prefix + "key/" + reference
}

// AWSAlias says that a reference is an alias of AWS's own, which stands for an AWS managed
// key and for no other: nobody else may make an alias with this prefix. Source: KMS API
// Reference, CreateAlias, AliasName.
func AWSAlias(reference string) bool {
	return strings.HasPrefix(reference, "alias/aws/") || strings.HasPrefix(reference, "arn:") && strings.Contains(reference, ":alias/aws/")
}
