package mocks

import (
	"fmt"
	"reflect"
	"time"

	"onus/mocks/model"
)

// bind writes a decoded value into an SDK value. Decoded values are
// map[string]any by member name (structures) or key (maps), []any, string,
// bool, int64, float64, []byte and time.Time.
func bind(dst reflect.Value, sh *model.Shape, val any) error {
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		return bind(dst.Elem(), sh, val)
	}
	switch from := val.(type) {
	case map[string]any:
		if sh.Type == "map" {
			return bindMap(dst, sh, from)
		}
		return bindStruct(dst, sh, from)
	case []any:
		list := reflect.MakeSlice(dst.Type(), len(from), len(from))
		for i, elem := range from {
			if err := bind(list.Index(i), sh.ElemOf, elem); err != nil {
				return err
			}
		}
		dst.Set(list)
		return nil
	case time.Time:
		dst.Set(reflect.ValueOf(from))
		return nil
	default:
		v := reflect.ValueOf(val)
		if !v.CanConvert(dst.Type()) || (v.Kind() == reflect.String) != (dst.Kind() == reflect.String) {
			return fmt.Errorf("a %T does not fit %s", val, dst.Type())
		}
		dst.Set(v.Convert(dst.Type()))
		return nil
	}
}

func bindStruct(dst reflect.Value, sh *model.Shape, from map[string]any) error {
	if sh.Union || dst.Kind() != reflect.Struct {
		return fmt.Errorf("requests with a %s (%s) cannot be decoded", sh.Name, dst.Type())
	}
	for _, m := range sh.Members {
		val, ok := from[m.Name]
		if !ok {
			continue
		}
		to, err := field(dst, m.Name)
		if err != nil {
			return err
		}
		if err := bind(to, m.Shape, val); err != nil {
			return fmt.Errorf("member %s: %w", m.Name, err)
		}
	}
	return nil
}

func bindMap(dst reflect.Value, sh *model.Shape, from map[string]any) error {
	to := reflect.MakeMapWithSize(dst.Type(), len(from))
	for key, val := range from {
		elem := reflect.New(dst.Type().Elem()).Elem()
		if err := bind(elem, sh.ValueOf, val); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		to.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), elem)
	}
	dst.Set(to)
	return nil
}
