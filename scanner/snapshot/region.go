package snapshot

import "slices"

// EnabledRegion is a Region that the account has enabled, whether it was scanned or not.
// AWS defines no ARN for it: the id is ACCOUNT/REGION.
type EnabledRegion struct {
	Meta
	Status  string // RegionOptStatus or OptInStatus
	Scanned bool   // some call was planned there
}

// EnabledRegions are the enabled Regions in the order of the list; none where it is unread.
func (a *Account) EnabledRegions() []EnabledRegion {
	listed, err := a.Regions.Get()
	if err != nil {
		return nil
	}
	scanned := a.ScannedRegions()
	var out []EnabledRegion
	for _, r := range listed {
		if r.Enabled() {
			meta := Meta{Location: a.Location.In(r.Name), Name: r.Name, Calls: a.Regions.Calls()}
			out = append(out, EnabledRegion{meta, r.Status, slices.Contains(scanned, r.Name)})
		}
	}
	return out
}

// RegionsEnabled are the account's enabled Regions.
var RegionsEnabled = Kind[EnabledRegion]{
	Type: "account+region",
	All:  (*Account).EnabledRegions,
	Meta: func(r EnabledRegion) Meta { return r.Meta },
	ID:   func(r EnabledRegion) string { return r.Location.String() },
	Key:  func(r EnabledRegion) string { return r.Name },
}
