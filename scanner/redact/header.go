package redact

import (
	"net/http"
	"regexp"
	"strings"
)

const metadataPrefix = "X-Amz-Meta-"

// algorithmHeaders are the metadata of the Amazon S3 Encryption Client that name an
// algorithm or a length and not a key. Source: its documentation, "object metadata".
var algorithmHeaders = map[string]bool{
	"x-amz-cek-alg": true, "x-amz-wrap-alg": true, "x-amz-tag-len": true, "x-amz-unencrypted-content-length": true,
	"x-amz-c": true, "x-amz-w": true,
}

var algorithmName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/+_. -]{0,63}$`)

// Header redacts the headers of a response and returns a copy. The values of an object's
// user metadata (S3 HeadObject, x-amz-meta-*) become markers but for names of
// algorithms; their names stay, as they show how an object was encrypted. Cookies and
// credentials are dropped. Other values pass the detectors. Today no rule depends on the
// operation.
func (r *Redactor) Header(_ string, h http.Header) http.Header {
	if h == nil {
		return nil
	}
	out := make(http.Header, len(h))
	for name, values := range h {
		canonical := http.CanonicalHeaderKey(name)
		if canonical == "Set-Cookie" || strings.Contains(canonical, "Authoriz") || canonical == "X-Amz-Security-Token" {
			continue
		}
		kept := r.headerName(name)
		for _, v := range values {
			out[kept] = append(out[kept], r.headerValue(canonical, v))
		}
	}
	return out
}

// headerName replaces a name that holds a secret itself. Header names have lost their
// case on the way, so both are tried.
func (r *Redactor) headerName(name string) string {
	if len(name) <= len(metadataPrefix) || !strings.EqualFold(name[:len(metadataPrefix)], metadataPrefix) {
		return name
	}
	key := name[len(metadataPrefix):]
	if upper := strings.ToUpper(key); r.Text(key) != key || r.Text(upper) != upper {
		return metadataPrefix + "Redacted-" + r.digest("header", key, shortDigestLen)
	}
	return name
}

func (r *Redactor) headerValue(name, v string) string {
	if !strings.HasPrefix(name, metadataPrefix) {
		return r.field(fieldOfHeader(name), v)
	}
	key := strings.ToLower(name[len(metadataPrefix):])
	if v == "" || algorithmHeaders[key] && algorithmName.MatchString(v) && r.Text(v) == v {
		return v
	}
	c, err := loadCatalogue()
	if err != nil {
		return r.short(unreadableRule, v)
	}
	return r.marker(c, kindMetadata, v)
}

// fieldOfHeader is the field name under which the detectors know a header.
func fieldOfHeader(name string) string {
	switch name {
	case "X-Amz-Request-Id", "X-Amzn-Requestid", "X-Amz-Id-2", "X-Amz-Cf-Id":
		return "RequestId"
	}
	return strings.ReplaceAll(strings.TrimPrefix(name, "X-Amz-"), "-", "")
}
