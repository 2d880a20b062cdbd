package rds

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"onus/scanner/snapshot"
)

func TestMapWhereASnapshotWasCopiedFrom(t *testing.T) {
	source := aws.String("arn:aws:rds:eu-west-1:111122223333:snapshot:orders")
	for name, tt := range map[string]struct{ got, want string }{
		"by its source Region":     {instanceSnapshot(snapshot.Meta{}, types.DBSnapshot{SourceRegion: aws.String("eu-west-3"), SourceDBSnapshotIdentifier: source}).From, "eu-west-3"},
		"by its source's ARN":      {instanceSnapshot(snapshot.Meta{}, types.DBSnapshot{SourceDBSnapshotIdentifier: source}).From, "eu-west-1"},
		"not copied":               {instanceSnapshot(snapshot.Meta{}, types.DBSnapshot{}).From, ""},
		"of a cluster":             {clusterSnapshot(snapshot.Meta{}, types.DBClusterSnapshot{SourceDBClusterSnapshotArn: source}).From, "eu-west-1"},
		"of a cluster, not copied": {clusterSnapshot(snapshot.Meta{}, types.DBClusterSnapshot{}).From, ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
}
