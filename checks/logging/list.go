// Package logging holds the checks that ask whether what happens leaves a trace and whether
// somebody is told. It leaves what was read to scanner and running the checks to checks.
package logging

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&ArchiveRulesNarrow,
	&AuditLogBucketTamperResistant,
	&AuditTrailEffective,
	&AuroraMySQLAuditLogging,
	&BucketAccessLogDelivery,
	&BucketAccessLogging,
	&BucketEventNotifications,
	&BucketReadDataEvents,
	&BucketWriteDataEvents,
	&CanaryKeyUnused,
	&ClientVPNLoggingEnabled,
	&CloudTrailBucketAccessLogged,
	&CloudTrailBucketMFADelete,
	&ClusterEvents,
	&DatabaseLogsExported,
	&EnhancedMonitoring,
	&ExternalAccessAnalyzer,
	&FlowLogsComplete,
	&FlowLogsEnabled,
	&InstanceDetailedMonitoring,
	&InstanceEvents,
	&ParameterGroupEvents,
	&PerformanceInsights,
	&PolicyNoFullAccessToCloudTrail,
	&PostgresConnectionsLogged,
	&PrincipalCannotStopAuditTrail,
	&ProxyDebugLoggingOff,
	&ReportPlanExists,
	&SecurityGroupEvents,
	&SubnetFlowLogsEnabled,
	&VPNLoggingEnabled,
	&VaultNotifiesFailures,
}
