package network

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestBucketNetworkPerimeter(t *testing.T) {
	type change = func(*snapshot.Account)
	with := func(statements []string, more ...change) change {
		return func(a *snapshot.Account) {
			b := snapshot.Bucket{Meta: checktest.Meta("b", "arn:aws:s3:::b"), Policy: snapshot.Value(""), TagSet: snapshot.Value(map[string]string{"class": "secret"})}
			if len(statements) > 0 {
				b.Policy = snapshot.Value(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
			}
			a.S3.Buckets = []snapshot.Bucket{b}
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-own"})
			for _, f := range more {
				f(a)
			}
		}
	}
	deny := func(sid, rest string) string {
		return `{"Sid":"` + sid + `","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]` + rest + `}`
	}
	where := func(condition string) []string { return []string{deny("Fence", `,"Condition":`+condition)} }
	point := func(name, origin string) change {
		return func(a *snapshot.Account) {
			a.S3.AccessPoints = append(a.S3.AccessPoints, snapshot.AccessPoint{Meta: checktest.Meta(name, "arn:aws:s3:eu-west-1:111122223333:accesspoint/"+name), Bucket: "b", NetworkOrigin: origin})
		}
	}
	is := map[string]any{"sensitive_buckets": []string{"b"}, "known_networks": []string{"vpc-1", "vpce-1", "203.0.113.0/24", "2001:db8::/32"},
		"exempt_principals": []string{"arn:aws:iam::111122223333:role/admin", "arn:aws:iam::111122223333:role/a*"}}
	tagged := func(values ...string) map[string]any {
		return map[string]any{"sensitive_tags": map[string][]string{"class": values}, "known_networks": []string{"vpce-1"}}
	}
	endpoint := where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`)
	organizationDenied := func(a *snapshot.Account) {
		a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
	}
	cases := []checktest.Case{
		{Name: "not sensitive", Set: with(endpoint), Want: checks.NotApplicable, Reason: "neither among"},
		{Name: "sensitive by a tag", Set: with(endpoint), Parameters: tagged("secret", "top"), Want: checks.PASS, Reason: "refuses what comes from no known network"},
		{Name: "sensitive by any value of a tag", Set: with(endpoint), Parameters: tagged(), Want: checks.PASS, Reason: "refuses"},
		{Name: "another value of the tag", Set: with(endpoint), Parameters: tagged("public"), Want: checks.NotApplicable, Reason: "neither"},
		{Name: "no policy", Set: with(nil), Parameters: is, Want: checks.FAIL, Reason: "no bucket policy"},
		{Name: "an endpoint", Set: with(endpoint), Parameters: is, Want: checks.PASS, Reason: `statement "Fence" refuses`},
		{Name: "an endpoint that is not known", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":["vpce-1","vpce-2"]}}`)), Parameters: is, Want: checks.FAIL, Reason: `"Fence" lets in vpce-2`},
		{Name: "a VPC, by IfExists", Set: with(where(`{"StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "addresses shut endpoints out", Set: with(where(`{"NotIpAddress":{"aws:SourceIp":["203.0.113.7","2001:db8:1::/48"]}}`)), Parameters: is, Want: checks.PASS, Reason: "through VPC endpoints carry no aws:SourceIp"},
		{Name: "addresses wider than known", Set: with(where(`{"NotIpAddress":{"aws:SourceIp":"203.0.112.0/23"}}`)), Parameters: is, Want: checks.FAIL, Reason: "lets in 203.0.112.0/23"},
		{Name: "the whole internet undoes it", Set: with(where(`{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}}`)), Parameters: is, Want: checks.FAIL, Reason: "lets in 0.0.0.0/0"},
		{Name: "both, in one statement", Set: with(where(`{"NotIpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"},"StringNotEqualsIfExists":{"aws:SourceVpc":"vpc-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false","aws:ViaAWSService":"false"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "both, in two statements", Set: with([]string{deny("A", `,"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`), deny("B", `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`)}), Parameters: is, Want: checks.FAIL, Reason: "refuse every request together"},
		{Name: "the own account's endpoints", Set: with(where(`{"StringNotEquals":{"aws:VpceAccount":"111122223333"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "another account's endpoints", Set: with(where(`{"StringNotEquals":{"aws:VpceAccount":"444455556666"}}`)), Parameters: is, Want: checks.FAIL, Reason: "lets in 444455556666"},
		{Name: "the organization's endpoints", Set: with(where(`{"StringNotEquals":{"aws:VpceOrgID":"o-own"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "a unit's endpoints", Set: with(where(`{"StringNotLike":{"aws:VpceOrgPaths":"o-own/r-1/ou-1/*"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "another organization's endpoints", Set: with(where(`{"StringNotEquals":{"aws:VpceOrgID":"o-other"}}`)), Parameters: is, Want: checks.FAIL, Reason: "o-other"},
		{Name: "the organization's endpoints, and it is unread", Set: with(where(`{"StringNotEquals":{"aws:VpceOrgID":"o-own"}}`), organizationDenied), Parameters: is, Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization"},
		{Name: "an endpoint, and the organization is unread", Set: with(endpoint, organizationDenied), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "AWS services by name", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"StringNotEqualsIfExists":{"aws:PrincipalServiceName":"cloudtrail.amazonaws.com"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "an exempt principal", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/admin"}}`)), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "a principal that is not exempt", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/dev"}}`)), Parameters: is, Want: checks.FAIL, Reason: "role/dev"},
		{Name: "a wildcard opens it again", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/a*"}}`)), Parameters: is, Want: checks.FAIL, Reason: "role/a*"},
		{Name: "NotPrincipal", Set: with([]string{strings.Replace(endpoint[0], `"Principal":"*"`, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/admin"}`, 1)}), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "NotPrincipal of somebody", Set: with([]string{strings.Replace(endpoint[0], `"Principal":"*"`, `"NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/dev"}`, 1)}), Parameters: is, Want: checks.FAIL, Reason: "spares arn:aws:iam::111122223333:role/dev"},
		{Name: "a further condition narrows it", Set: with(where(`{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"Bool":{"aws:SecureTransport":"true"}}`)), Parameters: is, Want: checks.FAIL, Reason: "refuses it only where Bool aws:SecureTransport"},
		{Name: "some principals", Set: with([]string{strings.Replace(endpoint[0], `"*"`, `{"AWS":"arn:aws:iam::111122223333:role/x"}`, 1)}), Parameters: is, Want: checks.FAIL, Reason: "refuses some principals only"},
		{Name: "objects and not the bucket", Set: with([]string{strings.Replace(endpoint[0], `"arn:aws:s3:::b",`, "", 1)}), Parameters: is, Want: checks.FAIL, Reason: "refuses everybody s3:ListBucket from unknown networks"},
		{Name: "some actions", Set: with([]string{strings.Replace(endpoint[0], `"s3:*"`, `["s3:GetObject","s3:ListBucket"]`, 1)}), Parameters: is, Want: checks.FAIL, Reason: "s3:PutObject, s3:DeleteObject"},
		{Name: "the four actions", Set: with([]string{strings.Replace(endpoint[0], `"s3:*"`, `["s3:GetObject","s3:PutObject","s3:ListBucket","s3:DeleteObject"]`, 1)}), Parameters: is, Want: checks.PASS, Reason: "refuses"},
		{Name: "an Allow is no perimeter", Set: with([]string{`{"Sid":"In","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}`}), Parameters: is, Want: checks.FAIL, Reason: `"In" bounds an Allow, which identities of the account do not need`},
		{Name: "access points of VPCs", Set: with(where(`{"StringNotEquals":{"s3:AccessPointNetworkOrigin":"VPC"}}`)), Parameters: is, Want: checks.PASS, Reason: "only access points of VPCs are left"},
		{Name: "own access points, all of VPCs", Set: with(where(`{"StringNotEquals":{"s3:DataAccessPointAccount":"111122223333"}}`), point("p", "VPC")), Parameters: is, Want: checks.PASS, Reason: "only access points"},
		{Name: "own access points, one of the internet", Set: with(where(`{"StringNotEquals":{"s3:DataAccessPointAccount":"111122223333"}}`), point("p", "VPC"), point("q", "Internet")), Parameters: is, Want: checks.FAIL, Reason: "lets in the access point q, whose network origin is Internet"},
		{Name: "one access point by its ARN", Set: with(where(`{"ArnNotEquals":{"s3:DataAccessPointArn":"arn:aws:s3:eu-west-1:111122223333:accesspoint/p"}}`), point("p", "VPC"), point("q", "Internet")), Parameters: is, Want: checks.PASS, Reason: "only access points"},
		{Name: "access points of another account", Set: with(where(`{"StringNotEquals":{"s3:DataAccessPointAccount":"444455556666"}}`)), Parameters: is, Want: checks.FAIL, Reason: "access points of 444455556666"},
		{Name: "outside the grammar", Set: with(where(`{"StringMatches":{"aws:SourceVpce":"vpce-1"}}`)), Parameters: is, Want: checks.UNKNOWN, Reason: "outside the grammar"},
		{Name: "the policy is unread", Parameters: is, Want: checks.UNKNOWN, Reason: "denied",
			Set: with(nil, func(a *snapshot.Account) {
				a.S3.Buckets[0].Policy = snapshot.Missing[string](checktest.Unread("s3:GetBucketPolicy", snapshot.Denied))
			})},
		{Name: "tags are unread", Parameters: tagged(), Want: checks.UNKNOWN, Reason: "s3:GetBucketTagging",
			Set: with(nil, func(a *snapshot.Account) {
				a.S3.Buckets[0].TagSet = snapshot.Missing[map[string]string](checktest.Unread("s3:GetBucketTagging", snapshot.Denied))
			})},
		{Name: "access points are unread", Parameters: is, Want: checks.UNKNOWN, Reason: "s3control:ListAccessPoints",
			Set: with(where(`{"StringNotEquals":{"s3:DataAccessPointAccount":"111122223333"}}`), func(a *snapshot.Account) {
				checktest.Fail(a, "s3control:ListAccessPoints", checktest.At.Region, snapshot.Denied)
			})},
	}
	checktest.RunFor(t, &BucketNetworkPerimeter, "b", cases)
	for value, want := range map[string]bool{"vpc-1": true, "vpce-1": true, "10.0.0.0/8": true, "203.0.113.7": true, "0.0.0.0/0": false, "::/0": false, "office": false} {
		if err := perimeterBounds("known_networks", []string{value}); (err == nil) != want {
			t.Errorf("%s: %v", value, err)
		}
	}
}
