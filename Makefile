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

.PHONY: build release run stop test test-unit test-api test-openapi test-system test-faults test-fuzz test-tsan fuzz-long bench fmt lint docs docs-pages check packages clean install help

help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

packages:
	@tools/packages build

build: packages ## configure and build with sanitizers, into build/dev
	@[ -f $(DEV)/build.ninja ] || cmake --preset dev >/dev/null
	@cmake --build $(DEV) -j $(JOBS) | (grep -vE '^\[' || true)

release: packages ## configure and build for use, into build/release
	@[ -f $(RELEASE)/build.ninja ] || cmake --preset release >/dev/null
	@cmake --build $(RELEASE) -j $(JOBS) | (grep -vE '^\[' || true)

# A real Asterisk with phones, a demo store and the host on 127.0.0.1:8080. PBX=none leaves Asterisk out;
# PORT=, PORTS= and DEMO= make another one beside it (examples/demo/run).
run: release docs-pages ## a demo on 127.0.0.1:8080 with a real Asterisk (PBX=none: without)
	@[ "$(PBX)" = none ] || tools/packages lab
	@PBX=$(PBX) examples/demo/run

stop: ## end what make run started
	@examples/demo/run --stop

# Everything, or what matches T (a ctest name, a Lua test's path, a pytest -k expression).
ifeq ($(T),)
test: lint test-unit test-api test-openapi test-system test-fuzz test-tsan ## what CI runs, or what matches T=...
else
test: build
	@ctest --test-dir $(DEV) -R '$(T)' --output-on-failure --no-tests=ignore
	@$(BIN) test --scripts scripts --match '$(T)' tests/api
	@tools/packages lab system browser && python3 -m pytest -q tests/system -k '$(T)' || [ $$? = 5 ]
endif

test-unit: build ## the C++ tests
	@ctest --test-dir $(DEV) --output-on-failure -j $(JOBS)

# Handler tests on a throw-away host, with one lane and with three.
test-api: build ## the Lua tests on throw-away hosts, with one lane and with three
	@$(BIN) test --scripts scripts --cover scripts --lanes 1 tests/api tests/bind examples
	@$(BIN) test --scripts scripts --cover scripts --lanes 3 tests/api tests/bind examples
	@tests/bind/examples $(BIN)

# The OpenAPI surface from outside: linters, generated types with a client, schemathesis on a part of the
# document. OPENAPI="--seed day" tries another part, OPENAPI=--full everything, which takes an hour.
OPENAPI ?=
test-openapi: build ## the document and its answers, judged by others (OPENAPI=--full)
	@tools/packages system
	@timeout $(if $(findstring --full,$(OPENAPI)),4h,15m) tests/openapi/run $(OPENAPI)

# The host as users run it: real Asterisk, SIP phones, headless Chromium.
test-system: build docs-pages ## the host on a real Asterisk, with phones and a browser
	@tools/packages lab system browser lint
	@/usr/bin/python3 -m pytest -q --maxfail 10 tests/system

# The short ones are a part of test-system too.
test-faults: build ## stampedes, clients that do not read, a log nobody reads, lost stores, mute managers
	@tools/packages system
	@/usr/bin/python3 -m pytest -q tests/system/test_bounds.py
	@$(DEV)/unit_bind "effort*"
	@$(DEV)/unit_ami "a manager that only sends events*"

test-fuzz: packages ## five seconds of fuzzing for each parser
	@tools/packages fuzz
	@[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS) --target $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp)) | (grep -vE '^\[' || true)
	@tests/fuzz/run build/fuzz 5

# FUZZ=seconds for each parser; what crashes one stays in tests/fuzz/regression.
FUZZ ?= 3600
fuzz-long: packages ## an hour of fuzzing for each parser, for a night (FUZZ=seconds)
	@tools/packages fuzz
	@[ -f build/fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz -j $(JOBS) --target $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*_fuzz.cpp)) | (grep -vE '^\[' || true)
	@tests/fuzz/run build/fuzz $(FUZZ)

test-tsan: packages ## lanes, store, hub and reloads under the thread sanitizer
	@tools/packages system
	@[ -f build/tsan/build.ninja ] || cmake --preset tsan >/dev/null
	@cmake --build build/tsan -j $(JOBS) --target patchbay unit_loop unit_store unit_script unit_ami | (grep -vE '^\[' || true)
	@tests/system/threads build/tsan

# BENCH=--quick: shorter rounds, a tenth of the rows, and docs/benchmarks.md stays as it is.
BENCH ?=
bench: release ## measure, print and keep in docs/benchmarks.md (BENCH=--quick)
	@tools/packages bench
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
