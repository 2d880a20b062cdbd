package wire

// accountOperations are those about the account, its organization and who looks in from
// outside.
var accountOperations = join(
	query(Operation{Global: true}, "sts", `GetCallerIdentity`),
	map[string]Operation{
		"accessanalyzer:ListAnalyzers":       {Member: "analyzers"},
		"accessanalyzer:ListArchiveRules":    {Member: "archiveRules", PerResource: true},
		"accessanalyzer:ListFindingsV2":      {Member: "findings", PerResource: true},
		"account:GetAlternateContact":        {Member: "AlternateContact", Global: true},
		"account:GetContactInformation":      {Member: "ContactInformation", Global: true},
		"account:ListRegions":                {Member: "Regions", Global: true},
		"organizations:DescribeOrganization": {Member: "Organization", Global: true},
		"organizations:ListAccounts":         {Member: "Accounts", Global: true},
		"organizations:ListRoots":            {Member: "Roots", Global: true},
		"organizations:ListPolicies":         {Member: "Policies", Global: true},
		"organizations:DescribePolicy":       {Member: "Policy", Global: true, PerResource: true},
		"organizations:ListTargetsForPolicy": {Member: "Targets", Global: true, PerResource: true},

		"organizations:DescribeEffectivePolicy":         {Member: "EffectivePolicy", Global: true},
		"organizations:ListDelegatedAdministrators":     {Member: "DelegatedAdministrators", Global: true},
		"organizations:ListDelegatedServicesForAccount": {Member: "DelegatedServices", Global: true, PerResource: true},
		"organizations:ListParents":                     {Member: "Parents", Global: true, PerResource: true},
		"organizations:ListPoliciesForTarget":           {Member: "Policies", Global: true, PerResource: true},
	},
)
