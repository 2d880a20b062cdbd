package scanner_test

import (
	"context"
	"runtime"
	"testing"

	"onus/checks"
	"onus/checks/suite"
	"onus/mocks"
	"onus/mocks/acme"
	"onus/scanner"
	"onus/scanner/wire"
)

// BenchmarkScan reads and judges 10,000 resources from a server on loopback, without
// limits, and says how much memory is held when it is done.
func BenchmarkScan(b *testing.B) {
	s := acme.Large(10_000, mocks.Options{Lenient: true})
	defer s.Close()
	before := held()
	for b.Loop() {
		a, err := scanner.Scan(context.Background(), s.Config(acme.Home), live(&wire.Memory{}), options())
		if err != nil {
			b.Fatal(err)
		}
		findings := 0
		for range checks.Evaluate(a, suite.All(), checks.Settings{}) {
			findings++
		}
		b.ReportMetric(float64(findings), "findings")
		b.ReportMetric(float64(len(a.EC2.Instances)+len(a.EC2.Volumes)+len(a.EC2.Groups)+len(a.S3.Buckets)+len(a.RDS.Instances)+len(a.RDS.Snapshots)+len(a.IAM.Users)), "resources")
		b.ReportMetric(float64(held()-before)/(1<<20), "MiB-held")
		runtime.KeepAlive(a)
	}
}

// held is the memory in use after a collection, in bytes.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
