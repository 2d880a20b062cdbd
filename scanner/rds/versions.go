package rds

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const askVersion = "rds:DescribeDBEngineVersions"

// versions asks of each engine version in use, once in the Region, whether RDS still offers
// it: the whole list has thousands.
func versions(ctx context.Context, in collect.Scope, api API, all snapshot.RDS) (out []snapshot.DBEngineVersion) {
	if !in.Wants(askVersion) {
		return nil
	}
	seen := map[string]bool{}
	add := func(d snapshot.Database) {
		v := snapshot.DBEngineVersion{Meta: snapshot.Meta{Location: in.Location}, Engine: d.Engine, Version: d.Version}
		if key := snapshot.DBEngineVersions.Key(v); !seen[key] && d.Version != "" {
			seen[key] = true
			out = append(out, v)
		}
	}
	for _, d := range all.Instances {
		add(d.Database)
	}
	for _, c := range all.Clusters {
		add(c.Database)
	}
	in.Each(ctx, len(out), func(i int) {
		out[i].Status = collect.Ask(ctx, in, askVersion, func(ctx context.Context) (string, error) {
			return versionStatus(ctx, api, string(out[i].Engine), out[i].Version)
		})
	})
	return out
}

var errSecondPage = &wire.MalformedError{What: "the answer about one version has another page"}

// versionStatus asks with IncludeAll: without it, deprecated versions are simply missing.
func versionStatus(ctx context.Context, api API, engine, version string) (string, error) {
	out, err := api.DescribeDBEngineVersions(ctx, &rds.DescribeDBEngineVersionsInput{Engine: &engine, EngineVersion: &version, IncludeAll: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	for _, v := range out.DBEngineVersions {
		if aws.ToString(v.Engine) == engine && aws.ToString(v.EngineVersion) == version {
			return aws.ToString(v.Status), nil
		}
	}
	if aws.ToString(out.Marker) != "" {
		return "", errSecondPage
	}
	return "", nil
}
