package mocks_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/mocks/model"
)

// clients makes the SDK's client of each service in the table.
var clients = map[string]func(aws.Config) any{
	"accessanalyzer": func(c aws.Config) any { return accessanalyzer.NewFromConfig(c) },
	"autoscaling":    func(c aws.Config) any { return autoscaling.NewFromConfig(c) },
	"backup":         func(c aws.Config) any { return backup.NewFromConfig(c) },
	"cloudtrail":     func(c aws.Config) any { return cloudtrail.NewFromConfig(c) },
	"dlm":            func(c aws.Config) any { return dlm.NewFromConfig(c) },
	"rbin":           func(c aws.Config) any { return rbin.NewFromConfig(c) },
	"ssm":            func(c aws.Config) any { return ssm.NewFromConfig(c) },
	"account":        func(c aws.Config) any { return account.NewFromConfig(c) },
	"ec2":            func(c aws.Config) any { return ec2.NewFromConfig(c) },
	"iam":            func(c aws.Config) any { return iam.NewFromConfig(c) },
	"kms":            func(c aws.Config) any { return kms.NewFromConfig(c) },
	"organizations":  func(c aws.Config) any { return organizations.NewFromConfig(c) },
	"rds":            func(c aws.Config) any { return rds.NewFromConfig(c) },
	"s3": func(c aws.Config) any {
		// With an endpoint of one's own, the SDK would want a session for
		// ListDirectoryBuckets, which has no bucket to open one for.
		return s3.NewFromConfig(c, func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) })
	},
	"s3control": func(c aws.Config) any { return s3control.NewFromConfig(c) },
	"sso":       func(c aws.Config) any { return sso.NewFromConfig(c) },
	"sts":       func(c aws.Config) any { return sts.NewFromConfig(c) },
}

// operations yields every operation of the table.
func operations(t *testing.T) (all []*model.Operation) {
	t.Helper()
	table := model.Load()
	for _, name := range slices.Sorted(maps.Keys(table.Services)) {
		if clients[name] == nil {
			t.Errorf("no client for service %q in this test's list", name)
			continue
		}
		svc := table.Services[name]
		for _, op := range slices.Sorted(maps.Keys(svc.Operations)) {
			all = append(all, svc.Operations[op])
		}
	}
	if len(all) < 40 {
		t.Fatalf("the table has %d operations, want the whole list", len(all))
	}
	return all
}

// call is the SDK's method of an operation and its input and output types.
func call(op *model.Operation, cfg aws.Config) (method reflect.Value, in, out reflect.Type) {
	method = reflect.ValueOf(clients[op.Service.Name](cfg)).MethodByName(op.Name)
	return method, method.Type().In(1).Elem(), method.Type().Out(0).Elem()
}

// sdk compares SDK values by all that they say of the account.
var sdk = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".ResultMetadata" }, cmp.Ignore()),
}

// TestRoundTrip sends a full input through the SDK, answers with a full output,
// and compares both ends, for every operation of the table.
func TestRoundTrip(t *testing.T) {
	for _, op := range operations(t) {
		t.Run(op.ID(), func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{TLS: op.Service.Name == "s3control"})
			method, inType, outType := call(op, s.Config("eu-west-1"))
			in, want := reflect.New(inType), reflect.New(outType)
			fill(in.Elem(), op.In, plain)
			for _, token := range tokens(op) {
				in.Elem().FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, token) }).SetZero()
			}
			fill(want.Elem(), op.Out, awkward)

			var seen reflect.Value
			mocks.HandleAny(s, inType, outType, func(r *mocks.Request, v any) (any, error) {
				seen = reflect.ValueOf(v)
				if r.Region != "eu-west-1" && !op.Unsigned {
					t.Errorf("Region %q, want eu-west-1", r.Region)
				}
				return want.Interface(), nil
			})
			results := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), in})
			if err := results[1].Interface(); err != nil {
				t.Fatalf("%s: %v", op.ID(), err)
			}
			if diff := cmp.Diff(in.Interface(), seen.Interface(), sdk); diff != "" {
				t.Errorf("input (-sent +seen):\n%s", diff)
			}
			if diff := cmp.Diff(want.Interface(), results[0].Interface(), sdk); diff != "" {
				t.Errorf("output (-served +read):\n%s", diff)
			}
		})
	}
}

func tokens(op *model.Operation) []string {
	if op.Paging == nil {
		return nil
	}
	return op.Paging.In
}

// TestFieldsMatchModel holds SDK and table together: each exported field of an
// input or output has its member, and each member its field.
func TestFieldsMatchModel(t *testing.T) {
	for _, op := range operations(t) {
		_, in, out := call(op, aws.Config{Region: "eu-west-1"})
		matchFields(t, op.ID(), in, op.In, map[reflect.Type]bool{})
		matchFields(t, op.ID(), out, op.Out, map[reflect.Type]bool{})
	}
}

func matchFields(t *testing.T, where string, typ reflect.Type, sh *model.Shape, done map[reflect.Type]bool) {
	t.Helper()
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice && sh != nil && sh.Type == "list" {
		if typ.Kind() == reflect.Slice {
			sh = sh.ElemOf
		}
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() || done[typ] {
		return
	}
	done[typ] = true
	var members, goNames []string
	if sh != nil {
		for _, m := range sh.Members {
			if !strings.HasPrefix(m.Name, "Expires") {
				members = append(members, strings.ToLower(m.Name))
			}
			f, ok := typ.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, m.Name) })
			if !ok {
				continue // the comparison below names it
			}
			matchFields(t, where+"."+m.Name, f.Type, m.Shape, done)
		}
	}
	for i := range typ.NumField() {
		// Expires is a time to the model and text besides to the SDK, and nothing here asks for it.
		if f := typ.Field(i); f.IsExported() && f.Name != "ResultMetadata" && !strings.HasPrefix(f.Name, "Expires") {
			goNames = append(goNames, strings.ToLower(f.Name))
		}
	}
	slices.Sort(members)
	slices.Sort(goNames)
	if diff := cmp.Diff(members, goNames); diff != "" {
		t.Errorf("%s, %s (-model +SDK):\n%s", where, typ, diff)
	}
}

// plain values fit into headers, host names and URIs.
func plain(n int, m *model.Member) string {
	if m != nil && m.Name == "AccountId" {
		return "111122223333"
	}
	return fmt.Sprintf("value-%d", n)
}

// awkward values hold what an encoder might forget to escape.
func awkward(n int, m *model.Member) string {
	if m != nil && m.In != "" {
		return plain(n, m)
	}
	return fmt.Sprintf(`<&> "é" + %%2B '%d'`, n)
}

type filler struct {
	n      int
	text   func(int, *model.Member) string
	inside []*model.Shape
}

// fill sets everything in an SDK value to something that is not zero, each
// string and number to another.
func fill(v reflect.Value, sh *model.Shape, text func(int, *model.Member) string) {
	if sh != nil {
		(&filler{text: text}).value(v, nil, sh)
	}
}

func (f *filler) value(v reflect.Value, m *model.Member, sh *model.Shape) {
	f.n++
	switch {
	case v.Kind() == reflect.Interface: // a union: which member is the test's to say, see TestWireFormats
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), m, sh)
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, f.n%60, 0, time.UTC)))
	case sh.Type == "blob":
		v.SetBytes([]byte(fmt.Sprintf("blob %d \x00\xff", f.n)))
	case v.Kind() == reflect.Struct:
		f.structure(v, sh)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.value(v.Index(i), m, sh.ElemOf)
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			elem := reflect.New(v.Type().Elem()).Elem()
			f.value(elem, nil, sh.ValueOf)
			v.SetMapIndex(reflect.ValueOf(f.text(f.n, m)).Convert(v.Type().Key()), elem)
		}
	case v.Kind() == reflect.String:
		v.SetString(f.text(f.n, m))
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(f.n))
	case v.CanFloat():
		v.SetFloat(float64(f.n) + 0.5)
	default:
		panic(fmt.Sprintf("nothing to fill %s with", v.Type()))
	}
}

// structure goes round a recursive shape once.
func (f *filler) structure(v reflect.Value, sh *model.Shape) {
	if slices.Contains(f.inside, sh) {
		return
	}
	f.inside = append(f.inside, sh)
	defer func() { f.inside = f.inside[:len(f.inside)-1] }()
	for _, m := range sh.Members {
		to := v.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, m.Name) })
		if to.IsValid() { // else TestFieldsMatchModel names it
			f.value(to, m, m.Shape)
		}
	}
}
