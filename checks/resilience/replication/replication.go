// Package replication answers whether the replication rules of a bucket carry every object,
// for the checks of several categories that rest on it. It leaves the verdicts to them.
package replication

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/identity"
	"onus/checks/access/policy"
	"onus/scanner/snapshot"
)

// Carried is what keeps replication from carrying everything: nothing, where it has neither
// faults nor doubts and nothing is lacking.
type Carried struct {
	Faults  []string
	Doubts  []string // what no read from this account can tell
	There   []string // names of the destinations that exist, or may
	Lacking error    // something that was not read
	Aside   string   // what might take a role's right away and was not asked: the end of a sentence
}

// Carries judges whether a bucket's rules, all of which are at work, carry every object that
// is written to it to each of their destinations.
func Carries(env checks.Env, b snapshot.Bucket, rules []snapshot.ReplicationRule) (c Carried) {
	c.source(b, rules)
	for _, r := range rules {
		c.destination(r, env)
	}
	return c
}

// Fault adds a fault, once.
func (c *Carried) Fault(format string, args ...any) {
	if said := fmt.Sprintf(format, args...); !slices.Contains(c.Faults, said) {
		c.Faults = append(c.Faults, said)
	}
}

func ruleName(r snapshot.ReplicationRule) string { return fmt.Sprintf("rule %q", r.ID) }

// source judges the bucket and what its rules take along.
func (c *Carried) source(b snapshot.Bucket, rules []snapshot.ReplicationRule) {
	v, err := b.Versioning.Get()
	c.Lacking = cmp.Or(c.Lacking, err)
	if err == nil && v.Status != "Enabled" {
		c.Fault("versioning of the bucket is %q", v.Status)
	}
	// A filtered rule of a higher priority takes some objects instead of the whole one, and
	// carries them as well.
	if !slices.ContainsFunc(rules, func(r snapshot.ReplicationRule) bool { return r.WholeBucket }) {
		c.Fault("no rule covers the whole bucket")
	}
	e, err := b.Encryption.Get()
	c.Lacking = cmp.Or(c.Lacking, err)
	if rule, _ := e.Default(); strings.HasPrefix(rule.Algorithm, "aws:kms") {
		for _, r := range rules {
			switch {
			case r.KMSObjects != "Enabled":
				c.Fault("the default encryption is %s, and %s skips objects under KMS", rule.Algorithm, ruleName(r))
			case r.ReplicaKey == "":
				c.Fault("the default encryption is %s, and %s names no key for the copies", rule.Algorithm, ruleName(r))
			}
		}
	}
}

// destination judges where a rule copies to, and whether its role may write there.
func (c *Carried) destination(r snapshot.ReplicationRule, env checks.Env) {
	name := r.DestinationName()
	place, own := env.Account().S3.Place(name)
	at, err := checks.Use(env, place)
	target, listed := checks.Find(env, snapshot.Buckets, env.Account().Location, name)
	switch {
	case err == nil && !at.Exists:
		c.Fault("no bucket %s exists", name)
		return
	case listed == nil:
		v, err := target.Versioning.Get()
		c.Lacking = cmp.Or(c.Lacking, err)
		if err == nil && v.Status != "Enabled" {
			c.Fault("versioning of %s is %q", name, v.Status)
		}
	case own: // it lies in a Region that was left out
		c.Lacking = cmp.Or(c.Lacking, err, error(&snapshot.Unread{Operation: "s3:GetBucketVersioning", At: env.Account().Location.In(at.Region), Cause: snapshot.Skipped,
			Message: name + " lies in a Region that was left out of the scan"}))
	case !errors.Is(listed, snapshot.ErrAbsent):
		c.Lacking = cmp.Or(c.Lacking, listed)
	case err != nil:
		c.Lacking = cmp.Or(c.Lacking, err)
	default:
		c.Doubts = append(c.Doubts, "whether "+name+" keeps versions can be read in its own account only")
	}
	c.There = append(c.There, name)
	c.role(r, env)
}

// role judges who copies.
func (c *Carried) role(r snapshot.ReplicationRule, env checks.Env) {
	role, err := checks.Find(env, snapshot.Roles, env.Account().Location, r.Role)
	switch {
	case errors.Is(err, snapshot.ErrAbsent):
		c.Fault("the role %s does not exist", r.Role)
		return
	case err != nil:
		c.Lacking = cmp.Or(c.Lacking, err)
		return
	}
	services, err := identity.RoleServices(role)
	switch {
	case err != nil:
		c.Lacking = cmp.Or(c.Lacking, err)
	case !slices.Contains(services, "s3.amazonaws.com"):
		c.Fault("the role %s does not trust s3.amazonaws.com", role.Name)
	}
	id := identity.BoundedRole(env, role)
	switch right := id.Can("s3:ReplicateObject", r.Destination+"/*"); right.Answer {
	case policy.No:
		limit := ""
		if right.Limit != (policy.Ref{}) {
			limit = ": " + right.Limit.String() + " takes it away"
		}
		c.Fault("the role %s may not s3:ReplicateObject in %s%s", role.Name, r.DestinationName(), limit)
	case policy.CannotTell:
		if v, ok := identity.Unread(id.Policies); ok {
			c.Lacking = cmp.Or(c.Lacking, error(&snapshot.Unread{Operation: "iam:GetAccountAuthorizationDetails", At: role.Location, Cause: v.Cause, Message: v.Reason}))
			return
		}
		c.Doubts = append(c.Doubts, "whether the role "+role.Name+" may s3:ReplicateObject in "+r.DestinationName()+" is not clear")
	case policy.Yes:
		if len(right.Unread) > 0 {
			c.Aside = "; not read, and might forbid it: " + strings.Join(right.Unread, ", ")
		}
	}
}
