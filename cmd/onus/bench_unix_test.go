//go:build unix

package main

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Each format may take so long, in a process that is never larger.
const (
	longest = 5 * time.Second
	largest = 300 << 20
)

// BenchmarkFormats writes 50,000 findings in each format, in a process of its own, whose
// time and greatest size the system tells.
func BenchmarkFormats(b *testing.B) {
	for _, name := range append(slices.Sorted(maps.Keys(formats)), "console") {
		b.Run(name, func(b *testing.B) {
			var size int64
			var spent time.Duration // by its processors: others use the machine too
			for b.Loop() {
				c := exec.Command(os.Args[0])
				c.Env = append(os.Environ(), benchVariable+"="+name)
				c.Stderr = os.Stderr
				if err := c.Run(); err != nil {
					b.Fatal(err)
				}
				spent = max(spent, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
				if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
					size = max(size, int64(usage.Maxrss)<<10) // KiB on Linux
				}
			}
			if spent > longest {
				b.Errorf("%s takes %s, want at most %s", name, spent, longest)
			}
			if size > largest {
				b.Errorf("%s takes %d MB, want at most %d", name, size>>20, largest>>20)
			}
			b.ReportMetric(float64(size>>20), "MB")
			b.ReportMetric(spent.Seconds(), "s-CPU")
		})
	}
}
