package reach

// Destination is a target of a route table with the addresses that the table sends there
// by longest prefix: surely, and perhaps where something is unread.
type Destination struct {
	// Target is as [Route] has it; "blackhole" stands for routes that drop.
	Target    string
	Sure, May AddrSet
}

// Destinations works a route table out: its targets in order of their ids, and what was not
// read. A table that is not known has none.
func (x *Index) Destinations(tableID string) (list []Destination, missing []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range x.net.RouteTables.Items {
		t := &x.net.RouteTables.Items[i]
		if t.ID != tableID {
			continue
		}
		n := x.nextHops(t)
		for _, target := range n.sorted() {
			list = append(list, Destination{target, n.targets[target].sure, n.targets[target].may})
		}
		return list, n.missing
	}
	return nil, []string{x.net.RouteTables.missing("the route table " + tableID)}
}
