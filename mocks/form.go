package mocks

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"onus/mocks/model"
)

// decodeForm reads a query request: names such as Filter.1.Value.2.
func decodeForm(op *model.Operation, form url.Values) (map[string]any, error) {
	if op.In == nil {
		return map[string]any{}, nil
	}
	d := formDecoder{form: form, ec2: op.Service.Protocol == model.EC2}
	val, err := d.structure("", op.In)
	if err != nil || val == nil {
		return map[string]any{}, err
	}
	return val.(map[string]any), nil
}

type formDecoder struct {
	form url.Values
	ec2  bool
}

// value reads what stands under a prefix; nil when nothing does.
func (d formDecoder) value(prefix string, m *model.Member, sh *model.Shape) (any, error) {
	switch sh.Type {
	case "structure":
		return d.structure(prefix, sh)
	case "list":
		return d.list(prefix, m, sh)
	case "map":
		return d.mapping(prefix, m, sh)
	}
	if !d.form.Has(prefix) {
		return nil, nil
	}
	val, err := parse(d.form.Get(prefix), m, sh, iso8601)
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %w", prefix, err)
	}
	return val, nil
}

func (d formDecoder) structure(prefix string, sh *model.Shape) (any, error) {
	out := map[string]any{}
	for _, m := range sh.Members {
		val, err := d.value(join(prefix, d.name(m)), m, m.Shape)
		if err != nil {
			return nil, err
		}
		if val != nil {
			out[m.Name] = val
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// name is the member's name in a form. EC2 has names of its own for requests:
// queryName, else locationName with its first letter upper-cased.
func (d formDecoder) name(m *model.Member) string {
	if !d.ec2 {
		return m.WireName()
	}
	if m.Query != "" {
		return m.Query
	}
	name := []rune(m.WireName())
	name[0] = unicode.ToUpper(name[0])
	return string(name)
}

func (d formDecoder) list(prefix string, m *model.Member, sh *model.Shape) (any, error) {
	// EC2 flattens every list. In the query protocol a flattened list takes the
	// name of its items instead of its own, and others put that name between.
	switch flat := d.ec2 || sh.Flat || m != nil && m.Flat; {
	case !flat && sh.Item != "":
		prefix = join(prefix, sh.Item)
	case !flat:
		prefix = join(prefix, "member")
	case !d.ec2 && sh.Item != "":
		prefix = prefix[:strings.LastIndexByte(prefix, '.')+1] + sh.Item
	}
	var list []any
	for i := 1; ; i++ {
		val, err := d.value(join(prefix, strconv.Itoa(i)), nil, sh.ElemOf)
		if err != nil {
			return nil, err
		}
		if val == nil && list == nil {
			return nil, nil
		}
		if val == nil {
			return list, nil
		}
		list = append(list, val)
	}
}

func (d formDecoder) mapping(prefix string, m *model.Member, sh *model.Shape) (any, error) {
	if !sh.Flat && (m == nil || !m.Flat) {
		prefix = join(prefix, "entry")
	}
	out := map[string]any{}
	for i := 1; ; i++ {
		entry := join(prefix, strconv.Itoa(i))
		if !d.form.Has(join(entry, "key")) {
			break
		}
		val, err := d.value(join(entry, "value"), nil, sh.ValueOf)
		if err != nil {
			return nil, err
		}
		out[d.form.Get(join(entry, "key"))] = val
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}
