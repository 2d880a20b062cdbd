// Package trail compares the calls of a bundle with the customer's own CloudTrail files:
// request ids, who asked, what and when, as AWS logged it. It leaves fetching the files
// to the customer and the bundle to evidence.
//
// AWS does not sign its answers, but it logs the calls under the same request ids. A call
// that CloudTrail has too was made, by that principal and at that time; what it was
// answered, CloudTrail does not say.
package trail

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"path"
	"strings"
	"time"

	"onus/scanner/evidence"
)

// Outcome is what CloudTrail's files say of the calls of a bundle.
type Outcome struct {
	Files, Events int
	Matched       int
	Missing       []evidence.Call // the files hold this service and Region, and not this call
	NotLogged     []evidence.Call // the files hold nothing of this service and Region
	Unnamed       int             // calls that have no request id, most of them never answered
	Differing     []Difference
}

// Difference is a call that CloudTrail describes otherwise.
type Difference struct {
	Call  evidence.Call
	What  string
	Event string // the event's eventID
}

// event is a record of a log file.
// Source: AWS CloudTrail User Guide, "CloudTrail record contents".
type event struct {
	EventID      string    `json:"eventID"`
	EventTime    time.Time `json:"eventTime"`
	EventSource  string    `json:"eventSource"`
	EventName    string    `json:"eventName"`
	AWSRegion    string    `json:"awsRegion"`
	RequestID    string    `json:"requestID"`
	ErrorCode    string    `json:"errorCode"`
	UserIdentity struct {
		ARN       string `json:"arn"`
		AccountID string `json:"accountId"`
	} `json:"userIdentity"`
}

// Compare reads every *.json and *.json.gz in the files. principal is the ARN that the
// bundle's result names; "" where a redacted copy does not.
func Compare(calls iter.Seq2[evidence.Call, error], principal string, files fs.FS) (Outcome, error) {
	var out Outcome
	open := map[string]evidence.Call{}
	for c, err := range calls {
		if err != nil {
			return out, err
		}
		if c.RequestID == "" {
			out.Unnamed++
			continue
		}
		open[c.RequestID] = c
	}
	seen := map[string]bool{}
	matched := map[string]bool{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ".json") {
			return err
		}
		out.Files++
		for e, err := range events(files, name) {
			if err != nil {
				return err
			}
			out.Events++
			seen[placeOf(e.EventSource, e.AWSRegion)] = true
			c, ok := open[e.RequestID]
			if !ok || matched[e.RequestID] {
				continue
			}
			matched[e.RequestID] = true
			if what := differs(c, e, principal); what != "" {
				out.Differing = append(out.Differing, Difference{c, what, e.EventID})
			} else {
				out.Matched++
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	for c, err := range calls {
		switch {
		case err != nil:
			return out, err
		case c.RequestID == "" || matched[c.RequestID]:
		case seen[placeOf(sourceOf(c.Operation), c.Region)]:
			out.Missing = append(out.Missing, c)
		default:
			out.NotLogged = append(out.NotLogged, c)
		}
	}
	return out, nil
}

// maxFile is far more than CloudTrail puts into one log file.
const maxFile = 1 << 30

// events are the records of one log file.
func events(files fs.FS, name string) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		err := func() error {
			f, err := files.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			var r io.Reader = f
			if path.Ext(name) == ".gz" {
				if r, err = gzip.NewReader(f); err != nil {
					return fmt.Errorf("%q is no gzip file: %w", name, err)
				}
			}
			var log struct{ Records []event }
			if err := json.NewDecoder(io.LimitReader(r, maxFile)).Decode(&log); err != nil {
				return fmt.Errorf("%q is no CloudTrail log file: %w", name, err)
			}
			for _, e := range log.Records {
				if !yield(e, nil) {
					return errStop
				}
			}
			return nil
		}()
		if err != nil && !errors.Is(err, errStop) {
			yield(event{}, err)
		}
	}
}

var errStop = errors.New("stop")

// global are services that CloudTrail logs in one Region, whichever was asked.
// Source: AWS CloudTrail User Guide, "Global service events".
var global = map[string]bool{"iam": true, "sts": true, "organizations": true, "account": true}

// placeOf is a service and Region: what one set of log files either holds or does not.
func placeOf(source, region string) string {
	service, _, _ := strings.Cut(source, ".")
	if global[service] {
		return service
	}
	return service + "@" + region
}

// sourceOf is the event source of an operation's service.
func sourceOf(operation string) string {
	service, name, _ := strings.Cut(operation, ":")
	switch {
	case name == "ListDirectoryBuckets":
		service = "s3express"
	case service == "s3control":
		service = "s3"
	}
	return service
}

// slack is how far CloudTrail's time may lie from that of the answer: the clocks are of
// different hosts.
const slack = 5 * time.Minute

// differs says in what an event does not agree with the call; "": in nothing. S3 logs
// several operations under other names, so that there only the service is compared.
func differs(c evidence.Call, e event, principal string) string {
	service, name, _ := strings.Cut(c.Operation, ":")
	at := c.Start
	if t, err := http.ParseTime(c.Date); err == nil {
		at = t
	}
	source, _, _ := strings.Cut(e.EventSource, ".")
	switch {
	case source != sourceOf(c.Operation) || !strings.HasPrefix(service, "s3") && e.EventName != name:
		return fmt.Sprintf("it was %s of %s, not %s", e.EventName, e.EventSource, c.Operation)
	case principal != "" && e.UserIdentity.ARN != principal:
		return fmt.Sprintf("it was made by %q, not %q", e.UserIdentity.ARN, principal)
	case c.Account != "" && e.UserIdentity.AccountID != "" && e.UserIdentity.AccountID != c.Account:
		return fmt.Sprintf("it was made in account %q, not %q", e.UserIdentity.AccountID, c.Account)
	case e.EventTime.Sub(at).Abs() > slack:
		return fmt.Sprintf("it was made at %s, not %s", e.EventTime.UTC().Format(time.RFC3339), at.UTC().Format(time.RFC3339))
	case c.Status >= 400 && e.ErrorCode == "":
		return fmt.Sprintf("it was answered without an error, not with status %d", c.Status)
	case c.Status/100 == 2 && e.ErrorCode != "":
		return fmt.Sprintf("it was answered with %s, not with status %d", e.ErrorCode, c.Status)
	}
	return ""
}
