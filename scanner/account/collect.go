package account

import (
	"context"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads what the chosen checks want of the account.
func Collect(ctx context.Context, in collect.Scope, api API) (out snapshot.Contacts) {
	return out
}
