package scanner

import (
	"context"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	ouraccessanalyzer "onus/scanner/accessanalyzer"
	ouraccount "onus/scanner/account"
	ourautoscaling "onus/scanner/autoscaling"
	ourbackup "onus/scanner/backup"
	ourcloudtrail "onus/scanner/cloudtrail"
	ourec2 "onus/scanner/ec2"
	ouriam "onus/scanner/iam"
	ourkms "onus/scanner/kms"
	ourorganizations "onus/scanner/organizations"
	ourrds "onus/scanner/rds"
	ours3 "onus/scanner/s3"
	ourssm "onus/scanner/ssm"
	"onus/scanner/wire"
)

// identityAPI is what a scan asks for itself beside the Regions.
type identityAPI interface {
	GetCallerIdentity(context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error)
}

// describeRegionsAPI repeats the anonymous interface of regionsAPI.
type describeRegionsAPI interface {
	DescribeRegions(context.Context, *ec2.DescribeRegionsInput, ...func(*ec2.Options)) (*ec2.DescribeRegionsOutput, error)
}

// apis are all interfaces through which the scanner calls AWS, by service.
var apis = map[reflect.Type]string{
	reflect.TypeFor[ours3.API]():                    "s3",
	reflect.TypeFor[ours3.ControlAPI]():             "s3control",
	reflect.TypeFor[ouriam.API]():                   "iam",
	reflect.TypeFor[ourec2.API]():                   "ec2",
	reflect.TypeFor[ourrds.API]():                   "rds",
	reflect.TypeFor[ourorganizations.API]():         "organizations",
	reflect.TypeFor[ouraccessanalyzer.API]():        "accessanalyzer",
	reflect.TypeFor[ouraccount.API]():               "account",
	reflect.TypeFor[ourautoscaling.API]():           "autoscaling",
	reflect.TypeFor[ourbackup.API]():                "backup",
	reflect.TypeFor[ourbackup.LifecycleAPI]():       "dlm",
	reflect.TypeFor[ourbackup.BinAPI]():             "rbin",
	reflect.TypeFor[ourcloudtrail.API]():            "cloudtrail",
	reflect.TypeFor[ourkms.API]():                   "kms",
	reflect.TypeFor[ourssm.API]():                   "ssm",
	reflect.TypeFor[account.ListRegionsAPIClient](): "account",
	reflect.TypeFor[describeRegionsAPI]():           "ec2",
	reflect.TypeFor[identityAPI]():                  "sts",
}

func TestPermittedIsTheUnionOfTheCollectorsAPIs(t *testing.T) {
	called := map[string]bool{}
	for api, service := range apis {
		for i := range api.NumMethod() {
			called[service+":"+api.Method(i).Name] = true
		}
	}
	for op := range called {
		if _, ok := wire.Permitted[op]; !ok {
			t.Errorf("%s is called and not permitted", op)
		}
	}
	for op := range wire.Permitted {
		if !called[op] {
			t.Errorf("%s is permitted and no collector's API has it", op)
		}
	}
}

// TestImportsPointOneWay reads the import graph of the repository.
func TestImportsPointOneWay(t *testing.T) {
	imports := map[string][]string{} // folder → paths, of files that are no tests
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			if d != nil && d.IsDir() && err == nil {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel("..", filepath.Dir(path))
		for _, i := range file.Imports {
			name, unquoteErr := strconv.Unquote(i.Path.Value)
			if unquoteErr != nil {
				return unquoteErr
			}
			imports[filepath.ToSlash(dir)] = append(imports[filepath.ToSlash(dir)], name)
		}
		return err
	})
	if err != nil || len(imports) < 20 {
		t.Fatalf("%d packages, %v", len(imports), err)
	}
	for dir, paths := range imports {
		for _, path := range paths {
			if why := forbidden(dir, path); why != "" {
				t.Errorf("%s imports %s: %s", dir, path, why)
			}
		}
	}
}

func forbidden(dir, path string) string {
	within := func(top string) bool { return dir == top || strings.HasPrefix(dir, top+"/") }
	standard := !strings.Contains(strings.Split(path, "/")[0], ".") && !strings.HasPrefix(path, "onus/")
	switch {
	case strings.HasPrefix(path, "github.com/aws/") && !within("scanner") && !within("mocks") && dir != "cmd/onus":
		return "the AWS SDK is used under scanner and in mocks only"
	case dir == "scanner/snapshot" && !standard:
		return "the snapshot uses the standard library only"
	case dir == "checks" && !standard && path != "onus/scanner/snapshot":
		return "checks adds nothing to the snapshot's imports"
	case (dir == "checks/access/policy" || dir == "checks/network/reach") && !standard && !strings.HasPrefix(path, "onus/"+dir):
		return "the engines are pure libraries"
	case within("checks") && strings.HasPrefix(path, "onus/") && !strings.HasPrefix(path, "onus/checks") && path != "onus/scanner/snapshot":
		return "checks see the snapshot and each other alone"
	case within("scanner") && (strings.HasPrefix(path, "onus/checks") || strings.HasPrefix(path, "onus/report") || strings.HasPrefix(path, "onus/cmd")):
		return "the scanner does not judge and does not report"
	case within("report") && strings.HasPrefix(path, "onus/") && !strings.HasPrefix(path, "onus/report") && !strings.HasPrefix(path, "onus/checks") && path != "onus/scanner/snapshot":
		return "reports see findings and coverage alone"
	case strings.HasPrefix(path, "onus/mocks") && !within("mocks") && dir != "cmd/onus" && dir != "scanner/collect/collecttest":
		return "mocks serve tests and the demo"
	}
	return ""
}
