// Package account reads the contacts of the account. They are people: their mail addresses, numbers and
// names come redacted, and only digests go on. It asks and maps; it leaves clients to scanner
// and judgement to checks.
package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/account"
)

// API is every call that this collector makes.
type API interface {
	GetAlternateContact(context.Context, *account.GetAlternateContactInput, ...func(*account.Options)) (*account.GetAlternateContactOutput, error)
	GetContactInformation(context.Context, *account.GetContactInformationInput, ...func(*account.Options)) (*account.GetContactInformationOutput, error)
}
