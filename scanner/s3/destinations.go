package s3

import (
	"context"
	"slices"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// destinations tells the Region of each bucket that an enabled replication rule copies
// to: what the list says of own buckets, else what HeadBucket says, once for each name.
func destinations(ctx context.Context, in collect.Scope, api API, all []snapshot.Bucket, own map[string]snapshot.Read[string]) map[string]snapshot.Read[string] {
	found := map[string]snapshot.Read[string]{}
	var foreign []string
	for _, b := range all {
		rules, err := b.Replication.Get()
		if err != nil {
			continue // the check on replication meets the same failure
		}
		for _, r := range rules {
			name := r.DestinationName()
			if _, known := found[name]; known || !r.Enabled() || name == "" {
				continue
			}
			region, listed := own[name]
			found[name] = region
			if !listed {
				foreign = append(foreign, name)
			}
		}
	}
	regions := make([]snapshot.Read[string], len(foreign))
	in.Each(ctx, len(foreign), func(i int) { regions[i] = headRegion(ctx, in, api, foreign[i]) })
	for i, name := range foreign {
		found[name] = regions[i]
	}
	return found
}

// destinationsKnown says that every bucket's replication was read, as far as anybody
// wants it: else there may be destinations that were not asked about.
func destinationsKnown(in collect.Scope, all []snapshot.Bucket) bool {
	return !in.Wants("s3:GetBucketReplication") || !slices.ContainsFunc(all, func(b snapshot.Bucket) bool {
		_, err := b.Replication.Get()
		return err != nil
	})
}
