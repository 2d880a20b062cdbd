package ec2

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// prefixLists lists the prefix lists: the account's, AWS's, and those that others share.
func prefixLists(ctx context.Context, in *reader) []snapshot.PrefixList {
	pages := ec2.NewDescribeManagedPrefixListsPaginator(in.api, &ec2.DescribeManagedPrefixListsInput{MaxResults: aws.Int32(100)})
	return list(ctx, in, listPrefixLists, pages, func(at snapshot.Meta, page *ec2.DescribeManagedPrefixListsOutput) []snapshot.PrefixList {
		return each(page.PrefixLists, func(l types.ManagedPrefixList) snapshot.PrefixList { return prefixList(at, l) })
	})
}

// readReferred reads the entries of the lists that rules of groups and routes refer to,
// whoever owns them.
func readReferred(ctx context.Context, in collect.Scope, api API, out *snapshot.EC2) {
	referred := references(out.Groups, out.RouteTables)
	var ask []*snapshot.PrefixList
	for i := range out.PrefixLists {
		if l := &out.PrefixLists[i]; referred[l.ID] {
			ask = append(ask, l)
		}
	}
	in.Each(ctx, len(ask), func(i int) { ask[i].Entries = entries(ctx, in, api, ask[i].ID) })
	if len(ask) == 0 && whole(in, listPrefixLists) && whole(in, listGroups) && whole(in, listRoutes) {
		in.Settle(readEntries)
	}
}

// references are the ids of all prefix lists that something refers to.
func references(groups []snapshot.SecurityGroup, tables []snapshot.RouteTable) map[string]bool {
	out := map[string]bool{}
	for _, g := range groups {
		for _, r := range slices.Concat(g.Ingress, g.Egress) {
			for _, id := range r.PrefixLists {
				out[id] = true
			}
		}
	}
	for _, t := range tables {
		for _, r := range t.Routes {
			if r.PrefixList != "" {
				out[r.PrefixList] = true
			}
		}
	}
	return out
}

// whole says that a list was read to its end, or that nobody wants it.
func whole(in collect.Scope, op string) bool { return !in.Wants(op) || in.Unlisted(op) == nil }

func prefixList(at snapshot.Meta, l types.ManagedPrefixList) snapshot.PrefixList {
	id := aws.ToString(l.PrefixListId)
	own := cmp.Or(aws.ToString(l.PrefixListArn), arn(at, l.OwnerId, "prefix-list", id))
	return snapshot.PrefixList{
		Meta: named(at, own, aws.ToString(l.PrefixListName), l.Tags), ID: id,
		AddressFamily: aws.ToString(l.AddressFamily), Owner: cmp.Or(aws.ToString(l.OwnerId), snapshot.AccountOf(own)),
	}
}

// entries reads all entries of one list: they are one fact, of several pages. Half a list
// is none, since the other half may be the one that matters.
func entries(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]string] {
	return collect.Ask(ctx, in, readEntries, func(ctx context.Context) ([]string, error) {
		pages := ec2.NewGetManagedPrefixListEntriesPaginator(api, &ec2.GetManagedPrefixListEntriesInput{PrefixListId: &id, MaxResults: aws.Int32(100)})
		out := []string{}
		for seen := map[string]bool{}; pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, e := range page.Entries {
				out = append(out, aws.ToString(e.Cidr))
			}
			token := aws.ToString(page.NextToken)
			if seen[token] || len(seen) >= collect.MaxPages {
				return nil, &wire.MalformedError{What: "the pages of the entries would never end"}
			}
			seen[token] = true
		}
		return out, nil
	})
}
