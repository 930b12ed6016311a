# Two commands do all set-up: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
export VENV

.PHONY: help setup setup-dev run code seed journey invariants check fmt lint types imports migrations \
        unit test test-full verify-offline openapi docs screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:
	@$(PYTHON) config/setup_venv.py

setup-dev:
	@$(PYTHON) config/setup_venv.py --dev

run: setup ## start an instance: web, worker, demo world (PORT=, STATE_DIR=, DATABASE_URL=, REDIS_URL=)
	@exec $(PY) -m config.run

code: ## the present second-factor code of a demo user: make code USER=intake
	@$(PY) -m config.instance code $(USER)

invariants: ## every invariant of the running instance, one line each
	@$(PY) -m config.instance check_invariants

journey: setup-dev ## one voucher's whole life over HTTP (SEATS=strict|compact, URL= for a running one)
	@$(PY) -m tests.journey

fmt: setup-dev ## format the code
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix -q .

lint: setup-dev
	@$(PY) -m ruff format --check -q . && $(PY) -m ruff check -q .

types: setup-dev
	@$(PY) -m tests.services $(PY) -m mypy companies vouchers config

imports: setup-dev
	@$(VENV)/bin/lint-imports --no-cache

migrations: setup-dev
	@$(PY) -m tests.services $(PY) manage.py makemigrations --check --dry-run

unit: setup-dev
	@$(PY) -m pytest -q tests/unit tests/house

check: lint imports migrations types unit ## what must hold before a commit (≤ 3 min)

test: check ## everything CI asks (≤ 15 min): check, integration, browser, journey, offline verification
	@$(PY) -m tests.browser_ready
	@$(PY) -m pytest -q -n 2 tests/integration tests/property tests/access
	@$(PY) -m pytest -q tests/browser
	@SEATS=strict $(PY) -m tests.journey
	@SEATS=compact $(PY) -m tests.journey

test-full: test ## test, and what takes longer

verify-offline: setup-dev ## outside programs check the exports
	@$(PY) -m pytest -q tests/integration/test_verify_offline.py

openapi: setup-dev ## write docs/openapi.yaml
	@$(PY) -m tests.services $(PY) manage.py spectacular --file docs/openapi.yaml

screenshots: setup-dev ## pictures of the main pages in docs/screenshots (not committed)
	@$(PY) -m tests.screenshots

clean: ## remove the virtual environment and the demo's state
	rm -rf $(VENV) .state .pytest_cache .ruff_cache .mypy_cache
