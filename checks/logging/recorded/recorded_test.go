package recorded

import (
	"strings"
	"testing"

	"onus/scanner/snapshot"
)

const bucket = "arn:aws:s3:::b"

func basic(readWrite string, values ...string) snapshot.EventSelectors {
	return snapshot.EventSelectors{Basic: []snapshot.EventSelector{{ReadWriteType: readWrite, Data: []snapshot.DataResource{{Type: objectType, Values: values}}}}}
}

// fields is one advanced selector for S3's data events with more fields.
func fields(more ...snapshot.FieldSelector) snapshot.EventSelectors {
	all := []snapshot.FieldSelector{{Field: "eventCategory", Equals: []string{"Data"}}, {Field: "resources.type", Equals: []string{"AWS::S3::Object"}}}
	return snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: append(all, more...)}}}
}

func arn(f snapshot.FieldSelector) snapshot.EventSelectors {
	f.Field = "resources.ARN"
	return fields(f)
}

func TestObjects(t *testing.T) {
	type field = snapshot.FieldSelector
	one := func(v ...string) []string { return v }
	for _, tt := range []struct {
		name          string
		in            snapshot.EventSelectors
		reads, writes Share
	}{
		{"nothing", snapshot.EventSelectors{}, None, None},
		{"an empty list of advanced selectors is not advanced", snapshot.EventSelectors{Basic: basic("All", "arn:aws:s3").Basic, Advanced: []snapshot.AdvancedEventSelector{}}, All, All},
		{"basic, all of S3", basic("All", "arn:aws:s3"), All, All},
		{"basic, every bucket", basic("", "arn:aws:s3:::"), All, All},
		{"basic, another partition's", basic("All", "arn:aws-cn:s3"), None, None},
		{"basic, the bucket with its slash", basic("ReadOnly", "arn:aws:s3:::b/"), All, None},
		{"basic, writes alone", basic("WriteOnly", "arn:aws:s3:::b/"), None, All},
		{"basic, the bucket without its slash", basic("All", "arn:aws:s3:::b"), Part, Part},
		{"basic, a prefix of keys", basic("All", "arn:aws:s3:::b/in/"), Part, Part},
		{"basic, a neighbour whose name begins alike", basic("All", "arn:aws:s3:::bb/"), None, None},
		{"basic, no data", snapshot.EventSelectors{Basic: []snapshot.EventSelector{{ReadWriteType: "All", Management: true}}}, None, None},
		{"basic, of Lambda", snapshot.EventSelectors{Basic: []snapshot.EventSelector{{Data: []snapshot.DataResource{{Type: "AWS::Lambda::Function", Values: one("arn:aws:s3")}}}}}, None, None},
		{"advanced, all of S3", fields(), All, All},
		{"advanced, writes alone", fields(field{Field: "readOnly", Equals: one("false")}), None, All},
		{"advanced, reads alone", fields(field{Field: "readOnly", Equals: one("true")}), All, None},
		{"advanced, below the bucket", arn(field{StartsWith: one("arn:aws:s3:::other/", "arn:aws:s3:::b/")}), All, All},
		{"advanced, a beginning of the name", arn(field{StartsWith: one("arn:aws:s3:::")}), All, All},
		{"advanced, a prefix of keys", arn(field{StartsWith: one("arn:aws:s3:::b/in/")}), Part, Part},
		{"advanced, one object", arn(field{Equals: one("arn:aws:s3:::b/k")}), Part, Part},
		{"advanced, the ends of keys", arn(field{EndsWith: one(".csv")}), Part, Part},
		{"advanced, another bucket", arn(field{StartsWith: one("arn:aws:s3:::c/")}), None, None},
		{"advanced, all but the bucket", arn(field{NotStartsWith: one("arn:aws:s3:::b/")}), None, None},
		{"advanced, all but a group of buckets that it is in", arn(field{NotStartsWith: one("arn:aws:s3:::")}), None, None},
		{"advanced, all but another", arn(field{NotStartsWith: one("arn:aws:s3:::c/")}), All, All},
		{"advanced, all but a prefix of it", arn(field{NotStartsWith: one("arn:aws:s3:::b/tmp/")}), Part, Part},
		{"advanced, all but some ends", arn(field{NotEndsWith: one(".tmp")}), Part, Part},
		{"advanced, all but one object", arn(field{NotEquals: one("arn:aws:s3:::b/k")}), Part, Part},
		{"advanced, all but an object elsewhere", arn(field{NotEquals: one("arn:aws:s3:::c/k")}), All, All},
		{"advanced, selected and excluded", arn(field{StartsWith: one("arn:aws:s3:::b/"), NotStartsWith: one("arn:aws:s3:::b/tmp/")}), Part, Part},
		{"advanced, certain calls", fields(field{Field: "eventName", Equals: one("DeleteObject")}), Part, Part},
		{"advanced, certain callers", fields(field{Field: "userIdentity.arn", NotStartsWith: one("arn:aws:sts::1")}), Part, Part},
		{"advanced, the service by its name", fields(field{Field: "eventSource", Equals: one("s3.amazonaws.com")}), All, All},
		{"advanced, of another service", fields(field{Field: "eventSource", Equals: one("lambda.amazonaws.com")}), None, None},
		{"advanced, access points", snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: []field{{Field: "eventCategory", Equals: one("Data")}, {Field: "resources.type", Equals: one("AWS::S3::AccessPoint")}}}}}, None, None},
		{"advanced, Object Lambda", snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: []field{{Field: "eventCategory", Equals: one("Data")}, {Field: "resources.type", Equals: one("AWS::S3ObjectLambda::AccessPoint")}}}}}, None, None},
		{"advanced, management events", snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: []field{{Field: "eventCategory", Equals: one("Management")}}}}}, None, None},
		{"advanced, no kind of resource", snapshot.EventSelectors{Advanced: []snapshot.AdvancedEventSelector{{Fields: []field{{Field: "eventCategory", Equals: one("Data")}}}}}, None, None},
		{"one selector for each use", snapshot.EventSelectors{Advanced: append(fields(field{Field: "readOnly", Equals: one("false")}).Advanced, fields(field{Field: "readOnly", Equals: one("true")}).Advanced...)}, All, All},
	} {
		if reads, writes := Objects(tt.in, bucket, Reads), Objects(tt.in, bucket, Writes); reads != tt.reads || writes != tt.writes {
			t.Errorf("%s: reads %d, writes %d; want %d, %d", tt.name, reads, writes, tt.reads, tt.writes)
		}
	}
}

func TestManagement(t *testing.T) {
	type field = snapshot.FieldSelector
	one := func(v ...string) []string { return v }
	of := func(list ...snapshot.EventSelector) snapshot.EventSelectors {
		return snapshot.EventSelectors{Basic: list}
	}
	adv := func(selectors ...[]field) (out snapshot.EventSelectors) {
		for _, more := range selectors {
			out.Advanced = append(out.Advanced, snapshot.AdvancedEventSelector{Fields: append([]field{{Field: "eventCategory", Equals: one("Management")}}, more...)})
		}
		return out
	}
	for _, tt := range []struct {
		name     string
		in       snapshot.EventSelectors
		want     Share
		excluded string
	}{
		{"nothing", snapshot.EventSelectors{}, None, ""},
		{"basic", of(snapshot.EventSelector{Management: true, ReadWriteType: "All"}), All, ""},
		{"basic, writes alone", of(snapshot.EventSelector{Management: true, ReadWriteType: "WriteOnly"}), Part, ""},
		{"basic, not at all", of(snapshot.EventSelector{ReadWriteType: "All"}), None, ""},
		{"basic, without KMS", of(snapshot.EventSelector{Management: true, Excluded: one("kms.amazonaws.com")}), All, "kms.amazonaws.com"},
		{"basic, without a service that must be there", of(snapshot.EventSelector{Management: true, Excluded: one("iam.amazonaws.com")}), Part, "iam.amazonaws.com"},
		{"basic, in two halves", of(snapshot.EventSelector{Management: true, ReadWriteType: "WriteOnly"}, snapshot.EventSelector{Management: true, ReadWriteType: "ReadOnly"}), All, ""},
		{"advanced", adv(nil), All, ""},
		{"advanced, reads alone", adv([]field{{Field: "readOnly", Equals: one("true")}}), Part, ""},
		{"advanced, in two halves", adv([]field{{Field: "readOnly", Equals: one("true")}}, []field{{Field: "readOnly", Equals: one("false")}}), All, ""},
		{"advanced, without two sources", adv([]field{{Field: "eventSource", NotEquals: one("rdsdata.amazonaws.com", "kms.amazonaws.com")}}), All, "kms.amazonaws.com rdsdata.amazonaws.com"},
		{"advanced, one source", adv([]field{{Field: "eventSource", Equals: one("iam.amazonaws.com")}}), Part, ""},
		{"advanced, certain calls", adv([]field{{Field: "eventName", Equals: one("StopLogging")}}), Part, ""},
		{"advanced, data alone", fields(), None, ""},
	} {
		if share, excluded := Management(tt.in); share != tt.want || strings.Join(excluded, " ") != tt.excluded {
			t.Errorf("%s: %d without %v; want %d without %q", tt.name, share, excluded, tt.want, tt.excluded)
		}
	}
}
