package access

import (
	"strings"
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

// control is an organization's policy that is attached to the targets.
func control(name, document string, targets ...string) snapshot.SCP {
	at := snapshot.Location{Account: checktest.At.Account, Partition: checktest.At.Partition}
	return snapshot.SCP{Meta: snapshot.Meta{Location: at, Name: name}, ID: "p-" + name,
		Document: snapshot.Value(document, snapshot.Call{ID: "document of " + name, Operation: "organizations:DescribePolicy"}), Targets: snapshot.Value(targets)}
}

const (
	deniesTokens = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ec2:RunInstances","Resource":"arn:aws:ec2:*:*:instance/*","Condition":{"StringNotEquals":{"ec2:metadatahttptokens":"required"}}}]}`
	deniesOther  = `{"Version":"2012-10-17","Statement":[{"Sid":"ec2:MetadataHttpTokens","Effect":"Deny","Action":"ec2:TerminateInstances","Resource":"*","Condition":{"StringNotEquals":{"ec2:MetadataHttpTokens":"required"}}}]}`
)

func TestAccountIMDSv2Enforced(t *testing.T) {
	defaults := func(d snapshot.MetadataDefaults, controls ...snapshot.SCP) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			regionIs(func(r *snapshot.RegionSettings) { r.MetadataDefaults = snapshot.Value(d) })(a)
			a.Org.SCPs = controls
		}
	}
	unread := func(cause snapshot.Cause) func(*snapshot.Account) {
		return regionIs(func(r *snapshot.RegionSettings) {
			r.MetadataDefaults = snapshot.Missing[snapshot.MetadataDefaults](checktest.Unread("ec2:GetInstanceMetadataDefaults", cause))
		})
	}
	off := snapshot.MetadataDefaults{HTTPTokens: "required", TokensEnforced: "disabled"}
	lost := control("lost", deniesTokens, "r-1")
	lost.Document = snapshot.Missing[string](checktest.Unread("organizations:DescribePolicy", snapshot.Denied))
	checktest.Run(t, &AccountIMDSv2Enforced, []checktest.Case{
		{Name: "enforced", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "required", TokensEnforced: "enabled"}), Want: checks.PASS, Reason: "HttpTokensEnforced is enabled"},
		{Name: "enforced by a declarative policy", Set: defaults(snapshot.MetadataDefaults{TokensEnforced: "enabled", ManagedBy: "declarative-policy"}), Want: checks.PASS, Reason: "declarative policy"},
		{Name: "a default that can be overridden", Set: defaults(off), Want: checks.FAIL, Reason: `HttpTokensEnforced is "disabled", want enabled`},
		{Name: "absent, from an endpoint that does not know the field, or where nothing was set", Set: defaults(snapshot.MetadataDefaults{HTTPTokens: "required"}), Want: checks.FAIL, Reason: "the answer has no HttpTokensEnforced",
			Observed: map[string]string{"HttpTokensEnforced": "", "HttpTokens": "required"}},
		{Name: "the organization denies it as well", Set: defaults(off, control("tokens", deniesTokens, "r-1")), Want: checks.FAIL, Reason: `if it binds this account: "tokens"`},
		{Name: "a policy that is attached to nothing", Set: defaults(off, control("tokens", deniesTokens)), Want: checks.FAIL, Reason: "want enabled"},
		{Name: "a policy that was not read", Set: defaults(off, lost), Want: checks.FAIL, Reason: "want enabled"},
		{Name: "an endpoint without the operation", Set: unread(snapshot.Unsupported), Want: checks.UNKNOWN, Reason: "unsupported"},
		{Name: "denied", Set: unread(snapshot.Denied), Want: checks.UNKNOWN, Reason: "denied"},
	})
	for _, c := range []snapshot.SCP{control("loose", deniesTokens), control("other", deniesOther, "r-1"), lost, control("broken", "{", "r-1")} {
		found := checktest.Findings(&AccountIMDSv2Enforced, checktest.Account(&AccountIMDSv2Enforced, defaults(off, c)), nil)
		if strings.Contains(found[0].Reason, c.Name) || strings.Contains(found[0].Reason, "service control policy") {
			t.Errorf("%s: %s", c.Name, found[0].Reason)
		}
	}
	found := checktest.Findings(&AccountIMDSv2Enforced, checktest.Account(&AccountIMDSv2Enforced, defaults(off, control("tokens", deniesTokens, "r-1"))), nil)
	if e := found[0].Evidence; len(e) != 1 || e[0] != "document of tokens" {
		t.Errorf("evidence %q, want the policy that the reason names", e)
	}
}

func TestAccountSerialConsoleDisabled(t *testing.T) {
	console := func(r snapshot.Read[snapshot.SerialConsole]) func(*snapshot.Account) {
		return regionIs(func(s *snapshot.RegionSettings) { s.SerialConsole = r })
	}
	checktest.Run(t, &AccountSerialConsoleDisabled, []checktest.Case{
		{Name: "off", Set: console(snapshot.Value(snapshot.SerialConsole{ManagedBy: "account"})), Want: checks.PASS, Reason: "is false, managed by the account"},
		{Name: "off by a declarative policy", Set: console(snapshot.Value(snapshot.SerialConsole{ManagedBy: "declarative-policy"})), Want: checks.PASS, Reason: "a declarative policy"},
		{Name: "on", Set: console(snapshot.Value(snapshot.SerialConsole{Enabled: true})), Want: checks.FAIL, Reason: "around all network rules"},
		{Name: "on by a declarative policy", Set: console(snapshot.Value(snapshot.SerialConsole{Enabled: true, ManagedBy: "declarative-policy"})), Want: checks.FAIL, Reason: "a declarative policy"},
		{Name: "a Region without the feature", Set: console(snapshot.Missing[snapshot.SerialConsole](checktest.Unread("ec2:GetSerialConsoleAccessStatus", snapshot.Unsupported))), Want: checks.UNKNOWN, Reason: "unsupported"},
		{Name: "denied", Set: console(snapshot.Missing[snapshot.SerialConsole](checktest.Unread("ec2:GetSerialConsoleAccessStatus", snapshot.Denied))), Want: checks.UNKNOWN, Reason: "denied"},
	})
}

func TestAccountAttributesManaged(t *testing.T) {
	set := func(by string, change func(*snapshot.Account, *snapshot.RegionSettings)) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Org.Organization = snapshot.Value(snapshot.Organization{ID: "o-acme", ManagementAccount: a.Location.Account}, snapshot.Call{ID: "organization", Operation: "organizations:DescribeOrganization"})
			regionIs(func(r *snapshot.RegionSettings) {
				r.MetadataDefaults = snapshot.Value(snapshot.MetadataDefaults{ManagedBy: by})
				r.Managed = snapshot.ManagedSettings{SnapshotBlock: snapshot.Value(by), ImageBlock: snapshot.Value(by)}
				r.SerialConsole = snapshot.Value(snapshot.SerialConsole{ManagedBy: by})
				r.BlockPublicAccess = snapshot.Value(snapshot.BlockPublicAccess{ManagedBy: by})
				r.AllowedImages = snapshot.Value(snapshot.AllowedImages{ManagedBy: by})
				if change != nil {
					change(a, r)
				}
			})(a)
		}
	}
	const policy = "declarative-policy"
	some := map[string]any{"attributes": []string{"serial-console"}}
	unread := func(_ *snapshot.Account, r *snapshot.RegionSettings) {
		r.AllowedImages = snapshot.Missing[snapshot.AllowedImages](checktest.Unread("ec2:GetAllowedImagesSettings", snapshot.Denied))
	}
	checktest.Run(t, &AccountAttributesManaged, []checktest.Case{
		{Name: "all are held, in the management account too", Set: set(policy, nil), Want: checks.PASS, Reason: "allowed-images", Observed: map[string]string{"serial-console": policy}},
		{Name: "the account holds all", Set: set("account", nil), Want: checks.FAIL, Reason: "can change allowed-images, image-block-public-access, instance-metadata-defaults, serial-console, snapshot-block-public-access, vpc-block-public-access"},
		{Name: "absent means account", Set: set("", nil), Want: checks.FAIL, Reason: "can change", Observed: map[string]string{"serial-console": "account"}},
		{Name: "one is not held", Set: set(policy, func(_ *snapshot.Account, r *snapshot.RegionSettings) {
			r.Managed.ImageBlock = snapshot.Value("account")
		}), Want: checks.FAIL, Reason: "can change image-block-public-access"},
		{Name: "only what is asked for", Parameters: some, Want: checks.PASS, Reason: "holds serial-console",
			Set: set("account", func(_ *snapshot.Account, r *snapshot.RegionSettings) {
				r.SerialConsole = snapshot.Value(snapshot.SerialConsole{ManagedBy: policy})
			})},
		{Name: "one is unread, the others are held", Set: set(policy, unread), Want: checks.UNKNOWN, Reason: "ec2:GetAllowedImagesSettings"},
		{Name: "one is unread, the others are the account's", Set: set("account", unread), Want: checks.FAIL, Reason: "can change image-block"},
		{Name: "no organization", Want: checks.NotApplicable, Reason: "in no organization",
			Set: set("account", func(a *snapshot.Account, _ *snapshot.RegionSettings) {
				a.Org.Organization = snapshot.Missing[snapshot.Organization](snapshot.ErrAbsent)
			})},
		{Name: "whether it is in one was not read", Want: checks.UNKNOWN, Reason: "organizations:DescribeOrganization",
			Set: set("account", func(a *snapshot.Account, _ *snapshot.RegionSettings) {
				a.Org.Organization = snapshot.Missing[snapshot.Organization](checktest.Unread("organizations:DescribeOrganization", snapshot.Denied))
			})},
	})
	found := checktest.Findings(&AccountAttributesManaged, checktest.Account(&AccountAttributesManaged, set(policy, nil)), nil)
	if e := found[0].Evidence; len(e) != 1 || e[0] != "organization" {
		t.Errorf("evidence %q, want the organization's", e)
	}
	for _, c := range []struct {
		names []string
		ok    bool
	}{{nil, false}, {[]string{"serial-console"}, true}, {guardRails, true}, {[]string{"serial console"}, false}} {
		if err := AccountAttributesManaged.Bounds("attributes", c.names); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.names, err)
		}
	}
}
