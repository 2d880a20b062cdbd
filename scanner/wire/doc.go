// Package wire is the transport under every AWS call: the guard that lets only reading
// operations out, the limits, the check of each answer, and the exchanges that a scan
// records and a replay answers from. It leaves what to call to the collectors and where
// a record is kept to its Store.
//
// A call passes, from the outside in: Initialize (guard; canonical input and call id;
// single flight), the SDK's Retry, Finalize (limiter: directly after Retry, since a wait
// later than signing ages the signature), and the HTTP RoundTripper (guard again; the
// answer is read whole, redacted and checked before the SDK sees it). When the call has
// ended, its last answer becomes its Exchange, and one Line goes to the ledger. A replay
// uses the same layers with a RoundTripper that answers from the record: it neither
// waits nor retries, and a call that the record lacks fails with ErrNotRecorded.
package wire
