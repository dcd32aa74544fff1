# Two commands: `make run` and `make test`.  `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PIP := $(BIN)/python -m pip --disable-pip-version-check
APP_SOURCES := $(shell find pwa/src pwa/public -type f 2>/dev/null) pwa/index.html pwa/vite.config.ts pwa/tsconfig.json
FORM_SOURCES := $(shell find models/form -name '*.json' 2>/dev/null)

##@ Use

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.installed models/data/territory.csv.gz pwa/dist/.built ## Set up everything and start the server on PORT (8000)
	@exec $(BIN)/dawis run

##@ Prove

test: $(VENV)/.installed-dev models/data/territory.csv.gz pwa/dist/.built chromium ## Everything: Python on SQLite and PostgreSQL, phone unit tests, Chromium journeys
	@echo "== phone: types and unit tests"
	@cd pwa && npm run --silent check && npm run --silent test
	@echo "== server, sync and models, on SQLite and on a real PostgreSQL"
	@SIMULATED_SQLITE=5000 SIMULATED_POSTGRESQL=300 SIMULATED_MUTANTS=all $(BIN)/pytest --durations=30 --ignore=tests/journeys --numprocesses=auto --maxprocesses=4 --dist=worksteal
	@echo "== journeys: the real server and real Chromium"
	@$(BIN)/pytest tests/journeys

soak-line: $(VENV)/.installed-dev pwa/dist/.built chromium ## Fifty seeds of the bad line between Chromium and the server
	@DAWIS_LINE_RUNS=50 $(BIN)/pytest tests/journeys/test_bad_line.py

soak-phone: $(VENV)/.installed-dev pwa/node_modules/.installed ## A thousand histories of the phone's own code in Node, on the real server
	@DAWIS_PHONE_HISTORIES=1000 $(BIN)/pytest tests/pwa/test_histories.py

soak: $(VENV)/.installed-dev ## 250,000 simulated histories and the hunt for planted bugs; goes on where it stopped
	-@$(BIN)/python -m tests.simulator --seeds 0:250000 --state var/soak.json
	-@$(BIN)/python -m tests.simulator --seeds 0:5000 --database postgresql --state var/soak.json
	@$(BIN)/python -m tests.simulator --mutant all --streams 5 --state var/soak.json --write docs/soak.md

check: $(VENV)/.installed-dev pwa/node_modules/.installed ## Lint and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && cd pwa && npm run --silent check

soak-faults: $(VENV)/.installed-dev ## Real faults at length: 5,000 power cuts, 200 kills a database, every crash point on both
	@DAWIS_POWER_CUTS=5000 DAWIS_KILLS=200 DAWIS_FAULTS=all $(BIN)/pytest -s tests/faults

recount: $(VENV)/.installed ## Count everything again from the records and compare
	@$(BIN)/dawis recount

bench: $(VENV)/.installed-dev pwa/dist/.built ## The measured figures of this release
	@$(BIN)/python -m bench.figures

bench-sync: $(VENV)/.installed-dev $(VENV)/.node pwa/dist/.built ## Dawis beside its floor and its peers, in one run
	@$(BIN)/python -m bench.sync $(BENCH)

bench-contention: $(VENV)/.installed-dev ## 16 and 64 phones writing at once on both databases: p99 beside the p50 of one alone
	@DAWIS_CONTENTION=16,64 DAWIS_CONTENTION_ROUNDS=30 $(BIN)/pytest -s tests/faults/test_contention.py

bench-backup: $(VENV)/.installed-dev ## Time and size of backup, restore and verify, with 100,000 records
	@$(BIN)/python -m bench.backup

##@ Keep in step

form-doc: $(VENV)/.installed-dev ## Write the form's page from its definition
	@$(BIN)/python -m models.form.document

guide: $(VENV)/.installed-dev pwa/dist/.built chromium ## Make the screenshots of the guides again
	@$(BIN)/pytest tests/journeys/test_phone_looks.py --write-guide

lock: $(VENV)/.installed-dev ## Resolve the Python lock files again
	@for extra in "" dev; do \
	  $(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-options \
	    $${extra:+--extra $$extra} -o requirements$${extra:+-$$extra}.lock pyproject.toml; done

clean: ## Remove what was built (never the data in var/)
	rm -rf $(VENV) pwa/node_modules pwa/dist models/data/node_modules models/data/territory.csv.gz

chromium: ## Install Chromium where it is missing
	@bash scripts/install_chromium.sh

# Each stamp is newer than what it was made from, so a kept clone follows its lock files and sources.
$(VENV)/bin/python:
	@echo "== membuat lingkungan Python ($(VENV))"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "== memasang paket Python (sekitar satu menit)"
	@$(PIP) install --progress-bar on --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "== memasang paket Python untuk pengujian (sekitar dua menit)"
	@$(PIP) install --progress-bar on --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --editable .
	@touch $(VENV)/.installed $@

$(VENV)/.node: requirements-node.lock | $(VENV)/bin/python
	@if node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>22||a==22&&b>=12?0:1)' 2>/dev/null; \
	then echo "== Node $$(node --version)"; \
	else echo "== memasang Node (sekitar setengah menit)"; \
	  $(PIP) install --progress-bar on --require-hashes -r requirements-node.lock; fi
	@touch $@

models/data/territory.csv.gz: models/data/package.json models/data/package-lock.json scripts/build_territory.py | $(VENV)/.node
	@echo "== menyusun daftar wilayah dari paket idn-area-data"
	@cd models/data && npm ci --ignore-scripts --no-audit --no-fund
	@$(BIN)/python scripts/build_territory.py
	@touch $@

pwa/node_modules/.installed: pwa/package.json pwa/package-lock.json | $(VENV)/.node
	@echo "== memasang paket aplikasi HP"
	@cd pwa && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

pwa/dist/.built: pwa/node_modules/.installed $(APP_SOURCES)
	@echo "== membangun aplikasi HP"
	@cd pwa && npm run --silent build
	@touch $@

.PHONY: soak-phone bench-contention soak-faults bench-backup soak-line help run test check recount bench bench-sync form-doc guide territory-data lock clean chromium soak
