# Works with GNU make 3.81, which macOS has. Needs Go and Python 3; race needs a C compiler as well.

GO       ?= go
FUZZTIME ?= 20s
BENCHMB  ?= 100
WRITE    ?=
PAIRS    ?= 10
DEPLOYHOSTS ?= 40
SCALEMB  ?= 2000
SPARKLOGS ?= 100
SCALEFILES ?= 1000
SCALEJOBS ?= 8
PROGRAMS = tmux less vi git zsh fish strace
# What a package may take: four busy machines' worth of what it takes alone. Go's own ten minutes are for idle ones.
TIMEOUT  = 40m
FAULTS   ?= 200
SEED     ?= 0
GOLANGCI_VERSION = v2.15.0
GOLANGCI = .tools/golangci-lint-$(GOLANGCI_VERSION)
GREMLINS_VERSION = v0.6.0
GREMLINS = .tools/gremlins-$(GREMLINS_VERSION)
GORELEASER_VERSION = v2.17.0
CYCLONEDX_VERSION = v1.10.0
VERSION  =
# Where make install puts things. DESTDIR stands in front of it, for those who make packages.
PREFIX   ?= /usr/local
BINDIR    = $(DESTDIR)$(PREFIX)/bin
MANDIR    = $(DESTDIR)$(PREFIX)/share/man/man1
BASHDIR   = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHDIR    = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISHDIR   = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
DOCDIR    = $(DESTDIR)$(PREFIX)/share/doc/orbfilter
# Programs below testdata, which ./... leaves out.
TOOLS    = ./testdata/bench ./testdata/faults ./testdata/layouts ./testdata/marked ./testdata/mutants ./testdata/needs ./testdata/overhead ./testdata/verify ./testdata/loghub
# What make mutants tries: what keeps or loses a line, and what is said of it.
MUTANTS  = $(STAGES:%=filter/%) filter/audit filter/report rules/mask
# The stages of the engine, and what they are made of.
STAGES   = capped cpython gate hold lines match match/memory match/site match/traceback outcome plan pyinfra tally view
PLATFORMS = darwin/arm64 darwin/amd64 linux/arm64 windows/amd64

build: ## build bin/orbfilter, static (default), in seconds; VERSION=1.2.3 sets what it says of itself
	CGO_ENABLED=0 $(GO) build -trimpath $(if $(VERSION),-ldflags "-s -w -X github.com/orbfilter/orbfilter/cmd.version=$(VERSION)") -o bin/ ./cmd/orbfilter

# What is built already, and is not older than its sources, is taken: so after make build root compiles nothing.
install: ## install the program, its man pages and its completions below PREFIX (/usr/local); DESTDIR stands in front of it
	@[ -x bin/orbfilter ] && [ -z "$$(find cmd diagnose filter internal rules go.mod -newer bin/orbfilter -type f | head -n 1)" ] || $(MAKE) build
	mkdir -p "$(BINDIR)" "$(MANDIR)" "$(BASHDIR)" "$(ZSHDIR)" "$(FISHDIR)" "$(DOCDIR)"
	install -m 755 bin/orbfilter "$(BINDIR)/orbfilter"
	bin/orbfilter man "$(MANDIR)" >/dev/null
	bin/orbfilter completion bash >"$(BASHDIR)/orbfilter"
	bin/orbfilter completion zsh >"$(ZSHDIR)/_orbfilter"
	bin/orbfilter completion fish >"$(FISHDIR)/orbfilter.fish"
	install -m 644 LICENSE "$(DOCDIR)/LICENSE"
	@echo "installed: $(BINDIR)/orbfilter; make uninstall PREFIX=$(PREFIX) removes it"
	@[ -n "$(DESTDIR)" ] || case ":$$PATH:" in *":$(BINDIR):"*) ;; *) echo "it is not found by its name yet; type: export PATH=\"$(BINDIR):\$$PATH\"" ;; esac

# A folder of others is left where it is, as soon as there is something else in it.
uninstall: ## remove what install has put below PREFIX, and nothing else
	rm -f "$(BINDIR)/orbfilter" "$(MANDIR)"/orbfilter.1 "$(MANDIR)"/orbfilter-*.1 "$(BASHDIR)/orbfilter" "$(ZSHDIR)/_orbfilter" "$(FISHDIR)/orbfilter.fish" "$(DOCDIR)/LICENSE"
	@rmdir "$(DOCDIR)" "$(MANDIR)" "$(BASHDIR)" "$(ZSHDIR)" "$(FISHDIR)" 2>/dev/null || true

# What most changes want to know. Tests that say testrun.Long are left out: what runs the real pyinfra, other programs or a browser, what plays CI systems, and what
# tries many inputs. Packages that have not changed are not tested again.
check: build lint ## build, lint, and test without what takes long: some two minutes with warm caches
	$(GO) test -timeout $(TIMEOUT) -short ./... ./testdata/verify

# Without pyinfra the live test says why it is skipped; where CI is set, it fails.
test: says ## run every test, the live one included: ten minutes and more, and what it installs before that
	testdata/live/venvs.sh || [ -z "$$CI$$ORBFILTER_LIVE_REQUIRED" ]
	testdata/live/debian.sh $(PROGRAMS) || [ -z "$$CI$$ORBFILTER_LIVE_REQUIRED" ]
	$(GO) test -timeout $(TIMEOUT) ./... ./testdata/verify

programs: ## install the programs that tests run, as root on Debian and its like: seconds
	testdata/live/debian.sh $(PROGRAMS)

# What is there already is left alone.
says:
	@echo "make test installs what is missing: Python environments below .venvs, from PyPI, for the live tests, those of the doctor and of CI (some 1.3 GB);"
	@echo "and as root on Debian and its like, packages of the system: $(PROGRAMS), Chromium (some 0.5 GB). To test without any of it type: make check"

live: ## run the live test alone, the real pyinfra, filtered: three minutes, and 170 MB below .venvs at first
	testdata/live/venvs.sh
	$(GO) test -timeout $(TIMEOUT) ./cmd -run '^TestLive' -count=1 -v

page: ## run the tests of the page alone, in Chromium: two minutes, and a browser at first
	testdata/page/browser.sh
	$(GO) test -timeout $(TIMEOUT) ./cmd/render/page -count=1 -v

lint: $(GOLANGCI) ## check formatting, go.mod and the import arrows, run the linters: a minute, and 70 MB below .tools at first
	@unformatted=$$(gofmt -l cmd diagnose filter internal rules testdata) && \
	  if [ -n "$$unformatted" ]; then echo "not formatted, run gofmt -w:"; echo "$$unformatted"; exit 1; fi
	@if grep -nE '^[[:space:]]*go (func|[a-z.]+\()' $$(ls filter/*.go $(STAGES:%=filter/%/*.go) rules/learn/*.go rules/learn/*/*.go rules/mask/*.go rules/ruletest/*.go | grep -v _test.go); then echo "the engine starts no goroutine"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./... $(TOOLS)
	$(GOLANGCI) run

$(GOLANGCI):
	GOBIN="$(CURDIR)/.tools" $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv .tools/golangci-lint $@

# Only where goroutines are: the engine has none, but filters share a plan, and patterns. What runs the program, or Python, as another process is left
# out: the detector does not see in there, and it takes long. So is what has one goroutine and many inputs; and what measures memory, or types into a
# shell: such a test says testrun.WithoutRace. filter/wrap waits for other processes, and is first, alone.
race: ## run the tests of what runs side by side with the race detector: a quarter of an hour
	$(GO) test -timeout $(TIMEOUT) -race ./filter/wrap
	$(GO) test -timeout $(TIMEOUT) -race ./cmd ./cmd/cli ./cmd/scan ./cmd/stream ./diagnose/... ./internal/... ./filter/batch ./filter/logs
	$(GO) test -timeout $(TIMEOUT) -race -run 'Shared|Streams|Behind|FullDisk' ./filter ./filter/audit
	$(GO) test -timeout $(TIMEOUT) -race -run 'TwoStreams|Stream|Marks' ./cmd/render/ci

fuzz: ## fuzz each target for FUZZTIME (20s): six minutes
	@for package in $$(grep -rl --include='*_test.go' '^func Fuzz' cmd diagnose filter internal rules | xargs -n 1 dirname | sort -u | sed 's,^,./,'); do \
	  targets=$$($(GO) test -list '^Fuzz' $$package) || exit; \
	  for target in $$(echo "$$targets" | grep '^Fuzz'); do \
	    echo "$(GO) test $$package -fuzz $$target -fuzztime $(FUZZTIME)"; \
	    $(GO) test $$package -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x || exit; \
	  done; \
	done

cross: ## vet and build for the other platforms: two minutes
	@for platform in $(PLATFORMS); do \
	  echo "$$platform"; \
	  export CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/}; \
	  $(GO) vet ./... && $(GO) build ./... || exit; \
	done

bench: build ## measure the program with logs of BENCHMB (100) beside what people have in its place; WRITE=1 writes docs/explanation/benchmarks.md
	testdata/live/debian.sh rg perl || true
	$(GO) run ./testdata/bench -mb $(BENCHMB) $(if $(WRITE),-write docs/explanation/benchmarks.md -readme docs/explanation/benchmarks.md) bin/orbfilter

loghub: build ## measure rules learn, fingerprints and the gate on the logs of LogHub in DIR, beside drain3 if PYTHON has it; WRITE=1 writes docs/explanation/learn.md
	$(GO) run ./testdata/loghub $(if $(PYTHON),-python $(PYTHON)) $(if $(WRITE),-write docs/explanation/learn.md) $(DIR) bin/orbfilter

start: build ## measure what the program costs before it has read anything: a minute
	$(GO) run testdata/start.go bin/orbfilter

scale: build ## scan SCALEFILES (1000) logs of SCALEMB (2000) together, one and SCALEJOBS (8) at a time; SCALEFILES=1 is one log, read in parts
	$(GO) run testdata/scale.go -files $(SCALEFILES) -mb $(SCALEMB) -jobs $(SCALEJOBS) bin/orbfilter testdata/captures

# Needs Java 17 or newer.
spark: build ## run examples/spark on a cluster of two workers on this machine with SPARKLOGS (100) logs, and kill one: some minutes, and 0.5 GB below .venvs at first
	[ -x .venvs/spark/bin/python ] || { python3 -m venv .venvs/spark && .venvs/spark/bin/pip install -q pyspark==4.3.0; }
	.venvs/spark/bin/python examples/spark/test.py --logs $(SPARKLOGS) bin/orbfilter testdata/captures

spark-speed: build ## what a core does under Spark of what it does alone, on 200 logs of some MB, and on 4000 of some KB: some minutes
	[ -x .venvs/spark/bin/python ] || { python3 -m venv .venvs/spark && .venvs/spark/bin/pip install -q pyspark==4.3.0; }
	.venvs/spark/bin/python examples/spark/test.py --measure --logs 200 --runs 280 bin/orbfilter testdata/captures
	.venvs/spark/bin/python examples/spark/test.py --measure --logs 4000 --runs 3 bin/orbfilter testdata/captures

otel: ## build the OpenTelemetry collector that the test of rules export runs, and run that: a quarter of an hour, and 1 GB of Go modules
	testdata/export/otel.sh
	$(MAKE) exports

exports: ## run what rules export writes in rsyslogd and logcheck from Debian, and in the collector if make otel has built it: some minutes
	ORBFILTER_EXPORTS=1 $(GO) test -timeout $(TIMEOUT) ./cmd/render/catalog -run '^TestLiveExport' -count=1 -v

scan-speed: build ## measure the CPU time of scan on 300 packed logs beside gzip -dc: a minute; LOGS=DIR takes logs of yours
	$(GO) run testdata/scanspeed.go $(if $(LOGS),-logs $(LOGS)) bin/orbfilter testdata/captures

# Takes long: a hundred environments. The table is written only where everything is as the rules say.
verify: build ## hold the rules and their advice against the real programs, on both sides of each version, and write the table: an hour, a hundred environments
	$(GO) run ./testdata/verify -write docs/reference/known-issues.md bin/orbfilter

verify-quick: build ## the part of it that takes a minute: the first issue, and the advice
	$(GO) run ./testdata/verify -quick bin/orbfilter

faults: build ## break FAULTS (200) runs on purpose, and compare with what happens without orbfilter; SEED=N has them all again; WRITE=1 writes the table into docs/explanation/reliability.md
	$(GO) run ./testdata/faults -n $(FAULTS) -seed $(SEED) $(if $(WRITE),-write docs/explanation/reliability.md) bin/orbfilter

layouts-quick: build ## the part of it that takes some two minutes
	$(GO) test -timeout $(TIMEOUT) -count=1 -v ./testdata/layouts

layouts: build ## hold the doctor against some 40 ways to install pyinfra, run its fixes, and write the table into docs/how-to/doctor.md: half an hour at first, and 5 GB below .venvs
	testdata/live/debian.sh strace debootstrap || true
	$(GO) run ./testdata/layouts -write docs/how-to/doctor.md bin/orbfilter

overhead: build ## measure PAIRS (10) deploys of the real pyinfra to DEPLOYHOSTS (40) hosts, under run and without, in turn; WRITE=1 as above
	testdata/live/venvs.sh
	$(GO) run ./testdata/overhead -pairs $(PAIRS) -hosts $(DEPLOYHOSTS) $(if $(WRITE),-write docs/explanation/reliability.md) bin/orbfilter

needs: build ## measure memory, address space, threads, and the first moments of a start; WRITE=1 as above
	$(GO) run ./testdata/needs $(if $(WRITE),-write docs/explanation/reliability.md) bin/orbfilter

generate: ## make Go of the built-in rules and of the templates of the page, as they are in the program, after one has changed
	$(GO) generate ./rules ./filter/plan ./cmd/render/page

rules: generate build ## look for mistakes in the built-in rules, and test them: a minute
	bin/orbfilter rules lint
	bin/orbfilter rules test

coverage: ## write docs/reference/coverage.md: what pyinfra can print when something goes wrong, and the rule for it
	$(GO) test ./cmd -run '^TestCoverage$$' -count=1 -update

reference: ## write the pages of docs/reference that are made of the program: commands, exit codes, config, fields of rules, schemas
	$(GO) test ./cmd -run '^TestDocsReference$$' -count=1 -update
	$(GO) test ./rules -run '^(TestDocsHaveTheTableOfFields|TestSchema)$$' -count=1 -update
	$(GO) test ./filter/report -run '^TestSchemaIsUpToDate$$' -count=1 -update

site: ## make a site of docs, in site/, and check its links: half a minute, and 50 MB below .venvs at first
	NO_MKDOCS_2_WARNING=1 "$$(packaging/venv.sh site)/bin/mkdocs" build --strict

release: .tools/goreleaser-$(GORELEASER_VERSION) .tools/cyclonedx-gomod-$(CYCLONEDX_VERSION) ## publish the release of the tag that is checked out; it needs GITHUB_TOKEN
	packaging/goreleaser.sh

picture: build ## record the pictures of README: a deploy of the real pyinfra in a terminal, without orbfilter and with it
	testdata/live/venvs.sh
	testdata/picture/picture.sh bin/orbfilter

golden: ## write the expected outputs of the tests anew, in some minutes; look at the difference before you commit it
	$(GO) test ./cmd ./cmd/render/summary ./cmd/render/ci ./cmd/render/reports ./cmd/render/catalog ./cmd/render/diagnosis ./cmd/render/page ./filter/match ./rules -run 'Golden|Script|WrongFiles' -update

# Alone on the machine: tests that time out are taken for ones that have noticed.
mutants: $(GREMLINS) ## change an operator at a time in MUTANTS, and see whether the tests notice: hours; SAMPLE=60 tries so many a package; WRITE=1 writes the table into docs
	$(GO) run ./testdata/mutants -gremlins $(GREMLINS) $(if $(SAMPLE),-sample $(SAMPLE)) $(if $(WRITE),-write docs/explanation/architecture.md) $(MUTANTS)

$(GREMLINS):
	GOBIN="$(CURDIR)/.tools" $(GO) install github.com/go-gremlins/gremlins/cmd/gremlins@$(GREMLINS_VERSION)
	mv .tools/gremlins $@

house: ## print the packages with their files, lines and imports: a second
	@$(GO) run testdata/house.go

snapshot: .tools/goreleaser-$(GORELEASER_VERSION) .tools/cyclonedx-gomod-$(CYCLONEDX_VERSION) ## build all packages into dist/, and publish nothing: some minutes, and a quarter of an hour for the tools at first
	packaging/goreleaser.sh --snapshot
	@packaging/sizes.sh dist

reproducible: .tools/goreleaser-$(GORELEASER_VERSION) .tools/cyclonedx-gomod-$(CYCLONEDX_VERSION) ## build the packages of this commit twice, in two folders, and compare: some ten minutes
	packaging/reproducible.sh

packages-test: ## install each package of dist/ as people do, use it and remove it: some minutes; deb in a new Debian, where root can make one
	testdata/live/debian.sh rpm debootstrap || [ -z "$$CI" ]
	packaging/test.sh dist

.tools/goreleaser-$(GORELEASER_VERSION):
	GOBIN="$(CURDIR)/.tools" $(GO) install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)
	touch $@

.tools/cyclonedx-gomod-$(CYCLONEDX_VERSION):
	GOBIN="$(CURDIR)/.tools" $(GO) install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)
	touch $@

demo: build ## filter the recorded run of 20 hosts
	@bin/orbfilter <testdata/captures/gevent-25.5.1.20-hosts.pipe.log

clean: ## remove what was built and installed here
	rm -rf bin dist site .tools .venvs coverage.out

help: ## list what there is to make, and what it costs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: build site release reference picture install uninstall snapshot reproducible packages-test check says programs house test live page lint race fuzz cross bench start scale scan-speed spark spark-speed otel exports faults layouts layouts-quick overhead needs mutants verify verify-quick generate rules coverage golden demo clean help loghub
