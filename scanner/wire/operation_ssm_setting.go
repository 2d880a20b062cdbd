package wire

// ssmSettingOperations are those of Systems Manager's service settings.
var ssmSettingOperations = map[string]Operation{
	"ssm:GetServiceSetting": {Member: "ServiceSetting"},
}
