package acme

import (
	"time"

	"onus/mocks"
)

// What stands firm about the demo account.
const (
	Account   = "111122223333"
	Partition = "aws"
	Home      = "eu-west-1" // the home Region
	Second    = "eu-central-1"
	Denied    = "acme-legal-hold-prod" // the bucket whose policy refuses GetBucketEncryption
)

// AsOf is the time at which the account is as it is served.
var AsOf = time.Date(2026, time.November, 1, 8, 0, 0, 0, time.UTC)

// Server starts a server for the demo account. The caller closes it.
func Server(o mocks.Options) *mocks.Server { return newEstate().serve(o) }

// Large starts a server for the demo account with more of everything, so that it
// holds at least the wanted number of resources. The caller closes it.
func Large(resources int, o mocks.Options) *mocks.Server {
	e := newEstate()
	e.grow(resources)
	return e.serve(o)
}

// estate is everything in the account.
type estate struct {
	regions      map[string]*region
	buckets      []bucket
	users        []user
	identities   identities
	organization organization
}

// newEstate is the demo account.
func newEstate() *estate {
	e := &estate{regions: map[string]*region{}, buckets: buckets(), users: users(), organization: theOrganization()}
	for name, status := range regionStatuses {
		if status == enabled {
			e.regions[name] = &region{name: name}
		}
	}
	e.identities = withGuests(withMore(theIdentities()))
	home, second, old := e.regions[Home], e.regions[Second], e.regions["us-east-1"]
	home.encryptsByDefault, second.encryptsByDefault = true, true
	computeHome(home)
	computeSecond(second)
	networkHome(home)
	networkSecond(second)
	databasesHome(home)
	databasesBought(home)
	setUp(home)
	databasesSecond(second)
	databasesOld(old)
	aroundHome(home)
	aroundSecond(second)
	aroundOld(old)
	for _, r := range e.regions {
		r.attach()
	}
	e.build()
	e.guard()
	e.keyrings()
	e.launches()
	e.join()
	e.fleets()
	e.straying()
	return e
}

// size counts the resources: what a scan of the account enumerates.
func (e *estate) size() int {
	n := len(e.buckets) + len(accessPoints) + len(e.identities.policies)
	for _, u := range e.users {
		if !u.gone {
			n += 1 + len(u.keys)
		}
	}
	for _, r := range e.regions {
		n += len(r.instances) + len(r.volumes) + len(r.groups) + len(r.interfaces) + len(r.lists) +
			len(r.databases) + len(r.clusters) + len(r.snapshots) + len(r.clusterSnapshots)
	}
	return n
}

// serve starts the server and gives it a handler for each operation.
func (e *estate) serve(o mocks.Options) *mocks.Server {
	o.Account = Account
	s := mocks.New(o)
	e.serveAccount(s)
	e.serveBackups(s)
	e.serveBuckets(s)
	e.serveIdentities(s)
	e.serveReport(s)
	e.serveCompute(s)
	e.serveNetwork(s)
	e.serveCloud(s)
	e.serveDatabases(s)
	e.serveLinks(s)
	e.serveSnapshots(s)
	e.serveStrays(s)
	e.serveAround(s)
	e.serveGroups(s)
	e.serveKeys(s)
	e.serveFleets(s)
	e.serveServiceSettings(s)
	e.serveOrganization(s)
	e.serveLaunch(s)
	e.serveTrails(s)
	e.servePath(s)
	e.serveDelegates(s)
	e.serveAnalyzers(s)
	e.serveProviders(s)
	e.serveCredentialLists(s)
	e.serveHistory(s)
	serveContacts(s)
	return s
}
