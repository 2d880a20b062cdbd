package ssm

import (
	"context"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads what the chosen checks want of one Region.
func Collect(ctx context.Context, in collect.Scope, api API) (out snapshot.SSM) {
	out.Settings = settings(ctx, in, api, settingIDs)
	return out
}
