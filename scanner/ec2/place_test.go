package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"onus/scanner/snapshot"
)

func TestMapPlace(t *testing.T) {
	zone, outpost := aws.String("us-east-1-bue-1a"), aws.String("arn:aws:outposts:us-east-1:111122223333:outpost/op-1")
	for name, got := range map[string]snapshot.Place{
		"instance": instance(here, types.Instance{Placement: &types.Placement{AvailabilityZone: zone}, OutpostArn: outpost}).Place,
		"volume":   volume(here, types.Volume{AvailabilityZone: zone, OutpostArn: outpost}).Place,
		"snapshot": volumeSnapshot(here, types.Snapshot{AvailabilityZone: zone, OutpostArn: outpost}).Place,
	} {
		if want := (snapshot.Place{Zone: *zone, Outpost: *outpost}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for name, got := range map[string]snapshot.Place{
		"instance": instance(here, types.Instance{}).Place, "volume": volume(here, types.Volume{}).Place, "snapshot": volumeSnapshot(here, types.Snapshot{}).Place,
	} {
		if got != (snapshot.Place{}) {
			t.Errorf("%s without a place: %+v", name, got)
		}
	}
}
