package emulators

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// document is one seeded SSM document; sharedWith are accounts, or all.
type document struct {
	name, region, run string
	sharedWith        []string
}

// The password opens nothing. A reference to a parameter is none.
var documents = []document{
	{"acme-install", Home, "export DB_PASSWORD=vT9xQ2mLr7Kp4Zw", nil},
	{"acme-restart", Home, "export DB_PASSWORD={{ ssm:/acme/db-password }}", nil},
	{"acme-tools", Home, "/opt/acme/tools", []string{"all"}},
	{"acme-partner-agent", Second, "/opt/acme/agent", []string{"210987654321"}},
}

func seedSSM(ctx context.Context, cfg aws.Config, _ Seeded) error {
	for _, d := range documents {
		api := ssm.NewFromConfig(at(cfg, d.region))
		_, err := api.CreateDocument(ctx, &ssm.CreateDocumentInput{Name: &d.name, DocumentType: types.DocumentTypeCommand,
			Content: aws.String(`{"schemaVersion":"2.2","description":"seeded","mainSteps":[{"action":"aws:runShellScript","name":"run","inputs":{"runCommand":["` + d.run + `"]}}]}`)})
		if err != nil {
			return fmt.Errorf("document %q: %w", d.name, err)
		}
		if d.sharedWith == nil {
			continue
		}
		if _, err := api.ModifyDocumentPermission(ctx, &ssm.ModifyDocumentPermissionInput{Name: &d.name, PermissionType: types.DocumentPermissionTypeShare, AccountIdsToAdd: d.sharedWith}); err != nil {
			return fmt.Errorf("share %q: %w", d.name, err)
		}
	}
	return nil
}
