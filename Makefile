# Three commands: `go test ./...` needs nothing, `make check` is what a change
# must pass, `make run` is a seeded demo on localhost. `make proof` is the long
# version of check: full sizes, and the figures they give.

SHELL      := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
REPORT     ?= /dev/null
FUZZTIME   ?= 1s
BENCHTIME  ?= 1s
POSTGRES   := .ci/with-postgres
ALONE      := env -u POTT_TEST_POSTGRES -u POTT_TEST_POSTGRES_REQUIRED

# SQLite's own code is C translated to Go: watching its memory doubles the time
# and finds nothing of ours. Only that one package may be left out. Code that
# uses Go's locks and atomics must all be watched, or the detector sees races
# where there are none.
RACE := -race '-gcflags=modernc.org/sqlite/lib=-race=false'

# Packages in which something of ours runs at the same time. The others are
# arithmetic, commands and readers: what they call is watched here. Left out for
# the same reason are tests in which one act follows another: scripts, scenarios,
# and the comparison of all commands.
WATCHED := ./entitle ./entitletest ./internal/authority/httpapi ./internal/authority/store \
	./internal/client ./internal/signer ./internal/throttle
# Of the house, its doors and its store those tests in which something happens
# meanwhile; the storms of e2e go through all of it.
HOUSE := ./internal/installation ./internal/installation/httpapi ./internal/installation/web
MEANWHILE := AtOnce|AtATime|Meanwhile|While|Storm|Race|Job|Stream|Live|Follow|Server|Node|Twice|Once|Killed|Verif|Told|Last|Wait|Share
# Where several servers meet in one PostgreSQL, it is watched there too.
NODES := ./e2e ./internal/sqldb
STORE := ./internal/installation/store
WATCH = go test -json -vet=off -short -timeout 8m -skip '$(UNWATCHED)' $(RACE)
UNWATCHED := ^(TestCommands|TestUnderJSON.*|TestTwoInstallations.*|TestTheNewerActs.*|TestDesignteamet.*|TestNordlys.*)$$

.PHONY: test check fmt vet staticcheck both race fuzz hsm generated demo web screenshots run proof generate templ

test:
	@echo "== go test ./..., $$(date +%T)"; $(ALONE) go test ./...

check: fmt vet staticcheck test both race fuzz hsm generated demo web

fmt:
	@echo "== gofmt, $$(date +%T)"; files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$files" ]; then echo "not formatted: $$files"; exit 1; fi

vet:
	@echo "== go vet, $$(date +%T)"; go vet ./... && cd tools && go vet ./...

# In a module of its own, so that what it needs never reaches ours.
staticcheck:
	@echo "== staticcheck, $$(date +%T)"; go build -C tools -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck && bin/staticcheck ./...

# The packages whose tests ask for PostgreSQL or another program, once more with
# it: the step before has run everything else, and everything on SQLite, commands
# and their scripts among it. Four packages at a time, because they mostly wait for
# the server. A test that leaves itself out is a failure here.
BOTH = $$(grep -rlE 'sqldbtest|POTT_TEST_' --include='*_test.go' . | grep -v '^./hsm' | xargs -n1 dirname | sort -u)

both:
	@echo "== tests on both databases, $$(date +%T)"; go build -C tools -o ../bin/testreport ./testreport; \
	POTT_TEST_NODE_REQUIRED=1 $(POSTGRES) go test -json -p 4 -skip '^TestCommands$$|^TestUnderJSON|/^sqlite$$|//^sqlite$$' $(BOTH) | bin/testreport -noskip -summary '$(REPORT)'

# Both halves at once: each ends with one long package, and a core to spare. What
# they share is compiled before, or each would do it.
race:
	@echo "== race detector, $$(date +%T)"; go build -C tools -o ../bin/testreport ./testreport; \
	go build $(RACE) $$(go list -f '{{if ne .Name "main"}}{{if .GoFiles}}{{.ImportPath}}{{end}}{{end}}' ./...); \
	work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; bad=0; \
	{ $(POSTGRES) $(WATCH) $(NODES) && $(POSTGRES) $(WATCH) -run '$(MEANWHILE)' $(STORE); } >"$$work/nodes" & nodes=$$!; \
	{ $(ALONE) $(WATCH) $(WATCHED) && $(ALONE) $(WATCH) -run '$(MEANWHILE)' $(HOUSE); } >"$$work/watched" || bad=1; wait $$nodes || bad=1; \
	cat "$$work"/* | bin/testreport && [ $$bad = 0 ]

fuzz:
	@echo "== fuzzing, $(FUZZTIME) each, $$(date +%T)"; .ci/fuzz $(FUZZTIME)

# A module of its own: it needs cgo, and our binaries stay static.
hsm: staticcheck
	@echo "== keys on a token, $$(date +%T)"; cd hsm && go vet ./... && ../bin/staticcheck ./... && \
	POTT_TEST_SOFTHSM_REQUIRED=1 CGO_ENABLED=1 go test ./...

generate: templ
	go generate ./... && bin/templ generate $(TEMPL) -path internal

TEMPL := -include-version=false -include-timestamp=false -log-level=warn

# In the module of tools, like staticcheck.
templ:
	@go build -C tools -o ../bin/templ github.com/a-h/templ/cmd/templ

# What is generated and committed must come out the same, to the byte.
generated: templ
	@echo "== generated files, $$(date +%T)"; keep=$$(mktemp -d); trap 'rm -rf "$$keep"' EXIT; \
	copy() { mkdir "$$1"; find spec internal -name '*_templ.go' -o -path 'spec/*' -type f | tar -cf - -T - | tar -xf - -C "$$1"; }; \
	copy "$$keep/before"; $(MAKE) -s generate; copy "$$keep/after"; diff -r "$$keep/before" "$$keep/after" && echo "unchanged"

demo:
	@echo "== demo, $$(date +%T)"; go run ./cmd/pott-demo --once

# Everything that needs a browser: accessibility, keyboard, narrow windows, and
# what people do at the pages. Needs Chromium and Node; .ci/web says what is
# missing, and installs it in CI.
web:
	@echo "== pages in a browser, $$(date +%T)"; go build -o bin/world ./e2e/web/world && .ci/web node run.mjs

# Every page in light and dark, wide and narrow, English and Swedish: leaf through
# screenshots/index.html.
screenshots:
	@go build -o bin/world ./e2e/web/world && .ci/web node screenshots.mjs ../../screenshots

run:
	go run ./cmd/pott-demo

# Storms, kills and benchmarks at full size. Prints what it measures.
proof:
	@go build -C tools -o ../bin/testreport ./testreport
	POTT_PROOF=1 $(POSTGRES) go test -json -timeout 60m -count=1 ./... | bin/testreport -noskip -figures
	POTT_PROOF=1 $(POSTGRES) go test -run '^$$' -bench . -benchtime $(BENCHTIME) -timeout 60m ./...
	$(MAKE) fuzz FUZZTIME=10m
