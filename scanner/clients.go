package scanner

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	ours3 "onus/scanner/s3"
)

type middlewareStack = middleware.Stack

// clients makes the clients of one account from its guarded configuration.
type clients struct{ cfg aws.Config }

func in(cfg aws.Config, region string) aws.Config {
	cfg = cfg.Copy()
	cfg.Region = region
	return cfg
}

func (c clients) s3(region string) ours3.API {
	return s3.NewFromConfig(in(c.cfg, region), func(o *s3.Options) {
		// By itself the SDK uses paths only where the host is an address.
		if o.UsePathStyle = foreign(o.BaseEndpoint); o.UsePathStyle {
			o.APIOptions = append(o.APIOptions, directoryBucketInPath)
		}
		// No object of a directory bucket is asked for, so no session is needed; listing
		// them would fail in asking for one.
		o.DisableS3ExpressSessionAuth = aws.Bool(true)
		o.DisableMultiRegionAccessPoints = true
	})
}

func (c clients) ec2(region string) *ec2.Client { return ec2.NewFromConfig(in(c.cfg, region)) }
func (c clients) rds(region string) *rds.Client { return rds.NewFromConfig(in(c.cfg, region)) }

func (c clients) s3control(account, region string) ours3.ControlAPI {
	return s3control.NewFromConfig(in(c.cfg, region), func(o *s3control.Options) {
		if foreign(o.BaseEndpoint) {
			o.APIOptions = append(o.APIOptions, withoutAccountInHost(account))
		}
	})
}

// withoutAccountInHost takes "<account>." from the host's front after the endpoint was
// resolved and before the request is signed: an emulator's host has no such name, and
// DisableEndpointHostPrefix does not reach the endpoint rules.
func withoutAccountInHost(account string) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("OnusHost", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			if req, ok := in.Request.(*smithyhttp.Request); ok {
				req.URL.Host = strings.TrimPrefix(req.URL.Host, account+".")
				req.Host = strings.TrimPrefix(req.Host, account+".")
			}
			return next.HandleFinalize(ctx, in)
		}), "ResolveEndpointV2", middleware.After)
	}
}

// directoryBucketInPath takes a directory bucket from the host's front into the path: the
// endpoint rules know paths for them only where the host is an address or AWS's own.
func directoryBucketInPath(s *middleware.Stack) error {
	return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("OnusDirectoryBucket", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if req, ok := in.Request.(*smithyhttp.Request); ok {
			if bucket, host, cut := strings.Cut(req.URL.Host, "."); cut && strings.HasSuffix(bucket, "--x-s3") {
				req.URL.Host, req.URL.Path, req.URL.RawPath = host, "/"+bucket+req.URL.Path, ""
			}
		}
		return next.HandleFinalize(ctx, in)
	}), "ResolveEndpointV2", middleware.After)
}
