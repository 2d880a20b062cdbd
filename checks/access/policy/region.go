package policy

import (
	"slices"
	"strings"
)

// RegionRule says which Regions a guardrail is measured against.
type RegionRule struct {
	// Regions are all Regions of the partition, enabled or not.
	Regions []string
	// Allowed are those in which work is allowed, Global those in which global
	// services answer (us-east-1 in the commercial partition).
	Allowed, Global []string
	// GlobalActions are the actions that may stay open everywhere; nil means
	// [GlobalActions].
	GlobalActions []string
}

// GlobalActions are patterns of the actions that global services answer, which
// a guardrail on Regions has to leave open.
// Source: AWS Organizations User Guide, "Deny access to AWS based on the
// requested AWS Region", less the regional services that its sample names.
var GlobalActions = []string{
	"a4b:*", "account:*", "artifact:*", "aws-marketplace:*", "aws-marketplace-management:*", "aws-portal:*", "billing:*",
	"billingconductor:*", "budgets:*", "ce:*", "chatbot:*", "chime:*", "cloudfront:*", "consolidatedbilling:*", "cur:*",
	"freetier:*", "globalaccelerator:*", "health:*", "iam:*", "importexport:*", "invoicing:*", "networkmanager:*",
	"notifications:*", "notifications-contacts:*", "organizations:*", "payments:*", "pricing:*", "pricingplanmanager:*", "route53:*",
	"route53domains:*", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock",
	"s3:*MultiRegionAccessPoint*", "savingsplans:*", "shield:*", "sts:*", "support:*", "supportapp:*", "supportplans:*",
	"sustainability:*", "tax:*", "trustedadvisor:*", "user-subscriptions:*", "vendor-insights:*", "waf:*", "wafv2:*", "wellarchitected:*",
}

// RegionDeny answers whether a document denies work outside the allowed Regions.
type RegionDeny struct {
	// Answer is Yes where some one statement denies every action that is not
	// global in every Region but the allowed and global ones, also in Regions
	// yet to come, to everybody but those in Exempt.
	Answer Answer
	// Rules are the Deny statements on aws:RequestedRegion, the deciding one
	// first.
	Rules []RegionStatement
}

// RegionStatement is one Deny statement on aws:RequestedRegion.
type RegionStatement struct {
	Ref Ref
	// Open are the Regions, of RegionRule.Regions, in which it denies nothing.
	Open []string
	// Stray are those of Open that are neither allowed nor global.
	Stray []string
	// Future says that it would deny a Region that AWS has yet to open.
	Future bool
	// Regional are changing actions that its NotAction leaves open though they
	// are not global, or that its Action does not name: at most 20 of them.
	Regional []string
	// Exempt are the further conditions that only spare certain principals.
	Exempt []Condition
	// Narrow are further conditions of any other kind. The statement then denies
	// only where they are met, and is no guardrail on its own.
	Narrow []Condition
	// Literal are values with a wildcard under an operator that compares them
	// as plain text, so that no Region ever equals them.
	Literal []string
	// Partial says that the statement's Resource is not everything.
	Partial bool
	// Unclear says that the statement holds something outside the grammar.
	Unclear bool
}

const requestedRegion = "aws:requestedregion"

// FutureRegion stands for any Region that AWS has yet to open.
const FutureRegion = "zz-future-1"

// RegionDeny looks for Deny statements that close Regions. Every operator whose
// negation really denies counts: StringNotEquals, StringNotLike and
// StringNotEqualsIgnoreCase, with or without IfExists, ForAnyValue or
// ForAllValues, since the request carries the key once or not at all.
func (d *Document) RegionDeny(name string, rule RegionRule) RegionDeny {
	var out RegionDeny
	out.Answer = No
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != Deny || !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return c.Is(requestedRegion) }) {
			continue
		}
		found := s.regionStatement(rule)
		found.Ref = Ref{name, s}
		verdict := found.answer()
		if verdict == Yes && out.Answer != Yes {
			out.Rules = slices.Insert(out.Rules, 0, found)
		} else {
			out.Rules = append(out.Rules, found)
		}
		out.Answer = out.Answer.or(verdict)
	}
	if out.Answer == No && len(d.Issues) > 0 {
		out.Answer = CannotTell
	}
	return out
}

func (r *RegionStatement) answer() Answer {
	switch {
	case !r.Future || len(r.Stray) > 0 || len(r.Regional) > 0 || len(r.Narrow) > 0 || r.Partial:
		return No
	case r.Unclear:
		return CannotTell
	}
	return Yes
}

func (s *Statement) regionStatement(rule RegionRule) RegionStatement {
	out := RegionStatement{Unclear: s.Unclear, Partial: !s.EveryResource("")}
	var regional []Condition
	for _, c := range s.Conditions {
		switch {
		case c.Is(requestedRegion):
			regional = append(regional, c)
			out.Literal = append(out.Literal, c.literalWildcards()...)
		case c.sparesPrincipals():
			out.Exempt = append(out.Exempt, c)
		default:
			out.Narrow = append(out.Narrow, c)
		}
	}
	for _, region := range rule.Regions {
		if deniedIn(regional, region) {
			continue
		}
		out.Open = append(out.Open, region)
		if !slices.Contains(rule.Allowed, region) && !slices.Contains(rule.Global, region) {
			out.Stray = append(out.Stray, region)
		}
	}
	out.Future = deniedIn(regional, FutureRegion)
	global := rule.GlobalActions
	if global == nil {
		global = GlobalActions
	}
	out.Regional = s.openActions(global)
	return out
}

func deniedIn(conditions []Condition, region string) bool {
	ctx := Context{Values: map[string][]string{requestedRegion: {region}}}
	for i := range conditions {
		if conditions[i].meets(&ctx) != Yes {
			return false
		}
	}
	return true
}

func (c *Condition) literalWildcards() (out []string) {
	if c.operator.compare != stringEquals && c.operator.compare != stringEqualsFold {
		return nil
	}
	for _, v := range c.Values {
		if hasWildcard(v) {
			out = append(out, v)
		}
	}
	return out
}

// principalKeys say who calls.
var principalKeys = []string{"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:userid", "aws:username", "aws:principaltag/*"}

// sparesPrincipals reports whether the condition, on a Deny, does no more than
// spare some principals: a negated operator on who calls, none of whose values
// is everybody; or Bool false on whether an AWS service calls.
func (c *Condition) sparesPrincipals() bool {
	switch c.key {
	case "aws:principalisawsservice", "aws:viaawsservice":
		return c.operator.compare == boolEquals && len(c.Values) == 1 && strings.EqualFold(c.Values[0], "false")
	}
	if !c.operator.negated || !anyMatch(principalKeys, c.key, false) {
		return false
	}
	for _, v := range c.Values {
		if (c.operator.compare == stringLike || c.operator.compare == arnLike) && everyPrincipal(v) {
			return false
		}
	}
	return true
}

// everyPrincipal reports whether a pattern takes in every principal's ARN.
func everyPrincipal(pattern string) bool {
	return Covers(pattern, "arn:aws:iam::*:role/*") || Covers(pattern, "arn:aws:sts::*:assumed-role/*")
}

const maxListed = 20

// openActions lists changing actions that a Deny statement leaves open and that
// are not global.
func (s *Statement) openActions(global []string) (out []string) {
	if !s.NotAction && anyCovers(s.Actions, "*:*", true) {
		return nil
	}
	for a := range Actions("*") {
		if a.Changes() && !s.MatchesAction(a.Name) && !anyMatch(global, a.Name, true) {
			if out = append(out, a.Name); len(out) == maxListed {
				break
			}
		}
	}
	return out
}
