package checktest

import "onus/scanner/snapshot"

// KeyARN is the ARN of a key of the tests' account, in the tests' Region.
func KeyARN(id string) string { return snapshot.KeyARN(At, id) }

// Key lets KMS answer about a key, by whatever name resources call it.
func Key(reference string, m snapshot.KeyMetadata) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		arn := snapshot.KeyARN(At, reference)
		if m.ARN == "" {
			m.ARN = arn
		}
		answered(a, arn, snapshot.Value(m, snapshot.Call{ID: "describe", Operation: "kms:DescribeKey"}))
	}
}

// NoKey lets KMS answer that there is no such key, or not answer at all.
func NoKey(reference string, err error) func(*snapshot.Account) {
	return func(a *snapshot.Account) {
		answered(a, snapshot.KeyARN(At, reference), snapshot.Missing[snapshot.KeyMetadata](err))
	}
}

func answered(a *snapshot.Account, arn string, m snapshot.Read[snapshot.KeyMetadata]) {
	at := At.In(snapshot.RegionOf(arn))
	a.KMS.Answered = append(a.KMS.Answered, snapshot.KeyAnswer{Meta: snapshot.Meta{Location: at, ARN: arn}, Metadata: m})
}
