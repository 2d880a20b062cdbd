package snapshot

// Org is the unit of the organization. Its exchanges go into the account's record.
type Org struct {
	Organization Read[Organization] // DescribeOrganization; ErrAbsent where the account is in none
	SCPs         Read[[]SCP]        // ListPolicies, DescribePolicy, ListTargetsForPolicy
	SCPsEnabled  Read[bool]         // ListRoots PolicyTypes
}

// Organization is the organization that the account belongs to.
type Organization struct {
	Meta
	ID, ManagementAccount, FeatureSet string
}

// SCP is a service control policy and what it is attached to.
type SCP struct {
	ID, Name string
	AWS      bool // made by AWS
	Document string
	Targets  []string
}

// Organizations is the organization of the account: one, or none.
var Organizations = Kind[Organization]{
	Type: "organization",
	All: func(a *Account) []Organization {
		if o, err := a.Org.Organization.Get(); err == nil {
			return []Organization{o}
		}
		return nil
	},
	Meta:  func(o Organization) Meta { return o.Meta },
	ID:    func(o Organization) string { return o.ARN },
	Key:   func(o Organization) string { return o.ID },
	Lists: []string{"organizations:DescribeOrganization"},
	Where: global,
}
