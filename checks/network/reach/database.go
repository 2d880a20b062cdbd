package reach

// Database is a database instance, whose interface need not be known: the rules of its
// own description stand for it. Source: RDS DescribeDBInstances.
type Database struct {
	ID    string
	VPCID string
	// Subnet is one subnet that the instance runs in or may fail over to.
	Subnet string
	// Groups are the ids of VpcSecurityGroups with Status active.
	Groups             []string
	PubliclyAccessible bool
	// Dual says that NetworkType is DUAL; only then does the instance have IPv6 addresses.
	Dual bool
}

// DatabaseFromInternet says whether packets from the internet reach a database if it runs
// in the given subnet. A subnet group holds several; [Any] joins the answers for those
// that are in use, and the others tell what a failover would change.
func (x *Index) DatabaseFromInternet(d Database, q Question) Answer {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.fromInternet(x.databaseEndpoint(d, q.Family), q)
}

func (x *Index) databaseEndpoint(d Database, f Family) endpoint {
	at := endpoint{names: []string{d.ID}, vpc: d.VPCID, subnet: d.Subnet, groups: d.Groups, public: Open}
	switch {
	case !d.PubliclyAccessible:
		at.public, at.why = Closed, "which is not publicly accessible"
	case f == IPv6 && !d.Dual:
		at.public, at.why = Closed, "whose network type is not DUAL, so that it has no IPv6 address"
	}
	// It may have any address of its subnet.
	at.addrs = all(f)
	if s := x.subnets[d.Subnet]; s != nil {
		at.addrs = Addrs(s.CIDRs...).In(f)
	}
	if f == IPv6 && !d.Dual {
		at.addrs = AddrSet{}
	}
	return at
}
