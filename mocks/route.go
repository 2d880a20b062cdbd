package mocks

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"onus/mocks/model"
)

// incoming is a request with its body read and its host taken apart.
type incoming struct {
	method string
	path   string // escaped, path-style: a bucket named by the host stands in front
	query  url.Values
	header http.Header
	body   []byte
	scope  credentialScope
}

// credentialScope is what the Authorization header says of the caller.
type credentialScope struct {
	signed      bool
	accessKeyID string
	region      string
	service     string // the signing name
}

var credential = regexp.MustCompile(`^AWS4-[A-Z0-9-]+ Credential=([^,\s]+)`)

// scopeOf reads the credential scope: KEY/DATE/REGION/SERVICE/aws4_request, for
// SigV4A without the Region, which then stands in a header of its own.
// Source: AWS General Reference, "Create a signed AWS API request".
func scopeOf(r *http.Request) credentialScope {
	m := credential.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return credentialScope{region: regionOfHost(r.Host)}
	}
	parts := strings.Split(m[1], "/")
	switch n := len(parts); {
	case n == 5:
		return credentialScope{true, parts[0], parts[2], parts[3]}
	case n == 4:
		return credentialScope{true, parts[0], r.Header.Get("X-Amz-Region-Set"), parts[2]}
	default:
		return credentialScope{}
	}
}

var hostRegion = regexp.MustCompile(`\.([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.`)

// regionOfHost serves unsigned requests, which name no Region but in the host.
func regionOfHost(host string) string {
	if m := hostRegion.FindStringSubmatch(host); m != nil {
		return m[1]
	}
	return ""
}

// virtualHost matches a bucket in front of an S3 endpoint: AWS's own names, and
// this server under the name localhost.
var virtualHost = regexp.MustCompile(`^(.+?)\.(?:s3[.-][^:]*|localhost)(?::\d+)?$`)

func newIncoming(r *http.Request, body []byte) incoming {
	in := incoming{method: r.Method, path: r.URL.EscapedPath(), query: r.URL.Query(), header: r.Header, body: body, scope: scopeOf(r)}
	m := virtualHost.FindStringSubmatch(r.Host)
	if m != nil && strings.HasPrefix(in.scope.service, "s3") && !strings.HasPrefix(in.path, controlPath) {
		in.path = "/" + m[1] + "/" + strings.TrimPrefix(in.path, "/")
	}
	return in
}

// controlPath begins every S3 Control path, and no bucket's name: S3 Control
// signs as "s3", so the path tells the two apart.
const controlPath = "/v20180820/"

// route finds the operation that a request asks for, and decodes its input.
func route(t *model.Table, in incoming) (*model.Operation, map[string]any, error) {
	if target := in.header.Get("X-Amz-Target"); target != "" {
		prefix, name, _ := strings.Cut(target, ".")
		for _, svc := range t.Services {
			// Some models give the prefix with a namespace in front, which the SDK leaves out.
			modelled := svc.Target[strings.LastIndex(svc.Target, ".")+1:]
			if op := svc.Operations[name]; op != nil && modelled == prefix {
				input, err := decodeJSON(op, in.body)
				return op, input, err
			}
		}
		return nil, nil, fmt.Errorf("no operation %q is modelled", target)
	}
	if strings.HasPrefix(in.header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return routeForm(t, in)
	}
	op, labels := routeREST(t, in)
	if op == nil {
		return nil, nil, fmt.Errorf("no operation %s %s?%s is modelled for the signing name %q",
			in.method, in.path, in.query.Encode(), in.scope.service)
	}
	input, err := decodeREST(op, in, labels)
	return op, input, err
}

func routeForm(t *model.Table, in incoming) (*model.Operation, map[string]any, error) {
	form, err := url.ParseQuery(string(in.body))
	if err != nil {
		return nil, nil, err
	}
	action, version := form.Get("Action"), form.Get("Version")
	if action == "" {
		return nil, nil, errors.New("a form without Action")
	}
	for _, svc := range t.Services {
		op := svc.Operations[action]
		if op != nil && svc.Version == version && (svc.Signing == in.scope.service || op.Unsigned) {
			input, err := decodeForm(op, form)
			return op, input, err
		}
	}
	return nil, nil, fmt.Errorf("no action %q of version %q is modelled for the signing name %q", action, version, in.scope.service)
}

// routeREST takes the best match: the one with the most fixed parts.
func routeREST(t *model.Table, in incoming) (found *model.Operation, labels map[string]string) {
	best := -1
	for _, name := range slices.Sorted(maps.Keys(t.Services)) {
		svc := t.Services[name]
		if svc.Protocol != model.RESTXML && svc.Protocol != model.RESTJSON || name == "s3" && strings.HasPrefix(in.path, controlPath) {
			continue
		}
		for _, opName := range slices.Sorted(maps.Keys(svc.Operations)) {
			op := svc.Operations[opName]
			if !signs(op, in.scope) || op.Method != in.method {
				continue
			}
			if fixed, values, ok := matchURI(op, in); ok && fixed > best {
				best, found, labels = fixed, op, values
			}
		}
	}
	return found, labels
}

// signs says whether requests for an operation bear that signing name. Directory
// buckets are listed under "s3express", where GET / means ListDirectoryBuckets;
// under "s3" it means ListBuckets.
func signs(op *model.Operation, scope credentialScope) bool {
	if op.Unsigned {
		return true
	}
	if op.ID() == "s3:ListDirectoryBuckets" || op.ID() == "s3:ListBuckets" {
		return (scope.service == "s3express") == (op.Name == "ListDirectoryBuckets")
	}
	return op.Service.Signing == scope.service || op.Service.Signing == "s3" && scope.service == "s3express"
}

// matchURI compares path and query with an operation's URI template. fixed
// counts the literal parts; every query key must be one the operation knows.
func matchURI(op *model.Operation, in incoming) (fixed int, labels map[string]string, ok bool) {
	template, literal, _ := strings.Cut(op.URI, "?")
	labels = map[string]string{}
	want, have := strings.Split(strings.Trim(template, "/"), "/"), strings.Split(strings.Trim(in.path, "/"), "/")
	for i, part := range want {
		name, isLabel := strings.CutPrefix(strings.TrimSuffix(part, "}"), "{")
		name, greedy := strings.CutSuffix(name, "+")
		switch {
		case i >= len(have), !isLabel && part != have[i], isLabel && have[i] == "":
			return 0, nil, false
		case isLabel:
			value := have[i]
			if rest := len(want) - i - 1; greedy && len(have)-rest > i {
				value = strings.Join(have[i:len(have)-rest], "/")
				have = slices.Concat(have[:i+1], have[len(have)-rest:])
			}
			if greedy && i == len(want)-1 && strings.HasSuffix(in.path, "/") {
				value += "/" // a key may end so
			}
			unescaped, err := url.PathUnescape(value)
			if err != nil {
				return 0, nil, false
			}
			labels[name] = unescaped
		case part != "":
			fixed++
		}
	}
	if len(have) != len(want) {
		return 0, nil, false
	}
	n, ok := matchQuery(op, literal, in.query)
	return fixed + n, labels, ok
}

func matchQuery(op *model.Operation, literal string, query url.Values) (fixed int, ok bool) {
	known := map[string]bool{"x-id": true} // the SDK's own mark, ignored by AWS
	want, err := url.ParseQuery(literal)
	if err != nil {
		return 0, false
	}
	for key, values := range want {
		if !query.Has(key) || values[0] != "" && query.Get(key) != values[0] {
			return 0, false
		}
		known[key] = true
	}
	if op.In != nil {
		for _, m := range op.In.Members {
			known[m.WireName()] = known[m.WireName()] || m.In == "querystring"
		}
	}
	for key := range query {
		if !known[key] {
			return 0, false
		}
	}
	return len(want), true
}
