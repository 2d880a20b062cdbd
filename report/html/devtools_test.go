package html

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a headless Chromium, spoken to in its DevTools protocol over two pipes.
// Source: the DevTools protocol's domains Target, Page, Runtime, Log, Network, Input.
type browser struct {
	t       testing.TB
	in      io.Writer
	session string
	next    int

	mu       sync.Mutex
	answers  map[int]chan message
	loaded   chan struct{}
	requests []string // URLs that were asked for
	faults   []string // what a console would show in red
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

// open starts a browser with a profile of its own. Without one on the machine the test
// is skipped; in CI it fails, since nobody would notice.
func open(t testing.TB, width int) *browser {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	switch {
	case path != "":
	case os.Getenv("CI") == "true":
		t.Fatal("no Chromium on this machine, and CI=true: .ci/browser installs one")
	default:
		t.Skip("no Chromium on this machine: the page is not driven in a browser")
	}
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir: a process of the browser's may still write when it has ended.
	profile, err := os.MkdirTemp("", "onus-browser-")
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+profile, fmt.Sprintf("--window-size=%d,1000", width))
	c.ExtraFiles = []*os.File{toBrowser, fromBrowser} // become 3 and 4
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, in: in, answers: map[int]chan message{}, loaded: make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.listen(out)
	}()
	t.Cleanup(func() {
		_ = b.send("Browser.close", nil)
		_ = errors.Join(toBrowser.Close(), fromBrowser.Close())
		timer := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait() // its exit status says nothing of the page
		timer.Stop()
		<-ended
		_ = errors.Join(in.Close(), out.Close(), os.RemoveAll(profile))
	})
	var target struct{ TargetID, SessionID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	return b
}

// listen takes apart what the browser says: messages that each end with a NUL.
func (b *browser) listen(out io.Reader) {
	r := bufio.NewReader(out)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
			return
		}
		b.take(m)
	}
}

func (b *browser) take(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m.Method {
	case "":
		if answer := b.answers[m.ID]; answer != nil {
			delete(b.answers, m.ID)
			answer <- m
		}
	case "Page.loadEventFired":
		select {
		case b.loaded <- struct{}{}:
		default:
		}
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		_ = json.Unmarshal(m.Params, &p)
		b.requests = append(b.requests, p.Request.URL)
	case "Runtime.exceptionThrown", "Log.entryAdded":
		b.faults = append(b.faults, string(m.Params))
	case "Runtime.consoleAPICalled", "Page.javascriptDialogOpening":
		b.faults = append(b.faults, string(m.Params))
	}
}

func (b *browser) send(method string, params any) chan message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	m := map[string]any{"id": b.next, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" && !strings.HasPrefix(method, "Browser.") {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Error(err)
	}
	answer := make(chan message, 1)
	b.answers[b.next] = answer
	if _, err := b.in.Write(append(text, 0)); err != nil {
		answer <- message{Error: &struct{ Message string }{err.Error()}}
	}
	return answer
}

// call asks and waits for the answer.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	select {
	case m := <-b.send(method, params):
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(time.Minute):
		b.t.Fatalf("%s: no answer within a minute", method)
	}
}

// visit opens a file, and waits until the page says that it is ready.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.load(url)
	b.eval(`new Promise((done) => {
		const root = document.documentElement, ready = () => root.dataset.ready && done(true);
		new MutationObserver(ready).observe(root, { attributes: true });
		ready();
	})`, nil)
}

// leave forgets the page, so that the next visit loads it anew.
func (b *browser) leave() { b.load("about:blank") }

func (b *browser) load(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url}, nil)
	select {
	case <-b.loaded:
	case <-time.After(time.Minute):
		b.t.Fatal("the page did not load within a minute")
	}
}

// eval runs a script in the page and decodes its value.
func (b *browser) eval(script string, value any) {
	b.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	b.call("Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s %s", script, out.ExceptionDetails.Text, out.ExceptionDetails.Exception.Description)
	}
	if value != nil {
		if err := json.Unmarshal(out.Result.Value, value); err != nil {
			b.t.Fatalf("%s: %v", script, err)
		}
	}
}

// press presses one key where the focus is.
func (b *browser) press(key string, code int) {
	b.t.Helper()
	text := ""
	if key == "Enter" {
		text = "\r"
	}
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

// clean fails the test for anything in the console and any request but for the page.
func (b *browser) clean(page string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		b.t.Errorf("the console shows %s", f)
	}
	for _, r := range b.requests {
		if !slices.Contains([]string{page, "data:,", "about:blank"}, strings.Split(r, "#")[0]) {
			b.t.Errorf("the page asked for %s", r)
		}
	}
}
