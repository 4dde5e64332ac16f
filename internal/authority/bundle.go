package authority

import (
	"bytes"
	"context"
	"time"

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
	known, err := a.keyLists(ctx)
	if err != nil {
		return 0, err
	}
	all := known
	for _, text := range signed {
		l, err := licensefile.ParseKeyList(text)
		if err != nil {
			return 0, err
		}
		if l.Number == int64(len(all))+1 {
			all = append(all[:len(all):len(all)], text)
		}
	}
	if len(all) > len(known) {
		if _, err := licensefile.VerifyKeyLists(all, a.trust); err != nil {
			return 0, err
		}
	}
	for _, text := range signed {
		if err := a.AddKeyList(ctx, by, text, now); err != nil {
			return 0, err
		}
	}
	return len(all) - len(known), nil
}
