package html

import (
	"io"
	"testing"
	"time"
)

func BenchmarkWrite50000(b *testing.B) {
	r := many(Most)
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBrowser50000 opens a page with 50,000 findings and reports how long it takes
// to be ready and, in milliseconds, the slowest of several filters with its drawing.
func BenchmarkBrowser50000(b *testing.B) {
	page := written(b, many(Most))
	chromium := open(b, 1400)
	var slowest, ready float64
	for b.Loop() {
		chromium.leave()
		from := time.Now()
		chromium.visit(page + "#status=")
		ready = max(ready, float64(time.Since(from).Milliseconds()))
		var ms float64
		chromium.eval(`(async () => {
			const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
			let slowest = 0;
			const timed = async (act) => {
				await frame();
				const from = performance.now();
				act();
				document.body.getBoundingClientRect();
				slowest = Math.max(slowest, performance.now() - from);
			};
			for (const box of document.querySelectorAll("#filters input[type=checkbox]")) await timed(() => box.click());
			for (const select of document.querySelectorAll("#filters select")) {
				await timed(() => { select.selectedIndex = 1; select.dispatchEvent(new Event("change")); });
				await timed(() => { select.selectedIndex = 0; select.dispatchEvent(new Event("change")); });
			}
			for (const q of ["#q=data-4&status=", "#q=no+such+text", "#status="]) await timed(() => { location.hash = q; dispatchEvent(new Event("hashchange")); });
			return slowest;
		})()`, &ms)
		slowest = max(slowest, ms)
	}
	chromium.clean(page)
	b.ReportMetric(ready, "ms/ready")
	b.ReportMetric(slowest, "ms/slowest-filter")
}
