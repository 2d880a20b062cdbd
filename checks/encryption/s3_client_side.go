package encryption

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"onus/checks"
	"onus/checks/encryption/envelope"
	"onus/checks/sampled"
	"onus/scanner/snapshot"
)

var objectReads = []string{"s3:ListBuckets", "s3:ListObjectsV2", "s3:HeadObject"}

// ObjectSampleClientSideEncrypted passes when every sampled object of a bucket that must
// hold only what was encrypted before upload carries the mark of it: metadata of the Amazon
// S3 Encryption Client, an instruction file beside it, or a mark of another client that is
// declared. Server-side encryption is something else. The mark is evidence and no proof.
// Source: S3 HeadObject, x-amz-meta-*; the specification of the S3 Encryption Client.
var ObjectSampleClientSideEncrypted = checks.Check{
	ID:          "s3-object-sample-client-side-encrypted",
	Title:       "Objects in S3 buckets that must be encrypted before upload carry the marks of it",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.ClientSideEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        2,
	OptIn:       sampled.OptIn,
	Reads:       objectReads,
	Parameters:  sampled.Parameters(checks.Parameters{"client_side_buckets": []string{}, "marker_keys": []string{}, "instruction_suffix": ".instruction"}),
	Bounds:      sampled.Bounds,
	Remedy:      "Upload through a client that encrypts, then replace the objects that are there; declare the metadata keys of other clients in marker_keys, or drop the bucket from client_side_buckets.",
	Judges:      checks.For(snapshot.Buckets, objectSampleClientSideEncrypted),
	Fix: checks.Fix{
		Threat: "Whoever may read the bucket reads the data, AWS's service included: server-side encryption is undone for every permitted reader. What was promised to be readable for its owner alone is not.",
		CLI: `aws s3api list-objects-v2 --bucket {name} --query "Contents[].Key" --output text
aws s3api head-object --bucket {name} --key KEY --query Metadata`,
		Cost: "No setting of AWS's does it: the writing program must use the Amazon S3 Encryption Client (or another) and hold a key. Objects that are there have to be read, encrypted and written again, and their old versions deleted. Server-side features that read content (Select, Athena, replication with inspection) no longer see it.",
	},
}

// ObjectSampleClientSideCurrent passes when no sampled object with the client's marks was
// encrypted by an outdated method: format 1, AES/CBC, or a wrapping without context.
// Source: the specification of the S3 Encryption Client, "Content Metadata Values".
var ObjectSampleClientSideCurrent = checks.Check{
	ID:          "s3-object-sample-client-side-encryption-current",
	Title:       "No sampled S3 object is encrypted by a client with an outdated method",
	Severity:    checks.Medium,
	Category:    checks.Encryption,
	Duty:        checks.ClientSideEncryption,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	OptIn:       sampled.OptIn,
	Reads:       objectReads,
	Parameters:  sampled.Parameters(checks.Parameters{"require_commitment": false}),
	Bounds:      sampled.Bounds,
	Remedy:      "Move to the current Amazon S3 Encryption Client, encrypt the old objects anew, then forbid it to read outdated formats.",
	Judges:      checks.For(snapshot.Buckets, objectSampleClientSideCurrent),
	Fix: checks.Fix{
		Threat: "AES/CBC without a tag lets somebody who may write to the bucket change the plaintext unseen, and guess at it byte by byte where a reader tells errors apart. A wrapping without context lets a data key be taken from one object to another.",
		CLI: `aws s3api list-objects-v2 --bucket {name} --query "Contents[].Key" --output text
aws s3api head-object --bucket {name} --key KEY --query "Metadata"`,
		Cost: "Every old object has to be read with the old method allowed and written again with the new one. Update all readers first: older clients cannot read format 3.",
	},
}

func objectSampleClientSideEncrypted(b snapshot.Bucket, env checks.Env) checks.Verdict {
	globs := env.Strings("client_side_buckets")
	if !slices.ContainsFunc(globs, func(g string) bool { ok, err := path.Match(g, b.Name); return err == nil && ok }) {
		return checks.DoesNotApply("the bucket is not among client_side_buckets (%s)", strings.Join(globs, ", "))
	}
	s, v, ok := sampled.Of(b, env)
	if !ok {
		return v
	}
	heads, objects, lacking := s.Heads(env)
	suffix, markers := env.String("instruction_suffix"), env.Strings("marker_keys")
	seen := map[envelope.Form]int{}
	instructions, locked, mixed, beyond := 0, 0, 0, 0
	for i, h := range heads {
		o := objects[i]
		mark := envelope.Of(h, o.Followed, suffix, markers)
		switch {
		case h.BadRequest:
			locked++ // its metadata is not told without its key
		case envelope.IsInstruction(o, h, suffix):
			instructions++
		case mark.Mixed:
			mixed++
		case mark.Form == envelope.None && s.Truncated && suffix != "" && o.Key+suffix > s.Last:
			beyond++
		default:
			seen[mark.Form]++
		}
	}
	marks := counted(seen)
	told := func(v checks.Verdict) checks.Verdict {
		return s.In(v).With("unmarked", strconv.Itoa(seen[envelope.None])).With("marks", marks)
	}
	switch {
	case seen[envelope.None]+mixed > 0:
		return told(checks.Fail("%s%s; %s", bare(seen[envelope.None], mixed), others(marks), s.Told()))
	case lacking != nil:
		return told(checks.Unknown(lacking))
	case locked > 0:
		return told(checks.Unclear("objects under a customer-provided key (SSE-C), without which their metadata is not told: %d; %s", locked, s.Told()))
	case beyond > 0:
		return told(checks.Unclear("objects without a mark whose instruction files would lie beyond the keys that were listed: %d; %s", beyond, s.Told()))
	case marks == "":
		return told(checks.DoesNotApply("all sampled objects are instruction files: %s", s.Told()))
	}
	return told(checks.Pass("every object carries a mark of encryption before upload, which is evidence and no proof (%s): %s", marks, s.Told()+without(instructions)))
}

// counted lists how many objects have which mark.
func counted(seen map[envelope.Form]int) string {
	var out []string
	for _, f := range []envelope.Form{envelope.Format1, envelope.Format2, envelope.Format3, envelope.InFile, envelope.Other} {
		if seen[f] > 0 {
			out = append(out, fmt.Sprintf("%d with %s", seen[f], f))
		}
	}
	return strings.Join(out, ", ")
}

// bare says how many objects lack a mark, and how many have too many.
func bare(unmarked, mixed int) string {
	var out []string
	if unmarked > 0 {
		out = append(out, fmt.Sprintf("objects without a mark of encryption before upload: %d", unmarked))
	}
	if mixed > 0 {
		out = append(out, fmt.Sprintf("objects with marks of several formats, which the client refuses: %d", mixed))
	}
	return strings.Join(out, "; ")
}

func others(marks string) string {
	if marks == "" {
		return ""
	}
	return "; of the others: " + marks
}

func without(instructions int) string {
	if instructions == 0 {
		return ""
	}
	return fmt.Sprintf(", instruction files left out: %d", instructions)
}

func objectSampleClientSideCurrent(b snapshot.Bucket, env checks.Env) checks.Verdict {
	s, v, ok := sampled.Of(b, env)
	if !ok {
		return v
	}
	heads, objects, lacking := s.Heads(env)
	const suffix = ".instruction"
	marked, hidden, uncommitted := 0, 0, 0
	outdated := map[string]int{}
	unknown := ""
	for i, h := range heads {
		mark := envelope.Of(h, objects[i].Followed, suffix, nil)
		if h.BadRequest || mark.Form == envelope.None || envelope.IsInstruction(objects[i], h, suffix) {
			continue
		}
		marked++
		which, strange := mark.Outdated()
		for _, w := range which {
			outdated[w]++
		}
		switch {
		case mark.Form == envelope.InFile || mark.Content == "" && mark.Form != envelope.Format1:
			hidden++
		case strange != "":
			unknown = strange
		case mark.Form != envelope.Format3:
			uncommitted++
		}
	}
	methods := counts(outdated)
	told := func(v checks.Verdict) checks.Verdict {
		return s.In(v).With("outdated", methods).With("marked", strconv.Itoa(marked))
	}
	switch {
	case len(outdated) > 0:
		return told(checks.Fail("outdated methods: %s; objects with a client's marks: %d; %s", methods, marked, s.Told()))
	case env.Bool("require_commitment") && uncommitted > 0:
		return told(checks.Fail("objects with a client's marks and no key commitment (format 3): %d of %d; %s", uncommitted, marked, s.Told()))
	case lacking != nil:
		return told(checks.Unknown(lacking))
	case unknown != "":
		return told(checks.Unclear("the method %q is not one that the client's specification names: %s", unknown, s.Told()))
	case hidden > 0:
		return told(checks.Unclear("objects whose methods stand in instruction files or nowhere, and no content is read: %d; %s", hidden, s.Told()))
	case marked == 0:
		return told(checks.DoesNotApply("no sampled object carries a client's marks: %s", s.Told()))
	}
	return told(checks.Pass("objects with a client's marks, all encrypted by current methods: %d; %s", marked, s.Told()))
}

func counts(of map[string]int) string {
	var out []string
	for name, n := range of {
		out = append(out, fmt.Sprintf("%s (%d)", name, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
