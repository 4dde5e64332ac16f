package command

import (
	"runtime"
	"runtime/debug"
	"sync"
)

type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	doc := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		System  string `json:"system"`
	}{version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return s.answer(answer{doc: doc, ids: []string{doc.Version}, human: func(o *paper) {
		o.printf("pott %s (%s, %s)\n", doc.Version, doc.Go, doc.System)
	}})
}

// version returns what was built: a released version, or the commit.
var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
})
