package main

import (
	"errors"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"onus/checks"
	"onus/checks/frameworks"
	"onus/checks/regions/residency/nearest"
	"onus/checks/suite"
	"onus/report"
	"onus/report/console"
	"onus/report/jsonresult"
)

func explainCommand(s streams) *cobra.Command {
	from := ""
	c := &cobra.Command{
		Use: "explain CHECK | FINDING --from FILE", Short: "Say what a check asks, or what a finding saw, and how to mend it", Args: cobra.ExactArgs(1),
		Long: `Explain says of a check what must hold, why it matters, how to mend it by the AWS CLI and
by Terraform, what mending costs, which framework requirements it serves, what it reads
and its parameters.

With --from, the argument is the id of a finding in that result (onus.result/v1, plain or
compressed with gzip), or the beginning of one: explain also says what was seen, and by
which recorded calls, and its commands are for that resource. Onus runs none of them: it
changes nothing. Read them before you do. What stands in braces or in capitals is yours
to put in.`,
		Example: `  onus explain s3-bucket-versioning-enabled
  onus explain 3fb12c --from onus-out/result.json`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, c := range suite.All() {
				ids = append(ids, c.ID+"\t"+c.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := explanation(args[0], from)
			if err != nil {
				return err
			}
			return console.Explain(s.out, e, terminal(s))
		},
	}
	c.Flags().StringVar(&from, "from", "", "result document in which the finding is")
	return c
}

// explanation is of a check of this version, or of a finding in a result document.
func explanation(id, from string) (console.Explanation, error) {
	if from != "" {
		return findFinding(id, from)
	}
	c, ok := suite.Find(id)
	if ok {
		return console.Explanation{Check: c, Suite: suiteOf(c), Serves: served(requirementsOf(c.ID))}, nil
	}
	if findingID.MatchString(id) {
		return console.Explanation{}, badInput("there is no check %q; if it is the id of a finding, say which result holds it, as in --from onus-out/result.json", id)
	}
	var ids []string
	for _, c := range suite.All() {
		ids = append(ids, c.ID)
	}
	if near, ok := nearest.Word(id, ids); ok {
		return console.Explanation{}, badInput("there is no check %q; did you mean %q?", id, near)
	}
	return console.Explanation{}, badInput("there is no check %q; see \"onus checks list\"", id)
}

var findingID = regexp.MustCompile(`^[0-9a-f]{4,64}$`)

// findFinding reads a result document for the one finding whose id begins so. Of a check
// that this version does not have, it knows what the document says.
func findFinding(id, path string) (e console.Explanation, err error) {
	file, err := os.Open(path)
	if err != nil {
		return e, badInput("--from %q cannot be read: %v", path, plain(err))
	}
	defer file.Close()
	known := map[string]*checks.Check{}
	serves := map[string][]report.Requirement{}
	n := 0
	err = jsonresult.Read(file, jsonresult.Parts{
		Scan: func(h report.Scan) error { e.Scan = h.ID; return nil },
		Check: func(c *checks.Check, list []report.Requirement) error {
			known[c.ID], serves[c.ID] = c, list
			return nil
		},
		Finding: func(f checks.Finding) error {
			if strings.HasPrefix(f.ID, id) {
				e.Finding = &f
				n++
			}
			return nil
		},
	})
	switch {
	case errors.Is(err, jsonresult.ErrForm):
		return e, badInput("--from %q is no whole result of the form %s", path, report.Format)
	case err != nil:
		return e, badInput("--from %q: %v", path, err)
	case n == 0:
		return e, badInput("no finding in %q has an id that begins with %q", path, id)
	case n > 1:
		return e, badInput("%d findings in %q have ids that begin with %q: give more of it", n, path, id)
	}
	if c, ok := suite.Find(e.Finding.Check); ok {
		e.Check, e.Suite, e.Serves = c, suiteOf(c), served(requirementsOf(c.ID))
		return e, nil
	}
	e.Check, e.Suite, e.Serves = known[e.Finding.Check], "of another version of Onus", served(serves[e.Finding.Check])
	if e.Check == nil {
		return e, badInput("--from %q says nothing of the check %q of that finding", path, e.Finding.Check)
	}
	return e, nil
}

// served groups requirements by framework, in the order of the frameworks.
func served(list []report.Requirement) (out []console.Served) {
	by := map[string][]string{}
	for _, q := range list {
		by[q.Framework] = append(by[q.Framework], q.Requirement)
	}
	for _, f := range frameworks.All {
		if len(by[f.ID]) > 0 {
			out = append(out, console.Served{ID: f.ID, Name: f.Name, Requirements: by[f.ID]})
		}
	}
	return out
}

func suiteOf(c *checks.Check) string {
	switch {
	case c.OptIn != "":
		return "only with --" + c.OptIn
	case c.Tier == 1:
		return "essential"
	}
	return "default"
}
