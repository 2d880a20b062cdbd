package access

import (
	"errors"
	"slices"
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// DocumentNotPublic passes when an own SSM document is shared with nobody or with named
// accounts. Source: SSM DescribeDocumentPermission, AccountIds: all stands for everybody.
var DocumentNotPublic = checks.Check{
	ID:          "ssm-document-not-public",
	Title:       "Own SSM documents are not public",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.CustomerData,
	ServiceKind: checks.Infrastructure,
	Tier:        1,
	Reads:       []string{"ssm:ListDocuments", "ssm:DescribeDocumentPermission"},
	Remedy:      "Stop sharing the document with all, and share it with the accounts that need it.",
	Fix: checks.Fix{
		Threat: "Anybody with an AWS account can read the document: how systems are set up, names of hosts, paths and accounts, and secrets that somebody wrote into it. Copies that were made stay with who made them.",
		CLI:    `aws ssm modify-document-permission --region {region} --name {name} --permission-type Share --account-ids-to-remove all`,
		Terraform: `resource "aws_ssm_document" "this" {
  name          = "{name}"
  document_type = "Command"
  content       = file("document.json")
  permissions = {
    type        = "Share"
    account_ids = "999988887777"
  }
}`,
		Cost: "Accounts that run the document can no longer do so, unless they are named; associations there fail.",
	},
	Judges: checks.For(snapshot.SSMDocuments, documentNotPublic),
}

// DocumentWithoutSecrets passes when no detector found a secret in the default version of an
// own SSM document. The text itself is never kept: the verdict rests on what was found before
// it was replaced. References to parameters ({{ ssm:name }}) are no secrets. A detection does
// not count where one of ignore_patterns, regular expressions, matches its detector's name or
// its masked beginning. Source: SSM GetDocument, Content.
var DocumentWithoutSecrets = checks.Check{
	ID:          "ssm-document-no-secrets",
	Title:       "Own SSM documents hold no secrets",
	Severity:    checks.High,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ssm:ListDocuments", "ssm:GetDocument"},
	Parameters:  checks.Parameters{"ignore_patterns": []string{}},
	Bounds:      userDataBounds,
	Remedy:      "Change the secret, put it into Parameter Store or Secrets Manager, and refer to it from the document.",
	Fix: checks.Fix{
		Threat: "Whoever has ssm:GetDocument, which every read-only policy holds, reads the secret; old versions keep it after it was taken out. With it they go where it leads, and nobody sees that.",
		CLI: `aws ssm put-parameter --region {region} --name /app/secret --type SecureString --value file://new-secret.txt
aws ssm update-document --region {region} --name {name} --content file://document.json --document-version '$LATEST'
aws ssm update-document-default-version --region {region} --name {name} --document-version NEW_VERSION`,
		Terraform: `resource "aws_ssm_document" "this" {
  name            = "{name}"
  document_type   = "Command"
  document_format = "YAML"
  content         = file("document.yaml") # {{ ssm:/app/secret }} or {{ ssm-secure:/app/secret }}
}`,
		Cost: "The secret has to be changed wherever it is used, since it counts as known. Instances need ssm:GetParameters and kms:Decrypt for what the document refers to.",
	},
	Judges: checks.For(snapshot.SSMDocuments, documentWithoutSecrets),
}

func documentNotPublic(d snapshot.SSMDocument, _ checks.Env) checks.Verdict {
	accounts, err := d.Shared.Get()
	seen := strings.Join(accounts, ", ")
	switch {
	case err != nil:
		return checks.Unknown(err)
	case slices.ContainsFunc(accounts, func(a string) bool { return strings.EqualFold(a, "all") }):
		return checks.Fail("the document is shared with all: anybody may read it").With("AccountIds", seen)
	case len(accounts) == 0:
		return checks.Pass("the document is shared with nobody").With("AccountIds", seen)
	}
	return checks.Pass("the document is shared with named accounts: %s", seen).With("AccountIds", seen)
}

func documentWithoutSecrets(d snapshot.SSMDocument, env checks.Env) checks.Verdict {
	text, err := d.Content.Get()
	if err != nil {
		return checks.Unknown(err)
	}
	ignore, err := compilePatterns(env.Strings("ignore_patterns"))
	if err != nil {
		return checks.Unclear("%s", err)
	}
	var found []string
	for _, one := range text.Detections {
		if !ignoredDetection(one, ignore) {
			found = append(found, describeDetection(one))
		}
	}
	ignored := len(text.Detections) - len(found)
	switch {
	case len(found) > 0:
		return checks.Fail("the document holds %s", firstDetections(found, 5)).With("detections", strings.Join(found, ", "))
	case text.Undecoded != "":
		return checks.Unclear("the document could not be read to the end: %s", text.Undecoded).With("undecoded", text.Undecoded)
	case len(text.Detections) >= snapshot.MostDetections:
		return checks.Unclear("%d detections are ignored by ignore_patterns, and there may be more than those listed", ignored)
	case ignored > 0:
		return checks.Pass("%d detections in the document are ignored by ignore_patterns", ignored).With("detections", "")
	case text.Length == 0:
		return checks.Pass("the document is empty")
	}
	return checks.Pass("no detector found a secret in the %d bytes of the document", text.Length).With("detections", "")
}

// DocumentPublicSharingBlocked passes when no document of the Region can be shared with all.
// The default, which holds where nobody has set anything, is that it can.
// Source: SSM GetServiceSetting, /ssm/documents/console/public-sharing-permission.
var DocumentPublicSharingBlocked = checks.Check{
	ID:          "ssm-account-document-public-sharing-blocked",
	Title:       "The Region blocks public sharing of SSM documents",
	Severity:    checks.Medium,
	Category:    checks.Access,
	Duty:        checks.AccessControl,
	ServiceKind: checks.Infrastructure,
	Tier:        2,
	Reads:       []string{"ssm:GetServiceSetting"},
	Remedy:      "Set the service setting public-sharing-permission to Disable in each Region.",
	Fix: checks.Fix{
		Threat: "One wrong click or one script with --account-ids-to-add all publishes a document to everybody with an AWS account. With the block in place, the request fails.",
		CLI:    `aws ssm update-service-setting --region {region} --setting-id /ssm/documents/console/public-sharing-permission --setting-value Disable`,
		Terraform: `resource "aws_ssm_service_setting" "sharing" {
  setting_id    = "/ssm/documents/console/public-sharing-permission"
  setting_value = "Disable"
}`,
		Cost: "Documents that are public already stay so: see ssm-document-not-public. Sharing with named accounts goes on.",
	},
	Judges: checks.For(snapshot.AccountRegions, documentPublicSharingBlocked),
}

func documentPublicSharingBlocked(r snapshot.RegionSettings, env checks.Env) checks.Verdict {
	setting, err := checks.Find(env, snapshot.ServiceSettings, r.Location, snapshot.DocumentSharing)
	if err != nil {
		return unasked(err, r.Location)
	}
	s, err := checks.Use(env, setting.Value)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case strings.EqualFold(s.Value, "Disable"):
		return checks.Pass("public sharing of documents is off").With("SettingValue", s.Value)
	case strings.EqualFold(s.Value, "Enable"):
		return checks.Fail("documents may be shared with all: the setting is %s (%s)", s.Value, s.Status).With("SettingValue", s.Value)
	}
	return checks.Unclear("the setting is %q, which AWS does not document", s.Value).With("SettingValue", s.Value)
}

// unasked is the verdict where a setting was not even asked for: that says nothing of it.
func unasked(err error, at snapshot.Location) checks.Verdict {
	if errors.Is(err, snapshot.ErrAbsent) {
		err = &snapshot.Unread{Operation: "ssm:GetServiceSetting", At: at, Cause: snapshot.Skipped, Message: "nobody asked for the setting"}
	}
	return checks.Unknown(err)
}
