package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// pageSizes are members that say how much to send at once, and so not what is asked.
var pageSizes = map[string]bool{"MaxResults": true, "MaxRecords": true, "MaxItems": true, "MaxBuckets": true, "MaxDirectoryBuckets": true, "PageSize": true, "Limit": true}

// Canonical is a call's input as the record names it: the SDK's member names in order,
// without what is not set and without page sizes; tokens stay. It comes from the typed
// input and never from the wire, so that a record outlives a change of protocol. A map
// from member names to values, as a server decodes one, has the form of the same input.
func Canonical(input any) (string, error) {
	v, _ := plain(reflect.ValueOf(input), true)
	if v == nil {
		v = map[string]any{}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("canonical form of %T: %w", input, err)
	}
	return string(out), nil
}

// plain gives what is set in v; false says that nothing is.
func plain(v reflect.Value, top bool) (any, bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, false
		}
		p, set := plain(v.Elem(), top)
		return p, set || v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Struct // a pointer to false was set
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().Format(time.RFC3339Nano), true
		}
		m := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() || top && pageSizes[f.Name] {
				continue
			}
			if p, set := plain(v.Field(i), false); set {
				m[f.Name] = p
			}
		}
		return m, len(m) > 0
	case reflect.Slice:
		if v.Len() == 0 {
			return nil, false
		}
		if b, ok := v.Interface().([]byte); ok {
			return b, true
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i], _ = plain(v.Index(i), false)
		}
		return list, true
	case reflect.Map:
		if v.Len() == 0 {
			return nil, false
		}
		m := map[string]any{}
		for _, k := range v.MapKeys() {
			if name := fmt.Sprint(k); !top || !pageSizes[name] {
				m[name], _ = plain(v.MapIndex(k), false)
			}
		}
		return m, true
	}
	return v.Interface(), !v.IsZero()
}

// Key is what makes a call one call in a scan.
type Key struct {
	Account   string `json:"account"`
	Region    string `json:"region"`
	Operation string `json:"operation"` // service:Operation
	Input     string `json:"input"`     // canonical
	Round     int    `json:"round"`     // of a poll; 0 for all else
}

// ID is the call id: the digest of the key.
func (k Key) ID() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []string{k.Account, k.Region, k.Operation, k.Input, fmt.Sprint(k.Round)}))
	return hex.EncodeToString(sum[:])
}
