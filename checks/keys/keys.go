// Package keys says what is known of the KMS key that a resource names, and what its state
// means for what is encrypted with it. Which resources are judged, and by what, is left to
// the checks.
package keys

import (
	"errors"
	"fmt"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

const describe = "kms:DescribeKey"

// Of is what DescribeKey says of the key that a resource in a place names, by any of its
// names. The error is ErrAbsent where KMS knows no such key. An alias of AWS's own is not
// asked about: it stands for an AWS managed key, of which nothing else is then known.
func Of(env checks.Env, at snapshot.Location, reference string) (snapshot.KeyMetadata, error) {
	arn := snapshot.KeyARN(at, reference)
	if snapshot.AWSAlias(reference) {
		return snapshot.KeyMetadata{ARN: arn, Manager: "AWS"}, nil
	}
	in := at.In(snapshot.RegionOf(arn))
	answer, err := checks.Find(env, snapshot.KeyAnswers, in, arn)
	if err != nil { // no list says which keys there are: not asked is not absent
		return snapshot.KeyMetadata{}, &snapshot.Unread{Operation: describe, At: in, Cause: snapshot.Skipped, Message: "nobody asked about the key " + arn}
	}
	m, err := checks.Use(env, answer.Metadata)
	if errors.Is(err, snapshot.ErrAbsent) {
		err = fmt.Errorf("the key %s: %w", arn, err)
	}
	return m, err
}

// Owner is the account that a reference names: a resource's own, unless it is an ARN that
// names another.
func Owner(at snapshot.Location, reference string) string {
	return snapshot.AccountOf(snapshot.KeyARN(at, reference))
}

// Foreign says that the key belongs to another account than the resource. Such a key is
// customer managed: AWS managed keys serve their own account alone.
// Source: KMS Developer Guide, "AWS managed keys".
func Foreign(at snapshot.Location, reference string) bool {
	owner := Owner(at, reference)
	return owner != "" && owner != at.Account
}

// Usable judges a key by its state: what is encrypted with it can be read now, and, where
// its material was imported, for some days more. Creating and Updating last a moment.
// Source: KMS Developer Guide, "Key states of AWS KMS keys"; KMS API Reference, KeyMetadata.
func Usable(m snapshot.KeyMetadata, now time.Time, days int) checks.Verdict {
	v := judge(m, now, days).With("KeyState", m.State)
	if !m.Deletion.IsZero() {
		v = v.With("DeletionDate", day(m.Deletion))
	}
	if !m.ValidTo.IsZero() {
		v = v.With("ValidTo", day(m.ValidTo))
	}
	return v
}

func judge(m snapshot.KeyMetadata, now time.Time, days int) checks.Verdict {
	switch m.State {
	case "Enabled":
	case "PendingDeletion":
		when := "on a day that is not told"
		if !m.Deletion.IsZero() {
			when = "on " + day(m.Deletion)
		}
		return checks.Fail("the key %s is to be deleted %s: all that is encrypted with it is then lost", m.ARN, when)
	case "PendingReplicaDeletion":
		return checks.Fail("the key %s is to be deleted once its replicas are: all that is encrypted with it is then lost", m.ARN)
	case "Disabled":
		return checks.Fail("the key %s is Disabled: what is encrypted with it cannot be read until it is enabled", m.ARN)
	case "PendingImport":
		return checks.Fail("the key %s waits for its key material: what is encrypted with it cannot be read until the same material is imported again", m.ARN)
	case "Unavailable":
		return checks.Fail("the key %s is Unavailable: its key store (%s) does not answer", m.ARN, m.Origin)
	case "Creating", "Updating":
		return checks.Unclear("the key %s is %s, which lasts a moment: it changed while it was read", m.ARN, m.State)
	default:
		return checks.Unclear("the state %q of the key %s is not one that AWS documents", m.State, m.ARN)
	}
	if m.Origin == "EXTERNAL" && !m.ValidTo.IsZero() && !m.ValidTo.After(now.AddDate(0, 0, days)) {
		return checks.Fail("the imported material of the key %s expires on %s, want %d days or more: the key is then of no use", m.ARN, day(m.ValidTo), days)
	}
	return checks.Pass("the key %s is Enabled", m.ARN)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
