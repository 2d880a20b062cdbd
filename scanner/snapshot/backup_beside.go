package snapshot

// LifecyclePolicy is a policy of Data Lifecycle Manager. Source: DLM GetLifecyclePolicies,
// which returns all at once.
type LifecyclePolicy struct {
	Meta
	ID      string
	Type    string // PolicyType: EBS_SNAPSHOT_MANAGEMENT, IMAGE_MANAGEMENT or EVENT_BASED_POLICY
	State   string // ENABLED, DISABLED or ERROR
	Default bool   // a default policy: every resource without a recent backup, less the exclusions
	Details Read[LifecyclePolicyDetails]
}

// LifecyclePolicyDetails is what a policy does. Source: DLM GetLifecyclePolicy,
// PolicyDetails.
type LifecyclePolicyDetails struct {
	Resource   string            // VOLUME or INSTANCE; ResourceTypes or, of a default policy, ResourceType
	Locations  []string          // ResourceLocations: CLOUD, OUTPOST, LOCAL_ZONE; none: CLOUD
	TargetTags []TagCondition    // any of these
	Schedules  int               // of a custom policy
	Excluded   LifecycleExcluded // from it, whether custom or default
	Copies     []string          // Regions, or Outposts' ARNs, that the policy copies to
	Retention  []LifecycleRetention
}

// LifecycleRetention is how long one schedule keeps what it makes: for so long, or the last
// so many of those that it makes each interval.
type LifecycleRetention struct {
	Schedule string // its name; "" for a default policy
	Days     int32  // Interval and IntervalUnit, a month having 30 days; 0: by Count
	Count    int32
	Hours    int32  // CreateRule Interval; 0: by Cron
	Cron     string // CreateRule CronExpression
}

// LifecycleExcluded is what a policy leaves out: Exclusions of a default policy, Parameters
// of a custom one for instances.
type LifecycleExcluded struct {
	BootVolumes bool
	Tags        []TagCondition // any of these
	VolumeTypes []string
}

// RecycleBinRule is a retention rule of the Recycle Bin.
// Source: Recycle Bin ListRules, once for each type of resource.
type RecycleBinRule struct {
	Meta
	ID            string
	ResourceType  string // EBS_SNAPSHOT or EC2_IMAGE
	RetentionDays int32
	LockState     string              // locked, pending_unlock, unlocked, or "": never locked
	Details       Read[BinRuleDetail] // GetRule
}

// BinRuleDetail is what only the rule itself tells.
type BinRuleDetail struct {
	Status       string         // available or pending
	ResourceTags []TagCondition // with any, the rule is for resources that have one of them
	ExcludedTags []TagCondition // of a rule for all: one of them takes a resource out of it
}
