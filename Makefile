# Every command that a person runs. `make` or `make help` lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# What one builds, the next one tests.
.NOTPARALLEL:

CARGO := $(shell command -v cargo 2>/dev/null || echo $(HOME)/.cargo/bin/cargo)
export PATH := $(dir $(CARGO)):$(PATH)

.PHONY: help demo test test-rust test-python test-kotlin test-swift test-vectors prove simulate schedules fuzz mutants lint format docs cli sandbox library \
	python kotlin swift bench bench-sandbox bench-python size bench-kotlin bench-swift bench-journal bench-journal-old bench-memory tools python-tools clean

help: ## List the commands.
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: tools ## The main job: real cancels against a Bootpay on this machine, beside what its ledger says.
	@echo "Building the core, the sandbox and the demonstration (a minute or two the first time) …"
	@$(CARGO) run --locked --quiet -p bootpay-example --bin demo

test: test-rust test-python test-kotlin test-swift test-vectors ## Pass all tests: Rust, the three packages, and that all are the same.

test-rust: tools ## Test the core, the sandbox and the command.
	@echo "Building and running every test in Rust (a few minutes the first time) …"
	@$(CARGO) test --locked --workspace

test-python: library ## Test the Python package: types, style, and its tests on every Python of this machine.
	@echo "Testing the Python package against the sandbox: types, style, every Python of this machine …"
	@bindings/python/test.sh

test-kotlin: library ## Test the Kotlin package: from Kotlin, from Java, and from a project outside.
	@echo "Testing the Kotlin package against the sandbox (Maven fetches what it needs the first time) …"
	@bindings/kotlin/test.sh

test-swift: library ## Test the Swift package, with a toolchain of its own where there is none.
	@echo "Testing the Swift package against the sandbox (a toolchain comes first where there is none) …"
	@bindings/swift/test.sh

test-vectors: tools ## Have every language play the cases of tests/vectors, and compare them byte for byte.
	@echo "Comparing the languages …"
	@tests/vectors.sh

library: tools python-tools ## Build the library that the packages share, and generate their code from it.
	@echo "Building the library that the packages share (about four minutes the first time) …"
	@bindings/library.sh

python: library ## Build the Python packages (wheels) into dist/.
	@bindings/python/build.sh

kotlin: library ## Build the Kotlin package (jars and a Maven repository) into dist/.
	@bindings/kotlin/build.sh

swift: library ## Build the Swift package into dist/.
	@bindings/swift/build.sh

prove: tools ## The long proof: every interleaving, every kill and cut, many seeds, a fleet, a bulk of 100,000 (an hour; WORLDS=…, SEEDS=…).
	@echo "Exploring every interleaving …"
	@$(CARGO) run --locked --quiet --release -p bootpay-tests --bin prove -- $(WORLDS)
	@$(MAKE) --no-print-directory simulate
	@echo "Killing, cutting and failing at every point …"
	@BOOTPAY_EVERY_POINT=1 $(CARGO) test --locked -p bootpay-tests --test every_point --test lying_disks --test failed_syncs \
		--test cuts --test full_disks --test clock_jumps --test stops --test locked_journals -- --nocapture
	@echo "Cutting connections to PostgreSQL, and a fleet of five processes on one …"
	@BOOTPAY_PROVE=1 $(CARGO) test --locked -p bootpay-core --features postgres --lib -- postgres::tests::cuts
	@BOOTPAY_FLEET_SECONDS=300 $(CARGO) test --locked -p bootpay-tests --test fleet -- --nocapture
	@echo "A bulk of 100,000 rows, killed on its way …"
	@BULK_ROWS=100000 BULK_KILLS=40 $(CARGO) test --locked --release -p bootpay-cli --test bulk_kills -- --nocapture

simulate: tools ## Simulate the whole client in hostile worlds, each made by its seed (SEEDS=…).
	@echo "Simulating …"
	@$(CARGO) run --locked --quiet --release -p bootpay-tests --bin simulate -- $(or $(SEEDS),100000)

schedules: tools ## Run the token cache, the receipt locks and the gate in many orders of threads (ORDERS=… of each).
	@ORDERS=$(or $(ORDERS),100000) $(CARGO) test --locked -p bootpay-core --lib -- schedules every_order many_orders

fuzz: tools ## Let libFuzzer search everything that reads bytes from outside (TIME=… seconds for each target).
	@tests/fuzz/run.sh $(or $(TIME),60)

mutants: tools ## Change each rule about money in turn: a test must go red (half an hour).
	@echo "Installing cargo-mutants into target/tools where it is not there …"
	@$(CARGO) install --locked --quiet --version 27.1.0 --root target/tools cargo-mutants
	@target/tools/bin/cargo-mutants mutants -p bootpay-core -o target

lint: tools ## Check formatting, lints and docs, warnings denied.
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@$(CARGO) clippy --locked -p bootpay-core --no-default-features -- -D warnings
	@$(CARGO) clippy --locked -p bootpay-core --no-default-features --features bulk,postgres -- -D warnings
	@$(CARGO) clippy --locked -p bootpay-ffi --no-default-features -- -D warnings
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

bench: tools ## Measure the core beside bare reqwest: speed, CPU, round trips, idle connections (five minutes; ROUNDS=…).
	@echo "Building the benches with optimisation (some minutes the first time) …"
	@$(CARGO) build --locked --quiet --release -p bootpay-bench
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin cancels
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin report -- rust
	@echo; echo "Round trips:"; echo
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin round-trips
	@echo; echo "Idle connections: cancels that ended as unknown, and connections per cancel (about a minute) …"
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin idle

bench-sandbox: tools ## Measure how fast the sandbox starts and answers.
	@$(CARGO) bench --locked -p bootpay-sandbox --bench throughput

bench-python: python ## Measure the Python package beside the official SDK, requests, httpx, aiohttp and pycurl (ARGS=…).
	@echo "Measuring (about fifteen minutes; pip fetches what it is compared with the first time) …"
	@tests/bench/python/run.sh $(ARGS)

bench-kotlin: tools python-tools ## Measure the Kotlin and Java package beside java.net.http, OkHttp and the official SDK (ROUNDS=…, CASE=…).
	@tests/bench/kotlin/run.sh "$(CASE)"

bench-swift: tools python-tools ## Measure the Swift package beside URLSession (ROUNDS=…, CASE=…).
	@tests/bench/swift/run.sh "$(CASE)"

size: tools ## Measure the library that ships, with one part after another left out (a quarter of an hour the first time).
	@python3 bindings/size.py

bench-journal: tools ## Measure what recording a cancel costs, beside the same rows by hand (ROUNDS=…).
	@echo "Measuring the journals; PostgreSQL comes first where there is none …"
	@$(CARGO) build --locked --quiet --release -p bootpay-bench
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin journal
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin report -- journal

bench-journal-old: tools ## The same with ten million old intents (ROWS=…): needs some 15 GB of disk for a while.
	@echo "Filling journals up and measuring them …"
	@$(CARGO) build --locked --quiet --release -p bootpay-bench
	@ROWS=$(or $(ROWS),10000000) $(CARGO) run --locked --quiet --release -p bootpay-bench --bin journal
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin report -- journal-old

bench-memory: tools ## Watch the memory of a process that cancels a million receipts (CANCELS=…).
	@echo "Cancelling, and looking at the resident set …"
	@$(CARGO) build --locked --quiet --release -p bootpay-bench
	@$(CARGO) run --locked --quiet --release -p bootpay-bench --bin memory

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
