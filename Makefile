# Every workflow of the project. `make help` lists them.
# Needs Python >= 3.11 with venv, git and make; `make test` installs its servers through apt where it may.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
ONCE ?=
PORT ?=
AT_ONCE ?= 2

.DEFAULT_GOAL := help
.PHONY: help install dev servers demo test faults check bench evaluate screenshots lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/.installed ## fill .venv from the lock file; .venv/bin/triage works

.venv/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

dev: .venv/.dev

.venv/.dev: requirements-dev.lock .venv/.installed
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

servers:
	./tests/servers/install.sh

demo: install ## the desk at work on samples, then its console until Ctrl-C; PORT=N; ONCE=1 exits after the table
	$(BIN)/triage demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: dev servers ## every test, with real Dovecot, PostgreSQL and SMTP
	$(BIN)/python -m pytest tests/unit -n $(AT_ONCE) -m 'not alone' --cov --cov-report= -q
	$(BIN)/coverage report --include='triage/domain/*,triage/parsing/*' --fail-under=100
	$(BIN)/python -m pytest tests --ignore=tests/unit -n $(AT_ONCE) --dist loadfile -m 'not alone' -q
	$(BIN)/python -m pytest tests -m alone -q

faults: dev servers ## the long loops of kills and outages, whole
	TRIAGE_TEST_FAULTS=whole $(BIN)/python -m pytest tests -m faults -q --timeout=3600

check: dev ## ruff, mypy --strict, import-linter, deptry, rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .
	$(BIN)/triage rules check

bench: dev servers ## speed, as ratios within one run
	$(BIN)/python -m bench

evaluate: dev ## how well the reader reads, beside the baselines; takes minutes
	$(BIN)/python -m bench.evaluation

screenshots: dev servers ## pictures of every page of form and console, into docs/images
	$(BIN)/python -m tests.browser.screenshots docs/images

lock: ## write the lock files anew (needs the network)
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/python -m pip install --quiet uv
	.venv/lock/bin/uv pip compile --universal --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	.venv/lock/bin/uv pip compile --universal --generate-hashes --no-header --extra build --extra dev pyproject.toml \
	  -c requirements.lock -o requirements-dev.lock

clean: ## remove .venv and caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* dist
