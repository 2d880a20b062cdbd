package wire

import (
	"context"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// credentialOperations are all that the SDK's credential providers may ask of AWS.
var credentialOperations = map[string]bool{
	"sts:AssumeRole": true, "sts:AssumeRoleWithWebIdentity": true,
	"sso:GetRoleCredentials": true, "ssooidc:CreateToken": true, "signin:CreateOAuth2Token": true,
}

// CredentialOptions are the API options of the configuration on which credentials
// travel: nothing but their short list of operations passes, and note is told of each
// call by a line that holds neither parameters nor an answer. Transport.Config replaces
// them, so that a scan's calls and those for its credentials never share a stack.
func CredentialOptions(note func(Line)) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("OnusCredentials", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			service := awsmiddleware.GetServiceID(ctx)
			operation := name(service, awsmiddleware.GetOperationName(ctx))
			if service == "" || service == "ec2imds" { // the instance's own metadata is no service of AWS
				return next.HandleInitialize(ctx, in)
			}
			if !credentialOperations[operation] {
				return middleware.InitializeOutput{}, middleware.Metadata{}, &RefusedError{operation}
			}
			start := time.Now()
			out, md, err := next.HandleInitialize(ctx, in)
			if note != nil {
				note(Line{Key: Key{Region: awsmiddleware.GetRegion(ctx), Operation: operation}, Attempts: 1, Start: start, Latency: time.Since(start)})
			}
			return out, md, err
		}), middleware.After)
	}
}
