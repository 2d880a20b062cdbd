package mocks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"onus/mocks/model"
)

// encodeJSON writes a body. AWS sends a paged list also when it is empty: those
// are named in always.
func encodeJSON(out reflect.Value, sh *model.Shape, always []string) ([]byte, error) {
	if sh == nil {
		return []byte("{}"), nil
	}
	val, err := toJSON(out, nil, sh)
	if err != nil {
		return nil, err
	}
	for _, name := range always {
		body, m := val.(map[string]any), sh.Member(name)
		if m == nil || body == nil {
			continue // a list inside another member
		}
		if _, ok := body[m.WireName()]; !ok {
			body[m.WireName()] = []any{}
		}
	}
	return json.Marshal(val)
}

func toJSON(v reflect.Value, m *model.Member, sh *model.Shape) (any, error) {
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch sh.Type {
	case "structure":
		return objectToJSON(v, sh)
	case "list":
		list := make([]any, v.Len())
		var err error
		for i := range list {
			if list[i], err = toJSON(v.Index(i), nil, sh.ElemOf); err != nil {
				return nil, err
			}
		}
		return list, nil
	case "map":
		out := map[string]any{}
		var err error
		for _, key := range v.MapKeys() {
			if out[key.String()], err = toJSON(v.MapIndex(key), nil, sh.ValueOf); err != nil {
				return nil, err
			}
		}
		return out, nil
	case "timestamp":
		s, err := text(v, m, sh, epoch)
		if err != nil {
			return nil, err
		}
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return json.Number(s), nil
		}
		return s, nil
	case "blob":
		return text(v, m, sh, "")
	default:
		return v.Interface(), nil
	}
}

func objectToJSON(v reflect.Value, sh *model.Shape) (any, error) {
	out := map[string]any{}
	if sh.Union {
		name, held, err := variant(v)
		m := sh.Member(name)
		if err != nil || m == nil {
			return nil, errors.Join(fmt.Errorf("union %s: no member %q", sh.Name, name), err)
		}
		out[m.WireName()], err = toJSON(held, m, m.Shape)
		return out, err
	}
	for _, m := range sh.Members {
		if m.In != "" {
			continue
		}
		held, err := field(v, m.Name)
		if err != nil {
			return nil, err
		}
		if _, ok := indirect(held); !ok {
			continue
		}
		if out[m.WireName()], err = toJSON(held, m, m.Shape); err != nil {
			return nil, fmt.Errorf("member %s: %w", m.Name, err)
		}
	}
	return out, nil
}

// fromJSON reads a value that json.Decoder made with UseNumber.
func fromJSON(val any, m *model.Member, sh *model.Shape) (any, error) {
	switch from := val.(type) {
	case map[string]any:
		return objectFromJSON(from, sh)
	case []any:
		if sh.Type != "list" {
			return nil, fmt.Errorf("a JSON array is not a %s", sh.Type)
		}
		list := make([]any, len(from))
		for i, elem := range from {
			var err error
			if list[i], err = fromJSON(elem, nil, sh.ElemOf); err != nil {
				return nil, err
			}
		}
		return list, nil
	case json.Number:
		return parse(from.String(), m, sh, epoch)
	case bool:
		return from, nil
	case string:
		return parse(from, m, sh, epoch)
	default:
		return nil, fmt.Errorf("a JSON %T is not a %s", val, sh.Type)
	}
}

func objectFromJSON(from map[string]any, sh *model.Shape) (any, error) {
	out := map[string]any{}
	var err error
	switch sh.Type {
	case "map":
		for key, val := range from {
			if out[key], err = fromJSON(val, nil, sh.ValueOf); err != nil {
				return nil, fmt.Errorf("key %q: %w", key, err)
			}
		}
	case "structure":
		for _, m := range sh.Members {
			if val, ok := from[m.WireName()]; ok && val != nil {
				if out[m.Name], err = fromJSON(val, m, m.Shape); err != nil {
					return nil, fmt.Errorf("member %s: %w", m.Name, err)
				}
			}
		}
	default:
		return nil, fmt.Errorf("a JSON object is not a %s", sh.Type)
	}
	return out, nil
}

// decodeJSON reads a JSON body.
func decodeJSON(op *model.Operation, body []byte) (map[string]any, error) {
	if op.In == nil || len(body) == 0 {
		return map[string]any{}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var raw map[string]any
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	val, err := objectFromJSON(raw, op.In)
	if err != nil {
		return nil, err
	}
	return val.(map[string]any), nil
}
