package policy

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkPolicies reads a document and asks of it what the checks ask: whether it
// grants everything, leads to more rights, is public and to whom it grants. One operation
// is one policy; a scan is to do 10,000 of them a second on one core.
func BenchmarkPolicies(b *testing.B) {
	r := rand.New(rand.NewPCG(8, 2026))
	var texts [][]byte
	for range 500 {
		texts = append(texts, []byte(render(generate(r, true))), []byte(render(generate(r, false))))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		d, err := Parse(texts[i%len(texts)])
		if err != nil {
			b.Fatal(err)
		}
		src := Source{Name: "document", Document: d}
		FullAdmin(ownerAccount, src)
		FindEscalations(src)
		d.IsPublic()
		d.Who("document", ownerAccount, "s3:GetObject", "arn:aws:s3:::b/x")
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "policies/s")
}

// BenchmarkDecide evaluates one request against four documents that were read before.
func BenchmarkDecide(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 2026))
	type pair struct {
		req  Request
		docs Policies
	}
	var all []pair
	for range 500 {
		req, _ := generateRequest(r, nil)
		all = append(all, pair{req, generatePolicies(r).parse(b)})
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		Decide(all[i%len(all)].req, all[i%len(all)].docs)
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
