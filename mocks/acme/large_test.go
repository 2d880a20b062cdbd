package acme_test

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/mocks/acme"
)

// size counts what a scan enumerates.
func (w *seen) size() int {
	n := len(w.instances) + len(w.volumes) + len(w.groups) + len(w.interfaces) + len(w.lists) + len(w.clusters) +
		len(w.snapshots) + len(w.clusterSnaps) + len(w.buckets) + len(w.users) + len(w.policies) + w.keys
	for _, databases := range w.databases {
		n += len(databases)
	}
	return n
}

// every field counts, the unexported ones too.
var every = cmp.Exporter(func(reflect.Type) bool { return true })

// TestLarge reads a thousand resources through all the pages, twice alike, and finds
// each control kept somewhere and, as far as more of the same can, broken somewhere.
func TestLarge(t *testing.T) {
	const wanted = 1000
	first := walk(t, start(t, acme.Large(wanted, mocks.Options{Lenient: true})))
	if n := first.size(); n < wanted || n > wanted+100 {
		t.Errorf("%d resources, want little more than %d", n, wanted)
	}
	second := walk(t, start(t, acme.Large(wanted, mocks.Options{Lenient: true})))
	if diff := cmp.Diff(first, second, every); diff != "" {
		t.Errorf("two accounts of one size differ:\n%s", diff)
	}
	for id, f := range facts {
		small, large := f.want, f.of(first)
		if large.kept < small.kept || large.broken < small.broken {
			t.Errorf("%s: %+v in the large account, %+v in the small one", id, large, small)
		}
	}
}

// TestLargeIsLarge: the size that measurements ask for.
func TestLargeIsLarge(t *testing.T) {
	s := start(t, acme.Large(10_000, mocks.Options{Lenient: true}))
	w := &seen{byDefault: map[string]bool{}, userData: map[string]string{}, lists: map[string][]string{}}
	w.compute(t, ec2.NewFromConfig(s.Config(acme.Home)), acme.Home)
	if len(w.volumes) < 2000 || len(w.instances) < 700 {
		t.Errorf("%d volumes and %d instances in %s", len(w.volumes), len(w.instances), acme.Home)
	}
}
