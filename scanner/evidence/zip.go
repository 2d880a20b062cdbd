package evidence

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
)

// entryNames are all that a bundle may hold, in the order in which they stand.
var entryNames = []string{
	scanEntry, ledgerEntry, indexEntry, sealEntry, stampsEntry, redactionEntry,
	questionEntry, inputsEntry, exchangesEntry, resultEntry, saltsEntry,
}

const (
	scanEntry      = "scan.json"
	ledgerEntry    = "ledger.ndjson"
	indexEntry     = "result.index.ndjson"
	sealEntry      = "seal.dsse.json"
	stampsEntry    = "timestamps.ndjson"   // where an authority stamped a signature
	redactionEntry = "redaction.dsse.json" // in redacted copies alone
	questionEntry  = "question.json"
	inputsEntry    = "inputs.ndjson"
	exchangesEntry = "exchanges.ndjson"
	resultEntry    = "result.json"
	saltsEntry     = "result.salts"
)

// optional says that a bundle may lack an entry.
func optional(name string) bool { return name == stampsEntry || name == redactionEntry }

// entry is one file of the archive: stored, without compression, so that its bytes are
// those that digests are over and so that no stream can grow while it is read.
type entry struct {
	name string
	size int64
	crc  uint32
	at   int64 // where its header stands
	open func() *io.SectionReader
}

// Source of the layout: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and
// 4.5.3. A number is in its 64-bit place where it does not fit into the plain one, and
// only there, so that there is one way to say it.
const (
	localSize   = 30
	centralSize = 46
	extraSize   = 4
	dosDay      = 1<<5 | 1       // 1980-01-01
	elsewhere   = math.MaxUint32 // the number stands in its 64-bit place
	plainZip    = 10             // version 1.0
	zip64       = 45             // version 4.5
)

func (e entry) local() []byte {
	var extra []byte
	if e.size >= elsewhere {
		extra = binary.LittleEndian.AppendUint64(extra, uint64(e.size)) // as it was
		extra = binary.LittleEndian.AppendUint64(extra, uint64(e.size)) // as it is stored
	}
	b := make([]byte, 0, localSize+len(e.name)+extraSize+len(extra))
	b = binary.LittleEndian.AppendUint32(b, 0x04034b50)
	b = e.common(b, extra)
	b = append(b, e.name...)
	return appendExtra(b, extra)
}

// header is how long the local header is, with name and extra field.
func (e entry) header() int64 { return int64(len(e.local())) }

func (e entry) central() []byte {
	var extra []byte
	if e.size >= elsewhere {
		extra = binary.LittleEndian.AppendUint64(extra, uint64(e.size))
		extra = binary.LittleEndian.AppendUint64(extra, uint64(e.size))
	}
	if e.at >= elsewhere {
		extra = binary.LittleEndian.AppendUint64(extra, uint64(e.at))
	}
	b := make([]byte, 0, centralSize+len(e.name)+extraSize+len(extra))
	b = binary.LittleEndian.AppendUint32(b, 0x02014b50)
	b = binary.LittleEndian.AppendUint16(b, e.version()) // made by
	b = e.common(b, extra)
	b = append(b, make([]byte, 10)...) // no comment, first disk, no attributes
	b = binary.LittleEndian.AppendUint32(b, plainOr64(e.at))
	b = append(b, e.name...)
	return appendExtra(b, extra)
}

func (e entry) version() uint16 {
	if e.size >= elsewhere || e.at >= elsewhere {
		return zip64
	}
	return plainZip
}

// common is what both headers say: version, no flags, stored, one date.
func (e entry) common(b, extra []byte) []byte {
	for _, v := range []uint16{e.version(), 0, 0, 0, dosDay} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, e.crc)
	b = binary.LittleEndian.AppendUint32(b, plainOr64(e.size))
	b = binary.LittleEndian.AppendUint32(b, plainOr64(e.size))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.name)))
	if len(extra) == 0 {
		return binary.LittleEndian.AppendUint16(b, 0)
	}
	return binary.LittleEndian.AppendUint16(b, uint16(extraSize+len(extra)))
}

func appendExtra(b, extra []byte) []byte {
	if len(extra) == 0 {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, 1) // the 64-bit extension
	b = binary.LittleEndian.AppendUint16(b, uint16(len(extra)))
	return append(b, extra...)
}

func plainOr64(n int64) uint32 { return uint32(min(n, elsewhere)) }

// tail is the central directory of the entries and the end of the archive.
func tail(entries []entry) []byte {
	var b []byte
	at := int64(0)
	for _, e := range entries {
		b = append(b, e.central()...)
		at = e.at + e.header() + e.size
	}
	size := int64(len(b))
	if at >= elsewhere {
		b = binary.LittleEndian.AppendUint32(b, 0x06064b50)
		b = binary.LittleEndian.AppendUint64(b, 44) // of what follows in this record
		b = binary.LittleEndian.AppendUint16(b, zip64)
		b = binary.LittleEndian.AppendUint16(b, zip64)
		b = append(b, make([]byte, 8)...)
		for _, n := range []int64{int64(len(entries)), int64(len(entries)), size, at} {
			b = binary.LittleEndian.AppendUint64(b, uint64(n))
		}
		b = binary.LittleEndian.AppendUint32(b, 0x07064b50)
		b = append(b, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint64(b, uint64(at+size)) // where that record stands
		b = binary.LittleEndian.AppendUint32(b, 1)
	}
	b = binary.LittleEndian.AppendUint32(b, 0x06054b50)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, plainOr64(at))
	return append(b, 0, 0)
}

// pack writes an archive. Each entry is read twice: a header comes before its content
// and holds the content's CRC.
func pack(w io.Writer, entries []entry) error {
	at := int64(0)
	for i := range entries {
		e := &entries[i]
		e.at = at
		sum := crc32.NewIEEE()
		if _, err := io.Copy(sum, e.open()); err != nil {
			return err
		}
		e.crc = sum.Sum32()
		if _, err := w.Write(e.local()); err != nil {
			return err
		}
		if _, err := io.Copy(w, e.open()); err != nil {
			return err
		}
		at += e.header() + e.size
	}
	_, err := w.Write(tail(entries))
	return err
}
