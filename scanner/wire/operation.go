package wire

import "strings"

// Operation is what the transport must know of one permitted operation.
type Operation struct {
	Root    string // root element of an XML answer; "" for JSON and for answers without a body
	Also    string // another root that an S3-compatible store gives with the same content
	Member  string // element below the root, or JSON member, that every answer has; "" where none is certain
	Bare    bool   // the answer says everything in its headers
	MayLack bool   // an empty root element is an answer (S3 GetBucketVersioning: never enabled)
	RawJSON bool   // the body is the customer's own JSON (S3 GetBucketPolicy)
	Global  bool   // asked once for an account; the others are asked in each Region

	PerResource bool // asked about each resource that a list gave
}

// Permitted is the exact list of operations that may leave the process. All of them
// read, but for iam:GenerateCredentialReport, which starts a report that only AWS
// stores: without it no credential report can be read.
var Permitted = func() map[string]Operation {
	ops := map[string]Operation{
		"s3:ListBuckets":                     {Root: "ListAllMyBucketsResult", Global: true},
		"s3:ListDirectoryBuckets":            {Root: "ListAllMyDirectoryBucketsResult"},
		"s3:HeadBucket":                      {Bare: true, Global: true},
		"s3:GetBucketLocation":               {Root: "LocationConstraint", MayLack: true, Global: true},
		"s3:GetPublicAccessBlock":            {Root: "PublicAccessBlockConfiguration", MayLack: true},
		"s3:GetBucketEncryption":             {Root: "ServerSideEncryptionConfiguration"},
		"s3:GetBucketVersioning":             {Root: "VersioningConfiguration", Also: "GetBucketVersioningResponse", MayLack: true},
		"s3control:GetPublicAccessBlock":     {Root: "PublicAccessBlockConfiguration", MayLack: true, Global: true},
		"account:ListRegions":                {Member: "Regions", Global: true},
		"organizations:DescribeOrganization": {Member: "Organization", Global: true},
		"organizations:ListRoots":            {Member: "Roots", Global: true},
		"organizations:ListPolicies":         {Member: "Policies", Global: true},
		"organizations:DescribePolicy":       {Member: "Policy", Global: true},
		"organizations:ListTargetsForPolicy": {Member: "Targets", Global: true},
	}
	for service, names := range map[string]string{
		"sts": "GetCallerIdentity",
		"ec2": "DescribeRegions GetEbsEncryptionByDefault DescribeVolumes DescribeInstances DescribeInstanceAttribute DescribeSecurityGroups DescribeNetworkInterfaces DescribeManagedPrefixLists GetManagedPrefixListEntries",
		"iam": "GetAccountSummary GenerateCredentialReport GetCredentialReport GetAccountPasswordPolicy GetAccountAuthorizationDetails GetLoginProfile ListMFADevices ListAccessKeys",
		"rds": "DescribeDBInstances DescribeDBClusters DescribeDBSnapshots DescribeDBClusterSnapshots DescribeDBSnapshotAttributes DescribeDBClusterSnapshotAttributes",
	} {
		for _, name := range strings.Fields(names) {
			op := Operation{Root: name + "Response", Global: service == "sts" || service == "iam" || name == "DescribeRegions"}
			if service != "ec2" { // the query protocol wraps what it answers; EC2's does not
				op.Member = name + "Result"
			}
			ops[service+":"+name] = op
		}
	}
	for _, name := range strings.Fields(`s3:HeadBucket s3:GetBucketLocation s3:GetPublicAccessBlock s3:GetBucketEncryption s3:GetBucketVersioning
		organizations:DescribePolicy organizations:ListTargetsForPolicy ec2:DescribeInstanceAttribute ec2:GetManagedPrefixListEntries
		iam:GetLoginProfile iam:ListMFADevices iam:ListAccessKeys rds:DescribeDBSnapshotAttributes rds:DescribeDBClusterSnapshotAttributes`) {
		op := ops[name]
		op.PerResource = true
		ops[name] = op
	}
	return ops
}()

// kept are the response headers that an exchange keeps for every operation. The
// Region of a bucket is told by a header alone.
var kept = []string{"Content-Type", "Date", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Amz-Bucket-Region", "X-Amzn-Errortype"}

// name is service:Operation, from the SDK's own names ("S3 Control").
func name(serviceID, operation string) string {
	return strings.ToLower(strings.ReplaceAll(serviceID, " ", "")) + ":" + operation
}
