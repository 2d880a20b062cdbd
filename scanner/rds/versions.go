package rds

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

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
		told := collect.Ask(ctx, in, askVersion, func(ctx context.Context) (types.DBEngineVersion, error) {
			return engineVersion(ctx, api, string(out[i].Engine), out[i].Version)
		})
		v, err := told.Get()
		if err != nil {
			out[i].Status, out[i].Offer = snapshot.Missing[string](err, told.Calls()...), snapshot.Missing[snapshot.DBVersionOffer](err, told.Calls()...)
			return
		}
		out[i].Status, out[i].Offer = snapshot.Value(aws.ToString(v.Status), told.Calls()...), snapshot.Value(offer(v), told.Calls()...)
	})
	return out
}

var errSecondPage = &wire.MalformedError{What: "the answer about one version has another page"}

// engineVersion asks with IncludeAll: without it, deprecated versions are simply missing. It
// is zero where RDS does not know the version.
func engineVersion(ctx context.Context, api API, engine, version string) (none types.DBEngineVersion, err error) {
	out, err := api.DescribeDBEngineVersions(ctx, &rds.DescribeDBEngineVersionsInput{Engine: &engine, EngineVersion: &version, IncludeAll: aws.Bool(true)})
	if err != nil {
		return none, err
	}
	for _, v := range out.DBEngineVersions {
		if aws.ToString(v.Engine) == engine && aws.ToString(v.EngineVersion) == version {
			return v, nil
		}
	}
	if aws.ToString(out.Marker) != "" {
		return none, errSecondPage
	}
	return none, nil
}

func offer(v types.DBEngineVersion) snapshot.DBVersionOffer {
	out := snapshot.DBVersionOffer{Known: v.EngineVersion != nil, ExportsLogs: aws.ToBool(v.SupportsLogExportsToCloudwatchLogs), ExportableLogs: v.ExportableLogTypes}
	for _, u := range v.ValidUpgradeTarget {
		out.Upgrades = append(out.Upgrades, snapshot.DBUpgrade{Version: aws.ToString(u.EngineVersion), Major: aws.ToBool(u.IsMajorVersionUpgrade), Auto: aws.ToBool(u.AutoUpgrade)})
	}
	return out
}
