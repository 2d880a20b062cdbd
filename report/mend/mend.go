// Package mend fills in a check's fix for the resource at hand: its AWS CLI commands and
// its Terraform fragment. What a fix says is left to the checks, how it is shown to the
// formats.
//
// A resource's name is written by whoever owns the resource, and commands are pasted into
// a shell. So a template is read as a shell, or Terraform, would read it, and each value
// is quoted for the very place where it comes to stand:
//
//	unquoted, a word of its own       as it is where it is plain, else in single quotes
//	unquoted, a part of a word        plain values only: a comma or an equals sign has a
//	                                  meaning in the shorthand syntax of the AWS CLI
//	in quotes, in a shell's comment   plain values and spaces only
//	in JSON in single quotes          as the content of a JSON string
//	in a string of Terraform          as the content of a string, no template in it
//	in the label of a block           as an identifier
//	in a comment of Terraform         as it is
//
// Anywhere else nothing is filled in. Nor is a value that does not print, that is very
// long, or that a program would take for an option or for a file to read. A placeholder
// that is not filled in stays, so that a command is never wrong in silence.
package mend

import (
	"strings"

	"onus/checks"
	"onus/scanner/snapshot"
)

// Values are what placeholders stand for, by name.
type Values map[string]string

// Names are the placeholders that a fix may use, sorted.
var Names = []string{"account", "arn", "id", "name", "owner", "partition", "region"}

// Of are the values of a finding's resource. What it does not have is absent: the ARN of
// a kind without one, the Region of a global resource.
func Of(f checks.Finding) Values {
	v := Values{}
	put := func(name, value string) {
		if value != "" {
			v[name] = value
		}
	}
	put("account", f.Account)
	if f.Region != snapshot.Global {
		put("region", f.Region)
	}
	if f.Resource.Type == checks.Scope {
		return v // it is a place, and nothing is known that could be mended
	}
	put("name", f.Resource.Name)
	put("id", f.Resource.ID)
	if part := resourcePart(f.Resource.ID); part != "" {
		put("arn", f.Resource.ID)
		put("partition", snapshot.PartitionOf(f.Resource.ID))
		put("id", lastPart(part))
		put("owner", ownerOf(part))
	}
	return v
}

// Mends says that a finding is one that its check's fix is for: a FAIL, or an UNKNOWN
// about a resource, which may be one.
func Mends(f checks.Finding) bool {
	return f.Status == checks.FAIL || f.Status == checks.UNKNOWN && f.Resource.Type != checks.Scope
}

// resourcePart is the last field of an ARN, "" where the id is none.
// Source: AWS General Reference, "Amazon Resource Names", format.
func resourcePart(id string) string {
	fields := strings.SplitN(id, ":", 6)
	if len(fields) < 6 || fields[0] != "arn" {
		return ""
	}
	return fields[5]
}

// lastPart is what AWS's APIs take for the id: "vol-1" of volume/vol-1, "rds:orders" of
// snapshot:rds:orders, "a" of policy/path/a.
func lastPart(resource string) string {
	separator := strings.IndexAny(resource, ":/")
	switch {
	case separator < 0:
		return resource
	case resource[separator] == ':':
		return resource[separator+1:]
	}
	return resource[strings.LastIndex(resource, "/")+1:]
}

// ownerOf is the user, group or role that an inline policy or an access key belongs to,
// whose ids are made of its owner's ARN: user/path/ana/accesskey/1.
func ownerOf(resource string) string {
	parts := strings.Split(resource, "/")
	if n := len(parts); n >= 4 && (parts[n-2] == "accesskey" || parts[n-2] == "inline-policy") {
		return parts[n-3]
	}
	return ""
}
