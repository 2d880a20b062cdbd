// Package mocks provides an HTTP server that answers as AWS does, in each
// service's wire format, from answers given as the Go SDK's output values. What
// is in an account is left to the caller: see mocks/acme for a whole one.
//
// A request is decoded into the SDK's input value and an answer is encoded from
// the SDK's output value by one codec, driven by the table in mocks/model. A new
// operation is one line in mocks/gen/operations.txt, then `go run ./mocks/gen`.
//
//	s := mocks.Start(t, mocks.Options{})
//	mocks.Reply(s, "eu-west-1", &ec2.DescribeVolumesOutput{Volumes: volumes})
//	client := ec2.NewFromConfig(s.Config("eu-west-1"))
//
// Region and access key are read from the SigV4 credential scope; the signature
// itself is not checked. A request that carries no signature is refused, except
// for operations that AWS takes unsigned.
//
// A handler answers with the whole list; the server cuts it into pages by the
// request's limit and Options.PageSize, unless the handler set the output's own
// token. Faults are laid over answers with Server.Fault.
//
// Server.Replay answers from the record of a scan instead: what AWS or anything else
// once said, byte for byte.
//
// The server is strict unless Options.Lenient is set: Problems lists requests
// that no script answers and scripts that no request used, and Start makes them
// failures of the test. All methods are safe for concurrent use.
package mocks
