package snapshot

import "time"

// OIDCProvider is a web identity provider that roles of the account may trust.
type OIDCProvider struct {
	Meta
	ClientIDs Read[[]string] // GetOpenIDConnectProvider ClientIDList: the audiences
}

// OIDCProviders are the web identity providers. Providers that AWS knows by itself, such as
// accounts.google.com, are not among them.
var OIDCProviders = Kind[OIDCProvider]{
	Type:   "iam oidc provider",
	All:    func(a *Account) []OIDCProvider { return a.IAM.OIDCProviders },
	Meta:   func(p OIDCProvider) Meta { return p.Meta },
	ID:     func(p OIDCProvider) string { return p.ARN },
	Key:    func(p OIDCProvider) string { return p.ARN },
	Lists:  []string{"iam:ListOpenIDConnectProviders"},
	Global: true,
}

// SAMLProvider is a SAML provider that roles of the account may trust.
type SAMLProvider struct {
	Meta
	ValidUntil Read[time.Time] // ListSAMLProviders, else GetSAMLProvider; zero: AWS names no end
}

// SAMLProviders are the SAML providers.
var SAMLProviders = Kind[SAMLProvider]{
	Type:   "iam saml provider",
	All:    func(a *Account) []SAMLProvider { return a.IAM.SAMLProviders },
	Meta:   func(p SAMLProvider) Meta { return p.Meta },
	ID:     func(p SAMLProvider) string { return p.ARN },
	Key:    func(p SAMLProvider) string { return p.ARN },
	Lists:  []string{"iam:ListSAMLProviders"},
	Global: true,
}

// OrganizationFeatures are the features of IAM that are on for the whole organization.
type OrganizationFeatures struct {
	Enabled []string // RootCredentialsManagement, RootSessions
	Refused string   // AWS's error code that says why there are none: off, or not for this account to ask
}

// MFADevice is an MFA device of a user.
type MFADevice struct {
	SerialNumber string // an ARN, or the number on a hardware token
}

// SSHKey is an SSH public key of a user, for CodeCommit.
type SSHKey struct {
	ID       string
	Active   bool
	Uploaded time.Time
}

// ServiceCredential is a credential of a user for one service alone, such as CodeCommit,
// Amazon Keyspaces or Amazon Bedrock. The credential report does not tell of it.
type ServiceCredential struct {
	ID      string
	Service string // as AWS names it: bedrock.amazonaws.com
	Active  bool
	Created time.Time
	Expires time.Time // ExpirationDate; zero: never
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	ID       string
	Default  bool
	Document Read[string] // JSON, percent-decoded as a path
}

// AccessHistory is what IAM tells of the services that a user or role may use, in the 400
// days that AWS keeps.
type AccessHistory struct {
	Completed time.Time // when AWS made the report; it lags by up to four hours
	Services  []ServiceUse
}

// ServiceUse is when a user or role last tried to use a service that its policies allow. An
// attempt that was denied counts too.
type ServiceUse struct {
	Service string    // the namespace: s3
	Last    time.Time // zero: not in these days
	Actions []ActionUse
}

// ActionUse is the same for an action that AWS tracks; not all are.
type ActionUse struct {
	Action string // without the service
	Last   time.Time
}
