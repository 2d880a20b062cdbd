package mocks

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// fields caches, for each SDK struct type, its fields by name in lower case.
var fields sync.Map // reflect.Type -> map[string]int

// field finds the Go field of a model's member. The SDK upper-cases a member's
// first letter and sometimes changes the case of an acronym, so case is ignored.
func field(v reflect.Value, member string) (reflect.Value, error) {
	t := v.Type()
	cached, ok := fields.Load(t)
	if !ok {
		index := map[string]int{}
		for i := range t.NumField() {
			if t.Field(i).IsExported() {
				index[strings.ToLower(t.Field(i).Name)] = i
			}
		}
		cached, _ = fields.LoadOrStore(t, index)
	}
	i, ok := cached.(map[string]int)[strings.ToLower(member)]
	if !ok {
		return reflect.Value{}, fmt.Errorf("%s has no field for the model's member %q", t, member)
	}
	return v.Field(i), nil
}

// indirect follows a pointer. ok is false for nil pointers, nil slices, nil maps
// and empty strings that are not behind a pointer (enums), which are the SDK's
// ways to say that a member is absent.
func indirect(v reflect.Value) (_ reflect.Value, ok bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return v, false
		}
		return v.Elem(), true
	case reflect.Slice, reflect.Map:
		return v, !v.IsNil()
	case reflect.String:
		return v, v.Len() > 0
	default:
		return v, v.IsValid()
	}
}

// variant unpacks a union value, in the SDK a struct XMemberName with one field
// Value: the member's name and the value.
func variant(v reflect.Value) (string, reflect.Value, error) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", v, nil
		}
		v = v.Elem()
	}
	_, name, ok := strings.Cut(v.Type().Name(), "Member")
	if !ok || v.Kind() != reflect.Struct {
		return "", v, fmt.Errorf("%s is not a member of a union", v.Type())
	}
	held := v.FieldByName("Value")
	if !held.IsValid() {
		return "", v, fmt.Errorf("%s holds no Value", v.Type())
	}
	return name, held, nil
}
