package rds

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/snapshot"
)

// groupsOfInstance maps what an instance is a member of and what it sends where.
func groupsOfInstance(out *snapshot.Database, db types.DBInstance) {
	if len(db.DBParameterGroups) > 0 {
		out.ParameterGroup, out.ParameterStatus = aws.ToString(db.DBParameterGroups[0].DBParameterGroupName), aws.ToString(db.DBParameterGroups[0].ParameterApplyStatus)
	}
	for _, g := range db.OptionGroupMemberships {
		out.OptionGroups = append(out.OptionGroups, snapshot.DBMembership{ID: aws.ToString(g.OptionGroupName), Status: aws.ToString(g.Status)})
	}
	for _, r := range db.AssociatedRoles {
		out.Roles = append(out.Roles, snapshot.DBRole{ARN: aws.ToString(r.RoleArn), Feature: aws.ToString(r.FeatureName), Status: aws.ToString(r.Status)})
	}
	out.LogExports, out.ActivityStream = db.EnabledCloudwatchLogsExports, string(db.ActivityStreamStatus)
	out.MaintenanceWindow, out.Dual = aws.ToString(db.PreferredMaintenanceWindow), aws.ToString(db.NetworkType) == dual
}

// groupsOfCluster maps the same of a cluster, whose members tell how far its parameters are
// in force.
func groupsOfCluster(out *snapshot.Database, c types.DBCluster) {
	out.ParameterGroup = aws.ToString(c.DBClusterParameterGroup)
	for _, g := range c.DBClusterOptionGroupMemberships {
		out.OptionGroups = append(out.OptionGroups, snapshot.DBMembership{ID: aws.ToString(g.DBClusterOptionGroupName), Status: aws.ToString(g.Status)})
	}
	for _, r := range c.AssociatedRoles {
		out.Roles = append(out.Roles, snapshot.DBRole{ARN: aws.ToString(r.RoleArn), Feature: aws.ToString(r.FeatureName), Status: aws.ToString(r.Status)})
	}
	out.LogExports, out.ActivityStream = c.EnabledCloudwatchLogsExports, string(c.ActivityStreamStatus)
	out.MaintenanceWindow, out.Dual = aws.ToString(c.PreferredMaintenanceWindow), aws.ToString(c.NetworkType) == dual
}

const dual = "DUAL"

func pendingExports(p *types.PendingCloudwatchLogsExports) []string {
	if p == nil {
		return nil
	}
	return p.LogTypesToEnable
}

func parameter(p types.Parameter) snapshot.DBParameter {
	return snapshot.DBParameter{Value: aws.ToString(p.ParameterValue), Set: p.ParameterValue != nil, Static: aws.ToString(p.ApplyType) == "static", Method: string(p.ApplyMethod), Source: aws.ToString(p.Source)}
}

// optionGroup maps a group with its options. A setting without a value has its default.
func optionGroup(at snapshot.Meta, g types.OptionGroup) snapshot.DBOptionGroup {
	out := snapshot.DBOptionGroup{Meta: named(at, "og", g.OptionGroupName, g.OptionGroupArn, nil), ID: aws.ToString(g.OptionGroupName)}
	for _, o := range g.Options {
		option := snapshot.DBOption{Name: aws.ToString(o.OptionName), Port: aws.ToInt32(o.Port), Groups: activeGroups(o.VpcSecurityGroupMemberships)}
		for _, s := range o.OptionSettings {
			if option.Settings == nil {
				option.Settings = map[string]string{}
			}
			option.Settings[aws.ToString(s.Name)] = cmp.Or(aws.ToString(s.Value), aws.ToString(s.DefaultValue))
		}
		out.Options = append(out.Options, option)
	}
	return out
}

func subnetGroup(at snapshot.Meta, g types.DBSubnetGroup) snapshot.DBSubnetGroup {
	out := snapshot.DBSubnetGroup{Meta: named(at, "subgrp", g.DBSubnetGroupName, g.DBSubnetGroupArn, nil), ID: aws.ToString(g.DBSubnetGroupName),
		VPC: aws.ToString(g.VpcId), Status: aws.ToString(g.SubnetGroupStatus)}
	for _, s := range g.Subnets {
		out.Subnets = append(out.Subnets, subnet(s))
	}
	return out
}

func exportTask(at snapshot.Meta, t types.ExportTask) snapshot.DBExportTask {
	at.Name = aws.ToString(t.ExportTaskIdentifier)
	return snapshot.DBExportTask{Meta: at, ID: at.Name, Source: aws.ToString(t.SourceArn), SourceType: string(t.SourceType), Bucket: aws.ToString(t.S3Bucket),
		KMSKeyID: aws.ToString(t.KmsKeyId), Status: aws.ToString(t.Status), Ended: aws.ToTime(t.TaskEndTime)}
}
