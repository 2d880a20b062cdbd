package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/snapshot"
)

// user maps one user, without what the credential report says of it.
func user(at snapshot.Meta, u types.UserDetail) snapshot.User {
	at.ARN, at.Name, at.Tags = aws.ToString(u.Arn), aws.ToString(u.UserName), tags(u.Tags)
	return snapshot.User{
		Meta: at, Grants: grants(at, u.UserPolicyList, u.AttachedManagedPolicies, u.PermissionsBoundary),
		ID: aws.ToString(u.UserId), Path: aws.ToString(u.Path), Created: aws.ToTime(u.CreateDate).UTC(), Groups: u.GroupList,
	}
}

// group maps one group, without its members. Groups have neither tags nor boundaries.
func group(at snapshot.Meta, g types.GroupDetail) snapshot.Group {
	at.ARN, at.Name = aws.ToString(g.Arn), aws.ToString(g.GroupName)
	return snapshot.Group{
		Meta: at, Grants: grants(at, g.GroupPolicyList, g.AttachedManagedPolicies, nil),
		ID: aws.ToString(g.GroupId), Path: aws.ToString(g.Path), Created: aws.ToTime(g.CreateDate).UTC(),
	}
}

// role maps one role.
func role(at snapshot.Meta, r types.RoleDetail) snapshot.Role {
	at.ARN, at.Name, at.Tags = aws.ToString(r.Arn), aws.ToString(r.RoleName), tags(r.Tags)
	out := snapshot.Role{
		Meta: at, Grants: grants(at, r.RolePolicyList, r.AttachedManagedPolicies, r.PermissionsBoundary),
		ID: aws.ToString(r.RoleId), Path: aws.ToString(r.Path), Created: aws.ToTime(r.CreateDate).UTC(),
		Trust: document(at, r.AssumeRolePolicyDocument),
	}
	for _, p := range r.InstanceProfileList {
		out.Profiles = append(out.Profiles, aws.ToString(p.Arn))
	}
	if use := r.RoleLastUsed; use != nil {
		out.LastUsed = &snapshot.RoleUse{Region: aws.ToString(use.Region)}
		if use.LastUsedDate != nil {
			out.LastUsed.At = use.LastUsedDate.UTC()
		}
	}
	return out
}

// grants maps what gives rights to the identity at, and what bounds them.
func grants(at snapshot.Meta, inline []types.PolicyDetail, attached []types.AttachedPolicy, boundary *types.AttachedPermissionsBoundary) snapshot.Grants {
	var out snapshot.Grants
	for _, p := range inline {
		m := snapshot.Meta{Location: at.Location, Calls: at.Calls, Name: aws.ToString(p.PolicyName)}
		m.ARN = at.ARN + "/inline-policy/" + m.Name
		out.Inline = append(out.Inline, snapshot.InlinePolicy{Meta: m, Owner: at.ARN, Document: document(at, p.PolicyDocument)})
	}
	for _, p := range attached {
		out.Attached = append(out.Attached, snapshot.AttachedPolicy{ARN: aws.ToString(p.PolicyArn), Name: aws.ToString(p.PolicyName)})
	}
	if boundary != nil {
		out.BoundaryARN = aws.ToString(boundary.PermissionsBoundaryArn)
	}
	return out
}

func tags(list []types.Tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	out := make(map[string]string, len(list))
	for _, t := range list {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}
