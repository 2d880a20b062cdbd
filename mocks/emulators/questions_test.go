//go:build unix

package emulators

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	organizationstypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// question is one call; about is its resource, where the operation asks about one.
type question struct {
	operation, about string
	ask              func(context.Context) error
}

// asking turns an SDK call with its input into what a question asks.
func asking[In, Out, Option any](call func(context.Context, *In, ...func(*Option)) (*Out, error), in *In) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := call(ctx, in)
		return err
	}
}

// questions are calls of every kind about the seeded account. Where an operation's
// answers differ in shape, there is one for each.
func questions(cfg aws.Config, ids Seeded) []question {
	control := s3control.NewFromConfig(cfg, plainHost)
	all := []question{
		{"sts:GetCallerIdentity", "", asking(sts.NewFromConfig(cfg).GetCallerIdentity, &sts.GetCallerIdentityInput{})},
		{"account:ListRegions", "", asking(account.NewFromConfig(cfg).ListRegions, &account.ListRegionsInput{})},
		{"s3control:GetPublicAccessBlock", "", asking(control.GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: aws.String(Account)})},
	}
	all = append(all, questionsOfS3(s3.NewFromConfig(cfg, pathStyle))...)
	all = append(all, questionsOfIAM(iam.NewFromConfig(cfg))...)
	all = append(all, questionsOfEC2(ec2.NewFromConfig(cfg), ids)...)
	all = append(all, questionsOfRDS(rds.NewFromConfig(cfg))...)
	all = append(all, questionsOfKMS(kms.NewFromConfig(cfg), ids)...)
	all = append(all, questionsOfSSM(ssm.NewFromConfig(cfg))...)
	all = append(all, questionsOfOrganizations(organizations.NewFromConfig(cfg))...)
	return append(all, questionsOfAccess(cfg, ids)...)
}

func questionsOfS3(api *s3.Client) []question {
	all := []question{
		{"s3:ListBuckets", "", asking(api.ListBuckets, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)})},
		{"s3:ListDirectoryBuckets", "", func(ctx context.Context) error {
			// Or the SDK asks for a session of a bucket, and there is none.
			_, err := api.ListDirectoryBuckets(ctx, &s3.ListDirectoryBucketsInput{}, func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) })
			return err
		}},
	}
	for _, b := range []string{"acme-logs", "acme-website", "acme-scratch", "acme-analytics-us", "acme.static.assets", "acme-unknown"} {
		all = append(all,
			question{"s3:HeadBucket", b, asking(api.HeadBucket, &s3.HeadBucketInput{Bucket: &b})},
			question{"s3:GetBucketLocation", b, asking(api.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: &b})},
			question{"s3:GetPublicAccessBlock", b, asking(api.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: &b})},
			question{"s3:GetBucketEncryption", b, asking(api.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: &b})},
			question{"s3:GetBucketVersioning", b, asking(api.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: &b})},
		)
	}
	return all
}

func questionsOfIAM(api *iam.Client) []question {
	all := []question{
		{"iam:GetAccountSummary", "", asking(api.GetAccountSummary, &iam.GetAccountSummaryInput{})},
		{"iam:GetCredentialReport", "not made yet", asking(api.GetCredentialReport, &iam.GetCredentialReportInput{})},
		{"iam:GenerateCredentialReport", "", asking(api.GenerateCredentialReport, &iam.GenerateCredentialReportInput{})},
		{"iam:GenerateCredentialReport", "again", asking(api.GenerateCredentialReport, &iam.GenerateCredentialReportInput{})},
		{"iam:GetCredentialReport", "", asking(api.GetCredentialReport, &iam.GetCredentialReportInput{})},
		{"iam:GetAccountPasswordPolicy", "", asking(api.GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{})},
		{"iam:GetAccountAuthorizationDetails", "", asking(api.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{})},
	}
	for _, u := range []string{"alice", "svc-backup", "frank", "unknown"} {
		all = append(all,
			question{"iam:GetLoginProfile", u, asking(api.GetLoginProfile, &iam.GetLoginProfileInput{UserName: &u})},
			question{"iam:ListMFADevices", u, asking(api.ListMFADevices, &iam.ListMFADevicesInput{UserName: &u})},
			question{"iam:ListAccessKeys", u, asking(api.ListAccessKeys, &iam.ListAccessKeysInput{UserName: &u})},
		)
	}
	return all
}

func questionsOfEC2(api *ec2.Client, ids Seeded) []question {
	all := []question{
		{"ec2:DescribeRegions", "", asking(api.DescribeRegions, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true)})},
		{"ec2:GetEbsEncryptionByDefault", "", asking(api.GetEbsEncryptionByDefault, &ec2.GetEbsEncryptionByDefaultInput{})},
		{"ec2:DescribeVolumes", "", asking(api.DescribeVolumes, &ec2.DescribeVolumesInput{MaxResults: aws.Int32(500)})},
		{"ec2:DescribeInstances", "", asking(api.DescribeInstances, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(1000)})},
		{"ec2:DescribeSecurityGroups", "", asking(api.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(1000)})},
		{"ec2:DescribeNetworkInterfaces", "", asking(api.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(1000)})},
		{"ec2:DescribeManagedPrefixLists", "", asking(api.DescribeManagedPrefixLists, &ec2.DescribeManagedPrefixListsInput{MaxResults: aws.Int32(100)})},
		{"ec2:GetManagedPrefixListEntries", "acme-list-world", asking(api.GetManagedPrefixListEntries, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: aws.String(ids["acme-list-world"])})},
		{"ec2:GetManagedPrefixListEntries", "unknown", asking(api.GetManagedPrefixListEntries, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: aws.String("pl-0123456789abcdef0")})},
	}
	for about, id := range map[string]string{"acme-web-1": ids["acme-web-1"], "unknown": "i-0123456789abcdef0"} {
		all = append(all, question{"ec2:DescribeInstanceAttribute", about, asking(api.DescribeInstanceAttribute, &ec2.DescribeInstanceAttributeInput{InstanceId: &id, Attribute: ec2types.InstanceAttributeNameUserData})})
	}
	return all
}

func questionsOfRDS(api *rds.Client) []question {
	all := []question{
		{"rds:DescribeDBInstances", "", asking(api.DescribeDBInstances, &rds.DescribeDBInstancesInput{})},
		{"rds:DescribeDBClusters", "", asking(api.DescribeDBClusters, &rds.DescribeDBClustersInput{})},
		{"rds:DescribeDBSnapshots", "", asking(api.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{})},
		{"rds:DescribeDBClusterSnapshots", "", asking(api.DescribeDBClusterSnapshots, &rds.DescribeDBClusterSnapshotsInput{})},
	}
	for _, s := range []string{"orders-private", "crm-public-and-partner", "unknown"} {
		all = append(all, question{"rds:DescribeDBSnapshotAttributes", s, asking(api.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: &s})})
	}
	for _, s := range []string{"ledger-private", "unknown"} {
		all = append(all, question{"rds:DescribeDBClusterSnapshotAttributes", s, asking(api.DescribeDBClusterSnapshotAttributes, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: &s})})
	}
	return all
}

func questionsOfKMS(api *kms.Client, ids Seeded) []question {
	all := []question{{"kms:ListKeys", "", asking(api.ListKeys, &kms.ListKeysInput{})}}
	for about, id := range map[string]string{"acme-declared": ids["acme-declared"], "acme-doomed": ids["acme-doomed"], "unknown": "11111111-2222-3333-4444-555555555555"} {
		if id == "" { // before the seeding
			continue
		}
		all = append(all,
			question{"kms:DescribeKey", about, asking(api.DescribeKey, &kms.DescribeKeyInput{KeyId: &id})},
			question{"kms:ListResourceTags", about, asking(api.ListResourceTags, &kms.ListResourceTagsInput{KeyId: &id})},
			question{"kms:GetKeyPolicy", about, asking(api.GetKeyPolicy, &kms.GetKeyPolicyInput{KeyId: &id})},
		)
		if about != "unknown" { // moto breaks on it
			all = append(all, question{"kms:ListGrants", about, asking(api.ListGrants, &kms.ListGrantsInput{KeyId: &id})})
		}
	}
	return all
}

func questionsOfSSM(api *ssm.Client) []question {
	all := []question{{"ssm:ListDocuments", "", asking(api.ListDocuments, &ssm.ListDocumentsInput{Filters: []ssmtypes.DocumentKeyValuesFilter{{Key: aws.String("Owner"), Values: []string{"Self"}}}})}}
	for _, d := range []string{"acme-tools", "acme-restart", "unknown"} {
		all = append(all,
			question{"ssm:DescribeDocumentPermission", d, asking(api.DescribeDocumentPermission, &ssm.DescribeDocumentPermissionInput{Name: &d, PermissionType: ssmtypes.DocumentPermissionTypeShare})},
			question{"ssm:GetDocument", d, asking(api.GetDocument, &ssm.GetDocumentInput{Name: &d})},
		)
	}
	return all
}

func questionsOfOrganizations(api *organizations.Client) []question {
	id := aws.String("p-FullAWSAccess") // AWS's own, in every organization
	return []question{
		{"organizations:DescribeOrganization", "", asking(api.DescribeOrganization, &organizations.DescribeOrganizationInput{})},
		{"organizations:ListRoots", "", asking(api.ListRoots, &organizations.ListRootsInput{})},
		{"organizations:ListPolicies", "", asking(api.ListPolicies, &organizations.ListPoliciesInput{Filter: organizationstypes.PolicyTypeServiceControlPolicy})},
		{"organizations:DescribePolicy", "", asking(api.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: id})},
		{"organizations:ListTargetsForPolicy", "", asking(api.ListTargetsForPolicy, &organizations.ListTargetsForPolicyInput{PolicyId: id})},
	}
}
