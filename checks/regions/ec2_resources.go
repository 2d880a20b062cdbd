package regions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/regions/residency"
	"onus/checks/wording"
	"onus/scanner/snapshot"
)

// ResourcesInAllowedRegions passes in a Region that the policy allows, and in any other that
// holds no live instance, no volume, no snapshot or image of the account's, and no address.
// Those of services count, since they show what was made there. A Local Zone
// or Wavelength Zone of an allowed Region may stand in a country that is not allowed; it is
// judged by its name. A Region that a service control policy closes is not known to be empty.
// Source: EC2 DescribeInstances, DescribeVolumes, DescribeAddresses, DescribeSnapshots and
// DescribeImages of the account's own; Placement.AvailabilityZone.
var ResourcesInAllowedRegions = checks.Check{
	ID:          "ec2-resources-in-allowed-regions",
	Title:       "Instances, volumes, snapshots, images and addresses exist only in allowed Regions",
	Severity:    checks.High,
	Category:    checks.Regions,
	Duty:        checks.RegionChoice,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"account:ListRegions", "ec2:DescribeRegions", "ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeImages", "ec2:DescribeAddresses"},
	Parameters:  checks.Parameters{"allowed_regions": []string{}, "allowed_countries": []string{}},
	Bounds:      countryWords,
	Remedy:      "Move what is still needed to an allowed Region, then delete it here, snapshots and images too; close the Region by a service control policy.",
	Judges:      checks.For(snapshot.RegionsEnabled, resourcesInAllowedRegion),
	Fix: checks.Fix{
		Threat: "Data lies, and machines run, where no promise to customers or authorities allows it. The courts of that place can order them handed over.",
		CLI: `aws ec2 describe-instances --region {region} --query "Reservations[].Instances[].InstanceId"
aws ec2 copy-image --source-region {region} --source-image-id IMAGE_ID --region ALLOWED_REGION --name NAME --encrypted
aws ec2 copy-snapshot --source-region {region} --source-snapshot-id SNAPSHOT_ID --region ALLOWED_REGION --encrypted
aws ec2 terminate-instances --region {region} --instance-ids INSTANCE_ID
aws ec2 delete-volume --region {region} --volume-id VOLUME_ID
aws ec2 deregister-image --region {region} --image-id IMAGE_ID
aws ec2 delete-snapshot --region {region} --snapshot-id SNAPSHOT_ID
aws ec2 release-address --region {region} --allocation-id ALLOCATION_ID`,
		Cost: "Copies between Regions cost transfer and storage. What is terminated or deleted is gone for good: check each copy before. Addresses and names change with the Region; one that was released goes to somebody else.",
	},
}

func resourcesInAllowedRegion(r snapshot.EnabledRegion, env checks.Env) checks.Verdict {
	allowed := env.Strings("allowed_regions")
	inside := slices.Contains(allowed, r.Name)
	switch {
	case len(allowed) == 0:
		return noChoice()
	case !r.Scanned && inside:
		return checks.DoesNotApply("%s was left out of the scan, and resources are allowed there", r.Name).With("resources", "")
	case !r.Scanned:
		return leftOutOfScan(r, "ec2:DescribeInstances")
	}
	var h holdings
	for _, i := range hold(&h, env, snapshot.Instances, r.Location, "instance") {
		h.zoned("instance "+i.ID, i.Place)
	}
	for _, v := range hold(&h, env, snapshot.Volumes, r.Location, "volume") {
		h.zoned("volume "+v.ID, v.Place)
	}
	for _, s := range hold(&h, env, snapshot.VolumeSnapshots, r.Location, "snapshot") {
		h.zoned("snapshot "+s.ID, s.Place)
	}
	hold(&h, env, snapshot.Images, r.Location, "image")
	if inside {
		return h.abroad(r.Name, countriesAllowed(env, allowed))
	}
	hold(&h, env, elasticIPs, r.Location, "Elastic IP")
	return h.absent(r.Name, allowed, "no instance, volume, snapshot, image or address")
}

// elasticIPs are the Elastic IP addresses, called by the address itself.
var elasticIPs = func() snapshot.Kind[snapshot.Address] {
	k := snapshot.Addresses
	k.Key = func(a snapshot.Address) string { return a.IP }
	return k
}()

func leftOutOfScan(r snapshot.EnabledRegion, op string) checks.Verdict {
	return checks.Unknown(&snapshot.Unread{Operation: op, At: r.Location, Cause: snapshot.Skipped,
		Message: "the Region is enabled, is not allowed, and was left out of the scan"})
}

// holdings are what a Region holds, as far as it was read.
type holdings struct {
	found   []string
	lacking error
	zones   map[string]string // zone → the first resource that lies in it
}

// hold adds the resources of one kind, and returns them.
func hold[T any](h *holdings, env checks.Env, k snapshot.Kind[T], at snapshot.Location, what string, counts ...func(T) bool) []T {
	items, err := checks.In(env, k, at).Get()
	h.lacking = cmp.Or(h.lacking, err)
	var ids []string
	var out []T
	for _, i := range items {
		if !slices.ContainsFunc(counts, func(f func(T) bool) bool { return !f(i) }) {
			ids = append(ids, k.Key(i))
			out = append(out, i)
		}
	}
	if len(ids) > 0 {
		h.found = append(h.found, fmt.Sprintf("%s (%s)", wording.Count(len(ids), what), wording.Few(ids, 3)))
	}
	return out
}

// zoned notes where in the Region a resource lies.
func (h *holdings) zoned(what string, p snapshot.Place) {
	if h.zones == nil {
		h.zones = map[string]string{}
	}
	if _, seen := h.zones[p.Zone]; !seen && p.Zone != "" {
		h.zones[p.Zone] = what
	}
}

// absent judges a Region in which nothing of this may be.
func (h *holdings) absent(region string, allowed []string, nothing string) checks.Verdict {
	found := strings.Join(h.found, ", ")
	switch {
	case len(h.found) > 0:
		return checks.Fail("%s holds %s; allowed: %s", region, found, strings.Join(allowed, ", ")).With("resources", found)
	case h.lacking != nil:
		return checks.Unknown(h.lacking)
	}
	return checks.Pass("%s is not allowed, and holds %s", region, nothing).With("resources", "")
}

// abroad judges the zones that are in use in an allowed Region, by the words for the allowed
// countries.
func (h *holdings) abroad(region string, countries []string) checks.Verdict {
	var outside, unplaced []string
	for zone, what := range h.zones {
		switch z, ok := residency.LookupZone(zone); {
		case !ok:
			unplaced = append(unplaced, zone+" ("+what+")")
		case z.Kind != residency.AvailabilityZone && !admits(countries, z.Country):
			outside = append(outside, fmt.Sprintf("%s in %s (%s)", zone, z.Country, what))
		}
	}
	slices.Sort(outside)
	slices.Sort(unplaced)
	found := strings.Join(outside, ", ")
	switch {
	case len(outside) > 0:
		return checks.Fail("%s is allowed, and zones of it that are in use stand in other countries: %s; allowed: %s", region, found, strings.Join(countries, ", ")).With("resources", found)
	case h.lacking != nil:
		return checks.Unknown(h.lacking)
	case len(unplaced) > 0:
		return checks.Unclear("%s is allowed, and the table of %s does not know where zones of it stand: %s", region, residency.Date, strings.Join(unplaced, ", ")).With("resources", "")
	}
	return checks.Pass("%s is allowed, and no zone in use stands in another country", region).With("resources", "")
}

// countriesOf are the countries of Regions, sorted; a Region that the table does not know
// adds none.
func countriesOf(regions []string) (out []string) {
	for _, name := range regions {
		if r, ok := residency.Lookup(name); ok && !slices.Contains(out, r.Country) {
			out = append(out, r.Country)
		}
	}
	slices.Sort(out)
	return out
}
