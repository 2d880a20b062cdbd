package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"onus/cmd/onus/policyfile"
	"onus/report/schema"
)

func schemaCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "schema result|policy|diff", Short: "Print the JSON Schema of the result, of the policy file or of a diff",
		Args: cobra.ExactArgs(1), ValidArgs: []string{"result", "policy", "diff"},
		RunE: func(_ *cobra.Command, args []string) error {
			var text []byte
			switch args[0] {
			case "result":
				text = schema.Result
			case "policy":
				text = policyfile.Schema(knownChecks())
			case "diff":
				text = schema.Diff
			default:
				return badInput("there is no schema %q; want result, policy or diff", args[0])
			}
			_, err := fmt.Fprintf(s.out, "%s\n", text)
			return err
		},
	}
}
