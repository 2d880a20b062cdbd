package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestWord(t *testing.T) {
	regions := []string{"eu-west-1", "eu-west-2", "eu-central-1", "us-east-1", "eu", "eea", "de"}
	tests := []struct {
		word, want string
	}{
		{"eu-wset-1", "eu-west-1"},
		{"eu-west1", "eu-west-1"},
		{"eu-central-11", "eu-central-1"},
		{"eu-west-9", "eu-west-1"}, // as near to eu-west-2: the first in order
		{"us-east-1 ", "us-east-1"},
		{"eee", "eea"},
		{"xy", ""},
		{"fr", ""}, // not de: a country is not a typing error for another
		{"mars", ""},
		{"", ""},
		{strings.Repeat("e", 100_000), ""},
	}
	for _, test := range tests {
		got, ok := Word(test.word, regions)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Word(%.20q) = %q, %v, want %q", test.word, got, ok, test.want)
		}
		slices.Reverse(regions)
		if again, _ := Word(test.word, regions); again != got {
			t.Errorf("Word(%.20q) depends on the order of candidates: %q, then %q", test.word, got, again)
		}
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"kitten", "sitting", 3}, {"ab", "ba", 1}, {"é", "e", 1},
	}
	for _, test := range tests {
		if got := distance([]rune(test.a), []rune(test.b)); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
