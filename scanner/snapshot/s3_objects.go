package snapshot

import "time"

// Sampling says how objects are sampled: it is part of what a scan asks, so that the same
// sample can be drawn again.
type Sampling struct {
	Size    int      // objects of each bucket at most
	MaxKeys int      // keys of each bucket that are listed at most
	Seed    string   // of the draw
	Buckets []string // globs of names; empty: all
}

// ObjectSample is a few of a bucket's objects. Source: S3 ListObjectsV2.
type ObjectSample struct {
	LeftOut   bool   // the bucket is not among those that are sampled
	Unneeded  bool   // nothing was asked: the ACLs of objects alone are wanted, and here they have no effect, or it is not known whether
	Listed    int    // keys that were listed
	Truncated bool   // there are more
	Last      string // the last key that was listed
	Drawn     []SampledObject
	Gone      int // objects that went away between list and look; others took their place
}

// SampledObject is one object of a sample, in the order of the draw. Keys are data:
// reasons do not name them.
type SampledObject struct {
	Index    int // its place in the list, from 0
	Key      string
	Size     int64
	Modified time.Time
	Followed []string // what follows the key in other listed keys that begin with it
	Follows  []string // the ends of the key before which it is another listed key

	Head Read[ObjectHead]    // HeadObject
	ACL  Read[[]BucketGrant] // GetObjectAcl
}

// ObjectHead is what an object says of itself. Source: S3 HeadObject.
type ObjectHead struct {
	BadRequest bool              // status 400: it is encrypted with a key that the request must bring
	Encryption string            // ServerSideEncryption; "" for none
	KMSKeyID   string            // SSEKMSKeyId
	Metadata   map[string]string // user metadata: Withheld in place of each value that is no name of an algorithm
}

// Withheld stands for a metadata value that is there and is not kept.
const Withheld = "(withheld)"
