package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"onus/scanner/evidence"
)

func keysCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "Make keys that seal evidence", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var name string
	fresh := &cobra.Command{
		Use: "new --out NAME", Short: "Make an ed25519 key pair: NAME.key and NAME.pub", Args: cobra.NoArgs,
		Long: `New writes NAME.key, which signs and which only you should have, and NAME.pub, which
you give to whoever is to verify. Nothing is overwritten.`,
		RunE: func(*cobra.Command, []string) error { return newKey(s, name) },
	}
	fresh.Flags().StringVar(&name, "out", "", "name of the two files, without ending")
	c.AddCommand(fresh)
	return c
}

func newKey(s streams, name string) error {
	if name == "" {
		return badInput("--out NAME is missing: where to write NAME.key and NAME.pub")
	}
	key, err := evidence.NewKey(name)
	if err != nil {
		return &exitError{2, err}
	}
	fmt.Fprintf(s.err, "wrote %s.key (keep it to yourself) and %s.pub\n", name, name)
	_, err = fmt.Fprintln(s.out, key.Public().KeyID())
	return err
}
