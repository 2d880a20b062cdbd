package hygiene

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

const alternateOp, primaryOp = "account:GetAlternateContact", "account:GetContactInformation"

// person is a contact whose personal fields have digests made of one word.
func person(word string) *snapshot.Contact {
	return &snapshot.Contact{Email: snapshot.Personal("mail " + word), Phone: snapshot.Personal("phone " + word), Name: snapshot.Personal("name " + word)}
}

var owner = snapshot.PrimaryContact{Name: "name owner", Address: "a", City: "c", PostalCode: "p", Phone: "phone owner", CountryCode: "IE"}

func contacts(security, billing, operations *snapshot.Contact) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.Contacts = snapshot.Contacts{Security: snapshot.Value(security), Billing: snapshot.Value(billing), Operations: snapshot.Value(operations), Primary: snapshot.Value(owner)}
	}
}

func TestSecurityContactRegistered(t *testing.T) {
	unread := func(cause snapshot.Cause) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			a.Contacts.Security = snapshot.Missing[*snapshot.Contact](checktest.Unread(alternateOp, cause))
		}
	}
	checktest.Run(t, &SecurityContactRegistered, []checktest.Case{
		{Name: "there is one", Set: contacts(person("a"), nil, nil), Want: checks.PASS, Reason: "is not kept"},
		{Name: "there is none", Set: contacts(nil, person("b"), nil), Want: checks.FAIL, Reason: "no security contact"},
		{Name: "without a phone number", Set: contacts(&snapshot.Contact{Email: "m"}, nil, nil), Want: checks.FAIL, Reason: "lacks"},
		{Name: "denied", Set: unread(snapshot.Denied), Want: checks.UNKNOWN, Reason: "denied"},
		{Name: "no such endpoint in the partition", Set: unread(snapshot.Unsupported), Want: checks.UNKNOWN, Reason: "unsupported"},
	})
}

func TestContactsDistinct(t *testing.T) {
	people := map[string]any{"require_distinct_people": true}
	twin := person("a")
	twin.Phone, twin.Name = "other phone", "other name"
	colleague := person("c")
	colleague.Phone = "phone a"
	boss := person("b")
	boss.Name = "name owner"
	denied := func(a *snapshot.Account) {
		contacts(person("a"), person("b"), nil)(a)
		a.Contacts.Operations = snapshot.Missing[*snapshot.Contact](checktest.Unread(alternateOp, snapshot.Denied))
	}
	ownerDenied := func(a *snapshot.Account) {
		contacts(person("a"), person("b"), person("c"))(a)
		a.Contacts.Primary = snapshot.Missing[snapshot.PrimaryContact](checktest.Unread(primaryOp, snapshot.Denied))
	}
	checktest.Run(t, &ContactsDistinct, []checktest.Case{
		{Name: "three", Set: contacts(person("a"), person("b"), person("c")), Want: checks.PASS, Reason: "differ"},
		{Name: "one missing, two the same", Set: contacts(person("a"), twin, nil), Want: checks.FAIL, Reason: "no operations contact; the security and the billing contact have one mail address"},
		{Name: "one phone is enough by default", Set: contacts(person("a"), person("b"), colleague), Want: checks.PASS, Reason: "differ"},
		{Name: "one phone", Set: contacts(person("a"), person("b"), colleague), Parameters: people, Want: checks.FAIL, Reason: "one phone number"},
		{Name: "the owner's name", Set: contacts(person("a"), boss, person("c")), Parameters: people, Want: checks.FAIL, Reason: "the billing and the primary contact have one name"},
		{Name: "the owner has no mail address to share", Set: contacts(person("a"), person("b"), person("c")), Parameters: people, Want: checks.PASS, Reason: "differ"},
		{Name: "one of four calls denied", Set: denied, Want: checks.UNKNOWN, Reason: alternateOp},
		{Name: "the owner denied", Set: ownerDenied, Want: checks.UNKNOWN, Reason: primaryOp},
	})
}

func TestContactInformationComplete(t *testing.T) {
	with := func(c snapshot.PrimaryContact) func(*snapshot.Account) {
		return func(a *snapshot.Account) { a.Contacts.Primary = snapshot.Value(c) }
	}
	homeless := owner
	homeless.City, homeless.CountryCode = "", ""
	on := func(day string) map[string]any { return map[string]any{"contact_confirmed_on": day} }
	checktest.Run(t, &ContactInformationComplete, []checktest.Case{
		{Name: "complete, never current", Set: with(owner), Want: checks.PASS, Reason: "whether it is current no API can tell"},
		{Name: "incomplete", Set: with(homeless), Want: checks.FAIL, Reason: "lacks City, CountryCode"},
		{Name: "confirmed a year ago", Set: with(owner), Parameters: on("2025-11-02"), Want: checks.PASS, Reason: "confirmed on 2025-11-02"},
		{Name: "confirmed long ago", Set: with(owner), Parameters: on("2025-10-31"), Want: checks.FAIL, Reason: "more than 365 days"},
		{Name: "no day", Set: with(owner), Parameters: on("yesterday"), Want: checks.UNKNOWN, Reason: "no day"},
		{Name: "denied", Set: func(a *snapshot.Account) {
			a.Contacts.Primary = snapshot.Missing[snapshot.PrimaryContact](checktest.Unread(primaryOp, snapshot.Denied))
		}, Want: checks.UNKNOWN, Reason: "denied"},
	})
	for value, ok := range map[any]bool{"": true, "2026-11-01": true, "1.11.2026": false, 0: false, 1: true} {
		if err := ContactInformationComplete.Bounds("p", value); (err == nil) != ok {
			t.Errorf("%v: %v", value, err)
		}
	}
}
