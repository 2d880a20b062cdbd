package protection

import (
	"errors"
	"strings"
	"testing"

	"onus/scanner/snapshot"
)

const (
	volumeARN   = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"
	instanceARN = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
	databaseARN = "arn:aws:rds:eu-west-1:111122223333:db:orders"
	clusterARN  = "arn:aws:rds:eu-west-1:111122223333:cluster:catalog"
	bucketARN   = "arn:aws:s3:::acme-invoices"
)

// what builds what a selection says.
func what(set ...func(*snapshot.SelectedResources)) (s snapshot.SelectedResources) {
	for _, f := range set {
		f(&s)
	}
	return s
}

func arns(list ...string) func(*snapshot.SelectedResources) {
	return func(s *snapshot.SelectedResources) { s.Resources = append(s.Resources, list...) }
}

func not(list ...string) func(*snapshot.SelectedResources) {
	return func(s *snapshot.SelectedResources) { s.NotResources = append(s.NotResources, list...) }
}

func anyOf(key, value string) func(*snapshot.SelectedResources) {
	return func(s *snapshot.SelectedResources) {
		s.ListOfTags = append(s.ListOfTags, snapshot.TagCondition{Operator: "StringEquals", Key: key, Value: value})
	}
}

func all(operator, key, value string) func(*snapshot.SelectedResources) {
	return func(s *snapshot.SelectedResources) {
		s.Conditions = append(s.Conditions, snapshot.TagCondition{Operator: operator, Key: key, Value: value})
	}
}

func TestSelects(t *testing.T) {
	prod := map[string]string{"stage": "production", "backup": "daily"}
	volume, bare := Tagged(volumeARN, "EBS", prod), Tagged(volumeARN, "EBS", nil)
	database, aurora := Tagged(databaseARN, "RDS", prod), Tagged(clusterARN, "Aurora", prod)
	bucket := Tagged(bucketARN, "S3", prod)
	denied := &snapshot.Unread{Operation: "s3:GetBucketTagging", Cause: snapshot.Denied}
	untold := Resource{ARN: bucketARN, Type: "S3", Tags: snapshot.Missing[map[string]string](denied)}
	on := snapshot.Value(map[string]bool{"EBS": true, "EC2": true, "RDS": true, "Aurora": true, "S3": true})
	off := snapshot.Value(map[string]bool{"EBS": false})
	unread := snapshot.Missing[map[string]bool](&snapshot.Unread{Operation: "backup:DescribeRegionSettings", Cause: snapshot.Throttled})
	const key = "aws:ResourceTag/"
	for _, tt := range []struct {
		name  string
		of    snapshot.SelectedResources
		r     Resource
		optIn snapshot.Read[map[string]bool]
		want  string // yes, no, or a part of the open question
		why   string
	}{
		{"by its ARN", what(arns(volumeARN)), volume, on, "yes", "by ARN " + volumeARN},
		{"another's ARN", what(arns(volumeARN + "2")), volume, on, "no", ""},
		{"an ARN that begins alike", what(arns(volumeARN[:len(volumeARN)-1])), volume, on, "no", ""},
		{"all of its type", what(arns("arn:aws:ec2:*:*:volume/*")), volume, on, "yes", ""},
		{"all of another type", what(arns("arn:aws:ec2:*:*:instance/*")), volume, on, "no", ""},
		{"a prefix", what(arns("arn:aws:s3:::acme-*")), bucket, on, "yes", ""},
		{"another partition", what(arns("arn:aws-cn:ec2:*:*:volume/*")), volume, on, "no", ""},
		{"another Region", what(arns("arn:aws:ec2:us-east-1:*:volume/*")), volume, on, "no", ""},
		{"everything", what(arns("*")), volume, on, "yes", "by ARN *"},
		{"any of several", what(arns(databaseARN, volumeARN)), volume, on, "yes", ""},
		{"a question mark is no wildcard", what(arns("arn:aws:ec2:*:*:volume/vol-?")), volume, on, "no", ""},
		{"case matters", what(arns(strings.ToUpper(volumeARN))), volume, on, "no", ""},
		{"nothing is said: everything", what(), volume, on, "yes", "of everything"},
		{"only what is left out is said", what(not(databaseARN)), volume, on, "yes", "of everything"},

		{"left out by its ARN", what(arns("*"), not(volumeARN)), volume, on, "no", "NotResources leaves it out by " + volumeARN},
		{"left out by its type", what(arns(volumeARN), not("arn:aws:ec2:*:*:volume/*")), volume, on, "no", "NotResources"},
		{"left out though tagged", what(anyOf("backup", "daily"), not("arn:aws:ec2:*")), volume, on, "no", "NotResources"},
		{"another is left out", what(arns("*"), not(databaseARN)), volume, on, "yes", ""},

		{"by a tag", what(anyOf("backup", "daily")), volume, on, "yes", "by tag backup=daily"},
		{"by a tag with the prefix", what(anyOf(key+"backup", "daily")), volume, on, "yes", "by tag backup=daily"},
		{"any of two tags", what(anyOf("backup", "weekly"), anyOf("stage", "production")), volume, on, "yes", "stage=production"},
		{"the key alone is not enough", what(anyOf("backup", "weekly")), volume, on, "no", ""},
		{"a tag's case matters", what(anyOf("Backup", "daily")), volume, on, "no", ""},
		{"no wildcard in ListOfTags", what(anyOf("backup", "dai*")), volume, on, "no", ""},
		{"no tags", what(anyOf("backup", "daily")), bare, on, "no", ""},
		{"either list: by ARN and not by tag", what(arns("arn:aws:ec2:*:*:volume/*"), anyOf("backup", "weekly")), volume, on, "yes", "by ARN"},
		{"either list: by tag and not by ARN", what(arns(databaseARN), anyOf("backup", "daily")), volume, on, "yes", "by tag"},
		{"tags unread", what(anyOf("backup", "daily")), untold, on, "s3:GetBucketTagging", ""},
		{"tags unread, but selected by ARN", what(arns(bucketARN), anyOf("backup", "daily")), untold, on, "yes", ""},
		{"tags unread, but left out", what(anyOf("backup", "daily"), not(bucketARN)), untold, on, "no", ""},

		{"a condition holds", what(arns("*"), all("StringEquals", key+"backup", "daily")), volume, on, "yes", "StringEquals aws:ResourceTag/backup daily"},
		{"all conditions must hold", what(arns("*"), all("StringEquals", key+"backup", "daily"), all("StringEquals", key+"stage", "test")), volume, on, "no", "stage test does not hold"},
		{"a wildcard at both ends", what(arns("*"), all("StringLike", key+"stage", "*duct*")), volume, on, "yes", ""},
		{"a wildcard that is not met", what(arns("*"), all("StringLike", key+"stage", "prod?ction")), volume, on, "no", ""},
		{"no tag to be like", what(arns("*"), all("StringLike", key+"owner", "*")), volume, on, "no", ""},
		{"another value", what(arns("*"), all("StringNotEquals", key+"backup", "false")), volume, on, "yes", ""},
		{"the value that is left out", what(arns("*"), all("StringNotEquals", key+"backup", "daily")), volume, on, "no", "does not hold"},
		{"no such tag differs", what(arns("*"), all("StringNotEquals", key+"backup", "false")), bare, on, "yes", ""},
		{"not like", what(arns("*"), all("StringNotLike", key+"stage", "prod*")), volume, on, "no", ""},
		{"no such tag is not like", what(arns("*"), all("StringNotLike", key+"stage", "prod*")), bare, on, "yes", ""},
		{"conditions narrow ListOfTags", what(anyOf("backup", "daily"), all("StringEquals", key+"stage", "test")), volume, on, "no", ""},
		{"conditions, tags unread", what(arns("*"), all("StringEquals", key+"backup", "daily")), untold, on, "s3:GetBucketTagging", ""},
		{"an unknown key", what(arns("*"), all("StringEquals", "backup", "daily")), volume, on, "documents do not say", ""},
		{"an unknown key beside one that does not hold", what(arns("*"), all("StringEquals", "backup", "daily"), all("StringEquals", key+"stage", "test")), volume, on, "no", ""},
		{"an unknown operator", what(arns("*"), all("StringSounds", key+"backup", "daily")), volume, on, "documents do not say", ""},

		{"not opted in: by its ARN all the same", what(arns(volumeARN)), volume, off, "yes", ""},
		{"not opted in: by its type all the same", what(arns("arn:aws:ec2:*:*:volume/*")), volume, off, "yes", ""},
		{"not opted in: everything", what(arns("*")), volume, off, "no", "EBS is not opted in to in the Region, which a selection by ARN * needs"},
		{"not opted in: by service alone", what(arns("arn:aws:ec2:*")), volume, off, "no", "not opted in"},
		{"not opted in: nothing is said", what(), volume, off, "no", "not opted in"},
		{"not opted in: by tag", what(anyOf("backup", "daily")), volume, off, "no", "by tag backup=daily needs"},
		{"not opted in: tags unread as well", what(anyOf("backup", "daily")), untold, off, "no", "not opted in"},
		{"not opted in: a named type beside a star", what(arns("*", "arn:aws:ec2:*:*:volume/*")), volume, off, "yes", ""},
		{"a type that the settings do not name", what(arns("*")), database, off, "no", "RDS is not opted in"},
		{"RDS by its ARN needs none", what(arns(databaseARN)), database, off, "yes", ""},
		{"Aurora always needs it", what(arns(clusterARN)), aurora, off, "no", "Aurora is not opted in"},
		{"Aurora, opted in", what(arns("arn:aws:rds:*:*:cluster:*")), aurora, on, "yes", ""},
		{"buckets by their type", what(arns("arn:aws:s3:::*")), bucket, off, "yes", ""},
		{"buckets by their service", what(arns("arn:aws:s3:*")), bucket, off, "no", "not opted in"},
		{"settings unread: everything", what(arns("*")), volume, unread, "backup:DescribeRegionSettings", ""},
		{"settings unread: by ARN", what(arns(volumeARN)), volume, unread, "yes", ""},
		{"settings unread: not selected anyhow", what(arns(databaseARN)), volume, unread, "no", ""},
		{"settings unread: a condition fails", what(arns("*"), all("StringEquals", key+"stage", "test")), volume, unread, "no", ""},
	} {
		m := Selects(tt.of, tt.r, tt.optIn)
		got := "no"
		switch {
		case m.Open != nil:
			got = m.Open.Error()
		case m.Selected:
			got = "yes"
		}
		if got != tt.want && (m.Open == nil || !strings.Contains(got, tt.want)) || !strings.Contains(m.Why, tt.why) {
			t.Errorf("%s: %s (%s), want %s (%s)", tt.name, got, m.Why, tt.want, tt.why)
		}
		if m.Open != nil && m.Selected {
			t.Errorf("%s: selected and open at once", tt.name)
		}
	}
}

func TestLike(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "ab", false}, {"*", "", true}, {"*", "a:b/c", true},
		{"a*", "a", true}, {"a*a", "a", false}, {"a*a", "aa", true}, {"*b*", "abc", true}, {"*b*", "ac", false},
		{"a*b*c", "aXbYc", true}, {"a*b*c", "acb", false}, {"ab*bc", "abc", false}, {"**", "x", true}, {"a**b", "ab", true},
	} {
		if got := like(tt.pattern, tt.text); got != tt.want {
			t.Errorf("like(%q, %q) = %t", tt.pattern, tt.text, got)
		}
	}
}

func TestUnknownTellsUnreadFromUnclear(t *testing.T) {
	u := &snapshot.Unread{Operation: "backup:GetBackupPlan", Cause: snapshot.Denied}
	if v := Unknown(u); v.Cause != snapshot.Denied {
		t.Errorf("unread: %+v", v)
	}
	if v := Unknown(errors.Join(Unclear("the documents are silent"))); v.Cause != snapshot.OK || v.Reason != "the documents are silent" {
		t.Errorf("unclear: %+v", v)
	}
}

func TestAFailedReadComesBeforeWhatIsNotClear(t *testing.T) {
	u := &snapshot.Unread{Operation: "backup:GetBackupPlan", Cause: snapshot.Denied}
	for _, order := range [][]error{{u, Unclear("x")}, {Unclear("x"), u}, {Unclear("x"), nil, u}} {
		var c Cover
		for _, err := range order {
			c.open(err)
		}
		if !errors.Is(c.Open, error(u)) {
			t.Errorf("%v: kept %v", order, c.Open)
		}
	}
}

func TestTests(t *testing.T) {
	const key = "aws:ResourceTag/"
	database := Tagged(databaseARN, "RDS", map[string]string{"stage": "prod"})
	condition := func(operator, k, v string) []snapshot.TagCondition {
		return []snapshot.TagCondition{{Operator: operator, Key: k, Value: v}}
	}
	for _, tt := range []struct {
		name string
		kind string
		of   snapshot.RestoreTestResources
		want string
	}{
		{"by its ARN", "RDS", snapshot.RestoreTestResources{ARNs: []string{databaseARN}}, "yes"},
		{"all of its type", "RDS", snapshot.RestoreTestResources{ARNs: []string{"*"}}, "yes"},
		{"all of another type", "Aurora", snapshot.RestoreTestResources{ARNs: []string{"*"}}, "no"},
		{"another's ARN", "RDS", snapshot.RestoreTestResources{ARNs: []string{databaseARN + "2"}}, "no"},
		{"all, on a condition that holds", "RDS", snapshot.RestoreTestResources{ARNs: []string{"*"}, Conditions: condition("StringEquals", key+"stage", "prod")}, "yes"},
		{"all, on a condition that does not hold", "RDS", snapshot.RestoreTestResources{ARNs: []string{"*"}, Conditions: condition("StringEquals", key+"stage", "test")}, "no"},
		{"by a condition alone", "RDS", snapshot.RestoreTestResources{Conditions: condition("StringNotEquals", key+"stage", "test")}, "yes"},
		{"by nothing", "RDS", snapshot.RestoreTestResources{}, "no"},
		{"an unknown key", "RDS", snapshot.RestoreTestResources{ARNs: []string{"*"}, Conditions: condition("StringEquals", "stage", "prod")}, "open"},
	} {
		m := Tests(tt.kind, tt.of, database)
		got := map[bool]string{true: "yes", false: "no"}[m.Selected]
		if m.Open != nil {
			got = "open"
		}
		if got != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, got, m.Why, tt.want)
		}
	}
}
