# Two commands matter: `make up` and `make test`. Everything they need, they install into this folder.
PYTHON  ?= python3
PORT    ?= 8000
DATA    ?= data
BIN     := .venv/bin
CLIENTS := evergrow/intake/tests/clients
export EVERGROW_DATA := $(abspath $(patsubst ~%,$(HOME)%,$(DATA)))

.DEFAULT_GOAL := help
.PHONY: help up setup test check format torture clean

help: ## Show what can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'
	@echo "  PORT=8000 and DATA=data change the port and the data folder, for example: make up PORT=9000 DATA=~/evergrow"

up: setup ## Set up, load the sample on the first run, serve, print a sign-in link
	@$(BIN)/python -m evergrow up --port $(PORT)

setup: .venv/bin/evergrow node_modules/.ready static/.ready ## Install what is needed to run

test: setup .venv/.dev $(CLIENTS)/node_modules/.ready ## Run every test on SQLite and PostgreSQL, in a real browser too
	@$(BIN)/python scripts/suite.py

check: setup .venv/.dev ## Check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## Put the code in its standard form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

torture: setup .venv/.dev $(CLIENTS)/node_modules/.ready ## Run the long fault-injection tests
	$(BIN)/pytest -m torture --timeout=3600

clean: ## Remove what was set up here; data stays
	rm -rf .venv node_modules static $(CLIENTS)/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evergrow needs Python 3.11 or newer. Name one: make up PYTHON=python3.12"; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }

.venv/.base: requirements/base.txt | .venv/bin/python
	@echo "Installing Python packages …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/bin/evergrow: scripts/evergrow .venv/.base
	@install -m 755 scripts/evergrow $@

.venv/.dev: requirements/dev.txt .venv/.base
	@echo "Installing the packages that tests and checks need …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.ready: package-lock.json .venv/.base
	@$(BIN)/python scripts/front_end.py
	@touch $@

$(CLIENTS)/node_modules/.ready: $(CLIENTS)/package-lock.json .venv/.base
	@$(BIN)/python scripts/front_end.py $(CLIENTS)
	@touch $@

static/.ready: node_modules/.ready $(shell find evergrow -path '*/static/*' -type f 2>/dev/null | sort) $(shell find evergrow -name '*.po' 2>/dev/null | sort)
	@$(BIN)/python -m evergrow.lib.catalogues compile
	@mkdir -p static
	@$(BIN)/python -m evergrow manage collectstatic --noinput --clear -v 0 -i '*-4*' -i 'ext'
	@touch $@
