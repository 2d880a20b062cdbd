package hygiene

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

const accessHistory = "access-history"

// SensitiveServiceAccessUsed passes when each identity that may use a sensitive service has
// tried to in a while. A service is listed because policies allow it: that is no use.
// Source: IAM GetServiceLastAccessedDetails, LastAuthenticated.
var SensitiveServiceAccessUsed = checks.Check{
	ID:          "iam-sensitive-service-access-used",
	Title:       "Identities that may use sensitive services have used them recently",
	Severity:    checks.Medium,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	OptIn:       accessHistory,
	Reads:       historyReads,
	Parameters:  checks.Parameters{"services": []string{"bedrock", "sagemaker"}, "max_idle_days": 90},
	Bounds:      idleBounds,
	Remedy:      "Take away the rights that nobody uses.",
	Fix: checks.Fix{
		Threat: "Models cost by the call: a stolen key with a right that nobody uses runs up a bill for weeks before anybody wonders. Nobody would notice that the right is gone.",
		CLI:    "aws iam generate-service-last-accessed-details --arn {arn} --granularity ACTION_LEVEL\naws iam get-service-last-accessed-details --job-id JOB_ID",
		Terraform: `data "aws_iam_policy_document" "unused" {
  statement {
    effect    = "Deny"
    actions   = ["bedrock:*", "sagemaker:*"]
    resources = ["*"]
  }
}`,
		Cost: "Work that runs once a year fails when its turn comes.",
	},
	Judges: checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict {
		return sensitiveServiceAccessUsed(u.Created, u.History, env)
	}).And(checks.For(snapshot.Roles, func(r snapshot.Role, env checks.Env) checks.Verdict {
		if r.ServiceLinked() {
			return checks.DoesNotApply("the role belongs to an AWS service")
		}
		return sensitiveServiceAccessUsed(r.Created, r.History, env)
	})),
}

// PermissionsUsed passes when an identity uses a share of the services that it may use, and
// each of those that matter most, and of these its rights to manage permissions where AWS
// tracks them. One that uses nothing at all is judged by other checks.
// Source: IAM GetServiceLastAccessedDetails, ServicesLastAccessed.
var PermissionsUsed = checks.Check{
	ID:          "iam-permissions-used",
	Title:       "Identities use the services that they are allowed to use",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	OptIn:       accessHistory,
	Reads:       historyReads,
	Parameters: checks.Parameters{"max_idle_days": 90, "min_used_share": 0.1, "sensitive_services": []string{
		"iam", "sts", "kms", "organizations", "secretsmanager", "s3", "rds", "ec2", "bedrock", "sagemaker",
	}},
	Bounds: idleBounds,
	Remedy: "Narrow the policies to what is used.",
	Fix: checks.Fix{
		Threat:    "Whoever takes the identity over gets all that it may do, and not only what it does. What is never used is never missed, and never watched.",
		CLI:       "aws iam generate-service-last-accessed-details --arn {arn} --granularity ACTION_LEVEL\naws iam get-service-last-accessed-details --job-id JOB_ID",
		Terraform: "data \"aws_iam_policy_document\" \"used\" {\n  statement {\n    actions   = [\"s3:GetObject\"]\n    resources = [\"arn:aws:s3:::BUCKET/*\"]\n  }\n}",
		Cost:      "Rare work, such as a yearly report or an emergency, fails when its turn comes.",
	},
	Judges: checks.For(snapshot.Users, func(u snapshot.User, env checks.Env) checks.Verdict {
		return permissionsUsed(u.Created, u.History, env)
	}).And(checks.For(snapshot.Roles, func(r snapshot.Role, env checks.Env) checks.Verdict {
		if r.ServiceLinked() {
			return checks.DoesNotApply("the role belongs to an AWS service")
		}
		return permissionsUsed(r.Created, r.History, env)
	})),
}

var historyReads = []string{"iam:GetAccountAuthorizationDetails", "iam:GenerateServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails"}

// idleBounds refuses what nobody could keep.
func idleBounds(parameter string, value any) error {
	switch v := value.(type) {
	case int:
		if v < 1 || v > 400 {
			return fmt.Errorf("%s is %d, want 1 to 400: AWS keeps 400 days", parameter, v)
		}
	case float64:
		if v < 0 || v > 1 {
			return fmt.Errorf("%s is %v, want 0 to 1", parameter, v)
		}
	}
	return nil
}

// tried says when a service was last tried.
func tried(last time.Time) string {
	if last.IsZero() {
		return "never in 400 days"
	}
	return "last " + last.Format(time.DateOnly)
}

func sensitiveServiceAccessUsed(created time.Time, history snapshot.Read[snapshot.AccessHistory], env checks.Env) checks.Verdict {
	limit := time.Duration(env.Int("max_idle_days")) * day
	if !created.IsZero() && env.AsOf.Sub(created) < limit {
		return checks.DoesNotApply("the identity is younger than %d days", env.Int("max_idle_days"))
	}
	h, err := checks.Use(env, history)
	if err != nil {
		return checks.Unknown(err)
	}
	var idle, used []string
	for _, s := range h.Services {
		switch {
		case !slices.Contains(env.Strings("services"), s.Service):
		case s.Last.IsZero() || h.Completed.Sub(s.Last) > limit:
			idle = append(idle, s.Service+" ("+tried(s.Last)+")")
		default:
			used = append(used, s.Service)
		}
	}
	switch {
	case len(idle) > 0:
		return checks.Fail("allowed and not used within %d days: %s", env.Int("max_idle_days"), strings.Join(idle, ", ")).With("services", strings.Join(idle, ", "))
	case len(used) > 0:
		return checks.Pass("used within %d days: %s", env.Int("max_idle_days"), strings.Join(used, ", ")).With("services", strings.Join(used, ", "))
	}
	return checks.DoesNotApply("the identity's policies allow none of %s", strings.Join(env.Strings("services"), ", "))
}

func permissionsUsed(created time.Time, history snapshot.Read[snapshot.AccessHistory], env checks.Env) checks.Verdict {
	limit := time.Duration(env.Int("max_idle_days")) * day
	if !created.IsZero() && env.AsOf.Sub(created) < limit {
		return checks.DoesNotApply("the identity is younger than %d days", env.Int("max_idle_days"))
	}
	h, err := checks.Use(env, history)
	if err != nil {
		return checks.Unknown(err)
	}
	recent := func(at time.Time) bool { return !at.IsZero() && h.Completed.Sub(at) <= limit }
	used := 0
	var idle, managing []string
	for _, s := range h.Services {
		sensitive := slices.Contains(env.Strings("sensitive_services"), s.Service)
		switch {
		case !recent(s.Last):
			if sensitive {
				idle = append(idle, s.Service)
			}
		default:
			used++
			if sensitive {
				managing = append(managing, unusedManagement(s, recent)...)
			}
		}
	}
	switch {
	case len(h.Services) == 0:
		return checks.DoesNotApply("the identity's policies allow no service")
	case used == 0:
		return checks.DoesNotApply("the identity uses nothing, which is a finding of its own")
	}
	share := float64(used) / float64(len(h.Services))
	seen := fmt.Sprintf("%d of %d services", used, len(h.Services))
	var faults []string
	if share < env.Float("min_used_share") {
		faults = append(faults, fmt.Sprintf("less than the share of %v", env.Float("min_used_share")))
	}
	if len(idle) > 0 {
		faults = append(faults, "not used: "+wording.List(idle, 8))
	}
	if len(managing) > 0 {
		faults = append(faults, "rights over permissions not used: "+wording.List(managing, 4))
	}
	const attempts = "; attempts that were denied count as use"
	if len(faults) > 0 {
		return checks.Fail("%s used within %d days; %s%s", seen, env.Int("max_idle_days"), strings.Join(faults, "; "), attempts).With("used", seen)
	}
	return checks.Pass("%s used within %d days%s", seen, env.Int("max_idle_days"), attempts).With("used", seen)
}

// unusedManagement are the actions of a service that manage permissions, which AWS tracks
// and which were not used. None tracked is no proof of no use.
func unusedManagement(s snapshot.ServiceUse, recent func(time.Time) bool) (out []string) {
	for _, a := range s.Actions {
		known, ok := policy.LookupAction(s.Service + ":" + a.Action)
		if ok && known.Level == policy.Permissions && !recent(a.Last) {
			out = append(out, known.Name)
		}
	}
	return out
}
