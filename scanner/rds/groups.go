package rds

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const (
	askParameters        = "rds:DescribeDBParameters"
	askClusterParameters = "rds:DescribeDBClusterParameters"
	listOptionGroups     = "rds:DescribeOptionGroups"
	askClassicGroups     = "rds:DescribeDBSecurityGroups"
)

func optionGroups(ctx context.Context, in collect.Scope, api API) []snapshot.DBOptionGroup {
	return list(ctx, in, listOptionGroups, rds.NewDescribeOptionGroupsPaginator(api, &rds.DescribeOptionGroupsInput{MaxRecords: aws.Int32(100)}),
		func(p *rds.DescribeOptionGroupsOutput) []types.OptionGroup { return p.OptionGroupsList }, optionGroup)
}

func subnetGroups(ctx context.Context, in collect.Scope, api API) []snapshot.DBSubnetGroup {
	return list(ctx, in, "rds:DescribeDBSubnetGroups", rds.NewDescribeDBSubnetGroupsPaginator(api, &rds.DescribeDBSubnetGroupsInput{}),
		func(p *rds.DescribeDBSubnetGroupsOutput) []types.DBSubnetGroup { return p.DBSubnetGroups }, subnetGroup)
}

func exportTasks(ctx context.Context, in collect.Scope, api API) []snapshot.DBExportTask {
	return list(ctx, in, "rds:DescribeExportTasks", rds.NewDescribeExportTasksPaginator(api, &rds.DescribeExportTasksInput{}),
		func(p *rds.DescribeExportTasksOutput) []types.ExportTask { return p.ExportTasks }, exportTask)
}

// unclassic are RDS's words for a Region or an account without DB security groups, which
// belong to EC2-Classic: there are none then, and that is an answer.
var unclassic = []string{"InvalidParameterValue", "InvalidParameterCombination"}

// classicGroups reads the names of the DB security groups.
func classicGroups(ctx context.Context, in collect.Scope, api API) snapshot.Read[[]string] {
	return collect.Ask(ctx, in, askClassicGroups, func(ctx context.Context) ([]string, error) {
		pages := rds.NewDescribeDBSecurityGroupsPaginator(api, &rds.DescribeDBSecurityGroupsInput{})
		names, err := collect.Gather(ctx, pages, func(p *rds.DescribeDBSecurityGroupsOutput) *string { return p.Marker },
			func(p *rds.DescribeDBSecurityGroupsOutput) (out []string) {
				for _, g := range p.DBSecurityGroups {
					out = append(out, aws.ToString(g.DBSecurityGroupName))
				}
				return out
			})
		if collect.Is(err, unclassic...) {
			return nil, nil
		}
		return names, err
	})
}

// parameterGroups reads the parameters of each group that a database of RDS's runs with,
// once. Of a Multi-AZ DB cluster's members the cluster's group alone counts; engines without
// parameters that say something are left out.
func parameterGroups(ctx context.Context, in collect.Scope, api API, all snapshot.RDS) []snapshot.DBParameterGroup {
	var out []snapshot.DBParameterGroup
	seen := map[string]bool{}
	add := func(d snapshot.Database, ofCluster bool) {
		key := snapshot.ParameterGroupKey(d.ParameterGroup, ofCluster)
		if seen[key] || d.ParameterGroup == "" || d.Engine.OtherService() != "" || d.Engine.Custom() {
			return
		}
		seen[key] = true
		kind := "pg"
		if ofCluster {
			kind = "cluster-pg"
		}
		out = append(out, snapshot.DBParameterGroup{Meta: named(snapshot.Meta{Location: in.Location}, kind, &d.ParameterGroup, nil, nil), ID: d.ParameterGroup, OfCluster: ofCluster})
	}
	for _, d := range all.Instances {
		if d.Cluster == "" || d.Engine.Aurora() {
			add(d.Database, false)
		}
	}
	for _, c := range all.Clusters {
		add(c.Database, true)
	}
	in.Each(ctx, len(out), func(i int) { out[i].Parameters = parameters(ctx, in, api, out[i]) })
	if empty(in, "rds:DescribeDBInstances") && empty(in, "rds:DescribeDBClusters") {
		for op, ofCluster := range map[string]bool{askParameters: false, askClusterParameters: true} {
			used := slices.ContainsFunc(out, func(g snapshot.DBParameterGroup) bool { return g.OfCluster == ofCluster })
			if !used {
				in.Settle(op)
			}
		}
	}
	return out
}

func parameters(ctx context.Context, in collect.Scope, api API, g snapshot.DBParameterGroup) snapshot.Read[map[string]snapshot.DBParameter] {
	if g.OfCluster {
		pages := rds.NewDescribeDBClusterParametersPaginator(api, &rds.DescribeDBClusterParametersInput{DBClusterParameterGroupName: &g.ID, MaxRecords: aws.Int32(100)})
		return byName(collect.AskAll(ctx, in, askClusterParameters, pages, func(p *rds.DescribeDBClusterParametersOutput) *string { return p.Marker },
			func(p *rds.DescribeDBClusterParametersOutput) []types.Parameter { return p.Parameters }))
	}
	pages := rds.NewDescribeDBParametersPaginator(api, &rds.DescribeDBParametersInput{DBParameterGroupName: &g.ID, MaxRecords: aws.Int32(100)})
	return byName(collect.AskAll(ctx, in, askParameters, pages, func(p *rds.DescribeDBParametersOutput) *string { return p.Marker },
		func(p *rds.DescribeDBParametersOutput) []types.Parameter { return p.Parameters }))
}

func byName(r snapshot.Read[[]types.Parameter]) snapshot.Read[map[string]snapshot.DBParameter] {
	list, err := r.Get()
	if err != nil {
		return snapshot.Missing[map[string]snapshot.DBParameter](err, r.Calls()...)
	}
	out := make(map[string]snapshot.DBParameter, len(list))
	for _, p := range list {
		out[aws.ToString(p.ParameterName)] = parameter(p)
	}
	return snapshot.Value(out, r.Calls()...)
}
