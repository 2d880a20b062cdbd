package evidence

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
)

// unpack finds the entries of an archive by its local headers alone, each of which must
// be as pack writes it. checksums then compares the rest of the file: the two together
// leave no byte that could be otherwise.
func unpack(r io.ReaderAt, size int64) ([]entry, error) {
	var entries []entry
	at, next := int64(0), 0
	for next < len(entryNames) {
		head := make([]byte, localSize+64+extraSize+16)
		n, err := r.ReadAt(head, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, &Fault{What: "cannot be read", Cause: plain(err)}
		}
		if head = head[:n]; n >= 4 && binary.LittleEndian.Uint32(head) != 0x04034b50 {
			break // the central directory, or damage: what is missing is seen below
		}
		if n < localSize {
			break
		}
		e := entry{at: at, crc: binary.LittleEndian.Uint32(head[14:]), size: int64(binary.LittleEndian.Uint32(head[18:]))}
		length := int(binary.LittleEndian.Uint16(head[26:]))
		if length > 64 || localSize+length > n {
			return nil, wrong("", "is cut off, or the header at byte %d is damaged", at)
		}
		e.name = string(head[localSize : localSize+length])
		i := slices.Index(entryNames, e.name)
		switch {
		case i < 0:
			return nil, wrong("", "holds %q at byte %d, which is no part of a bundle", e.name, at)
		case i < next:
			return nil, wrong("", "holds %s twice or in the wrong place", e.name)
		}
		if e.size == elsewhere {
			e.size = sizeIn64(head[localSize+length:])
		}
		if local := e.local(); e.size < 0 || n < len(local) || !bytes.Equal(local, head[:len(local)]) {
			return nil, wrong(e.name, "its header is not as a bundle's is")
		}
		if missing := without(entryNames[next:i]); missing != "" {
			return nil, wrong("", "%s is missing before %s", missing, e.name)
		}
		start := at + e.header()
		if e.size > size-start {
			return nil, wrong(e.name, "is cut off")
		}
		e.open = func() *io.SectionReader { return io.NewSectionReader(r, start, e.size) }
		entries = append(entries, e)
		at, next = start+e.size, i+1
	}
	if missing := without(entryNames[next:]); missing != "" {
		return nil, wrong("", "%s is missing, or the file is no bundle or cut off at byte %d", missing, at)
	}
	return entries, nil
}

// sizeIn64 is the size in a local header's extra field; -1: none is there.
func sizeIn64(extra []byte) int64 {
	if len(extra) < extraSize+8 {
		return -1
	}
	return int64(binary.LittleEndian.Uint64(extra[extraSize:])) // what is too large is negative
}

// without is the first of the names that every bundle has.
func without(names []string) string {
	for _, n := range names {
		if !optional(n) {
			return n
		}
	}
	return ""
}

// checksums compares the CRC of each entry, and all that follows the entries.
func checksums(r io.ReaderAt, size int64, entries []entry) error {
	for _, e := range entries {
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, e.open()); err != nil {
			return &Fault{Where: e.name, What: "cannot be read", Cause: plain(err)}
		}
		if sum.Sum32() != e.crc {
			return wrong(e.name, "its checksum is not that of its content")
		}
	}
	return tails(r, size, entries)
}

// tails compares what follows the entries.
func tails(r io.ReaderAt, size int64, entries []entry) error {
	want := tail(entries)
	last := entries[len(entries)-1]
	at := last.at + last.header() + last.size
	if size-at != int64(len(want)) {
		return wrong("", "has %d bytes after its entries, want %d: something was added or cut off", size-at, len(want))
	}
	got := make([]byte, len(want))
	if _, err := r.ReadAt(got, at); err != nil && !errors.Is(err, io.EOF) {
		return &Fault{What: "cannot be read", Cause: plain(err)}
	}
	if !bytes.Equal(got, want) {
		return wrong("", "the archive's directory is not that of its entries")
	}
	return nil
}
