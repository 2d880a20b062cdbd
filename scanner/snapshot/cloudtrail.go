package snapshot

import "slices"

// CloudTrail is what was read of CloudTrail in all Regions.
type CloudTrail struct {
	Trails []Trail // each once, however many Regions show it
	Stores []EventDataStore
}

// Trail is a trail, at its home Region. A trail of all Regions shows in each of them, and
// one of the organization in each of its accounts, as a shadow.
// Source: CloudTrail DescribeTrails with shadow trails.
type Trail struct {
	Meta
	MultiRegion  bool   // IsMultiRegionTrail
	Organization bool   // IsOrganizationTrail
	Bucket       string // S3BucketName
	LogGroup     string // CloudWatchLogsLogGroupArn; "" for none
	KMSKeyID     string
	Validated    bool       // LogFileValidationEnabled
	Sightings    []Sighting // where it shows, by Region

	Logging   Read[bool]           // GetTrailStatus IsLogging, of the home Region
	Selectors Read[EventSelectors] // GetEventSelectors, of the home Region
}

// Sighting is a Region whose list shows a trail, and the call that does.
type Sighting struct {
	Region string
	Calls  []Call
}

// EventSelectors say which events are recorded. A trail has selectors of one kind only.
// Source: CloudTrail GetEventSelectors and GetEventDataStore.
type EventSelectors struct {
	Basic    []EventSelector
	Advanced []AdvancedEventSelector
}

// EventSelector is a basic event selector.
type EventSelector struct {
	ReadWriteType string // All, ReadOnly or WriteOnly; "" is All
	Management    bool   // IncludeManagementEvents; absent: true
	Excluded      []string
	Data          []DataResource
}

// DataResource names resources whose data events a basic selector records.
type DataResource struct {
	Type   string
	Values []string // ARNs, or beginnings of ARNs
}

// AdvancedEventSelector records the events that meet all its fields.
type AdvancedEventSelector struct {
	Name   string
	Fields []FieldSelector
}

// FieldSelector is what one field of an event must be like.
type FieldSelector struct {
	Field                                 string
	Equals, StartsWith, EndsWith          []string // one of all these
	NotEquals, NotStartsWith, NotEndsWith []string // and none of these
}

// EventDataStore is a store of CloudTrail Lake. Source: CloudTrail ListEventDataStores.
type EventDataStore struct {
	Meta
	Settings Read[StoreSettings] // GetEventDataStore
}

// StoreSettings are what an event data store records.
type StoreSettings struct {
	Status       string
	MultiRegion  bool // MultiRegionEnabled
	Organization bool // OrganizationEnabled
	Selectors    EventSelectors
}

// Trails are the trails that the account sees, each once, at its home Region.
var Trails = Kind[Trail]{
	Type:  "trail",
	All:   func(a *Account) []Trail { return a.Trail.Trails },
	Meta:  func(t Trail) Meta { return t.Meta },
	ID:    func(t Trail) string { return t.ARN },
	Key:   func(t Trail) string { return t.ARN },
	Lists: []string{"cloudtrail:DescribeTrails"},
}

// TrailsSeen are the trails once for each Region that shows them: all that record in it.
var TrailsSeen = Kind[Trail]{
	Type: "trail in region",
	All: func(a *Account) []Trail {
		var out []Trail
		for _, t := range a.Trail.Trails {
			for _, s := range t.Sightings {
				t.Location, t.Calls = t.In(s.Region), s.Calls
				out = append(out, t)
			}
		}
		return out
	},
	Meta:  func(t Trail) Meta { return t.Meta },
	ID:    func(t Trail) string { return t.ARN },
	Key:   func(t Trail) string { return t.ARN },
	Lists: []string{"cloudtrail:DescribeTrails"},
}

// TrailsElsewhere are the trails whose bucket is none of those that were scanned: it is
// another account's, or it lies in a Region that was left out.
var TrailsElsewhere = Kind[Trail]{
	Type: "trail",
	All: func(a *Account) []Trail {
		var out []Trail
		for _, t := range a.Trail.Trails {
			if !slices.ContainsFunc(a.S3.Buckets, func(b Bucket) bool { return b.Name == t.Bucket }) {
				out = append(out, t)
			}
		}
		return out
	},
	Meta:  func(t Trail) Meta { return t.Meta },
	ID:    func(t Trail) string { return t.ARN },
	Key:   func(t Trail) string { return t.ARN },
	Lists: []string{"cloudtrail:DescribeTrails"},
}

// EventDataStores are the event data stores, each in the Region that holds it.
var EventDataStores = Kind[EventDataStore]{
	Type:  "event data store",
	All:   func(a *Account) []EventDataStore { return a.Trail.Stores },
	Meta:  func(s EventDataStore) Meta { return s.Meta },
	ID:    func(s EventDataStore) string { return s.ARN },
	Key:   func(s EventDataStore) string { return s.ARN },
	Lists: []string{"cloudtrail:ListEventDataStores"},
}
