// Package network holds the checks that ask what can be reached from where. Working it
// out is left to its library reach; what was read comes from scanner.
package network

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&GroupAdminPortsClosed,
}
