package acme

import (
	"encoding/base64"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"onus/mocks"
)

// object is one object with what HeadObject says of it.
type object struct {
	key       string
	modified  *time.Time
	encrypted types.ServerSideEncryption // "": not at all
	metadata  map[string]string
	customer  bool // under a key that the request must bring
}

// wrapped is what an encryption client leaves in place of a key or a vector: no two alike.
func wrapped(name string, length int) string {
	return base64.StdEncoding.EncodeToString(slices.Concat(digest("wrapped "+name), digest("more "+name))[:length])
}

// sealed is the metadata of the Amazon S3 Encryption Client in its second format.
func sealed(name, wrap string) map[string]string {
	return map[string]string{"x-amz-key-v2": wrapped(name, 48), "x-amz-iv": wrapped(name+" iv", 12), "x-amz-cek-alg": "AES/GCM/NoPadding",
		"x-amz-wrap-alg": wrap, "x-amz-tag-len": "128", "x-amz-matdesc": `{"aws:x-amz-cek-alg":"AES/GCM/NoPadding"}`}
}

// committed is the same in its third format.
func committed(name string) map[string]string {
	return map[string]string{"x-amz-c": "115", "x-amz-w": "12", "x-amz-3": wrapped(name, 48), "x-amz-d": wrapped(name+" commitment", 28), "x-amz-i": wrapped(name+" id", 28)}
}

// objects are what the buckets hold, as far as anybody looks, by bucket and in the order
// of keys.
func objects() map[string][]object {
	const kms, sse = types.ServerSideEncryptionAwsKms, types.ServerSideEncryptionAes256
	return map[string][]object{
		"acme-archive-2019":    {{"catalog/2019.csv", ago(2690 * day), "", nil, false}, {"catalog/2020.csv", ago(2300 * day), sse, nil, false}},
		"acme-build-artifacts": {{"release/acme-shop-4.2.tgz", ago(40 * day), sse, nil, false}, {"release/acme-shop-4.3.tgz", ago(3 * day), "", nil, true}},
		"acme-customer-exports-prod": {
			{"exports/2026-09.parquet", ago(60 * day), types.ServerSideEncryptionAwsKmsDsse, sealed("2026-09", "kms"), false},
			{"exports/2026-10.parquet", ago(20 * day), types.ServerSideEncryptionAwsKmsDsse, sealed("2026-10", "kms+context"), false},
			{"exports/2026-11.parquet", ago(day), types.ServerSideEncryptionAwsKmsDsse, committed("2026-11"), false},
		},
		"acme-invoices-prod":       {{"2026/10/31.pdf", ago(2 * day), kms, map[string]string{"invoice-run": "nightly"}, false}},
		"acme-invoices-staging":    {{"2026/10/31.pdf", ago(2 * day), sse, nil, false}},
		"acme-product-images-prod": {{"shoes/", ago(900 * day), sse, nil, false}, {"shoes/1.jpg", ago(300 * day), sse, nil, false}},
	}
}

// serveObjects lists objects and says of each what it is, never what it holds.
func (e *estate) serveObjects(s *mocks.Server, find finder) {
	held := objects()
	look := func(r *mocks.Request, bucket, key *string) (*object, error) {
		b, err := find(r, bucket)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(held[b.name], func(o object) bool { return o.key == aws.ToString(key) })
		switch {
		case i < 0:
			return nil, &mocks.Error{Status: http.StatusNotFound, Code: "NoSuchKey", Message: "The specified key does not exist."}
		case held[b.name][i].customer:
			return nil, &mocks.Error{Status: http.StatusBadRequest, Code: "InvalidRequest", Message: "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."}
		}
		return &held[b.name][i], nil
	}
	mocks.Handle(s, func(r *mocks.Request, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
		b, err := find(r, in.Bucket)
		if err != nil {
			return nil, err
		}
		out := &s3.ListObjectsV2Output{Name: in.Bucket, IsTruncated: aws.Bool(false), KeyCount: aws.Int32(int32(len(held[b.name])))}
		for _, o := range held[b.name] {
			out.Contents = append(out.Contents, types.Object{Key: aws.String(o.key), LastModified: o.modified, Size: aws.Int64(4096), StorageClass: types.ObjectStorageClassStandard})
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.HeadObjectInput) (*s3.HeadObjectOutput, error) {
		o, err := look(r, in.Bucket, in.Key)
		if err != nil {
			return nil, err
		}
		out := &s3.HeadObjectOutput{LastModified: o.modified, ContentLength: aws.Int64(4096), ServerSideEncryption: o.encrypted, Metadata: o.metadata}
		if o.encrypted == types.ServerSideEncryptionAwsKms || o.encrypted == types.ServerSideEncryptionAwsKmsDsse {
			out.SSEKMSKeyId = aws.String(e.regions[r.Region].key())
		}
		return out, nil
	})
	mocks.Handle(s, func(r *mocks.Request, in *s3.GetObjectAclInput) (*s3.GetObjectAclOutput, error) {
		if _, err := look(r, in.Bucket, in.Key); err != nil {
			return nil, err
		}
		list := acl(false)
		return &s3.GetObjectAclOutput{Owner: list.Owner, Grants: list.Grants}, nil
	})
}
