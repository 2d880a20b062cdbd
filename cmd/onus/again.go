package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// unsaid are flags that a command that is run again for its console report goes without:
// they write files, which are there by now, or keep the report short. The external id is
// no one's business who reads a report.
var unsaid = []string{"evidence", "external-id", "format", "history", "key", "out", "quiet", "record", "verbose"}

// again is the command with these flags, to be run again with every resource shown.
func again(f *pflag.FlagSet) string {
	if f == nil {
		return ""
	}
	words := append([]string{"onus", f.Name()}, f.Args()...)
	f.Visit(func(flag *pflag.Flag) {
		switch list, isList := flag.Value.(pflag.SliceValue); {
		case slices.Contains(unsaid, flag.Name):
		case isList:
			for _, v := range list.GetSlice() {
				words = append(words, "--"+flag.Name, v)
			}
		case flag.Value.Type() == "bool":
			words = append(words, "--"+flag.Name+"="+flag.Value.String())
		default:
			words = append(words, "--"+flag.Name, flag.Value.String())
		}
	})
	for i, w := range words {
		if !plainWord.MatchString(w) {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(append(words, "--verbose"), " ")
}

// plainWord is what a shell takes as it is.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=,@+-]+$`)
