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

// maxSize keeps all offsets within the plain zip format. The 64-bit extension would be
// a second way to say the same.
const maxSize = math.MaxUint32

// Source of the layout: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
const (
	localSize   = 30
	centralSize = 46
	endSize     = 22
	dosDay      = 1<<5 | 1 // 1980-01-01
)

func (e entry) local() []byte {
	b := make([]byte, 0, localSize+len(e.name))
	b = binary.LittleEndian.AppendUint32(b, 0x04034b50)
	b = e.common(b)
	return append(b, e.name...)
}

func (e entry) central() []byte {
	b := make([]byte, 0, centralSize+len(e.name))
	b = binary.LittleEndian.AppendUint32(b, 0x02014b50)
	b = binary.LittleEndian.AppendUint16(b, 10) // made by: version 1.0
	b = e.common(b)
	b = append(b, make([]byte, 10)...) // no comment, first disk, no attributes
	b = binary.LittleEndian.AppendUint32(b, uint32(e.at))
	return append(b, e.name...)
}

// common is what both headers say: version 1.0, no flags, stored, one date, no extra field.
func (e entry) common(b []byte) []byte {
	for _, v := range []uint16{10, 0, 0, 0, dosDay} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, e.crc)
	b = binary.LittleEndian.AppendUint32(b, uint32(e.size))
	b = binary.LittleEndian.AppendUint32(b, uint32(e.size))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.name)))
	return binary.LittleEndian.AppendUint16(b, 0)
}

// tail is the central directory of the entries and the end of the archive.
func tail(entries []entry) []byte {
	var b []byte
	at := int64(0)
	for _, e := range entries {
		b = append(b, e.central()...)
		at = e.at + localSize + int64(len(e.name)) + e.size
	}
	size := len(b)
	b = binary.LittleEndian.AppendUint32(b, 0x06054b50)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	return append(b, 0, 0)
}

// pack writes an archive. Each entry is read twice: a header comes before its content
// and holds the content's CRC.
func pack(w io.Writer, entries []entry) error {
	at := int64(0)
	for i := range entries {
		e := &entries[i]
		if e.at = at; at+e.size+localSize > maxSize-(1<<16) {
			return wrong("", "more than 4 GiB: a bundle holds no more; scan fewer Regions or services at once")
		}
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
		at += localSize + int64(len(e.name)) + e.size
	}
	_, err := w.Write(tail(entries))
	return err
}
