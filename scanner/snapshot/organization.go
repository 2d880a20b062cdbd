package snapshot

import "errors"

// Org is the unit of the organization. Its exchanges go into the account's record.
type Org struct {
	Organization Read[Organization] // DescribeOrganization; ErrAbsent where the account is in none
	Roots        []OrganizationRoot // ListRoots
	SCPs         []SCP              // ListPolicies
	Accounts     Read[[]string]     // ids of its accounts, suspended ones too; ListAccounts

	States         Read[map[string]string]        // State of each account, in older answers Status; ListAccounts
	Path           Read[[]OrganizationLevel]      // from the root to the account; ListParents
	AIPolicies     Read[[]OrganizationPolicy]     // AISERVICES_OPT_OUT_POLICY; ListPolicies, in the management account
	AIOptOut       Read[EffectivePolicy]          // DescribeEffectivePolicy AISERVICES_OPT_OUT_POLICY
	TagPolicy      Read[EffectivePolicy]          // the same, TAG_POLICY
	EC2Policy      Read[EffectivePolicy]          // the same, DECLARATIVE_POLICY_EC2
	Administrators Read[[]DelegatedAdministrator] // ListDelegatedAdministrators
}

// Organization is the organization that the account belongs to. Without an ID it
// stands for none.
type Organization struct {
	Meta
	ID, ManagementAccount string
	FeatureSet            string // ALL or CONSOLIDATED_BILLING
}

// OrganizationRoot is a root of the organization.
type OrganizationRoot struct {
	Meta
	ID        string
	SCPStatus string // Status of SERVICE_CONTROL_POLICY in PolicyTypes; "" where it was never enabled
}

// SCP is a service control policy and what it is attached to.
type SCP struct {
	Meta
	ID       string
	Document Read[string]   // DescribePolicy
	Targets  Read[[]string] // ids of roots, units and accounts; ListTargetsForPolicy
}

// Organizations is the organization of the account: one, which stands for none where
// the account is in no organization. Only then it has no ARN: the id is the account's.
var Organizations = Kind[Organization]{
	Type: "organization",
	All: func(a *Account) []Organization {
		o, err := a.Org.Organization.Get()
		switch {
		case err == nil:
			return []Organization{o}
		case errors.Is(err, ErrAbsent):
			return []Organization{{Meta: Meta{Location: a.Location, Calls: a.Org.Organization.Calls()}}}
		}
		return nil
	},
	Meta: func(o Organization) Meta { return o.Meta },
	ID: func(o Organization) string {
		if o.ARN == "" {
			return o.Account
		}
		return o.ARN
	},
	Key:    func(o Organization) string { return o.ID },
	Lists:  []string{"organizations:DescribeOrganization"},
	Global: true,
}

// OrganizationRoots are the roots of the organization: AWS makes one.
var OrganizationRoots = Kind[OrganizationRoot]{
	Type:   "organization root",
	All:    func(a *Account) []OrganizationRoot { return a.Org.Roots },
	Meta:   func(r OrganizationRoot) Meta { return r.Meta },
	ID:     func(r OrganizationRoot) string { return r.ARN },
	Key:    func(r OrganizationRoot) string { return r.ID },
	Lists:  []string{"organizations:ListRoots"},
	Global: true,
}

// SCPs are the service control policies of the organization, attached or not.
var SCPs = Kind[SCP]{
	Type:   "service control policy",
	All:    func(a *Account) []SCP { return a.Org.SCPs },
	Meta:   func(p SCP) Meta { return p.Meta },
	ID:     func(p SCP) string { return p.ARN },
	Key:    func(p SCP) string { return p.ID },
	Lists:  []string{"organizations:ListPolicies"},
	Global: true,
}
