package acme

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"onus/mocks"
)

const day = 24 * time.Hour

// ago is a time before AsOf.
func ago(d time.Duration) *time.Time {
	t := AsOf.Add(-d)
	return &t
}

func digest(name string) []byte {
	sum := sha256.Sum256([]byte("acme/" + name))
	return sum[:]
}

// id is an EC2 id of the long form, prefix-0123456789abcdef0, derived from a name.
func id(prefix, name string) string {
	return prefix + "-0" + hex.EncodeToString(digest(prefix + name))[:16]
}

// unique is an IAM id: a prefix of four letters and seventeen more.
// Source: IAM User Guide, "IAM identifiers", unique IDs.
func unique(prefix, name string) string {
	return prefix + base32.StdEncoding.EncodeToString(digest(prefix + name))[:17]
}

// accessKeyID is the public half of an access key, four letters and sixteen more.
func accessKeyID(user string, n int) string {
	return "AKIA" + base32.StdEncoding.EncodeToString(digest(fmt.Sprintf("key %d of %s", n, user)))[:16]
}

// secret is a value that looks like a password of that length and is nobody's: no
// scanner of source code can find it here.
func secret(name string, length int) string {
	return base64.RawURLEncoding.EncodeToString(digest("secret " + name))[:length]
}

// arn names a resource of the account.
func arn(service, region, resource string) string {
	return "arn:" + Partition + ":" + service + ":" + region + ":" + Account + ":" + resource
}

func iamARN(resource string) string { return arn("iam", "", resource) }

// unsupported refuses a request that asks for a part of a list in a way that the demo
// account does not know, rather than answer with too much.
func unsupported(code string) *mocks.Error {
	return &mocks.Error{Code: code, Message: "The demo account does not filter in this way."}
}
