package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "0.1.0-dev"

func rootCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "onus",
		Short: "Shows, with proof, whether an AWS customer keeps its side of the Shared Responsibility Model",
		Long: `Onus reads an AWS account, read-only, and judges what the AWS Shared Responsibility
Model leaves to the customer. What could not be read is UNKNOWN with its cause, never
PASS; every verdict names the recorded API responses that it rests on.

Start with "onus demo": a made-up account, no AWS needed.

Exit status: 0 nothing to report, 1 Onus failed or was stopped before it read anything,
2 bad input, 3 findings at or above --fail-on, 4 the result is incomplete.`,
		Version:       build(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetVersionTemplate("onus {{.Version}}\n")
	root.AddCommand(scanCommand(s), demoCommand(s), replayCommand(s), planCommand(s), checksCommand(s), explainCommand(s), frameworksCommand(s), resultsDiffCommand(s),
		permissionsCommand(s), schemaCommand(s), keysCommand(s), verifyCommand(s), evidenceCommand(s), versionCommand(s))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return badInput("%v; see %q", err, c.CommandPath()+" --help")
	})
	return root
}

func versionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.out, "onus %s\n", build())
			return err
		},
	}
}

// build is the version with what it was built from and for.
func build() string {
	return fmt.Sprintf("%s %s %s %s/%s", version, commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// commit is the commit that the binary was built from, as the Go tool recorded it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "unknown"
}
