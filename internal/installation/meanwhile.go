package installation

import (
	"maps"
	"slices"
	"strings"
)

// A field is one value of something that is edited, written as the API writes it.
type field struct {
	name string // as the API calls it; a part of it follows a dot, as in texts.sv
	now  string
	to   *string // what it becomes; nil: it stays
}

// changing is a field that may be changed; its new value stands where to points.
func changing(name, now string, changes bool, to *string) field {
	if !changes {
		to = nil
	}
	return field{name, now, to}
}

// meanwhile lets a change meet what others have changed since whoever acts looked:
// a field left as it was seen becomes what it says now, so that nobody's newer
// change is written over. A [*ChangedMeanwhileError] names the fields that both
// have changed, to different values. Fields nobody says anything about in Was are
// written as they come.
func (a Act) meanwhile(about string, fields ...field) error {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(a.Was)) {
		if !known[name] {
			return &BadValueError{Field: "was", Why: "there is no field " + shorten(name, 40)}
		}
	}
	changed := &ChangedMeanwhileError{About: about}
	for _, f := range fields {
		was, seen := a.Was[f.name]
		switch {
		case !seen || f.to == nil:
		case *f.to == was:
			*f.to = f.now
		case f.now != was && f.now != *f.to:
			changed.Fields = append(changed.Fields, f.name)
		}
	}
	if len(changed.Fields) > 0 {
		return changed
	}
	return nil
}

// A ChangedMeanwhileError is returned when fields say something else by now than
// when a change of them was made up. Nothing was changed.
type ChangedMeanwhileError struct {
	About  string   // what it is called, as people call it
	Fields []string // such as texts.sv
}

func (e *ChangedMeanwhileError) Error() string {
	return e.About + " was changed meanwhile: " + strings.Join(e.Fields, ", ")
}

// Code returns the stable code of the error.
func (e *ChangedMeanwhileError) Code() string { return "change.meanwhile" }
