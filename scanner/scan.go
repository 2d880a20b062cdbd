package scanner

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/dlm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/rbin"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	ouraccessanalyzer "onus/scanner/accessanalyzer"
	ouraccount "onus/scanner/account"
	ourautoscaling "onus/scanner/autoscaling"
	ourbackup "onus/scanner/backup"
	ourcloudtrail "onus/scanner/cloudtrail"
	"onus/scanner/collect"
	ourec2 "onus/scanner/ec2"
	ouriam "onus/scanner/iam"
	ourkms "onus/scanner/kms"
	ourorganizations "onus/scanner/organizations"
	ourrds "onus/scanner/rds"
	ours3 "onus/scanner/s3"
	"onus/scanner/snapshot"
	ourssm "onus/scanner/ssm"
	"onus/scanner/wire"
)

// Options say what is read of an account.
type Options struct {
	Operations []string // what the chosen checks read
	Regions    []string // scan these alone; empty: all that are enabled
	Exclude    []string // and leave these out
	AsOf       time.Time
	S3         ours3.Options
	Width      int // calls about single resources side by side in one scope; 0: 16

	// Defaults are the Regions of a partition that every account has: scanned where
	// the account's own list cannot be read.
	Defaults func(partition string) []string
	// Planned is told of the plan before its first call; may be nil.
	Planned func(snapshot.Location, []Call)
	// Wait sleeps between the rounds of a poll; a replay does not. nil: sleep.
	Wait func(context.Context, time.Duration) error
}

// Scan reads the account that cfg's credentials belong to, through the transport.
func Scan(ctx context.Context, cfg aws.Config, t *wire.Transport, o Options) (*snapshot.Account, error) {
	a, err := identify(ctx, t.Config(cfg, ""), o.AsOf)
	if err != nil {
		return nil, err
	}
	if o.Width == 0 {
		o.Width = 16
	}
	c := clients{t.Config(cfg, a.Location.Account)}
	s := collect.Scope{Location: a.Location, AsOf: o.AsOf, Calls: collect.NewCalls(withOwn(o.Operations), o.Width)}
	identity := a.Coverage
	a.Regions = regions(ctx, s, regionsAPI{account.NewFromConfig(c.cfg), ec2.NewFromConfig(c.cfg)})
	chosen, err := choose(a, o)
	if err != nil {
		return nil, err
	}
	if _, err := a.Regions.Get(); err == nil {
		s.Calls.Open(chosen)
	}
	plan := Plan(o.Operations, chosen)
	enter(s.Calls, a.Location, plan)
	if o.Planned != nil {
		o.Planned(a.Location, plan)
	}
	read(ctx, s, c, chosen, o, a)
	a.Coverage = slices.Concat(identity, slices.DeleteFunc(s.Calls.Coverage(), func(l snapshot.Coverage) bool {
		return l.Operation == "sts:GetCallerIdentity" // made before there was a book
	}))
	slices.SortFunc(a.Coverage, func(x, y snapshot.Coverage) int {
		return strings.Compare(x.Region+" "+x.Operation, y.Region+" "+y.Operation)
	})
	return a, nil
}

// read runs all collectors side by side and joins them.
func read(ctx context.Context, s collect.Scope, c clients, chosen []string, o Options, a *snapshot.Account) {
	var all sync.WaitGroup
	control := func(region string) ours3.ControlAPI { return c.s3control(s.Account, region) }
	storage := ours3.Clients{Home: c.s3(c.cfg.Region), In: c.s3, Control: control(c.cfg.Region), ControlIn: control}
	all.Go(func() { a.S3 = ours3.Collect(ctx, s, chosen, storage, o.S3) })
	all.Go(func() { a.IAM = ouriam.Collect(ctx, s, iam.NewFromConfig(c.cfg), o.Wait) })
	all.Go(func() { a.Org = ourorganizations.Collect(ctx, s, organizations.NewFromConfig(c.cfg)) })
	all.Go(func() {
		a.Trail = ourcloudtrail.Collect(ctx, s, chosen, func(region string) ourcloudtrail.API { return cloudtrail.NewFromConfig(in(c.cfg, region)) })
	})
	all.Go(func() { a.Contacts = ouraccount.Collect(ctx, s, account.NewFromConfig(c.cfg)) })
	parts := make([]snapshot.Account, len(chosen))
	for i, region := range chosen {
		at, cfg, part := s.In(region), in(c.cfg, region), &parts[i]
		all.Go(func() { part.EC2 = ourec2.Collect(ctx, at, c.ec2(region)) })
		all.Go(func() { part.RDS = ourrds.Collect(ctx, at, c.rds(region)) })
		all.Go(func() {
			part.Backup = ourbackup.Collect(ctx, at, ourbackup.Clients{Backup: backup.NewFromConfig(cfg), Lifecycle: dlm.NewFromConfig(cfg), Bin: rbin.NewFromConfig(cfg)})
		})
		all.Go(func() { part.SSM = ourssm.Collect(ctx, at, ssm.NewFromConfig(cfg)) })
		all.Go(func() { part.Analyzer = ouraccessanalyzer.Collect(ctx, at, accessanalyzer.NewFromConfig(cfg)) })
		all.Go(func() { part.Scaling = ourautoscaling.Collect(ctx, at, autoscaling.NewFromConfig(cfg)) })
	}
	all.Wait()
	for _, p := range parts {
		a.EC2, a.RDS, a.Backup, a.SSM = a.EC2.And(p.EC2), a.RDS.And(p.RDS), a.Backup.And(p.Backup), a.SSM.And(p.SSM)
		a.Analyzer, a.Scaling = a.Analyzer.And(p.Analyzer), a.Scaling.And(p.Scaling)
	}
	readNamed(ctx, s, c, chosen, a)
	ours3.Name(ctx, s, storage, a, chosen, o.S3)
	readKeys(ctx, s, c, chosen, a)
}

// readKeys comes last: which keys are asked about follows from what is encrypted with them.
func readKeys(ctx context.Context, s collect.Scope, c clients, chosen []string, a *snapshot.Account) {
	var all sync.WaitGroup
	keys, named := make([]snapshot.KMS, len(chosen)), ourkms.References(a)
	for i, region := range chosen {
		all.Go(func() {
			keys[i] = ourkms.Collect(ctx, s.In(region), kms.NewFromConfig(in(c.cfg, region)), named[region])
		})
	}
	all.Wait()
	for _, k := range keys {
		a.KMS = a.KMS.And(k)
	}
}

// identify asks who we are. Without an answer there is no account to speak of.
func identify(ctx context.Context, cfg aws.Config, asOf time.Time) (*snapshot.Account, error) {
	book := collect.NewCalls(own, 1)
	s := collect.Scope{Location: snapshot.Location{Region: snapshot.Global}, AsOf: asOf, Calls: book}
	var cause error
	read := collect.Ask(ctx, s, "sts:GetCallerIdentity", func(ctx context.Context) (*sts.GetCallerIdentityOutput, error) {
		out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
		cause = err
		return out, err
	})
	out, err := read.Get()
	if err != nil {
		return nil, identityError(cause)
	}
	arn := aws.ToString(out.Arn)
	at := snapshot.Location{Partition: snapshot.PartitionOf(arn), Account: aws.ToString(out.Account), Region: snapshot.Global}
	if at.Partition == "" || !accountForm.MatchString(at.Account) {
		return nil, &TargetError{fmt.Sprintf("the endpoint says that we are %q in account %q, which is no identity of AWS", arn, at.Account), nil}
	}
	a := &snapshot.Account{Location: at, Principal: arn, Caller: snapshot.Value(arn, read.Calls()...), AsOf: asOf, Coverage: book.Coverage()}
	for i := range a.Coverage {
		a.Coverage[i].Location = at
	}
	return a, nil
}

var accountForm = regexp.MustCompile(`^\d{12}$`)

func identityError(err error) error {
	var api smithy.APIError
	var silent *wire.NoAnswer
	switch {
	case errors.Is(err, wire.ErrNotRecorded):
		return &TargetError{"the record does not say whose account it is: the scan ended before that", nil}
	case errors.As(err, &silent):
		return &TargetError{"the endpoint did not answer sts:GetCallerIdentity (" + silent.Class + "); check the Region, the endpoint and the proxy", nil}
	case errors.As(err, &api):
		return &TargetError{"AWS does not accept the credentials", err}
	}
	return &TargetError{"the identity behind the credentials cannot be read", err}
}

var regionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d+$`)

// choose says which Regions are scanned.
func choose(a *snapshot.Account, o Options) ([]string, error) {
	listed, err := a.Regions.Get()
	known := map[string]bool{}
	var enabled []string
	for _, r := range listed {
		known[r.Name] = r.Enabled()
		if r.Enabled() {
			enabled = append(enabled, r.Name)
		}
	}
	if err != nil && o.Defaults != nil {
		enabled = o.Defaults(a.Partition)
	}
	for _, name := range slices.Concat(o.Regions, o.Exclude) {
		on, there := known[name]
		switch {
		case err == nil && !there || !regionForm.MatchString(name):
			return nil, &RegionError{name, listed}
		case err == nil && !on && slices.Contains(o.Regions, name):
			return nil, &TargetError{fmt.Sprintf("Region %q is not enabled in account %s: enable it, or leave it out", name, a.Location.Account), nil}
		}
	}
	if len(o.Regions) > 0 {
		enabled = slices.Clone(o.Regions)
	}
	enabled = slices.DeleteFunc(enabled, func(r string) bool { return slices.Contains(o.Exclude, r) })
	if len(enabled) == 0 {
		return nil, &TargetError{"no Region is left to scan", nil}
	}
	slices.Sort(enabled)
	return slices.Compact(enabled), nil
}

// RegionError is a Region that the account's partition does not have.
type RegionError struct {
	Name  string
	Known []snapshot.Region
}

func (e *RegionError) Error() string {
	return fmt.Sprintf("there is no Region %q in this partition", e.Name)
}
