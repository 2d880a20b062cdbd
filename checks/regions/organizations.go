package regions

import (
	"errors"

	"onus/checks"
	"onus/scanner/snapshot"
)

// organizationOf is the account's organization, without an ID where it is in none.
func organizationOf(a *snapshot.Account, env checks.Env) (snapshot.Organization, error) {
	o, err := checks.Use(env, a.Org.Organization)
	if errors.Is(err, snapshot.ErrAbsent) {
		return snapshot.Organization{}, nil
	}
	return o, err
}
