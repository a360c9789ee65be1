# The front door. `make help` lists what it offers.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# An installed Temporal CLI takes the place of bin/temporal: the one that is named, else one on the PATH that is new enough.
ifdef TEMPORAL_CLI
TEMPORAL_SAY = echo "Using $(TEMPORAL_CLI) in place of bin/temporal."
else
TEMPORAL_CLI := $(shell tools/find-temporal.sh path)
TEMPORAL_SAY = tools/find-temporal.sh say
endif
ifneq ($(TEMPORAL_CLI),)
export TEMPORAL_CLI
else
unexport TEMPORAL_CLI
endif

MODULES := $(patsubst %/go.mod,%,$(wildcard go.mod */go.mod tests/*/go.mod))
MODULES := . $(filter-out go.mod,$(MODULES))
DEVSERVER_SOURCES := $(filter-out %_test.go,$(wildcard devserver/*.go)) devserver/go.mod devserver/go.sum
TOOLS_SOURCES := tools/go.mod tools/go.sum $(filter-out %_test.go,$(wildcard tools/*/*.go tools/internal/*/*.go))
TOOLS := bin/tools/.built
VULNDB ?= $(lastword $(sort $(wildcard ../shared/vulndb/*.tar.gz)))

# The devserver is compiled with -trimpath; whatever else loads it must say the same, or the whole Temporal
# server is compiled once more.
DEVSERVER_FLAGS = GOFLAGS="$$(go env GOFLAGS) -trimpath"

# Runs one command in every module, and fails after the last one if any failed.
IN_EACH_MODULE = status=0; for module in $(MODULES); do \
	echo "== $(notdir $(firstword $(1))) $(wordlist 2,9,$(1)): $$module"; \
	(cd $$module && if [ $$module = devserver ]; then export $(DEVSERVER_FLAGS); fi && $(1)) || status=1; \
	done; exit $$status

# The race detector needs a C compiler. It watches everything but SQLite's engine, which is C turned into Go and takes four times as long when
# it is watched. The packages are named one by one: one that instantiates sync.Map without the detector would hide its locks from it everywhere.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race \
	$(foreach engine,sqlite/lib libc memory,'-gcflags=modernc.org/$(engine)=-race=false'))
TEST_FLAGS := -vet=off -timeout 40m

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  A Temporal CLI on the PATH is used if its server is 1.29 or newer, or the one that TEMPORAL_CLI=/path/to/temporal names;"
	@echo "  otherwise bin/temporal is built."

.PHONY: build
build: programs temporal ## Build bin/worker, bin/starter, bin/sandbox and bin/temporal (minutes the first time, then seconds).

.PHONY: programs
programs:
	go build -trimpath -o bin/ ./worker ./starter ./sandbox

.PHONY: temporal
ifneq ($(TEMPORAL_CLI),)
temporal:
	@test -x "$(TEMPORAL_CLI)" || { echo "TEMPORAL_CLI=$(TEMPORAL_CLI) is not a program that can be run." >&2; exit 1; }
	@$(TEMPORAL_SAY)
else
temporal: say-temporal bin/temporal
endif

.PHONY: say-temporal
say-temporal:
	@$(TEMPORAL_SAY)

bin/temporal: $(DEVSERVER_SOURCES)
	@mkdir -p bin
	@tools/build-devserver.sh $@

.PHONY: sbom
sbom: programs $(TOOLS) ## Write which modules bin/worker and bin/starter are built from (CycloneDX): bin/worker.cdx.json, bin/starter.cdx.json.
	@bin/tools/sbom -to bin bin/worker bin/starter

.PHONY: demo
demo: build ## Watch it work: Temporal, a worker, a sandbox warehouse and stores, until Ctrl-C (ONCE=1 ends by itself).
	@bin/starter demo $(if $(filter 1,$(ONCE)),--once)

.PHONY: test
test: test-tools test-compose test-schemas test-deploy test-main test-chaos test-browser test-devserver ## Run every test, the main module's with the race detector.

.PHONY: test-tools test-compose test-schemas test-deploy test-main test-chaos test-browser test-devserver
test-tools:
	go test -C tools $(TEST_FLAGS) ./...

# Not from the test cache: it does not see the files outside the module that these tests read.
test-compose:
	go test -C tests/compose -count=1 $(TEST_FLAGS) ./...

test-schemas:
	go test -C tests/schemas -count=1 $(TEST_FLAGS) ./...

test-deploy: build
	go test -C tests/deploy -count=1 $(TEST_FLAGS) ./...

test-main: build node
	@$(if $(strip $(RACE)),:,echo "No C compiler here: the tests run without the race detector.")
	go test $(RACE) $(TEST_FLAGS) ./...

# Two crash points. What is watched is processes, which the race detector does not see.
test-chaos: build
	go test -C tests/chaos -count=1 -parallel 8 $(TEST_FLAGS) ./...

# The pages in a real browser, against the demo. TIDEMARK_PICTURES=FOLDER keeps a picture of every page, light and dark, in three widths.
test-browser: build tests/browser/node_modules/.installed
	go test -C tests/browser -count=1 $(TEST_FLAGS) ./...

.PHONY: pictures
pictures: build tests/browser/node_modules/.installed ## Take the README's pictures of the pages anew, from the demo in a real browser.
	TIDEMARK_RETAKE=1 go test -C tests/browser -count=1 $(TEST_FLAGS) -run TestTheDayOfAMerchant ./...

test-devserver: temporal
	$(DEVSERVER_FLAGS) go test -C devserver $(TEST_FLAGS) -short ./...

.PHONY: e2e
e2e: build node ## Run only the whole runs: real Temporal server, real worker, real stores, killed in the middle.
	go test $(TEST_FLAGS) ./tests/e2e ./channels/vendure

# What tests run in Node.js: a real Vendure server, and the examples of docs/signals.md. Without npm those tests skip, or fail where
# nothing may be skipped.
.PHONY: vendure node
vendure: tests/vendure/node_modules/.installed
node: vendure tests/signals/node_modules/.installed

%/node_modules/.installed: %/package.json %/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing what $* runs in Node.js." && npm --prefix $* ci --silent && touch $@; \
	elif [ "$$TIDEMARK_REQUIRE_ALL" = 1 ]; then echo "npm is not installed." >&2; exit 1; \
	else echo "npm is not installed: the tests of $* are skipped."; fi

FUZZTIME ?= 20000x
.PHONY: fuzz
fuzz: ## Fuzz every decoder for FUZZTIME (20000x: so many executions).
	@FUZZ_FIGURES='$(FUZZ_FIGURES)' tools/fuzz.sh $(FUZZTIME)

.PHONY: check
check: check-format check-lines check-imports check-mutants check-matrix check-modules check-vet check-workflows check-staticcheck check-vulnerabilities check-speed ## Check format, length of lines, walls between packages, that planted bugs apply, that named tests exist, go vet, staticcheck, workflow determinism, go.mod files, known vulnerabilities and speed.

.PHONY: check-format check-lines check-imports check-mutants check-matrix check-modules check-vet check-workflows check-staticcheck check-vulnerabilities check-speed
# gofumpt accepts nothing that gofmt would change.
check-format: $(TOOLS)
	@echo "== format"
	@unformatted=$$(bin/tools/gofumpt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "Not formatted (\`make format\` does it):"; echo "$$unformatted"; exit 1; fi

# The folders whose Go code has no line over 160 characters.
LINES := console channels control workflows warehouses outbound settings serve starter sandbox push worker crash devserver inventory config activities ledger \
	tests/sim tests/matrix tests/compose tests/bench tests/channels tools/matrix tools/internal

check-lines: $(TOOLS)
	@echo "== length of lines"
	@bin/tools/lines $(LINES)

check-imports: $(TOOLS)
	@echo "== walls between packages"
	@bin/tools/imports

# Runs none of them: each applies, its test exists, and docs/reliability.md lists it.
check-mutants: $(TOOLS)
	@echo "== planted bugs"
	@bin/tools/mutants -check

# Each row of tests/matrix names tests that exist, or says why not, and docs/reliability.md and docs/security.md list it.
check-matrix: $(TOOLS)
	@echo "== rows and their tests"
	@bin/tools/matrix -check

check-modules:
	@$(call IN_EACH_MODULE,go mod tidy -diff)

check-vet:
	@$(call IN_EACH_MODULE,go vet ./...)

check-workflows: $(TOOLS)
	@echo "== workflow determinism"
	@bin/tools/workflowcheck -config tools/workflowcheck.config.yaml -test=false -show-pos ./...

check-staticcheck: $(TOOLS)
	@$(call IN_EACH_MODULE,$(CURDIR)/bin/tools/staticcheck ./...)

check-vulnerabilities: $(TOOLS)
	@echo "== known vulnerabilities"
	@tools/vulnerabilities.sh bin/tools/govulncheck $(VULNDB)

# Without the race detector, which changes what is compared.
check-speed:
	@echo "== speed, beside that of the last recorded figures"
	@go test -count=1 -vet=off -run TestRatios ./tests/bench

$(TOOLS): $(TOOLS_SOURCES)
	@echo "Building the pinned tools into bin/tools."
	@mkdir -p bin/tools
	@go build -C tools -o ../bin/tools/ tool ./imports ./lines ./matrix ./mutants ./proof ./sbom
	@touch $@

# ROOM=push takes those of one room, NAME=pattern those of a name, CHANGED=main those of packages that changed since, QUICK=1 one of each room.
.PHONY: mutants
mutants: $(TOOLS) ## Plant the bugs of tests/mutants one at a time; the test that each names must fail (ROOM=push, NAME=, CHANGED=main, QUICK=1).
	@bin/tools/mutants $(if $(ROOM),-room '$(ROOM)') $(if $(NAME),-name '$(NAME)') $(if $(CHANGED),-changed '$(CHANGED)') $(if $(QUICK),-quick)

# SEEDS=n plays so many histories, MINUTES=m for so long, FIRST=i from that seed on, SEED=i that one alone, with its story. The figures of many end in
# SIM_FIGURES, as one line of JSON.
.PHONY: sim
sim: ## Play histories in which everything goes wrong, by their seeds, and judge each by what is promised (SEEDS=1000, MINUTES=10, SEED=7).
	go test -count=1 -vet=off -timeout 0 -v ./tests/sim -run '$(if $(SEED),TestOneSeed,TestManyHistories)$$' \
		$(if $(SEED),-seed=$(SEED),$(if $(MINUTES),-minutes=$(MINUTES),-seeds=$(or $(SEEDS),1000)) -first=$(or $(FIRST),1) \
		$(if $(SIM_FIGURES),-figures=$(abspath $(SIM_FIGURES))))

# The figures of all of it end in CHAOS_FIGURES, as one line of JSON.
.PHONY: chaos
chaos: build ## Kill real processes at every crash point, three times each, and judge the stores (CHAOS_SEED=7 for the same ones again).
	go test -C tests/chaos -count=1 -vet=off -timeout 0 -parallel 10 -v . -whole -seed=$(or $(CHAOS_SEED),0) \
		-figures=$(or $(CHAOS_FIGURES),$(CURDIR)/bin/chaos/figures.json)

# PACKAGES are those of which the tests run most of the statements.
CORE := inventory ledger activities workflows control console
.PHONY: coverage
coverage: ## Measure which part of the core packages' statements their tests run, with the race detector (PACKAGES="push").
	@tools/coverage.sh bin/coverage.json '$(or $(PACKAGES),$(CORE))' $(RACE)

# Those of which 50 repeats take minutes; PACKAGES names others.
QUICK := inventory push config settings console control serve activities workflows
.PHONY: repeats
repeats: ## Run the tests of packages REPEATS times (50): one that depends on chance fails (PACKAGES="ledger").
	@tools/repeats.sh bin/repeats.json $(or $(REPEATS),50) '$(or $(PACKAGES),$(QUICK))' $(RACE)

# Each command leaves its figures in bin. One that fails does not keep the others from being run: the table says what falls short. Of two processors it takes
# about an hour.
.PHONY: proof
proof: build $(TOOLS) ## Measure what is promised, and write it into docs/reliability.md beside its goals (MINUTES=10 of simulated histories).
	@rm -f bin/sim.json bin/chaos/figures.json bin/mutants.json bin/matrix.json bin/secrets.json bin/fuzz.json bin/coverage.json bin/repeats.json
	@bin/tools/matrix -check -figures bin/matrix.json
	-go test -count=1 -vet=off -run 'TestNoSecretIsFoundAnywhere$$' -timeout 10m ./tests/e2e
	-$(MAKE) --no-print-directory fuzz FUZZ_FIGURES=bin/fuzz.json
	-$(MAKE) --no-print-directory chaos
	-$(MAKE) --no-print-directory sim MINUTES=$(or $(MINUTES),10) SIM_FIGURES=bin/sim.json
	-@bin/tools/mutants -figures bin/mutants.json
	-$(MAKE) --no-print-directory coverage
	-$(MAKE) --no-print-directory repeats
	@bin/tools/proof -write || { code=$$?; echo "docs/reliability.md says what falls short of its goal." >&2; exit $$code; }

.PHONY: bench
bench: build ## Measure: rows beside their floors, a million levels, events to the store, and each driver's pace against its store's limit.
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./tests/bench ./tests/channels ./tests/e2e

.PHONY: record
record: build ## Record a history of every ending, and a ledger on both databases, as NAME, on released code only.
	@test -n "$(NAME)" || { echo "NAME=vN names the release." >&2; exit 1; }
	go test -tags record -run TestRecord -timeout 20m ./tests/e2e -to $(CURDIR)/workflows/testdata/$(NAME) \
		-to-ledgers $(CURDIR)/ledger/testdata/released/$(NAME) -released $(CURDIR)/bin

.PHONY: format
format: $(TOOLS) ## Format the Go code the way `make check` wants it.
	@bin/tools/gofumpt -l -w .

.PHONY: clean
clean: ## Remove bin/.
	rm -rf bin
