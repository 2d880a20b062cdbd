package organizations

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect/collecttest"
	"onus/scanner/snapshot"
)

func members(s *mocks.Server) {
	mocks.Reply(s, "", acme(types.OrganizationFeatureSetAll))
	mocks.Reply(s, "", &organizations.ListAccountsOutput{Accounts: []types.Account{{Id: aws.String("111122223333")}, {Id: aws.String("999988887777"), Status: types.AccountStatusSuspended}}})
}

func TestAccountsOverPages(t *testing.T) {
	s := mocks.Start(t, mocks.Options{PageSize: map[string]int{accountsOp: 1}})
	members(s)
	got, in := gather(s, "organizations:DescribeOrganization", accountsOp)
	ids, err := got.Accounts.Get()
	if diff := cmp.Diff([]string{"111122223333", "999988887777"}, ids); err != nil || diff != "" || len(got.Accounts.Calls()) != 2 {
		t.Errorf("%v %s", err, diff)
	}
	collecttest.Covered(t, in, accountsOp, snapshot.Global, snapshot.OK)
}

func TestAccountsDeniedOnPageTwoOrRepeated(t *testing.T) {
	for kind, want := range map[mocks.Kind]snapshot.Cause{mocks.Denied: snapshot.Denied, mocks.RepeatToken: snapshot.Malformed} {
		s := mocks.Start(t, mocks.Options{PageSize: map[string]int{accountsOp: 1}})
		members(s)
		s.Fault(mocks.Fault{Operation: accountsOp, Kind: kind, FromPage: 2})
		got, in := gather(s, "organizations:DescribeOrganization", accountsOp)
		var u *snapshot.Unread
		if ids, err := got.Accounts.Get(); !errors.As(err, &u) || u.Cause != want {
			t.Errorf("%v: %v, %v: want no half list", kind, ids, err)
		}
		collecttest.Covered(t, in, accountsOp, snapshot.Global, want)
	}
}

func TestNoOrganizationHasNoAccounts(t *testing.T) {
	s := mocks.Start(t, mocks.Options{})
	mocks.Refuse(s, "", "organizations:DescribeOrganization", &mocks.Error{Code: "AWSOrganizationsNotInUseException"})
	got, in := gather(s, "organizations:DescribeOrganization", accountsOp)
	if ids, err := got.Accounts.Get(); err != nil || len(ids) != 0 {
		t.Errorf("%v, %v", ids, err)
	}
	collecttest.Covered(t, in, accountsOp, snapshot.Global, snapshot.OK)
}
