package mocks

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"onus/mocks/model"
)

// The formats of timestamps in the models.
const (
	iso8601  = "iso8601"
	httpDate = "rfc822"
	epoch    = "unixTimestamp"
)

// timeFormat is how a member's time is written: as the member or its shape
// says, else as is usual where it stands. Source: Smithy's specification of the
// AWS protocols, "Timestamp serialization".
func timeFormat(m *model.Member, sh *model.Shape, usual string) string {
	switch {
	case m != nil && m.Format != "":
		return m.Format
	case sh.Format != "":
		return sh.Format
	default:
		return usual
	}
}

func formatTime(t time.Time, format string) string {
	t = t.UTC()
	switch format {
	case httpDate:
		return t.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case epoch:
		if t.Nanosecond() == 0 {
			return strconv.FormatInt(t.Unix(), 10)
		}
		return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64)
	default:
		if t.Nanosecond() == 0 {
			return t.Format("2006-01-02T15:04:05Z")
		}
		return t.Format("2006-01-02T15:04:05.000Z")
	}
}

func parseTime(s, format string) (time.Time, error) {
	switch format {
	case httpDate:
		return time.Parse("Mon, 02 Jan 2006 15:04:05 MST", s)
	case epoch:
		seconds, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return time.Time{}, err
		}
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
	default:
		return time.Parse(time.RFC3339Nano, s)
	}
}

// text writes a scalar as it stands in XML, headers and forms.
func text(v reflect.Value, m *model.Member, sh *model.Shape, usual string) (string, error) {
	switch sh.Type {
	case "timestamp":
		t, ok := v.Interface().(time.Time)
		if !ok {
			return "", fmt.Errorf("%s is not a time", v.Type())
		}
		return formatTime(t, timeFormat(m, sh, usual)), nil
	case "blob":
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Float32:
		return strconv.FormatFloat(v.Float(), 'g', -1, 32), nil
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64), nil
	default:
		return "", fmt.Errorf("%s is not a %s", v.Type(), sh.Type)
	}
}

// parse reads a scalar from its text form.
func parse(s string, m *model.Member, sh *model.Shape, usual string) (any, error) {
	switch sh.Type {
	case "boolean":
		return strconv.ParseBool(s)
	case "integer", "long":
		return strconv.ParseInt(s, 10, 64)
	case "float", "double":
		return strconv.ParseFloat(s, 64)
	case "blob":
		return base64.StdEncoding.DecodeString(s)
	case "timestamp":
		return parseTime(s, timeFormat(m, sh, usual))
	default:
		return s, nil
	}
}
