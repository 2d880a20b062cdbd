package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// The error codes that the services use for one thing. Sources: the "Common errors"
// pages of each service's API reference.
var (
	deniedCodes = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AllAccessDisabled", "Forbidden", "403"}
	// ExpiredToken and its kin are a denial too: nothing more will be read with it.
	expiredCodes   = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "SignatureDoesNotMatch"}
	throttledCodes = []string{"Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "TooManyRequestsException", "BandwidthLimitExceeded", "PriorRequestNotComplete", "EC2ThrottledException", "LimitExceededException"}
	// A Region that is not enabled rejects the token itself.
	notOptedInCodes  = []string{"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "OptInRequired", "RegionDisabledException"}
	unsupportedCodes = []string{"NotImplemented", "UnknownOperationException", "InvalidAction", "UnsupportedOperation", "UnsupportedOperationException", "501", "NotImplementedError"}
	changedCodes     = []string{
		"NoSuchBucket", "PolicyNotFoundException", "NoSuchEntity",
		"InvalidInstanceID.NotFound", "InvalidPrefixListID.NotFound", "InvalidVpcID.NotFound", "InvalidVpcEndpointServiceId.NotFound", "InvalidClientVpnEndpointId.NotFound",
		"InvalidLaunchTemplateId.NotFound", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidSnapshot.NotFound",
		"DBSnapshotNotFound", "DBSnapshotNotFoundFault", "DBClusterSnapshotNotFoundFault",
	}
)

// Is says that err carries one of AWS's error codes.
func Is(err error, codes ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(codes, api.ErrorCode())
}

// Why turns the error of a call into data.
func Why(op string, at snapshot.Location, err error) *snapshot.Unread {
	u := &snapshot.Unread{Operation: op, At: at, Cause: snapshot.Failed}
	var api smithy.APIError
	var response *awshttp.ResponseError
	status := 0
	if errors.As(err, &response) {
		status, u.RequestID = response.HTTPStatusCode(), response.ServiceRequestID()
	}
	var malformed *wire.MalformedError
	var foreign *wire.ForeignError
	var silent *wire.NoAnswer
	switch {
	case errors.Is(err, errRepeated), errors.Is(err, errTooLong):
		u.Cause, u.Message = snapshot.Malformed, err.Error()
	case errors.As(err, &malformed):
		u.Cause, u.Message = snapshot.Malformed, malformed.What
	case errors.As(err, &foreign):
		u.Cause, u.Message = snapshot.Unsupported, foreign.Error()
	case errors.Is(err, wire.ErrNotRecorded):
		u.Cause, u.Message = snapshot.NotRecorded, "the record does not hold this call"
	case errors.Is(err, wire.ErrInterrupted), errors.As(err, &silent) && silent.Interrupted():
		u.Cause, u.Message = snapshot.Cancelled, wire.ErrInterrupted.Error()
	case errors.Is(err, wire.ErrRedactedInput):
		u.Message = wire.ErrRedactedInput.Error()
	case errors.As(err, &silent):
		u.Message = "no answer: " + silent.Class
	case errors.As(err, &api):
		u.Code, u.Message = api.ErrorCode(), api.ErrorMessage()
		u.Cause = causeOf(u.Code, status)
	case errors.Is(err, context.Canceled):
		u.Cause, u.Message = snapshot.Cancelled, wire.ErrInterrupted.Error()
	case errors.Is(err, context.DeadlineExceeded):
		u.Message = "the call ran out of time"
	default:
		// The SDK could not decode the answer, or could not make the request.
		u.Message = "the SDK gave no answer"
		if status > 0 {
			u.Message = fmt.Sprintf("the answer, with HTTP status %d, is none that the SDK can read", status)
		}
		switch {
		case status/100 == 2:
			u.Cause = snapshot.Malformed
		case status == 404 || status == 501: // a page, not an error of AWS's
			u.Cause, u.Message = snapshot.Unsupported, "the endpoint does not know the operation"
		}
	}
	return u
}

func causeOf(code string, status int) snapshot.Cause {
	for _, set := range []struct {
		codes []string
		cause snapshot.Cause
	}{
		{deniedCodes, snapshot.Denied}, {expiredCodes, snapshot.Denied}, {throttledCodes, snapshot.Throttled},
		{notOptedInCodes, snapshot.NotOptedIn}, {changedCodes, snapshot.Changed}, {unsupportedCodes, snapshot.Unsupported},
	} {
		if slices.Contains(set.codes, code) {
			return set.cause
		}
	}
	switch {
	case status == 403 || strings.Contains(code, "AccessDenied"):
		return snapshot.Denied
	case status == 501:
		return snapshot.Unsupported
	case status == 429:
		return snapshot.Throttled
	}
	return snapshot.Failed
}
