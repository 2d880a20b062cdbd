package stamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"

	"github.com/digitorus/timestamp"
)

// Fault is an authority that gave no time stamp.
type Fault struct {
	URL   string
	What  string
	Cause error
}

func (e *Fault) Error() string {
	s := fmt.Sprintf("time-stamp authority %q: %s", e.URL, e.What)
	if e.Cause != nil {
		s += ": " + strings.Join(strings.Fields(e.Cause.Error()), " ")
	}
	return s
}

func (e *Fault) Unwrap() error { return e.Cause }

// CheckURL says in one line what is wrong with an authority's URL.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &Fault{address, "is no URL: want http:// or https:// and a host", nil}
	}
	return nil
}

// Ask has an authority stamp a message, of which it is told the SHA-256 alone, and reads
// what came back. Over plain HTTP nothing is lost: a token carries its own signature.
func Ask(ctx context.Context, client *http.Client, address string, message []byte) ([]byte, error) {
	fail := func(what string, err error) ([]byte, error) {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // the URL is named already
		}
		return nil, &Fault{address, what, err}
	}
	if err := CheckURL(address); err != nil {
		return nil, err
	}
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(message)
	asked, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(asked))
	if err != nil {
		return fail("cannot be asked", err)
	}
	req.Header.Set("Content-Type", "application/timestamp-query") // RFC 3161, section 3.4
	resp, err := client.Do(req)
	if err != nil {
		return fail("did not answer", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, MaxToken+1024))
	if err != nil {
		return fail("did not answer", err)
	}
	if kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); resp.StatusCode != http.StatusOK || strings.TrimSpace(kind) != "application/timestamp-reply" {
		return fail(fmt.Sprintf("answered with status %d and %q, want 200 and application/timestamp-reply", resp.StatusCode, kind), nil)
	}
	token, err := granted(answer)
	if err != nil {
		return fail("gave no time stamp", err)
	}
	t, err := Read(token)
	if err != nil {
		return fail("its time stamp", err)
	}
	if !t.Covers(message) || t.nonce == nil || t.nonce.Cmp(nonce) != 0 {
		return fail("its time stamp is of another question", nil)
	}
	return token, nil
}

// granted takes the token out of an answer (RFC 3161, section 2.4.2).
func granted(answer []byte) (token []byte, err error) {
	if err := strict(answer, 0); err != nil {
		return nil, fmt.Errorf("the answer is not in DER: %w", err)
	}
	var r struct {
		Status struct {
			Status int
			Rest   []asn1.RawValue `asn1:"optional"`
			Info   asn1.BitString  `asn1:"optional"`
		}
		Token asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(answer, &r); err != nil {
		return nil, fmt.Errorf("the answer is damaged: %w", err)
	}
	if r.Status.Status > 1 {
		var said []string
		for _, s := range r.Status.Rest {
			said = append(said, string(s.Bytes))
		}
		return nil, fmt.Errorf("it refused with status %d %q", r.Status.Status, strings.Join(said, " "))
	}
	if len(r.Token.FullBytes) == 0 {
		return nil, errors.New("the answer holds none")
	}
	return r.Token.FullBytes, nil
}
