package mocks

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"onus/mocks/model"
)

// page is where a request stands in a paged answer.
type page struct {
	Number int    `json:"page"`   // from 1
	Offset int    `json:"offset"` // items before it
	Of     string `json:"of"`     // digest of operation and input, less token and limit
	size   int    // items at most; 0 does not cut
	token  string // as the request sent it
}

// pageOf reads the request's token and limit. A token that this server did not
// make for the same question is refused, as AWS refuses it.
func pageOf(op *model.Operation, input map[string]any, size int) (page, *Error) {
	p := page{Number: 1, size: size}
	if op.Paging == nil {
		return p, nil
	}
	if limit, ok := input[op.Paging.Limit].(int64); ok && limit > 0 && (size == 0 || int(limit) < size) {
		p.size = int(limit)
	}
	p.Of = question(op, input)
	for _, name := range op.Paging.In {
		if token, ok := input[name].(string); ok {
			p.token = token
			break
		}
	}
	if p.token == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.token)
	at := p
	if err == nil {
		err = json.Unmarshal(text, &at)
	}
	if err != nil || at.Of != p.Of || at.Number < 2 || at.Offset < 0 {
		return p, &Error{Code: badToken(op.Service), Message: "The page token is not valid for this request."}
	}
	return at, nil
}

// question identifies what is asked apart from the page, so that a token of
// another list is noticed.
func question(op *model.Operation, input map[string]any) string {
	rest := maps.Clone(input)
	delete(rest, op.Paging.Limit)
	for _, name := range op.Paging.In {
		delete(rest, name)
	}
	sum := sha256.Sum256([]byte(op.ID() + canonical(rest)))
	return hex.EncodeToString(sum[:6])
}

// canonical is the decoded input as JSON, whose keys are sorted.
func canonical(input map[string]any) string {
	text, err := json.Marshal(input)
	if err != nil { // decoded values all have a JSON form
		return fmt.Sprint(input)
	}
	return string(text)
}

func badToken(svc *model.Service) string {
	switch {
	case svc.Protocol == model.EC2:
		return "InvalidNextToken"
	case svc.Name == "rds":
		return "InvalidParameterValue"
	case svc.Protocol == model.Query:
		return "ValidationError"
	case svc.Protocol == model.RESTXML:
		return "InvalidArgument"
	case svc.Name == "organizations":
		return "InvalidInputException"
	default:
		return "ValidationException"
	}
}

// cut returns a copy of an output that holds only this page's items, over all
// result lists in their order, and the next page's token. An output that has a
// token of its own is returned as it is. With repeat set, the second page and
// all after it name their own token as the next one.
func (p page) cut(op *model.Operation, out reflect.Value, repeat bool) (reflect.Value, error) {
	if op.Paging == nil || len(op.Paging.Out) == 0 {
		return out, nil
	}
	whole := reflect.New(out.Type()).Elem()
	whole.Set(out)
	token, err := at(whole, op.Paging.Out[0])
	if err != nil {
		return out, err
	}
	if _, own := indirect(token); own {
		return out, nil
	}
	skip, room, total := p.Offset, p.size, 0
	for _, name := range op.Paging.Results {
		list, err := at(whole, name)
		if err != nil {
			return out, err
		}
		if list.Kind() != reflect.Slice {
			return out, fmt.Errorf("%s of %s is no list: it cannot be cut into pages", name, op.ID())
		}
		total += list.Len()
		from := min(skip, list.Len())
		skip -= from
		to := list.Len()
		if p.size > 0 {
			to = min(to, from+room)
			room -= to - from
		}
		if from > 0 || to < list.Len() {
			list.Set(list.Slice3(from, to, to))
		}
	}
	next := p.next(total, repeat)
	if next == "" {
		return whole, nil
	}
	token.Set(reflect.ValueOf(&next))
	if op.Paging.More == "" {
		return whole, nil
	}
	more, err := at(whole, op.Paging.More)
	if err != nil {
		return out, err
	}
	if more.Kind() == reflect.Pointer {
		more.Set(reflect.New(more.Type().Elem()))
		more = more.Elem()
	}
	if more.Kind() == reflect.Bool {
		more.SetBool(true)
	}
	return whole, nil
}

// next makes the following page's token; "" after the last page.
func (p page) next(total int, repeat bool) string {
	end := p.Offset + p.size
	if repeat && p.Number > 1 {
		return p.token
	}
	if !repeat && (p.size == 0 || end >= total) {
		return ""
	}
	following := page{Number: p.Number + 1, Offset: min(end, total), Of: p.Of}
	text, err := json.Marshal(following)
	if err != nil {
		panic(err) // three plain fields
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// at finds a field by a dotted path of member names, and copies the structures
// on the way, so that what a script holds is never changed.
func at(v reflect.Value, path string) (reflect.Value, error) {
	name, rest, nested := strings.Cut(path, ".")
	f, err := field(v, name)
	if err != nil || !nested {
		return f, err
	}
	if f.Kind() == reflect.Pointer {
		held := reflect.New(f.Type().Elem())
		if !f.IsNil() {
			held.Elem().Set(f.Elem())
		}
		f.Set(held)
		f = held.Elem()
	}
	return at(f, rest)
}
