package mocks

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TB is the part of testing.TB that Start needs, so that this package does not
// bring the testing package into a program.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
}

// Start starts a server for a test. At the test's end the server is closed, and
// each of its Problems fails the test.
func Start(tb TB, o Options) *Server {
	tb.Helper()
	s := New(o)
	tb.Cleanup(func() {
		tb.Helper()
		s.Close()
		for _, problem := range s.Problems() {
			tb.Errorf("mocks: %s", problem)
		}
	})
	return s
}

// Client is an HTTP client that reaches this server whatever host a URL names,
// so that bucket.s3.REGION.amazonaws.com and ACCOUNT.s3-control... end here.
func (s *Server) Client() *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.listener.Addr().String())
		},
	}
	if s.ca != nil {
		roots := x509.NewCertPool()
		roots.AddCert(s.ca.certificate)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{
		Transport:     &wholeBody{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wholeBody sends a request's body from memory. The SDK closes its own body as soon
// as an answer begins, and net/http, if it still asks that body for its end, takes the
// io.EOF that it then hears for a failed write and drops the connection with the
// answer in it. Only a server as near as this one answers that fast.
type wholeBody struct{ *http.Transport }

// RoundTrip sends a copy of the request.
func (t *wholeBody) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		return t.Transport.RoundTrip(req)
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close() // all of it has been read
	if err != nil {
		return nil, err
	}
	req = req.WithContext(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	return t.Transport.RoundTrip(req)
}

// Config is an SDK configuration for this server: its endpoint and client, the
// Region, made-up credentials with the access key "mocks", and no retries.
func (s *Server) Config(region string) aws.Config { return s.ConfigFor("mocks", region) }

// ConfigFor is Config with an access key of the caller's choice.
func (s *Server) ConfigFor(accessKeyID, region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(s.URL()),
		HTTPClient:   s.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKeyID, SecretAccessKey: "made-up", Source: "mocks"}, nil
		}),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}
