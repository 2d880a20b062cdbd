package hygiene

import (
	"fmt"
	"strings"
	"time"

	"onus/checks"
	"onus/scanner/snapshot"
)

// SecurityContactRegistered passes when the account has a security contact with a mail
// address and a phone number: AWS turns to it when it sees the account being misused.
// Source: Account Management GetAlternateContact, type SECURITY.
var SecurityContactRegistered = checks.Check{
	ID:          "account-security-contact-registered",
	Title:       "The account has a security contact",
	Severity:    checks.Medium,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"account:GetAlternateContact"},
	Remedy:      "Register a mailbox and a phone that the security team answers.",
	Fix: checks.Fix{
		Threat:    "AWS writes to the root user's mailbox when it finds a leaked key or an attack from the account, and often nobody reads that in time. The hours lost are those in which an intruder is easiest to stop.",
		CLI:       "aws account put-alternate-contact --alternate-contact-type SECURITY --name NAME --title TITLE --email-address security@example.com --phone-number +10000000000",
		Terraform: "resource \"aws_account_alternate_contact\" \"security\" {\n  alternate_contact_type = \"SECURITY\"\n  name                   = \"NAME\"\n  title                  = \"TITLE\"\n  email_address          = \"security@example.com\"\n  phone_number           = \"+10000000000\"\n}",
		Cost:      "None. A shared mailbox outlasts people who leave.",
	},
	Judges: checks.For(snapshot.Accounts, securityContactRegistered),
}

// ContactsDistinct passes when there are contacts for security, billing and operations, no
// two with one mail address. With require_distinct_people their names and phone numbers
// differ too, also from the owner's, who has no mail address in the answer.
// Source: Account Management GetAlternateContact and GetContactInformation.
var ContactsDistinct = checks.Check{
	ID:          "account-contacts-distinct",
	Title:       "Security, billing and operations contacts exist and differ from each other and from the owner",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        1,
	Reads:       []string{"account:GetAlternateContact", "account:GetContactInformation"},
	Parameters:  checks.Parameters{"require_distinct_people": false},
	Remedy:      "Register the contact that is missing, and give each its own mailbox.",
	Fix: checks.Fix{
		Threat:    "When one person is all contacts, a holiday or a full mailbox keeps every notice of AWS from being read. A warning about abuse then drowns among invoices.",
		CLI:       "aws account put-alternate-contact --alternate-contact-type OPERATIONS --name NAME --title TITLE --email-address operations@example.com --phone-number +10000000000",
		Terraform: "resource \"aws_account_alternate_contact\" \"operations\" {\n  alternate_contact_type = \"OPERATIONS\"\n  name                   = \"NAME\"\n  title                  = \"TITLE\"\n  email_address          = \"operations@example.com\"\n  phone_number           = \"+10000000000\"\n}",
		Cost:      "None.",
	},
	Judges: checks.For(snapshot.Accounts, contactsDistinct),
}

// ContactInformationComplete passes when the owner's name, address and phone number are all
// given, and where the policy file says when somebody last confirmed them, not too long ago.
// That they are current no API can tell.
// Source: Account Management GetContactInformation.
var ContactInformationComplete = checks.Check{
	ID:          "account-contact-information-complete",
	Title:       "The account's primary contact is complete",
	Severity:    checks.Low,
	Category:    checks.Hygiene,
	Duty:        checks.AccessControl,
	ServiceKind: checks.OfAccount,
	Tier:        2,
	Reads:       []string{"account:GetContactInformation"},
	Parameters:  checks.Parameters{"contact_confirmed_on": "", "confirm_days": 365},
	Bounds:      contactBounds,
	Remedy:      "Complete the primary contact, and have somebody confirm it once a year.",
	Fix: checks.Fix{
		Threat:    "AWS proves who owns an account by its primary contact: without a true one a locked-out owner does not get it back. Notices that need an answer in days go to nobody.",
		CLI:       "aws account put-contact-information --contact-information file://contact.json",
		Terraform: "resource \"aws_account_primary_contact\" \"owner\" {\n  full_name      = \"NAME\"\n  address_line_1 = \"STREET\"\n  city           = \"CITY\"\n  country_code   = \"IE\"\n  postal_code    = \"CODE\"\n  phone_number   = \"+10000000000\"\n}",
		Cost:      "None.",
	},
	Judges: checks.For(snapshot.Accounts, contactInformationComplete),
}

func securityContactRegistered(a *snapshot.Account, env checks.Env) checks.Verdict {
	c, err := checks.Use(env, a.Contacts.Security)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case c == nil:
		return checks.Fail("there is no security contact")
	case !c.Email.Given() || !c.Phone.Given():
		return checks.Fail("the security contact lacks a mail address or a phone number")
	}
	return checks.Pass("there is a security contact with a mail address and a phone number; whose they are is not kept")
}

// role is one of the alternate contacts.
type role struct {
	name    string
	contact *snapshot.Contact
}

func contactsDistinct(a *snapshot.Account, env checks.Env) checks.Verdict {
	var roles []role
	var faults []string
	for _, r := range []struct {
		name string
		read snapshot.Read[*snapshot.Contact]
	}{{"security", a.Contacts.Security}, {"billing", a.Contacts.Billing}, {"operations", a.Contacts.Operations}} {
		c, err := checks.Use(env, r.read)
		switch {
		case err != nil:
			return checks.Unknown(err)
		case c == nil:
			faults = append(faults, "there is no "+r.name+" contact")
		default:
			roles = append(roles, role{r.name, c})
		}
	}
	owner, err := checks.Use(env, a.Contacts.Primary)
	if err != nil {
		return checks.Unknown(err)
	}
	faults = append(faults, same(roles, "mail address", func(c *snapshot.Contact) snapshot.Personal { return c.Email })...)
	if env.Bool("require_distinct_people") {
		all := append(roles, role{"primary", &snapshot.Contact{Name: owner.Name, Phone: owner.Phone}})
		faults = append(faults, same(all, "name", func(c *snapshot.Contact) snapshot.Personal { return c.Name })...)
		faults = append(faults, same(all, "phone number", func(c *snapshot.Contact) snapshot.Personal { return c.Phone })...)
	}
	if len(faults) > 0 {
		return checks.Fail("%s", strings.Join(faults, "; "))
	}
	return checks.Pass("the contacts for security, billing and operations differ")
}

// same names the contacts that share something, which stays unsaid.
func same(roles []role, what string, of func(*snapshot.Contact) snapshot.Personal) (out []string) {
	for i, a := range roles {
		for _, b := range roles[i+1:] {
			if v := of(a.contact); v.Given() && v == of(b.contact) {
				out = append(out, fmt.Sprintf("the %s and the %s contact have one %s", a.name, b.name, what))
			}
		}
	}
	return out
}

const confirmedForm = time.DateOnly

// contactBounds refuses a date that is none, and a number of days that nothing could keep.
func contactBounds(parameter string, value any) error {
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(confirmedForm, v); v != "" && err != nil {
			return fmt.Errorf("%s is %q, want a day such as 2026-11-01", parameter, v)
		}
	case int:
		if v < 1 {
			return fmt.Errorf("%s is %d, want at least 1", parameter, v)
		}
	}
	return nil
}

func contactInformationComplete(a *snapshot.Account, env checks.Env) checks.Verdict {
	c, err := checks.Use(env, a.Contacts.Primary)
	if err != nil {
		return checks.Unknown(err)
	}
	var lacking []string
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"FullName", c.Name.Given()}, {"AddressLine1", c.Address.Given()}, {"City", c.City.Given()},
		{"CountryCode", c.CountryCode != ""}, {"PostalCode", c.PostalCode.Given()}, {"PhoneNumber", c.Phone.Given()},
	} {
		if !f.given {
			lacking = append(lacking, f.name)
		}
	}
	if len(lacking) > 0 {
		return checks.Fail("the primary contact lacks %s", strings.Join(lacking, ", ")).With("lacking", strings.Join(lacking, ", "))
	}
	said := env.String("contact_confirmed_on")
	if said == "" {
		return checks.Pass("the primary contact is complete; whether it is current no API can tell, and the policy file does not say")
	}
	on, err := time.Parse(confirmedForm, said)
	limit := env.Int("confirm_days")
	switch {
	case err != nil:
		return checks.Unclear("contact_confirmed_on is no day: %q", said)
	case env.AsOf.Sub(on) > time.Duration(limit)*day:
		return checks.Fail("the primary contact is complete, and was last confirmed on %s, more than %d days ago", said, limit).With("contact_confirmed_on", said)
	}
	return checks.Pass("the primary contact is complete, and was confirmed on %s by the policy file", said).With("contact_confirmed_on", said)
}
