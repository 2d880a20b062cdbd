package autoscaling

import (
	"context"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// Collect reads what the chosen checks want of one Region.
func Collect(ctx context.Context, in collect.Scope, api API) (out snapshot.AutoScaling) {
	out.Groups = groups(ctx, in, api)
	out.Configurations = configurations(ctx, in, api)
	return out
}
