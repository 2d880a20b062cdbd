package emulators

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	control "github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

// pitfall is a bucket in which one thing is set in a way that is easily misjudged. All lie
// in Home, block nothing of their own unless closed is true, and lack what is not set.
type pitfall struct {
	name   string // after "pit-"
	closed bool   // by the bucket's own Block Public Access
	policy []string
	set    []func(*pitfalls, *string) error
}

// pitfalls makes them.
type pitfalls struct {
	ctx     context.Context
	api     *s3.Client
	control *s3control.Client
}

// Objects for the sample: what a client that encrypts before upload leaves in the metadata,
// by the specification of the Amazon S3 Encryption Client.
var (
	plainObject   = map[string]string{"origin": "scanner"}
	format1Object = map[string]string{"x-amz-key": "d3JhcHBlZA==", "x-amz-iv": "aXYtaXYtaXYtaXYtMTY=", "x-amz-matdesc": "{}"}
	format2Object = map[string]string{"x-amz-key-v2": "d3JhcHBlZA==", "x-amz-iv": "aXYtaXYtaXY=", "x-amz-cek-alg": "AES/GCM/NoPadding", "x-amz-wrap-alg": "kms+context",
		"x-amz-matdesc": `{"aws:x-amz-cek-alg":"AES/GCM/NoPadding"}`, "x-amz-tag-len": "128"}
	format3Object = map[string]string{"x-amz-c": "115", "x-amz-3": "d3JhcHBlZA==", "x-amz-w": "12", "x-amz-d": "Y29tbWl0bWVudA==", "x-amz-i": "bWVzc2FnZS1pZA==", "x-amz-t": "{}"}
)

// everyone lets everybody read the objects.
const everyone = `{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*"}`

var pits = []pitfall{
	// Who is let in.
	{name: "open", policy: []string{everyone}},
	{name: "own-block", closed: true, policy: []string{everyone}},
	{name: "organization", policy: []string{`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}}`}},
	{name: "endpoint", policy: []string{`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-0123456789abcdef0"}}}`}},
	{name: "not-principal", policy: []string{`{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::` + Account + `:root"},"Action":"s3:GetObject","Resource":"BUCKET/*"}`}},
	{name: "delegated", policy: []string{`{"Sid":"Points","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"StringEquals":{"s3:DataAccessPointAccount":"` + Account + `"}}}`}},
	{name: "delegated-any", policy: []string{`{"Sid":"Points","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"StringEquals":{"s3:AccessPointNetworkOrigin":"VPC"}}}`}},
	{name: "service", policy: []string{`{"Sid":"Config","Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"BUCKET/*"}`}},
	{name: "service-bound", policy: []string{`{"Sid":"Config","Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"aws:SourceAccount":"` + Account + `"}}}`}},
	{name: "deleted", policy: []string{`{"Sid":"Gone","Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEGONE12345"},"Action":"s3:GetObject","Resource":"BUCKET/*"}`}},
	{name: "acl-everyone", set: []func(*pitfalls, *string) error{(*pitfalls).writer, grants(types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/global/AllUsers")}, types.PermissionRead)}},
	{name: "acl-anybody-signed", set: []func(*pitfalls, *string) error{(*pitfalls).writer, grants(types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/global/AuthenticatedUsers")}, types.PermissionWriteAcp)}},
	{name: "cors-any", set: []func(*pitfalls, *string) error{cors("PUT")}},
	{name: "cors-get", set: []func(*pitfalls, *string) error{cors("GET")}},
	// How data is encrypted.
	{name: "dsse", set: []func(*pitfalls, *string) error{encrypted(types.ServerSideEncryptionAwsKmsDsse)}},
	{name: "kms", set: []func(*pitfalls, *string) error{encrypted(types.ServerSideEncryptionAwsKms)}},
	{name: "tls-objects", policy: []string{`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"BUCKET/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}},
	{name: "tls-some", policy: []string{`{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::` + Account + `:root"},"Action":"s3:*","Resource":["BUCKET","BUCKET/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}},
	{name: "cse-format1", set: []func(*pitfalls, *string) error{object("a", format1Object, "")}},
	{name: "cse-format2", set: []func(*pitfalls, *string) error{object("a", format2Object, ""), object("b", format2Object, "")}},
	{name: "cse-format3", set: []func(*pitfalls, *string) error{object("a", format3Object, "")}},
	{name: "cse-file", set: []func(*pitfalls, *string) error{object("a", nil, ""), object("a.instruction", map[string]string{"x-amz-crypto-instr-file": ""}, "")}},
	{name: "cse-mixed", set: []func(*pitfalls, *string) error{object("a", format2Object, ""), object("b", plainObject, "")}},
	{name: "object-open", set: []func(*pitfalls, *string) error{(*pitfalls).writer, object("a", plainObject, types.ObjectCannedACLPublicRead)}},
	// What is kept.
	{name: "lock", set: []func(*pitfalls, *string) error{locked("")}},
	{name: "lock-governance", set: []func(*pitfalls, *string) error{locked(types.ObjectLockRetentionModeGovernance)}},
	{name: "lock-compliance", set: []func(*pitfalls, *string) error{locked(types.ObjectLockRetentionModeCompliance)}},
	{name: "ends-current", set: []func(*pitfalls, *string) error{lifecycle(types.LifecycleRule{Expiration: &types.LifecycleExpiration{Days: aws.Int32(1)}})}},
	{name: "ends-old", set: []func(*pitfalls, *string) error{(*pitfalls).versions, lifecycle(types.LifecycleRule{NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(1)}})}},
	{name: "ends-uploads", set: []func(*pitfalls, *string) error{lifecycle(types.LifecycleRule{AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)}})}},
	{name: "ends-never", set: []func(*pitfalls, *string) error{lifecycle(types.LifecycleRule{Status: types.ExpirationStatusDisabled, Expiration: &types.LifecycleExpiration{Days: aws.Int32(1)}})}},
	{name: "copies", set: []func(*pitfalls, *string) error{(*pitfalls).versions, copies("acme-media")}},
	{name: "copies-kms", set: []func(*pitfalls, *string) error{(*pitfalls).versions, encrypted(types.ServerSideEncryptionAwsKms), copies("acme-media")}},
	// Where logs and visitors go.
	{name: "log-target", policy: []string{`{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"BUCKET/*","Condition":{"StringEquals":{"aws:SourceAccount":"` + Account + `"}}}`}},
	{name: "log-source", set: []func(*pitfalls, *string) error{logsTo("pit-log-target")}},
	{name: "log-target-kms", set: []func(*pitfalls, *string) error{encrypted(types.ServerSideEncryptionAwsKms)},
		policy: []string{`{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"BUCKET/*"}`}},
	{name: "log-source-kms", set: []func(*pitfalls, *string) error{logsTo("pit-log-target-kms")}},
	{name: "redirect", set: []func(*pitfalls, *string) error{redirect("pit-nobody-has-this.s3-website.eu-central-1.amazonaws.com")}},
	{name: "accelerated", set: []func(*pitfalls, *string) error{(*pitfalls).accelerate}},
	{name: "dotted.name"},
}

// seedPitfalls makes the buckets of pits. LocalStack has no RDS, and is left with the first
// buckets: what these show is shown by one emulator.
func seedPitfalls(ctx context.Context, cfg aws.Config, _ Seeded) error {
	cfg = at(cfg, Home)
	if _, err := rds.NewFromConfig(cfg).DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{}); err != nil {
		return err
	}
	p := &pitfalls{ctx, s3.NewFromConfig(cfg, pathStyle), s3control.NewFromConfig(cfg, plainHost)}
	for _, b := range pits {
		if err := p.seed(b); err != nil {
			return fmt.Errorf("bucket pit-%s: %w", b.name, err)
		}
	}
	for point, bucket := range map[string]string{"pit-open-point": "pit-delegated", "pit-closed-point": "pit-own-block"} {
		if err := p.point(point, bucket); err != nil {
			return fmt.Errorf("access point %s: %w", point, err)
		}
	}
	return nil
}

// point makes an access point that blocks nothing and lets everybody read. Its bucket's own
// Block Public Access closes it, or nothing does.
func (p *pitfalls) point(name, bucket string) error {
	_, err := p.control.CreateAccessPoint(p.ctx, &s3control.CreateAccessPointInput{AccountId: aws.String(Account), Name: &name, Bucket: &bucket,
		PublicAccessBlockConfiguration: &control.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(false), IgnorePublicAcls: aws.Bool(false),
			BlockPublicPolicy: aws.Bool(false), RestrictPublicBuckets: aws.Bool(false)}})
	if err != nil {
		return err
	}
	arn := "arn:aws:s3:" + Home + ":" + Account + ":accesspoint/" + name
	_, err = p.control.PutAccessPointPolicy(p.ctx, &s3control.PutAccessPointPolicyInput{AccountId: aws.String(Account), Name: &name,
		Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"` + arn + `/object/*"}]}`)})
	return err
}

func (p *pitfalls) seed(b pitfall) error {
	name := aws.String("pit-" + b.name)
	create := bucket{name: *name, region: Home}
	if b.closed {
		create.block = block(true, true, true, true)
	}
	if strings.HasPrefix(b.name, "lock") {
		_, err := p.api.CreateBucket(p.ctx, &s3.CreateBucketInput{Bucket: name, ObjectLockEnabledForBucket: aws.Bool(true),
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(Home)}})
		if err != nil {
			return err
		}
		if _, err := p.api.DeletePublicAccessBlock(p.ctx, &s3.DeletePublicAccessBlockInput{Bucket: name}); err != nil {
			return err
		}
	} else if err := createBucket(p.ctx, p.api, create); err != nil {
		return err
	}
	if len(b.policy) > 0 {
		text := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+strings.Join(b.policy, ",")+`]}`, "BUCKET", "arn:aws:s3:::"+*name)
		if _, err := p.api.PutBucketPolicy(p.ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: &text}); err != nil {
			return err
		}
	}
	for _, set := range b.set {
		if err := set(p, name); err != nil {
			return err
		}
	}
	return nil
}

// writer lets ACLs have an effect.
func (p *pitfalls) writer(name *string) error {
	_, err := p.api.PutBucketOwnershipControls(p.ctx, &s3.PutBucketOwnershipControlsInput{Bucket: name,
		OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}}}})
	return err
}

func (p *pitfalls) versions(name *string) error {
	_, err := p.api.PutBucketVersioning(p.ctx, &s3.PutBucketVersioningInput{Bucket: name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	return err
}

func (p *pitfalls) accelerate(name *string) error {
	_, err := p.api.PutBucketAccelerateConfiguration(p.ctx, &s3.PutBucketAccelerateConfigurationInput{Bucket: name,
		AccelerateConfiguration: &types.AccelerateConfiguration{Status: types.BucketAccelerateStatusEnabled}})
	return err
}

func grants(to types.Grantee, permission types.Permission) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		acl, err := p.api.GetBucketAcl(p.ctx, &s3.GetBucketAclInput{Bucket: name})
		if err != nil {
			return err
		}
		list := append(acl.Grants, types.Grant{Grantee: &to, Permission: permission})
		_, err = p.api.PutBucketAcl(p.ctx, &s3.PutBucketAclInput{Bucket: name, AccessControlPolicy: &types.AccessControlPolicy{Owner: acl.Owner, Grants: list}})
		return err
	}
}

func cors(method string) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketCors(p.ctx, &s3.PutBucketCorsInput{Bucket: name,
			CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{AllowedOrigins: []string{"*"}, AllowedMethods: []string{method}}}}})
		return err
	}
}

func encrypted(by types.ServerSideEncryption) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketEncryption(p.ctx, &s3.PutBucketEncryptionInput{Bucket: name, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: by}}}}})
		return err
	}
}

func object(key string, metadata map[string]string, acl types.ObjectCannedACL) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutObject(p.ctx, &s3.PutObjectInput{Bucket: name, Key: &key, Body: strings.NewReader("x"), Metadata: metadata, ACL: acl})
		return err
	}
}

func locked(mode types.ObjectLockRetentionMode) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		if mode == "" {
			return nil
		}
		_, err := p.api.PutObjectLockConfiguration(p.ctx, &s3.PutObjectLockConfigurationInput{Bucket: name, ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: mode, Days: aws.Int32(400)}}}})
		return err
	}
}

func lifecycle(rule types.LifecycleRule) func(*pitfalls, *string) error {
	rule.ID, rule.Filter = aws.String("pit"), &types.LifecycleRuleFilter{Prefix: aws.String("")}
	if rule.Status == "" {
		rule.Status = types.ExpirationStatusEnabled
	}
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketLifecycleConfiguration(p.ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: name,
			LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{rule}}})
		return err
	}
}

func copies(to string) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketReplication(p.ctx, &s3.PutBucketReplicationInput{Bucket: name, ReplicationConfiguration: &types.ReplicationConfiguration{
			Role: aws.String("arn:aws:iam::" + Account + ":role/replication"), Rules: []types.ReplicationRule{{ID: aws.String("pit"), Status: types.ReplicationRuleStatusEnabled,
				Priority: aws.Int32(1), Filter: &types.ReplicationRuleFilter{Prefix: aws.String("")}, DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusDisabled},
				Destination: &types.Destination{Bucket: aws.String("arn:aws:s3:::" + to)}}}}})
		return err
	}
}

func logsTo(target string) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketLogging(p.ctx, &s3.PutBucketLoggingInput{Bucket: name, BucketLoggingStatus: &types.BucketLoggingStatus{
			LoggingEnabled: &types.LoggingEnabled{TargetBucket: &target, TargetPrefix: aws.String(*name + "/")}}})
		return err
	}
}

func redirect(host string) func(*pitfalls, *string) error {
	return func(p *pitfalls, name *string) error {
		_, err := p.api.PutBucketWebsite(p.ctx, &s3.PutBucketWebsiteInput{Bucket: name,
			WebsiteConfiguration: &types.WebsiteConfiguration{RedirectAllRequestsTo: &types.RedirectAllRequestsTo{HostName: &host}}})
		return err
	}
}
