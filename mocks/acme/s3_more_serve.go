package acme

import (
	"encoding/hex"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	s3controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"onus/mocks"
)

// serveSettings answers what is asked about one bucket. Where nothing is set most
// operations answer with an error of their own.
func (e *estate) serveSettings(s *mocks.Server, find finder) {
	known := settingsOf()
	missing := func(code, message string) error {
		return &mocks.Error{Status: http.StatusNotFound, Code: code, Message: message}
	}
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketOwnershipControlsInput) (*s3.GetBucketOwnershipControlsOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; set.ownership != "" {
			return &s3.GetBucketOwnershipControlsOutput{OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: set.ownership}}}}, nil
		}
		return nil, missing("OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketPolicyInput) (*s3.GetBucketPolicyOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; len(set.policy) > 0 {
			return &s3.GetBucketPolicyOutput{Policy: aws.String(set.document(b.name, organizationID))}, nil
		}
		return nil, missing("NoSuchBucketPolicy", "The bucket policy does not exist")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketPolicyStatusInput) (*s3.GetBucketPolicyStatusOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; len(set.policy) > 0 {
			return &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(set.isPublic)}}, nil
		}
		return nil, missing("NoSuchBucketPolicy", "The bucket policy does not exist")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketTaggingInput) (*s3.GetBucketTaggingOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; len(set.tags) > 0 {
			return &s3.GetBucketTaggingOutput{TagSet: tagSet(set.tags)}, nil
		}
		return nil, missing("NoSuchTagSet", "The TagSet does not exist")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketWebsiteInput) (*s3.GetBucketWebsiteOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; set.website {
			return &s3.GetBucketWebsiteOutput{IndexDocument: &types.IndexDocument{Suffix: aws.String("index.html")}}, nil
		}
		return nil, missing("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketLifecycleConfigurationInput) (*s3.GetBucketLifecycleConfigurationOutput, error) {
		if aws.ToString(in.Bucket) == scratchBucket && r.Region == Home {
			return &s3.GetBucketLifecycleConfigurationOutput{Rules: []types.LifecycleRule{switchedOff(expires(1))}}, nil
		}
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; len(set.lifecycle) > 0 {
			return &s3.GetBucketLifecycleConfigurationOutput{Rules: set.lifecycle}, nil
		}
		return nil, missing("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetObjectLockConfigurationInput) (*s3.GetObjectLockConfigurationOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; set.lock != nil {
			return &s3.GetObjectLockConfigurationOutput{ObjectLockConfiguration: locked(set.lock)}, nil
		}
		return nil, missing("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketReplicationInput) (*s3.GetBucketReplicationOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		if set := known[b.name]; set.copiesTo != "" {
			return &s3.GetBucketReplicationOutput{ReplicationConfiguration: copies(set.copiesTo)}, nil
		}
		return nil, missing("ReplicationConfigurationNotFoundError", "The replication configuration was not found")
	})
	e.serveEmptySettings(s, find, known)
}

// serveEmptySettings answers the operations that have an empty answer for "nothing".
func (e *estate) serveEmptySettings(s *mocks.Server, find finder, known map[string]settings) {
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketAclInput) (*s3.GetBucketAclOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		return acl(known[b.name].public), nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketLoggingInput) (*s3.GetBucketLoggingOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		out := &s3.GetBucketLoggingOutput{}
		if to := known[b.name].logsTo; to != "" {
			out.LoggingEnabled = &types.LoggingEnabled{TargetBucket: aws.String(to), TargetPrefix: aws.String(b.name + "/")}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetBucketNotificationConfigurationInput) (*s3.GetBucketNotificationConfigurationOutput, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		out := &s3.GetBucketNotificationConfigurationOutput{}
		if known[b.name].events {
			out.EventBridgeConfiguration = &types.EventBridgeConfiguration{}
		}
		return out, nil
	})
}

// acl gives the owner everything and, if public, lets everybody read.
func acl(public bool) *s3.GetBucketAclOutput {
	owner := aws.String(hex.EncodeToString(digest("canonical user id")))
	out := &s3.GetBucketAclOutput{Owner: &types.Owner{ID: owner}, Grants: []types.Grant{
		{Grantee: &types.Grantee{Type: types.TypeCanonicalUser, ID: owner}, Permission: types.PermissionFullControl}}}
	if public {
		everybody := &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/global/AllUsers")}
		out.Grants = append(out.Grants, types.Grant{Grantee: everybody, Permission: types.PermissionRead})
	}
	return out
}

func tagSet(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

func locked(by *types.DefaultRetention) *types.ObjectLockConfiguration {
	return &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: &types.ObjectLockRule{DefaultRetention: by}}
}

func copies(to string) *types.ReplicationConfiguration {
	return &types.ReplicationConfiguration{Role: aws.String(iamARN("role/acme-replication")), Rules: []types.ReplicationRule{{
		ID: aws.String("all"), Status: types.ReplicationRuleStatusEnabled, Priority: aws.Int32(1), Filter: &types.ReplicationRuleFilter{Prefix: aws.String("")},
		DeleteMarkerReplication: &types.DeleteMarkerReplication{Status: types.DeleteMarkerReplicationStatusDisabled},
		Destination:             &types.Destination{Bucket: aws.String("arn:" + Partition + ":s3:::" + to)}}}}
}

// accessPoint is one access point of the home Region.
type accessPoint struct {
	name, bucket, vpc string
	block             *s3controltypes.PublicAccessBlockConfiguration // nil: none
}

var accessPoints = []accessPoint{
	{"acme-invoices-billing", "acme-invoices-prod", "vpc-0ac3e000000000a10", &s3controltypes.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true)}},
	{"acme-images-import", "acme-product-images-prod", "", &s3controltypes.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(false), RestrictPublicBuckets: aws.Bool(false)}},
}

// serveAccessPoints answers S3 Control about access points.
func (e *estate) serveAccessPoints(s *mocks.Server) {
	mocks.Handle(s, func(r *mocks.Request, _ *s3control.ListAccessPointsInput) (*s3control.ListAccessPointsOutput, error) {
		if _, err := e.at(r); err != nil {
			return nil, err
		}
		out := &s3control.ListAccessPointsOutput{AccessPointList: []s3controltypes.AccessPoint{}}
		for _, p := range accessPoints {
			if r.Region == Home {
				out.AccessPointList = append(out.AccessPointList, s3controltypes.AccessPoint{Name: aws.String(p.name), Bucket: aws.String(p.bucket), BucketAccountId: aws.String(Account),
					AccessPointArn: aws.String(arn("s3", Home, "accesspoint/"+p.name)), NetworkOrigin: p.origin(), VpcConfiguration: p.network()})
			}
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3control.GetAccessPointInput) (*s3control.GetAccessPointOutput, error) {
		i := slices.IndexFunc(accessPoints, func(p accessPoint) bool { return p.name == aws.ToString(in.Name) })
		if i < 0 || r.Region != Home {
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchAccessPoint", Message: "The specified accesspoint does not exist"}
		}
		p := accessPoints[i]
		return &s3control.GetAccessPointOutput{Name: in.Name, Bucket: aws.String(p.bucket), BucketAccountId: aws.String(Account), NetworkOrigin: p.origin(),
			AccessPointArn: aws.String(arn("s3", Home, "accesspoint/"+p.name)), VpcConfiguration: p.network(), PublicAccessBlockConfiguration: p.block}, nil
	})
}

func (p accessPoint) origin() s3controltypes.NetworkOrigin {
	if p.vpc == "" {
		return s3controltypes.NetworkOriginInternet
	}
	return s3controltypes.NetworkOriginVpc
}

func (p accessPoint) network() *s3controltypes.VpcConfiguration {
	if p.vpc == "" {
		return nil
	}
	return &s3controltypes.VpcConfiguration{VpcId: aws.String(p.vpc)}
}
