# Every command that a person runs. `make` or `make help` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO := $(shell command -v cargo 2>/dev/null || echo $(HOME)/.cargo/bin/cargo)
export PATH := $(dir $(CARGO)):$(PATH)

.PHONY: help demo test test-python lint format docs cli sandbox python bench-sandbox tools python-tools clean

help: ## List the commands.
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: tools ## The main job: real cancels against a Bootpay on this machine, beside what its ledger says.
	@echo "Building the core, the sandbox and the demonstration (a minute or two the first time) …"
	@$(CARGO) run --locked --quiet -p bootpay-example --bin demo

test: tools ## Pass all tests.
	@echo "Building and running every test (a few minutes the first time) …"
	@$(CARGO) test --locked --workspace

test-python: tools python-tools ## Test the Python package: types, style, and its tests on every Python of this machine.
	@echo "Building the Python package, checking its types and style, testing it against the sandbox …"
	@bindings/python/test.sh

python: tools python-tools ## Build the Python package (a wheel) into dist/.
	@echo "Building the wheel (a few minutes the first time) …"
	@bindings/python/build.sh

lint: tools ## Check formatting, lints and docs, warnings denied.
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@$(CARGO) clippy --locked -p bootpay-core --no-default-features -- -D warnings
	@RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --quiet

format: tools ## Format the tree.
	@$(CARGO) fmt --all

docs: tools ## Build the API documentation into target/doc.
	@$(CARGO) doc --locked --workspace --no-deps
	@echo "Open target/doc/bootpay_core/index.html"

cli: tools ## Install the `bootpay` command into ~/.cargo/bin.
	@$(CARGO) install --locked --path crates/bootpay-cli

sandbox: tools ## Run a Bootpay on this machine until Ctrl-C.
	@$(CARGO) run --locked --quiet -p bootpay-cli -- sandbox

bench-sandbox: tools ## Measure how fast the sandbox starts and answers.
	@$(CARGO) bench --locked -p bootpay-sandbox --bench throughput

# What the build needs: Rust, and a C compiler for SQLite and TLS. Installs what is missing where it can.
tools:
	@if ! command -v cc >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing a C compiler (apt-get install gcc libc6-dev) …"; \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends gcc libc6-dev >/dev/null; \
		else echo "A C compiler is needed: install gcc or clang, then run this again." >&2; exit 1; fi; fi
	@if ! command -v $(CARGO) >/dev/null; then \
		if command -v curl >/dev/null; then \
			echo "Installing Rust for this user (https://rustup.rs) …"; \
			curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy; \
		else echo "Rust 1.89 or newer is needed: see https://rustup.rs, then run this again." >&2; exit 1; fi; fi

# What the Python package needs besides: Python 3.9 or newer, able to make environments.
python-tools:
	@if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Python (apt-get install python3-venv) …"; \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null; \
		else echo "Python 3.9 or newer with venv is needed, then run this again." >&2; exit 1; fi; fi

clean: ## Remove everything that was built.
	@$(CARGO) clean
