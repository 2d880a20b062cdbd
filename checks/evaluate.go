package checks

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onus/scanner/snapshot"
)

// Settings are what the policy file says of the checks.
type Settings struct {
	Parameters map[string]map[string]any // check id → name → value, already validated
	Severities map[string]Severity
}

// Resource is what a finding is about.
type Resource struct {
	Type string            `json:"type"`
	ID   string            `json:"id"`
	Name string            `json:"name,omitempty"`
	Tags map[string]string `json:"tags,omitempty"`
}

// Scope is the resource type of a finding about a place that could not be listed.
const Scope = "scope"

// Finding is one check's verdict on one resource.
type Finding struct {
	ID       string            `json:"id"`
	Check    string            `json:"check"`
	Status   Status            `json:"status"`
	Severity Severity          `json:"severity"`
	Account  string            `json:"account"`
	Region   string            `json:"region"`
	Resource Resource          `json:"resource"`
	Reason   string            `json:"reason"`
	Cause    snapshot.Cause    `json:"cause,omitempty"` // of an UNKNOWN
	Observed map[string]string `json:"observed,omitempty"`
	Evidence []string          `json:"evidence"` // call ids, sorted
	Waived   *Waived           `json:"waived,omitempty"`
}

// Waived says by whom a finding that fails, or cannot be told, is accepted, why, and until
// when. It changes no status. The evaluator sets none: see report.Waive.
type Waived struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"` // YYYY-MM-DD: the last day on which it holds, in UTC
}

type resource struct {
	Resource
	at    snapshot.Location
	calls []snapshot.Call
}

// indexed is what an index is of: see indexOf.
type indexed struct {
	words string
	is    reflect.Type
}

type evaluation struct {
	account  *snapshot.Account
	settings Settings
	indexes  map[indexed]any
	status   map[string]*snapshot.Unread // operation@Region → nil if read to its end
	regions  []string                    // see Account.ScannedRegions
}

// Evaluate yields the findings of an account in one total order: check id, resource
// type, Region, resource id. Memory does not grow with their number. Ranging over it
// again gives the same findings again.
func Evaluate(account *snapshot.Account, list []*Check, settings Settings) iter.Seq[Finding] {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b *Check) int { return cmp.Compare(a.ID, b.ID) })
	return func(yield func(Finding) bool) {
		e := &evaluation{account: account, settings: settings, indexes: map[indexed]any{}, status: coverage(account), regions: account.ScannedRegions()}
		for _, c := range list {
			if !e.check(c, yield) {
				return
			}
		}
	}
}

// check yields the findings of one check: its kinds in the order of their types, with
// the scopes in their place among them.
func (e *evaluation) check(c *Check, yield func(Finding) bool) bool {
	judges := slices.Clone(c.Judges)
	slices.SortFunc(judges, func(a, b judge) int { return cmp.Compare(a.kind, b.kind) })
	scoped := false
	for _, j := range judges {
		if !scoped && j.kind > Scope {
			scoped = true
			if !e.scopes(c, yield) {
				return false
			}
		}
		more := j.run(e, c, func(r resource, v Verdict) bool { return yield(e.finding(c, r, v)) })
		if !more {
			return false
		}
	}
	return scoped || e.scopes(c, yield)
}

// scopes yields one UNKNOWN for each place in which a list call of the check's kinds
// did not end well.
func (e *evaluation) scopes(c *Check, yield func(Finding) bool) bool {
	type place struct{ region, op string }
	found := map[place]error{}
	for _, j := range c.Judges {
		where := e.regions
		if j.global {
			where = []string{snapshot.Global}
		} else if _, err := e.account.Regions.Get(); err != nil {
			// Nobody knows which Regions there are: what was scanned may not be all.
			found[place{snapshot.Global, "account:ListRegions"}] = err
		}
		for _, region := range where {
			for _, op := range j.lists {
				if err := e.unlisted([]string{op}, region); err != nil {
					found[place{region, op}] = err
				}
			}
		}
	}
	places := make([]place, 0, len(found))
	for p := range found {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.op, b.op)) })
	for _, p := range places {
		at := e.account.Location.In(p.region)
		r := resource{Resource: Resource{Type: Scope, ID: p.op + "@" + at.String()}, at: at}
		if !yield(e.finding(c, r, Unknown(found[p]))) {
			return false
		}
	}
	return true
}

// unlisted is why the operations were not read to their end in a Region: nil if they
// were. An operation that is not in the coverage at all was never read.
func (e *evaluation) unlisted(ops []string, region string) error {
	for _, op := range ops {
		u, ok := e.status[op+"@"+region]
		if !ok {
			return &snapshot.Unread{Operation: op, At: e.account.Location.In(region), Cause: snapshot.Skipped, Message: "the call was not made"}
		}
		if u != nil {
			return u
		}
	}
	return nil
}

func coverage(a *snapshot.Account) map[string]*snapshot.Unread {
	out := map[string]*snapshot.Unread{}
	for _, c := range a.Coverage {
		u := c.Error
		if u == nil && c.Status != snapshot.OK {
			u = &snapshot.Unread{Operation: c.Operation, At: c.Location, Cause: c.Status}
		}
		if c.Status == snapshot.OK {
			u = nil
		}
		out[c.Operation+"@"+c.Region] = u
	}
	return out
}

// runKind judges the resources of one kind in the order of Region and id.
func runKind[T any](e *evaluation, c *Check, k snapshot.Kind[T], f func(T, Env) Verdict, each func(resource, Verdict) bool) bool {
	type item struct {
		region, id string
		n          int
	}
	all := k.All(e.account)
	items := make([]item, len(all))
	for i, r := range all {
		items[i] = item{k.Meta(r).Region, k.ID(r), i}
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.id, b.id)) })
	fields := readFields(reflect.TypeFor[T]())
	for _, it := range items {
		value := &all[it.n]
		m := k.Meta(*value)
		used := slices.Clone(m.Calls)
		for _, field := range fields {
			// The calls behind what the check says that it reads: a collector need not list
			// them a second time.
			for _, call := range reflect.ValueOf(value).Elem().FieldByIndex(field).Addr().Interface().(caller).Calls() {
				if slices.Contains(c.Reads, call.Operation) {
					used = append(used, call)
				}
			}
		}
		v := f(*value, Env{AsOf: e.account.AsOf, check: c, eval: e, used: &used})
		r := resource{Resource: Resource{Type: k.Type, ID: it.id, Name: m.Name, Tags: m.Tags}, at: m.Location, calls: used}
		if !each(r, v) {
			return false
		}
	}
	return true
}

// caller is what every Read[T] can say of itself.
type caller interface{ Calls() []snapshot.Call }

// readFields are the Read fields of a resource.
func readFields(t reflect.Type) (out [][]int) {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Type.Implements(reflect.TypeFor[caller]()) {
			out = append(out, f.Index)
		}
	}
	return out
}

func (e *evaluation) finding(c *Check, r resource, v Verdict) Finding {
	switch v.Status {
	case PASS, FAIL, UNKNOWN, NotApplicable:
	default:
		v = Verdict{Status: UNKNOWN, Cause: snapshot.Failed, Reason: "the check " + c.ID + " gave no verdict: this is a fault of Onus"}
	}
	severity := c.Severity
	if s, ok := e.settings.Severities[c.ID]; ok {
		severity = s
	}
	return Finding{
		ID: FindingID(c.ID, r.at, r.Resource), Check: c.ID, Status: v.Status, Severity: severity,
		Account: r.at.Account, Region: r.at.Region, Resource: r.Resource,
		Reason: v.Reason, Cause: v.Cause, Observed: v.Observed, Evidence: ids(r.calls),
	}
}

// FindingID is the SHA-256 over check, partition, account and resource id, and the
// Region only where an ARN is not unique without it: so a bucket whose Region could not
// be read keeps its finding's id.
func FindingID(check string, at snapshot.Location, r Resource) string {
	parts := []string{check, at.Partition, at.Account, r.ID}
	if !strings.HasPrefix(r.ID, "arn:") && at.Region != "" {
		parts = append(parts, at.Region)
	}
	text := []byte{'['} // as %q of package fmt writes a list
	for i, p := range parts {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendQuote(text, p)
	}
	sum := sha256.Sum256(append(text, ']'))
	return hex.EncodeToString(sum[:])
}

func ids(calls []snapshot.Call) []string {
	out := make([]string, 0, len(calls))
	for _, c := range calls {
		out = append(out, c.ID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
