package policy

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxDocument is the longest text in bytes that Parse takes. The longest
// document that AWS stores, a KMS key policy, has 32 kB; percent-encoding and
// white space can treble that and more.
const MaxDocument = 1 << 20

// Parse reads a policy document. Percent-encoded text, as IAM returns it, is
// decoded as a path is: a + stays a +. The error is an [*Error] with the place.
func Parse(doc []byte) (*Document, error) {
	if len(doc) > MaxDocument {
		return nil, &Error{1, 1, "", "document is longer than 1 MiB"}
	}
	text := string(doc)
	if strings.HasPrefix(text, "%") { // no JSON text begins so
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return nil, &Error{1, 1, "", "percent-encoding: " + err.Error()}
		}
		text = decoded
	}
	if !utf8.ValidString(text) {
		return nil, &Error{1, 1, "", "text is not UTF-8"}
	}
	p := parser{reader: reader{text: text}, doc: &Document{Version: Version2008}}
	if err := p.document(); err != nil {
		return nil, err
	}
	return p.doc, nil
}

type parser struct {
	reader
	doc     *Document
	unclear bool // the statement being read has an issue
}

func (p *parser) issue(at int, problem string) {
	line, column := position(p.text, at)
	p.doc.Issues = append(p.doc.Issues, Issue{line, column, strings.Join(p.path, ""), problem})
	p.unclear = true
}

func (p *parser) document() error {
	var found, strange bool
	err := p.object(func(key string, at int) (err error) {
		defer p.enter(key)()
		switch key {
		case "Version":
			p.doc.Version, err = p.str()
			if err == nil && p.doc.Version != Version2008 && p.doc.Version != Version2012 {
				return p.fail(at, "no such version of the policy language: %q", p.doc.Version)
			}
			return err
		case "Id":
			p.doc.ID, err = p.str()
			return err
		case "Statement":
			found = true
			return p.statements()
		}
		strange = true
		p.issue(at, "unknown element")
		return p.skip(0)
	})
	switch {
	case err != nil:
		return err
	case p.next() != 0 || p.at < len(p.text):
		return p.fail(p.at, "found %s after the document", p.found())
	case !found:
		return p.fail(p.at, "the document has no Statement")
	}
	// Version may stand after the statements it rules.
	for i := range p.doc.Statements {
		s := &p.doc.Statements[i]
		s.variables = p.doc.Version == Version2012
		s.Unclear = s.Unclear || strange
		for c := range s.Conditions {
			s.Conditions[c].variables = s.variables
		}
	}
	return nil
}

func (p *parser) statements() error {
	if p.next() != '[' {
		return p.statement(0)
	}
	return p.list(func(i int) error { return p.statement(i) })
}

func (p *parser) statement(index int) error {
	start := p.at
	p.path[len(p.path)-1] = "Statement[" + strconv.Itoa(index) + "]"
	p.unclear = false
	line, _ := position(p.text, start)
	s := Statement{Index: index, Line: line}
	var action, resource int
	err := p.object(func(key string, at int) (err error) {
		defer p.enter("." + key)()
		switch key {
		case "Sid":
			s.Sid, err = p.str()
		case "Effect":
			s.Effect, err = p.effect()
		case "Principal", "NotPrincipal":
			if s.Principals.Present {
				return p.fail(at, "both Principal and NotPrincipal")
			}
			s.Principals, err = p.principals(key == "NotPrincipal")
		case "Action", "NotAction":
			action++
			s.NotAction = key == "NotAction"
			s.Actions, err = p.values(p.str)
		case "Resource", "NotResource":
			resource++
			s.NotResource, s.hasResource = key == "NotResource", true
			s.Resources, err = p.values(p.str)
		case "Condition":
			s.Conditions, err = p.conditions()
		default:
			p.issue(at, "unknown element")
			err = p.skip(0)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case s.Effect == 0:
		return p.fail(start, "statement without Effect")
	case action != 1:
		return p.fail(start, "statement needs one of Action and NotAction, has %d", action)
	case resource > 1:
		return p.fail(start, "both Resource and NotResource")
	case resource == 0 && !s.Principals.Present:
		return p.fail(start, "statement with neither Resource nor Principal")
	}
	s.Unclear = p.unclear
	p.doc.Statements = append(p.doc.Statements, s)
	return nil
}

func (p *parser) effect() (Effect, error) {
	at := p.at
	word, err := p.str()
	switch {
	case err != nil:
		return 0, err
	case word == "Allow":
		return Allow, nil
	case word == "Deny":
		return Deny, nil
	}
	return 0, p.fail(at, "Effect is %q, want Allow or Deny", word)
}

func (p *parser) principals(negated bool) (Principals, error) {
	out := Principals{Present: true, Negated: negated}
	if p.next() == '"' {
		at := p.at
		word, err := p.str()
		if err == nil && word != "*" {
			err = p.fail(at, "principal %q without a type", word)
		}
		out.AWS = []string{word}
		return out, err
	}
	err := p.object(func(key string, at int) (err error) {
		switch key {
		case "AWS":
			out.AWS, err = p.values(p.str)
		case "Service":
			out.Service, err = p.values(p.str)
		case "Federated":
			out.Federated, err = p.values(p.str)
		case "CanonicalUser":
			out.Canonical, err = p.values(p.str)
		default:
			p.issue(at, "unknown type of principal: "+key)
			err = p.skip(0)
		}
		return err
	})
	return out, err
}

func (p *parser) conditions() ([]Condition, error) {
	var out []Condition
	err := p.object(func(name string, at int) error {
		defer p.enter("." + name)()
		operator, known := parseOperator(name)
		if !known {
			p.issue(at, "unknown condition operator")
		}
		return p.object(func(key string, at int) error {
			values, err := p.values(p.scalar)
			if err != nil {
				return err
			}
			c := Condition{Operator: name, Key: key, Values: values, operator: operator, key: strings.ToLower(key)}
			for _, other := range out {
				if other.key == c.key && strings.EqualFold(other.Operator, name) {
					p.issue(at, "condition key "+key+" is given twice in different case")
				}
			}
			out = append(out, c)
			return nil
		})
	})
	return out, err
}
