package networks

import (
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Service is the service that an endpoint's service name stands for in its Region, such as
// ecr.api or s3; "" for a name that is not AWS's own. The partitions differ in what stands
// before the Region: com.amazonaws, or cn.com.amazonaws.
func Service(name, region string) string {
	before, service, ok := strings.Cut(name, "."+region+".")
	if !ok || !strings.HasSuffix(before, "amazonaws") || strings.Contains(name, ".vpce.") {
		return ""
	}
	return service
}

// Available says that an endpoint works. AWS writes the state in capitals or in small
// letters, by the endpoint's type.
func Available(e *snapshot.VPCEndpoint) bool { return strings.EqualFold(e.State, "available") }

// EndedVPN leaves out a VPN connection that is not there yet, or not any more.
func EndedVPN(c snapshot.VPNConnection) (v checks.Verdict, out bool) {
	switch c.State {
	case "pending", "deleting", "deleted":
		return checks.DoesNotApply("the connection is %s", c.State).With("State", c.State), true
	}
	return v, false
}

// Bucket is the name of the bucket in an ARN, behind which a prefix may stand; "" for an ARN
// of another service.
func Bucket(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[2] != "s3" {
		return ""
	}
	name, _, _ := strings.Cut(parts[5], "/")
	return name
}
