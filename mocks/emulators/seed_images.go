package emulators

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// seedImages copies a snapshot out of the allowed Regions. Neither emulator knows
// TransferType or SourceImageRegion: the description tells, in the words that AWS's console
// writes.
func seedImages(ctx context.Context, cfg aws.Config, ids Seeded) error {
	own, err := ec2.NewFromConfig(at(cfg, Home)).DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}})
	if err != nil {
		return err
	}
	if len(own.Snapshots) == 0 {
		return errors.New("there is no snapshot to copy in " + Home)
	}
	source := own.Snapshots[0].SnapshotId
	made, err := ec2.NewFromConfig(at(cfg, Foreign)).CopySnapshot(ctx, &ec2.CopySnapshotInput{SourceRegion: aws.String(Home), SourceSnapshotId: source,
		Description: aws.String("[Copied " + *source + " from " + Home + "] for the fair")})
	if err != nil {
		return err
	}
	ids["acme-copied-out"] = *made.SnapshotId
	return nil
}
