package ec2

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const (
	listLocks           = "ec2:DescribeLockedSnapshots"
	readImageAttribute  = "ec2:DescribeImageAttribute"
	readShares          = "ec2:DescribeSnapshotAttribute"
	mostImagesInAFilter = 200 // EC2 User Guide, "List and filter using the CLI and API": values of one filter
)

// lockPages reads DescribeLockedSnapshots, for which the SDK has no paginator.
type lockPages struct {
	api   API
	token *string
	begun bool
}

// HasMorePages says whether to ask on.
func (p *lockPages) HasMorePages() bool { return !p.begun || aws.ToString(p.token) != "" }

// NextPage asks for the next page.
func (p *lockPages) NextPage(ctx context.Context, options ...func(*ec2.Options)) (*ec2.DescribeLockedSnapshotsOutput, error) {
	out, err := p.api.DescribeLockedSnapshots(ctx, &ec2.DescribeLockedSnapshotsInput{MaxResults: aws.Int32(1000), NextToken: p.token}, options...)
	if err != nil {
		return nil, err
	}
	p.begun, p.token = true, out.NextToken
	return out, nil
}

// locks adds to each snapshot its lock: one list names all that have one.
func locks(ctx context.Context, in collect.Scope, api API, all []snapshot.VolumeSnapshot) {
	if len(all) == 0 && in.Unlisted(listSnapshots) == nil {
		in.Settle(listLocks)
		return
	}
	states := map[string]snapshot.Read[string]{}
	var calls []snapshot.Call
	collect.List(ctx, in, listLocks, collect.Pages[ec2.Options, *ec2.DescribeLockedSnapshotsOutput](&lockPages{api: api}), func(at snapshot.Meta, page *ec2.DescribeLockedSnapshotsOutput) []struct{} {
		calls = append(calls, at.Calls...)
		for _, s := range page.Snapshots {
			states[aws.ToString(s.SnapshotId)] = snapshot.Value(string(s.LockState), at.Calls...)
		}
		return make([]struct{}, len(page.Snapshots)) // counted as items
	})
	why := in.Unlisted(listLocks)
	for i := range all {
		state, locked := states[all[i].ID]
		switch {
		case locked:
			all[i].Lock = state
		case why != nil:
			all[i].Lock = snapshot.Missing[string](why, calls...)
		default:
			all[i].Lock = snapshot.Value("", calls...)
		}
	}
}

// goneImages are the states in which an image holds nothing that anybody could launch, and
// a disabled one's permissions are void.
var goneImages = []string{"deregistered", "failed", "invalid", "error", "disabled"}

// launchPermissions reads whom each image is shared with.
func launchPermissions(ctx context.Context, in collect.Scope, api API, all []snapshot.Image) {
	var some []*snapshot.Image
	for i := range all {
		if !slices.Contains(goneImages, all[i].State) {
			some = append(some, &all[i])
		}
	}
	if len(some) == 0 && in.Unlisted(listImages) == nil {
		in.Settle(readImageAttribute)
	}
	in.Each(ctx, len(some), func(i int) { some[i].Shared = imageShares(ctx, in, api, some[i].ID) })
}

func imageShares(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]snapshot.Grantee] {
	return collect.Ask(ctx, in, readImageAttribute, func(ctx context.Context) ([]snapshot.Grantee, error) {
		out, err := api.DescribeImageAttribute(ctx, &ec2.DescribeImageAttributeInput{ImageId: &id, Attribute: types.ImageAttributeNameLaunchPermission})
		if err != nil {
			return nil, err
		}
		return each(out.LaunchPermissions, func(p types.LaunchPermission) snapshot.Grantee {
			return snapshot.Grantee{Account: aws.ToString(p.UserId), Group: string(p.Group), Organization: aws.ToString(p.OrganizationArn), Unit: aws.ToString(p.OrganizationalUnitArn)}
		}), nil
	})
}

// volumePermissions reads whom each snapshot is shared with.
func volumePermissions(ctx context.Context, in collect.Scope, api API, all []snapshot.VolumeSnapshot) {
	var some []*snapshot.VolumeSnapshot
	for i := range all {
		if all[i].State != string(types.SnapshotStateError) {
			some = append(some, &all[i])
		}
	}
	if len(some) == 0 && in.Unlisted(listSnapshots) == nil {
		in.Settle(readShares)
	}
	in.Each(ctx, len(some), func(i int) { some[i].Shared = snapshotShares(ctx, in, api, some[i].ID) })
}

func snapshotShares(ctx context.Context, in collect.Scope, api API, id string) snapshot.Read[[]snapshot.Grantee] {
	return collect.Ask(ctx, in, readShares, func(ctx context.Context) ([]snapshot.Grantee, error) {
		out, err := api.DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{SnapshotId: &id, Attribute: types.SnapshotAttributeNameCreateVolumePermission})
		if err != nil {
			return nil, err
		}
		return each(out.CreateVolumePermissions, func(p types.CreateVolumePermission) snapshot.Grantee {
			return snapshot.Grantee{Account: aws.ToString(p.UserId), Group: string(p.Group)}
		}), nil
	})
}

// CollectNamed reads the images of others that are named in the Region, and those from
// which own images of other Regions were copied. The two are asked apart: which images are
// named depends on what else is read. It filters by their ids and does not ask for them: so
// one that is gone does not fail the others.
func CollectNamed(ctx context.Context, in collect.Scope, api API, named, sources []string) snapshot.NamedImages {
	return snapshot.NamedImages{
		Meta:    snapshot.Meta{Location: in.Location},
		Images:  imagesByID(ctx, in, api, named),
		Sources: imagesByID(ctx, in, api, sources),
	}
}

func imagesByID(ctx context.Context, in collect.Scope, api API, ids []string) snapshot.Read[[]snapshot.Image] {
	if len(ids) == 0 && in.Wants(listImages) {
		return snapshot.Value[[]snapshot.Image](nil)
	}
	at := snapshot.Meta{Location: in.Location}
	return collect.Ask(ctx, in, listImages, func(ctx context.Context) (all []snapshot.Image, err error) {
		for some := range slices.Chunk(ids, mostImagesInAFilter) {
			pages := ec2.NewDescribeImagesPaginator(api, &ec2.DescribeImagesInput{
				Filters:           []types.Filter{{Name: aws.String("image-id"), Values: some}},
				IncludeDeprecated: aws.Bool(true), IncludeDisabled: aws.Bool(true),
			})
			for seen := map[string]bool{}; pages.HasMorePages(); {
				page, err := pages.NextPage(ctx)
				if err != nil {
					return nil, err
				}
				all = append(all, each(page.Images, func(i types.Image) snapshot.Image { return image(at, i) })...)
				token := aws.ToString(page.NextToken)
				if seen[token] || len(seen) >= collect.MaxPages {
					return nil, &wire.MalformedError{What: "the pages of the images would never end"}
				}
				seen[token] = true
			}
		}
		return all, nil
	})
}
