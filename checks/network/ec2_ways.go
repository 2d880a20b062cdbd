package network

import (
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/network/reach"
	"onus/scanner/snapshot"
)

// ways collects the ways from the internet to the interfaces of one instance.
type ways struct {
	view    *view
	open    []string // paths, with their ports
	stops   []string // the closed links
	missing []string // what was not read
	// appliances counts the way through one.
	appliances bool
}

// follow asks about one interface in one family.
func (w *ways) follow(e reach.Interface, f reach.Family, wanted []portsOf) {
	q := reach.Question{Family: f, Appliances: w.appliances}
	first := wanted[0].ports.Ranges()[0].From
	if first == 0 && wanted[0].ports.Contains(443) {
		first = 443 // of all ports, one that is used shows best what stops it
	}
	q.Traffic = reach.Traffic{Protocol: wanted[0].protocol, Port: first}
	// Without an address the internet knows, one port stands for all.
	if f == reach.IPv4 && len(e.PublicIPv4) == 0 || f == reach.IPv6 && len(e.IPv6)+len(e.IPv6Prefixes) == 0 {
		w.stop(f, w.view.index.FromInternet(e, q))
		return
	}
	open, unclear := len(w.open), len(w.missing)
	for _, p := range wanted {
		w.along(w.view.index.PortsFromInternet(e, p.protocol, q), f, p)
	}
	if len(w.open) == open && len(w.missing) == unclear {
		w.stop(f, w.view.index.FromInternet(e, q))
	}
}

// along notes the paths to some ports of one protocol, each with all ports that take it.
func (w *ways) along(a reach.PortAnswer, f reach.Family, p portsOf) {
	var paths []string
	ports := map[string]reach.PortSet{}
	for _, r := range a.Answers {
		hit := reach.Ports(r.Ports).Intersect(p.ports)
		if hit.Empty() || r.Answer.State != reach.Open {
			continue
		}
		path := written(r.Answer.Path)
		if _, ok := ports[path]; !ok {
			paths = append(paths, path)
		}
		ports[path] = ports[path].Union(hit)
	}
	w.doubts(a, p.ports)
	for _, path := range paths {
		w.open = append(w.open, fmt.Sprintf("%s %s %s: %s", f, p.protocol, ports[path], path))
	}
}

// doubts notes what would have to be read to tell some ports' ways.
func (w *ways) doubts(a reach.PortAnswer, ports reach.PortSet) {
	for _, r := range a.Answers {
		if r.Answer.State == reach.CannotTell && !reach.Ports(r.Ports).Intersect(ports).Empty() {
			w.missing = append(w.missing, r.Answer.Missing...)
		}
	}
}

// stop notes the link that is closed. An answer that is none needs no word: its ports are
// in the ways that cannot be told.
func (w *ways) stop(f reach.Family, a reach.Answer) {
	if a.State == reach.Closed {
		w.stops = append(w.stops, fmt.Sprintf("%s at %s", f, a.Stop))
	}
}

// written is a path from its first hop to its last.
func written(path []reach.Hop) string {
	hops := make([]string, len(path))
	for i, h := range path {
		hops[i] = h.String()
	}
	return strings.Join(hops, " → ")
}

// lacks notes the interfaces that are not known. What DescribeInstances shows of them is
// too little to follow a way.
func (w *ways) lacks(i snapshot.Instance) {
	if err := w.view.unread["ec2:DescribeNetworkInterfaces"]; err != nil {
		w.missing = append(w.missing, "the interfaces of "+i.ID+": "+err.Error())
		return
	}
	for _, n := range i.Interfaces {
		if w.view.interfaces[n.ID] == nil {
			w.missing = append(w.missing, "interface "+n.ID+", which the list of interfaces does not hold")
		}
	}
	if len(w.view.instances[i.ID])+len(i.Interfaces) == 0 {
		w.missing = append(w.missing, "an interface of "+i.ID+": none is listed")
	}
}

// verdict fails by a way that is open, whatever else is not known.
func (w *ways) verdict(interfaces int) checks.Verdict {
	return w.unless(checks.Pass("no way from the internet to any of its %d interfaces: stopped for %s", interfaces, strings.Join(few(w.stops), "; ")).With("stop", strings.Join(few(w.stops), "; ")))
}

// unless is the PASS that is due where no way is open and all was read.
func (w *ways) unless(pass checks.Verdict) checks.Verdict {
	slices.Sort(w.missing)
	w.missing = slices.Compact(w.missing)
	switch {
	case len(w.open) > 0:
		return checks.Fail("reachable, %s", strings.Join(w.open, "; ")).With("path", strings.Join(w.open, "; "))
	case len(w.missing) > 0:
		return inDoubt(w.view.why(w.missing), "cannot tell without "+strings.Join(w.missing, "; "))
	}
	return pass
}

// few are the first of a list, each once, and how many more there are.
func few(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if len(out) > 6 {
		return append(out[:6:6], fmt.Sprintf("and %d more", len(out)-6))
	}
	return out
}
