package scanner

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"onus/scanner/wire"
)

// TargetError is a target that cannot be scanned through the fault of whoever named it:
// credentials, endpoint, Region.
type TargetError struct {
	What  string
	Cause error
}

func (e *TargetError) Error() string {
	if e.Cause == nil {
		return e.What
	}
	return e.What + ": " + oneLine(e.Cause)
}

func (e *TargetError) Unwrap() error { return e.Cause }

// Access says with whose credentials and from where an account is scanned. What is
// empty comes from the SDK's own chain: environment, shared files, SSO, web identity,
// container and instance roles.
type Access struct {
	Profile     string
	RoleARN     string // assumed with the credentials of the chain
	ExternalID  string
	SessionName string
	Region      string                 // the home Region: where the account's global services are asked from
	MFA         func() (string, error) // asks for a token code; nil where nobody can be asked
	Note        func(wire.Line)        // told of each call for credentials
}

// Load makes the SDK's configuration. FIPS, dual-stack, proxy, CA bundle and endpoint
// come from where the SDK reads them.
func Load(ctx context.Context, a Access) (aws.Config, error) {
	mfa := a.MFA
	if mfa == nil {
		mfa = func() (string, error) {
			return "", errors.New("the profile asks for an MFA code and there is no terminal to ask on")
		}
	}
	options := []func(*config.LoadOptions) error{
		config.WithAPIOptions([]func(*middlewareStack) error{wire.CredentialOptions(a.Note)}),
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = mfa }),
	}
	if a.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.Profile))
	}
	if a.Region != "" {
		options = append(options, config.WithRegion(a.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, &TargetError{"the AWS configuration cannot be used", err}
	}
	if cfg.Region == "" {
		return cfg, &TargetError{"no Region is set to start from: set AWS_REGION, the profile's region, or --region", nil}
	}
	if a.RoleARN != "" {
		cfg.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), a.RoleARN, func(o *stscreds.AssumeRoleOptions) {
			o.RoleSessionName, o.TokenProvider = a.SessionName, mfa
			if a.ExternalID != "" {
				o.ExternalID = &a.ExternalID
			}
		}))
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, &TargetError{"no AWS credentials can be had", err}
	}
	return cfg, nil
}

// Replay is the configuration for a transport that answers from a record: credentials
// that are worth nothing, and no endpoint of anybody's.
func Replay(region string) aws.Config {
	return aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("replay", "replay", "")}
}

// oneLine is an error's text without line breaks, and of an answer of AWS only its code
// and message.
func oneLine(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return fmt.Sprintf("%s: %s", api.ErrorCode(), strings.Join(strings.Fields(api.ErrorMessage()), " "))
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// suffixes end the host names of AWS. Source: the partitions of the SDK's endpoint rules.
var suffixes = []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn", ".amazonaws.eu", ".api.amazonwebservices.eu",
	".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov"}

// foreign says that an endpoint was set and is not one of AWS's: an emulator, which has
// one host for everything. VPC endpoints are AWS's.
func foreign(endpoint *string) bool {
	if endpoint == nil {
		return false
	}
	u, err := url.Parse(*endpoint)
	if err != nil {
		return false
	}
	host := "." + strings.ToLower(u.Hostname())
	for _, s := range suffixes {
		if strings.HasSuffix(host, s) {
			return false
		}
	}
	return true
}
