package identity

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Held is what a role's policies and its boundary allow to whoever holds its credentials on
// an instance. Service control policies are not looked at.
type Held struct {
	Role     snapshot.Role
	Policies []policy.Source
	Boundary *policy.Source // nil: none
	caller   policy.Caller
	context  policy.Context
}

// OfInstance is what an instance can do by a role. What is known of its requests decides
// conditions: they come from this instance, by a role, without a second factor, and over
// TLS where that is asked for.
// Source: IAM User Guide, "AWS global condition context keys".
func OfInstance(env checks.Env, i snapshot.Instance, r snapshot.Role) *Held {
	h := &Held{Role: r, Policies: inlineOf(env, r)}
	for _, p := range r.Attached {
		h.Policies = append(h.Policies, Managed(env, r.Location, p.ARN))
	}
	if r.BoundaryARN != "" {
		boundary := Managed(env, r.Location, r.BoundaryARN)
		h.Boundary = &boundary
	}
	session := fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", r.Partition, r.Account, r.Name, i.ID)
	h.caller = policy.Caller{ARN: session, Role: r.ARN, Account: r.Account}
	h.context = policy.Context{
		Values: map[string][]string{
			"aws:securetransport": {"true"}, "aws:viaawsservice": {"false"}, "aws:principaltype": {"AssumedRole"},
			"aws:currenttime": {env.AsOf.UTC().Format(time.RFC3339)}, "aws:epochtime": {fmt.Sprint(env.AsOf.Unix())},
			"ec2:sourceinstancearn": {i.ARN}, "aws:ec2instancesourcevpc": {i.VPC},
		},
		Absent: map[string]bool{"aws:multifactorauthpresent": true, "aws:multifactorauthage": true, "aws:calledvia": true},
	}
	return h
}

// inlineRole are the inline policies of a role, which were parsed. Many instances hold one
// role: each is parsed once for an evaluation, which keeps the index.
type inlineRole struct {
	snapshot.Meta
	policies []policy.Source
}

var inlineRoles = snapshot.Kind[inlineRole]{
	Type: "inline policies of a role",
	All: func(a *snapshot.Account) []inlineRole {
		out := make([]inlineRole, 0, len(a.IAM.Roles))
		for _, r := range a.IAM.Roles {
			out = append(out, inlineRole{r.Meta, Inline(r.Grants)})
		}
		return out
	},
	Meta:   func(r inlineRole) snapshot.Meta { return r.Meta },
	ID:     func(r inlineRole) string { return r.ARN },
	Key:    func(r inlineRole) string { return r.ARN },
	Global: true,
}

func inlineOf(env checks.Env, r snapshot.Role) []policy.Source {
	found, err := checks.Find(env, inlineRoles, r.Location, r.ARN)
	if err != nil {
		return Inline(r.Grants)
	}
	return slices.Clone(found.policies)
}

// Extent says how far a right goes.
type Extent int

// The extents. The zero Extent tells nothing, so that a forgotten one reassures nobody.
const (
	Unsure   Extent = iota // something was not read or not understood that may give it
	None                   // it is not given, or taken away
	Narrowed               // it is given on conditions that only some requests meet
	Given
)

// Right is what Held says of one action.
type Right struct {
	Extent Extent
	By     policy.Ref         // the Allow, of Narrowed and Given
	On     []policy.Condition // of Narrowed
	Err    error              // of Unsure: why; of the others: why the boundary was not read

	all []string // the statements of a right that several give together
}

// question is what is asked about one action.
type question struct {
	action  string
	service string                                    // to which iam:PassRole hands a role; "" for other actions
	wide    func(*policy.Statement) bool              // an Allow that counts
	denies  func(deny, allow *policy.Statement) bool  // a Deny takes all of an Allow away that counts
	within  func(bound, allow *policy.Statement) bool // an Allow of the boundary leaves of an Allow what counts
}

// Everywhere asks whether an action is allowed on every resource that it can be about, or on
// all resources of its type in some account and Region, by whatever spelling.
func (h *Held) Everywhere(action string) Right {
	return furthest(h.rights(h.everywhere(action)))
}

// everywhere is the question of one action on every resource.
func (h *Held) everywhere(action string) question {
	return question{
		action: action,
		wide:   func(s *policy.Statement) bool { return h.everyResource(s, action) },
		denies: func(deny, _ *policy.Statement) bool { return h.noResource(deny, action) },
		within: func(bound, _ *policy.Statement) bool { return h.everyResource(bound, action) },
	}
}

// furthest is the right that a reader has to know first.
func furthest(rights []Right) Right {
	out := Right{Extent: None}
	for _, r := range rights {
		if rank(r.Extent) > rank(out.Extent) {
			out = r
		}
	}
	return out
}

func rank(e Extent) int {
	switch e {
	case Given:
		return 3
	case Unsure:
		return 2
	case Narrowed:
		return 1
	case None:
	}
	return 0
}

// rights are what each Allow of the policies gives of an action, less what a Deny takes away
// whose conditions every request of the instance meets, and what the boundary leaves out. A
// policy that was not read may give anything.
func (h *Held) rights(q question) []Right {
	var out []Right
	for _, src := range h.Policies {
		if src.Document == nil {
			out = append(out, Right{Extent: Unsure, Err: fmt.Errorf("%s: %w", src.Name, src.Err)})
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect != policy.Allow || !s.MatchesAction(q.action) || !q.wide(s) || h.denied(q, s) {
				continue
			}
			if r := h.right(q, policy.Ref{Source: src.Name, Statement: s}); r.Extent != None {
				if r = h.bounded(q, r); r.Extent != None {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// right is what the conditions of an Allow leave of it.
func (h *Held) right(q question, by policy.Ref) Right {
	met := by.Statement.Met(h.caller, h.known(q))
	switch {
	case met.Never:
		return Right{Extent: None}
	case by.Statement.Unclear:
		return Right{Extent: Unsure, By: by, Err: fmt.Errorf("%s holds what AWS's grammar does not", by)}
	case len(met.Narrowing) > 0:
		return Right{Extent: Narrowed, By: by, On: met.Narrowing}
	}
	return Right{Extent: Given, By: by}
}

// known is what is known of the requests in question.
func (h *Held) known(q question) policy.Context {
	if q.service == "" {
		return h.context
	}
	ctx := policy.Context{Values: maps.Clone(h.context.Values), Absent: h.context.Absent}
	ctx.Values["iam:passedtoservice"] = []string{q.service}
	return ctx
}

// denied says that some Deny of the policies or of the boundary takes an Allow away.
func (h *Held) denied(q question, allow *policy.Statement) bool {
	sources := h.Policies
	if h.Boundary != nil {
		sources = append(slices.Clone(sources), *h.Boundary)
	}
	for _, src := range sources {
		if src.Document == nil {
			continue
		}
		for i := range src.Document.Statements {
			s := &src.Document.Statements[i]
			if s.Effect == policy.Deny && !s.Unclear && s.MatchesAction(q.action) && q.denies(s, allow) && s.Met(h.caller, h.known(q)).Always {
				return true
			}
		}
	}
	return false
}

// bounded is what the boundary leaves of a right. One that was not read cuts nothing, and
// is told.
func (h *Held) bounded(q question, r Right) Right {
	switch {
	case h.Boundary == nil:
		return r
	case h.Boundary.Document == nil:
		if r.Err == nil {
			r.Err = fmt.Errorf("its boundary %s: %w", h.Boundary.Name, h.Boundary.Err)
		}
		return r
	}
	best := Right{Extent: None}
	for i := range h.Boundary.Document.Statements {
		s := &h.Boundary.Document.Statements[i]
		if s.Effect != policy.Allow || !s.MatchesAction(q.action) || !q.within(s, r.By.Statement) {
			continue
		}
		best = furthest([]Right{best, h.right(q, policy.Ref{Source: h.Boundary.Name, Statement: s})})
	}
	switch {
	case best.Extent == None:
		return Right{Extent: None}
	case r.Extent == Unsure:
	case best.Extent == Unsure:
		return Right{Extent: Unsure, By: r.By, Err: best.Err}
	case best.Extent == Narrowed:
		r.Extent, r.On = Narrowed, append(slices.Clone(r.On), best.On...)
	}
	return r
}

// everyResource says that an Allow takes in every resource that an action can be about, or
// all of the action's type in some account and Region; or all but some, by NotResource.
func (h *Held) everyResource(s *policy.Statement, action string) bool {
	service, resource := typeOf(action)
	if s.NotResource {
		return s.TouchesResource(h.pattern(service, resource, "*"))
	}
	if s.EveryResourceFor(action, h.Role.Account) {
		return true
	}
	if known, ok := policy.LookupAction(action); ok && !known.Resources {
		return false // such an action is allowed on * alone
	}
	return s.EveryOfType(service, resource)
}

// noResource says that a Deny takes in every resource of the account that an action can be
// about.
func (h *Held) noResource(s *policy.Statement, action string) bool {
	service, resource := typeOf(action)
	return s.EveryResource(h.Role.Account) || s.CoversResource(h.pattern(service, resource, h.Role.Account))
}

// pattern is the ARN pattern of all resources of a type in the role's partition.
func (h *Held) pattern(service, resource, account string) string {
	switch service {
	case "s3":
		return "arn:" + h.Role.Partition + ":s3:::" + resource
	case "iam":
		return "arn:" + h.Role.Partition + ":iam::" + account + ":" + resource
	}
	return "arn:" + h.Role.Partition + ":" + service + ":*:" + account + ":" + resource
}

// typeOf is the service and the resource part of the ARNs that an action is about; of an
// action that the table does not have, all of its service.
func typeOf(action string) (service, resource string) {
	action = strings.ToLower(action)
	service, _, _ = strings.Cut(action, ":")
	of, ok := resourceTypes[action]
	if !ok {
		return service, "*"
	}
	return cmp.Or(of.of, service), of.resource
}

// resourceType is the resource part of the ARNs that an action is about, and their service
// where it is another than the action's.
type resourceType struct{ resource, of string }

// resourceTypes are the types of what the checks ask about. Actions that are not here are
// asked about all of their service.
// Source: Service Authorization Reference, the resource types of each action.
var resourceTypes = func() map[string]resourceType {
	out := map[string]resourceType{"sts:assumerole": {"role/*", "iam"}}
	for resource, actions := range map[string]string{
		"*/*":                      "s3:DeleteObjectVersion s3:PutObjectAcl",
		"accesspoint/*":            "s3:PutAccessPointPolicy",
		"snapshot/*":               "ec2:DeleteSnapshot ec2:ModifySnapshotAttribute",
		"volume/*":                 "ec2:DeleteVolume",
		"image/*":                  "ec2:ModifyImageAttribute",
		"instance/*":               "ec2:GetPasswordData",
		"security-group/*":         "ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress ec2:ModifySecurityGroupRules ec2:CreateSecurityGroup",
		"vpc-flow-log/*":           "ec2:DeleteFlowLogs",
		"elastic-ip/*":             "ec2:AssociateAddress ec2:DisassociateAddress ec2:EnableAddressTransfer",
		"db:*":                     "rds:DeleteDBInstance rds:ModifyDBInstance",
		"cluster:*":                "rds:DeleteDBCluster rds:ModifyDBCluster",
		"snapshot:*":               "rds:DeleteDBSnapshot",
		"cluster-snapshot:*":       "rds:DeleteDBClusterSnapshot",
		"global-cluster:*":         "rds:DeleteGlobalCluster",
		"table/*":                  "dynamodb:DeleteTable",
		"recovery-point:*":         "backup:DeleteRecoveryPoint",
		"backup-vault:*":           "backup:DeleteBackupVault backup:PutBackupVaultAccessPolicy",
		"key/*":                    "kms:ScheduleKeyDeletion kms:DeleteImportedKeyMaterial kms:PutKeyPolicy kms:CreateGrant",
		"alias/*":                  "kms:DeleteAlias",
		"trail/*":                  "cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail cloudtrail:PutEventSelectors",
		"detector/*":               "guardduty:DeleteDetector guardduty:UpdateDetector guardduty:DeleteMembers",
		"hub/default":              "securityhub:DisableSecurityHub",
		"analyzer/*":               "access-analyzer:DeleteAnalyzer",
		"log-group:*":              "logs:DeleteLogGroup",
		"log-group:*:log-stream:*": "logs:DeleteLogStream",
		"function:*":               "lambda:AddPermission",
		"secret:*":                 "secretsmanager:PutResourcePolicy",
		"repository/*":             "ecr:SetRepositoryPolicy",
		"dbuser:*":                 "redshift:GetClusterCredentials",
		"dbuser:*/*":               "rds-db:connect",
		"user/*":                   "iam:CreateAccessKey iam:CreateServiceSpecificCredential iam:ResetServiceSpecificCredential",
		"configuration-recorder/*": "config:StopConfigurationRecorder config:DeleteConfigurationRecorder",
	} {
		for _, action := range strings.Fields(strings.ToLower(actions)) {
			out[action] = resourceType{resource: resource}
		}
	}
	return out
}()

// Broad says how far an Allow on every resource goes that takes in all the actions: Given
// where one of them is left of it, and no condition narrows it.
func (h *Held) Broad(allow *policy.Statement, actions []string) Extent {
	best := Right{Extent: None}
	for _, action := range actions {
		q := h.everywhere(action)
		if h.denied(q, allow) {
			continue
		}
		r := h.right(q, policy.Ref{Statement: allow})
		if r.Extent != None {
			r = h.bounded(q, r)
		}
		if best = furthest([]Right{best, r}); best.Extent == Given {
			break
		}
	}
	return best.Extent
}
