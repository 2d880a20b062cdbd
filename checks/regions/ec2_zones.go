package regions

import (
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

const listZones = "ec2:DescribeAvailabilityZones"

// ZonesInAllowedCountries passes when what lies in a Local Zone or Wavelength Zone lies in a
// country that is allowed: zones of an allowed Region may stand elsewhere. Where an Outpost
// stands AWS does not tell; one that declared_outposts names passes, and any other is not
// known. Where a Region uses ordinary zones alone, the Region stands for that.
// Source: EC2 DescribeAvailabilityZones ZoneType and Geography, else the table of zones;
// DescribeSubnets, DescribeInstances, DescribeVolumes and DescribeSnapshots, AvailabilityZone
// and OutpostArn; RDS DescribeDBInstances, AvailabilityZone and DBSubnetGroup; S3
// ListDirectoryBuckets, whose names hold the zone.
var ZonesInAllowedCountries = checks.Check{
	ID:          "ec2-zones-in-allowed-countries",
	Title:       "Local Zones, Wavelength Zones and Outposts in use lie in an allowed country",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads: []string{"account:ListRegions", listZones, "ec2:DescribeSubnets", "ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSnapshots",
		"rds:DescribeDBInstances", "s3:ListDirectoryBuckets"},
	Parameters: checks.Parameters{"allowed_regions": []string{}, "allowed_countries": []string{}, "declared_outposts": []string{}},
	Bounds:     countryWords,
	Remedy:     "Move what lies there into a zone in an allowed country, or name the country in allowed_countries, the Outpost in declared_outposts.",
	Judges:     zonesJudged(),
	Fix: checks.Fix{
		Threat: "The Region's name promises one country, and the machine stands in another. The authorities of that country can reach the data and the hardware.",
		CLI: `aws ec2 describe-availability-zones --region {region} --all-availability-zones --query "AvailabilityZones[].[ZoneName,ZoneId,ZoneType,OptInStatus,Geography]"
# for ebs volume
aws ec2 create-snapshot --region {region} --volume-id {id}
aws ec2 create-volume --region {region} --snapshot-id SNAPSHOT_ID --availability-zone ALLOWED_ZONE
# for subnet
aws ec2 create-subnet --region {region} --vpc-id VPC_ID --cidr-block CIDR --availability-zone ALLOWED_ZONE`,
		Terraform: `# for subnet
resource "aws_subnet" "home" {
  vpc_id            = "VPC_ID"
  cidr_block        = "CIDR"
  availability_zone = "ALLOWED_ZONE"
}`,
		Cost: "Nothing can be moved between zones: instances and databases are made anew from snapshots, with other addresses, and stand still meanwhile. The snapshot of a volume lies in the parent Region unless a Local Zone was named for it.",
	},
}

// ZoneGroupsInAllowedCountries passes when no group of Local Zones or Wavelength Zones is
// switched on in the Region that stands outside of the allowed countries. The Region's own
// zones need no opt-in, and other rows judge those.
// Source: EC2 DescribeAvailabilityZones with AllAvailabilityZones, OptInStatus, GroupName and
// Geography, else the table of zones.
var ZoneGroupsInAllowedCountries = checks.Check{
	ID:          "ec2-zone-groups-in-allowed-countries",
	Title:       "No Local or Wavelength Zone group outside the allowed countries is switched on",
	Severity:    checks.Low,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        3,
	Reads:       []string{"account:ListRegions", listZones},
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "allowed_countries": []string{}},
	Bounds:      countryWords,
	Remedy:      "Empty the group's zones and ask AWS Support to switch it off; deny ec2:ModifyAvailabilityZoneGroup.",
	Judges:      checks.For(snapshot.RegionsEnabled, zoneGroupsInAllowedCountries),
	Fix: checks.Fix{
		Threat: "Anybody who may make a subnet in the Region can put machines into another country, and nothing in the Region's name tells. A group that is switched on is offered like any other zone.",
		CLI: `aws ec2 describe-availability-zones --region {region} --all-availability-zones --filters Name=opt-in-status,Values=opted-in
aws ec2 describe-subnets --region {region} --filters Name=availability-zone,Values=ZONE_NAME --query "Subnets[].SubnetId"`,
		Cost: "Anybody with ec2:ModifyAvailabilityZoneGroup switches a group on; AWS Support alone switches it off, by a case, after all that lies in it was deleted. A service control policy that denies the action keeps further groups off.",
	},
}

// zoned are the kinds of what lies in zones.
var zoned = []zonedKind{
	ofKind(snapshot.Subnets, "the subnet", func(s snapshot.Subnet) []snapshot.Place {
		if !ownedBy(s.Owner, s.Account) {
			return nil // its owner's to place
		}
		return []snapshot.Place{{Zone: s.Zone, Outpost: s.Outpost}}
	}),
	ofKind(snapshot.Instances, "the instance", func(i snapshot.Instance) []snapshot.Place { return []snapshot.Place{i.Place} }),
	ofKind(snapshot.Volumes, "the volume", func(v snapshot.Volume) []snapshot.Place { return []snapshot.Place{v.Place} }),
	ofKind(snapshot.VolumeSnapshots, "the snapshot", func(s snapshot.VolumeSnapshot) []snapshot.Place { return []snapshot.Place{s.Place} }),
	ofKind(snapshot.DBInstances, "the DB instance", databasePlaces),
	ofKind(snapshot.DirectoryBuckets, "the directory bucket", bucketPlaces),
}

// zonedKind is a kind of what lies in zones, and what is asked of it.
type zonedKind struct {
	judges  checks.Judges                             // those that lie elsewhere than in ordinary zones
	special func(*snapshot.Account) []string          // the Regions of those
	unread  func(checks.Env, snapshot.Location) error // why there may be more in a Region
}

// ofKind says where the resources of a kind lie. Those that lie elsewhere than in the
// ordinary zones of their Region are judged; which these are depends on the list of zones.
func ofKind[T any](k snapshot.Kind[T], what string, places func(T) []snapshot.Place) zonedKind {
	special := k
	special.Lists = append(slices.Clone(k.Lists), listZones)
	special.All = func(a *snapshot.Account) (out []T) {
		zones := zonesOf(a)
		for _, v := range k.All(a) {
			if len(zones.special(k.Meta(v).Region, places(v))) > 0 {
				out = append(out, v)
			}
		}
		return out
	}
	return zonedKind{
		judges: checks.For(special, func(v T, env checks.Env) checks.Verdict {
			allowed := env.Strings("allowed_regions")
			if len(allowed) == 0 {
				return noChoice()
			}
			at := k.Meta(v).Location
			found := placed{allowed: countriesAllowed(env, allowed)}
			for _, p := range zonesOf(env.Account()).special(at.Region, places(v)) {
				found.look(env, at, p)
			}
			return found.verdict(what)
		}),
		special: func(a *snapshot.Account) (out []string) {
			for _, v := range special.All(a) {
				out = append(out, k.Meta(v).Region)
			}
			return out
		},
		unread: func(env checks.Env, at snapshot.Location) error {
			_, err := checks.In(env, k, at).Get()
			return err
		},
	}
}

// databasePlaces are the zones of the instance and those of its subnet group, in each of
// which it may be made again.
func databasePlaces(d snapshot.DBInstance) []snapshot.Place {
	if d.Ended() {
		return nil
	}
	out := []snapshot.Place{{Zone: d.Zone}, {Zone: d.SecondaryZone}}
	for _, s := range d.Subnets {
		if p := (snapshot.Place{Zone: s.Zone, Outpost: s.Outpost}); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// bucketPlaces is the zone of a directory bucket, whose id its name holds: BASE--ZONE--x-s3.
// Source: Amazon S3 User Guide, "Directory bucket naming rules".
func bucketPlaces(b snapshot.Bucket) []snapshot.Place {
	name, ok := strings.CutSuffix(b.Name, "--x-s3")
	i := strings.LastIndex(name, "--")
	if !ok || i < 0 {
		return nil
	}
	return []snapshot.Place{{Zone: name[i+2:]}}
}

// ordinaryRegions are the enabled Regions in which all that was read lies in ordinary zones.
var ordinaryRegions = regionsWithout(func(a *snapshot.Account) (out []string) {
	for _, k := range zoned {
		out = append(out, k.special(a)...)
	}
	return out
})

func zonesJudged() checks.Judges {
	out := checks.For(ordinaryRegions, ordinaryZonesAlone)
	for _, k := range zoned {
		out = out.And(k.judges)
	}
	return out
}

func ordinaryZonesAlone(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	switch {
	case len(env.Strings("allowed_regions")) == 0:
		return noChoice()
	case !r.Scanned:
		return checks.Unknown(&snapshot.Unread{Operation: listZones, At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"})
	}
	_, lacking := checks.In(env, snapshot.Zones, r.Location).Get()
	for _, k := range zoned {
		if err := k.unread(env, r.Location); err != nil {
			lacking = err
		}
	}
	if lacking != nil {
		return checks.Unknown(lacking)
	}
	return checks.DoesNotApply("all that lies in %s lies in its ordinary zones", r.Name)
}

func zoneGroupsInAllowedCountries(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	switch {
	case len(allowed) == 0:
		return noChoice()
	case !r.Scanned:
		return checks.Unknown(&snapshot.Unread{Operation: listZones, At: r.Location, Cause: snapshot.Skipped, Message: "the Region is enabled and was left out of the scan"})
	}
	zones, lacking := checks.In(env, snapshot.Zones, r.Location).Get()
	found := placed{allowed: countriesAllowed(env, allowed), lacking: lacking}
	off := map[string]bool{}
	for _, z := range zones {
		switch {
		case z.OptIn == "not-opted-in":
			off[z.Group] = true
		case z.OptIn == "opted-in":
			found.zone(z, z.Name)
		case z.OptIn == "" && !ordinary(z.Name, z.Type):
			found.unclear = append(found.unclear, "of "+z.Name+" nothing says whether it is switched on")
		}
	}
	v := found.verdict("what is switched on in " + r.Name)
	switch {
	case v.Status != checks.PASS || len(found.inside) > 0:
		return v
	case len(off) == 0:
		return checks.Pass("%s has no Local Zones or Wavelength Zones that could be switched on", r.Name).With("zones", "")
	}
	return checks.Pass("no group of Local Zones or Wavelength Zones is switched on in %s, of %d that are offered", r.Name, len(off)).With("zones", "")
}
