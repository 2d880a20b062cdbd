// Package acme provides one made-up company's account behind a mocks.Server: the
// demo account, and the same account many times larger for measurements. It holds
// facts only; what is right or wrong in it is for the checks to say.
//
// Acme sells things on the internet from eu-west-1 and keeps staging and a replica in
// eu-central-1. A few things were left in us-east-1. The account is its organization's
// management account. All times are relative to AsOf and all ids are derived from
// names, so that two servers answer alike, byte for byte but for Date headers and the
// credentials that they give out.
//
// What is refused: GetBucketEncryption of the bucket named Denied, and HeadBucket of the
// buckets of others, which tells their Regions all the same. Regions that
// the account has not enabled refuse its credentials, as AWS does. Secrets in user
// data are made when the server starts and are nobody's.
package acme
