package wire

// cloudTrailOperations are CloudTrail's. A trail's status and selectors are asked of its
// home Region alone, wherever it was seen: once for an account.
var cloudTrailOperations = map[string]Operation{
	"cloudtrail:DescribeTrails":      {Member: "trailList"},
	"cloudtrail:GetTrailStatus":      {Member: "IsLogging", Global: true, PerResource: true},
	"cloudtrail:GetEventSelectors":   {Member: "TrailARN", Global: true, PerResource: true},
	"cloudtrail:ListEventDataStores": {Member: "EventDataStores"},
	"cloudtrail:GetEventDataStore":   {Member: "EventDataStoreArn", PerResource: true},
}
