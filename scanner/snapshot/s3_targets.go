package snapshot

// BucketReference is one own bucket's mention of another bucket. Target is "" where the
// setting that would name one could not be read, and Err then says why.
type BucketReference struct {
	Meta   // of the bucket that refers, with the calls that tell
	Target string
	Err    error
}

// LogTargets are the buckets that receive the access logs of other own buckets.
// Source: S3 GetBucketLogging, LoggingEnabled.TargetBucket.
var LogTargets = references("s3 access log target", func(b Bucket) ([]string, []Call, error) {
	l, err := b.Logging.Get()
	return []string{l.TargetBucket}, b.Logging.Calls(), err
})

// ReplicaTargets are the buckets that receive copies from other own buckets.
// Source: S3 GetBucketReplication, Rules.Destination.Bucket of enabled rules.
var ReplicaTargets = references("s3 replication target", func(b Bucket) ([]string, []Call, error) {
	rules, err := b.Replication.Get()
	var out []string
	for _, r := range rules {
		if r.Enabled() {
			out = append(out, r.DestinationName())
		}
	}
	return out, b.Replication.Calls(), err
})

// references is a kind to look targets up by name. A look-up of the name "" finds a
// bucket of which nobody knows whether it refers to another.
func references(kind string, of func(Bucket) ([]string, []Call, error)) Kind[BucketReference] {
	return Kind[BucketReference]{
		Type: kind,
		All: func(a *Account) []BucketReference {
			var out []BucketReference
			for _, b := range a.S3.Buckets {
				targets, calls, err := of(b)
				meta := b.Meta
				meta.Calls = calls
				if err != nil {
					out = append(out, BucketReference{Meta: meta, Err: err})
					continue
				}
				for _, target := range targets {
					if target != "" && target != b.Name {
						out = append(out, BucketReference{Meta: meta, Target: target})
					}
				}
			}
			return out
		},
		Meta:   func(r BucketReference) Meta { return r.Meta },
		ID:     func(r BucketReference) string { return r.ARN },
		Key:    func(r BucketReference) string { return r.Target },
		Lists:  []string{"s3:ListBuckets"},
		Global: true,
	}
}
