package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"onus/checks"
	"onus/checks/sampled"
	"onus/report"
	ours3 "onus/scanner/s3"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// sampling is what the flags say of looking at objects. It is kept in a record with the
// seed that was used, so that a replay and another scan can draw the same sample.
type sampling struct {
	Objects int      `json:"sample_objects,omitempty"`
	Seed    string   `json:"sample_seed,omitempty"`
	Buckets []string `json:"sample_buckets,omitempty"`
}

func (s *sampling) flags(f *pflag.FlagSet) {
	f.IntVar(&s.Objects, "sample-objects", 0, "look at this many objects of each bucket, never at their content (needs s3:GetObject; see \"onus permissions\")")
	f.StringVar(&s.Seed, "sample-seed", "", "draw the sample by this text; the result of an earlier scan names its own")
	f.StringSliceVar(&s.Buckets, "sample-bucket", nil, "with --sample-objects, look only into buckets of these names (globs)")
}

func (s sampling) validate() error {
	if s.Objects < 0 || s.Objects > 1000 {
		return badInput("--sample-objects %d: want 1 to 1000", s.Objects)
	}
	return nil
}

// asks says that the flags ask for a check that runs only when asked for.
func (s sampling) asks(c *checks.Check) bool { return s.Objects > 0 && c.OptIn == sampled.OptIn }

// samples says that some check of a list looks at objects.
func samples(run []*checks.Check) bool {
	return slices.ContainsFunc(run, func(c *checks.Check) bool { return c.OptIn == sampled.OptIn })
}

// into puts the size of the sample into the settings of the checks that look at it, unless
// the policy says otherwise.
func (s sampling) into(set checks.Settings, run []*checks.Check) checks.Settings {
	for _, c := range run {
		if _, said := set.Parameters[c.ID]["sample_size"]; c.OptIn == sampled.OptIn && s.Objects > 0 && !said {
			set.Parameters[c.ID]["sample_size"] = s.Objects
		}
	}
	return set
}

// asked is what the scan must know of the parameters of its checks to ask about S3: how
// large a sample they want, which names, and whom they trust.
func (s sampling) asked(set checks.Settings, run []*checks.Check) ours3.Options {
	var o ours3.Options
	for _, c := range run {
		if c.OptIn == sampled.OptIn {
			o.Sample.Size = max(o.Sample.Size, intOf(set, c, "sample_size"))
			o.Sample.MaxKeys = max(o.Sample.MaxKeys, intOf(set, c, "max_keys"))
		}
		switch c.ID {
		case "s3-service-bucket-names-owned":
			o.Names = stringsOf(set, c, "patterns")
		case "s3-bucket-replicas-in-known-accounts":
			o.Owners = stringsOf(set, c, "trusted_accounts")
		}
	}
	if samples(run) && o.Sample.Size == 0 {
		o.Sample.Size = ours3.NoSample // every check's own sample_size is 0
	}
	o.Sample.Seed, o.Sample.Buckets = s.Seed, s.Buckets
	return o
}

func intOf(set checks.Settings, c *checks.Check, name string) int {
	if v, ok := set.Parameters[c.ID][name].(int); ok {
		return v
	}
	v, _ := c.Parameters[name].(int)
	return v
}

func stringsOf(set checks.Settings, c *checks.Check, name string) []string {
	if v, ok := set.Parameters[c.ID][name].([]string); ok {
		return v
	}
	v, _ := c.Parameters[name].([]string)
	return v
}

// drawn is what the result says of the sample; nil where there was none.
func drawn(of snapshot.Sampling) *report.Sampling {
	if of.Size <= 0 {
		return nil
	}
	return &report.Sampling{Objects: of.Size, MaxKeys: of.MaxKeys, Seed: of.Seed, Buckets: of.Buckets}
}

// placeholder stands in a printed policy for a bucket that nobody named.
const placeholder = "BUCKET"

// objectStatement allows looking at the objects of named buckets, and warns: the right is
// that of reading them.
func (s sampling) objectStatement(st streams, operations []string, partition string) []iamStatement {
	var needed []string
	for _, op := range operations {
		if slices.Contains(wire.Sampling, op) {
			needed = append(needed, op)
		}
	}
	if len(needed) == 0 {
		return nil
	}
	names, hint := s.Buckets, ""
	if len(names) == 0 {
		names, hint = []string{placeholder}, "; put the names of the buckets in place of "+placeholder+", or name them by --sample-bucket"
	}
	resources := make([]string, 0, len(names))
	for _, name := range names {
		resources = append(resources, fmt.Sprintf("arn:%s:s3:::%s/*", partition, name))
	}
	actions := wire.Actions(needed)
	fmt.Fprintf(st.err, "warning: %s allows reading the content of the objects, which Onus never asks for: AWS has no smaller right for HeadObject. Give it for buckets that you name, and take it away after the scan%s.\n",
		strings.Join(actions, ", "), hint)
	return []iamStatement{{"OnusLooksAtObjects", "Allow", actions, resources}}
}
