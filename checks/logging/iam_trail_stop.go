package logging

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/logging/delivery"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PrincipalCannotStopAuditTrail passes when a principal is named as intended, or may in effect
// neither stop nor change a trail of the account, nor delete, open or empty the trail's bucket,
// nor disable or delete its key. A lifecycle of a day blinds as well as a deletion. Policies of
// the bucket and of the key count. A trail of the organization is stopped in the account that
// owns it, and by an administrator that is delegated for CloudTrail, whom members cannot ask
// for; a bucket or key of another account is not judged here.
// Source: IAM GetAccountAuthorizationDetails; Organizations ListParents, ListPoliciesForTarget
// and DescribePolicy; CloudTrail DescribeTrails; S3 GetBucketPolicy; KMS GetKeyPolicy;
// CloudTrail User Guide, "Organization delegated administrator".
var PrincipalCannotStopAuditTrail = checks.Check{
	ID:             "iam-principal-cannot-stop-audit-trail",
	Title:          "Only the principals named as intended can stop or blind the audit trail",
	Severity:       checks.High,
	Category:       checks.LoggingOf,
	Duty:           checks.AccessControl,
	ServiceKind:    checks.OfAccount,
	Tier:           3,
	Reads:          slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "cloudtrail:DescribeTrails", "s3:ListBuckets", "s3:HeadBucket", "s3:GetBucketLocation", "s3:GetBucketPolicy", "kms:DescribeKey", "kms:GetKeyPolicy"}, identity.GuardrailReads),
	Parameters:     checks.Parameters{"allowed_principals": []string{}},
	FailWhenUnread: true,
	Remedy:         "Deny the actions to all but the trail's keepers by a service control policy, or log into a bucket of another account by a trail of the organization.",
	Fix: checks.Fix{
		Threat: "Whoever gets hold of the principal turns the record off before doing harm, or empties it afterwards. Nobody can then say what was read, changed or stolen.",
		CLI: `aws organizations create-policy --type SERVICE_CONTROL_POLICY --name keep-the-trail --description "Keep the trail" --content file://keep-the-trail.json
aws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID`,
		Terraform: `data "aws_iam_policy_document" "keep_the_trail" {
  statement {
    effect    = "Deny"
    actions   = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"]
    resources = ["*"]
    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = ["ARN_OF_THE_KEEPER"]
    }
  }
}

resource "aws_organizations_policy" "keep_the_trail" {
  name    = "keep-the-trail"
  type    = "SERVICE_CONTROL_POLICY"
  content = data.aws_iam_policy_document.keep_the_trail.json
}`,
		Cost: "Free. Administrators change the trail through one named role from then on. A policy does not bind the management account: no workload belongs there.",
	},
	Judges: identity.Principals(principalCannotStopAuditTrail),
}

// stopping are the actions that stop or blind a trail, by what they are about. The action of
// S3 for PutBucketLifecycleConfiguration has the shorter name.
// Source: Service Authorization Reference, CloudTrail, S3 and KMS.
var stopping = struct{ trail, bucket, key []string }{
	[]string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"},
	[]string{"s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"},
	[]string{"kms:DisableKey", "kms:ScheduleKeyDeletion"},
}

func principalCannotStopAuditTrail(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	if e.Named(env.Strings("allowed_principals"), at) {
		return checks.Pass("named in allowed_principals")
	}
	trails, lacking := delivery.All(env)
	if len(trails) == 0 {
		if lacking != nil {
			return checks.Unknown(lacking)
		}
		return checks.DoesNotApply("the account has no trail")
	}
	s := stop{e: e, env: env, questions: map[string]*policy.Question{}}
	for _, t := range trails {
		s.trail(t)
	}
	switch {
	case len(s.can) > 0:
		return checks.Fail("the principal may stop or blind the audit trail: %s, by %s%s%s", strings.Join(wording.Some(s.can, 4), "; "), s.by, s.notes(), e.Unread(policy.Right{Unread: s.unread})).
			With("rights", strings.Join(s.can, "; "))
	case s.lacking != nil:
		return identity.Untold(s.lacking)
	case s.unsure:
		return identity.Undecided(e.Sources())
	case lacking != nil:
		return checks.Unknown(lacking)
	}
	return checks.Pass("the principal may neither stop nor blind %s: %s%s", wording.Count(len(s.names), "trail"), wording.List(s.names, 4), s.notes()).With("rights", "")
}

// stop gathers what a principal may do to trails.
type stop struct {
	e         identity.Effective
	env       checks.Env
	questions map[string]*policy.Question
	names     []string // of the trails
	can       []string // rights, by what they are about
	by        string   // the statement of the first
	beside    []string // what is not judged
	unread    []string // what might lift a right
	lacking   error    // what has to be read to tell
	unsure    bool
}

// trail looks at one trail, its bucket and its key.
func (s *stop) trail(t snapshot.Trail) {
	s.names = append(s.names, t.Name)
	if owner := snapshot.AccountOf(t.ARN); owner != t.Account {
		s.beside = append(s.beside, fmt.Sprintf("%s is the organization's: outside the account %s nobody can stop it, an administrator that is delegated for CloudTrail aside", t.Name, owner))
	} else {
		s.ask("the trail "+t.Name, t.ARN, stopping.trail, nil, false)
	}
	guard, err := identity.BucketGuard(s.env, t.Location, t.Bucket)
	switch {
	case err == nil:
		s.ask("the bucket "+t.Bucket, "arn:"+t.Partition+":s3:::"+t.Bucket, stopping.bucket, guard, false)
	case errors.Is(err, snapshot.ErrAbsent):
		s.beside = append(s.beside, fmt.Sprintf("the bucket %s of %s is another account's and is not judged here", t.Bucket, t.Name))
	default:
		s.lacking = err
	}
	if t.KMSKeyID == "" {
		return
	}
	switch key := identity.KeyGuard(s.env, t.Location, t.KMSKeyID); {
	case key.Foreign:
		s.beside = append(s.beside, fmt.Sprintf("the key of %s is another account's and is not judged here", t.Name))
	case key.Gone, key.Managed: // nobody can disable a key of AWS's
	default:
		s.ask("the key of "+t.Name, key.ARN, stopping.key, key.Policy, true)
	}
}

// ask asks for actions on one resource.
func (s *stop) ask(what, arn string, actions []string, guard *policy.Source, decides bool) {
	var can []string
	for _, action := range actions {
		q := s.questions[action]
		if q == nil {
			q = s.e.Ask(action)
			s.questions[action] = q
		}
		switch right := identity.Over(q, arn, guard, decides); right.Answer {
		case policy.Yes:
			can = append(can, action)
			if s.by == "" {
				s.by = right.Allow.String()
				if right.Conditional && right.Allow.Statement != nil {
					s.by += identity.Conditions(right.Allow.Statement)
				}
			}
			for _, u := range right.Unread {
				if !slices.Contains(s.unread, u) {
					s.unread = append(s.unread, u)
				}
			}
		case policy.CannotTell:
			s.unsure = true
			if guard != nil && guard.Document == nil {
				s.lacking = fmt.Errorf("%s: %w", guard.Name, guard.Err)
			}
		case policy.No:
		}
	}
	if text := strings.Join(can, ", ") + " on " + what; can != nil && !slices.Contains(s.can, text) {
		s.can = append(s.can, text)
	}
}

// notes says what is not judged.
func (s *stop) notes() string {
	if len(s.beside) == 0 {
		return ""
	}
	return "; " + strings.Join(wording.Some(s.beside, 3), "; ")
}
