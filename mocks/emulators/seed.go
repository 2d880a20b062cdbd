package emulators

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The Regions that the seeds fill. Residency for the expected findings allows Home and
// Second; Foreign holds one bucket and one database that should not be there.
const (
	Home    = "eu-central-1"
	Second  = "eu-west-1"
	Foreign = "us-east-1"
)

// Seeded maps the fixed names of seeded resources to the ids that the emulator made at
// random: instances (i-…), volumes, security groups. Resources that are
// known by their name (buckets, users, databases) are not in it.
type Seeded map[string]string

// Seed fills a fresh emulator with the test account: over S3, IAM, EC2, Auto Scaling, RDS,
// KMS, Systems Manager, AWS Backup and Organizations, in good states and bad. A service that
// the emulator lacks (LocalStack: Auto Scaling, RDS, AWS Backup and Organizations) is left
// out; any other error ends it. The Region of cfg does not matter.
func Seed(ctx context.Context, cfg aws.Config) (Seeded, error) {
	return seed(ctx, cfg, seedS3, seedIAM, seedEC2, seedGroups, seedExposure, seedRDS, seedKeys, seedFleet, seedSSM, seedBackup, seedOrganization, seedPitfalls, seedPrincipals, seedImages)
}

// Remedy puts right what the account as a whole has wrong and has only one of: the
// public access block, the password policy, EBS encryption by default and (if there
// is an organization) the service control policy. A second scan then shows the other
// state of those checks, and a comparison of the two scans has something to show.
func Remedy(ctx context.Context, cfg aws.Config) error {
	_, err := seed(ctx, cfg, remedyS3, remedyIAM, remedyEC2, remedyOrganization)
	return err
}

// step seeds one service. It adds to ids what others must know of random ids.
type step func(ctx context.Context, cfg aws.Config, ids Seeded) error

func seed(ctx context.Context, cfg aws.Config, steps ...step) (Seeded, error) {
	ids := Seeded{}
	for _, step := range steps {
		if err := step(ctx, cfg, ids); err != nil && !lacking(err) {
			return nil, fmt.Errorf("seed %s: %w", aws.ToString(cfg.BaseEndpoint), err)
		}
	}
	return ids, nil
}

// lacking tells whether the emulator has nothing of the service: LocalStack says so
// with status 501. Its code, InternalFailure, also stands for faults of a service.
func lacking(err error) bool {
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusNotImplemented
}
