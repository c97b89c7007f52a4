# Two commands: `make demo` and `make test`. Both install nothing outside this folder and need cargo, make and a C compiler;
# the web console needs Node.js as well, and is left out where there is none.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Real data to measure with, where it is there; users do not have it, and what reads it then says that it skips.
CORDON_REAL_DATA ?= $(abspath ../shared/data)
export CORDON_REAL_DATA
# What was skipped is named in this file, and counted.
CORDON_SKIPPED := $(abspath target/skipped.txt)
export CORDON_SKIPPED

DEMO_ARGS ?=
CORDON := $${CARGO_TARGET_DIR:-target}/release/cordon

.PHONY: help tools console build demo test check bench crash budget clean

help: ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

tools:
	@command -v cargo >/dev/null || { echo "cordon needs cargo (https://rustup.rs): it is not on the PATH" >&2; exit 3; }
	@command -v cc >/dev/null || { echo "cordon needs a C compiler: apt-get install build-essential" >&2; exit 3; }

console: ## The web console, to be embedded in the binary; needs Node.js 20 or later
	@console/build

build: tools console ## The release binary
	@cargo build --release --locked -p cordon

demo: build ## The whole job on a simulated platform, as a table; DEMO_ARGS=--exit ends after it
	@$(CORDON) demo $(DEMO_ARGS)

test: tools console ## All tests
	@mkdir -p target && : > $(CORDON_SKIPPED)
	@if cargo nextest --version >/dev/null 2>&1; then \
	    cargo nextest run --no-fail-fast --locked --workspace --all-features; \
	else \
	    cargo test --locked --workspace --all-features; \
	fi
	@console/test
	@sed 's/^/skipped: /' $(CORDON_SKIPPED); echo "$$(wc -l < $(CORDON_SKIPPED)) skipped"

check: tools console ## Format, lints, docs, licences
	@if [[ -d console/node_modules ]]; then cd console && npm run --silent check; \
	else echo "the console was not built: it is not checked"; fi
	@cargo fmt --all --check
	@cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	@RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --locked --workspace --no-deps --document-private-items
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check bans licenses sources; else echo "cargo-deny is not installed: licences not checked"; fi

crash: build ## Kill the binary at 1,000 random moments under load, and look for anything lost
	@CORDON_CRASHES=1000 cargo test --release --locked -p cordon --test it crash -- --nocapture

bench: build ## The figures of the README, measured here
	@real=$(CORDON_REAL_DATA)/accounts/events.ndjson.zst; \
	if [[ -r $$real ]]; then $(CORDON) bench --events $$real; \
	else echo "no real data under $(CORDON_REAL_DATA): simulated platforms alone"; $(CORDON) bench; fi

budget: tools ## What a clean release build costs, against its budget of CPU seconds
	@bench/build-budget

clean: ## Everything built
	@cargo clean
