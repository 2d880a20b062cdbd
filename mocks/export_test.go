package mocks

import "reflect"

// HandleAny is Handle for types that only reflection knows.
func HandleAny(s *Server, in, out reflect.Type, fn func(*Request, any) (any, error)) {
	op := s.operation(in, "Input")
	s.operation(out, "Output")
	s.script(op, &script{input: in, answer: func(r *Request, v reflect.Value) (reflect.Value, error) {
		answer, err := fn(r, v.Interface())
		if err != nil {
			return reflect.Value{}, err
		}
		return deref(reflect.ValueOf(answer))
	}})
}
