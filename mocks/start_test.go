package mocks_test

import (
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"onus/mocks"
	"onus/mocks/model"
)

// TestLongAnswersArriveWhole asks often enough for the SDK's early closing of its
// request body to meet net/http still asking that body for its end: see wholeBody.
func TestLongAnswersArriveWhole(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	op := model.Load().Operation("rds:DescribeDBInstances")
	cfg := s.Config("eu-west-1")
	_, in, out := call(op, cfg)
	full := reflect.New(out)
	fill(full.Elem(), op.Out, awkward)
	mocks.HandleAny(s, in, out, func(*mocks.Request, any) (any, error) { return full.Interface(), nil })
	for i := range 300 {
		if _, err := invoke(t.Context(), op, cfg); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
}

// TestScriptsThatCannotBePanic: a mistake in a script shows where it stands.
func TestScriptsThatCannotBePanic(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	for name, script := range map[string]func(){
		"another operation's output": func() {
			mocks.Handle(s, func(*mocks.Request, *ec2.DescribeVolumesInput) (*iam.GetAccountSummaryOutput, error) { return nil, nil })
		},
		"an operation not in the table": func() { mocks.Reply(s, "", &ec2.TerminateInstancesOutput{}) },
		"a name not in the table":       func() { mocks.Refuse(s, "", "ec2:TerminateInstances", &mocks.Error{Code: "UnauthorizedOperation"}) },
		"no SDK type":                   func() { mocks.Reply(s, "", &struct{}{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: taken", name)
				}
			}()
			script()
		}()
	}
}
