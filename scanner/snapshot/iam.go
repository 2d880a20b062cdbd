package snapshot

import (
	"strings"
	"time"
)

// IAM is what was read of the account's identities.
type IAM struct {
	Summary        Read[map[string]int32] // GetAccountSummary SummaryMap
	PasswordPolicy Read[PasswordPolicy]   // GetAccountPasswordPolicy
	Report         Read[[]CredentialRow]  // GetCredentialReport, all rows, root's too
	Users          []User                 // GetAccountAuthorizationDetails
	Groups         []Group                // the same
	Roles          []Role                 // the same
	Policies       []ManagedPolicy        // the same, customer managed and AWS managed in use
	AccessKeys     []AccessKey            // report rows joined with ListAccessKeys

	VirtualMFADevices  Read[[]VirtualMFADevice] // ListVirtualMFADevices, those assigned
	ServerCertificates []ServerCertificate      // ListServerCertificates

	OIDCProviders    []OIDCProvider             // ListOpenIDConnectProviders
	SAMLProviders    []SAMLProvider             // ListSAMLProviders
	Features         Read[OrganizationFeatures] // ListOrganizationsFeatures
	InstanceProfiles []InstanceProfile          // ListInstanceProfiles
}

// VirtualMFADevice is a virtual MFA device that is assigned to a user or to the root user.
type VirtualMFADevice struct {
	SerialNumber string // an ARN
	UserARN      string // "" where AWS's answer lacks it
}

// ServerCertificate is a TLS certificate that is stored in IAM.
type ServerCertificate struct {
	Meta
	Path       string
	Expiration time.Time // zero where AWS's answer lacks it
}

// ServerCertificates are the TLS certificates in IAM.
var ServerCertificates = Kind[ServerCertificate]{
	Type:   "iam server certificate",
	All:    func(a *Account) []ServerCertificate { return a.IAM.ServerCertificates },
	Meta:   func(c ServerCertificate) Meta { return c.Meta },
	ID:     func(c ServerCertificate) string { return c.ARN },
	Key:    func(c ServerCertificate) string { return c.ARN },
	Lists:  []string{"iam:ListServerCertificates"},
	Global: true,
}

// PasswordPolicy is the account's rule for IAM passwords. Custom is false where AWS
// answers NoSuchEntity; AWS's default policy, with a minimum of 8, applies then.
// Source: IAM User Guide, "Set an account password policy for IAM users".
type PasswordPolicy struct {
	Custom          bool
	MinimumLength   int32 // a custom policy made without one holds 6
	Uppercase       bool  // RequireUppercaseCharacters
	Lowercase       bool  // RequireLowercaseCharacters
	Numbers         bool  // RequireNumbers
	Symbols         bool  // RequireSymbols
	UsersMayChange  bool  // AllowUsersToChangePassword
	Expire          bool  // ExpirePasswords
	HardExpiry      bool
	MaxAge          int32 // MaxPasswordAge in days; 0 where it is absent: no password expires
	ReusePrevention int32 // PasswordReusePrevention; 0 where it is absent: none is remembered
}

// CredentialRow is one row of the credential report, with AWS's own words: true,
// false, N/A, not_supported, no_information.
type CredentialRow struct {
	User            string // <root_account> for the root user
	ARN             string
	Created         time.Time
	PasswordEnabled string
	PasswordUsed    time.Time // password_last_used; zero: never, or nothing known
	PasswordChanged time.Time // password_last_changed; zero: nothing known
	MFAActive       string
	Keys            [2]CredentialKey
	Certificates    [2]string // cert_N_active
	Generated       time.Time // when AWS made the report
}

// Root is the report's name of the root user.
const Root = "<root_account>"

// CredentialKey is one of the two access keys that a user can have.
type CredentialKey struct {
	Active      string
	LastRotated time.Time // its creation: AWS rotates no key in place; zero if none
	LastUsed    time.Time // access_key_N_last_used_date; zero: never, or nothing known
	Region      string    // access_key_N_last_used_region; "" for none
	Service     string    // access_key_N_last_used_service; "" for none
}

// User is an IAM user.
type User struct {
	Meta
	Grants
	ID          string // AIDA…
	Path        string
	Created     time.Time
	Groups      []string             // names
	Console     Read[Console]        // how it signs in; from the report, else from calls for this user
	Credentials Read[*CredentialRow] // its row of the report; nil for a user made after the report

	Devices            Read[[]MFADevice]         // of a user with a password; some that suffice to judge, or all: ListMFADevices
	SSHKeys            Read[[]SSHKey]            // ListSSHPublicKeys
	ServiceCredentials Read[[]ServiceCredential] // ListServiceSpecificCredentials
	History            Read[AccessHistory]       // GetServiceLastAccessedDetails, with --access-history
}

// Grants is what gives rights to a user, group or role, and what bounds them.
type Grants struct {
	Inline      []InlinePolicy
	Attached    []AttachedPolicy
	BoundaryARN string // of the permissions boundary; "" for none, and for groups
}

// AttachedPolicy is a managed policy as the users, groups and roles name it.
type AttachedPolicy struct{ ARN, Name string }

// InlinePolicy is a policy inside a user, group or role. AWS defines no ARN for it.
type InlinePolicy struct {
	Meta                  // ARN is OWNER-ARN/inline-policy/NAME
	Owner    string       // ARN of the user, group or role
	Document Read[string] // JSON, percent-decoded as a path
}

// Group is an IAM group.
type Group struct {
	Meta
	Grants
	ID      string // AGPA…
	Path    string
	Created time.Time
	Members Read[[]string] // names of its users; known once all users were read
}

// Role is an IAM role.
type Role struct {
	Meta
	Grants
	ID       string // AROA…
	Path     string
	Created  time.Time
	Trust    Read[string] // AssumeRolePolicyDocument, percent-decoded as a path
	Profiles []string     // ARNs of the instance profiles that hold it
	LastUsed *RoleUse     // RoleLastUsed; nil where the answer lacks it

	MaxSession Read[time.Duration] // ListRoles MaxSessionDuration: the authorization details lack it
	History    Read[AccessHistory] // GetServiceLastAccessedDetails, with --access-history
}

// RoleUse is when a role was last used, in the 400 days that AWS keeps.
type RoleUse struct {
	At     time.Time // zero: not used in these days
	Region string
}

// ServiceLinked says that the role belongs to an AWS service: the customer can change
// neither its policies nor its trust. Source: IAM User Guide, "Create a service-linked role".
func (r Role) ServiceLinked() bool { return strings.HasPrefix(r.Path, "/aws-service-role/") }

// Reserved says that AWS made the role and keeps it, as IAM Identity Center does.
func (r Role) Reserved() bool { return strings.HasPrefix(r.Path, "/aws-reserved/") }

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
	LastUsed time.Time // by the report; zero: never, or nothing known
	Reported time.Time // when AWS made the report that says so
	LastUse  Read[KeyUse]
}

// KeyUse is where an access key was last used: by the report, or for a key that it does
// not know by GetAccessKeyLastUsed. Without a Region it was never used.
type KeyUse struct{ Region, Service string }

// ManagedPolicy is a managed policy with its default version.
type ManagedPolicy struct {
	Meta
	AttachmentCount    *int32         // to users, groups and roles; nil: the answer lacks it
	BoundaryUsageCount *int32         // PermissionsBoundaryUsageCount, likewise
	Holders            Read[[]string] // ARNs of the users, groups and roles that name it as attached
	DefaultVersionID   string
	Document           Read[string]          // JSON, percent-decoded as a path
	Versions           Read[[]PolicyVersion] // of a customer's policy in use, the default among them
}

// InUse says that the policy is attached or bounds somebody, or that nothing tells.
func (p ManagedPolicy) InUse() bool {
	none := func(n *int32) bool { return n != nil && *n == 0 }
	return !none(p.AttachmentCount) || !none(p.BoundaryUsageCount)
}

// Users are the IAM users.
var Users = Kind[User]{
	Type:   "iam user",
	All:    func(a *Account) []User { return a.IAM.Users },
	Meta:   func(u User) Meta { return u.Meta },
	ID:     func(u User) string { return u.ARN },
	Key:    func(u User) string { return u.Name },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
}

// Groups are the IAM groups.
var Groups = Kind[Group]{
	Type:   "iam group",
	All:    func(a *Account) []Group { return a.IAM.Groups },
	Meta:   func(g Group) Meta { return g.Meta },
	ID:     func(g Group) string { return g.ARN },
	Key:    func(g Group) string { return g.Name },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
}

// Roles are the IAM roles, those of AWS services too.
var Roles = Kind[Role]{
	Type:   "iam role",
	All:    func(a *Account) []Role { return a.IAM.Roles },
	Meta:   func(r Role) Meta { return r.Meta },
	ID:     func(r Role) string { return r.ARN },
	Key:    func(r Role) string { return r.ARN },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
}

// InlinePolicies are the policies inside users, groups and roles.
var InlinePolicies = Kind[InlinePolicy]{
	Type: "iam inline policy",
	All: func(a *Account) (out []InlinePolicy) {
		for _, u := range a.IAM.Users {
			out = append(out, u.Inline...)
		}
		for _, g := range a.IAM.Groups {
			out = append(out, g.Inline...)
		}
		for _, r := range a.IAM.Roles {
			out = append(out, r.Inline...)
		}
		return out
	},
	Meta:   func(p InlinePolicy) Meta { return p.Meta },
	ID:     func(p InlinePolicy) string { return p.ARN },
	Key:    func(p InlinePolicy) string { return p.ARN },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
}

// ManagedPolicies are the customer's policies and those of AWS's that are in use: what
// an attachment or a boundary can name.
var ManagedPolicies = Kind[ManagedPolicy]{
	Type:   "iam managed policy",
	All:    func(a *Account) []ManagedPolicy { return a.IAM.Policies },
	Meta:   func(p ManagedPolicy) Meta { return p.Meta },
	ID:     func(p ManagedPolicy) string { return p.ARN },
	Key:    func(p ManagedPolicy) string { return p.ARN },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
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
	Meta:   func(p ManagedPolicy) Meta { return p.Meta },
	ID:     func(p ManagedPolicy) string { return p.ARN },
	Key:    func(p ManagedPolicy) string { return p.ARN },
	Lists:  []string{"iam:GetAccountAuthorizationDetails"},
	Global: true,
}

// AccessKeys are the access keys of IAM users. AWS defines no ARN for them: the id is
// USER-ARN/accesskey/1 or /2, as the credential report counts, so that it does not depend
// on whether the key's id could be read; a key younger than the report has its key id.
var AccessKeys = Kind[AccessKey]{
	Type:   "iam access key",
	All:    func(a *Account) []AccessKey { return a.IAM.AccessKeys },
	Meta:   func(k AccessKey) Meta { return k.Meta },
	ID:     func(k AccessKey) string { return k.ARN },
	Key:    func(k AccessKey) string { return k.KeyID },
	Lists:  []string{"iam:GetCredentialReport", "iam:ListAccessKeys"},
	Global: true,
}
