package hygiene

import (
	"testing"
	"time"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const historyOp = "iam:GetServiceLastAccessedDetails"

var (
	recently = checktest.AsOf.Add(-90 * day)
	longAgo  = checktest.AsOf.Add(-91 * day)
	never    = time.Time{}
)

// worker is a user made long ago with this history.
func worker(services ...snapshot.ServiceUse) func(*snapshot.Account) {
	return historian(checktest.AsOf.Add(-1000*day), snapshot.Value(snapshot.AccessHistory{Completed: checktest.AsOf, Services: services}))
}

func historian(created time.Time, h snapshot.Read[snapshot.AccessHistory]) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		m := checktest.Meta("anna", "arn:aws:iam::111122223333:user/anna")
		m.Region = snapshot.Global
		a.IAM.Users = []snapshot.User{{Meta: m, Created: created, History: h}}
	}
}

func use(service string, last time.Time, actions ...snapshot.ActionUse) snapshot.ServiceUse {
	return snapshot.ServiceUse{Service: service, Last: last, Actions: actions}
}

// linked is a role of a service's.
func linked(a *snapshot.Account) {
	m := checktest.Meta("r", "arn:aws:iam::111122223333:role/aws-service-role/x/r")
	m.Region = snapshot.Global
	a.IAM.Roles = []snapshot.Role{{Meta: m, Path: "/aws-service-role/x/"}}
}

var historyFailed = historian(checktest.AsOf.Add(-1000*day), snapshot.Missing[snapshot.AccessHistory](checktest.Unread(historyOp, snapshot.Throttled)))

func TestSensitiveServiceAccessUsed(t *testing.T) {
	checktest.Run(t, &SensitiveServiceAccessUsed, []checktest.Case{
		{Name: "used within the days", Set: worker(use("bedrock", recently)), Want: checks.PASS, Reason: "bedrock"},
		{Name: "long ago", Set: worker(use("bedrock", longAgo)), Want: checks.FAIL, Reason: "bedrock (last 2026-08-02)"},
		{Name: "never", Set: worker(use("sagemaker", never)), Want: checks.FAIL, Reason: "sagemaker (never in 400 days)"},
		{Name: "an administrator is one reason", Set: worker(use("bedrock", never), use("sagemaker", never), use("s3", recently)), Want: checks.FAIL, Reason: "bedrock (never in 400 days), sagemaker (never"},
		{Name: "not allowed", Set: worker(use("s3", recently)), Want: checks.NotApplicable, Reason: "allow none of"},
		{Name: "younger", Set: historian(checktest.AsOf.Add(-89*day), snapshot.Read[snapshot.AccessHistory]{}), Want: checks.NotApplicable, Reason: "younger than 90 days"},
		{Name: "a parameter", Set: worker(use("s3", longAgo)), Parameters: map[string]any{"services": []string{"s3"}}, Want: checks.FAIL, Reason: "s3"},
		{Name: "too many jobs at once", Set: historyFailed, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "a service's role", Set: linked, Want: checks.NotApplicable, Reason: "AWS service"},
	})
}

func TestPermissionsUsed(t *testing.T) {
	many := []snapshot.ServiceUse{use("sqs", recently)}
	for range 10 {
		many = append(many, use("other", never))
	}
	checktest.Run(t, &PermissionsUsed, []checktest.Case{
		{Name: "all used", Set: worker(use("s3", recently), use("sts", recently)), Want: checks.PASS, Reason: "2 of 2 services"},
		{Name: "too small a share", Set: worker(many...), Want: checks.FAIL, Reason: "1 of 11 services used within 90 days; less than the share of 0.1"},
		{Name: "a share of a tenth", Set: worker(many[:10]...), Want: checks.PASS, Reason: "1 of 10"},
		{Name: "a sensitive one unused", Set: worker(use("s3", recently), use("kms", longAgo)), Want: checks.FAIL, Reason: "not used: kms"},
		{Name: "a right over permissions unused", Set: worker(use("s3", recently, snapshot.ActionUse{Action: "PutBucketPolicy"}, snapshot.ActionUse{Action: "ListBucket"})), Want: checks.FAIL, Reason: "rights over permissions not used: s3:PutBucketPolicy"},
		{Name: "a right over permissions used", Set: worker(use("s3", recently, snapshot.ActionUse{Action: "PutBucketPolicy", Last: recently})), Want: checks.PASS, Reason: "1 of 1"},
		{Name: "no action tracked proves nothing", Set: worker(use("iam", recently)), Want: checks.PASS, Reason: "attempts that were denied count"},
		{Name: "wholly unused", Set: worker(use("s3", never)), Want: checks.NotApplicable, Reason: "uses nothing"},
		{Name: "no policies", Set: worker(), Want: checks.NotApplicable, Reason: "allow no service"},
		{Name: "younger", Set: historian(checktest.AsOf, snapshot.Read[snapshot.AccessHistory]{}), Want: checks.NotApplicable, Reason: "younger"},
		{Name: "failed", Set: historyFailed, Want: checks.UNKNOWN, Reason: "throttled"},
		{Name: "a service's role", Set: linked, Want: checks.NotApplicable, Reason: "AWS service"},
	})
	for value, ok := range map[any]bool{0: false, 401: false, 90: true, 1.5: false, 0.1: true} {
		if err := PermissionsUsed.Bounds("p", value); (err == nil) != ok {
			t.Errorf("%v: %v", value, err)
		}
	}
}

func TestUserNameMatchesPattern(t *testing.T) {
	named := func(name string) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			m := checktest.Meta(name, "arn:aws:iam::111122223333:user/team/"+name)
			m.Region = snapshot.Global
			a.IAM.Users = []snapshot.User{{Meta: m, Path: "/team/"}}
		}
	}
	rule := map[string]any{"name_pattern": `svc-[a-z]+|[a-z]+\.[a-z]+`}
	checktest.Run(t, &UserNameMatchesPattern, []checktest.Case{
		{Name: "fits", Set: named("anna.keller"), Parameters: rule, Want: checks.PASS, Reason: "fits"},
		{Name: "the other branch", Set: named("svc-backup"), Parameters: rule, Want: checks.PASS, Reason: "fits"},
		{Name: "anchored at both ends", Set: named("xsvc-backup1"), Parameters: rule, Want: checks.FAIL, Reason: `"xsvc-backup1"`},
		{Name: "the path is no part of it", Set: named("anna"), Parameters: rule, Want: checks.FAIL, Reason: `"anna"`},
		{Name: "no rule", Set: named("anna"), Want: checks.NotApplicable, Reason: "name_pattern is empty"},
		{Name: "no regular expression", Set: named("anna"), Parameters: map[string]any{"name_pattern": "("}, Want: checks.UNKNOWN, Reason: "no regular expression"},
	})
	if UserNameMatchesPattern.Bounds("name_pattern", "(") == nil || UserNameMatchesPattern.Bounds("name_pattern", "a+") != nil {
		t.Error("a pattern that does not compile is an error in the policy file")
	}
}

func TestTagPolicyApplies(t *testing.T) {
	in := func(p snapshot.EffectivePolicy) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme"})
			a.Org.TagPolicy = snapshot.Value(p)
		}
	}
	checktest.Run(t, &TagPolicyApplies, []checktest.Case{
		{Name: "a key", Set: in(snapshot.EffectivePolicy{Content: `{"tags":{"owner":{"tag_key":"Owner"}}}`}), Want: checks.PASS, Reason: "for owner"},
		{Name: "none", Set: in(snapshot.EffectivePolicy{None: "EffectivePolicyNotFoundException"}), Want: checks.FAIL, Reason: "EffectivePolicyNotFoundException"},
		{Name: "the type is not enabled", Set: in(snapshot.EffectivePolicy{None: "PolicyTypeNotEnabledException"}), Want: checks.FAIL, Reason: "PolicyTypeNotEnabledException"},
		{Name: "an empty tags object", Set: in(snapshot.EffectivePolicy{Content: `{"tags":{}}`}), Want: checks.FAIL, Reason: "names no tag"},
		{Name: "operators are no tags", Set: in(snapshot.EffectivePolicy{Content: `{"tags":{"@@operators":{}}}`}), Want: checks.FAIL, Reason: "names no tag"},
		{Name: "not understood", Set: in(snapshot.EffectivePolicy{Content: `[]`}), Want: checks.UNKNOWN, Reason: "cannot be understood"},
		{Name: "no organization", Set: func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
		}, Want: checks.NotApplicable, Reason: "no organization"},
		{Name: "denied", Set: func(a *snapshot.Account) {
			in(snapshot.EffectivePolicy{})(a)
			a.Org.TagPolicy = snapshot.Missing[snapshot.EffectivePolicy](checktest.Unread("organizations:DescribeEffectivePolicy", snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
}
