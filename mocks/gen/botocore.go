package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"onus/mocks/model"
)

// source is one service as botocore describes it.
type source struct {
	Metadata struct {
		APIVersion, EndpointPrefix, Protocol, JSONVersion  string
		ServiceID, SigningName, TargetPrefix, XMLNamespace string
	}
	Operations map[string]botoOperation
	Shapes     map[string]botoShape
	pagination map[string]botoPaging
}

type botoOperation struct {
	HTTP struct {
		Method, RequestURI string
	}
	Input, Output struct {
		Shape, ResultWrapper string
	}
	Errors   []struct{ Shape string }
	AuthType string
}

type botoShape struct {
	Type, Payload, TimestampFormat string
	Members                        members
	Member, Key, Value             botoMember
	Flattened, Union               bool
	Error                          struct {
		Code           string
		HTTPStatusCode int
	}
}

type botoMember struct {
	Shape, Location, LocationName, QueryName, TimestampFormat string
	Flattened, XMLAttribute                                   bool
}

// members keeps the order in which the model lists them, which is the order
// in which XML answers are written.
type members []namedMember

type namedMember struct {
	Name string
	botoMember
}

func (ms *members) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		m := namedMember{Name: name.(string)} // an object's keys are strings
		if err := dec.Decode(&m.botoMember); err != nil {
			return err
		}
		*ms = append(*ms, m)
	}
	return nil
}

type botoPaging struct {
	InputToken  oneOrMore `json:"input_token"`
	OutputToken oneOrMore `json:"output_token"`
	ResultKey   oneOrMore `json:"result_key"`
	LimitKey    string    `json:"limit_key"`
	MoreResults string    `json:"more_results"`
}

// oneOrMore is a JMESPath expression, or a list of them. Of alternatives, as in
// "NextMarker || Contents[-1].Key", the first is kept: the one the server sends.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var list []string
	if err := json.Unmarshal(text, &list); err != nil {
		var one string
		if err := json.Unmarshal(text, &one); err != nil {
			return err
		}
		list = []string{one}
	}
	for i, expr := range list {
		first, _, _ := strings.Cut(expr, "||")
		list[i] = strings.TrimSpace(first)
	}
	*o = list
	return nil
}

var modelPath = regexp.MustCompile(`^botocore/data/([^/]+)/[^/]+/service-2\.json\.gz$`)

// find reads the newest model of the service whose Go package has that name.
// The SDK names a package after the service id without spaces, in lower case;
// botocore's folder mostly has the same name, and is tried first.
func find(archive *zip.ReadCloser, pkg string) (*source, error) {
	newest := map[string]string{}
	for _, f := range archive.File {
		if m := modelPath.FindStringSubmatch(f.Name); m != nil && f.Name > newest[m[1]] {
			newest[m[1]] = f.Name
		}
	}
	order := make([]string, 0, len(newest))
	for folder := range newest {
		order = append(order, folder)
	}
	slices.SortFunc(order, func(a, b string) int {
		if (a == pkg) != (b == pkg) {
			if a == pkg {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, folder := range order {
		src, err := read(archive, newest[folder])
		if err != nil {
			return nil, err
		}
		if strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(src.Metadata.ServiceID)) == pkg {
			return src, nil
		}
	}
	return nil, errors.New("no model in the wheel has that name")
}

func read(archive *zip.ReadCloser, name string) (*source, error) {
	file, err := archive.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	var src source
	if err := json.NewDecoder(plain).Decode(&src); err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	pages, err := archive.Open(path.Join(path.Dir(name), "paginators-1.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return &src, nil
	}
	if err != nil {
		return nil, err
	}
	defer pages.Close()
	text, err := io.ReadAll(pages)
	if err != nil {
		return nil, err
	}
	var table struct{ Pagination map[string]botoPaging }
	if err := json.Unmarshal(text, &table); err != nil {
		return nil, fmt.Errorf("read the paginators of %q: %w", name, err)
	}
	src.pagination = table.Pagination
	return &src, nil
}

// service keeps the listed operations and what they reach.
func (src *source) service(pkg string, ops []string) (*model.Service, error) {
	meta := src.Metadata
	svc := &model.Service{
		Protocol:   model.Protocol(meta.Protocol),
		Version:    meta.APIVersion,
		Signing:    meta.SigningName,
		Namespace:  strings.TrimSuffix(meta.XMLNamespace, "/"),
		Target:     meta.TargetPrefix,
		JSON:       meta.JSONVersion,
		Errors:     map[string]int{},
		Operations: map[string]*model.Operation{},
		Shapes:     map[string]*model.Shape{},
	}
	if svc.Signing == "" {
		svc.Signing = meta.EndpointPrefix
	}
	for _, name := range ops {
		op, ok := src.Operations[name]
		if !ok {
			return nil, fmt.Errorf("no operation %q", name)
		}
		root, err := src.root(pkg, name, op)
		if err != nil {
			return nil, err
		}
		svc.Operations[name] = &model.Operation{
			Method: op.HTTP.Method, URI: op.HTTP.RequestURI, Root: root, Unsigned: op.AuthType == "none",
			Input: op.Input.Shape, Output: op.Output.Shape, Paging: src.paging(name),
		}
		for _, reached := range []string{op.Input.Shape, op.Output.Shape} {
			if err := src.reach(svc, reached); err != nil {
				return nil, fmt.Errorf("operation %q: %w", name, err)
			}
		}
		for _, e := range op.Errors {
			sh := src.Shapes[e.Shape]
			code := sh.Error.Code
			if code == "" {
				code = e.Shape
			}
			if sh.Error.HTTPStatusCode != 0 {
				svc.Errors[code] = sh.Error.HTTPStatusCode
			}
		}
	}
	return svc, nil
}

func (src *source) paging(op string) *model.Paging {
	p, ok := src.pagination[op]
	if !ok {
		return nil
	}
	return &model.Paging{In: p.InputToken, Out: p.OutputToken, Results: p.ResultKey, Limit: p.LimitKey, More: p.MoreResults}
}

// reach adds the shape and all that it holds.
func (src *source) reach(svc *model.Service, name string) error {
	if name == "" || svc.Shapes[name] != nil {
		return nil
	}
	from, ok := src.Shapes[name]
	if !ok {
		return fmt.Errorf("no shape %q", name)
	}
	to := &model.Shape{Type: from.Type, Payload: from.Payload, Flat: from.Flattened, Union: from.Union,
		Format: from.TimestampFormat, Item: from.Member.LocationName}
	svc.Shapes[name] = to
	for _, m := range from.Members {
		to.Members = append(to.Members, &model.Member{Name: m.Name, Of: m.Shape, Wire: m.LocationName, Query: m.QueryName,
			In: m.Location, Flat: m.Flattened, Attr: m.XMLAttribute, Format: m.TimestampFormat})
		if err := src.reach(svc, m.Shape); err != nil {
			return err
		}
	}
	for field, held := range map[*string]botoMember{&to.Elem: from.Member, &to.Key: from.Key, &to.Value: from.Value} {
		*field = held.Shape
		if err := src.reach(svc, held.Shape); err != nil {
			return err
		}
	}
	return nil
}
