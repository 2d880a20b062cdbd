package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner/wire"
)

// demoPolicy is what the made-up company has chosen, unless --policy says otherwise.
const demoPolicy = "allowed_regions: [eu-west-1, eu-central-1]\n"

func demoCommand(s streams) *cobra.Command {
	o := &scanOptions{concurrency: 32}
	c := &cobra.Command{
		Use: "demo", Short: "Scan a made-up account: no AWS needed", Args: cobra.NoArgs,
		Long: `Demo starts an AWS endpoint of its own on the loopback interface, which holds the
account of a made-up company, and scans it as "onus scan" would: through the AWS SDK,
over HTTP. The company allows eu-west-1 and eu-central-1, unless --policy says otherwise.`,
		RunE: func(c *cobra.Command, _ []string) error { return o.demo(c.Context(), s) },
	}
	f := c.Flags()
	f.StringVar(&o.policy, "policy", "", "policy file (onus.yaml)")
	f.StringVar(&o.record, "record", "", "keep the record of all calls in this new folder, for \"onus replay\"")
	o.question.flags(c)
	o.output.flags(f)
	o.bundling.flags(f)
	o.remembering.flags(f, s)
	return c
}

func (o *scanOptions) demo(ctx context.Context, s streams) error {
	o.asOf = acme.AsOf.Format("2006-01-02T15:04:05Z07:00")
	if o.policy == "" {
		o.policyText = []byte(demoPolicy)
	}
	j, err := o.job(s)
	if err != nil {
		return err
	}
	o.wait = func(context.Context, time.Duration) error { return nil } // its report is ready at once
	server := acme.Server(mocks.Options{Lenient: true})
	defer server.Close()
	return o.live(ctx, s, j, server.Config(acme.Home), wire.Unpaced(o.concurrency), &notes{})
}
