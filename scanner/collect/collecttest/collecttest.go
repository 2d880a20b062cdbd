// Package collecttest gives a collector's wire tests what a scan would give it: a scope
// with its book, and the SDK's configuration behind the guarded, recording transport,
// pointed at a server from mocks.
package collecttest

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// At is where the tests' account lies.
var At = snapshot.Location{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// AsOf is the tests' clock.
var AsOf = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// Scope is the tests' place with a book for the wanted operations, each planned there
// or, for those of the whole account, globally.
func Scope(wanted ...string) collect.Scope {
	s := collect.Scope{Location: At, AsOf: AsOf, Calls: collect.NewCalls(wanted, 4)}
	for _, op := range wanted {
		if wire.Permitted[op].Global {
			s.Calls.Plan(op, At.In(snapshot.Global))
		} else {
			s.Calls.Plan(op, At)
		}
	}
	return s
}

// Config is the SDK's configuration for the server in one Region, through a transport
// that retries without waiting.
func Config(s *mocks.Server, region string) aws.Config {
	t := &wire.Transport{Store: &wire.Memory{}, Attempts: 3, Deadline: 2 * time.Second, Backoff: func(int) time.Duration { return 0 }}
	return t.Config(s.Config(region), At.Account)
}

// Covered wants an operation to have ended in a place with a status.
func Covered(t *testing.T, s collect.Scope, op, region string, want snapshot.Cause) {
	t.Helper()
	all := s.Calls.Coverage()
	i := slices.IndexFunc(all, func(c snapshot.Coverage) bool { return c.Operation == op && c.Region == region })
	switch {
	case i < 0:
		t.Errorf("%s in %s is not in the coverage: %+v", op, region, all)
	case all[i].Status != want:
		t.Errorf("%s in %s ended %s (%v), want %s", op, region, all[i].Status, all[i].Error, want)
	}
}
