package oscal

import (
	"crypto/sha1"
	"fmt"
)

// space is the namespace of our ids: "urn:onus:oscal" among URLs, in version 5.
var space = [16]byte{0xd5, 0x6f, 0x25, 0x2f, 0x39, 0xdc, 0x52, 0xe7, 0x90, 0x06, 0x97, 0xb2, 0xfe, 0xdc, 0x3b, 0x6f}

// id is a UUID of version 5 that follows from the scan, a kind and names.
// Source: RFC 9562, section 5.5.
func (d *document) id(kind string, names ...string) string {
	h := sha1.New()
	h.Write(space[:])
	fmt.Fprintf(h, "%q %q %q", d.r.Scan.ID, kind, names)
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
