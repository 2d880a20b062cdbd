// Package policy answers questions about AWS access policies: who can do what
// on which resource, whether a document grants everything, whether AWS calls it
// public, who may assume a role, and which paths lead to more rights. It reads
// no account, makes no call and gives no verdict: the checks do that with its
// answers.
//
// # Three answers
//
// Every question has three answers, Yes, No and CannotTell. A document that was
// not read, an element or operator that AWS's grammar does not hold, a condition
// key whose value is not known: each leads to CannotTell wherever it could change
// the answer, and never to the answer that would reassure.
//
// # Two ways to ask
//
// [Decide] evaluates one concrete request as AWS does, conditions included
// ("Policy evaluation logic" of the IAM User Guide). The other questions are
// about all requests at once: they compare patterns with patterns, and treat an
// Allow with a Condition as an Allow (naming the Condition) and a Deny with a
// Condition as no Deny, unless the Condition is one they understand to the end.
// [Identity.Ask] prepares such a question about one identity and one action, to
// be asked of many resources; it knows who calls, so that conditions on that are
// decided and not left open.
//
// # Documents
//
// [Parse] takes a document as AWS returns it, percent-encoded or not. Malformed
// JSON, a key given twice and an element of the wrong type are errors with line
// and column; what is well-formed but outside the grammar is an [Issue] of its
// statement, which makes that statement unclear.
//
// All values are immutable after Parse and safe for concurrent use.
package policy
