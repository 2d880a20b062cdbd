package snapshot

// The service settings that are read. A further one is a further id here and in
// scanner/ssm.
const (
	// DefaultHostManagement names the role that instances without a profile get for the
	// SSM agent.
	DefaultHostManagement = "/ssm/managed-instance/default-ec2-instance-management-role"
	// DocumentSharing says whether documents may be shared with everybody: Enable or Disable.
	DocumentSharing = "/ssm/documents/console/public-sharing-permission"
)

// ServiceSetting is one service setting of Systems Manager in one Region. There is one for
// each id that is read, also where its call failed. Source: SSM GetServiceSetting.
type ServiceSetting struct {
	Meta
	ID    string
	Value Read[SettingValue]
}

// SettingValue is what a service setting says.
type SettingValue struct {
	Value  string // SettingValue
	Status string // Default, Customized or PendingUpdate
}

// ServiceSettings are the service settings that are read.
var ServiceSettings = Kind[ServiceSetting]{
	Type:  "ssm service setting",
	All:   func(a *Account) []ServiceSetting { return a.SSM.Settings },
	Meta:  func(s ServiceSetting) Meta { return s.Meta },
	ID:    func(s ServiceSetting) string { return s.ARN },
	Key:   func(s ServiceSetting) string { return s.ID },
	Lists: []string{"ssm:GetServiceSetting"},
}
