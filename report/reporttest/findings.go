package reporttest

import (
	"fmt"

	"onus/checks"
	"onus/scanner/snapshot"
)

var (
	encrypted  = mended(declared("ec2-volume-encrypted", "EBS volumes are encrypted at rest", checks.High, checks.Encryption, checks.DataEncryption, checks.Infrastructure, "ec2:DescribeVolumes"), diskFix)
	retention  = declared("rds-instance-backup-retention", "RDS instances keep automated backups for the time that the policy asks", checks.Medium, checks.BackupsOf, checks.Backups, checks.Container, "rds:DescribeDBInstances")
	private    = mended(declared("s3-bucket-public-access-blocked", "Public access to every S3 bucket is blocked, by the bucket or by its account", checks.Critical, checks.Access, checks.AccessControl, checks.Abstracted, "s3:ListBuckets", "s3:GetPublicAccessBlock"), bucketFix)
	versioned  = declared("s3-bucket-versioning-enabled", "S3 buckets keep earlier versions of their objects", checks.Medium, checks.BackupsOf, checks.Backups, checks.Abstracted, "s3:ListBuckets", "s3:GetBucketVersioning")
	length     = declared("iam-password-policy-minimum-length", "IAM passwords have at least the demanded length", checks.Medium, checks.Access, checks.AccessControl, checks.OfAccount, "iam:GetAccountPasswordPolicy")
	longUnused = declared("ec2-instance-stopped-too-long", "No instance stays stopped beyond the allowed time", checks.Low, checks.Hygiene, checks.OSAndPlatform, checks.Infrastructure, "ec2:DescribeInstances")
	sampled    = declared("s3-bucket-objects-encrypted", "Sampled objects are encrypted by the client", checks.Low, checks.Encryption, checks.ClientSideEncryption, checks.Abstracted, "s3:HeadObject")
)

// The fixes hold each kind of place for a value. The other checks have none.
var (
	diskFix = checks.Fix{
		Threat: "Whoever comes to the disk, or to a snapshot of it, reads what is on it. That it was not encrypted cannot be made up for later.",
		CLI: "# Then move the data of {id} to the copy.\naws ec2 create-snapshot --region {region} --volume-id {id} --description {name} --tag-specifications 'ResourceType=snapshot,Tags=[{Key=of,Value={id}}]'\n" +
			`aws ec2 create-tags --resources {id} --cli-input-json '{"Tags": [{"Key": "name", "Value": "{name}"}]}'`,
		Terraform: "# {name}\nresource \"aws_ebs_volume\" \"this\" {\n  encrypted = true\n  tags      = { Name = \"{name}\" }\n}\n",
		Cost:      "A copy is paid for like the volume, and the instance stops while it is moved.",
	}
	bucketFix = checks.Fix{
		Threat: "Anybody on the internet reads what is in the bucket, and nobody is told.",
		CLI:    "aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true",
		Cost:   "Readers without an identity lose their access.",
	}
)

func mended(c *checks.Check, fix checks.Fix) *checks.Check {
	c.Fix = fix
	return c
}

func declared(id, title string, s checks.Severity, c checks.Category, d checks.Duty, k checks.ServiceKind, reads ...string) *checks.Check {
	return &checks.Check{ID: id, Title: title, Severity: s, Category: c, Duty: d, ServiceKind: k, Tier: 1, Reads: reads, Remedy: "Do what the title says, and see the reference page of this check for the settings that count."}
}

// made is a finding as the evaluator would give it.
func made(c *checks.Check, s checks.Status, cause snapshot.Cause, region string, r checks.Resource, reason string) checks.Finding {
	return checks.Finding{
		ID: checks.FindingID(c.ID, at(region), r), Check: c.ID, Status: s, Cause: cause, Severity: c.Severity,
		Account: account, Region: region, Resource: r, Reason: reason, Evidence: []string{"call-1"},
	}
}

func volume(region string, n int) checks.Resource {
	id := fmt.Sprintf("vol-%017d", n)
	return checks.Resource{Type: "ebs volume", ID: "arn:aws:ec2:" + region + ":" + account + ":volume/" + id, Name: fmt.Sprintf("data-%d", n), Tags: map[string]string{"env": "prod"}}
}

func ordinary() []checks.Finding {
	var out []checks.Finding
	for n := range 8 {
		region, status, reason := "eu-central-1", checks.FAIL, "Encrypted is false"
		if n == 7 {
			region, status, reason = "eu-west-1", checks.PASS, "Encrypted is true"
		}
		f := made(encrypted, status, "", region, volume(region, n), reason)
		f.Observed = map[string]string{"Encrypted": fmt.Sprint(status == checks.PASS), "State": "in-use"}
		out = append(out, f)
	}
	db := func(name string) checks.Resource {
		return checks.Resource{Type: "rds instance", ID: "arn:aws:rds:eu-central-1:" + account + ":db:" + name, Name: name}
	}
	bucket := func(name string) checks.Resource {
		return checks.Resource{Type: "s3 bucket", ID: "arn:aws:s3:::" + name, Name: name}
	}
	scope := func(op, region string) checks.Resource {
		return checks.Resource{Type: checks.Scope, ID: op + "@" + account + "/" + region}
	}
	return append(out,
		made(length, checks.UNKNOWN, snapshot.Denied, snapshot.Global, checks.Resource{Type: "account", ID: account, Name: account}, "iam:GetAccountPasswordPolicy in 111122223333/global: denied (AccessDenied): not authorized"),
		made(retention, checks.PASS, "", "eu-central-1", db("orders"), "BackupRetentionPeriod is 14"),
		made(retention, checks.NotApplicable, "", "eu-central-1", db("orders-replica"), "a read replica is backed up with its source"),
		made(retention, checks.UNKNOWN, snapshot.Throttled, "eu-west-1", scope("rds:DescribeDBInstances", "eu-west-1"), "rds:DescribeDBInstances in 111122223333/eu-west-1: throttled (Throttling): Rate exceeded"),
		made(private, checks.FAIL, "", "eu-west-1", bucket("press-kit"), "BlockPublicPolicy and RestrictPublicBuckets are off"),
		made(private, checks.PASS, "", "eu-west-1", bucket("invoices"), "all four flags are on"),
		made(versioned, checks.PASS, "", "eu-west-1", bucket("invoices"), "versioning is Enabled"),
		made(versioned, checks.PASS, "", "eu-west-1", bucket("press-kit"), "versioning is Enabled"),
	)
}

// Sentence is in every text of the hostile result: each terminal sequence and each
// character that hides or turns text around, markup, quotes and bytes that are no UTF-8.
const Sentence = "\x1b[31mred\x1b]0;title\a \x9b1m \u009b2J \r\n\t\x00\x7f \u202eabc\u2066 \u200b \u2028 \U000e0041 \xff </script>\"'`;=\\ 漢字漢字 e\u0301 👩\u200d🚀"
