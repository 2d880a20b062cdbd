package account

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

const alternateOp, primaryOp = "account:GetAlternateContact", "account:GetContactInformation"

// gather runs the collector behind a transport with or without a redactor.
func gather(s *mocks.Server, r wire.Redactor, wanted ...string) (snapshot.Contacts, collect.Scope) {
	in := collecttest.Scope(wanted...)
	t := &wire.Transport{Store: &wire.Memory{}, Attempts: 3, Redact: r, Backoff: func(int) time.Duration { return 0 }}
	return Collect(context.Background(), in, account.NewFromConfig(t.Config(s.Config(in.Region), in.Account))), in
}

// contacts answers with a security and a billing contact of one person, and none for
// operations.
func contacts(s *mocks.Server) {
	mocks.Handle(s, func(_ *mocks.Request, in *account.GetAlternateContactInput) (*account.GetAlternateContactOutput, error) {
		c := &types.AlternateContact{AlternateContactType: in.AlternateContactType, Name: aws.String("Anna Keller"), PhoneNumber: aws.String("+353 1 555"), EmailAddress: aws.String("anna@acme.example")}
		switch in.AlternateContactType {
		case types.AlternateContactTypeOperations:
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "ResourceNotFoundException"}
		case types.AlternateContactTypeBilling:
			c.EmailAddress, c.PhoneNumber = aws.String("ANNA@acme.example"), aws.String("")
		}
		return &account.GetAlternateContactOutput{AlternateContact: c}, nil
	})
	mocks.Reply(s, "", &account.GetContactInformationOutput{ContactInformation: &types.ContactInformation{FullName: aws.String("anna keller"), CountryCode: aws.String("IE"), City: aws.String("Dublin")}})
}

func TestContacts(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	contacts(s)
	got, in := gather(s, redact.New(nil), alternateOp, primaryOp)
	security, err1 := got.Security.Get()
	billing, err2 := got.Billing.Get()
	operations, err3 := got.Operations.Get()
	owner, err4 := got.Primary.Get()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if operations != nil || !security.Email.Given() || security.Email != billing.Email || billing.Phone.Given() || !security.Phone.Given() {
		t.Errorf("%+v, %+v, %+v", security, billing, operations)
	}
	if owner.Name != security.Name || owner.CountryCode != "IE" || !owner.City.Given() || owner.PostalCode.Given() {
		t.Errorf("owner %+v", owner)
	}
	for _, r := range s.Requests() {
		if _, named := r.Input["AccountId"]; named {
			t.Errorf("%s names the account: the management account may not", r.Operation)
		}
	}
	collecttest.Covered(t, in, alternateOp, snapshot.Global, snapshot.OK)
	collecttest.Covered(t, in, primaryOp, snapshot.Global, snapshot.OK)
}

func TestContactsThatAreNotRedactedAreNotKept(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	contacts(s)
	got, in := gather(s, nil, alternateOp, primaryOp)
	if c, err := got.Security.Get(); err == nil {
		t.Errorf("%+v", c)
	}
	collecttest.Covered(t, in, alternateOp, snapshot.Global, snapshot.Malformed)
	collecttest.Covered(t, in, primaryOp, snapshot.Global, snapshot.Malformed)
}

func TestContactFaults(t *testing.T) {
	for name, tt := range map[string]struct {
		fault mocks.Fault
		want  snapshot.Cause
	}{
		"denied":          {mocks.Fault{Kind: mocks.Denied}, snapshot.Denied},
		"throttled twice": {mocks.Fault{Kind: mocks.Throttled, First: 2}, snapshot.OK},
		"an empty object": {mocks.Fault{Kind: mocks.EmptyObject}, snapshot.Malformed},
		"no such service": {mocks.Fault{Kind: mocks.Refused, Err: &mocks.Error{Status: http.StatusNotImplemented, Code: "NotImplemented"}}, snapshot.Unsupported},
		"an HTML page":    {mocks.Fault{Kind: mocks.HTML}, snapshot.Malformed},
	} {
		for _, op := range []string{alternateOp, primaryOp} {
			s := mocks.Start(t, mocks.Options{Lenient: true})
			contacts(s)
			f := tt.fault
			f.Operation = op
			s.Fault(f)
			got, in := gather(s, redact.New(nil), op)
			_, err1 := got.Security.Get()
			_, err2 := got.Primary.Get()
			if read := op == alternateOp && err1 == nil || op == primaryOp && err2 == nil; read != (tt.want == snapshot.OK) {
				t.Errorf("%s, %s: %v, %v", name, op, err1, err2)
			}
			collecttest.Covered(t, in, op, snapshot.Global, tt.want)
		}
	}
}

func TestNothingIsAskedThatNobodyWants(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	got, _ := gather(s, redact.New(nil))
	if _, err := got.Security.Get(); err == nil || len(s.Requests()) > 0 {
		t.Errorf("%d requests, %v", len(s.Requests()), err)
	}
}
