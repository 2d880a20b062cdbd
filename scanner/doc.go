// Package scanner reads one AWS account: who we are, which Regions there are, which
// calls the chosen checks need, and then all collectors side by side under one limit.
// It leaves the calls of each service to the collectors below it, transport to wire, and
// judgement to checks.
//
// Scan returns an error only where the target itself cannot be used. A call that fails
// is data: it ends in the coverage of the account. A cancelled context ends the scan
// with what was read so far, and every call that was planned and not made is skipped or
// cancelled in the coverage. A replay is the same Scan over a transport that answers
// from a record.
package scanner
