package cloudtrail

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// The operations that the collector names more than once.
const (
	listTrails = "cloudtrail:DescribeTrails"
	listStores = "cloudtrail:ListEventDataStores"
	readStore  = "cloudtrail:GetEventDataStore"
)

// perTrail are the operations about one trail, booked for the account as a whole.
var perTrail = []string{"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"}

// Collect reads what the chosen checks want of the Regions that are scanned, with a client
// for each, and for the homes of trails that lie elsewhere.
func Collect(ctx context.Context, in collect.Scope, regions []string, client func(region string) API) (out snapshot.CloudTrail) {
	shown, stores := make([][]snapshot.Trail, len(regions)), make([][]snapshot.EventDataStore, len(regions))
	in.Each(ctx, len(regions), func(i int) {
		at, api := in.In(regions[i]), client(regions[i])
		shown[i], stores[i] = trails(ctx, at, api), eventDataStores(ctx, at, api)
	})
	out.Trails, out.Stores = once(slices.Concat(shown...)), slices.Concat(stores...)
	whole := in.In(snapshot.Global)
	in.Each(ctx, len(out.Trails), func(i int) { details(ctx, whole, client(out.Trails[i].Region), &out.Trails[i]) })
	if len(out.Trails) == 0 && !slices.ContainsFunc(regions, func(r string) bool { return in.In(r).Unlisted(listTrails) != nil }) {
		whole.Settle(perTrail...)
	}
	return out
}

// once joins the sightings of each trail, in the order of ARNs.
func once(shown []snapshot.Trail) []snapshot.Trail {
	slices.SortStableFunc(shown, func(a, b snapshot.Trail) int { return cmp.Compare(a.ARN, b.ARN) })
	var out []snapshot.Trail
	for _, t := range shown {
		if n := len(out); n > 0 && out[n-1].ARN == t.ARN {
			out[n-1].Sightings = append(out[n-1].Sightings, t.Sightings...)
			out[n-1].Calls = append(out[n-1].Calls, t.Calls...)
			continue
		}
		out = append(out, t)
	}
	return out
}

// trails lists what one Region shows, shadows too.
func trails(ctx context.Context, in collect.Scope, api API) []snapshot.Trail {
	return collect.List(ctx, in, listTrails, &trailPages{api: api}, func(at snapshot.Meta, page *cloudtrail.DescribeTrailsOutput) []snapshot.Trail {
		out := make([]snapshot.Trail, 0, len(page.TrailList))
		for _, t := range page.TrailList {
			out = append(out, trail(at, t))
		}
		return out
	})
}

// trailPages is the one page of DescribeTrails.
type trailPages struct {
	api  API
	done bool
}

// HasMorePages says that nothing was asked yet.
func (p *trailPages) HasMorePages() bool { return !p.done }

// NextPage asks for the list, with shadow trails: AWS's default, which is named because
// all that follows rests on it.
func (p *trailPages) NextPage(ctx context.Context, options ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error) {
	p.done = true
	return p.api.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(true)}, options...)
}

// details asks a trail's home what it records, and whether.
func details(ctx context.Context, in collect.Scope, api API, t *snapshot.Trail) {
	t.Logging = collect.Ask(ctx, in, "cloudtrail:GetTrailStatus", func(ctx context.Context) (bool, error) {
		out, err := api.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: &t.ARN})
		if err != nil {
			return false, err
		}
		return aws.ToBool(out.IsLogging), nil
	})
	t.Selectors = collect.Ask(ctx, in, "cloudtrail:GetEventSelectors", func(ctx context.Context) (snapshot.EventSelectors, error) {
		out, err := api.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: &t.ARN})
		if err != nil {
			return snapshot.EventSelectors{}, err
		}
		return snapshot.EventSelectors{Basic: basic(out.EventSelectors), Advanced: advanced(out.AdvancedEventSelectors)}, nil
	})
}

// eventDataStores lists one Region's stores. The list names them and says nothing more.
func eventDataStores(ctx context.Context, in collect.Scope, api API) []snapshot.EventDataStore {
	pages := cloudtrail.NewListEventDataStoresPaginator(api, &cloudtrail.ListEventDataStoresInput{})
	all := collect.List(ctx, in, listStores, pages, func(at snapshot.Meta, page *cloudtrail.ListEventDataStoresOutput) []snapshot.EventDataStore {
		out := make([]snapshot.EventDataStore, 0, len(page.EventDataStores))
		for _, s := range page.EventDataStores {
			at.ARN, at.Name = aws.ToString(s.EventDataStoreArn), aws.ToString(s.Name)
			out = append(out, snapshot.EventDataStore{Meta: at})
		}
		return out
	})
	in.Each(ctx, len(all), func(i int) {
		all[i].Settings = collect.Ask(ctx, in, readStore, func(ctx context.Context) (snapshot.StoreSettings, error) {
			out, err := api.GetEventDataStore(ctx, &cloudtrail.GetEventDataStoreInput{EventDataStore: &all[i].ARN})
			if err != nil {
				return snapshot.StoreSettings{}, err
			}
			return store(out), nil
		})
	})
	if len(all) == 0 && in.Unlisted(listStores) == nil {
		in.Settle(readStore)
	}
	return all
}

// trail maps one entry of the list. Its home is where it was made; at is who shows it.
func trail(at snapshot.Meta, t types.Trail) snapshot.Trail {
	sighting := snapshot.Sighting{Region: at.Region, Calls: at.Calls}
	at.ARN, at.Name = aws.ToString(t.TrailARN), aws.ToString(t.Name)
	at.Region = cmp.Or(aws.ToString(t.HomeRegion), snapshot.RegionOf(at.ARN), at.Region)
	return snapshot.Trail{
		Meta: at, Sightings: []snapshot.Sighting{sighting},
		MultiRegion: aws.ToBool(t.IsMultiRegionTrail), Organization: aws.ToBool(t.IsOrganizationTrail),
		Bucket: aws.ToString(t.S3BucketName), LogGroup: aws.ToString(t.CloudWatchLogsLogGroupArn),
		KMSKeyID: aws.ToString(t.KmsKeyId), Validated: aws.ToBool(t.LogFileValidationEnabled),
	}
}

// basic maps basic selectors. AWS documents what is meant where a member is absent:
// management events are included.
func basic(list []types.EventSelector) []snapshot.EventSelector {
	var out []snapshot.EventSelector
	for _, s := range list {
		to := snapshot.EventSelector{
			ReadWriteType: string(s.ReadWriteType), Excluded: s.ExcludeManagementEventSources,
			Management: s.IncludeManagementEvents == nil || *s.IncludeManagementEvents,
		}
		for _, d := range s.DataResources {
			to.Data = append(to.Data, snapshot.DataResource{Type: aws.ToString(d.Type), Values: d.Values})
		}
		out = append(out, to)
	}
	return out
}

func advanced(list []types.AdvancedEventSelector) []snapshot.AdvancedEventSelector {
	var out []snapshot.AdvancedEventSelector
	for _, s := range list {
		to := snapshot.AdvancedEventSelector{Name: aws.ToString(s.Name)}
		for _, f := range s.FieldSelectors {
			to.Fields = append(to.Fields, snapshot.FieldSelector{
				Field:  aws.ToString(f.Field),
				Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
			})
		}
		out = append(out, to)
	}
	return out
}

func store(o *cloudtrail.GetEventDataStoreOutput) snapshot.StoreSettings {
	return snapshot.StoreSettings{
		Status: string(o.Status), MultiRegion: aws.ToBool(o.MultiRegionEnabled), Organization: aws.ToBool(o.OrganizationEnabled),
		Selectors: snapshot.EventSelectors{Advanced: advanced(o.AdvancedEventSelectors)},
	}
}
