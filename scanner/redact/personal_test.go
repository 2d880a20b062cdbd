package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

// alternate is the body of an answer about one contact.
func alternate(email, name, phone string) string {
	return `{"AlternateContact":{"AlternateContactType":"SECURITY","EmailAddress":` + quote(email) + `,"Name":` + quote(name) + `,"PhoneNumber":` + quote(phone) + `,"Title":"CISO"}}`
}

// contact is what is left of it.
func contact(t *testing.T, body string) map[string]string {
	t.Helper()
	var out struct{ AlternateContact map[string]string }
	if err := json.Unmarshal([]byte(redactBody(t, "account:GetAlternateContact", body)), &out); err != nil {
		t.Fatal(err)
	}
	return out.AlternateContact
}

func TestContactsAreKeptAsDigests(t *testing.T) {
	a := contact(t, alternate("Anna.Keller@acme.example", "Anna  Keller", "+353 1 555-0100"))
	b := contact(t, alternate(" anna.keller@ACME.example", "anna keller", "0035315550100"))
	c := contact(t, alternate("ben@acme.example", "Ben Okafor", "+35315550100"))
	for _, field := range []string{"EmailAddress", "Name", "PhoneNumber", "Title"} {
		m, ok := ParseMarker(a[field])
		if !ok || m.Length != 0 || !strings.HasPrefix(m.Kind, "contact-") {
			t.Errorf("%s is %q", field, a[field])
		}
	}
	if a["EmailAddress"] != b["EmailAddress"] || a["Name"] != b["Name"] {
		t.Errorf("one person, written in two ways, has two digests: %v %v", a, b)
	}
	if a["PhoneNumber"] != c["PhoneNumber"] || a["PhoneNumber"] == b["PhoneNumber"] {
		t.Errorf("phone numbers compare by their digits: %v %v %v", a, b, c)
	}
	if a["EmailAddress"] == c["EmailAddress"] || a["Name"] == c["Name"] || a["AlternateContactType"] != "SECURITY" {
		t.Errorf("two people are one: %v %v", a, c)
	}
	for _, secret := range []string{"nna", "eller", "acme", "555", "CISO"} {
		for field, v := range a {
			if strings.Contains(v, secret) {
				t.Errorf("%s still tells %q: %s", field, secret, v)
			}
		}
	}
}

func TestNobodyStaysNobody(t *testing.T) {
	got := contact(t, alternate("", "  ", "ask Anna"))
	if got["EmailAddress"] != "" || strings.TrimSpace(got["Name"]) != "" {
		t.Errorf("what was empty is %v", got)
	}
	if m, ok := ParseMarker(got["PhoneNumber"]); !ok || m.Digest == "" {
		t.Errorf("words in the place of a number: %q", got["PhoneNumber"])
	}
}

func TestAMarkerThatSomebodyTypedIsReplaced(t *testing.T) {
	forged := New([]byte("another key, of somebody else")).seal(Marker{Kind: kindPerson, Digest: strings.Repeat("0", digestLength)})
	if got := contact(t, alternate("a@b.example", forged, "1"))["Name"]; got == forged {
		t.Errorf("a marker of another key was taken for one of ours: %s", got)
	}
}

func TestTheOwnersAddressIsGone(t *testing.T) {
	body := `{"ContactInformation":{"FullName":"Anna Keller","AddressLine1":"1 Dame Street","City":"Dublin","CountryCode":"IE","PostalCode":"D02 X285","PhoneNumber":"+3531555","WebsiteUrl":"https://acme.example"}}`
	got := redactBody(t, "account:GetContactInformation", body)
	for _, word := range []string{"Anna", "Dame", "Dublin", "D02", "3531555", "acme.example"} {
		if strings.Contains(got, word) {
			t.Errorf("%q is still in %s", word, got)
		}
	}
	if !strings.Contains(got, `"CountryCode":"IE"`) {
		t.Errorf("the country is no person: %s", got)
	}
}

func TestAccountsKeepNoMailAddress(t *testing.T) {
	got := redactBody(t, "organizations:ListAccounts", `{"Accounts":[{"Id":"111122223333","Email":"aws@acme.example","Name":"acme"}]}`)
	if strings.Contains(got, "aws@") || !strings.Contains(got, `"Id":"111122223333"`) || !strings.Contains(got, `"Name":"acme"`) {
		t.Error(got)
	}
}
