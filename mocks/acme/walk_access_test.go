package acme_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	at "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/aws-sdk-go-v2/service/account"
	acct "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	ot "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner/wire"
)

// seenAccess is who may come in, and who keeps watch.
type seenAccess struct {
	watched      map[string]int // active findings of external access, by Region with an analyzer of it
	rules        map[string]int // of each analyzer
	alternates   map[acct.AlternateContactType]string
	audiences    map[string][]string
	samlUntil    map[string]it.SAMLProviderListEntry
	features     []it.FeatureType
	sessions     map[string]int32 // by role, in seconds
	versions     map[string]int   // by policy of the customer's own
	ssh          count            // young keys and old ones
	service      count            // credentials that expire, and others
	unreported   int              // keys of which the report does not tell
	history      count            // principals that used KMS's like, and others
	accounts     map[string]ot.AccountState
	levels       []string // above the account
	attached     map[ot.PolicyType]int
	effective    map[ot.EffectivePolicyType]string
	delegated    map[string][]string
	unfinished   int // jobs that were not complete at once
	historyTotal int
}

func (a *seenAccess) analyzers(t *testing.T, c *accessanalyzer.Client, region string) {
	t.Helper()
	ctx := t.Context()
	if a.watched == nil {
		a.watched, a.rules = map[string]int{}, map[string]int{}
	}
	for _, found := range must(c.ListAnalyzers(ctx, nil))(t).Analyzers {
		a.rules[*found.Name] = len(must(c.ListArchiveRules(ctx, &accessanalyzer.ListArchiveRulesInput{AnalyzerName: found.Name}))(t).ArchiveRules)
		if found.Type == at.TypeAccount || found.Type == at.TypeOrganization {
			open := must(c.ListFindingsV2(ctx, &accessanalyzer.ListFindingsV2Input{AnalyzerArn: found.Arn, Filter: map[string]at.Criterion{"status": {Eq: []string{"ACTIVE"}}}}))(t)
			a.watched[region] += len(open.Findings)
		}
	}
}

func (a *seenAccess) contacts(t *testing.T, c *account.Client) {
	t.Helper()
	a.alternates = map[acct.AlternateContactType]string{}
	for _, kind := range acct.AlternateContactType("").Values() {
		out, err := c.GetAlternateContact(t.Context(), &account.GetAlternateContactInput{AlternateContactType: kind})
		if err != nil {
			wantCode(t, err, "ResourceNotFoundException")
			continue
		}
		a.alternates[kind] = *out.AlternateContact.EmailAddress
	}
	must(c.GetContactInformation(t.Context(), nil))(t)
}

func (a *seenAccess) people(t *testing.T, c *iam.Client, w *seen) {
	t.Helper()
	ctx := t.Context()
	a.audiences, a.samlUntil, a.sessions, a.versions = map[string][]string{}, map[string]it.SAMLProviderListEntry{}, map[string]int32{}, map[string]int{}
	for _, p := range must(c.ListOpenIDConnectProviders(ctx, nil))(t).OpenIDConnectProviderList {
		out := must(c.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p.Arn}))(t)
		a.audiences[*out.Url] = out.ClientIDList
	}
	for _, p := range must(c.ListSAMLProviders(ctx, nil))(t).SAMLProviderList {
		out := must(c.GetSAMLProvider(ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: p.Arn}))(t)
		a.samlUntil[*p.Arn] = it.SAMLProviderListEntry{ValidUntil: out.ValidUntil}
	}
	a.features = must(c.ListOrganizationsFeatures(ctx, nil))(t).EnabledFeatures
	roles := iam.NewListRolesPaginator(c, &iam.ListRolesInput{})
	for roles.HasMorePages() {
		for _, r := range must(roles.NextPage(ctx))(t).Roles {
			a.sessions[*r.RoleName] = *r.MaxSessionDuration
		}
	}
	for _, p := range w.policies {
		for _, v := range must(c.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: p.Arn}))(t).Versions {
			must(c.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: p.Arn, VersionId: v.VersionId}))(t)
			a.versions[*p.PolicyName]++
		}
	}
	for _, u := range w.users {
		for _, k := range must(c.ListSSHPublicKeys(ctx, &iam.ListSSHPublicKeysInput{UserName: u.UserName}))(t).SSHPublicKeys {
			a.ssh.add(k.UploadDate.After(acme.AsOf.AddDate(0, 0, -90)))
		}
		for _, k := range must(c.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: u.UserName}))(t).AccessKeyMetadata {
			if must(c.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId}))(t).AccessKeyLastUsed.LastUsedDate == nil {
				a.unreported++
			}
		}
		a.used(t, c, u.Arn)
	}
	for _, r := range w.roles {
		a.used(t, c, r.Arn)
	}
	for _, k := range must(c.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{AllUsers: aws.Bool(true)}))(t).ServiceSpecificCredentials {
		a.service.add(k.ExpirationDate != nil)
	}
}

// used has the history of one identity made, and reads it.
func (a *seenAccess) used(t *testing.T, c *iam.Client, arn *string) {
	t.Helper()
	job := must(c.GenerateServiceLastAccessedDetails(t.Context(), &iam.GenerateServiceLastAccessedDetailsInput{Arn: arn}))(t).JobId
	for n := range 3 {
		out := must(c.GetServiceLastAccessedDetails(wire.Round(t.Context(), n), &iam.GetServiceLastAccessedDetailsInput{JobId: job}))(t)
		if out.JobStatus != it.JobStatusTypeCompleted {
			a.unfinished++
			continue
		}
		a.historyTotal++
		for _, s := range out.ServicesLastAccessed {
			if *s.ServiceNamespace == "iam" {
				a.history.add(s.LastAuthenticated != nil)
			}
		}
		return
	}
	t.Errorf("the history of %s is never complete", *arn)
}

func (a *seenAccess) path(t *testing.T, c *organizations.Client) {
	t.Helper()
	ctx := t.Context()
	a.accounts, a.attached, a.effective, a.delegated = map[string]ot.AccountState{}, map[ot.PolicyType]int{}, map[ot.EffectivePolicyType]string{}, map[string][]string{}
	for _, found := range must(c.ListAccounts(ctx, nil))(t).Accounts {
		a.accounts[*found.Id] = found.State
	}
	for child := acme.Account; child[:2] != "r-"; {
		a.levels = append(a.levels, child)
		for _, kind := range []ot.PolicyType{ot.PolicyTypeServiceControlPolicy, ot.PolicyTypeResourceControlPolicy} {
			a.attached[kind] += len(must(c.ListPoliciesForTarget(ctx, &organizations.ListPoliciesForTargetInput{TargetId: aws.String(child), Filter: kind}))(t).Policies)
		}
		child = *must(c.ListParents(ctx, &organizations.ListParentsInput{ChildId: aws.String(child)}))(t).Parents[0].Id
	}
	for _, kind := range []ot.EffectivePolicyType{ot.EffectivePolicyTypeAiservicesOptOutPolicy, ot.EffectivePolicyTypeTagPolicy} {
		out, err := c.DescribeEffectivePolicy(ctx, &organizations.DescribeEffectivePolicyInput{PolicyType: kind})
		if err != nil {
			wantCode(t, err, "EffectivePolicyNotFoundException")
			continue
		}
		a.effective[kind] = *out.EffectivePolicy.PolicyContent
	}
	for _, d := range must(c.ListDelegatedAdministrators(ctx, nil))(t).DelegatedAdministrators {
		for _, s := range must(c.ListDelegatedServicesForAccount(ctx, &organizations.ListDelegatedServicesForAccountInput{AccountId: d.Id}))(t).DelegatedServices {
			a.delegated[*d.Id] = append(a.delegated[*d.Id], *s.ServicePrincipal)
		}
	}
}

// TestWhoComesInIsAsPlanned holds what is served about guests and guards to its plan.
func TestWhoComesInIsAsPlanned(t *testing.T) {
	w := walk(t, start(t, acme.Server(mocks.Options{Lenient: true})))
	a := w.access
	for name, got := range map[string]bool{
		"two Regions are watched, one with findings": len(a.watched) == 2 && a.watched[acme.Home] == 2 && a.watched[acme.Second] == 0,
		"two rules archive":                          a.rules["acme-organization"] == 2 && a.rules["acme-account"] == 0,
		"bills go where alarms go":                   len(a.alternates) == 2 && a.alternates["SECURITY"] == "security@acme.example",
		"four providers vouch for others":            len(a.audiences) == 4,
		"two providers by SAML":                      len(a.samlUntil) == 2,
		"root users are managed centrally":           len(a.features) == 1,
		"people stay for half a day":                 a.sessions["AWSReservedSSO_AdministratorAccess_ac3e0123456789ab"] == 43200 && a.sessions["acme-auditor"] == 3600,
		"a policy has an older version":              a.versions["acme-deploy"] == 2 && a.versions["acme-shop"] == 1,
		"one SSH key is old":                         a.ssh == count{1, 1},
		"one credential never expires":               a.service == count{1, 1},
		"one key is news":                            a.unreported == 1,
		"history of users takes two questions":       a.historyTotal == len(w.users)+len(w.roles) && a.unfinished == len(w.users) && a.history.kept == 3,
		"one account is closed":                      len(a.accounts) == 4 && a.accounts["666677778888"] == ot.AccountStateSuspended,
		"the account is below the root":              len(a.levels) == 1,
		"no AI learns from Acme":                     len(a.effective) == 1,
		"one account is delegated to":                len(a.delegated) == 1 && len(a.delegated["555566667777"]) == 3,
	} {
		if !got {
			t.Errorf("not so: %s: %+v", name, a)
		}
	}
}

// TestMember: the same account below a unit of somebody else's organization.
func TestMember(t *testing.T) {
	s := start(t, acme.Member(mocks.Options{Lenient: true}))
	var a seenAccess
	a.path(t, organizations.NewFromConfig(s.Config(acme.Home)))
	if len(a.levels) != 2 || a.attached[ot.PolicyTypeServiceControlPolicy] != 3 || a.attached[ot.PolicyTypeResourceControlPolicy] != 1 || len(a.delegated) != 2 {
		t.Errorf("%+v", a)
	}
	_, err := iam.NewFromConfig(s.Config(acme.Home)).ListOrganizationsFeatures(t.Context(), nil)
	wantCode(t, err, "AccountNotManagementOrDelegatedAdministratorException")
}
