package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"onus/cmd/onus/policyfile"
	"onus/report"
	"onus/scanner"
	"onus/scanner/evidence"
	"onus/scanner/wire"
)

func replayCommand(s streams) *cobra.Command {
	o := &scanOptions{}
	var policy, asOf string
	var diff bool
	c := &cobra.Command{
		Use: "replay DIR|BUNDLE", Short: "Judge a recorded scan again, without AWS", Args: cobra.ExactArgs(1),
		Long: `Replay runs the collectors and checks of this version over the record that
"onus scan --record DIR" or "--evidence BUNDLE" kept: the same question, policy and time,
the same findings. A call that the record lacks is UNKNOWN (not-recorded).

Of a bundle, everything but the signature is checked first (see "onus verify"), and the
findings are compared with those in it: equal byte for byte, where the version is the
same, or else the bundle's result does not follow from its answers (exit status 2). Where a
newer version judges an older bundle, --diff lists what it judges otherwise and anew.
What it would have to ask AWS for is UNKNOWN (not-recorded), and never guessed.`,
		RunE: func(c *cobra.Command, args []string) error {
			return o.replay(c.Context(), s, args[0], policy, asOf, diff)
		},
	}
	c.Flags().BoolVar(&diff, "diff", false, "list on standard error the findings that differ from the bundle's, with their reasons")
	c.Flags().StringVar(&policy, "policy", "", "judge by this policy file instead of the recorded one")
	c.Flags().StringVar(&asOf, "as-of", "", "judge as if it were this time (RFC 3339) instead of the scan's")
	o.output.flags(c.Flags())
	return c
}

func (o *scanOptions) replay(ctx context.Context, s streams, dir, policyPath, asOf string, diff bool) error {
	if err := o.prepare(); err != nil {
		return err
	}
	record, h, bundle, err := openRecord(dir)
	if err != nil {
		return &exitError{2, err}
	}
	if bundle != nil {
		defer bundle.Close()
	}
	if diff && bundle == nil {
		return badInput("--diff compares with the findings in a bundle, and %q is a record, which has none", dir)
	}
	var q question
	if err := json.Unmarshal(h.Options, &q); err != nil {
		return badInput("record %q: its options are damaged: %v", dir, err)
	}
	policy, text, err := recordedPolicy(h, q)
	if policyPath != "" {
		policy, text, err = readPolicy(policyPath)
	}
	if err != nil {
		return err
	}
	if asOf != "" {
		if h.AsOf, err = time.Parse(time.RFC3339, asOf); err != nil {
			return badInput("--as-of %q: want a time such as 2026-11-01T00:00:00Z", asOf)
		}
	}
	j, err := newJob(q, policy, text, h.AsOf.UTC(), time.Now().UTC().Truncate(time.Second))
	if err != nil {
		return err
	}
	j.header.Interrupted = h.Interrupted
	account, err := o.read(ctx, s, j, scanner.Replay(q.Home), &wire.Transport{Store: record, Replay: true, CutOff: cutOff(h)})
	if err != nil {
		return targetFault(err)
	}
	if bundle != nil {
		given := policyPath != "" || asOf != ""
		o.also = func(r report.Result) error { return compare(s, bundle, dir, r, diff, given) }
	}
	return o.judge(s, j, account)
}

// cutOff says that what a record lacks is what an interrupted scan did not come to. A
// version that asks for more cannot tell that from what nobody meant to ask.
func cutOff(h wire.Header) bool {
	return h.Interrupted != "" && h.Tool == version && h.Commit == commit()
}

// openRecord opens a record's folder or a bundle; the bundle is nil for a folder.
func openRecord(path string) (wire.Store, wire.Header, *evidence.Bundle, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		record, h, err := wire.Open(path)
		return record, h, nil, err
	}
	b, err := evidence.Open(path)
	if err != nil {
		return nil, wire.Header{}, nil, err
	}
	h, err := b.Header()
	if err != nil {
		return nil, h, nil, errors.Join(err, b.Close())
	}
	return b, h, b, nil
}

// recordedPolicy is the policy by which the recorded scan judged.
func recordedPolicy(h wire.Header, q question) (*policyfile.Policy, []byte, error) {
	if len(h.Policy) == 0 {
		return &policyfile.Policy{}, nil, nil
	}
	var text string
	if err := json.Unmarshal(h.Policy, &text); err != nil {
		return nil, nil, badInput("the record's policy is damaged: %v", err)
	}
	p, err := parsePolicy(legible(q.Policy), []byte(text))
	return p, []byte(text), err
}
