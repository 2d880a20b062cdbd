package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
)

// defaultKey reads the key that encryption by default encrypts with: an alias of AWS's, or
// what the account has chosen, in whichever way it was named then.
func defaultKey(ctx context.Context, in collect.Scope, api API) snapshot.Read[string] {
	return collect.Ask(ctx, in, "ec2:GetEbsDefaultKmsKeyId", func(ctx context.Context) (string, error) {
		out, err := api.GetEbsDefaultKmsKeyId(ctx, &ec2.GetEbsDefaultKmsKeyIdInput{})
		if err != nil {
			return "", err
		}
		return word(aws.ToString(out.KmsKeyId), "KmsKeyId")
	})
}
