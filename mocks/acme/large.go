package acme

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// grow adds teams until the account holds at least the wanted number of resources.
func (e *estate) grow(resources int) {
	for n, size := 0, e.size(); size < resources; n++ {
		e.team(n)
		size = e.size()
	}
}

// team adds what one more team brings, some of it in order and some not: 34 resources,
// the regional ones in one Region.
func (e *estate) team(n int) {
	at := e.regions[Home]
	if n%3 == 2 {
		at = e.regions[Second]
	}
	name := fmt.Sprintf("acme-team-%04d", n)
	metadata := required
	if n%4 == 1 {
		metadata = optional
	}
	for i := range 4 {
		host := fmt.Sprintf("%s-%d", name, i)
		at.start(host, "prod", running, (n+i)%5 != 0, metadata, referringScript())
		at.nic(host, types.NetworkInterfaceTypeInterface, host, name)
	}
	for i := range 8 {
		at.volume(fmt.Sprintf("%s data %d", name, i), "prod", types.VolumeStateAvailable, (n+i)%7 != 0, "")
	}
	source := "10.0.0.0/8"
	if n%6 == 0 {
		source = "0.0.0.0/0"
	}
	at.group(name, Account, rule("tcp", 22, 22, source))
	at.group(name+"-web", Account, rule("tcp", 443, 443, "0.0.0.0/0"))
	e.teamData(n, name, at)
	e.teamPeople(n, name)
}

// teamData adds three buckets, two databases and two snapshots.
func (e *estate) teamData(n int, name string, at *region) {
	for i, use := range []string{"assets", "exports", "logs"} {
		b := bucket{name + "-" + use, at.name, ago(300 * day), false, flags(true, true), s3types.BucketVersioningStatusEnabled, encrypts(s3types.ServerSideEncryptionAes256)}
		if (n+i)%9 == 0 {
			b.block, b.versioning = nil, ""
		}
		e.buckets = append(e.buckets, b)
	}
	main, second := at.database(name+"-main", "postgres", 14), at.database(name+"-reports", "mysql", int32(n%10))
	if n%8 == 0 {
		second = open(second)
	}
	at.databases = append(at.databases, main, second)
	at.snapshot(name+"-main-release", "manual", main, 90*day)
	if n%50 == 0 {
		at.snapshot(name+"-reports-release", "manual", open(second), 90*day, "all")
	} else {
		at.snapshot(name+"-reports-release", "manual", second, 90*day)
	}
}

// teamPeople adds two people, a machine with a key, and its policy.
func (e *estate) teamPeople(n int, name string) {
	policyARN := iamARN("policy/" + name)
	e.users = append(e.users,
		console(name+"-lead", 500*day, true, "developers"),
		console(name+"-member", 400*day, n%5 != 0, "developers"),
		machine(name+"-ci", 400*day, policyARN).withKeys(key{created: ago(time.Duration(10+n%120) * day), active: true, used: ago(day), service: "s3"}))
	e.identities.policies = append(e.identities.policies, policy(policyARN, 1, 0, 300*day,
		fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::%s-assets/*"}]}`, name)))
}
