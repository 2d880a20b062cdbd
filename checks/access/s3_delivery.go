package access

import (
	"slices"

	"onus/checks/access/policy"
)

// deliverers are the accounts with which AWS delivers logs of load balancers and of
// Redshift into buckets of one Region, as of 2026-11-24. Newer Regions use service
// principals. Sources: Elastic Load Balancing User Guide, "Enable access logs for your
// Application Load Balancer"; Amazon Redshift Management Guide, "Database audit logging".
var deliverers = map[string][]string{
	"af-south-1":     {"098369216593", "365689465814"},
	"ap-east-1":      {"754344448648", "313564881002"},
	"ap-northeast-1": {"582318560864", "404641285394"},
	"ap-northeast-2": {"600734575887", "760740231472"},
	"ap-northeast-3": {"383597477331", "090321488786"},
	"ap-south-1":     {"718504428378", "865932855811"},
	"ap-southeast-1": {"114774131450", "361669875840"},
	"ap-southeast-2": {"783225319266", "762762565011"},
	"ap-southeast-3": {"589379963580"},
	"ca-central-1":   {"985666609251", "907379612154"},
	"cn-north-1":     {"638102146993", "111890595117"},
	"cn-northwest-1": {"037604701340", "660998842044"},
	"eu-central-1":   {"054676820928", "053454850223"},
	"eu-north-1":     {"897822967062", "729911121831"},
	"eu-south-1":     {"635631232127", "945612479654"},
	"eu-west-1":      {"156460612806", "210876761215"},
	"eu-west-2":      {"652711504416", "307160386991"},
	"eu-west-3":      {"009996457667", "915173422425"},
	"me-south-1":     {"076674570225", "013126148197"},
	"sa-east-1":      {"507241528517", "075028567923"},
	"us-east-1":      {"127311923021", "193672423079"},
	"us-east-2":      {"033677994240", "391106570357"},
	"us-gov-east-1":  {"190560391635", "665727464434"},
	"us-gov-west-1":  {"048591011584", "665727464434"},
	"us-west-1":      {"027434742980", "262260360010"},
	"us-west-2":      {"797873946194", "902366379725"},
}

// trailDeliverers are the accounts that old bucket policies name for CloudTrail, which
// may deliver from any Region into one bucket, as of 2026-11-24.
// Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
var trailDeliverers = []string{
	"034638983726", "035351147821", "086441151436", "113285607260", "119688915426", "193415116832",
	"216624486486", "262312530599", "282025262664", "284668455005", "388731089494", "475085895292",
	"492519147666", "608710470296", "669305197877", "681348832753", "765225791966", "814480443879",
	"819402241893", "829690693026", "859597730677", "903692715234", "977081816279",
}

// delivers says that all a grant allows is what the delivery of logs needs.
func delivers(g policy.Grant) bool {
	return !slices.ContainsFunc(g.Actions, func(a string) bool { return a != "s3:PutObject" && a != "s3:GetBucketAcl" })
}

// deliveryAccounts are AWS's own accounts that may deliver logs into a bucket of a Region.
func deliveryAccounts(region string) []string {
	return slices.Concat(deliverers[region], trailDeliverers)
}
