package acme

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"onus/mocks"
)

// alternates are whom AWS may write to besides the account's owner: the bills go to the
// same mailbox as news of incidents, and nobody is named for operations.
var alternates = map[types.AlternateContactType]types.AlternateContact{
	types.AlternateContactTypeSecurity: {Name: aws.String("Ana Keller"), Title: aws.String("Head of Security"), EmailAddress: aws.String("security@acme.example"), PhoneNumber: aws.String("+442079460101")},
	types.AlternateContactTypeBilling:  {Name: aws.String("Acme Finance"), Title: aws.String("Accounts"), EmailAddress: aws.String("Security@acme.example"), PhoneNumber: aws.String("+442079460102")},
}

// serveContacts answers whom AWS may reach about the account. The numbers are of those
// that are kept for fiction.
func serveContacts(s *mocks.Server) {
	own := func(id *string) error {
		if id != nil { // the management account may not name itself, and nobody asks about others
			return &mocks.Error{Code: "ValidationException", Message: "The management account cannot name its own account."}
		}
		return nil
	}
	mocks.Handle(s, func(_ *mocks.Request, in *account.GetAlternateContactInput) (*account.GetAlternateContactOutput, error) {
		if err := own(in.AccountId); err != nil {
			return nil, err
		}
		c, ok := alternates[in.AlternateContactType]
		if !ok {
			return nil, &mocks.Error{Code: "ResourceNotFoundException", Message: "No contact of the inputted alternate contact type found."}
		}
		c.AlternateContactType = in.AlternateContactType
		return &account.GetAlternateContactOutput{AlternateContact: &c}, nil
	})
	mocks.Handle(s, func(_ *mocks.Request, in *account.GetContactInformationInput) (*account.GetContactInformationOutput, error) {
		if err := own(in.AccountId); err != nil {
			return nil, err
		}
		return &account.GetContactInformationOutput{ContactInformation: &types.ContactInformation{
			FullName: aws.String("Acme Cloud Team"), CompanyName: aws.String("Acme Ltd"), AddressLine1: aws.String("1 Example Quay"), City: aws.String("Dublin"),
			PostalCode: aws.String("D02 XY00"), CountryCode: aws.String("IE"), PhoneNumber: aws.String("+442079460100"),
		}}, nil
	})
}
