package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// stated remembers which recovery points of a list say whether they are encrypted. The SDK
// gives false for an answer that lacks IsEncrypted, and false is an accusation.
type stated struct {
	mu        sync.Mutex
	encrypted map[string]bool // by the point's ARN
}

// pointPages is the SDK's paginator, whose answers are looked at before they are decoded.
type pointPages struct {
	*backup.ListRecoveryPointsByBackupVaultPaginator
	seen *stated
}

// NextPage reads one page.
func (p pointPages) NextPage(ctx context.Context, options ...func(*backup.Options)) (*backup.ListRecoveryPointsByBackupVaultOutput, error) {
	look := func(o *backup.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("OnusStated", p.seen.look), "OperationDeserializer", middleware.After)
		})
	}
	return p.ListRecoveryPointsByBackupVaultPaginator.NextPage(ctx, append(options, look)...)
}

func (s *stated) look(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, meta, err := next.HandleDeserialize(ctx, in)
	answer, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok || answer.Body == nil {
		return out, meta, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close() // read to its end, or broken: err says so
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return out, meta, err
	}
	var page struct {
		RecoveryPoints []struct {
			RecoveryPointArn string
			IsEncrypted      *bool
		}
	}
	if json.Unmarshal(body, &page) != nil {
		return out, meta, nil // no answer of AWS's: the SDK says so
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range page.RecoveryPoints {
		s.encrypted[p.RecoveryPointArn] = p.IsEncrypted != nil
	}
	return out, meta, nil
}
