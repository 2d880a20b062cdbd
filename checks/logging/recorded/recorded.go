// Package recorded answers which events the selectors of a trail or of an event data
// store record. Whether the trail is logging, and which Regions it covers, is left to the
// checks. It reads no account and gives no verdict.
//
// Source: AWS CloudTrail User Guide, "Logging data events" and "Filtering data events by
// using advanced event selectors": several field selectors of one selector must all hold;
// of several selectors one is enough. For one field the selecting operators are joined by
// OR, the excluding ones (those that begin with Not) by AND.
package recorded

import (
	"slices"
	"strings"

	"onus/scanner/snapshot"
)

// Use is one half of all events.
type Use uint8

// Reads are the events whose readOnly is true, Writes all others.
const (
	Reads Use = iota
	Writes
)

func (u Use) readOnly() string {
	if u == Reads {
		return "true"
	}
	return "false"
}

// in says that a basic selector's ReadWriteType takes the use in. AWS's default is All.
func (u Use) in(readWriteType string) bool {
	switch readWriteType {
	case "", "All":
		return true
	case "ReadOnly":
		return u == Reads
	}
	return readWriteType == "WriteOnly" && u == Writes
}

// Share is how much of some events is recorded.
type Share uint8

// The shares. Part may be nearly all: it says that something is left out.
const (
	None Share = iota
	Part
	All
)

// Objects says how much of one use of a bucket's objects is recorded. bucket is its ARN.
func Objects(s snapshot.EventSelectors, bucket string, use Use) Share {
	share := None
	for _, e := range s.Basic {
		if use.in(e.ReadWriteType) {
			share = max(share, basicObjects(e, bucket))
		}
	}
	for _, e := range s.Advanced {
		share = max(share, advancedObjects(e, bucket+"/", use))
	}
	return share
}

const objectType = "AWS::S3::Object"

// basicObjects knows three forms that mean a whole bucket: the service, every bucket, and
// the bucket with its slash. Anything longer is a prefix of keys, and the bucket's ARN
// without the slash is no form at all.
func basicObjects(e snapshot.EventSelector, bucket string) Share {
	start, _, _ := strings.Cut(bucket, ":::")
	share := None
	for _, d := range e.Data {
		if d.Type != objectType {
			continue
		}
		for _, v := range d.Values {
			switch {
			case v == start, v == start+":::", v == bucket+"/":
				return All
			case strings.HasPrefix(v, bucket+"/"), v == bucket:
				share = Part
			}
		}
	}
	return share
}

func advancedObjects(e snapshot.AdvancedEventSelector, objects string, use Use) Share {
	share := All
	category, kind := false, false
	for _, f := range e.Fields {
		switch f.Field {
		case "eventCategory":
			category = takes(f, "Data")
			if !category {
				return None
			}
		case "resources.type":
			kind = takes(f, objectType)
			if !kind {
				return None
			}
		case "readOnly":
			if !takes(f, use.readOnly()) {
				return None
			}
		case "eventSource":
			if !takes(f, "s3.amazonaws.com") {
				return None
			}
		case "resources.ARN":
			share = min(share, takesBelow(f, objects))
		default:
			share = min(share, Part) // it narrows to certain events or callers
		}
	}
	if !category || !kind {
		return None
	}
	return share
}

// takes says that a field with the value meets the selector.
func takes(f snapshot.FieldSelector, value string) bool {
	is := func(v string) bool { return v == value }
	begins := func(v string) bool { return strings.HasPrefix(value, v) }
	ends := func(v string) bool { return strings.HasSuffix(value, v) }
	if slices.ContainsFunc(f.NotEquals, is) || slices.ContainsFunc(f.NotStartsWith, begins) || slices.ContainsFunc(f.NotEndsWith, ends) {
		return false
	}
	return len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) == 0 ||
		slices.ContainsFunc(f.Equals, is) || slices.ContainsFunc(f.StartsWith, begins) || slices.ContainsFunc(f.EndsWith, ends)
}

// takesBelow says how many of the values that begin with a prefix meet the selector.
func takesBelow(f snapshot.FieldSelector, prefix string) Share {
	share := All
	if len(f.Equals)+len(f.StartsWith)+len(f.EndsWith) > 0 {
		share = selected(f, prefix)
	}
	for _, v := range f.NotStartsWith {
		switch {
		case strings.HasPrefix(prefix, v):
			return None
		case strings.HasPrefix(v, prefix):
			share = min(share, Part)
		}
	}
	if len(f.NotEndsWith) > 0 || slices.ContainsFunc(f.NotEquals, func(v string) bool { return strings.HasPrefix(v, prefix) }) {
		share = min(share, Part)
	}
	return share
}

func selected(f snapshot.FieldSelector, prefix string) Share {
	share := None
	for _, v := range f.StartsWith {
		switch {
		case strings.HasPrefix(prefix, v):
			return All
		case strings.HasPrefix(v, prefix):
			share = Part
		}
	}
	if len(f.EndsWith) > 0 || slices.ContainsFunc(f.Equals, func(v string) bool { return strings.HasPrefix(v, prefix) }) {
		share = Part
	}
	return share
}

// Excludable are the event sources that a trail may leave out of management events
// because they are many: their events are still nearly always of one service's data.
// Source: CloudTrail API Reference, EventSelector, ExcludeManagementEventSources.
var Excludable = []string{"kms.amazonaws.com", "rdsdata.amazonaws.com"}

// Management says how much of the management events is recorded, reads and writes
// together, and which of the Excludable sources are left out.
func Management(s snapshot.EventSelectors) (share Share, excluded []string) {
	var found [2]Share
	add := func(here Share, uses func(Use) bool, sources []string) {
		for _, u := range []Use{Reads, Writes} {
			if here > None && uses(u) {
				found[u] = max(found[u], here)
				excluded = append(excluded, sources...)
			}
		}
	}
	for _, e := range s.Basic {
		if e.Management {
			add(besides(e.Excluded), func(u Use) bool { return u.in(e.ReadWriteType) }, e.Excluded)
		}
	}
	for _, e := range s.Advanced {
		here, sources, uses := advancedManagement(e)
		add(here, uses, sources)
	}
	slices.Sort(excluded)
	excluded = slices.Compact(excluded)
	switch {
	case found[Reads] == All && found[Writes] == All:
		return All, excluded
	case found[Reads] == None && found[Writes] == None:
		return None, nil
	}
	return Part, excluded
}

// besides is All where only Excludable sources are left out.
func besides(sources []string) Share {
	if slices.ContainsFunc(sources, func(v string) bool { return !slices.Contains(Excludable, v) }) {
		return Part
	}
	return All
}

func advancedManagement(e snapshot.AdvancedEventSelector) (share Share, excluded []string, uses func(Use) bool) {
	share, category := All, false
	uses = func(Use) bool { return true }
	for _, f := range e.Fields {
		switch f.Field {
		case "eventCategory":
			category = takes(f, "Management")
		case "readOnly":
			uses = func(u Use) bool { return takes(f, u.readOnly()) }
		case "eventSource":
			excluded = f.NotEquals
			share = min(share, besides(excluded))
			if len(f.Equals)+len(f.StartsWith)+len(f.EndsWith)+len(f.NotStartsWith)+len(f.NotEndsWith) > 0 {
				share = min(share, Part)
			}
		default:
			share = min(share, Part)
		}
	}
	if !category {
		return None, nil, uses
	}
	return share, excluded, uses
}
