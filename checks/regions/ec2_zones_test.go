package regions

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const (
	warsaw  = "eu-central-1-waw-1a" // in Poland by the table
	hamburg = "eu-central-1-ham-1a"
	unheard = "eu-central-1-zzz-1a" // a dedicated Local Zone: no document names it
)

// zoneIn adds a zone to the list of the tests' second Region.
func zoneIn(name, id, kind, optIn string, geography ...string) change {
	return func(a *snapshot.Account) {
		m := inRegion(checktest.Elsewhere, "zone")
		m.Name = name
		a.EC2.Net.Zones = append(a.EC2.Net.Zones, snapshot.Zone{Meta: m, ID: id, Type: kind, Group: name[:len(name)-1], OptIn: optIn, Geography: geography})
	}
}

var germany = map[string]any{"allowed_regions": []string{"eu-central-1", "eu-west-1"}, "allowed_countries": []string{"de"}}

func TestZonesInAllowedCountries(t *testing.T) {
	const far, outpost = checktest.Elsewhere, "arn:aws:outposts:eu-central-1:111122223333:outpost/op-1"
	at := func(resource string) snapshot.Meta {
		m := inRegion(far, resource)
		m.Name = "it"
		return m
	}
	subnet := func(zone, id, outpost string, more ...change) change {
		return together(append([]change{func(a *snapshot.Account) {
			a.EC2.Subnets = append(a.EC2.Subnets, snapshot.Subnet{Meta: at("subnet/subnet-1"), ID: "subnet-1", Owner: "111122223333", Zone: zone, ZoneID: id, Outpost: outpost})
		}}, more...)...)
	}
	local := func(name, id string, geography ...string) change {
		return zoneIn(name, id, "local-zone", "opted-in", geography...)
	}
	database := func(d snapshot.DBInstance) change {
		return func(a *snapshot.Account) {
			d.Meta, d.Database.ID = at("db:1"), "1"
			a.RDS.Instances = append(a.RDS.Instances, d)
		}
	}
	with := func(more map[string]any) map[string]any {
		out := map[string]any{}
		for _, m := range []map[string]any{germany, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	bucket := func(a *snapshot.Account) {
		a.S3.Directories = []snapshot.Bucket{{Meta: func() snapshot.Meta { m := at("bucket"); m.Name = "logs--euc1-waw1-az1--x-s3"; return m }()}}
	}
	instance := func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: at("instance/i-1"), ID: "i-1", State: "stopped", Place: snapshot.Place{Zone: warsaw}}}
	}
	checktest.RunFor(t, &ZonesInAllowedCountries, "it", []checktest.Case{
		{Name: "no choice", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1")), Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "a zone of an allowed Region may stand in another country", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1", "Poland")), Parameters: germany, Want: checks.FAIL, Reason: "the subnet lies in eu-central-1-waw-1a in PL; allowed: de", Observed: map[string]string{"zones": "eu-central-1-waw-1a in PL"}},
		{Name: "Geography absent: the table tells", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1")), Parameters: germany, Want: checks.FAIL, Reason: "in PL"},
		{Name: "AWS's word counts before the table's", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1", "Germany")), Parameters: germany, Want: checks.PASS, Reason: "the subnet lies in eu-central-1-waw-1a in DE"},
		{Name: "several countries", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1", "Germany", "Poland")), Parameters: germany, Want: checks.FAIL, Reason: "in PL"},
		{Name: "a name that is no country", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1", "Ruritania")), Parameters: germany, Want: checks.UNKNOWN, Reason: `"Ruritania"`},
		{Name: "a zone that nobody knows", Set: subnet(unheard, "euc1-zzz1-az1", "", local(unheard, "euc1-zzz1-az1")), Parameters: germany, Want: checks.UNKNOWN, Reason: "does not know it"},
		{Name: "a zone that AWS does not list", Set: subnet(unheard, "euc1-zzz1-az1", ""), Parameters: germany, Want: checks.UNKNOWN, Reason: "AWS does not say where eu-central-1-zzz-1a is"},
		{Name: "a zone that AWS does not list, and the table does", Set: subnet(hamburg, "euc1-ham1-az1", ""), Parameters: germany, Want: checks.PASS, Reason: "eu-central-1-ham-1a in DE"},
		{Name: "a Wavelength Zone", Set: subnet("eu-central-1-wl1-waw-wlz-1", "euc1-wl1-waw-wlz1", "", zoneIn("eu-central-1-wl1-waw-wlz-1", "euc1-wl1-waw-wlz1", "wavelength-zone", "opted-in")), Parameters: germany, Want: checks.FAIL, Reason: "in PL"},
		{Name: "the whole jurisdiction is allowed", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1")), Parameters: with(map[string]any{"allowed_countries": []string{"EU"}}), Want: checks.PASS, Reason: "in PL"},
		{Name: "the countries of the allowed Regions where none is named", Set: subnet(warsaw, "euc1-waw1-az1", "", local(warsaw, "euc1-waw1-az1")), Parameters: map[string]any{"allowed_regions": []string{"eu-central-1", "eu-west-1"}}, Want: checks.FAIL, Reason: "allowed: DE, IE"},
		{Name: "zones unread are not told by the table", Set: subnet(hamburg, "euc1-ham1-az1", "", failIn("ec2:DescribeAvailabilityZones", far)), Parameters: germany, Want: checks.UNKNOWN, Reason: "ec2:DescribeAvailabilityZones"},
		{Name: "an Outpost's address cannot be read", Set: subnet("eu-central-1a", "euc1-az2", outpost), Parameters: germany, Want: checks.UNKNOWN, Reason: "the Outpost op-1"},
		{Name: "an Outpost that is declared", Set: subnet("eu-central-1a", "euc1-az2", outpost), Parameters: with(map[string]any{"declared_outposts": []string{"op-1"}}), Want: checks.PASS, Reason: "op-1, which is declared"},
		{Name: "an Outpost that is declared by its ARN", Set: subnet("eu-central-1a", "euc1-az2", outpost), Parameters: with(map[string]any{"declared_outposts": []string{outpost}}), Want: checks.PASS, Reason: "declared"},
		{Name: "another Outpost is declared", Set: subnet("eu-central-1a", "euc1-az2", outpost), Parameters: with(map[string]any{"declared_outposts": []string{"op-2"}}), Want: checks.UNKNOWN, Reason: "op-1"},
		{Name: "an instance", Set: instance, Parameters: germany, Want: checks.FAIL, Reason: "the instance lies in"},
		{Name: "a volume", Set: func(a *snapshot.Account) {
			a.EC2.Volumes = []snapshot.Volume{{Meta: at("volume/vol-1"), ID: "vol-1", Place: snapshot.Place{Zone: warsaw}}}
		}, Parameters: germany, Want: checks.FAIL, Reason: "the volume lies in"},
		{Name: "a snapshot that names its Local Zone", Set: func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: at("snapshot/snap-1"), ID: "snap-1", Place: snapshot.Place{Zone: warsaw}}}
		}, Parameters: germany, Want: checks.FAIL, Reason: "the snapshot lies in"},
		{Name: "a database by its standby", Set: database(snapshot.DBInstance{Zone: "eu-central-1a", SecondaryZone: warsaw}), Parameters: germany, Want: checks.FAIL, Reason: "the DB instance lies in eu-central-1-waw-1a"},
		{Name: "a database by its subnet group", Set: database(snapshot.DBInstance{Zone: "eu-central-1a", Subnets: []snapshot.DBSubnet{{Zone: "eu-central-1b"}, {Zone: warsaw}}}), Parameters: germany, Want: checks.FAIL, Reason: "eu-central-1-waw-1a"},
		{Name: "a database on an Outpost", Set: database(snapshot.DBInstance{Zone: "eu-central-1a", Subnets: []snapshot.DBSubnet{{Zone: "eu-central-1a", Outpost: outpost}}}), Parameters: germany, Want: checks.UNKNOWN, Reason: "op-1"},
	})
	for _, f := range checktest.Findings(&ZonesInAllowedCountries, checktest.Account(&ZonesInAllowedCountries, bucket), germany) {
		if f.Resource.Type == "s3 directory bucket" && f.Status != checks.FAIL {
			t.Errorf("a directory bucket in a Local Zone abroad: %s %q", f.Status, f.Reason)
		}
	}
}

// Where nothing lies in a zone of another kind, the Region stands for that.
func TestOrdinaryZonesAlone(t *testing.T) {
	const far = checktest.Elsewhere
	subnet := func(owner, zone string) change {
		return func(a *snapshot.Account) {
			a.EC2.Subnets = append(a.EC2.Subnets, snapshot.Subnet{Meta: inRegion(far, "subnet/subnet-1"), ID: "subnet-1", Owner: owner, Zone: zone})
		}
	}
	gone := func(a *snapshot.Account) {
		a.EC2.Instances = []snapshot.Instance{{Meta: inRegion(far, "instance/i-1"), ID: "i-1", State: "terminated", Place: snapshot.Place{Zone: warsaw}}}
	}
	third := func(a *snapshot.Account) {
		listed, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}
	for _, tt := range []struct {
		name       string
		set        change
		parameters map[string]any
		region     string
		want       checks.Status // "": the Region is not judged
	}{
		{"nothing", nil, germany, far, checks.NotApplicable},
		{"no choice", nil, nil, far, checks.NotApplicable},
		{"an ordinary zone by its name", subnet("111122223333", "eu-central-1a"), germany, far, checks.NotApplicable},
		{"an ordinary zone by AWS's list", together(subnet("111122223333", "xx-odd-1"), zoneIn("xx-odd-1", "xx-az1", "availability-zone", "opt-in-not-required")), germany, far, checks.NotApplicable},
		{"a subnet that another account shares", subnet("444455556666", warsaw), germany, far, checks.NotApplicable},
		{"a terminated instance", gone, germany, far, checks.NotApplicable},
		{"a snapshot of a Local Zone's volume lies in the parent Region", func(a *snapshot.Account) {
			a.EC2.VolumeSnapshots = []snapshot.VolumeSnapshot{{Meta: inRegion(far, "snapshot/snap-1"), ID: "snap-1"}}
		}, germany, far, checks.NotApplicable},
		{"a subnet in a Local Zone", subnet("111122223333", warsaw), germany, far, ""},
		{"volumes unread", failIn("ec2:DescribeVolumes", far), germany, far, checks.UNKNOWN},
		{"databases unread", failIn("rds:DescribeDBInstances", far), germany, far, checks.UNKNOWN},
		{"zones unread", failIn("ec2:DescribeAvailabilityZones", far), germany, far, checks.UNKNOWN},
		{"another Region's fault", failIn("ec2:DescribeVolumes", "eu-west-1"), germany, far, checks.NotApplicable},
		{"left out of the scan, and allowed", third, map[string]any{"allowed_regions": []string{"us-east-1"}}, "us-east-1", checks.UNKNOWN},
	} {
		var got checks.Status
		for _, f := range checktest.Findings(&ZonesInAllowedCountries, checktest.Account(&ZonesInAllowedCountries, tt.set), tt.parameters) {
			if f.Resource.Type == "account+region" && f.Region == tt.region {
				got = f.Status
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestZoneGroupsInAllowedCountries(t *testing.T) {
	const far = checktest.Elsewhere
	own := zoneIn("eu-central-1a", "euc1-az2", "availability-zone", "opt-in-not-required", "Germany")
	off := zoneIn(warsaw, "euc1-waw1-az1", "local-zone", "not-opted-in", "Poland")
	on := zoneIn(warsaw, "euc1-waw1-az1", "local-zone", "opted-in", "Poland")
	checktest.RunFor(t, &ZoneGroupsInAllowedCountries, far, []checktest.Case{
		{Name: "no choice", Set: on, Want: checks.NotApplicable, Reason: "neither residency"},
		{Name: "the Region's own zones need no opt-in", Set: own, Parameters: map[string]any{"allowed_regions": []string{"eu-west-1"}}, Want: checks.PASS, Reason: "has no Local Zones"},
		{Name: "a group that is not switched on", Set: together(own, off), Parameters: germany, Want: checks.PASS, Reason: "no group of Local Zones or Wavelength Zones is switched on in eu-central-1, of 1 that are offered"},
		{Name: "a group abroad", Set: together(own, on), Parameters: germany, Want: checks.FAIL, Reason: "what is switched on in eu-central-1 lies in eu-central-1-waw-1a in PL; allowed: de"},
		{Name: "a group in an allowed country", Set: zoneIn(hamburg, "euc1-ham1-az1", "local-zone", "opted-in"), Parameters: germany, Want: checks.PASS, Reason: "eu-central-1-ham-1a in DE"},
		{Name: "a group that nobody knows", Set: zoneIn(unheard, "euc1-zzz1-az1", "local-zone", "opted-in"), Parameters: germany, Want: checks.UNKNOWN, Reason: "does not know it"},
		{Name: "nothing says whether it is on", Set: zoneIn(warsaw, "euc1-waw1-az1", "local-zone", ""), Parameters: germany, Want: checks.UNKNOWN, Reason: "nothing says whether it is switched on"},
		{Name: "an old endpoint says nothing of ordinary zones", Set: zoneIn("eu-central-1a", "euc1-az2", "", ""), Parameters: germany, Want: checks.PASS, Reason: "has no Local Zones"},
		{Name: "zones unread", Set: failIn("ec2:DescribeAvailabilityZones", far), Parameters: germany, Want: checks.UNKNOWN, Reason: "ec2:DescribeAvailabilityZones"},
		{Name: "zones unread, and a group abroad", Set: together(on, failIn("ec2:DescribeAvailabilityZones", far)), Parameters: germany, Want: checks.FAIL, Reason: "in PL"},
	})
	for _, f := range checktest.Findings(&ZoneGroupsInAllowedCountries, checktest.Account(&ZoneGroupsInAllowedCountries, func(a *snapshot.Account) {
		listed, _ := a.Regions.Get()
		a.Regions = snapshot.Value(append(listed, snapshot.Region{Name: "us-east-1", Status: "ENABLED_BY_DEFAULT"}))
	}), germany) {
		if f.Region == "us-east-1" && f.Status != checks.UNKNOWN {
			t.Errorf("left out of the scan: %s %q", f.Status, f.Reason)
		}
	}
}

func TestAllowedCountriesAreWords(t *testing.T) {
	for word, ok := range map[string]bool{"de": true, "DE": true, "eu": true, "eea": true, "uk": true, "deu": false, "Germany": false, "": false, "eu-west-1": false} {
		if err := ZonesInAllowedCountries.Bounds("allowed_countries", []string{word}); (err == nil) != ok {
			t.Errorf("%q: %v", word, err)
		}
	}
	if err := ZonesInAllowedCountries.Bounds("allowed_regions", []string{"eu-west-1"}); err != nil {
		t.Errorf("another parameter: %v", err)
	}
}
