package access

import (
	"testing"

	"onus/checks"
	"onus/checks/checktest"
	"onus/scanner/snapshot"
)

func TestRootHardwareMFAEnabled(t *testing.T) {
	on, off := counters(map[string]int32{mfaEnabled: 1, keysPresent: 0}), counters(map[string]int32{mfaEnabled: 0, keysPresent: 0})
	removed := rootWith(func(r *snapshot.CredentialRow) { r.PasswordEnabled = "false" })
	with := func(summary snapshot.Read[map[string]int32], report snapshot.Read[[]snapshot.CredentialRow], devices ...snapshot.VirtualMFADevice) func(*snapshot.Account) {
		return func(a *snapshot.Account) {
			rootSeen(summary, report)(a)
			a.IAM.VirtualMFADevices = snapshot.Value(devices)
		}
	}
	in := func(partition string, set func(*snapshot.Account)) func(*snapshot.Account) {
		return func(a *snapshot.Account) { set(a); a.Location.Partition = partition }
	}
	annas := snapshot.VirtualMFADevice{SerialNumber: own + "mfa/anna", UserARN: annaARN}
	rootbeer := snapshot.VirtualMFADevice{SerialNumber: own + "mfa/rootbeer", UserARN: own + "user/rootbeer"}
	byUser := snapshot.VirtualMFADevice{SerialNumber: own + "mfa/phone", UserARN: own + "root"}
	bySerial := snapshot.VirtualMFADevice{SerialNumber: own + "mfa/root-account-mfa-device"}
	denied := func(a *snapshot.Account) {
		rootSeen(on, rootWith(nil))(a)
		a.IAM.VirtualMFADevices = snapshot.Missing[[]snapshot.VirtualMFADevice](checktest.Unread("iam:ListVirtualMFADevices", snapshot.Denied))
	}
	checktest.Run(t, &RootHardwareMFAEnabled, []checktest.Case{
		{Name: "a key or a passkey, which is in no list", Set: with(on, rootWith(nil), annas), Want: checks.PASS, Reason: "the kind of a passkey cannot be seen"},
		{Name: "a user called rootbeer", Set: with(on, rootWith(nil), rootbeer), Want: checks.PASS, Reason: "none of 1"},
		{Name: "one virtual among several", Set: with(on, rootWith(nil), annas, byUser), Want: checks.FAIL, Reason: "mfa/phone"},
		{Name: "by the serial number", Set: with(on, rootWith(nil), bySerial), Want: checks.FAIL, Reason: "root-account-mfa-device"},
		{Name: "no MFA, and no virtual device", Set: with(off, rootWith(nil)), Want: checks.FAIL, Reason: "AccountMFAEnabled is 0"},
		{Name: "no MFA, report denied", Set: with(off, reportDenied), Want: checks.FAIL, Reason: "iam:GetCredentialReport"},
		{Name: "nothing to sign in with", Set: with(off, removed), Want: checks.NotApplicable, Reason: "neither a password nor"},
		{Name: "China", Set: in("aws-cn", with(on, rootWith(nil), byUser)), Want: checks.NotApplicable, Reason: "aws-cn"},
		{Name: "GovCloud", Set: in("aws-us-gov", with(off, rootWith(nil))), Want: checks.NotApplicable, Reason: "aws-us-gov"},
		{Name: "list denied", Set: denied, Want: checks.UNKNOWN, Reason: "iam:ListVirtualMFADevices"},
		{Name: "summary denied", Set: with(summaryDenied, rootWith(nil)), Want: checks.UNKNOWN, Reason: "iam:GetAccountSummary"},
	})
}
