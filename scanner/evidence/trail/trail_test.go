package trail

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"onus/scanner/evidence"
)

var at = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

const jane = "arn:aws:sts::111122223333:assumed-role/audit/jane"

func calls(yield func(evidence.Call, error) bool) {
	for i, op := range []string{"ec2:DescribeVolumes", "iam:GetAccountSummary", "s3:GetPublicAccessBlock", "rds:DescribeDBInstances", "ec2:DescribeRegions"} {
		c := evidence.Call{Line: i + 1, Account: "111122223333", Region: "eu-west-1", Operation: op, Status: 200, RequestID: fmt.Sprint("r", i+1), Start: at.Add(-time.Hour), Date: at.Format("Mon, 02 Jan 2006 15:04:05 GMT")}
		if i == 4 {
			c.RequestID, c.Status = "", 0
		}
		if !yield(c, nil) {
			return
		}
	}
}

// record is an event of a log file as CloudTrail writes it.
func record(id, source, name, region, arn, errorCode string, t time.Time) string {
	return fmt.Sprintf(`{"eventID":"e-%s","eventTime":%q,"eventSource":%q,"eventName":%q,"awsRegion":%q,"requestID":%q,"errorCode":%q,"userIdentity":{"type":"AssumedRole","arn":%q,"accountId":"111122223333"}}`,
		id, t.Format(time.RFC3339), source, name, region, id, errorCode, arn)
}

func files(records ...string) fstest.MapFS {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintf(z, `{"Records":[%s]}`, strings.Join(records[1:], ","))
	_ = z.Close() // to memory
	return fstest.MapFS{
		"AWSLogs/1/CloudTrail/eu-west-1/a.json.gz": {Data: packed.Bytes()},
		"b.json":    {Data: []byte(`{"Records":[` + records[0] + `]}`)},
		"readme.md": {Data: []byte("not a log")},
	}
}

func TestCallsAreComparedWithCloudTrail(t *testing.T) {
	ec2 := record("r1", "ec2.amazonaws.com", "DescribeVolumes", "eu-west-1", jane, "", at.Add(time.Second))
	iam := record("r2", "iam.amazonaws.com", "GetAccountSummary", "us-east-1", jane, "", at)
	s3 := record("r3", "s3.amazonaws.com", "GetBucketPublicAccessBlock", "eu-west-1", jane, "", at)
	rds := record("r4", "rds.amazonaws.com", "DescribeDBInstances", "eu-west-1", jane, "", at)
	other := record("x", "rds.amazonaws.com", "DescribeDBInstances", "eu-west-1", jane, "", at)
	for name, tt := range map[string]struct {
		files                       fstest.MapFS
		matched, missing, notLogged int
		differing                   string
	}{
		"all are there":          {files(ec2, iam, s3, rds), 4, 0, 0, ""},
		"one is missing":         {files(ec2, iam, s3, other), 3, 1, 0, ""},
		"a service is not there": {files(ec2, iam, s3), 3, 0, 1, ""},
		"twice is once":          {files(ec2, ec2, iam, s3, rds), 4, 0, 0, ""},
		"another operation":      {files(record("r1", "ec2.amazonaws.com", "DescribeInstances", "eu-west-1", jane, "", at), iam, s3, rds), 3, 0, 0, "DescribeInstances"},
		"another service":        {files(ec2, iam, record("r3", "kms.amazonaws.com", "GetPublicAccessBlock", "eu-west-1", jane, "", at), rds), 3, 0, 0, "kms"},
		"another principal":      {files(record("r1", "ec2.amazonaws.com", "DescribeVolumes", "eu-west-1", jane+"2", "", at), iam, s3, rds), 3, 0, 0, "jane2"},
		"another time":           {files(record("r1", "ec2.amazonaws.com", "DescribeVolumes", "eu-west-1", jane, "", at.Add(6*time.Minute)), iam, s3, rds), 3, 0, 0, "08:06:00"},
		"another answer":         {files(record("r1", "ec2.amazonaws.com", "DescribeVolumes", "eu-west-1", jane, "Client.UnauthorizedOperation", at), iam, s3, rds), 3, 0, 0, "UnauthorizedOperation"},
	} {
		out, err := Compare(calls, jane, tt.files)
		if err != nil || out.Matched != tt.matched || len(out.Missing) != tt.missing || len(out.NotLogged) != tt.notLogged || out.Unnamed != 1 || out.Files != 2 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
		if (tt.differing == "") != (len(out.Differing) == 0) || tt.differing != "" && !strings.Contains(out.Differing[0].What, tt.differing) {
			t.Errorf("%s: differing %+v, want %q", name, out.Differing, tt.differing)
		}
	}
}

func TestFilesThatAreNoLogs(t *testing.T) {
	for name, f := range map[string]fstest.MapFS{
		"no gzip": {"a.json.gz": {Data: []byte("x")}}, "no JSON": {"a.json": {Data: []byte("x")}}, "cut off": {"a.json": {Data: []byte(`{"Records":[{`)}},
	} {
		if _, err := Compare(calls, "", f); err == nil || !strings.Contains(err.Error(), "a.json") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
