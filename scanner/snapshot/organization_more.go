package snapshot

// OrganizationLevel is one step of the way from the organization's root to the account:
// the root, a unit, or the account itself.
type OrganizationLevel struct {
	ID   string
	Kind string                // ROOT, ORGANIZATIONAL_UNIT or ACCOUNT
	SCPs Read[[]ControlPolicy] // attached here; ListPoliciesForTarget
	RCPs Read[[]ControlPolicy] // the same
}

// ControlPolicy is a service or resource control policy where it is attached.
type ControlPolicy struct {
	ID, Name string
	Managed  bool         // AWS made it
	Document Read[string] // DescribePolicy
}

// OrganizationPolicy is a policy of another type than those that control access, with
// what it is attached to.
type OrganizationPolicy struct {
	ID, Name string
	Document Read[string]   // DescribePolicy
	Targets  Read[[]string] // ids of roots, units and accounts; ListTargetsForPolicy
}

// EffectivePolicy is what the policies of one type come to for the account.
type EffectivePolicy struct {
	Content string // JSON; "" where there is none
	None    string // AWS's error code that says that there is none
}

// DelegatedAdministrator is a member account that administers something for the
// organization.
type DelegatedAdministrator struct {
	ID, Name string
	State    string         // State, or in older answers Status
	Services Read[[]string] // service principals; ListDelegatedServicesForAccount
}

// Manages says that the account is the organization's management account.
func (o Organization) Manages(account string) bool {
	return o.ManagementAccount != "" && o.ManagementAccount == account
}
