package wire

// kmsOperations are those of KMS, which answers in JSON.
var kmsOperations = map[string]Operation{
	"kms:ListKeys":         {Member: "Keys"},
	"kms:DescribeKey":      {Member: "KeyMetadata", PerResource: true},
	"kms:ListResourceTags": {Member: "Tags", PerResource: true},
	"kms:GetKeyPolicy":     {Member: "Policy", PerResource: true},
	"kms:ListGrants":       {Member: "Grants", PerResource: true},
}
