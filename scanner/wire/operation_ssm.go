package wire

// ssmOperations are those of Systems Manager, which answers in JSON.
var ssmOperations = map[string]Operation{
	"ssm:DescribeInstanceInformation":     {Member: "InstanceInformationList"},
	"ssm:DescribeInstancePatchStates":     {Member: "InstancePatchStates", PerResource: true},
	"ssm:ListResourceComplianceSummaries": {Member: "ResourceComplianceSummaryItems"},
	"ssm:ListDocuments":                   {Member: "DocumentIdentifiers"},
	"ssm:DescribeDocumentPermission":      {Member: "AccountIds", PerResource: true},
	"ssm:GetDocument":                     {Member: "Content", PerResource: true},
}
