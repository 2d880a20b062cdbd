package evidence

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"time"
)

// plainAnswers are operations whose answers hold settings of an account and its numbers,
// and no name, tag or address.
// Source: the output of each operation in its service's API reference.
var plainAnswers = map[string]bool{
	"account:ListRegions": true, "ec2:GetEbsEncryptionByDefault": true,
	"iam:GetAccountPasswordPolicy": true, "iam:GetAccountSummary": true,
}

// Redact writes a copy of the bundle at target, by way of the folder scratch as Write
// does, without what names or describes the account's resources, with a statement of
// what was taken out, signed by the keys. What stays: the ledger, each verdict without
// its resource, the sums, the coverage, and the answers of the few operations that tell
// settings of the account alone.
func (b *Bundle) Redact(ctx context.Context, target, scratch string, at time.Time, keys ...Key) error {
	if b.Redacted != nil {
		return b.fault(wrong("", "is a redacted copy already: redact the whole bundle"))
	}
	return besides(target, scratch, func(s *spool) ([]entry, error) {
		taken, err := b.takeOut(s)
		if err != nil {
			return nil, err
		}
		kept, err := s.entries()
		if err != nil {
			return nil, err
		}
		entries := b.with(kept)
		subjects, err := subjectsOf(entries, redactedEntries)
		if err != nil {
			return nil, err
		}
		e, err := signed(ctx, redactionEntry, statement[Redaction]{statementType, subjects, RedactionType, Redaction{b.Scan.ID, at.UTC(), taken}}, keys)
		if err != nil {
			return nil, err
		}
		text, err := e.text()
		if err != nil {
			return nil, err
		}
		return inOrder(append(entries, inMemory(redactionEntry, text))), nil
	})
}

// Sign writes a copy of the bundle at target, by way of the folder scratch as Write does,
// whose seal carries the signatures of the keys too. Verify it before: a signature says that its holder stands by the bundle.
// With a stamper, the signatures of the keys are stamped, also of one that has signed
// already, if its signature has no stamp yet.
func (b *Bundle) Sign(ctx context.Context, target, scratch string, ask Stamper, keys ...Key) error {
	seal := b.seal
	seal.dsse.Signatures = slices.Clone(seal.dsse.Signatures)
	for _, k := range keys {
		id := k.Public().KeyID()
		signed := slices.Contains(b.Signers(), id)
		if signed && slices.ContainsFunc(b.Stamps, func(s Stamp) bool { return s.KeyID == id }) {
			return b.fault(wrong(sealEntry, "the key %s has signed already, and its signature is stamped", id))
		}
		if signed && ask != nil {
			continue
		}
		if err := seal.sign(ctx, k); err != nil {
			return b.fault(wrong(sealEntry, "%v", err))
		}
	}
	stamps := maps.Clone(b.stampLines)
	if ask != nil {
		more, err := seal.stamped(ctx, b.Scan.ID, ask, keys)
		if err != nil {
			return &Fault{Path: target, What: "was not written", Cause: err}
		}
		maps.Copy(stamps, more)
	}
	return besides(target, scratch, func(*spool) ([]entry, error) {
		text, err := seal.text()
		if err != nil {
			return nil, err
		}
		entries := b.with([]entry{inMemory(sealEntry, text)})
		if len(stamps) > 0 && !b.has(stampsEntry) {
			entries = append(entries, entry{name: stampsEntry})
		}
		return inOrder(replaced(entries, seal.stampsEntry(stamps))), nil
	})
}

// besides makes a bundle of entries in the folder scratch, and puts it at the target.
func besides(target, scratch string, make func(*spool) ([]entry, error)) error {
	fail := func(err error) error {
		var f *Fault
		if errors.As(err, &f) && f.Path != "" {
			return f
		}
		return &Fault{Path: target, What: "cannot be written", Cause: plain(err)}
	}
	s, err := newSpool(scratch)
	if err != nil {
		return fail(err)
	}
	defer s.close()
	entries, err := make(s)
	if err != nil {
		return fail(err)
	}
	if err := place(target, scratch, entries); err != nil {
		return fail(err)
	}
	return nil
}

// with are the bundle's entries with some of them replaced; one of size 0 replaces none.
func (b *Bundle) with(news []entry) []entry { return replaced(b.entries, news...) }

func replaced(entries []entry, news ...entry) []entry {
	var out []entry
	for _, e := range entries {
		for _, n := range news {
			if n.name == e.name && n.size > 0 {
				e = n
			}
		}
		out = append(out, e)
	}
	return out
}

// inOrder puts entries into the order of the format.
func inOrder(entries []entry) (out []entry) {
	for _, name := range entryNames {
		for _, e := range entries {
			if e.name == name {
				out = append(out, e)
			}
		}
	}
	return out
}

func inMemory(name string, text []byte) entry {
	return entry{name: name, size: int64(len(text)), open: func() *io.SectionReader {
		return io.NewSectionReader(bytes.NewReader(text), 0, int64(len(text)))
	}}
}

// takeOut writes the entries that lose lines.
func (b *Bundle) takeOut(s *spool) (taken Withheld, err error) {
	taken.Question = 1
	plainExchange := b.plainExchanges()
	return taken, errors.Join(
		s.raw(questionEntry, []byte(withheld)),
		b.filter(s, inputsEntry, &taken.Inputs, func(_ int, line []byte) bool { return bytes.HasSuffix(line, []byte(`"input":"{}"}`)) }),
		b.filter(s, exchangesEntry, &taken.Exchanges, func(i int, _ []byte) bool { return plainExchange[i] }),
		b.filterResult(s, &taken.Lines),
	)
}

// filter copies an entry and takes out the lines that are not to be kept.
func (b *Bundle) filter(s *spool, name string, taken *int, keep func(i int, line []byte) bool) error {
	in := b.lines(name)
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !keep(in.n-1, line) {
			line = []byte(withheld)
			*taken++
		}
		if err := s.raw(name, line); err != nil {
			return err
		}
	}
}

// plainExchanges are the numbers, from 0, of the answers to keep.
func (b *Bundle) plainExchanges() map[int]bool {
	keep := map[int]bool{}
	for _, r := range b.calls {
		if r.plain {
			keep[r.exchange] = true
		}
	}
	return keep
}

// plainHeader are the lines of the result's header that name nobody and nothing.
var plainHeader = regexp.MustCompile(`^(\{|  "format": .*|  "scan": \{|    "(id|tool_version|commit|started|finished|as_of|partition|policy_digest|catalogue_digest)": "[^"]*",?|  \},?)$`)

// filterResult takes out the findings and the policy's waivers, what the header says of the
// principal and the question, and the calls in the coverage that failed with a message.
func (b *Bundle) filterResult(s *spool, taken *int) error {
	where, header, waivers := section{}, true, false
	var kept []bool
	err := b.filter(s, resultEntry, taken, func(_ int, line []byte) bool {
		header = header && !bytes.HasPrefix(line, []byte(`  "summary": `)) && !bytes.HasPrefix(line, []byte(`  "waivers": `)) && !bytes.HasPrefix(line, []byte(`  "findings": `))
		waiver := waivers && string(line) != "  ],"
		waivers = waiver || string(line) == `  "waivers": [`
		keep := !waiver && !where.finding(line) && (!header || plainHeader.Match(line)) && !bytes.Contains(line, []byte(`"error":`))
		kept = append(kept, keep)
		return keep
	})
	if err != nil {
		return err
	}
	ignored := 0
	return b.filter(s, saltsEntry, &ignored, func(i int, _ []byte) bool { return kept[i] })
}
