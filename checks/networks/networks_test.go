package networks

import (
	"testing"

	"onus/scanner/snapshot"
)

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b", true}, {"a*c", "abbc", true}, {"a*c", "abbd", false},
		{"a?c", "abc", true}, {"a?c", "ac", false}, {"*b*b", "abab", true}, {"*b*b", "aba", false}, {"launch-wizard*", "launch-wizard-1 created", true}, {"a**", "a", true},
	} {
		if got := Glob(tt.pattern, tt.text); got != tt.want {
			t.Errorf("Glob(%q, %q) = %v", tt.pattern, tt.text, got)
		}
	}
}

func TestService(t *testing.T) {
	for name, want := range map[string]string{
		"com.amazonaws.eu-west-1.ec2": "ec2", "cn.com.amazonaws.eu-west-1.s3": "s3", "com.amazonaws.eu-west-1.ecr.api": "ecr.api",
		"com.amazonaws.eu-central-1.ec2": "", "com.amazonaws.vpce.eu-west-1.vpce-svc-1": "", "eu-west-1": "", "": "",
	} {
		if got := Service(name, "eu-west-1"); got != want {
			t.Errorf("Service(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFew(t *testing.T) {
	if got := Few([]string{"a", "b", "c", "d", "e", "f", "g"}); got != "a, b, c, d, e, f and 1 other" {
		t.Error(got)
	}
	if got := Sorted([]string{"b", "a", "b"}); got != "a, b" {
		t.Error(got)
	}
}

func TestEndedVPN(t *testing.T) {
	for state, want := range map[string]bool{"pending": true, "deleting": true, "deleted": true, "available": false, "": false} {
		if _, is := EndedVPN(snapshot.VPNConnection{State: state}); is != want {
			t.Errorf("%q: %v", state, is)
		}
	}
}
