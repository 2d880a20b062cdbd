package collect

import "context"

// Walk goes through all pages of one fact within Ask: half of a list is no value there.
// each takes a page in and returns its token. Walk fails where the list would never end.
func Walk[O, P any](ctx context.Context, pages Pages[O, P], each func(P) *string) error {
	seen := map[string]bool{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		token := ""
		if t := each(page); t != nil {
			token = *t
		}
		switch {
		case seen[token]:
			return errRepeated
		case len(seen) == MaxPages:
			return errTooLong
		}
		seen[token] = true
	}
	return nil
}
