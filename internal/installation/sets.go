package installation

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
	"github.com/pott-dev/pott/licensefile"
)

// findSet finds a received set by its id, such as superoffice-1, or by its
// checkpoint hash. Under the serial number of the installation there is only one
// of each id.
func findSet(v *store.View, id string) (store.Set, error) {
	if raw, err := hex.DecodeString(id); err == nil && len(raw) == 32 {
		for _, row := range v.Sets() {
			if row.Checkpoint == id {
				return row, nil
			}
		}
		return store.Set{}, &UnknownSetError{Set: id}
	}
	i := strings.LastIndexByte(id, '-')
	if i < 0 {
		return store.Set{}, &UnknownSetError{Set: id}
	}
	number, err := strconv.ParseInt(id[i+1:], 10, 64)
	if err != nil {
		return store.Set{}, &UnknownSetError{Set: id}
	}
	issuer := license.Issuer(strings.ToUpper(id[:i]))
	var found *store.Set
	serial := v.Info().Serial
	for _, row := range v.Sets() {
		if row.Issuer == issuer && row.Number == number && (found == nil || row.Serial == serial) {
			found = &row
		}
	}
	if found == nil {
		return store.Set{}, &UnknownSetError{Set: id}
	}
	return *found, nil
}

// Sets returns every set ever received, newest first.
func (in *Installation) Sets(ctx context.Context, act Act) (api.List[api.Set], error) {
	var list api.List[api.Set]
	err := in.view(func(v *store.View) error {
		list = api.List[api.Set]{AsOf: in.options.Now().UTC(), Seq: v.Seq(), Items: []api.Set{}}
		rows := slices.Clone(v.Sets())
		slices.SortStableFunc(rows, newestFirst)
		for _, row := range rows {
			s, err := in.shownSet(ctx, v, row, act.Language)
			if damaged := new(store.DamagedError); errors.As(err, &damaged) {
				s, err = damagedSet(v, row, in.clock(v)), nil
			}
			if err != nil {
				return err
			}
			list.Items = append(list.Items, s)
		}
		list.Total = len(list.Items)
		return nil
	})
	return list, err
}

func newestFirst(x, y store.Set) int {
	switch {
	case x.LoadedAt != y.LoadedAt:
		return sign(y.LoadedAt - x.LoadedAt)
	case x.Issuer != y.Issuer:
		return strings.Compare(string(x.Issuer), string(y.Issuer))
	}
	return sign(y.Number - x.Number)
}

func sign(n int64) int { return int(min(1, max(-1, n))) }

func (in *Installation) shownSet(ctx context.Context, v *store.View, row store.Set, lang string) (api.Set, error) {
	file, err := v.SetFile(ctx, row.File)
	if err != nil {
		return api.Set{}, err
	}
	f, err := licensefile.Parse(file)
	if err != nil {
		return api.Set{}, err
	}
	now := in.clock(v)
	set := setOf(v, row, &f.Set, now)
	if row.State == store.SetActive {
		set.Notice = in.notice(v, &f.Set, now, lang)
		set.State = stateOf(set.State, set.Notice)
	}
	return set, nil
}

// damagedSet shows what is known of a set whose file was changed behind the
// server's back: what the sealed row says. It gives nothing.
func damagedSet(v *store.View, row store.Set, now time.Time) api.Set {
	s := setOf(v, row, &license.Set{Issuer: row.Issuer, Number: row.Number, Serial: row.Serial}, now)
	s.State = license.ReadOnly.String()
	return s
}

// Set returns one received set.
func (in *Installation) Set(ctx context.Context, act Act, id string) (api.Set, error) {
	var out api.Set
	err := in.view(func(v *store.View) error {
		row, err := findSet(v, id)
		if err != nil {
			return err
		}
		out, err = in.shownSet(ctx, v, row, act.Language)
		return err
	})
	return out, err
}

// SetFile returns the file of a set, byte for byte as it was received.
func (in *Installation) SetFile(ctx context.Context, id string) ([]byte, error) {
	var file []byte
	err := in.view(func(v *store.View) error {
		row, err := findSet(v, id)
		if err != nil {
			return err
		}
		file, err = v.SetFile(ctx, row.File)
		return err
	})
	return file, err
}
