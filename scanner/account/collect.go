package account

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"onus/scanner/collect"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// Collect reads what the chosen checks want of the account. Its id is left out of every
// question: the management account may not name its own.
// Source: Account Management API Reference, GetAlternateContact, AccountId.
func Collect(ctx context.Context, in collect.Scope, api API) snapshot.Contacts {
	in = in.In(snapshot.Global)
	return snapshot.Contacts{
		Security:   alternate(ctx, in, api, types.AlternateContactTypeSecurity),
		Billing:    alternate(ctx, in, api, types.AlternateContactTypeBilling),
		Operations: alternate(ctx, in, api, types.AlternateContactTypeOperations),
		Primary:    primary(ctx, in, api),
	}
}

func alternate(ctx context.Context, in collect.Scope, api API, kind types.AlternateContactType) snapshot.Read[*snapshot.Contact] {
	return collect.Ask(ctx, in, "account:GetAlternateContact", func(ctx context.Context) (*snapshot.Contact, error) {
		out, err := api.GetAlternateContact(ctx, &account.GetAlternateContactInput{AlternateContactType: kind})
		switch {
		case collect.Is(err, "ResourceNotFoundException"):
			return nil, nil
		case err != nil:
			return nil, err
		case out.AlternateContact == nil:
			return nil, &wire.MalformedError{What: "the answer holds no contact"}
		}
		c := out.AlternateContact
		p := people{}
		contact := &snapshot.Contact{Email: p.digest(c.EmailAddress), Phone: p.digest(c.PhoneNumber), Name: p.digest(c.Name)}
		return contact, p.err
	})
}

func primary(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.PrimaryContact] {
	return collect.Ask(ctx, in, "account:GetContactInformation", func(ctx context.Context) (snapshot.PrimaryContact, error) {
		out, err := api.GetContactInformation(ctx, &account.GetContactInformationInput{})
		switch {
		case err != nil:
			return snapshot.PrimaryContact{}, err
		case out.ContactInformation == nil:
			return snapshot.PrimaryContact{}, &wire.MalformedError{What: "the answer holds no contact"}
		}
		c := out.ContactInformation
		p := people{}
		contact := snapshot.PrimaryContact{
			Name: p.digest(c.FullName), Address: p.digest(c.AddressLine1), City: p.digest(c.City),
			PostalCode: p.digest(c.PostalCode), Phone: p.digest(c.PhoneNumber), CountryCode: aws.ToString(c.CountryCode),
		}
		return contact, p.err
	})
}

// people reads the markers that stand for personal fields, and remembers one that is none.
type people struct{ err error }

// digest is a field's digest, "" where the field is empty. What was not redacted is not
// kept, not even in the error.
func (p *people) digest(field *string) snapshot.Personal {
	v := aws.ToString(field)
	if strings.TrimSpace(v) == "" {
		return ""
	}
	m, ok := redact.ParseMarker(v)
	if !ok {
		p.err = &wire.MalformedError{What: "a contact came without being redacted"}
		return ""
	}
	return snapshot.Personal(m.Digest)
}
