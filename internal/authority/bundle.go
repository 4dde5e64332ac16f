package authority

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pott-dev/pott/internal/authority/store"
	"github.com/pott-dev/pott/licensefile"
)

// JoinKeyLists returns signed key lists as one file, from the first, with a
// blank line between two.
func JoinKeyLists(lists [][]byte) []byte { return bytes.Join(lists, []byte{'\n'}) }

// SplitKeyLists reads what [JoinKeyLists] writes, or the key lists that a
// license file carries. It checks form, not signatures.
func SplitKeyLists(file []byte) ([][]byte, error) {
	if bytes.HasPrefix(file, []byte("pott-license-set/")) {
		f, err := licensefile.Parse(file)
		if err != nil {
			return nil, err
		}
		var lists [][]byte
		for _, l := range f.KeyLists {
			lists = append(lists, l.Bytes())
		}
		return lists, nil
	}
	var lists [][]byte
	for rest := file; ; {
		end := bytes.Index(rest, []byte("\n\npott-key-list/"))
		one := rest
		if end >= 0 {
			one = rest[:end+1]
		}
		if _, err := licensefile.ParseKeyList(one); err != nil {
			return nil, err
		}
		if lists = append(lists, one); end < 0 || len(lists) >= licensefile.MaxKeyLists {
			return lists, nil
		}
		rest = rest[end+2:]
	}
}

// AddKeyLists records those of several signed key lists that are not on record,
// and returns how many that were. Nothing is recorded unless all of them may be.
func (a *Authority) AddKeyLists(ctx context.Context, by string, signed [][]byte, now time.Time) (added int, err error) {
	if added, err = a.TryKeyLists(ctx, signed); err != nil && !forked(err) {
		return 0, err
	}
	for _, text := range signed {
		if err := a.AddKeyList(ctx, by, text, now); err != nil {
			return 0, err
		}
	}
	return added, nil
}

func forked(err error) bool {
	e := (*licensefile.ForkedKeyListError)(nil)
	return errors.As(err, &e)
}

// TryKeyLists returns what [Authority.AddKeyLists] would, and records nothing.
func (a *Authority) TryKeyLists(ctx context.Context, signed [][]byte) (added int, err error) {
	known, err := a.keyLists(ctx)
	if err != nil {
		return 0, err
	}
	all := slices.Clone(known)
	for _, text := range signed {
		d, err := ParseKeyListDraft(text)
		if err != nil {
			return 0, err
		}
		switch next := int64(len(all)) + 1; {
		case d.Number > next:
			return 0, &store.NumberError{What: "key list", Number: d.Number, Next: next}
		case d.Number < next && !bytes.HasPrefix(all[d.Number-1], append(bytes.Clone(d.Text), '\n')):
			return 0, &licensefile.ForkedKeyListError{Number: d.Number}
		case d.Number == next && d.note == nil:
			return 0, &licensefile.UntrustedRootError{KeyList: d.Number, Threshold: d.Threshold}
		case d.Number == next:
			all = append(all, text)
		}
	}
	if added = len(all) - len(known); added > 0 {
		_, err = licensefile.VerifyKeyLists(all, a.trust)
	}
	return added, err
}
