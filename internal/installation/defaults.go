package installation

import (
	"cmp"
	"context"
	"slices"

	"github.com/pott-dev/pott/api"
	"github.com/pott-dev/pott/internal/audit"
	"github.com/pott-dev/pott/internal/installation/store"
	"github.com/pott-dev/pott/license"
)

// ThemeSystem is what pages look like that follow the reader's own device.
const ThemeSystem = "system"

// Themes are what pages may look like.
var Themes = []string{ThemeSystem, "light", "dark", "contrast"}

// everybody is whose preference holds for people who have none of their own. No
// person has such an id.
const everybody = ""

// Defaults returns how pages are for those who have chosen nothing.
func (in *Installation) Defaults(ctx context.Context, act Act) (api.Defaults, error) {
	var d api.Defaults
	err := in.view(func(v *store.View) error {
		d = defaultsOf(v)
		return nil
	})
	return d, err
}

func defaultsOf(v *store.View) api.Defaults {
	pref, _ := v.Preference(everybody)
	return api.Defaults{Language: cmp.Or(v.Info().Language, "en"), Theme: cmp.Or(pref.Theme, ThemeSystem)}
}

// PutDefaults says how pages are from now on for those who have chosen nothing.
// What somebody chose stays as it is.
func (in *Installation) PutDefaults(ctx context.Context, act Act, patch api.DefaultsPatch) (api.ChangedDefaults, error) {
	switch {
	case patch.Language != nil && !slices.Contains(license.Languages, *patch.Language):
		return api.ChangedDefaults{}, &BadValueError{Field: "language", Why: "use one of sv, en, nb, da, de, nl"}
	case patch.Theme != nil && !slices.Contains(Themes, *patch.Theme):
		return api.ChangedDefaults{}, &BadValueError{Field: "theme", Why: "use one of system, light, dark, contrast"}
	}
	var answer api.ChangedDefaults
	outcome, err := in.perform(ctx, act, func(tx *store.Tx) (bool, error) {
		was := defaultsOf(&tx.View)
		next := was
		if patch.Language != nil {
			next.Language = *patch.Language
		}
		if patch.Theme != nil {
			next.Theme = *patch.Theme
		}
		if err := act.meanwhile(tx.Info().Company, changing("language", was.Language, patch.Language != nil, &next.Language),
			changing("theme", was.Theme, patch.Theme != nil, &next.Theme)); err != nil {
			return false, err
		}
		answer = api.ChangedDefaults{Defaults: next, Was: was}
		return next != was, writeDefaults(tx, was, next)
	})
	answer.Outcome = outcome
	return answer, err
}

func writeDefaults(tx *store.Tx, was, next api.Defaults) error {
	var facts []audit.Fact
	if next.Language != was.Language {
		owner := tx.Info().Owner
		owner.Language = next.Language
		if err := tx.SetOwner(owner); err != nil {
			return err
		}
		facts = append(facts, audit.F("language", was.Language+" -> "+next.Language))
	}
	if next.Theme != was.Theme {
		if err := tx.PutPreference(store.Preference{Person: everybody, Theme: next.Theme}); err != nil {
			return err
		}
		facts = append(facts, audit.F("theme", was.Theme+" -> "+next.Theme))
	}
	if len(facts) > 0 {
		tx.Entry("defaults.set", "", facts...)
	}
	return nil
}
