package command

import (
	"runtime"

	"github.com/pott-dev/pott/cmd/pott/host"
)

type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	doc := struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		System  string `json:"system"`
	}{host.Version(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return s.answer(answer{doc: doc, ids: []string{doc.Version}, human: func(o *paper) {
		o.printf("pott %s (%s, %s)\n", doc.Version, doc.Go, doc.System)
	}})
}
