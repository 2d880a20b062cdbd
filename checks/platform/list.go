// Package platform holds the checks that ask whether operating systems, engines and their
// hosts are current. It leaves what was read to scanner and running the checks to checks.
package platform

import "onus/checks"

// All are the checks of this category.
var All = []*checks.Check{
	&AMIAgeBounded,
	&AllowedImagesEnforced,
	&EngineInSupport,
	&EngineNotVulnerable,
	&EngineVersionOffered,
	&GroupsInSync,
	&InstanceAMIFromTrustedOwner,
	&InstanceAMINotDeprecated,
	&InstanceAgeBounded,
	&InstanceAgentCurrent,
	&InstanceAssociationCompliant,
	&InstanceClassCurrent,
	&InstanceHVM,
	&InstanceManaged,
	&InstanceOSSupported,
	&InstancePatchCompliant,
	&InstancePatchScanRecent,
	&LocalInfileDisabled,
	&MaintenanceApplied,
	&MinorUpgrades,
	&MinorVersionCurrent,
}
