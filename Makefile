# The only door. `make run` and `make test` install what they miss (Debian 12; root or sudo).
.DEFAULT_GOAL := build
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

DEV := build/dev
RELEASE := build/release
BIN := $(DEV)/patchbay
T ?=
PBX ?= lab
JOBS ?= $(shell nproc)
# ccache: the same sources in another folder are the same objects.
export CCACHE_NOHASHDIR := 1
export CCACHE_BASEDIR := $(CURDIR)

.PHONY: build build-fuzz build-tsan release run stop test test-unit test-api test-mariadb test-openapi test-handlers \
  test-system test-system-beside test-calls test-faults test-fuzz test-tsan fuzz-long soak bench fmt lint docs docs-pages check packages packages-test clean install help

help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

packages:
	@tools/packages build

packages-test:
	@tools/packages build lint mariadb balancer lab system browser tls fuzz

build: packages ## configure and build with sanitizers, into build/dev
	@[ -f $(DEV)/build.ninja ] || cmake --preset dev >/dev/null
	@cmake --build $(DEV) -j $(JOBS) | (grep -vE '^\[' || true)

release: packages ## configure and build for use, into build/release
	@[ -f $(RELEASE)/build.ninja ] || cmake --preset release >/dev/null
	@cmake --build $(RELEASE) -j $(JOBS) | (grep -vE '^\[' || true)

# A real Asterisk with phones, a demo store and the host on 127.0.0.1:8080. PBX=none leaves Asterisk out;
# PORT=, PORTS= and DEMO= make another one beside it, STORE=mariadb puts it on a MariaDB server of its own, STORE=galera
# makes a cluster of it (examples/demo/run).
run: release docs-pages ## a demo on 127.0.0.1:8080 with a real Asterisk (PBX=none: without; STORE=mariadb, STORE=galera)
	@[ "$(PBX)" = none ] || tools/packages lab
	@[ "$(STORE)" = sqlite ] || tools/packages mariadb
	@[ "$(STORE)" != galera ] || tools/packages balancer
	@PBX=$(PBX) STORE=$(STORE) examples/demo/run

stop: ## end what make run started
	@examples/demo/run --stop

# Everything, or what matches T (a ctest name, a Lua test's path, a pytest -k expression).
ifeq ($(T),)
test: packages-test lint test-unit test-handlers test-mariadb test-system-beside test-fuzz test-tsan ## what CI runs, or what matches T=...
else
test: build
	@ctest --test-dir $(DEV) -R '$(T)' --output-on-failure --no-tests=ignore
	@$(BIN) test --scripts scripts --match '$(T)' tests/api
	@tools/packages lab system browser tls mariadb balancer && python3 -m pytest -q tests/system -k '$(T)' || [ $$? = 5 ]
endif

test-unit: build ## the C++ tests
	@tools/packages mariadb
	@ctest --test-dir $(DEV) --output-on-failure -j $(JOBS)

# Handler tests on a throw-away host, with one lane and with three at once; STORE=mariadb: all of them on throw-away servers
# (docs/scaling.md).
STORE ?= sqlite
HANDLERS = ($(BIN) test --scripts scripts --cover scripts --lanes 3 tests/api tests/bind examples >$(DEV)/lanes-3.log 2>&1 & other=$$!; \
	  $(BIN) test --scripts scripts --cover scripts --lanes 1 tests/api tests/bind examples || code=1; \
	  wait $$other || code=1; cat $(DEV)/lanes-3.log; tests/bind/examples $(BIN) || code=1; exit $${code:-0})
test-api: build ## the Lua tests on throw-away hosts, with one lane and with three (STORE=mariadb: on a server)
ifeq ($(STORE),mariadb)
	@tools/packages mariadb
	@$(ON_SERVER) --lanes 3 tests/api tests/bind examples >$(DEV)/lanes-3.log 2>&1 & other=$$!; \
	  $(ON_SERVER) --lanes 1 tests/api tests/bind examples || code=1; \
	  wait $$other || code=1; cat $(DEV)/lanes-3.log; exit $${code:-0}
else
	@$(HANDLERS)
endif

# A part of them on a MariaDB server, chosen for its SQL: what every surface is made of, records, sums, bulk changes.
ON_SERVER := tests/support/mariadb.py run $(BIN) test --scripts scripts --store '{url}/patchbay'
test-mariadb: build ## a part of the Lua tests on a throw-away MariaDB server (test-api STORE=mariadb: all)
	@tools/packages mariadb
	@$(ON_SERVER) --lanes 3 tests/bind/store_test.lua tests/api/access tests/api/engine tests/api/jobs \
	  $(patsubst %,tests/api/%_test.lua,kalliope/cdr model/call_import model/idempotency openapi/cdr openapi/extension \
	  openapi/phonebookentry proxyapi/info/cdrs proxyapi/info/queuelogs proxyapi/info/recordings)

# The OpenAPI surface from outside: linters, generated types with a client, schemathesis on a part of the
# document, another one each run, whose seed is printed: OPENAPI="--seed 42" repeats it, OPENAPI=--full tries
# everything, which takes an hour.
OPENAPI ?=
JUDGES = timeout $(if $(findstring --full,$(OPENAPI)),4h,25m) tests/openapi/run $(OPENAPI)
test-openapi: build ## the document and its answers, judged by others (OPENAPI=--full)
	@tools/packages system
	@$(JUDGES)

# Both at once, for neither fills two cores; what the judges say is shown when the handler tests are done.
test-handlers: build
	@tools/packages system
	@$(JUDGES) >$(DEV)/openapi.log 2>&1 & judged=$$!; \
	  $(HANDLERS) || code=1; \
	  wait $$judged || code=1; cat $(DEV)/openapi.log; exit $${code:-0}

# The host as users run it: real Asterisk, SIP phones, headless Chromium, and a short part on MariaDB.
test-system: build docs-pages ## the host on a real Asterisk, with phones and a browser
	@tools/packages lab system browser lint tls mariadb balancer
	@tests/system/run

# The same while what the parts behind it need is built, in the two fifths of the time that nobody else wants. A build
# that fails says so when its part is asked for.
test-system-beside: build
	@tools/packages fuzz
	@chrt --idle 0 make --no-print-directory build-fuzz build-tsan >$(DEV)/beside.log 2>&1 & built=$$!; \
	  make --no-print-directory test-system || code=$$?; wait $$built || true; exit $${code:-0}

# The files of it that were tried on both engines; CALLS= names others (tests/system/test_call_flow_actions.py).
CALLS ?= tests/system/test_call_flow.py
# A part of test-system too; the store of it is an SQLite file there.
test-calls: build ## what calls do, with phones on a real Asterisk (STORE=mariadb: with its store on a server)
	@tools/packages lab system mariadb
	@PATCHBAY_TEST_STORE=$(STORE) /usr/bin/python3 -m pytest -q $(CALLS)

# The short ones are a part of test-system too; FAULTS=, THROWS= and DIALS= say how many times here.
FAULTS ?= 20
THROWS ?= 300
DIALS ?= 500
test-faults: build ## power cuts, full disks, clocks, stampedes, slow clients, mute and lying managers, odd scripts
	@tools/packages lab system
	@FAULTS=$(FAULTS) THROWS=$(THROWS) DIALS=$(DIALS) /usr/bin/python3 -m pytest -q tests/system/test_bounds.py \
	  tests/system/test_dial_truth.py tests/system/test_faults.py tests/system/test_primitives.py tests/system/test_retries.py
	@$(DEV)/unit_bind "effort*"
	@$(DEV)/unit_ami "a manager that only sends events*"

build-fuzz: packages
	@tools/packages fuzz
	@[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS) --target $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp)) | (grep -vE '^\[' || true)

test-fuzz: build-fuzz ## five seconds of fuzzing for each parser
	@tests/fuzz/run build/fuzz 5

# FUZZ=seconds for each parser; what crashes one stays in tests/fuzz/regression.
FUZZ ?= 3600
fuzz-long: build-fuzz ## an hour of fuzzing for each parser, for a night (FUZZ=seconds)
	@tests/fuzz/run build/fuzz $(FUZZ)

build-tsan: packages
	@[ -f build/tsan/build.ninja ] || cmake --preset tsan >/dev/null
	@cmake --build build/tsan -j $(JOBS) --target patchbay unit_loop unit_store unit_script unit_ami | (grep -vE '^\[' || true)

test-tsan: build-tsan ## lanes, store, hub and reloads under the thread sanitizer
	@tools/packages system mariadb
	@tests/system/threads build/tsan

# SOAK=seconds of mixed traffic with faults; SOAK_SEED=n repeats one.
SOAK ?= 3600
SOAK_SEED ?=
soak: release ## an hour of every dialect with reloads, exports, calls and faults (SOAK=seconds)
	@tools/packages system
	@PATCHBAY_BIN=$(RELEASE)/patchbay /usr/bin/python3 tests/soak/run $(SOAK) $(addprefix --seed ,$(SOAK_SEED))

# BENCH=--quick: shorter rounds, a tenth of the rows, and docs/benchmarks.md stays as it is.
BENCH ?=
bench: release ## measure, print and keep in docs/benchmarks.md (BENCH=--quick)
	@tools/packages bench mariadb
	@cmake --build $(RELEASE) -j $(JOBS) --target ceiling ami_replay | (grep -vE '^\[' || true)
	@tests/bench/run $(BENCH)

docs-pages: packages
	@tools/docs-pages

docs: build ## print docs/api.md, docs/scripts.md and docs/endpoints.md
	@tools/docs $(BIN)

fmt: ## format the lines of C++ that changed since the last commit
	@tools/packages lint
	@git clang-format --quiet -- host tests || true

lint: build ## layers, names, pages, man page, scripts
	@tools/packages lint
	@tools/lint

check: lint build test docs ## lint, build, every test, and docs that are current
	@git diff --exit-code -- docs

# The defaults of the configuration are those of PREFIX=/usr.
PREFIX ?= /usr
install: release docs-pages ## install below PREFIX (/usr; DESTDIR is honoured)
	@cmake --install $(RELEASE) --prefix $(PREFIX)

clean: ## remove build/
	@rm -rf build
