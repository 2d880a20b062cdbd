package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// zeros is a source of nothing but zeros.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

// sparse is a file of which only what is not zero is held.
type sparse struct {
	size  int64
	parts map[int64][]byte // by where they stand
}

var zeroBlock = make([]byte, 1<<16)

func (s *sparse) Write(p []byte) (int, error) {
	if !bytes.HasPrefix(zeroBlock, p) {
		s.parts[s.size] = bytes.Clone(p)
	}
	s.size += int64(len(p))
	return len(p), nil
}

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	n := int(min(int64(len(p)), max(0, s.size-at)))
	clear(p[:n])
	for start, part := range s.parts {
		if start < at+int64(n) && start+int64(len(part)) > at {
			copy(p[max(0, start-at):n], part[max(0, at-start):])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// flip changes a bit of what is held.
func (s *sparse) flip(t *testing.T, at int64) {
	t.Helper()
	for start, part := range s.parts {
		if start <= at && at < start+int64(len(part)) {
			part[at-start] ^= 0x80
			return
		}
	}
	t.Fatalf("byte %d is not held", at)
}

// file writes it to a file with holes.
func (s *sparse) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.onus")
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for at, part := range s.parts {
		_, err := f.WriteAt(part, at)
		must(t, err)
	}
	return path
}

// beyond packs entries of which one is larger than the plain zip format can say.
func beyond(t testing.TB) *sparse {
	t.Helper()
	var entries []entry
	for _, name := range entryNames {
		e := inMemory(name, []byte(name+"\n"))
		if name == exchangesEntry {
			e.size = elsewhere + 10
			e.open = func() *io.SectionReader { return io.NewSectionReader(zeros{}, 0, e.size) }
		}
		entries = append(entries, e)
	}
	out := &sparse{parts: map[int64][]byte{}}
	must(t, pack(out, entries))
	return out
}

func TestArchivesBeyondFourGigabytes(t *testing.T) {
	f := beyond(t)
	entries, err := unpack(f, f.size)
	must(t, err)
	must(t, checksums(f, f.size, entries))
	// Others read it too.
	z, err := zip.NewReader(f, f.size)
	must(t, err)
	for i, e := range z.File {
		if e.Name != entryNames[i] || e.UncompressedSize64 != uint64(entries[i].size) {
			t.Errorf("entry %d is %s of %d bytes", i, e.Name, e.UncompressedSize64)
		}
	}
	last, err := z.Open(saltsEntry)
	must(t, err)
	if text, err := io.ReadAll(last); err != nil || string(text) != saltsEntry+"\n" {
		t.Errorf("what stands behind the large entry is %q, %v", text, err)
	}
	if _, err := exec.LookPath("python3"); err == nil {
		out, err := exec.Command("python3", "-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read('result.salts'), z.getinfo('exchanges.ndjson').file_size)", f.file(t)).CombinedOutput()
		if want := `b'result.salts\n' 4294967305`; err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("Python reads %s, want %s", out, want)
		}
	}
	// The 64-bit numbers are not free either, and a size that is no size takes no memory.
	large := entries[8]
	for what, at := range map[string]int64{"a size in the local header": large.at + large.header() - 9, "its extra field": large.at + large.header() - 19, "the 64-bit end record": f.size - 22 - 20 - 4, "its locator": f.size - 22 - 8} {
		f.flip(t, at)
		entries, err := unpack(f, f.size)
		if err == nil {
			err = tails(f, f.size, entries)
		}
		if err == nil {
			t.Errorf("%s may be another", what)
		}
		f.flip(t, at)
	}
}

// A number that fits into its plain place stands there.
func TestNoNumberIsIn64BitsWithoutNeed(t *testing.T) {
	e := inMemory(scanEntry, []byte("x"))
	local := e.local()
	local[4] = zip64
	binary.LittleEndian.PutUint32(local[18:], elsewhere)
	binary.LittleEndian.PutUint32(local[22:], elsewhere)
	binary.LittleEndian.PutUint16(local[28:], 20)
	local = append(local, 1, 0, 16, 0)
	for _, size := range []uint64{1, elsewhere - 1, 1 << 63, 1<<64 - 1} {
		text := binary.LittleEndian.AppendUint64(bytes.Clone(local), size)
		text = append(binary.LittleEndian.AppendUint64(text, size), 'x')
		refused(t, "a size in 64 bits", "b", openedBytes(text), "scan.json")
	}
}
