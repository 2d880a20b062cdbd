package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onus/report/visible"
	"onus/scanner/evidence"
	"onus/scanner/evidence/trail"
)

func verifyCommand(s streams) *cobra.Command {
	var pubs []string
	var logs, tsa string
	c := &cobra.Command{
		Use: "verify BUNDLE --pub FILE", Short: "Check that evidence is whole, unchanged and signed", Args: cobra.ExactArgs(1),
		Long: `Verify reads a bundle that "onus scan --evidence" wrote and checks every byte of it:
digests, links and signatures. It asks nobody. Exit status 0: whole and unchanged, and
signed by exactly the given keys; 2: not so, with what is wrong and where.

It does not judge again: "onus replay BUNDLE" does.

A time stamp says by an authority's clock when a signature existed. With --tsa, there must
be one, and the certificates in FILE must vouch for it at that time (whether they were
revoked is not asked); without, its authority is taken at its word, and that is said.

With --cloudtrail, each call's request id is looked up in the account's own CloudTrail log
files (*.json, *.json.gz, in any folder below): made by whom, what and when. A call that
is missing or that CloudTrail describes otherwise means exit status 2; one of a service
and Region of which the files hold nothing is counted as not logged.`,
		RunE: func(_ *cobra.Command, args []string) error { return verify(s, args[0], pubs, tsa, logs) },
	}
	c.Flags().StringVar(&tsa, "tsa", "", "certificates (PEM) of the time-stamp authority, or of those that vouch for it")
	c.Flags().StringVar(&logs, "cloudtrail", "", "folder with CloudTrail log files to compare with")
	c.Flags().StringArrayVar(&pubs, "pub", nil, "public key of a signer; repeat for each signer")
	return c
}

func verify(s streams, path string, pubs []string, tsa, logs string) error {
	if len(pubs) == 0 {
		return badInput("--pub FILE is missing: the public key of whoever signed, which you have from them and not from beside the bundle")
	}
	if info, err := os.Stat(logs); logs != "" && (err != nil || !info.IsDir()) {
		return badInput("--cloudtrail %q is no folder", logs)
	}
	b, err := verified(path, pubs)
	if err != nil {
		return err
	}
	defer b.Close()
	if tsa != "" {
		roots, err := authorities(tsa)
		if err != nil {
			return err
		}
		if err := b.Trusted(roots); err != nil {
			return &exitError{2, err}
		}
	}
	if _, err := fmt.Fprint(s.out, described(path, b, tsa)); err != nil || logs == "" {
		return err
	}
	return compareTrail(s, path, b, logs)
}

// compareTrail holds the bundle's calls against CloudTrail's log files.
func compareTrail(s streams, path string, b *evidence.Bundle, dir string) error {
	principal, err := b.Principal()
	if err != nil {
		return &exitError{2, err}
	}
	out, err := trail.Compare(b.Calls(), principal, os.DirFS(dir))
	if err != nil {
		return badInput("compare with CloudTrail in %q: %v", dir, err)
	}
	fmt.Fprintf(s.out, "CloudTrail: %d of the calls are in its %d events, as they were recorded; %d differ, %d are missing, %d are not logged, %d have no request id\n",
		out.Matched, out.Events, len(out.Differing), len(out.Missing), len(out.NotLogged), out.Unnamed)
	for _, d := range out.Differing {
		fmt.Fprintf(s.out, "  differs  ledger line %d, request id %s: %s (event %s)\n", d.Call.Line, legible(d.Call.RequestID), legible(d.What), legible(d.Event))
	}
	for _, c := range out.Missing {
		fmt.Fprintf(s.out, "  missing  ledger line %d, request id %s: %s in %s\n", c.Line, legible(c.RequestID), legible(c.Operation), legible(c.Region))
	}
	switch {
	case len(out.Differing) > 0:
		return badInput("%q: CloudTrail describes %s otherwise than the ledger", path, count(len(out.Differing), "call"))
	case len(out.Missing) > 0:
		return badInput("%q: CloudTrail does not have %s of the ledger; it may deliver a log file a quarter of an hour later", path, count(len(out.Missing), "call"))
	case out.Matched == 0:
		return badInput("%q: none of its calls is in the log files in %q", path, dir)
	}
	return nil
}

// verified opens a bundle whose signatures are by the keys in the files.
func verified(path string, pubs []string) (*evidence.Bundle, error) {
	var keys []evidence.PublicKey
	for _, p := range pubs {
		k, err := evidence.ReadPublicKey(p)
		if err != nil {
			return nil, &exitError{2, err}
		}
		keys = append(keys, k)
	}
	b, err := evidence.Open(path)
	if err != nil {
		return nil, &exitError{2, err}
	}
	if err := b.Verify(keys...); err != nil {
		_ = b.Close() // it was only read
		return nil, &exitError{2, err}
	}
	return b, nil
}

// described is what a verified bundle says of itself.
func described(path string, b *evidence.Bundle, tsa string) string {
	var t strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&t, "  %-11s %s\n", name, visible.Text(fmt.Sprintf(format, args...)))
	}
	sc := b.Scan
	fmt.Fprintf(&t, "%s: whole and unchanged\n", path)
	for _, id := range b.Signers() {
		line("signed by", "%s", id)
	}
	line("sealed", "%s, by the signer's clock", b.Sealed.Format(time.RFC3339))
	for _, stamp := range b.Stamps {
		vouched := "for whom nobody vouches: give --tsa FILE"
		if tsa != "" {
			vouched = fmt.Sprintf("for whom %s vouches", tsa)
		}
		line("stamped", "%s, by the clock of %s, %s", stamp.Token.Time.Format(time.RFC3339), stamp.Token.Subject, vouched)
	}
	line("scan", "%s of account %s, %s to %s", sc.ID, strings.Join(sc.Accounts, ", "), sc.Started.Format(time.RFC3339), sc.Finished.Format(time.RFC3339))
	line("judged", "as of %s, %d findings", sc.AsOf.Format(time.RFC3339), sc.Findings)
	line("calls", "%d, with %d answers; %d of %d planned operations were read to their end", sc.Calls, sc.Exchanges, sc.Read, sc.Planned)
	if sc.Interrupted != "" {
		line("interrupted", "%s", sc.Interrupted)
	}
	line("tool", "onus %s, commit %s, %s, %d modules", sc.Tool.Version, sc.Tool.Commit, sc.Tool.Go, len(sc.Tool.Modules))
	line("catalogue", "%s (%s)", sc.Catalogue, sameCatalogue(sc.Catalogue))
	if r := b.Redacted; r != nil {
		line("redacted", "%s by %s: taken out are %d inputs, %d answers, %d lines of the result%s", r.Redacted.Format(time.RFC3339), strings.Join(b.RedactedBy(), ", "),
			r.Withheld.Inputs, r.Withheld.Exchanges, r.Withheld.Lines, map[int]string{1: ", options and policy"}[r.Withheld.Question])
	}
	t.WriteString("This shows that nothing was changed since it was signed. That the answers came from\nAWS rests on who recorded and signed them: AWS does not sign answers.\n")
	return t.String()
}

func sameCatalogue(digest string) string {
	if digest == catalogueDigest() {
		return "that of this Onus"
	}
	return "not that of this Onus, whose checks differ"
}
