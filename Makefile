# Two commands do all set-up: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
export VENV
# Two at a time, each told when it has ended: none of them keeps both cores busy by itself.
TWO := $(MAKE) --no-print-directory -j 2 -Otarget
# Enough for Django to read its settings where nothing is connected to.
DRY := DEMO=1 SECRET_KEY=dry DATABASE_URL=postgresql:///dry REDIS_URL=redis:///0

.PHONY: help setup setup-dev run code invariants journey fmt lint types imports migrations drift \
        unit check integration access hostile model browser fault soak mutants test journeys test-full bench backup-drill verify-offline messages openapi docs \
        screenshots clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## the virtual environment, from the hash-locked list; again only when the list changes
	@$(PYTHON) config/setup_venv.py

setup-dev: ## the same with what development and tests need
	@$(PYTHON) config/setup_venv.py --dev

run: setup ## start an instance: web, worker, demo world (PORT= STATE_DIR= DATABASE_URL= REDIS_URL=)
	@exec $(PY) -m config.run

code: setup ## the present second-factor code of a demo user: make code USER=intake
	@$(PY) -m config.instance code $(USER)

invariants: setup ## every invariant of the running instance, one line each
	@$(PY) -m config.instance check_invariants

journey: setup-dev ## one voucher's whole life over HTTP (SEATS=strict|compact, URL= for a running one)
	@$(PY) -m tests.journey

fmt: setup-dev ## format the code
	@$(PY) -m ruff format -q . && $(PY) -m ruff check --fix -q .

lint: setup-dev ## format and faults
	@$(PY) -m ruff format --check -q . && $(PY) -m ruff check -q .

types: setup-dev ## mypy: strict below the interfaces
	@$(DRY) $(PY) -m mypy companies vouchers config

imports: setup-dev ## the layers
	@$(VENV)/bin/lint-imports --no-cache

migrations: setup-dev ## no model without its migration
	@$(PY) -m tests.services $(PY) manage.py makemigrations --check --dry-run

drift: setup-dev ## catalogue and generated documents say what the code says
	@$(DRY) $(PY) manage.py messages --check
	@$(PY) -m config.catalogues
	@$(DRY) $(PY) manage.py docs --check

unit: setup-dev ## tests without a database, and the house rules
	@$(PY) -m pytest -q tests/unit tests/house

check: setup-dev ## what must hold before a commit (≤ 3 min)
	@$(TWO) lint imports drift types migrations unit

integration: setup-dev ## tests on real PostgreSQL, Redis and Celery
	@$(PY) -m tests.debian hledger ledger
	@$(PY) -m pytest -q -n 2 tests/property tests/integration

# Each on servers of its own: they hold transactions open for long, and sealing waits for all.
access: setup-dev ## every route asked as every role
	@$(PY) -m pytest -q -n 2 tests/access

hostile: setup-dev ## hostile texts, files and visitors at every door (CASES= of schemathesis)
	@FUZZ_CASES=$(or $(CASES),2500) $(PY) -m pytest -q -n 2 tests/hostile

model: setup-dev ## every verb told to the service and to a dictionary (COMMANDS= of each of four, STORIES=)
	@MODEL_COMMANDS=$(or $(COMMANDS),1500) MODEL_STORIES=$(or $(STORIES),100) \
	  $(PY) -m pytest -q -n 2 tests/model

browser: setup-dev ## Chromium, one journey per role
	@$(PY) -m tests.debian chromium
	@$(PY) -m pytest -q -n 2 --dist loadfile tests/browser

fault: setup-dev ## the service under fire: faults from a seed, scenes, a verdict (CYCLES= SEED= FULL=1)
	@$(if $(FULL),$(PY) -m tests.debian faketime)
	@$(PY) -m tests.fault $(if $(FULL),--full) $(if $(CYCLES),--cycles $(CYCLES)) --seed $(or $(SEED),20250303)

soak: setup-dev ## the same for hours, a fault a minute; the report is docs/soak.md (HOURS= RATE=)
	@$(PY) -m tests.fault.soak --hours $(or $(HOURS),8) --rate $(or $(RATE),8)

test: check integration access hostile model browser ## everything CI asks (19 min on two cores; it is to be 15)
	@$(TWO) fault backup-drill journeys

journeys: setup-dev # with both seat maps
	@SEATS=strict $(PY) -m tests.journey
	@SEATS=compact $(PY) -m tests.journey

test-full: test ## test, and what takes longer: 500 faults and every scene, the bank model under fire, mutants
	@$(MAKE) --no-print-directory fault FULL=1 SEED=7
	@$(MAKE) model COMMANDS=5000 STORIES=300
	@$(PY) -m tests.model --under-fire
	@$(PY) -m tests.mutants

mutants: setup-dev ## twelve bugs that cost money, each made in a copy; a test must notice each
	@$(PY) -m tests.mutants

backup-drill: setup-dev ## back up, err, restore to the moment before, prove every fen
	@$(PY) -m tests.backup

bench: setup-dev ## speed beside the limit and a peer, in bench/RESULTS.md (ROUNDS= SECONDS= ROWS=)
	@$(PY) -m bench $(and $(ROUNDS),--rounds $(ROUNDS)) $(and $(SECONDS),--seconds $(SECONDS)) \
	  $(and $(ROWS),--rows $(ROWS))

verify-offline: setup-dev ## programs we did not write check the exports
	@$(PY) -m tests.debian hledger ledger
	@$(PY) -m pytest -q tests/integration/test_verify_offline.py

messages: setup-dev ## gather the sentences into the catalogue
	@$(DRY) $(PY) manage.py messages

docs: setup-dev ## write the generated documents
	@$(PY) -m config.catalogues
	@$(DRY) $(PY) manage.py docs

openapi: docs ## docs/openapi.yaml is one of them

screenshots: setup-dev ## pictures of the main pages in docs/screenshots (not committed)
	@$(PY) -m tests.debian chromium
	@$(PY) -m tests.screenshots

clean: ## remove the virtual environment and the demo's state
	rm -rf "$$(cat .state/home 2>/dev/null || echo .state)" $(VENV) .state .pytest_cache .ruff_cache .mypy_cache .hypothesis
