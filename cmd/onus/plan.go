package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"onus/checks/regions/residency"
	"onus/checks/suite"
	"onus/scanner"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func planCommand(s streams) *cobra.Command {
	var sel selection
	var policy, partition string
	var regions []string
	c := &cobra.Command{
		Use: "plan", Short: "Show which calls a scan would make; sends nothing", Args: cobra.NoArgs,
		Long: `Plan shows the operations that the chosen checks read, where each would be asked, and
the permission it needs. It sends nothing, so it counts one call for each operation and
place: pages, and calls about single resources, come on top. Without --region it counts
the Regions that every account of the partition has.`,
		RunE: func(*cobra.Command, []string) error {
			p, _, err := readPolicy(policy)
			if err != nil {
				return err
			}
			run, _, err := sel.pick(p)
			if err != nil {
				return err
			}
			if len(regions) == 0 {
				regions = residency.EnabledByDefault(partition)
			}
			if len(regions) == 0 {
				return badInput("--partition %q: want aws, aws-us-gov, aws-cn or aws-eusc", partition)
			}
			return printPlan(s, scanner.Plan(suite.Operations(run), regions), len(run), len(regions))
		},
	}
	sel.flags(c.Flags())
	c.Flags().StringVar(&policy, "policy", "", "policy file (onus.yaml)")
	c.Flags().StringVar(&partition, "partition", "aws", "partition whose Regions are counted")
	c.Flags().StringSliceVar(&regions, "region", nil, "count these Regions")
	return c
}

func printPlan(s streams, plan []scanner.Call, checks, regions int) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "operation\twhere\tasked\tpermission")
	places := map[string]int{}
	for _, c := range plan {
		places[c.Operation]++
	}
	var longest time.Duration
	last, slowest := "", ""
	for _, c := range plan {
		if c.Operation == last {
			continue
		}
		last = c.Operation
		where := "account"
		if c.Region != snapshot.Global {
			where = fmt.Sprintf("%d Regions", places[c.Operation])
		}
		asked := "once or by page"
		if wire.Permitted[c.Operation].PerResource {
			asked = "for each resource"
			if took := wire.Duration(c.Operation, 1000); took > longest {
				slowest, longest = c.Operation, took
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Operation, where, asked, strings.Join(wire.Actions([]string{c.Operation}), ", "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	single := ""
	if slowest != "" {
		single = fmt.Sprintf(" Of calls about single\nresources the slowest is %s: %s for 1,000 of them in one Region.", slowest, longest.Round(time.Second))
	}
	_, err := fmt.Fprintf(s.out, `
%d checks read %d operations in %d Regions: at least %d calls, each a reading one.
The limits of AWS's API allow them in seconds.%s
`, checks, len(places), regions, len(plan), single)
	return err
}
