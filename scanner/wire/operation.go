package wire

import (
	"maps"
	"strings"
)

// Operation is what the transport must know of one permitted operation.
type Operation struct {
	Root    string // root element of an XML answer; "" for JSON and for answers without a body
	Also    string // another root that an S3-compatible store gives with the same content
	Member  string // element below the root, or JSON member, that every answer has; "" where none is certain
	Bare    bool   // the answer says everything in its headers
	MayLack bool   // an empty root element is an answer (S3 GetBucketVersioning: never enabled)
	Global  bool   // asked once for an account; the others are asked in each Region

	PerResource bool // asked about each resource that a list gave

	Headers []string // response headers that are kept beside those of every operation; a * at the end is for any rest
}

// keeps says that a header, in its canonical form, is one of the operation's own.
func (o Operation) keeps(name string) bool {
	for _, h := range o.Headers {
		if start, any := strings.CutSuffix(h, "*"); name == h || any && strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// Permitted is the exact list of operations that may leave the process, by service in
// the files operation_*.go. All of them read, but for those in Reports.
var Permitted = func() map[string]Operation {
	all := map[string]Operation{}
	for _, table := range []map[string]Operation{
		accountOperations,
		s3Operations,
		iamOperations,
		ec2Operations,
		rdsOperations,
		kmsOperations,
		vpcOperations,
		autoscalingOperations,
		ssmSettingOperations,
		backupOperations,
		cloudTrailOperations,
		ssmOperations,
	} {
		maps.Copy(all, table)
	}
	return all
}()

// Reports are the permitted operations that do not only read: each has AWS make a report
// that only AWS stores, and without which the operation that fetches it finds nothing.
var Reports = map[string]bool{
	"iam:GenerateCredentialReport":           true,
	"iam:GenerateServiceLastAccessedDetails": true,
}

// query are operations of the query protocol, which wraps what it answers twice: RDS, IAM
// and STS. EC2 wraps once: see plainQuery.
func query(o Operation, service string, names string) map[string]Operation {
	out := map[string]Operation{}
	for _, name := range strings.Fields(names) {
		o.Root, o.Member = name+"Response", name+"Result"
		out[service+":"+name] = o
	}
	return out
}

// plainQuery are operations of EC2.
func plainQuery(o Operation, names string) map[string]Operation {
	out := query(o, "ec2", names)
	for name, o := range out {
		o.Member = ""
		out[name] = o
	}
	return out
}

// join is the union of tables.
func join(tables ...map[string]Operation) map[string]Operation {
	out := map[string]Operation{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// kept are the response headers that an exchange keeps for every operation. The
// Region of a bucket is told by a header alone.
var kept = []string{"Content-Type", "Date", "X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Amz-Bucket-Region", "X-Amzn-Errortype"}

// name is service:Operation, from the SDK's own names ("S3 Control").
func name(serviceID, operation string) string {
	return strings.ToLower(strings.ReplaceAll(serviceID, " ", "")) + ":" + operation
}
