package iam

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

const keysOp = "iam:ListAccessKeys"

// accessKeys joins the report's keys with their ids. Without a report there are none,
// and the operation that lists them is not read to its end.
func accessKeys(ctx context.Context, in collect.Scope, api API, report snapshot.Read[[]snapshot.CredentialRow], found entities) []snapshot.AccessKey {
	rows, err := report.Get()
	if err != nil {
		return nil
	}
	exists := map[string]bool{}
	for _, u := range found.users {
		exists[u.ARN] = true
	}
	var holders []snapshot.CredentialRow
	for _, r := range rows {
		deleted := found.whole && !exists[r.ARN]
		if r.User != snapshot.Root && len(keysOf(r)) > 0 && !deleted {
			holders = append(holders, r)
		}
	}
	out := make([][]snapshot.AccessKey, len(holders))
	for i, r := range holders { // kept where a cancelled scan does not come to ask
		out[i] = join(snapshot.Meta{Location: in.Location, Calls: report.Calls()}, r, nil, false)
	}
	in.Each(ctx, len(holders), func(i int) { out[i] = keysOfUser(ctx, in, api, holders[i], report.Calls()) })
	if len(holders) == 0 && in.Wants(keysOp) {
		in.Calls.Settle(keysOp, in.Location)
	}
	keys := slices.Concat(out...)
	byUser := map[string]snapshot.CredentialRow{}
	for _, r := range holders {
		byUser[r.User] = r
	}
	keyUses(ctx, in, api, keys, byUser, report.Calls())
	return keys
}

// reported is one key of a row, with its number there.
type reported struct {
	snapshot.CredentialKey
	number int
}

// keysOf are the keys that a row tells of. An inactive one has a date; none has N/A.
func keysOf(r snapshot.CredentialRow) (out []reported) {
	for i, k := range r.Keys {
		if k.Active == "true" || !k.LastRotated.IsZero() {
			out = append(out, reported{k, i + 1})
		}
	}
	return out
}

// keysOfUser lists a user's keys and joins them with the reported ones.
func keysOfUser(ctx context.Context, in collect.Scope, api API, row snapshot.CredentialRow, calls []snapshot.Call) []snapshot.AccessKey {
	pages := &watched[*iam.ListAccessKeysOutput]{
		Pages:  iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: &row.User}),
		more:   func(p *iam.ListAccessKeysOutput) (bool, *string) { return p.IsTruncated, p.Marker },
		absent: true,
	}
	calls = slices.Clone(calls)
	listed := collect.List(ctx, in, keysOp, pages, func(at snapshot.Meta, page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata {
		calls = append(calls, at.Calls...)
		if page == nil { // the user is gone
			return nil
		}
		return page.AccessKeyMetadata
	})
	if pages.gone {
		return nil
	}
	whole := in.Wants(keysOp) && pages.err == nil && !pages.HasMorePages() // more: a token came twice
	return join(snapshot.Meta{Location: in.Location, Calls: calls}, row, listed, whole)
}

// join gives each reported key its id. One that a whole list lacks was deleted since; one
// that the report lacks was made since, or is beyond the two that a row has room for.
func join(at snapshot.Meta, row snapshot.CredentialRow, listed []types.AccessKeyMetadata, whole bool) (out []snapshot.AccessKey) {
	keys := keysOf(row)
	matched := match(keys, listed, row.Generated)
	for i, k := range keys {
		switch {
		case matched[i] >= 0:
			out = append(out, key(at, row, k, &listed[matched[i]]))
		case !whole:
			out = append(out, key(at, row, k, nil))
		}
	}
	for i, m := range listed {
		if !slices.Contains(matched, i) {
			k := snapshot.CredentialKey{Active: strconv.FormatBool(m.Status == types.StatusTypeActive)}
			out = append(out, key(at, row, reported{CredentialKey: k}, &listed[i]))
		}
	}
	return out
}

// match finds the listed key of each reported one, -1 for none: by the second of its
// creation, and what is left in order. A key made after the report is not in it.
func match(keys []reported, listed []types.AccessKeyMetadata, generated time.Time) []int {
	out := make([]int, len(keys))
	used := make([]bool, len(listed))
	find := func(fits func(k reported, created time.Time) bool) {
		for i, k := range keys {
			for j, m := range listed {
				if out[i] < 0 && !used[j] && fits(k, aws.ToTime(m.CreateDate)) {
					out[i], used[j] = j, true
				}
			}
		}
	}
	for i := range out {
		out[i] = -1
	}
	find(func(k reported, created time.Time) bool {
		return created.Truncate(time.Second).Equal(k.LastRotated.Truncate(time.Second))
	})
	find(func(_ reported, created time.Time) bool { return !created.After(generated) })
	return out
}

// key makes one access key. AWS defines no ARN for it; see snapshot.AccessKeys. A key of
// the report is called by its number there, so that it stays the same resource when its
// id cannot be read.
func key(at snapshot.Meta, row snapshot.CredentialRow, k reported, listed *types.AccessKeyMetadata) snapshot.AccessKey {
	out := snapshot.AccessKey{User: row.User, Active: k.Active == "true", Created: k.LastRotated, LastUsed: k.LastUsed, Reported: row.Generated}
	at.Name, at.ARN = fmt.Sprintf("%s, key %d", row.User, k.number), reportedARN(row, k.number)
	if listed != nil {
		out.KeyID = aws.ToString(listed.AccessKeyId)
		at.Name = out.KeyID
		if k.number == 0 {
			at.ARN = row.ARN + "/accesskey/" + out.KeyID
		}
		if out.Created.IsZero() {
			out.Created = aws.ToTime(listed.CreateDate).UTC()
		}
	}
	out.Meta = at
	return out
}

// reportedARN is the id of a user's key by its number in the report.
func reportedARN(row snapshot.CredentialRow, number int) string {
	return fmt.Sprintf("%s/accesskey/%d", row.ARN, number)
}
