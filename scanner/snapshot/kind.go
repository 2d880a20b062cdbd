package snapshot

import "strings"

// Kind tells how the resources of one Go type are enumerated, named and listed. It is
// the seam between the snapshot and the checks: a check is tied to a kind by
// checks.For, and the evaluator gives an UNKNOWN for each place where one of the
// operations in Lists was not read to its end.
type Kind[T any] struct {
	Type   string             // of the resource, as findings show it: "s3 bucket"
	All    func(*Account) []T // in any order; the evaluator sorts
	Meta   func(T) Meta       // location, ARN, name, tags
	ID     func(T) string     // the resource id: the ARN where AWS defines one
	Key    func(T) string     // what other resources call it (sg-…, pl-…); "" for none
	Lists  []string           // the operations that enumerate it
	Needs  []string           // those that say where a resource lies if the list does not
	Global bool               // Lists are asked once for the account, not in each Region
}

// ScannedRegions is every enabled Region that was to be scanned: those for which the
// account holds coverage, so that a Region left out by the user is not one.
func (a *Account) ScannedRegions() []string {
	var out []string
	seen := map[string]bool{}
	for _, c := range a.Coverage {
		if c.Region != Global && !seen[c.Region] {
			seen[c.Region] = true
			out = append(out, c.Region)
		}
	}
	return out
}

func arnOf(m Meta) string { return m.ARN }

// AccountOf reads the account out of an ARN; "" where it has none.
func AccountOf(arn string) string { return arnPart(arn, 4) }

// RegionOf reads the Region out of an ARN; "" where it has none.
func RegionOf(arn string) string { return arnPart(arn, 3) }

// ResourceOf reads the part of an ARN that names the resource; "" where it is none.
func ResourceOf(arn string) string { return arnPart(arn, 5) }

// PartitionOf reads the partition out of an ARN; "" where it has none.
func PartitionOf(arn string) string { return arnPart(arn, 1) }

func arnPart(arn string, i int) string {
	p := strings.SplitN(arn, ":", 6)
	if len(p) != 6 || p[0] != "arn" {
		return ""
	}
	return p[i]
}
