package checks

import (
	"errors"
	"fmt"

	"onus/scanner/snapshot"
)

// Status is the outcome of one check on one resource.
type Status string

// The four statuses. A finding that is absent means that the check did not run, which
// is never a PASS.
const (
	PASS          Status = "PASS"
	FAIL          Status = "FAIL"
	UNKNOWN       Status = "UNKNOWN"
	NotApplicable Status = "NOT_APPLICABLE"
)

// Verdict is what a judging function returns. The zero Verdict is invalid: the
// evaluator turns it into UNKNOWN and says that the check is at fault.
type Verdict struct {
	Status   Status
	Reason   string
	Cause    snapshot.Cause    // of an UNKNOWN
	Observed map[string]string // field → value, as AWS gave them
}

// Pass says that the duty is kept, and by which observed value.
func Pass(format string, args ...any) Verdict {
	return Verdict{Status: PASS, Reason: fmt.Sprintf(format, args...)}
}

// Fail says that the duty is broken, and by which observed value.
func Fail(format string, args ...any) Verdict {
	return Verdict{Status: FAIL, Reason: fmt.Sprintf(format, args...)}
}

// DoesNotApply says why the check has nothing to say of this resource.
func DoesNotApply(format string, args ...any) Verdict {
	return Verdict{Status: NotApplicable, Reason: fmt.Sprintf(format, args...)}
}

// Unknown says what could not be read. The cause is that of the *snapshot.Unread in
// err's chain; without one it is Failed, so that it counts as incomplete.
func Unknown(err error) Verdict {
	v := Verdict{Status: UNKNOWN, Cause: snapshot.Failed, Reason: "not read, and nothing says why"}
	if err == nil {
		return v
	}
	v.Reason = err.Error()
	var u *snapshot.Unread
	if errors.As(err, &u) {
		v.Cause = u.Cause
	}
	return v
}

// Unclear is an UNKNOWN that no failed read explains: AWS's documents leave the case
// open, or the content could not be understood.
func Unclear(format string, args ...any) Verdict {
	return Verdict{Status: UNKNOWN, Cause: snapshot.OK, Reason: fmt.Sprintf(format, args...)}
}

// With adds an observed value to the verdict.
func (v Verdict) With(field, value string) Verdict {
	observed := map[string]string{field: value}
	for k, old := range v.Observed {
		if k != field {
			observed[k] = old
		}
	}
	v.Observed = observed
	return v
}
