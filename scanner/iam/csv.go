package iam

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"time"

	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// columns are those that are read. Others may stand beside them, in any order.
// Source: IAM User Guide, "Generate credential reports for your AWS account".
var columns = []string{
	"user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed", "mfa_active",
	"access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
	"access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
	"cert_1_active", "cert_2_active",
}

// rows reads the credential report. A column that is missing, a word or a date that AWS
// does not use there: then nothing of the report is believed.
func rows(content []byte, generated time.Time) ([]snapshot.CredentialRow, error) {
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, broken("is not CSV") // the parser's own text quotes the content
	}
	if len(records) == 0 {
		return nil, broken("is empty")
	}
	place := map[string]int{}
	for _, name := range columns {
		i := slices.Index(records[0], name)
		if i < 0 {
			return nil, broken("lacks the column %s", name)
		}
		place[name] = i
	}
	out := make([]snapshot.CredentialRow, 0, len(records)-1)
	for n, record := range records[1:] {
		c := cells{place: place, record: record}
		row := c.row(generated)
		if c.strange != "" {
			return nil, broken("has no known value for %s in row %d", c.strange, n+1)
		}
		out = append(out, row)
	}
	return out, nil
}

func broken(format string, args ...any) error {
	return &wire.MalformedError{What: "the credential report " + fmt.Sprintf(format, args...)}
}

// cells is one record and the first column in it that could not be understood.
type cells struct {
	place   map[string]int
	record  []string
	strange string
}

func (c *cells) row(generated time.Time) snapshot.CredentialRow {
	row := snapshot.CredentialRow{
		User: c.text("user"), ARN: c.text("arn"), Created: c.when("user_creation_time"),
		PasswordEnabled: c.word("password_enabled"), PasswordUsed: c.when("password_last_used"), PasswordChanged: c.when("password_last_changed"),
		MFAActive: c.word("mfa_active"), Certificates: [2]string{c.word("cert_1_active"), c.word("cert_2_active")}, Generated: generated,
	}
	for i := range row.Keys {
		name := fmt.Sprintf("access_key_%d_", i+1)
		row.Keys[i] = snapshot.CredentialKey{Active: c.word(name + "active"), LastRotated: c.when(name + "last_rotated"), LastUsed: c.when(name + "last_used_date"),
			Region: c.name(name + "last_used_region"), Service: c.name(name + "last_used_service")}
	}
	return row
}

func (c *cells) text(column string) string {
	v := c.record[c.place[column]]
	if v == "" {
		c.not(column)
	}
	return v
}

// name is a text that may be lacking: "" for one of words.
func (c *cells) name(column string) string {
	if v := c.text(column); !slices.Contains(words, v) {
		return v
	}
	return ""
}

// words are AWS's for "there is none" and "not known".
var words = []string{"N/A", "not_supported", "no_information"}

// word is true, false, or one of words. The guide writes TRUE and FALSE, the report true
// and false.
func (c *cells) word(column string) string {
	v := c.record[c.place[column]]
	if lower := strings.ToLower(v); lower == "true" || lower == "false" {
		return lower
	}
	if !slices.Contains(words, v) {
		c.not(column)
	}
	return v
}

// when is an instant, or the zero time for one of words.
func (c *cells) when(column string) time.Time {
	v := c.record[c.place[column]]
	if slices.Contains(words, v) {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		c.not(column)
	}
	return t.UTC()
}

func (c *cells) not(column string) {
	if c.strange == "" {
		c.strange = column
	}
}
