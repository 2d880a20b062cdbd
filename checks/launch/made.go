package launch

import "strings"

// MadeByBackup says that AWS Backup made an image or a snapshot: a recovery point with a
// retention of its own. name is an image's name, or "".
// Source: AWS Backup Developer Guide, tags on recovery points.
func MadeByBackup(tags map[string]string, name string) bool {
	_, tagged := tags["aws:backup:source-resource"]
	return tagged || strings.HasPrefix(name, "AwsBackup_")
}

// MadeByLifecycle says that Data Lifecycle Manager made an image or a snapshot, and deletes
// it. Source: Amazon EBS User Guide, system tags of snapshots by Data Lifecycle Manager.
func MadeByLifecycle(tags map[string]string) bool {
	_, tagged := tags["aws:dlm:lifecycle-policy-id"]
	return tagged
}
