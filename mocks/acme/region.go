package acme

import (
	et "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	rt "github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// region is what the account has in one Region.
type region struct {
	name              string
	encryptsByDefault bool

	instances  []instance
	volumes    []et.Volume
	groups     []et.SecurityGroup
	interfaces []et.NetworkInterface
	lists      []prefixList
	cloud      cloud
	launch     launch
	links      links
	strays     strays

	databases        []rt.DBInstance
	clusters         []rt.DBCluster
	snapshots        []rt.DBSnapshot
	clusterSnapshots []rt.DBClusterSnapshot
	around           around
	keyring          keyring
	fleet            fleet
	shared           map[string][]string // snapshot id to the values of its attribute restore
}

func (r *region) vpc() string { return id("vpc", "acme "+r.name) }

func (r *region) arn(service, resource string) string { return arn(service, r.name, resource) }

// key is the ARN of Acme's own KMS key in the Region.
func (r *region) key() string {
	return r.arn("kms", "key/"+keyID(r.name))
}
