package acme

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"onus/mocks"
)

// serveServiceSettings answers about Systems Manager's settings: AWS's defaults, but that
// Acme has blocked public documents in its second Region.
func (e *estate) serveServiceSettings(s *mocks.Server) {
	const sharing = "/ssm/documents/console/public-sharing-permission"
	defaults := map[string]string{"/ssm/managed-instance/default-ec2-instance-management-role": "$None", sharing: "Enable"}
	mocks.Handle(s, func(r *mocks.Request, asked *ssm.GetServiceSettingInput) (*ssm.GetServiceSettingOutput, error) {
		in, err := e.at(r)
		if err != nil {
			return nil, err
		}
		value, known := defaults[aws.ToString(asked.SettingId)]
		if !known {
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "ServiceSettingNotFound", Message: "The service setting is unknown."}
		}
		out := &types.ServiceSetting{SettingId: asked.SettingId, SettingValue: aws.String(value), Status: aws.String("Default"),
			LastModifiedDate: ago(900 * day), LastModifiedUser: aws.String("System"), ARN: aws.String(in.arn("ssm", "servicesetting"+*asked.SettingId))}
		if *asked.SettingId == sharing && in.name == Second {
			out.SettingValue, out.Status = aws.String("Disable"), aws.String("Customized")
		}
		return &ssm.GetServiceSettingOutput{ServiceSetting: out}, nil
	})
}
