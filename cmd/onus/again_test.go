package main

import (
	"strings"
	"testing"
)

func TestTheReportNamesTheCommandThatShowsAll(t *testing.T) {
	if _, out, _ := onus(t, "demo", "--category", "network"); !strings.Contains(out, ": onus demo --category network --verbose") {
		t.Errorf("the command is not named:\n%s", out)
	}
	c := scanCommand(streams{env: func(string) string { return "" }})
	if err := c.Flags().Parse([]string{"--service", "s3,iam", "--tag", "a=it's", "--tag", "b=c", "--allow-incomplete", "--format", "console", "--out", "x", "--external-id", "secret", "--evidence", "e", "--key", "k"}); err != nil {
		t.Fatal(err)
	}
	if got, want := again(c.Flags()), `onus scan --allow-incomplete=true --service s3 --service iam --tag 'a=it'\''s' --tag b=c --verbose`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
