package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"onus/scanner"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

func call(region, op string, attempts, status int) wire.Line {
	return wire.Line{Key: wire.Key{Region: region, Operation: op}, Attempts: attempts, Status: status}
}

func shown(terminal bool) *bytes.Buffer {
	var out bytes.Buffer
	p := newProgress(streams{err: &out, env: func(string) string { return "" }}, false)
	p.terminal = terminal
	p.planned(snapshot.Location{Account: "111122223333"}, []scanner.Call{
		{Operation: "iam:GetAccountSummary", Region: snapshot.Global}, {Operation: "ec2:DescribeVolumes", Region: "eu-west-1"}, {Operation: "ec2:DescribeInstances", Region: "eu-west-1"},
	})
	for _, l := range []wire.Line{call("eu-west-1", "iam:GetAccountSummary", 1, 200), call("eu-west-1", "ec2:DescribeVolumes", 3, 200), call("eu-west-1", "ec2:DescribeInstances", 1, 403)} {
		p.last = time.Time{} // long ago: each call shows
		p.ended(l)
	}
	p.end()
	return &out
}

func TestProgressOnATerminalIsATableThatIsPaintedOver(t *testing.T) {
	out := shown(true).String()
	for _, want := range []string{"ec2", "iam", "eu-west-1", "2/2", "1/1", "\x1b[4A\x1b[J", "3 calls, 1 retried, 1 denied"} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%q", want, out)
		}
	}
	if !strings.HasSuffix(out, "\n") || strings.Count(out, "\x1b[4A") != 3 {
		t.Errorf("each table is wiped, the last one too: %q", out)
	}
}

func TestProgressElsewhereIsPlainLines(t *testing.T) {
	out := shown(false).String()
	if strings.Contains(out, "\x1b") || !strings.HasPrefix(out, "scanning account 111122223333: 3 operations planned in 2 places\n") {
		t.Errorf("%q", out)
	}
	var nothing *progress
	nothing.planned(snapshot.Location{}, nil)
	nothing.ended(wire.Line{})
	nothing.end() // --quiet
}
