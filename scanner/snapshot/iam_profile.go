package snapshot

// InstanceProfile is an instance profile: what hands a role to an instance.
// Source: IAM ListInstanceProfiles.
type InstanceProfile struct {
	Meta
	ID    string   // AIPA…
	Roles []string // ARNs; one at most
}

// InstanceProfiles are the account's instance profiles.
var InstanceProfiles = Kind[InstanceProfile]{
	Type:   "iam instance profile",
	All:    func(a *Account) []InstanceProfile { return a.IAM.InstanceProfiles },
	Meta:   func(p InstanceProfile) Meta { return p.Meta },
	ID:     func(p InstanceProfile) string { return p.ARN },
	Key:    func(p InstanceProfile) string { return p.ARN },
	Lists:  []string{"iam:ListInstanceProfiles"},
	Global: true,
}
