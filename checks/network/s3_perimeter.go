package network

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"onus/checks"
	"onus/checks/access/policy"
	"onus/checks/access/refusal"
	"onus/scanner/snapshot"
)

// BucketNetworkPerimeter passes when the policy of a sensitive bucket refuses every request
// that comes from none of the known networks. It takes a Deny: identities of the account need
// no Allow of the bucket's. Its conditions are ANDed, so that networks of several kinds stand
// in one statement: two statements, one on addresses and one on endpoints, would together
// refuse everybody. A request through a VPC endpoint carries no aws:SourceIp.
// Source: S3 GetBucketPolicy; IAM User Guide, "AWS global condition context keys",
// "Establish permissions guardrails using data perimeters".
var BucketNetworkPerimeter = checks.Check{
	ID:          "s3-bucket-network-perimeter",
	Title:       "S3 buckets with sensitive data answer only to known networks",
	Severity:    checks.Medium,
	Category:    checks.Network,
	Duty:        checks.NetworkFirewall,
	ServiceKind: checks.Abstracted,
	Tier:        3,
	Reads:       []string{"s3:ListBuckets", "s3:GetBucketTagging", "s3:GetBucketPolicy", "s3control:ListAccessPoints", "organizations:DescribeOrganization"},
	Parameters: checks.Parameters{
		"sensitive_buckets": []string{},            // globs of names
		"sensitive_tags":    map[string][]string{}, // key → values; none: any value
		"known_networks":    []string{},            // vpc-…, vpce-…, CIDRs
		"exempt_principals": []string{},            // ARNs, without wildcards
	},
	Bounds: perimeterBounds,
	Remedy: "Refuse everybody in one statement all requests that come neither from your addresses nor through your VPC endpoints, AWS services aside.",
	Judges: checks.For(snapshot.Buckets, bucketNetworkPerimeter),
	Fix: checks.Fix{
		Threat: "A key that leaks, or a session that is stolen, reads the bucket from anywhere in the world. Nothing but the secrecy of credentials stands before the data.",
		CLI: `aws s3api get-bucket-policy --bucket {name} --query Policy --output text > policy.json
aws s3api put-bucket-policy --bucket {name} --policy file://policy.json`,
		Terraform: `data "aws_iam_policy_document" "this" {
  statement {
    sid       = "KnownNetworksOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["{arn}", "{arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEqualsIfExists"
      variable = "aws:SourceVpc"
      values   = ["VPC_ID"]
    }
    condition {
      test     = "NotIpAddressIfExists"
      variable = "aws:SourceIp"
      values   = ["OWN_CIDR"]
    }
    condition {
      test     = "BoolIfExists"
      variable = "aws:PrincipalIsAWSService"
      values   = ["false"]
    }
    condition {
      test     = "BoolIfExists"
      variable = "aws:ViaAWSService"
      values   = ["false"]
    }
  }
}`,
		Cost: "Whoever works from another network is shut out, the console included, and whoever sets the policy may shut himself out: only the root user then takes it away. Try it with a copy of the bucket first.",
	},
}

func perimeterBounds(name string, value any) error {
	list, ok := value.([]string)
	if name != "known_networks" || !ok {
		return nil
	}
	for _, n := range list {
		if strings.HasPrefix(n, "vpc-") || strings.HasPrefix(n, "vpce-") {
			continue
		}
		p, err := prefix(n)
		switch {
		case err != nil:
			return fmt.Errorf("%q is neither a VPC, nor a VPC endpoint, nor a CIDR", n)
		case p.Bits() == 0:
			return fmt.Errorf("%q is the whole internet", n)
		}
	}
	return nil
}

// prefix reads a CIDR or a single address.
func prefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// asked are what a perimeter has to refuse at least.
var asked = []struct {
	action  string
	objects bool
}{{"s3:GetObject", true}, {"s3:PutObject", true}, {"s3:DeleteObject", true}, {"s3:ListBucket", false}}

func bucketNetworkPerimeter(b snapshot.Bucket, env checks.Env) checks.Verdict {
	sensitive, err := isSensitive(b, env)
	switch {
	case err != nil:
		return checks.Unknown(err)
	case !sensitive:
		return checks.DoesNotApply("the bucket is neither among sensitive_buckets nor tagged with one of sensitive_tags")
	}
	doc, v, ok := refusal.BucketPolicy(b)
	switch {
	case !ok:
		return v
	case doc == nil:
		return checks.Fail("there is no bucket policy, so that every network reaches it").With("fences", "")
	}
	k := knownTo(b, env)
	var fences []fence
	var near []string
	var lacking error
	unclear := ""
	for i := range doc.Statements {
		s := &doc.Statements[i]
		if s.Effect != policy.Deny || !onNetworks(s) {
			continue
		}
		f, why, err := k.fence(s)
		switch {
		case err != nil:
			lacking = cmp.Or(lacking, err)
		case s.Unclear:
			unclear = s.Name()
		case why != "":
			near = append(near, s.Name()+" "+why)
		default:
			fences = append(fences, f)
		}
	}
	open := lets(fences, b)
	names := fenceNames(fences)
	switch {
	case len(open) == 0 && quarrel(fences):
		return checks.Fail("%s refuse every request together: one is on addresses, one on VPCs, and no request comes from both; they have to be one statement", names).With("fences", names)
	case len(open) == 0:
		return checks.Pass("%s refuses what comes from no known network%s", names, remark(fences)).With("fences", names)
	case lacking != nil:
		return checks.Unknown(lacking)
	case unclear != "":
		return checks.Unclear("%s of the bucket policy holds something outside the grammar", unclear)
	}
	return checks.Fail("no statement refuses everybody %s from unknown networks%s", strings.Join(open, ", "), comesNear(near, doc)).With("fences", names)
}

// isSensitive says whether the policy names the bucket, or one of its tags.
func isSensitive(b snapshot.Bucket, env checks.Env) (bool, error) {
	if slices.ContainsFunc(env.Strings("sensitive_buckets"), func(p string) bool { ok, err := path.Match(p, b.Name); return err == nil && ok }) {
		return true, nil
	}
	wanted := env.StringsByKey("sensitive_tags")
	if len(wanted) == 0 {
		return false, nil
	}
	tags, err := b.TagSet.Get()
	if err != nil {
		return false, err
	}
	for key, values := range wanted {
		if value, ok := tags[key]; ok && (len(values) == 0 || slices.Contains(values, value)) {
			return true, nil
		}
	}
	return false, nil
}

// lets is what no fence refuses.
func lets(fences []fence, b snapshot.Bucket) (open []string) {
	for _, a := range asked {
		resource := b.ARN
		if a.objects {
			resource += "/*"
		}
		if !slices.ContainsFunc(fences, func(f fence) bool { return f.s.CoversAction(a.action) && f.s.CoversResource(resource) }) {
			open = append(open, a.action)
		}
	}
	return open
}

func fenceNames(fences []fence) string {
	out := make([]string, 0, len(fences))
	for _, f := range fences {
		out = append(out, f.s.Name())
	}
	return strings.Join(out, ", ")
}

// quarrel says that two fences leave no request between them.
func quarrel(fences []fence) bool {
	addresses := slices.ContainsFunc(fences, func(f fence) bool { return f.addresses && !f.vpcs && !f.points })
	vpcs := slices.ContainsFunc(fences, func(f fence) bool { return (f.vpcs || f.points) && !f.addresses })
	return addresses && vpcs
}

func remark(fences []fence) string {
	switch {
	case slices.ContainsFunc(fences, func(f fence) bool { return f.addresses && !f.vpcs && !f.points }):
		return "; requests through VPC endpoints carry no aws:SourceIp and are refused too"
	case slices.ContainsFunc(fences, func(f fence) bool { return f.points }):
		return ": only access points of VPCs are left"
	}
	return ""
}

func comesNear(near []string, doc *policy.Document) string {
	out := ""
	for _, n := range near {
		out += "; " + n
	}
	for i := range doc.Statements {
		if s := &doc.Statements[i]; s.Effect == policy.Allow && onNetworks(s) {
			out += "; " + s.Name() + " bounds an Allow, which identities of the account do not need"
			break
		}
	}
	return out
}

// known is what counts as a known network.
type known struct {
	account      string
	networks     []string
	prefixes     []netip.Prefix
	exempt       []string
	organization string
	unread       error // why the organization is not known
	points       snapshot.Set[snapshot.AccessPoint]
}

func knownTo(b snapshot.Bucket, env checks.Env) known {
	k := known{account: b.Account, networks: env.Strings("known_networks"), exempt: env.Strings("exempt_principals")}
	for _, n := range k.networks {
		if p, err := prefix(n); err == nil {
			k.prefixes = append(k.prefixes, p)
		}
	}
	o, err := checks.Use(env, env.Account().Org.Organization)
	if k.organization = o.ID; !errors.Is(err, snapshot.ErrAbsent) {
		k.unread = err
	}
	all, err := checks.In(env, snapshot.AccessPoints, b.Location).Get()
	own := slices.DeleteFunc(slices.Clone(all), func(p snapshot.AccessPoint) bool { return p.Bucket != b.Name })
	k.points = snapshot.Whole(own)
	if err != nil {
		k.points = snapshot.Partial(own, err)
	}
	return k
}
