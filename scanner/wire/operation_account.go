package wire

// accountOperations are those about the account and its organization.
var accountOperations = join(
	query(Operation{Global: true}, "sts", `GetCallerIdentity`),
	map[string]Operation{
		"account:ListRegions":                {Member: "Regions", Global: true},
		"organizations:DescribeOrganization": {Member: "Organization", Global: true},
		"organizations:ListAccounts":         {Member: "Accounts", Global: true},
		"organizations:ListRoots":            {Member: "Roots", Global: true},
		"organizations:ListPolicies":         {Member: "Policies", Global: true},
		"organizations:DescribePolicy":       {Member: "Policy", Global: true, PerResource: true},
		"organizations:ListTargetsForPolicy": {Member: "Targets", Global: true, PerResource: true},
	},
)
