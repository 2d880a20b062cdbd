package emulators

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Account is the account that the seeds fill and every client here speaks for.
const Account = "123456789012"

// Environ is what a command needs in its environment to reach the emulator at the
// endpoint as Account, and nothing else of the machine's AWS configuration.
//
// moto takes any key for Account; LocalStack takes an access key id of twelve digits
// for the account's number.
func Environ(endpoint string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + endpoint,
		"AWS_ACCESS_KEY_ID=" + Account,
		"AWS_SECRET_ACCESS_KEY=emulator",
		"AWS_REGION=eu-central-1",
		"AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// Config is the same for the SDK's clients in this process.
func Config(endpoint, region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(endpoint),
		HTTPClient:   client{awshttp.NewBuildableClient()},
		Credentials:  credentials.NewStaticCredentialsProvider(Account, "emulator", ""),
	}
}

// client sends requests whose body the SDK does not close. It does so once an answer has
// begun, and an emulator on a busy machine may begin before the transport has let go of the
// body: then the transport gives the connection up, and the SDK asks once more for what has
// been made already.
type client struct{ *awshttp.BuildableClient }

func (c client) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return c.BuildableClient.Do(r)
}

// at is cfg in another Region.
func at(cfg aws.Config, region string) aws.Config {
	cfg = cfg.Copy()
	cfg.Region = region
	return cfg
}

// pathStyle keeps the bucket out of the host. The SDK does that by itself for a host
// that is an IP address, but over plain HTTP not for a bucket with a dot in its name.
func pathStyle(o *s3.Options) { o.UsePathStyle = true }

// plainHost keeps S3 Control from putting the account in front of the emulator's
// host, where it could not be found. It runs when the endpoint is known and before
// the request is signed.
func plainHost(o *s3control.Options) {
	strip := middleware.FinalizeMiddlewareFunc("PlainHost", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if request, ok := in.Request.(*smithyhttp.Request); ok {
			request.URL.Host = strings.TrimPrefix(request.URL.Host, Account+".")
		}
		return next.HandleFinalize(ctx, in)
	})
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(strip, "ResolveEndpointV2", middleware.After)
	})
}
