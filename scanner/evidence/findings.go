package evidence

import (
	"errors"
	"io"
	"iter"
)

// FindingLines yields the findings of a result document (onus.result/v1), each as the
// JSON that stands on its line; it is valid until the next one. All other lines go to
// rest: they are the same document without its findings. Lines that were taken out of a
// redacted copy are left out.
func FindingLines(document io.Reader, rest io.Writer) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in, where := linesOf("the result", document), section{}
		for {
			line, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if string(line) == withheld {
				continue
			}
			if where.finding(line) {
				text, _, err := object(line)
				if err != nil {
					err = in.wrong("%v", err)
				}
				if !yield(text, err) || err != nil {
					return
				}
				continue
			}
			_, err = rest.Write(line)
			if _, end := rest.Write([]byte{'\n'}); err != nil || end != nil {
				yield(nil, errors.Join(err, end))
				return
			}
		}
	}
}
