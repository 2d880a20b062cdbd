package s3

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	control "github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/google/go-cmp/cmp"

	"onus/mocks"
	"onus/scanner/collect"
	"onus/scanner/collect/collecttest"
	"onus/scanner/redact"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// aroundObjects is what decides whether objects' ACLs have effect, and what may be asked.
var aroundObjects = []string{"s3:GetPublicAccessBlock", "s3control:GetPublicAccessBlock", "s3:GetBucketOwnershipControls"}

// holding gives the bucket b, with ACLs on or off, and the keys. Those whose name begins
// with gone were deleted meanwhile, with customer need their key, with denied are refused.
func holding(s *mocks.Server, aclsOn bool, keys ...string) {
	listing(s)
	ownership := types.ObjectOwnershipBucketOwnerEnforced
	if aclsOn {
		ownership = types.ObjectOwnershipObjectWriter
	}
	mocks.Reply(s, "", &s3.GetBucketOwnershipControlsOutput{OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: ownership}}}})
	mocks.Reply(s, "", &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}})
	mocks.Reply(s, "", &s3control.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &control.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}})
	list := &s3.ListObjectsV2Output{Name: aws.String("b"), IsTruncated: aws.Bool(false)}
	for i, k := range keys {
		made := time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
		if i == 27 {
			made = made.AddDate(-5, 0, 0)
		}
		list.Contents = append(list.Contents, types.Object{Key: aws.String(k), Size: aws.Int64(int64(i)), LastModified: aws.Time(made)})
	}
	if len(keys) > 0 { // else the test scripts the list
		mocks.Reply(s, "", list)
	}
	refusal := func(key string) error {
		switch {
		case strings.HasPrefix(key, "gone"):
			return &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchKey"}
		case strings.HasPrefix(key, "customer"):
			return &mocks.Error{Status: http.StatusBadRequest, Code: "BadRequest"}
		case strings.HasPrefix(key, "denied"):
			return &mocks.Error{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return nil
	}
	mocks.Handle(s, func(_ *mocks.Request, in *s3.HeadObjectInput) (*s3.HeadObjectOutput, error) {
		return &s3.HeadObjectOutput{ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String("key"), Metadata: map[string]string{
			"x-amz-key-v2": "AQIDAHhWRAPPEDKEYWRAPPEDKEYWRAPPEDKEY==", "X-Amz-Iv": "aXZpdml2aXZpdml2", "x-amz-cek-alg": "AES/GCM/NoPadding", "x-amz-wrap-alg": "kms+context",
			"x-amz-matdesc": `{"aws:x-amz-cek-alg":"AES/GCM/NoPadding"}`, "owner": "Jane Doe",
		}}, refusal(*in.Key)
	})
	mocks.Handle(s, func(_ *mocks.Request, in *s3.GetObjectAclInput) (*s3.GetObjectAclOutput, error) {
		return &s3.GetObjectAclOutput{Owner: &types.Owner{ID: aws.String("own")}, Grants: []types.Grant{{Grantee: &types.Grantee{Type: types.TypeGroup, URI: aws.String("everybody")}, Permission: types.PermissionRead}}}, refusal(*in.Key)
	})
}

func sampleOf(t *testing.T, s *mocks.Server, of snapshot.Sampling, wanted ...string) (snapshot.ObjectSample, collect.Scope, *wire.Memory) {
	t.Helper()
	store := &wire.Memory{}
	tr := &wire.Transport{Store: store, Redact: redact.New(nil), Attempts: 2, Backoff: func(int) time.Duration { return 0 }}
	in := collecttest.Scope(append(wanted, append(aroundObjects, "s3:ListBuckets", listObjects)...)...)
	api := func(region string) API {
		return s3.NewFromConfig(tr.Config(s.Config(region), in.Account), func(o *s3.Options) {
			o.UsePathStyle, o.DisableS3ExpressSessionAuth = true, aws.Bool(true)
		})
	}
	point := func(region string) ControlAPI {
		return s3control.NewFromConfig(tr.Config(s.Config(region), in.Account))
	}
	c := Clients{Home: api("eu-west-1"), In: api, Control: point("eu-west-1"), ControlIn: point}
	got := Collect(context.Background(), in, []string{"eu-west-1"}, c, Options{Sample: of})
	out, err := got.Buckets[0].Sample.Get()
	if err != nil {
		t.Logf("sample: %v", err)
	}
	return out, in, store
}

func names(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("key-%03d", i))
	}
	return out
}

func drawn(o snapshot.ObjectSample) (out []string) {
	for _, d := range o.Drawn {
		out = append(out, d.Key)
	}
	return out
}

// TestTheSameSeedDrawsTheSame: the oldest object comes first, a smaller sample is the
// beginning of a larger one, and another seed draws others.
func TestTheSameSeedDrawsTheSame(t *testing.T) {
	take := func(seed string, size int) []string {
		s := mocks.Start(t, mocks.Options{Lenient: true})
		holding(s, false, names(100)...)
		out, _, _ := sampleOf(t, s, snapshot.Sampling{Size: size, MaxKeys: 100, Seed: seed}, readHead)
		if out.Listed != 100 || len(out.Drawn) != size {
			t.Errorf("%d of %d listed were drawn", len(out.Drawn), out.Listed)
		}
		return drawn(out)
	}
	first, again, small, other := take("a", 10), take("a", 10), take("a", 4), take("b", 10)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same seed drew otherwise:\n%s", diff)
	}
	if diff := cmp.Diff(first[:4], small); diff != "" {
		t.Errorf("a smaller sample is not the beginning of a larger one:\n%s", diff)
	}
	if slices.Equal(first, other) {
		t.Error("another seed drew the same")
	}
	if first[0] != "key-027" || other[0] != "key-027" {
		t.Errorf("first %s and %s, want the oldest, key-027", first[0], other[0])
	}
}

// TestNoContentIsAskedFor: neither an object's body, nor a checksum, which would need the
// right to decrypt.
func TestNoContentIsAskedFor(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, true, names(5)...)
	sampleOf(t, s, snapshot.Sampling{Size: 5}, readHead, readObjectACL)
	for _, r := range s.Requests() {
		if r.Operation == "s3:GetObject" || r.Input["ChecksumMode"] != nil {
			t.Errorf("%s asked %v", r.Operation, r.Input)
		}
	}
	if s.Count(readHead) != 5 || s.Count(readObjectACL) != 5 || s.Count(listObjects) != 1 {
		t.Errorf("%d HEAD, %d ACL, %d lists; want 5, 5, 1", s.Count(readHead), s.Count(readObjectACL), s.Count(listObjects))
	}
}

// TestMetadataIsWithheldBeforeItIsRecorded: a wrapped key must be in no record.
func TestMetadataIsWithheldBeforeItIsRecorded(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, false, "one")
	out, _, store := sampleOf(t, s, snapshot.Sampling{Size: 5}, readHead)
	head, err := out.Drawn[0].Head.Get()
	want := snapshot.ObjectHead{Encryption: "aws:kms", KMSKeyID: "key", Metadata: map[string]string{
		"x-amz-key-v2": snapshot.Withheld, "x-amz-iv": snapshot.Withheld, "x-amz-matdesc": snapshot.Withheld, "owner": snapshot.Withheld,
		"x-amz-cek-alg": "AES/GCM/NoPadding", "x-amz-wrap-alg": "kms+context",
	}}
	if diff := cmp.Diff(want, head); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	headers := 0
	for _, l := range store.Lines() {
		_, e, _ := store.Get(l.ID)
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"WRAPPEDKEY", "aXZpdml2", "Jane Doe", `aws:x-amz-cek-alg`} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s recorded %q: %s", l.Operation, secret, text)
			}
		}
		if l.Operation == readHead {
			headers = len(e.Headers)
		}
	}
	if headers < 8 {
		t.Errorf("%d headers of the object were recorded", headers)
	}
	// Without a redactor nothing gets through either.
	if got := metadata(t, map[string]string{"x-amz-key": "k", "x-amz-cek-alg": "AES/CBC/PKCS5Padding", "empty": ""}); got["x-amz-key"] != snapshot.Withheld || got["x-amz-cek-alg"] != "AES/CBC/PKCS5Padding" || got["empty"] != "" {
		t.Errorf("%v", got)
	}
}

func metadata(t *testing.T, of map[string]string) map[string]string {
	t.Helper()
	return head(&s3.HeadObjectOutput{Metadata: of}).Metadata
}

func TestWhatWentAwayIsReplaced(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, true, append(names(3), "gone-1", "gone-2", "gone-3")...)
	out, in, _ := sampleOf(t, s, snapshot.Sampling{Size: 3, Seed: "x"}, readHead, readObjectACL)
	if len(out.Drawn) != 3 || slices.ContainsFunc(drawn(out), func(k string) bool { return strings.HasPrefix(k, "gone") }) || out.Gone == 0 {
		t.Errorf("drew %v, %d gone", drawn(out), out.Gone)
	}
	for _, op := range []string{listObjects, readHead, readObjectACL} {
		collecttest.Covered(t, in, op, "eu-west-1", snapshot.OK)
	}
	acl, err := out.Drawn[0].ACL.Get()
	if err != nil || len(acl) != 1 || acl[0].Group != "everybody" {
		t.Errorf("ACL %v, %v", acl, err)
	}
}

func TestAnObjectUnderACustomersKeyAndOneThatIsRefused(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, false, "customer-1", "denied-1")
	out, in, _ := sampleOf(t, s, snapshot.Sampling{Size: 2}, readHead)
	for _, o := range out.Drawn {
		head, err := o.Head.Get()
		if customer := strings.HasPrefix(o.Key, "customer"); head.BadRequest != customer || (err == nil) != customer {
			t.Errorf("%s: %+v, %v", o.Key, head, err)
		}
	}
	collecttest.Covered(t, in, readHead, "eu-west-1", snapshot.Denied)
}

// TestNoObjectIsAskedWhereACLsHaveNoEffect: for cost and privacy, not even the list.
func TestNoObjectIsAskedWhereACLsHaveNoEffect(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, false, names(3)...)
	out, in, _ := sampleOf(t, s, snapshot.Sampling{Size: 2}, readObjectACL)
	if !out.Unneeded || s.Count(listObjects)+s.Count(readObjectACL)+s.Count(readHead) != 0 {
		t.Errorf("%+v after %d lists", out, s.Count(listObjects))
	}
	collecttest.Covered(t, in, readObjectACL, "eu-west-1", snapshot.OK)
	collecttest.Covered(t, in, listObjects, "eu-west-1", snapshot.OK)
	left, _, _ := sampleOf(t, s, snapshot.Sampling{Size: 2, Buckets: []string{"other-*"}}, readHead)
	if !left.LeftOut || s.Count(listObjects) != 0 {
		t.Errorf("%+v, though it is not among the buckets", left)
	}
}

func TestListsAreBoundedAndMustEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  mocks.Kind
		bound  int
		listed int
		more   bool
		cause  snapshot.Cause
	}{
		"three pages":          {0, 1000, 5, false, snapshot.OK},
		"up to the bound":      {0, 3, 3, true, snapshot.OK},
		"a repeated token":     {mocks.RepeatToken, 1000, 0, false, snapshot.Malformed},
		"denied":               {mocks.Denied, 1000, 0, false, snapshot.Denied},
		"throttled to the end": {mocks.Throttled, 1000, 0, false, snapshot.Throttled},
	} {
		t.Run(name, func(t *testing.T) {
			s := mocks.Start(t, mocks.Options{Lenient: true, PageSize: map[string]int{listObjects: 2}})
			holding(s, false, names(5)...)
			if tt.fault != 0 {
				s.Fault(mocks.Fault{Operation: listObjects, Kind: tt.fault})
			}
			out, in, _ := sampleOf(t, s, snapshot.Sampling{Size: 1, MaxKeys: tt.bound}, readHead)
			if out.Listed != tt.listed || out.Truncated != tt.more {
				t.Errorf("%d listed, more %v; want %d, %v", out.Listed, out.Truncated, tt.listed, tt.more)
			}
			collecttest.Covered(t, in, listObjects, "eu-west-1", tt.cause)
			if tt.cause != snapshot.OK {
				collecttest.Covered(t, in, readHead, "eu-west-1", snapshot.Skipped)
			}
		})
	}
}

// truncated answers with pages that say they go on and do not.
type truncated struct {
	API
	page s3.ListObjectsV2Output
}

func (t truncated) ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	return &t.page, nil
}

func TestAListThatGoesOnAndDoesNotSayWhere(t *testing.T) {
	one := []types.Object{{Key: aws.String("k")}}
	for name, page := range map[string]s3.ListObjectsV2Output{
		"no token":      {IsTruncated: aws.Bool(true), Contents: one},
		"an empty page": {IsTruncated: aws.Bool(true), NextContinuationToken: aws.String("t")},
		"one token":     {IsTruncated: aws.Bool(true), NextContinuationToken: aws.String("t"), Contents: one},
	} {
		if keys, _, err := list(t.Context(), truncated{page: page}, "b", 1000); err == nil {
			t.Errorf("%s: took %d keys for the list", name, len(keys))
		}
	}
}

// TestKeysComeAsTheyAre: percent-encoded on the wire, because a key may hold what XML
// does not allow; and what follows a key is known from its neighbours.
func TestKeysComeAsTheyAre(t *testing.T) {
	s := mocks.Start(t, mocks.Options{Lenient: true})
	holding(s, false)
	mocks.Reply(s, "", &s3.ListObjectsV2Output{Name: aws.String("b"), IsTruncated: aws.Bool(false), EncodingType: types.EncodingTypeUrl,
		Contents: []types.Object{{Key: aws.String("a%01b+c")}, {Key: aws.String("a%01b+c.instruction")}, {Key: aws.String("d")}}})
	out, _, _ := sampleOf(t, s, snapshot.Sampling{Size: 3}, readHead)
	keys := drawn(out)
	slices.Sort(keys)
	if diff := cmp.Diff([]string{"a\x01b c", "a\x01b c.instruction", "d"}, keys); diff != "" || out.Last != "d" {
		t.Errorf("last %q (-want +got)\n%s", out.Last, diff)
	}
	for _, o := range out.Drawn {
		if o.Index == 0 && !slices.Equal(o.Followed, []string{".instruction"}) || o.Index > 0 && len(o.Followed) > 0 {
			t.Errorf("%q is followed by %q", o.Key, o.Followed)
		}
		if o.Index == 1 && !slices.Equal(o.Follows, []string{".instruction"}) || o.Index != 1 && len(o.Follows) > 0 {
			t.Errorf("%q follows by %q", o.Key, o.Follows)
		}
	}
	for _, r := range s.Requests() {
		if r.Operation == readHead && strings.Contains(fmt.Sprint(r.Input["Key"]), "%") {
			t.Errorf("asked about %q", r.Input["Key"])
		}
	}
}
