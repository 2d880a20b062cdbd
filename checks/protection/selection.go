// Package protection says what really backs a resource up: which selections of AWS Backup's
// plans take it in, which lifecycle policies target it, how often a rule runs. Several
// categories ask this; what is then judged, and how, is left to their checks.
//
// Every answer has three values. What was not read, or what AWS's documents leave open, is
// neither a cover nor the absence of one: it is an open question, whose error says why. A
// cover says what will be backed up, never that it was: that recovery points tell.
package protection

import (
	"fmt"
	"strings"

	"onus/scanner/snapshot"
)

// Resource is what a selection may take in.
type Resource struct {
	ARN  string
	Type string // as AWS Backup names it: EBS, EC2, RDS, Aurora, S3
	Tags snapshot.Read[map[string]string]
}

// Tagged is a resource whose tags came with its list.
func Tagged(arn, kind string, tags map[string]string) Resource {
	return Resource{ARN: arn, Type: kind, Tags: snapshot.Value(tags)}
}

// Match is whether a selection takes a resource in.
type Match struct {
	Selected bool
	Why      string // by what it is selected; or why not, where something comes near
	Open     error  // why it cannot be told; nil where it can
	OptIn    bool   // the answer rests on the Region's settings
}

// Unclear is an open question that no failed read explains.
type Unclear string

func (u Unclear) Error() string { return string(u) }

// Selects says whether a selection takes a resource in. It is in by an entry of Resources
// or by one of ListOfTags, either being enough, if no entry of NotResources names it and all
// Conditions hold. A selection with neither list takes in everything.
//
// What a selection takes in by a tag, or by an ARN that does not say of which type (*,
// arn:aws:ec2:*), must be opted in to in the Region; a type that it names need not be, but
// for those of always.
// Sources: AWS Backup Developer Guide, "Select AWS services to backup" and "Assign resources
// with AWS CLI"; AWS Backup API Reference, BackupSelection; AWS re:Post Knowledge Center,
// "How do I assign resources to a Backup plan", for the two lists being alternatives.
func Selects(s snapshot.SelectedResources, r Resource, optIn snapshot.Read[map[string]bool]) Match {
	for _, p := range s.NotResources {
		if like(p, r.ARN) {
			return Match{Why: fmt.Sprintf("NotResources leaves it out by %s", p)}
		}
	}
	way := ways(s, r)
	if !way.Selected && way.Open == nil {
		return Match{}
	}
	kept, why, open := holds(s.Conditions, r.Tags)
	if open == nil && !kept {
		return Match{Why: why}
	}
	if way.OptIn {
		types, err := optIn.Get()
		switch {
		case err != nil:
			return Match{Open: err, OptIn: true}
		case !types[r.Type]:
			return Match{Why: fmt.Sprintf("%s is not opted in to in the Region, which a selection %s needs", r.Type, orElse(way.Why, "by tag")), OptIn: true}
		}
	}
	if open == nil {
		open = way.Open
	}
	if open != nil {
		return Match{Open: open, OptIn: way.OptIn}
	}
	if why != "" {
		way.Why += " and " + why
	}
	return way
}

// always are the types that must be opted in to even where a selection names them.
var always = map[string]bool{"Aurora": true, "DocumentDB": true, "Neptune": true}

// ways finds how the two lists take a resource in: at best by a type that is named.
func ways(s snapshot.SelectedResources, r Resource) (best Match) {
	if len(s.Resources) == 0 && len(s.ListOfTags) == 0 {
		return Match{Selected: true, Why: "of everything", OptIn: true}
	}
	for _, p := range s.Resources {
		switch {
		case !like(p, r.ARN):
		case namesType(p, r.ARN):
			return Match{Selected: true, Why: "by ARN " + p, OptIn: always[r.Type]}
		case !best.Selected:
			best = Match{Selected: true, Why: "by ARN " + p, OptIn: true}
		}
	}
	if best.Selected || len(s.ListOfTags) == 0 {
		return best
	}
	tags, err := r.Tags.Get()
	if err != nil {
		return Match{Open: err, OptIn: true}
	}
	for _, c := range s.ListOfTags {
		key := strings.TrimPrefix(c.Key, resourceTag)
		if value, there := tags[key]; there && value == c.Value {
			return Match{Selected: true, Why: fmt.Sprintf("by tag %s=%s", key, value), OptIn: true}
		}
	}
	return Match{}
}

// namesType says that a pattern which takes a resource in says of which type it is: it goes
// as far as volume/ or db:, or for a bucket as far as its service's three colons.
func namesType(pattern, arn string) bool {
	part := strings.SplitN(arn, ":", 6)
	if len(part) != 6 {
		return pattern == arn
	}
	mark := ":" + part[2] + ":::"
	if end := strings.IndexAny(part[5], ":/"); end >= 0 {
		mark = ":" + part[5][:end+1]
	}
	return strings.Contains(pattern, mark)
}

const resourceTag = "aws:ResourceTag/"

// holds says whether all conditions hold for a resource's tags, with what they ask. One that
// asks for another value holds where there is no such tag, as in IAM's policies.
func holds(conditions []snapshot.TagCondition, tags snapshot.Read[map[string]string]) (ok bool, why string, open error) {
	if len(conditions) == 0 {
		return true, "", nil
	}
	have, err := tags.Get()
	if err != nil {
		return false, "", err
	}
	var asked []string
	for _, c := range conditions {
		key, found := strings.CutPrefix(c.Key, resourceTag)
		value, there := have[key]
		met := false
		switch c.Operator {
		case "StringEquals":
			met = there && value == c.Value
		case "StringLike":
			met = there && like(c.Value, value)
		case "StringNotEquals":
			met = !there || value != c.Value
		case "StringNotLike":
			met = !there || !like(c.Value, value)
		default:
			found = false
		}
		text := fmt.Sprintf("%s %s %s", c.Operator, c.Key, c.Value)
		switch {
		case !found:
			open = Unclear("AWS's documents do not say what the condition " + text + " asks")
		case !met:
			return false, "the condition " + text + " does not hold", nil
		}
		asked = append(asked, text)
	}
	return true, strings.Join(asked, ", "), open
}

// like says whether a pattern describes a text: * stands for any run of characters, and all
// else for itself.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Tests says whether a selection of a restore testing plan takes in the recovery points of a
// resource: of its type, by its ARN or the single *, if all conditions hold.
// Source: AWS Backup API Reference, RestoreTestingSelectionForGet.
func Tests(kind string, s snapshot.RestoreTestResources, r Resource) Match {
	named := len(s.ARNs) == 0 && len(s.Conditions) > 0
	for _, a := range s.ARNs {
		named = named || like(a, r.ARN)
	}
	if kind != r.Type || !named {
		return Match{}
	}
	kept, why, open := holds(s.Conditions, r.Tags)
	return Match{Selected: kept && open == nil, Why: why, Open: open}
}
