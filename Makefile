# `make` lists what there is. Every target stops at the first failure.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help bootstrap demo serve test pages interface gateway deploy lint book fuzz bench install clean

CARGO ?= cargo
PORTFOLIO := european_bank
# Where `make install` puts the program.
PREFIX := /usr/local
# How long each fuzz target runs.
SECONDS := 60
# What the default build leaves out: the second solver, tables of trials as Parquet.
OTHERS := --no-default-features --features microlp,parquet

# The program as the tests run it, in target/debug. Built by itself it would need the libraries once more, with fewer features.
TESTED_PROGRAM = $(WITH_TOOLS) $(CARGO) test --locked --no-run --test integration

# scripts/bootstrap.sh writes the environment in which cargo finds cmake and libclang.
WITH_TOOLS := . target/tools/env.sh;

help: ## What there is.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

bootstrap: ## Make sure that cmake, libclang and a C++ compiler are there.
	@sh scripts/bootstrap.sh

demo: ## Plan the example portfolio and say where the report is.
	@sh scripts/bootstrap.sh release
	@$(WITH_TOOLS) $(CARGO) build --locked --release
	@"$${CARGO_TARGET_DIR:-target}/release/multipolar" plan portfolios/$(PORTFOLIO).yaml
	@echo
	@echo 'The report is in reports/$(PORTFOLIO)/:'
	@ls -1 reports/$(PORTFOLIO)/*

serve: ## Serve the what-if page of the example portfolio and open it.
	@sh scripts/bootstrap.sh release
	@$(WITH_TOOLS) $(CARGO) build --locked --release
	@"$${CARGO_TARGET_DIR:-target}/release/multipolar" serve portfolios/$(PORTFOLIO).yaml --open

# The tests of what the default build leaves out first, so that the summary of the whole suite is what ends the output. They are small,
# so that building them without the optimizer saves more than running them costs.
test: ## All tests, doc tests included, and those of the second solver and of Parquet.
	@sh scripts/bootstrap.sh
	@$(WITH_TOOLS) CARGO_PROFILE_DEV_OPT_LEVEL=0 $(CARGO) test --locked $(OTHERS) --test integration -- planning:: shards:: trials::
	@$(WITH_TOOLS) $(CARGO) test --locked

lint: ## Format, clippy for both solvers and Parquet, rustdoc, licenses and sources; warnings are errors.
	@sh scripts/bootstrap.sh
	@sh scripts/cargo_tool.sh cargo-deny
	@target/tools/bin/cargo-deny --all-features --locked check licenses bans sources
	@$(WITH_TOOLS) $(CARGO) fmt --check
	@$(WITH_TOOLS) $(CARGO) clippy --locked --all-targets -- -D warnings
	@$(WITH_TOOLS) $(CARGO) clippy --locked --all-targets $(OTHERS) -- -D warnings
	@$(WITH_TOOLS) RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --document-private-items

book: ## The documentation as pages: target/book.
	@sh scripts/cargo_tool.sh mdbook
	@target/tools/bin/mdbook build docs

deploy: ## Run the recipes of deploy/ for real, on this machine; installs GNU parallel, Slurm, Snakemake and Dask.
	@sh scripts/bootstrap.sh
	@$(TESTED_PROGRAM)
	@bash tests/deploy/run.sh "$${CARGO_TARGET_DIR:-target}/debug/multipolar"

install: ## Build the program and put it into PREFIX/bin, with completions and man pages; PREFIX is /usr/local.
	@sh scripts/bootstrap.sh release
	@$(WITH_TOOLS) $(CARGO) build --locked --release
	@sh scripts/install.sh "$(DESTDIR)$(PREFIX)"

pages: ## Check the report's pages and the what-if page in Chromium: accessibility, validity, print, every figure. Needs node; CHROMIUM names the browser.
	@sh scripts/bootstrap.sh
	@$(TESTED_PROGRAM)
	@"$${CARGO_TARGET_DIR:-target}/debug/multipolar" report portfolios/quickstart.yaml --trials 100 --quiet --reports target/pages
	@cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@node tests/browser/pages.mjs target/pages
	@MULTIPOLAR="$${CARGO_TARGET_DIR:-target}/debug/multipolar" TRIALS=200 node tests/browser/what_if.mjs

interface: ## Send requests made from the description of the what-if page's interface to a running server, where schemathesis can be installed.
	@sh scripts/bootstrap.sh
	@$(TESTED_PROGRAM)
	@bash tests/server/run "$${CARGO_TARGET_DIR:-target}/debug/multipolar"

gateway: ## Hold what is said of LiteLLM's router against LiteLLM itself, where it can be installed.
	@sh scripts/bootstrap.sh
	@$(TESTED_PROGRAM)
	@bash tests/litellm/run "$${CARGO_TARGET_DIR:-target}/debug/multipolar"

fuzz: ## Fuzz each target for SECONDS=60; what fails is kept in target/fuzz/artifacts.
	@sh scripts/bootstrap.sh
	@$(WITH_TOOLS) sh scripts/fuzz.sh $(SECONDS)

bench: ## Time the commands and print the tables of benches/README.md.
	@sh scripts/bootstrap.sh release
	@$(WITH_TOOLS) $(CARGO) bench --locked --bench exposure
	@$(WITH_TOOLS) $(CARGO) bench --locked --bench optimize
	@$(WITH_TOOLS) $(CARGO) bench --locked --bench simulate
	@$(WITH_TOOLS) $(CARGO) bench --locked --bench serve

clean: ## Remove what was built; reports stay.
	rm -rf target
