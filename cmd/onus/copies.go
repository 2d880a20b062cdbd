package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"onus/scanner/evidence"
)

// copying makes a new bundle out of one that is there.
type copying struct {
	signing
	to   string
	pubs []string
}

func (o *copying) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.to, "to", "", "new file to write")
	o.signing.flags(f)
	f.StringArrayVar(&o.pubs, "pub", nil, "public key of a signer of BUNDLE, which is verified first; repeat for each")
}

func redactCommand(s streams) *cobra.Command {
	o := &copying{}
	c := &cobra.Command{
		Use: "redact BUNDLE --pub FILE --key FILE --to NEW", Short: "Write a copy to share, without names, tags and addresses", Args: cobra.ExactArgs(1),
		Long: `Redact writes a copy without what names or describes resources: findings' resources and
reasons, inputs, answers, options, policy and principal. Each verdict stays with its
check, severity, account and Region, and so do the ledger, the sums and the coverage.
The copy still verifies against the original seal for what remains, and carries a
statement of what was taken out, signed by --key.`,
		RunE: func(c *cobra.Command, args []string) error { return o.redact(c.Context(), s, args[0]) },
	}
	o.flags(c)
	return c
}

func signCommand(s streams) *cobra.Command {
	o, at := &copying{}, &stamping{}
	c := &cobra.Command{
		Use: "sign BUNDLE --pub FILE --key FILE --to NEW", Short: "Write a copy with one more signature on its seal", Args: cobra.ExactArgs(1),
		Long: `Sign verifies a bundle and adds a signature by --key to those on its seal: the team seals,
the auditor signs. Whoever verifies the copy gives the public keys of both.

With --timestamp, the signature by --key is stamped: also the one of a key that has
signed already, if no authority has stamped it yet.`,
		RunE: func(c *cobra.Command, args []string) error { return o.sign(c.Context(), s, args[0], at) },
	}
	o.flags(c)
	at.flags(c.Flags())
	return c
}

// open checks the flags, verifies the bundle and reads the keys.
func (o *copying) open(ctx context.Context, s streams, path string) (*evidence.Bundle, []evidence.Key, error) {
	switch {
	case o.to == "":
		return nil, nil, badInput("--to NEW is missing: the file to write the copy to")
	case len(o.names) == 0:
		return nil, nil, badInput("--key FILE is missing: the private key to sign with")
	case len(o.pubs) == 0:
		return nil, nil, badInput("--pub FILE is missing: the public key of whoever sealed %q, which is verified first", path)
	}
	if _, err := os.Lstat(o.to); err == nil {
		return nil, nil, badInput("%q: a file is there already and is not overwritten: name another", o.to)
	}
	b, err := verified(path, o.pubs)
	if err != nil {
		return nil, nil, err
	}
	keys, err := o.signing.open(ctx, s)
	if err != nil {
		_ = b.Close() // it was only read
		return nil, nil, err
	}
	return b, keys, nil
}

func (o *copying) redact(ctx context.Context, s streams, path string) error {
	b, keys, err := o.open(ctx, s, path)
	if err != nil {
		return err
	}
	defer b.Close()
	scratch := o.to + ".partial"
	if err := claim(s, scratch); err != nil {
		return err
	}
	defer os.RemoveAll(scratch) // the next run clears what stays
	if err := b.Redact(ctx, o.to, scratch, time.Now().UTC().Truncate(time.Second), keys...); err != nil {
		return &exitError{2, err}
	}
	fmt.Fprintf(s.err, "wrote %s\n", o.to)
	return nil
}

func (o *copying) sign(ctx context.Context, s streams, path string, at *stamping) error {
	if err := at.check(); err != nil {
		return err
	}
	b, keys, err := o.open(ctx, s, path)
	if err != nil {
		return err
	}
	defer b.Close()
	scratch := o.to + ".partial"
	if err := claim(s, scratch); err != nil {
		return err
	}
	defer os.RemoveAll(scratch) // the next run clears what stays
	if err := b.Sign(ctx, o.to, scratch, at.stamper(), keys...); err != nil {
		return &exitError{2, err}
	}
	fmt.Fprintf(s.err, "wrote %s\n", o.to)
	return nil
}
