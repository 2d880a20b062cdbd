package iam

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ExternalPrincipalNoDataAccess passes when no role that somebody outside the organization may
// assume, and none that such a role may assume in turn, can read what buckets, databases and
// volumes hold: by their objects, by sharing or copying a snapshot, by signing in, or by using
// the key that they are encrypted with. Policies of buckets and keys count. A session of the
// role is inside the account, so that a policy against outsiders does not bite. Objects under a
// key that the role may not use are not readable; grants of keys are not looked at. What
// everybody can read takes no role: other checks judge that.
// Source: IAM GetAccountAuthorizationDetails; Organizations ListAccounts, ListParents,
// ListPoliciesForTarget and DescribePolicy; S3 GetBucketPolicy and GetBucketEncryption; KMS
// GetKeyPolicy; RDS DescribeDBInstances, DescribeDBClusters, DescribeDBSnapshots and
// DescribeDBClusterSnapshots; EC2 DescribeVolumes and DescribeSnapshots.
var ExternalPrincipalNoDataAccess = checks.Check{
	ID:          "iam-external-principal-no-data-access",
	Title:       "No principal outside the organization can read data stores through a role",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: once(slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "organizations:ListAccounts", "s3:GetBucketPolicy", "s3:GetBucketEncryption", "s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock", "s3:HeadBucket", "s3:GetBucketLocation", "kms:DescribeKey", "kms:GetKeyPolicy"},
		storeReads, identity.GraphReads, identity.GuardrailReads)),
	Parameters:     checks.Parameters{"trusted_accounts": []string{}, "shared_buckets": []string{}}, // shared_buckets: names, * for any run of characters
	Bounds:         accountIDs,
	FailWhenUnread: true,
	Remedy:         "Name the buckets that the role is for, take the rights over snapshots and keys out, or trust nobody outside.",
	Fix: checks.Fix{
		Threat: "Another company, or whoever breaks into it, reads the data over a role that was meant for something else. Nothing of how it got there is in this account's logs.",
		CLI:    "aws iam list-attached-role-policies --role-name {name}\naws iam put-role-policy --role-name {name} --policy-name needed --policy-document file://needed.json\naws iam detach-role-policy --role-name {name} --policy-arn POLICY_ARN",
		Terraform: `data "aws_iam_policy_document" "needed" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["ARN_OF_THE_SHARED_BUCKET/*"]
  }
}

resource "aws_iam_role_policy" "needed" {
  role   = "{name}"
  policy = data.aws_iam_policy_document.needed.json
}`,
		Cost: "The other company loses what goes. Buckets that are meant for others belong into shared_buckets, whoever may read all into trusted_accounts.",
	},
	Judges: checks.For(snapshot.Roles, externalPrincipalNoDataAccess),
}

// once leaves out what a list repeats.
func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func externalPrincipalNoDataAccess(r snapshot.Role, env checks.Env) checks.Verdict {
	return identity.OfCustomer(r, func(d *policy.Document) checks.Verdict {
		in := identity.InsidersOf(env, env.Strings("trusted_accounts"), true)
		outside, open, _ := parted(in.Foreign(d))
		strangers := strangersOf(d)
		outside, kept, note := admitted(env, r, outside)
		who := slices.Concat(outside, strangers, open)
		switch {
		case len(who) == 0 && len(kept) > 0:
			return checks.Pass("a resource control policy keeps %s from assuming the role", wording.List(kept, 3))
		case len(who) == 0:
			return checks.DoesNotApply("the role trusts nobody outside the organization and trusted_accounts")
		}
		unsure := len(outside)+len(strangers) == 0
		prefix := wording.List(who, 3)
		if unsure {
			prefix += ", which counts as outside, since the organization was not read: " + in.Unread().Error() + ","
		}
		v := overRoles(r, env, prefix+" may assume the role: ", note)
		if unsure && v.Status == checks.PASS {
			return checks.Unknown(in.Unread()) // nobody outside may be trusted at all
		}
		return v.With("principals", wording.List(who, 20))
	})
}

// admitted parts principals outside by whether a resource control policy keeps them from
// assuming roles of the account; note says that those policies were not read.
func admitted(env checks.Env, r snapshot.Role, outside []string) (left, kept []string, note string) {
	o, err := checks.Use(env, env.Account().Org.Organization)
	rails := identity.Guardrails(env, r.Location).RCPs
	if err != nil || o.ID == "" || rails == nil {
		return outside, nil, ""
	}
	if rails.Unread != nil {
		note = "; not read, and might lift it: resource control policies: " + rails.Unread.Error()
	}
	for _, who := range outside {
		stopped := false
		for _, src := range slices.Concat(rails.Levels...) {
			if src.Document == nil {
				note = "; not read, and might lift it: " + identity.Cause(src)
				continue
			}
			for i := range src.Document.Statements {
				spared, ok := src.Document.Statements[i].KeepsOutsiders("sts:AssumeRole", o.ID)
				stopped = stopped || ok && policy.AccountOf(who) != "" && !slices.Contains(spared, policy.AccountOf(who))
			}
		}
		if stopped {
			kept = append(kept, who)
		} else {
			left = append(left, who)
		}
	}
	return left, kept, note
}

// overRoles looks at what a role can read, and at what those can that it may assume in turn.
func overRoles(r snapshot.Role, env checks.Env, prefix, note string) checks.Verdict {
	data, err := checks.Find(env, stores, r.Location, "")
	if err != nil {
		return checks.Unknown(err)
	}
	e := identity.EffectiveRole(env, r)
	own := reader{data: data, shared: env.Strings("shared_buckets")}
	if own.look(&e.Identity); len(own.can) > 0 {
		return own.fail(env, prefix+"it may ", note)
	}
	g, err := identity.Graph(env, r.Location)
	if err != nil {
		return checks.Unknown(err)
	}
	from := g.Find(r.ARN)
	if from < 0 {
		return checks.Unclear("the role is not in the account's lists")
	}
	further, blind := g.Assumes(from, 6)
	all := own
	for _, f := range further {
		next := reader{data: data, shared: own.shared}
		if next.look(&f.Role.Identity); len(next.can) > 0 {
			return next.fail(env, prefix+identity.Steps(f.Ways)+", which may ", note)
		}
		all.merge(next)
	}
	_, cut := checks.In(env, snapshot.Roles, r.Location).Get()
	switch {
	case all.lacking != nil:
		return identity.Untold(all.lacking)
	case all.unsure:
		return identity.Undecided(e.Sources())
	case cut != nil:
		return checks.Unknown(cut)
	case blind:
		return g.Untold()
	case data.unread != nil:
		return identity.Untold(data.unread)
	}
	said := ""
	if len(all.closed) > 0 {
		said = "; what it may read of " + wording.List(all.closed, 3) + " is under a key that it may not use"
	}
	if len(all.open) > 0 {
		said += "; what everybody can read, it can as well: " + wording.List(all.open, 3)
	}
	env.Cite(all.calls...)
	return checks.Pass("%sit can read no bucket, database or volume%s", prefix, said).With("rights", "")
}

// fail is the verdict on what a role can read; the calls that tell of it join the evidence.
func (r *reader) fail(env checks.Env, prefix, note string) checks.Verdict {
	env.Cite(r.calls...)
	e := identity.Effective{}
	return checks.Fail("%s%s%s%s", prefix, strings.Join(wording.Some(r.can, 3), "; "), e.Unread(policy.Right{Unread: once(r.unread)}), note).With("rights", strings.Join(r.can, "; "))
}

// reader is a role at the account's data.
type reader struct {
	data    storage
	shared  []string // patterns of buckets that are meant for others
	can     []string // what it can read, and how
	closed  []string // buckets that it could read, but for their key
	open    []string // buckets that everybody can read
	unread  []string // what might lift a right
	lacking error    // what has to be read to tell
	unsure  bool
	calls   []snapshot.Call
}

func (r *reader) merge(o reader) {
	if r.lacking == nil {
		r.lacking = o.lacking
	}
	r.unsure = r.unsure || o.unsure
	r.closed, r.open = once(append(r.closed, o.closed...)), once(append(r.open, o.open...))
	r.calls = append(r.calls, o.calls...)
}

// look asks for each right by which data can be read.
func (r *reader) look(id *policy.Identity) {
	decrypt := id.Ask("kms:Decrypt")
	r.objects(id.Ask("s3:GetObject"), decrypt)
	for _, kind := range r.data.kinds {
		for _, action := range kind.actions {
			r.each(id, action, kind.what, kind.of, decrypt)
		}
	}
	var names []string
	by := ""
	for _, k := range r.data.keys {
		right := decrypt.Through(k.ARN, k.Policy, true)
		if s := right.Allow.Statement; s != nil && len(s.Restricting("kms:ViaService")) > 0 {
			continue // by way of a service that holds the data alone, whose own rights are asked for
		}
		if r.counts(right, k.Policy, k.Calls) {
			names = append(names, k.ARN)
			by = how(right)
		}
	}
	r.note("decrypt with the keys of data", names, "kms:Decrypt", by)
}

// objects asks which buckets' objects can be read: by the role's policies or the bucket's, and
// with the key of the bucket's default encryption.
func (r *reader) objects(get, decrypt *policy.Question) {
	var names []string
	by := ""
	for _, b := range r.data.buckets {
		if slices.ContainsFunc(r.shared, func(p string) bool { return policy.Covers(p, b.name) }) {
			continue
		}
		right := get.Through(b.arn+"/*", b.policy, false)
		switch {
		case right.Answer == policy.No:
			continue
		case b.public:
			r.open = append(r.open, b.name)
			r.calls = append(r.calls, b.calls...)
			continue
		case b.publicUnread != nil && right.Answer == policy.Yes:
			r.unsure, r.lacking = true, b.publicUnread
			continue
		}
		switch opened, why := r.opens(decrypt, b.key, b.keyUnread); {
		case opened == policy.No:
			r.closed = append(r.closed, b.name)
			continue
		case opened == policy.CannotTell && right.Answer == policy.Yes:
			r.unsure = true
			if why != nil {
				r.lacking = why
			}
			continue
		}
		if r.counts(right, b.policy, b.calls) {
			names = append(names, b.name)
			by = how(right)
		}
	}
	r.note("read the objects of", names, "s3:GetObject", by)
}

// opens says whether the role may use the key that something is encrypted with.
func (r *reader) opens(decrypt *policy.Question, key *identity.Key, unread error) (policy.Answer, error) {
	switch {
	case unread != nil:
		return policy.CannotTell, unread
	case key == nil || key.Managed:
		return policy.Yes, nil
	case key.Gone:
		return policy.No, nil
	case key.Foreign: // its policy is not ours to read, and both sides have to allow it
		if decrypt.Some(key.ARN).Answer == policy.No {
			return policy.No, nil
		}
		return policy.CannotTell, fmt.Errorf("%s is another account's key", key.ARN)
	}
	right := decrypt.Through(key.ARN, key.Policy, true)
	if right.Answer == policy.CannotTell && key.Policy.Document == nil {
		return right.Answer, fmt.Errorf("%s: %w", key.Policy.Name, key.Policy.Err)
	}
	return right.Answer, nil
}

// each asks for one action over all of a kind.
func (r *reader) each(id *policy.Identity, action, what string, of []item, decrypt *policy.Question) {
	q := id.Ask(action)
	if !q.Raised() {
		return
	}
	var names []string
	by := ""
	for _, x := range of {
		right := q.Some(x.arn)
		if right.Answer == policy.Yes && x.beside != "" {
			if also := q.Some(x.beside); also.Answer != policy.Yes {
				right = also
			}
		}
		if right.Answer == policy.No {
			continue
		}
		switch {
		case sharing[action] && x.key != nil && x.key.Managed:
			continue // what a key of AWS's encrypts cannot be shared
		case decrypting[action]:
			opened, why := r.opens(decrypt, x.key, nil)
			if opened == policy.No {
				continue
			}
			if opened == policy.CannotTell && right.Answer == policy.Yes {
				r.unsure = true
				if why != nil {
					r.lacking = why
				}
				continue
			}
		}
		if r.counts(right, nil, nil) {
			names = append(names, x.name)
			by = how(right)
		}
	}
	r.note("use "+action+" on "+what, names, "", by)
}

// counts takes a right in: true for a Yes.
func (r *reader) counts(right policy.Right, guard *policy.Source, calls []snapshot.Call) bool {
	switch right.Answer {
	case policy.Yes:
		r.unread, r.calls = append(r.unread, right.Unread...), append(r.calls, calls...)
		return true
	case policy.CannotTell:
		r.unsure = true
		if guard != nil && guard.Document == nil {
			r.lacking = fmt.Errorf("%s: %w", guard.Name, guard.Err)
		}
	case policy.No:
	}
	return false
}

func (r *reader) note(what string, names []string, action, by string) {
	if len(names) == 0 {
		return
	}
	if action != "" {
		by = action + " " + by
	}
	r.can = append(r.can, fmt.Sprintf("%s %s (%s)", what, wording.Few(names, 3), by))
}

// how shows by what a right is given, and on which condition.
func how(right policy.Right) string {
	out := "by " + right.Allow.String()
	if right.Conditional && right.Allow.Statement != nil {
		out += identity.Conditions(right.Allow.Statement)
	}
	return out
}
