package mocks

import (
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"onus/mocks/model"
	"onus/scanner/wire"
)

// Options says how a Server behaves. The zero value is a strict server.
type Options struct {
	Account  string            // account of access keys that Keys does not name; "" is 111122223333
	Keys     map[string]string // access key id to account, for more than one account
	PageSize map[string]int    // items a page at most, by "service:Operation"; else 100 for the query services, 1000 for others
	Lenient  bool              // a request without a script, or a script without a request, is no problem
	TLS      bool              // speak HTTPS, with a certificate made for it
	Now      func() time.Time  // clock of the log and the Date header; nil is time.Now
}

// Server is a fake AWS: one endpoint for all services, accounts and Regions.
type Server struct {
	options  Options
	table    *model.Table
	listener net.Listener
	http     *http.Server
	ca       *authority    // nil without TLS
	done     chan struct{} // closed by Close
	served   chan struct{} // closed when serving has ended

	mu       sync.Mutex
	keys     map[string]string
	scripts  map[string][]*script
	faults   []*fault
	requests []Request
	repeats  map[string]int // how often the same thing was asked, for request ids
	problems []string

	transcript Transcript             // nil: none
	recorded   map[string][]wire.Line // operation and input → lines
	rounds     map[string]int         // operation, input and Region → how often asked
}

// New starts a server on a free port of 127.0.0.1. The caller closes it. New
// panics when the machine has no port to give.
func New(o Options) *Server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("mocks: %v", err))
	}
	o.Account = cmp.Or(o.Account, "111122223333")
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{
		options: o, table: model.Load(), listener: listener,
		done: make(chan struct{}), served: make(chan struct{}),
		keys: map[string]string{}, scripts: map[string][]*script{}, repeats: map[string]int{},
	}
	for key, account := range o.Keys {
		s.keys[key] = account
	}
	// What TLS clients think of the certificate is the tests' business, not the log's.
	s.http = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	if o.TLS {
		s.ca = newAuthority()
		s.http.TLSConfig = s.ca.config()
	}
	go func() {
		defer close(s.served)
		if o.TLS {
			_ = s.http.ServeTLS(listener, "", "") // ends with Close, always with an error
			return
		}
		_ = s.http.Serve(listener)
	}()
	return s
}

// URL is the endpoint, without a slash at the end.
func (s *Server) URL() string {
	scheme := "http"
	if s.ca != nil {
		scheme = "https"
	}
	return scheme + "://" + s.listener.Addr().String()
}

// Certificate is the authority that signs the server's certificates, one for
// each host name asked for; nil without TLS.
func (s *Server) Certificate() *x509.Certificate {
	if s.ca == nil {
		return nil
	}
	return s.ca.certificate
}

// Close ends the server and the requests it still holds. More than one call
// does no harm.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.mu.Unlock()
	_ = s.http.Close() // the listener's error has no reader
	<-s.served
}

// AddKey says that requests signed with the access key come from the account:
// what an AssumeRole handler does with the key it gives out.
func (s *Server) AddKey(accessKeyID, account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[accessKeyID] = account
}

// Fault lays a fault over the answers. It panics when the fault says nothing,
// or things that do not belong together.
func (s *Server) Fault(f Fault) {
	used := &fault{Fault: f}
	if err := used.validate(); err != nil {
		panic(fmt.Sprintf("mocks: fault: %v", err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, used)
}

func (s *Server) account(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.keys[key], s.options.Account)
}

func (s *Server) pageSize(op *model.Operation) int {
	if n, ok := s.options.PageSize[op.ID()]; ok {
		return n
	}
	if op.Service.Protocol == model.Query {
		return 100
	}
	return 1000
}

// requestID is made from what is asked and how often it was asked before, so
// that the same scan gets the same ids whatever the order of its requests.
func (s *Server) requestID(r *Request) string {
	key := r.Account + r.Region + r.Operation + canonical(r.Input)
	s.mu.Lock()
	s.repeats[key]++
	n := s.repeats[key]
	s.mu.Unlock()
	sum := sha256.Sum256([]byte(key + strconv.Itoa(n)))
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
