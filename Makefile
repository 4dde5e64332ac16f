# Three commands: `go test ./...` needs nothing, `make check` is what a change
# must pass, `make run` is a seeded demo on localhost. `make proof` is the long
# version of check: full sizes, and the figures they give.

SHELL      := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
REPORT     ?= /dev/null
FUZZTIME   ?= 1s
BENCHTIME  ?= 1s
POSTGRES   := .ci/with-postgres

# SQLite's own code is C translated to Go: watching its memory doubles the time
# and finds nothing of ours. Only that one package may be left out. Code that
# uses Go's locks and atomics must all be watched, or the detector sees races
# where there are none.
RACE := -race '-gcflags=modernc.org/sqlite/lib=-race=false'

# Packages in which nothing of ours runs at the same time: commands, scripts and
# readers. What they call is watched in its own package. Scripts are left out for
# the same reason: every line of them starts a program.
ALONE := /cmd/pott-authority$$|/cmd/pott-verify$$|/installation/fsck$$|/spec/vectors/generate$$|/verify-js$$

.PHONY: test check fmt vet staticcheck both race fuzz hsm generated demo run proof generate

test:
	go test ./...

check: fmt vet staticcheck both race fuzz hsm generated demo

fmt:
	@echo "== gofmt, $$(date +%T)"; files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go' 2>/dev/null || find . -name '*.go')); \
	if [ -n "$$files" ]; then echo "not formatted: $$files"; exit 1; fi

vet:
	@echo "== go vet, $$(date +%T)"; go vet ./... && cd tools && go vet ./...

# In a module of its own, so that what it needs never reaches ours.
staticcheck:
	@echo "== staticcheck, $$(date +%T)"; go build -C tools -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck && bin/staticcheck ./...

# A test that is left out is a failure here, for want of PostgreSQL or Node too.
both:
	@echo "== tests on both databases, $$(date +%T)"; go build -C tools -o ../bin/testreport ./testreport; \
	POTT_TEST_NODE_REQUIRED=1 $(POSTGRES) go test -json ./... | bin/testreport -noskip -summary '$(REPORT)'

race:
	@echo "== race detector, $$(date +%T)"; go build -C tools -o ../bin/testreport ./testreport; \
	$(POSTGRES) go test -json -short -timeout 8m -skip "^TestCommands$$" $(RACE) $$(go list ./... | grep -vE '$(ALONE)') | bin/testreport

fuzz:
	@echo "== fuzzing, $(FUZZTIME) each, $$(date +%T)"; .ci/fuzz $(FUZZTIME)

# A module of its own: it needs cgo, and our binaries stay static.
hsm: staticcheck
	@echo "== keys on a token, $$(date +%T)"; cd hsm && go vet ./... && ../bin/staticcheck ./... && \
	POTT_TEST_SOFTHSM_REQUIRED=1 CGO_ENABLED=1 go test ./...

generate:
	go generate ./...

# What is generated and committed must come out the same, to the byte.
generated:
	@echo "== generated files, $$(date +%T)"; keep=$$(mktemp -d); trap 'rm -rf "$$keep"' EXIT; cp -R spec "$$keep/"; \
	go generate ./... && diff -r "$$keep/spec" spec && echo "unchanged"

demo:
	@echo "== demo, $$(date +%T)"; go run ./cmd/pott-demo --once

run:
	go run ./cmd/pott-demo

# Storms, kills and benchmarks at full size. Prints what it measures.
proof:
	@go build -C tools -o ../bin/testreport ./testreport
	POTT_PROOF=1 $(POSTGRES) go test -json -timeout 60m -count=1 ./... | bin/testreport -noskip -figures
	POTT_PROOF=1 $(POSTGRES) go test -run '^$$' -bench . -benchtime $(BENCHTIME) -timeout 60m ./...
	$(MAKE) fuzz FUZZTIME=10m
