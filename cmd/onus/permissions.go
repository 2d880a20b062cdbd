package main

import (
	"encoding/json"
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
	c := &cobra.Command{
		Use: "permissions", Short: "Print the IAM policy that a scan needs", Args: cobra.NoArgs,
		Long: `Permissions prints the IAM policy that allows exactly the calls of the chosen checks,
all of them reading. iam:GenerateCredentialReport starts a report that only AWS stores,
and so does, with --access-history, iam:GenerateServiceLastAccessedDetails.
With --sample-objects a second statement allows looking at the objects of the buckets that
--sample-bucket names: AWS has no smaller right for that than to read them.`,
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
			enc := json.NewEncoder(s.out)
			enc.SetIndent("", "  ")
			return enc.Encode(iamPolicy{"2012-10-17", statements})
		},
	}
	sel.flags(c.Flags())
	c.Flags().StringVar(&partition, "partition", "aws", "partition of the account, for the ARNs of buckets")
	return c
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
