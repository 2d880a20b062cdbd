// Package sampled gives checks the sample of a bucket's objects: what was drawn, within the
// check's own bounds, and what the sample cannot tell. It leaves drawing to scanner and the
// verdicts on objects to the checks.
package sampled

import (
	"fmt"
	"strconv"

	"onus/checks"
	"onus/scanner/snapshot"
)

// OptIn names the flag without which no object is looked at.
const OptIn = "sample-objects"

// Parameters are what every check of a sample has: how many objects of a bucket it looks
// at, and among how many keys they are drawn.
func Parameters(more checks.Parameters) checks.Parameters {
	out := checks.Parameters{"sample_size": 20, "max_keys": 1000}
	for name, v := range more {
		out[name] = v
	}
	return out
}

// Bounds refuses sizes that no sample can have.
func Bounds(parameter string, value any) error {
	n, _ := value.(int)
	switch {
	case parameter == "sample_size" && (n < 0 || n > 1000):
		return fmt.Errorf("sample_size is %d, want 0 to 1000", n)
	case parameter == "max_keys" && (n < 1 || n > 100_000):
		return fmt.Errorf("max_keys is %d, want 1 to 100000", n)
	}
	return nil
}

// Sample is what a check looks at.
type Sample struct {
	snapshot.ObjectSample
	Objects []snapshot.SampledObject // of ObjectSample.Drawn, those within the check's bounds
	Seed    string
}

// Of is a bucket's sample. The verdict is of use only where ok is false: there is no sample,
// or nothing in it.
func Of(b snapshot.Bucket, env checks.Env) (s Sample, v checks.Verdict, ok bool) {
	size, keys := env.Int("sample_size"), env.Int("max_keys")
	if size == 0 {
		return s, checks.DoesNotApply("sample_size is 0"), false
	}
	drawn, err := b.Sample.Get()
	switch {
	case err != nil:
		return s, checks.Unknown(err), false
	case drawn.LeftOut:
		return s, checks.DoesNotApply("the bucket is not among those of --sample-bucket"), false
	case drawn.Unneeded:
		return s, checks.Unclear("no object was looked at: whether ACLs have effect is not known"), false
	case drawn.Listed == 0:
		return s, checks.DoesNotApply("the bucket lists no object"), false
	}
	s = Sample{ObjectSample: drawn, Seed: env.Account().S3.Sampling.Seed}
	for _, o := range drawn.Drawn {
		if len(s.Objects) < size && o.Index < keys {
			s.Objects = append(s.Objects, o)
		}
	}
	if len(s.Objects) == 0 {
		return s, checks.Unclear("every object that was listed went away before it could be looked at"), false
	}
	return s, v, true
}

// Told says how large the sample is: what a PASS speaks of.
func (s Sample) Told() string {
	more := ""
	if s.Truncated {
		more = ", which are not all"
	}
	return fmt.Sprintf("%d sampled of %d listed%s", len(s.Objects), s.Listed, more)
}

// In adds to a verdict how the sample was drawn, so that the same can be drawn again.
func (s Sample) In(v checks.Verdict) checks.Verdict {
	return v.With("sampled", strconv.Itoa(len(s.Objects))).With("listed", strconv.Itoa(s.Listed)).With("seed", s.Seed)
}

// Heads are what the objects say of themselves, and the first reason why one says nothing.
func (s Sample) Heads(env checks.Env) (heads []snapshot.ObjectHead, of []snapshot.SampledObject, err error) {
	for _, o := range s.Objects {
		h, unread := checks.Use(env, o.Head)
		if unread != nil {
			if err == nil {
				err = unread
			}
			continue
		}
		heads, of = append(heads, h), append(of, o)
	}
	return heads, of, err
}
