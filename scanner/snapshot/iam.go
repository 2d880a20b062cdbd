package snapshot

import "time"

// IAM is what was read of the account's identities.
type IAM struct {
	Summary        Read[map[string]int32] // GetAccountSummary SummaryMap
	PasswordPolicy Read[PasswordPolicy]   // GetAccountPasswordPolicy
	Report         Read[[]CredentialRow]  // GetCredentialReport, all rows, root's too
	Users          []User                 // GetAccountAuthorizationDetails
	Policies       []ManagedPolicy        // the same, customer managed and AWS managed in use
	AccessKeys     []AccessKey            // report rows joined with ListAccessKeys
}

// PasswordPolicy is the account's rule for IAM passwords. Custom is false where AWS
// answers NoSuchEntity; AWS's default policy, with a minimum of 8, applies then.
// Source: IAM User Guide, "Set an account password policy for IAM users".
type PasswordPolicy struct {
	Custom        bool
	MinimumLength int32 // a custom policy made without one holds 6
}

// CredentialRow is one row of the credential report, with AWS's own words: true,
// false, N/A, not_supported, no_information.
type CredentialRow struct {
	User            string // <root_account> for the root user
	ARN             string
	Created         time.Time
	PasswordEnabled string
	MFAActive       string
	Keys            [2]CredentialKey
	Generated       time.Time // when AWS made the report
}

// Root is the report's name of the root user.
const Root = "<root_account>"

// CredentialKey is one of the two access keys that a user can have.
type CredentialKey struct {
	Active      string
	LastRotated time.Time // its creation: AWS rotates no key in place; zero if none
}

// User is an IAM user.
type User struct {
	Meta
	ID      string // AIDA…
	Created time.Time
	Console Read[Console] // how it signs in; from the report, else from calls for this user
}

// Console is how a user signs in to the console.
type Console struct {
	Password bool
	MFA      bool
	Source   string // "credential report" or the operations asked
}

// AccessKey is one access key of a user.
type AccessKey struct {
	Meta
	User     string
	KeyID    string // AKIA…; "" where ListAccessKeys could not be read
	Active   bool
	Created  time.Time // zero where nothing tells it
	Reported time.Time // when AWS made the report that says so
}

// ManagedPolicy is a managed policy with its default version.
type ManagedPolicy struct {
	Meta
	AttachmentCount    *int32 // to users, groups and roles; nil: the answer lacks it
	BoundaryUsageCount *int32 // PermissionsBoundaryUsageCount, likewise
	DefaultVersionID   string
	Document           Read[string] // JSON, percent-decoded as a path
}

// InUse says that the policy is attached or bounds somebody, or that nothing tells.
func (p ManagedPolicy) InUse() bool {
	none := func(n *int32) bool { return n != nil && *n == 0 }
	return !none(p.AttachmentCount) || !none(p.BoundaryUsageCount)
}

// Users are the IAM users.
var Users = Kind[User]{
	Type:  "iam user",
	All:   func(a *Account) []User { return a.IAM.Users },
	Meta:  func(u User) Meta { return u.Meta },
	ID:    func(u User) string { return u.ARN },
	Key:   func(u User) string { return u.Name },
	Lists: []string{"iam:GetAccountAuthorizationDetails"},
	Where: global,
}

// CustomerPolicies are the managed policies that the customer made.
var CustomerPolicies = Kind[ManagedPolicy]{
	Type: "iam policy",
	All: func(a *Account) []ManagedPolicy {
		var out []ManagedPolicy
		for _, p := range a.IAM.Policies {
			if AccountOf(p.ARN) != "aws" {
				out = append(out, p)
			}
		}
		return out
	},
	Meta:  func(p ManagedPolicy) Meta { return p.Meta },
	ID:    func(p ManagedPolicy) string { return p.ARN },
	Key:   func(p ManagedPolicy) string { return p.ARN },
	Lists: []string{"iam:GetAccountAuthorizationDetails"},
	Where: global,
}

// AccessKeys are the access keys of IAM users. AWS defines no ARN for them: the id is
// USER-ARN/accesskey/1 or /2, as the credential report counts, so that it does not depend
// on whether the key's id could be read; a key younger than the report has its key id.
var AccessKeys = Kind[AccessKey]{
	Type:  "iam access key",
	All:   func(a *Account) []AccessKey { return a.IAM.AccessKeys },
	Meta:  func(k AccessKey) Meta { return k.Meta },
	ID:    func(k AccessKey) string { return k.ARN },
	Key:   func(k AccessKey) string { return k.KeyID },
	Lists: []string{"iam:GetCredentialReport", "iam:ListAccessKeys"},
	Where: global,
}
