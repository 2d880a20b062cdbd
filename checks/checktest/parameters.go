package checktest

import "onus/scanner/snapshot"

// Parameters lets the parameter group of an instance, or of a cluster, hold these. Values
// are set by somebody and in force at once; see Static and Unset.
func Parameters(group string, ofCluster bool, all map[string]snapshot.DBParameter) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.RDS.ParameterGroups = append(a.RDS.ParameterGroups, snapshot.DBParameterGroup{Meta: Meta(group, "arn:pg:"+group), ID: group, OfCluster: ofCluster,
			Parameters: snapshot.Value(all, snapshot.Call{ID: "parameters", Operation: "rds:DescribeDBParameters"})})
	}
}

// NoParameters lets a parameter group be unread.
func NoParameters(group string, ofCluster bool, err error) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		a.RDS.ParameterGroups = append(a.RDS.ParameterGroups, snapshot.DBParameterGroup{Meta: Meta(group, "arn:pg:"+group), ID: group, OfCluster: ofCluster,
			Parameters: snapshot.Missing[map[string]snapshot.DBParameter](err)})
	}
}

// Set is a parameter that somebody set, in force at once.
func Set(value string) snapshot.DBParameter {
	return snapshot.DBParameter{Value: value, Set: true, Source: "user", Method: "immediate"}
}

// Static is a parameter that somebody set, in force after a restart.
func Static(value string) snapshot.DBParameter {
	return snapshot.DBParameter{Value: value, Set: true, Source: "user", Static: true, Method: "pending-reboot"}
}

// Unset is a parameter that the group has without a value.
var Unset = snapshot.DBParameter{Source: "engine-default", Method: "pending-reboot"}
