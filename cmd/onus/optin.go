package main

import "github.com/spf13/pflag"

// optIns are the flags that ask for what no scan does by itself, because it takes long
// or sees more than settings. A check names the flag that it waits for in OptIn; without
// the flag it is reported as not asked for, unless --check or the policy names it.
type optIns struct {
	AccessHistory bool `json:"access_history,omitempty"`
}

func (o *optIns) flags(f *pflag.FlagSet) {
	f.BoolVar(&o.AccessHistory, "access-history", false, "also ask IAM which services each user and role has used: a report for each, which only AWS stores")
}

// asked says that the flag of a check's OptIn was given.
func (o *optIns) asked(optIn string) bool {
	return optIn == "access-history" && o.AccessHistory
}
