package checktest

import (
	"fmt"
	"strings"
	"time"

	"onus/scanner/snapshot"
)

// Object is a sampled object with the metadata names; one as name=value has the value, all
// others one that is withheld.
func Object(set func(*snapshot.SampledObject), names ...string) snapshot.SampledObject {
	h := snapshot.ObjectHead{Encryption: "AES256", Metadata: map[string]string{}}
	for _, n := range names {
		name, value, given := strings.Cut(n, "=")
		if !given {
			value = snapshot.Withheld
		}
		h.Metadata[name] = value
	}
	o := snapshot.SampledObject{Modified: time.Date(2022, 5, 1, 0, 0, 0, 0, time.UTC), Head: snapshot.Value(h), ACL: snapshot.Value([]snapshot.BucketGrant(nil))}
	if set != nil {
		set(&o)
	}
	return o
}

// Headed gives a sampled object another head.
func Headed(h snapshot.ObjectHead) func(*snapshot.SampledObject) {
	return func(o *snapshot.SampledObject) { o.Head = snapshot.Value(h) }
}

// HeadDenied makes a sampled object refuse.
func HeadDenied(o *snapshot.SampledObject) {
	o.Head = snapshot.Missing[snapshot.ObjectHead](Unread("s3:HeadObject", snapshot.Denied))
}

// Sampled gives a bucket a sample of these objects, drawn from as many keys.
func Sampled(objects ...snapshot.SampledObject) func(*snapshot.Bucket) {
	return func(b *snapshot.Bucket) {
		s := snapshot.ObjectSample{Listed: len(objects), Last: "zzz"}
		for i, o := range objects {
			o.Index = i
			if o.Key == "" {
				o.Key = fmt.Sprintf("key-%d", i)
			}
			s.Drawn = append(s.Drawn, o)
		}
		b.Sample = snapshot.Value(s)
	}
}
