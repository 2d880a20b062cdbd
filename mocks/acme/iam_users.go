package acme

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// user is one IAM user.
type user struct {
	name     string
	created  *time.Time
	password *time.Time // when it was set; nil: no console password
	signedIn *time.Time
	mfa      bool
	keys     []key
	groups   []string
	policies []string // ARNs
	hardware bool     // the MFA device is a security key
	late     bool     // made after the credential report
	gone     bool     // in the report, and deleted since
}

// key is one access key of a user.
type key struct {
	id      string
	created *time.Time
	active  bool
	used    *time.Time
	service string // that was used last
	late    bool   // made after the credential report
}

func (u *user) arn() string { return iamARN("user/" + u.name) }

// withKeys adds access keys, in the order of the report's columns.
func (u user) withKeys(keys ...key) user {
	for i := range keys {
		keys[i].id = accessKeyID(u.name, i+1)
	}
	u.keys = keys
	return u
}

// console is a user who signs in with a password.
func console(name string, age time.Duration, mfa bool, groups ...string) user {
	return user{name: name, created: ago(age), password: ago(age / 2), signedIn: ago(2 * day), mfa: mfa, groups: groups}
}

// machine is a user without a password.
func machine(name string, age time.Duration, policies ...string) user {
	return user{name: name, created: ago(age), policies: policies}
}

func users() []user {
	const deployPolicy, backupPolicy = "policy/acme-deploy", "policy/acme-backup-writer"
	made := AsOf.Add(30 * time.Second) // while a scan that began at AsOf runs
	late := console("ivan.novak", 0, true, "developers")
	late.created, late.password, late.signedIn, late.late = &made, &made, nil, true
	gone := console("zoe.martin", 1000*day, true, "developers")
	gone.gone = true
	ana := console("ana.keller", 1400*day, true, "admins")
	ana.hardware = true
	return []user{
		ana,
		console("ben.okafor", 900*day, true, "developers").withKeys(key{created: ago(40 * day), active: true, used: ago(day), service: "s3"}),
		console("carla.mendes", 610*day, false, "developers"), // signs in without MFA
		console("break-glass", 1500*day, true, "admins"),
		machine("backup-agent", 1300*day, iamARN(backupPolicy)).withKeys(key{created: ago(62 * day), active: true, used: ago(time.Hour), service: "s3"}),
		// Two active keys, the second one old.
		machine("deploy-ci", 1450*day, iamARN(deployPolicy)).withKeys(
			key{created: ago(20 * day), active: true, used: ago(time.Hour), service: "ec2"},
			key{created: ago(210 * day), active: true, used: ago(3 * day), service: "s3"}),
		machine("monitoring", 1200*day, "arn:"+Partition+":iam::aws:policy/ReadOnlyAccess").withKeys(
			key{created: ago(365 * day), active: true, used: ago(time.Hour), service: "rds"},
			key{created: &made, active: true, late: true}),
		machine("reporting", 400*day), // no credential at all
		machine("terraform", 1460*day, iamARN("policy/acme-platform-admin")).withKeys(
			key{created: ago(430 * day), active: false, used: ago(200 * day), service: "iam"},
			key{created: ago(31 * day), active: true, used: ago(2 * time.Hour), service: "ec2"}),
		late,
		gone,
	}
}

// detail is the user as GetAccountAuthorizationDetails shows it.
func (u *user) detail() types.UserDetail {
	d := types.UserDetail{UserName: aws.String(u.name), Arn: aws.String(u.arn()), Path: aws.String("/"), CreateDate: u.created,
		UserId: aws.String(unique("AIDA", u.name)), GroupList: u.groups,
		Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("platform")}}}
	for _, policy := range u.policies {
		d.AttachedManagedPolicies = append(d.AttachedManagedPolicies, attached(policy))
	}
	return d
}

// device is the user's MFA device.
func (u *user) device() types.MFADevice {
	if u.hardware {
		return types.MFADevice{UserName: aws.String(u.name), SerialNumber: aws.String(iamARN("u2f/user/" + u.name + "/key-" + unique("", u.name))), EnableDate: u.created}
	}
	return types.MFADevice{UserName: aws.String(u.name), SerialNumber: aws.String(iamARN("mfa/" + u.name)), EnableDate: u.created}
}

// summary counts as GetAccountSummary does, which shows the account as it is now.
func (e *estate) summary() map[string]int32 {
	out := map[string]int32{
		"AccountAccessKeysPresent": 0, "AccountMFAEnabled": 0, "AccountPasswordPresent": 1, "AccountSigningCertificatesPresent": 0,
		"Groups": int32(len(e.identities.groups)), "Roles": int32(len(e.identities.roles)), "Policies": 0,
		"UsersQuota": 5000, "GroupsQuota": 300, "AccessKeysPerUserQuota": 2, "AttachedPoliciesPerUserQuota": 10,
	}
	for _, p := range e.identities.policies {
		if !amazons(p) {
			out["Policies"]++
		}
	}
	for _, u := range e.users {
		if u.gone {
			continue
		}
		out["Users"]++
		if u.mfa {
			out["MFADevices"]++
			out["MFADevicesInUse"]++
		}
	}
	return out
}
