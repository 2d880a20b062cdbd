package reach

// RouteFromInternet says whether the route table of a subnet leads packets for some public
// addresses of a family to an internet gateway, so that whoever calls from there gets
// answers. Nothing else of the way is looked at.
func (x *Index) RouteFromInternet(vpc, subnet string, f Family) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	q := Question{Family: f, AnySource: true}
	c := newChain(Public(f), q.enough())
	c.pass(x.internetRoute(endpoint{vpc: vpc, subnet: subnet}, q))
	return c.answer(q.Traffic, nil, nil)
}
