package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
	"onus/scanner"
	"onus/scanner/wire"
)

func permissionsCommand(s streams) *cobra.Command {
	var sel selection
	var partition string
	part := 0
	c := &cobra.Command{
		Use: "permissions", Short: "Print the IAM policy that a scan needs", Args: cobra.NoArgs,
		Long: `Permissions prints the IAM policy that allows exactly the calls of the chosen checks,
all of them reading. iam:GenerateCredentialReport starts a report that only AWS stores,
and so does, with --access-history, iam:GenerateServiceLastAccessedDetails.
With --sample-objects a second statement allows looking at the objects of the buckets that
--sample-bucket names: AWS has no smaller right for that than to read them.

A managed policy holds 6,144 characters, a role's inline policies 10,240 in all. Where the
policy is longer than the first, that is said, and --part prints it in parts that fit.`,
		RunE: func(*cobra.Command, []string) error {
			run, _, err := sel.pick(&policyfile.Policy{})
			if err != nil {
				return err
			}
			var operations, all []string
			for _, call := range scanner.Plan(suite.Operations(run), []string{"any"}) {
				all = append(all, call.Operation)
				if !slices.Contains(wire.Sampling, call.Operation) {
					operations = append(operations, call.Operation)
				}
			}
			statements := []iamStatement{{"OnusReads", "Allow", wire.Actions(operations), []string{"*"}}}
			statements = append(statements, sel.Sample.objectStatement(s, all, partition)...)
			parts := inParts(statements)
			switch {
			case part < 0 || part > len(parts):
				return badInput("--part %d: there are parts 1 to %d", part, len(parts))
			case part > 0:
				statements = parts[part-1]
			case len(parts) > 1:
				fmt.Fprintf(s.err, "%d characters are more than a managed policy may have (%d): attach this as a role's inline policy, or print it in %d parts by --part 1 to %d\n",
					size(statements), managedSize, len(parts), len(parts))
			}
			enc := json.NewEncoder(s.out)
			enc.SetIndent("", "  ")
			return enc.Encode(iamPolicy{"2012-10-17", statements})
		},
	}
	c.Flags().IntVar(&part, "part", 0, "print one of the parts that each fit into a managed policy; 0: print all")
	sel.flags(c.Flags())
	c.Flags().StringVar(&partition, "partition", "aws", "partition of the account, for the ARNs of buckets")
	return c
}

// managedSize is how many characters a managed policy may have, spaces not counted.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const managedSize = 6144

func size(statements []iamStatement) int {
	text, _ := json.Marshal(iamPolicy{"2012-10-17", statements}) // texts alone: cannot fail
	return len(text)
}

// inParts divides statements among policies that are each no larger than IAM takes: the
// actions of the first among as many as that needs, what is left into the last.
func inParts(statements []iamStatement) (out [][]iamStatement) {
	if size(statements) <= managedSize {
		return [][]iamStatement{statements}
	}
	reads, rest := statements[0], statements[1:]
	part := reads
	part.Action = nil
	for _, a := range reads.Action {
		more := part
		more.Action = append(slices.Clip(part.Action), a)
		if size([]iamStatement{more}) > managedSize {
			out = append(out, []iamStatement{part})
			more.Action = []string{a}
		}
		part = more
	}
	if last := append([]iamStatement{part}, rest...); size(last) <= managedSize {
		return append(out, last)
	}
	return append(out, []iamStatement{part}, rest)
}

type iamPolicy struct {
	Version   string
	Statement []iamStatement
}

type iamStatement struct {
	Sid, Effect string
	Action      []string
	Resource    resources
}

// resources are written as one text where there is one, as AWS's own policies are.
type resources []string

// MarshalJSON writes a text or a list.
func (r resources) MarshalJSON() ([]byte, error) {
	if len(r) == 1 {
		return json.Marshal(r[0])
	}
	return json.Marshal([]string(r))
}
