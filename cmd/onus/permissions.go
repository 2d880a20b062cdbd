package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"onus/checks/suite"
	"onus/cmd/onus/policyfile"
	"onus/scanner"
	"onus/scanner/wire"
)

func permissionsCommand(s streams) *cobra.Command {
	var sel selection
	c := &cobra.Command{
		Use: "permissions", Short: "Print the IAM policy that a scan needs", Args: cobra.NoArgs,
		Long: `Permissions prints the IAM policy that allows exactly the calls of the chosen checks,
all of them reading. iam:GenerateCredentialReport starts a report that only AWS stores,
and so does, with --access-history, iam:GenerateServiceLastAccessedDetails.`,
		RunE: func(*cobra.Command, []string) error {
			run, _, err := sel.pick(&policyfile.Policy{})
			if err != nil {
				return err
			}
			var operations []string
			for _, call := range scanner.Plan(suite.Operations(run), []string{"any"}) {
				operations = append(operations, call.Operation)
			}
			enc := json.NewEncoder(s.out)
			enc.SetIndent("", "  ")
			return enc.Encode(iamPolicy{"2012-10-17", []iamStatement{{"OnusReads", "Allow", wire.Actions(operations), "*"}}})
		},
	}
	sel.flags(c.Flags())
	return c
}

type iamPolicy struct {
	Version   string
	Statement []iamStatement
}

type iamStatement struct {
	Sid, Effect string
	Action      []string
	Resource    string
}
