// Package logging holds the checks that ask whether what happens leaves a trace and whether
// somebody is told. It leaves what was read to scanner and running the checks to checks.
package logging

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&BucketEventNotifications,
	&CanaryKeyUnused,
	&ClientVPNLoggingEnabled,
	&ClusterEvents,
	&EnhancedMonitoring,
	&FlowLogsComplete,
	&FlowLogsEnabled,
	&InstanceEvents,
	&ParameterGroupEvents,
	&PerformanceInsights,
	&PolicyNoFullAccessToCloudTrail,
	&SubnetFlowLogsEnabled,
	&VPNLoggingEnabled,
}
