package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// rank orders the answers of "is it allowed" from the narrowest to the widest.
func rank(a Answer) int {
	switch a {
	case No:
		return 0
	case CannotTell:
		return 1
	case Yes:
		return 2
	}
	panic("no answer")
}

// rounds of a property over generated policies.
const rounds = 1500

func each(t *testing.T, seed uint64, f func(r *rand.Rand, plain plainPolicies, req Request)) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2026))
	for range rounds {
		plain := generatePolicies(r)
		var unknown []string
		if r.IntN(2) == 0 {
			unknown = slices.Compact(slices.Sorted(slices.Values(pick(r, keyNames, 2))))
		}
		req, _ := generateRequest(r, unknown)
		f(r, plain, req)
	}
}

// places are the documents of plain policies to which a statement can be added.
func places(p *plainPolicies) []*[]plainStatement {
	out := []*[]plainStatement{&p.identity, &p.resource}
	if p.boundary != nil {
		out = append(out, &p.boundary)
	}
	if p.scp != nil {
		out = append(out, &p.scp)
	}
	return out
}

// added is a copy of the policies with one more generated statement somewhere.
func added(r *rand.Rand, plain plainPolicies, deny bool) plainPolicies {
	list := places(&plain)
	i := r.IntN(len(list))
	s := generate(r, i == 1)[0]
	s.deny = deny
	*list[i] = slices.Insert(slices.Clone(*list[i]), r.IntN(len(*list[i])+1), s)
	return plain
}

func TestAddingADenyNeverWidens(t *testing.T) {
	changed := 0
	each(t, 1, func(r *rand.Rand, plain plainPolicies, req Request) {
		more := added(r, plain, true)
		before, after := Decide(req, plain.parse(t)).Allowed, Decide(req, more.parse(t)).Allowed
		if rank(after) > rank(before) {
			t.Fatalf("%v became %v by a Deny\n%+v\nwas %+v\nis %+v", before, after, req, plain, more)
		}
		if before != after {
			changed++
		}
	})
	if changed < rounds/50 {
		t.Errorf("only %d of %d answers changed: the test shows nothing", changed, rounds)
	}
}

func TestAddingAnAllowNeverNarrows(t *testing.T) {
	changed := 0
	each(t, 2, func(r *rand.Rand, plain plainPolicies, req Request) {
		more := added(r, plain, false)
		before, after := Decide(req, plain.parse(t)).Allowed, Decide(req, more.parse(t)).Allowed
		if rank(after) < rank(before) {
			t.Fatalf("%v became %v by an Allow\n%+v\nwas %+v\nis %+v", before, after, req, plain, more)
		}
		if before != after {
			changed++
		}
	})
	if changed < rounds/50 {
		t.Errorf("only %d of %d answers changed: the test shows nothing", changed, rounds)
	}
}

// views are the answers of the static questions about a resource's document.
type views struct {
	public Answer
	reach  Reach
	admin  Answer
	steps  string
}

func view(d *Document) views {
	src := Source{Name: "document", Document: d}
	var names []string
	for _, s := range FindEscalations(src) {
		names = append(names, s.Escalation.ID)
	}
	return views{d.IsPublic(), d.Who("document", ownerAccount, "s3:GetObject", "arn:aws:s3:::b/x").Reach, FullAdmin(ownerAccount, src).Answer, strings.Join(names, " ")}
}

// generateWide makes documents that the static questions have something to say of.
func generateWide(r *rand.Rand) []plainStatement {
	list := generate(r, r.IntN(4) > 0)
	for i := range list {
		if r.IntN(3) == 0 {
			list[i].actions = []string{"*"}
		}
		if r.IntN(3) == 0 {
			list[i].resources = []string{"*"}
		}
		if r.IntN(3) == 0 && list[i].principals != nil {
			list[i].principals = []string{"*"}
		}
		if r.IntN(2) == 0 {
			list[i].conditions = nil
		}
	}
	return list
}

func TestTheOrderOfStatementsNeverMatters(t *testing.T) {
	each(t, 3, func(r *rand.Rand, plain plainPolicies, req Request) {
		want := Decide(req, plain.parse(t)).Allowed
		mixed := plain
		for _, list := range places(&mixed) {
			*list = slices.Clone(*list)
			r.Shuffle(len(*list), func(i, j int) { (*list)[i], (*list)[j] = (*list)[j], (*list)[i] })
		}
		if got := Decide(req, mixed.parse(t)).Allowed; got != want {
			t.Fatalf("%v became %v by another order\n%+v\nwas %+v\nis %+v", want, got, req, plain, mixed)
		}
		wide := generateWide(r)
		was := view(mustParse(t, render(wide)))
		turned := slices.Clone(wide)
		slices.Reverse(turned)
		if is := view(mustParse(t, render(turned))); is != was {
			t.Fatalf("%+v became %+v by another order\n%s", was, is, render(wide))
		}
	})
}

func TestStaticQuestionsGrowWithAllowsAndShrinkWithDenies(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2026))
	for range rounds {
		wide := generateWide(r)
		was := view(mustParse(t, render(wide)))
		extra := generateWide(r)[0]
		if extra.principals == nil != (wide[0].principals == nil) {
			continue // another kind of document
		}
		is := view(mustParse(t, render(append(slices.Clone(wide), extra))))
		low, high := was, is
		if extra.deny {
			low, high = is, was
		}
		if rank(low.public) > rank(high.public) || low.reach > high.reach || rank(low.admin) > rank(high.admin) {
			t.Fatalf("deny %v: %+v became %+v\n%s\nand %s", extra.deny, was, is, render(wide), render([]plainStatement{extra}))
		}
		for _, step := range strings.Fields(low.steps) {
			if !slices.Contains(strings.Fields(high.steps), step) {
				t.Fatalf("deny %v: the step %q is in the narrower document alone\n%s\nand %s", extra.deny, step, render(wide), render([]plainStatement{extra}))
			}
		}
	}
}

// TestExpandingAWildcardIntoItsMembersChangesNothing writes every action of the table
// that a pattern describes in its place, and for * every service. What the table does not hold cannot be asked.
func TestExpandingAWildcardIntoItsMembersChangesNothing(t *testing.T) {
	expand := func(patterns []string) (out []string) {
		for _, p := range patterns {
			if p == "*" { // written out in full it is longer than a document may be
				for service := range Services() {
					out = append(out, service+":*")
				}
				continue
			}
			for a := range Actions(p) {
				out = append(out, a.Name)
			}
		}
		if out == nil {
			out = []string{"none:None"}
		}
		return out
	}
	r := rand.New(rand.NewPCG(5, 2026))
	for range 60 {
		plain := generatePolicies(r)
		req, _ := generateRequest(r, nil)
		long := plain
		for _, list := range places(&long) {
			*list = slices.Clone(*list)
			for i := range *list {
				(*list)[i].actions = expand((*list)[i].actions)
			}
		}
		if before, after := Decide(req, plain.parse(t)).Allowed, Decide(req, long.parse(t)).Allowed; before != after {
			t.Fatalf("%v became %v\n%+v\n%+v", before, after, req, plain)
		}
		wide := generateWide(r)
		members := slices.Clone(wide)
		for i := range members {
			members[i].actions = expand(members[i].actions)
		}
		if was, is := view(mustParse(t, render(wide))), view(mustParse(t, render(members))); was != is {
			t.Fatalf("%+v became %+v\n%s", was, is, render(wide))
		}
	}
}
