package stamp

import "errors"

// maxDepth is far deeper than a token nests.
const maxDepth = 32

// strict accepts what is one value in the lengths that DER allows: definite, as short as
// can be, and filling what they are in. The parser of tokens takes BER too, whose other
// forms are none of a token's.
func strict(text []byte, depth int) error {
	content, constructed, rest, err := value(text)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errors.New("something follows it")
	}
	return inside(content, constructed, depth)
}

func inside(content []byte, constructed bool, depth int) error {
	if !constructed {
		return nil
	}
	if depth > maxDepth {
		return errors.New("it nests too deeply")
	}
	for len(content) > 0 {
		inner, constructed, rest, err := value(content)
		if err != nil {
			return err
		}
		if err := inside(inner, constructed, depth+1); err != nil {
			return err
		}
		content = rest
	}
	return nil
}

// value takes the first value of text apart.
// Source: ITU-T X.690, sections 8.1 and 10.1.
func value(text []byte) (content []byte, constructed bool, rest []byte, err error) {
	if len(text) < 2 {
		return nil, false, nil, errors.New("it is cut off")
	}
	if text[0]&0x1f == 0x1f {
		return nil, false, nil, errors.New("it has a tag of several bytes")
	}
	constructed = text[0]&0x20 != 0
	size, at := int(text[1]), 2
	if size >= 0x80 {
		n := size & 0x7f
		if n == 0 || n > 3 || len(text) < 2+n {
			return nil, false, nil, errors.New("a length is not stated, or too large")
		}
		size = 0
		for _, b := range text[2 : 2+n] {
			size = size<<8 | int(b)
		}
		at += n
		if size < 0x80 || size>>(8*(n-1)) == 0 {
			return nil, false, nil, errors.New("a length is longer than it need be")
		}
	}
	if len(text)-at < size {
		return nil, false, nil, errors.New("it is cut off")
	}
	return text[at : at+size], constructed, text[at+size:], nil
}
