package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testRegions = RegionRule{
	Regions: []string{"ap-south-1", "eu-central-1", "eu-west-1", "us-east-1", "us-west-2"},
	Allowed: []string{"eu-central-1", "eu-west-1"},
	Global:  []string{"us-east-1"},
}

func TestRegionDeny(t *testing.T) {
	deny := func(action, condition string) string {
		return statements(`"Effect":"Deny",` + action + `,"Resource":"*","Condition":{` + condition + `}`)
	}
	const star, eu = `"Action":"*"`, `{"aws:RequestedRegion":["eu-central-1","eu-west-1"]}`
	tests := []struct {
		name  string
		doc   string
		want  Answer
		stray []string
	}{
		{"StringNotEquals", deny(star, `"StringNotEquals":`+eu), Yes, nil},
		{"IfExists", deny(star, `"StringNotEqualsIfExists":`+eu), Yes, nil},
		{"ForAnyValue", deny(star, `"ForAnyValue:StringNotEquals":`+eu), Yes, nil},
		{"ForAllValues denies too", deny(star, `"ForAllValues:StringNotEquals":`+eu), Yes, nil},
		{"StringNotLike with a wildcard", deny(star, `"StringNotLike":{"aws:requestedregion":"eu-*"}`), Yes, nil},
		{"wildcard that lets more in", deny(star, `"StringNotLike":{"aws:RequestedRegion":["eu-*","us-*"]}`), No, []string{"us-west-2"}},
		{"bare wildcard", deny(star, `"StringNotLike":{"aws:RequestedRegion":"*"}`), No, []string{"ap-south-1", "us-west-2"}},
		{"global Region allowed", deny(star, `"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}`), Yes, nil},
		{"every Region listed", deny(star, `"StringNotEquals":{"aws:RequestedRegion":["ap-south-1","eu-central-1","eu-west-1","us-east-1","us-west-2"]}`), No, []string{"ap-south-1", "us-west-2"}},
		{"positive list misses Regions to come", deny(star, `"StringEquals":{"aws:RequestedRegion":["ap-south-1","us-west-2"]}`), No, nil},
		{"not the condition", deny(star, `"StringNotEquals":{"aws:Region":["eu-west-1"]}`), No, nil},
		{"NotAction of global services", deny(`"NotAction":["iam:*","organizations:*","s3:ListAllMyBuckets","ec2:DescribeRegions"]`, `"StringNotEquals":`+eu), Yes, nil},
		{"NotAction of a regional service", deny(`"NotAction":["iam:*","ec2:*"]`, `"StringNotEquals":`+eu), No, nil},
		{"NotAction of everything", deny(`"NotAction":"*"`, `"StringNotEquals":`+eu), No, nil},
		{"one service only", deny(`"Action":"ec2:*"`, `"StringNotEquals":`+eu), No, nil},
		{"exempt role", deny(star, `"StringNotEquals":`+eu+`,"ArnNotLike":{"aws:PrincipalARN":"arn:aws:iam::*:role/AWSControlTowerExecution"}`), Yes, nil},
		{"everybody exempt", deny(star, `"StringNotEquals":`+eu+`,"ArnNotLike":{"aws:PrincipalARN":"arn:*:iam::*:*"}`), No, nil},
		{"only some denied", deny(star, `"StringNotEquals":`+eu+`,"StringEquals":{"aws:PrincipalTag/team":"x"}`), No, nil},
		{"unknown operator beside", deny(star, `"StringNotEquals":`+eu+`,"Strange":{"aws:PrincipalArn":"x"}`), CannotTell, nil},
		{"Allow is no denial", statements(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":` + eu + `}`), No, nil},
		{"one resource", statements(`"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b","Condition":{"StringNotEquals":` + eu + `}`), No, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := mustParse(t, tt.doc).RegionDeny("scp", testRegions)
			if got.Answer != tt.want {
				t.Errorf("RegionDeny(%s) = %v, want %v; %+v", tt.doc, got.Answer, tt.want, got.Rules)
			}
			var stray []string
			for _, r := range got.Rules {
				stray = append(stray, r.Stray...)
			}
			if diff := cmp.Diff(tt.stray, stray); diff != "" {
				t.Errorf("Stray (-want +got)\n%s", diff)
			}
		})
	}
}

func TestRegionDenyNamesLiteralWildcards(t *testing.T) {
	got := mustParse(t, statements(`"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-*"}}`)).RegionDeny("scp", testRegions)
	r := got.Rules[0]
	if len(r.Open) != 0 || len(r.Literal) != 1 || r.Literal[0] != "eu-*" {
		t.Errorf("Open = %v, Literal = %v, want none open and eu-* literal", r.Open, r.Literal)
	}
}
