package backups

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// PrincipalCannotDestroyDataAndBackups passes when no data that has backups falls to the
// principal together with all of them: something stays, by a right that it lacks in effect, a
// vault locked in compliance mode, a snapshot locked so, or Object Lock. Automated backups go
// along with their database. Whoever may take a lock off, or rewrite the vault's policy that
// denies it, may delete. The key of what is encrypted counts as a right over it, and no lock
// holds against that. Copies in another account or Region that only a job tells of do not
// count as backups; data without a backup is left to other checks.
// Source: IAM GetAccountAuthorizationDetails; Organizations ListParents, ListPoliciesForTarget
// and DescribePolicy; S3 ListBuckets, GetBucketVersioning, GetObjectLockConfiguration,
// GetBucketPolicy and GetBucketEncryption; RDS DescribeDBInstances, DescribeDBClusters,
// DescribeDBSnapshots and DescribeDBClusterSnapshots; EC2 DescribeVolumes, DescribeSnapshots and
// DescribeLockedSnapshots; Backup DescribeBackupVault, GetBackupVaultAccessPolicy and
// ListRecoveryPointsByBackupVault; KMS GetKeyPolicy.
var PrincipalCannotDestroyDataAndBackups = checks.Check{
	ID:          "iam-principal-cannot-destroy-data-and-backups",
	Title:       "No single principal can destroy both the data and its backups",
	Severity:    checks.High,
	Category:    checks.BackupsOf,
	Duty:        checks.Backups,
	ServiceKind: checks.OfAccount,
	Tier:        3,
	Reads: slices.Concat([]string{"iam:GetAccountAuthorizationDetails", "s3:GetBucketVersioning", "s3:GetObjectLockConfiguration", "s3:GetBucketPolicy", "s3:GetBucketEncryption",
		"ec2:DescribeLockedSnapshots", "backup:DescribeBackupVault", "backup:GetBackupVaultAccessPolicy", "kms:ListKeys", "kms:DescribeKey", "kms:GetKeyPolicy", "s3:HeadBucket", "s3:GetBucketLocation"},
		dataLists, backupLists, identity.GuardrailReads),
	Parameters:     checks.Parameters{"allowed_principals": []string{}},
	FailWhenUnread: true,
	Remedy:         "Lock a vault in compliance mode and let the plans write to it, or part the rights over data from those over backups and keys.",
	Fix: checks.Fix{
		Threat: "One stolen key, or one angry administrator, deletes the data and everything that it could be restored from. That is what those who ask for ransom do first.",
		CLI: `aws backup put-backup-vault-lock-configuration --region REGION --backup-vault-name VAULT --min-retention-days 7 --max-retention-days 365 --changeable-for-days 3
aws organizations create-policy --type SERVICE_CONTROL_POLICY --name keep-backups --description "Keep backups" --content file://keep-backups.json
aws organizations attach-policy --policy-id POLICY_ID --target-id OU_ID`,
		Terraform: `resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name   = aws_backup_vault.main.name
  min_retention_days  = 7
  max_retention_days  = 365
  changeable_for_days = 3
}

data "aws_iam_policy_document" "keep_backups" {
  statement {
    effect    = "Deny"
    actions   = ["backup:DeleteRecoveryPoint", "ec2:DeleteSnapshot", "rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot", "kms:ScheduleKeyDeletion", "kms:DisableKey"]
    resources = ["*"]
    condition {
      test     = "ArnNotLike"
      variable = "aws:PrincipalArn"
      values   = ["ARN_OF_THE_KEEPER"]
    }
  }
}`,
		Cost: "After its days of grace a compliance lock can be taken off by nobody, AWS included: every recovery point is paid for until it expires. A lock does not hold against the deletion of the key: keep the key's deletion with somebody else, or use an air-gapped vault.",
	},
	Judges: identity.Principals(principalCannotDestroyDataAndBackups),
}

func principalCannotDestroyDataAndBackups(e identity.Effective, at snapshot.Meta, env checks.Env) checks.Verdict {
	if e.Named(env.Strings("allowed_principals"), at) {
		return checks.Pass("named in allowed_principals")
	}
	held, err := checks.Find(env, stocks, at.Location, "")
	if err != nil {
		return checks.Unknown(err)
	}
	d := destroyer{e: e, env: env, stock: held, questions: map[string]*policy.Question{}, keys: map[string]taking{}, without: map[int]bool{}}
	for i := range held.stores {
		if d.hopeless(held.alike[i]) {
			continue
		}
		if d.look(&held.stores[i]); d.found != "" {
			return checks.Fail("the principal may destroy data and its backups, such as the %s%s", d.found, e.Unread(policy.Right{Unread: d.unread})).With("resource", held.stores[i].ARN)
		}
	}
	switch {
	case d.lacking != nil:
		return identity.Untold(d.lacking)
	case d.unsure:
		return identity.Undecided(e.Sources())
	case held.unlisted != nil:
		return checks.Unknown(held.unlisted)
	case len(d.survivors) > 0:
		return checks.Pass("of what the principal may destroy something stays: %s", d.left()).With("resource", "")
	}
	if held.backed == 0 {
		return checks.Pass("no bucket, database or volume has backups that could fall with it").With("resource", "")
	}
	return checks.Pass("the principal may destroy none of the data that has backups: %s", wording.Count(held.backed, "resource")).With("resource", "")
}

// destroyer is a principal at work on the data of its account.
type destroyer struct {
	e         identity.Effective
	env       checks.Env
	stock     stock
	questions map[string]*policy.Question
	keys      map[string]taking
	without   map[int]bool // see hopeless

	found     string   // data that falls with all its backups, and by which rights
	survivors []string // the first few backups that stay of data that falls
	stays     int      // how much data has such backups
	unread    []string // what might lift a right
	lacking   error    // what has to be read to tell
	unsure    bool
}

// taking is whether something can be destroyed, and by which rights.
type taking struct {
	answer policy.Answer
	by     string
	unread []string
	err    error // of CannotTell: what was not read, if that is why
}

func (t taking) or(o taking) taking {
	switch {
	case t.answer == policy.Yes || o.answer == policy.No:
		return t
	case o.answer == policy.Yes || t.answer == policy.No:
		return o
	}
	return t
}

func (t taking) and(o taking) taking {
	switch {
	case t.answer == policy.No || o.answer == policy.Yes && t.answer == policy.CannotTell:
		return t
	case o.answer != policy.Yes:
		return o
	}
	return taking{answer: policy.Yes, by: t.by + " and " + o.by, unread: slices.Concat(t.unread, o.unread)}
}

func (d *destroyer) question(action string) *policy.Question {
	if d.questions[action] == nil {
		d.questions[action] = d.e.Ask(action)
	}
	return d.questions[action]
}

// left says what stays.
func (d *destroyer) left() string {
	out := strings.Join(d.survivors, "; ")
	if d.stays > len(d.survivors) {
		out += fmt.Sprintf("; and %d more", d.stays-len(d.survivors))
	}
	return out
}

// hopeless says of stores that are alike that the principal has none of the rights anywhere:
// most principals of most.
func (d *destroyer) hopeless(first int) bool {
	if first < 0 {
		return false
	}
	known, ok := d.without[first]
	if !ok {
		s := &d.stock.stores[first]
		known = d.key(s.Location, s.key, nil).answer == policy.No &&
			(s.held != "" || !slices.ContainsFunc(s.rights, func(r right) bool { return d.question(r.action).Raised() }))
		d.without[first] = known
	}
	return known
}

// look asks whether some data falls with all that is kept of it.
func (d *destroyer) look(s *store) {
	data := d.key(s.Location, s.key, s.keyUnread)
	if s.held == "" {
		for _, r := range s.rights {
			if data.answer == policy.Yes {
				break
			}
			data = data.or(d.may(r))
		}
	}
	if data.answer == policy.No {
		return
	}
	d.env.Cite(s.details...)
	if len(s.copies) == 0 {
		if why := cmp.Or(s.unkept, d.stock.unkept); why != nil {
			d.lacking = why // there may be some, and all may fall
		}
		return
	}
	all := data
	var by []string
	unread := data.unread
	for i := range s.copies {
		c := &s.copies[i]
		t := taking{answer: data.answer, by: "along with it", err: data.err}
		if !c.along {
			t = d.removes(c)
		}
		if t.answer == policy.No {
			if d.stays++; d.stays <= 3 {
				d.survivors = append(d.survivors, fmt.Sprintf("of the %s %s%s", s.what, c.what, c.why(d.env)))
			}
			return
		}
		if t.answer == policy.CannotTell {
			all = t
		}
		by, unread = append(by, c.what+" ("+t.by+")"), append(unread, t.unread...)
	}
	if all.answer == policy.CannotTell {
		if all.err != nil {
			d.lacking = all.err
		}
		d.unsure = true
		return
	}
	d.found = fmt.Sprintf("%s (%s), and all that is kept of it: %s", s.what, data.by, wording.List(by, 3))
	if s.doubt != nil && !strings.HasPrefix(data.by, "kms:") {
		unread = append(unread, s.doubt.Error())
	}
	for _, why := range []error{s.unkept, d.stock.unkept} {
		if why != nil {
			unread = append(unread, why.Error())
		}
	}
	slices.Sort(unread)
	d.unread = slices.Compact(unread)
}

// may asks for one right.
func (d *destroyer) may(r right) taking {
	q := d.question(r.action)
	if r.guard == nil && !q.Raised() {
		return taking{answer: policy.No} // most ask in vain, of thousands of resources
	}
	out := d.taken(r.action, identity.Over(q, r.on, r.guard, false), r.guard)
	if r.doubt != nil && out.answer == policy.Yes {
		return taking{answer: policy.CannotTell, err: r.doubt}
	}
	return out
}

// taken puts an answer about an action into words.
func (d *destroyer) taken(action string, got policy.Right, guard *policy.Source) taking {
	if got.Answer == policy.No {
		return taking{answer: policy.No}
	}
	out := taking{answer: got.Answer, by: action + " by " + got.Allow.String(), unread: got.Unread}
	if got.Answer == policy.CannotTell && guard != nil && guard.Document == nil {
		out.err = fmt.Errorf("%s: %w", guard.Name, guard.Err)
	}
	return out
}

// breaking are the actions that make a key useless, and with it what it encrypts.
var breaking = []string{"kms:ScheduleKeyDeletion", "kms:DisableKey"}

// key asks whether the principal may delete or disable the key of what it encrypts; unread is
// why nothing tells which key that is: then it may be any of the Region's.
func (d *destroyer) key(at snapshot.Location, reference string, unread error) taking {
	switch {
	case unread != nil && d.stock.unkeyed == nil && !d.breaksAny(at):
		return taking{answer: policy.No}
	case unread != nil:
		return taking{answer: policy.CannotTell, err: unread}
	case reference == "":
		return taking{answer: policy.No}
	}
	arn := snapshot.KeyARN(at, reference)
	if known, ok := d.keys[arn]; ok {
		return known
	}
	out := taking{answer: policy.No}
	if k := d.stock.keys.Of(at, reference); !k.Managed && !k.Foreign && !k.Gone {
		for _, action := range breaking {
			out = out.or(d.taken(action, identity.Over(d.question(action), k.ARN, k.Policy, true), k.Policy))
		}
		if out.answer != policy.No {
			d.env.Cite(k.Calls...)
		}
	}
	d.keys[arn] = out
	return out
}

// breaksAny asks whether the principal may delete or disable some key of a Region.
func (d *destroyer) breaksAny(at snapshot.Location) bool {
	return slices.ContainsFunc(slices.Sorted(maps.Keys(d.stock.keys)), func(arn string) bool {
		return snapshot.RegionOf(arn) == at.Region && d.key(at, arn, nil).answer != policy.No
	})
}

// removes asks whether the principal may destroy one backup.
func (d *destroyer) removes(c *kept) taking {
	out := d.key(c.at, c.key, c.keyUnread)
	if out.answer == policy.Yes || c.held(d.env) {
		return out
	}
	for _, r := range c.rights {
		t := d.may(r)
		if t.answer == policy.No && r.guard != nil && c.vault != nil {
			t = d.rewrites(r, c.vault)
		}
		if c.unlock != "" {
			t = t.and(d.may(right{action: c.unlock, on: c.lockedBy, guard: r.guard}))
		}
		if t.answer == policy.Yes && c.doubt != nil {
			t.unread = append(slices.Clone(t.unread), c.doubt.Error())
		}
		out = out.or(t)
	}
	return out
}

// rewrites asks whether the principal may take away what the vault's policy denies it, and has
// the right then.
func (d *destroyer) rewrites(r right, v *snapshot.BackupVault) taking {
	out := taking{answer: policy.No}
	for _, action := range []string{"backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy"} {
		out = out.or(d.may(right{action: action, on: v.ARN, guard: r.guard}))
	}
	if out.answer == policy.No {
		return out
	}
	return out.and(d.taken(r.action, d.question(r.action).Some(r.on), nil))
}
