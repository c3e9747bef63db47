# Laurels. `make demo` and `make test` work on a fresh Debian 12 with python3, make and git.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
NODE := .build/node/.installed
BIN := $(VENV)/bin
PYTHON ?= python3
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard awards/translations/*/LC_MESSAGES/*.po))
FONTS := awards/documents/fonts/unpacked
SYSTEM_PACKAGES := postgresql chromium libatomic1 poppler-utils zbar-tools qpdf fonts-nanum libxml2-utils libnss3-tools \
	default-jre-headless libpdfbox2-java libcommons-logging-java libactivation-java libjaxb-api-java \
	libjakarta-activation-java tesseract-ocr tesseract-ocr-kor tesseract-ocr-ara
UV_COMPILE = .build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Installs what a lock names, by uv: it takes a third of the time that pip takes.
PIP = $(BIN)/pip install --quiet --disable-pip-version-check
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode

# What recounts: every module of judging/ but those that may use numpy and its like.
BEYOND_THE_RECOUNT := judging/assignment/*,judging/calibration/*

.PHONY: help setup demo test lint types contracts suite audit bench oracles screenshots translations lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(VENV)/.installed $(CATALOGUES) $(FONTS)/.unpacked ## environment and dependencies, from the lock
demo: setup ## an edition of the WeGO Awards through the whole cycle, served at http://127.0.0.1:5000
	$(BIN)/flask demo

test: $(VENV)/.system $(NODE) $(VENV)/.testing setup ## everything that a change must pass; types and contracts are looked at beside the suite
	@$(MAKE) lint
	@mkdir -p .build
	@said=.build/beside.log; { $(MAKE) types contracts >$$said 2>&1 && right=0 || right=$$?; echo; cat $$said; exit $$right; } & beside=$$!; \
	$(MAKE) suite && suite=0 || suite=$$?; \
	wait $$beside && beside=0 || { beside=$$?; cat .build/beside.log >&2; }; \
	exit $$((suite || beside))

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

suite:
	$(BIN)/coverage erase
	PROBES=1 $(BIN)/pytest -n 2 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered
	$(BIN)/coverage report --include='judging/*' --omit='$(BEYOND_THE_RECOUNT)' --fail-under=100 --show-missing

audit: $(VENV)/.system $(NODE) $(VENV)/.auditing setup ## the same and the long checks, at full size
	HYPOTHESIS_PROFILE=audit $(BIN)/pytest -n 2 --dist worksteal -m 'not bench'

bench: $(VENV)/.system $(NODE) $(VENV)/.auditing setup ## figures
	$(BIN)/pytest -m bench -s

oracles: ## elections of every method counted again by other people's libraries, in an environment of their own
	$(PYTHON) -m venv .build/oracles
	.build/oracles/bin/pip install --quiet --require-hashes -r requirements/oracles.lock
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=. .build/oracles/bin/python -m tests.oracles.ask

screenshots: $(VENV)/.system $(NODE) $(VENV)/.testing setup ## pictures of pages and certificates, under .build/screenshots
	$(BIN)/python -m tests.browser.screenshots .build/screenshots

translations: setup ## new texts of code and pages into the catalogues, to be translated
	@mkdir -p .build
	$(BIN)/pybabel --quiet extract --mapping=pyproject.toml --keyword=_l --keyword=lazy_gettext --no-location --output-file=.build/messages.pot .
	$(BIN)/pybabel update --no-fuzzy-matching --ignore-pot-creation-date --input-file=.build/messages.pot --output-dir=awards/translations

lock: ## hash locks anew from setup.cfg
	$(PYTHON) -m venv .build/uv
	.build/uv/bin/pip install --quiet uv
	$(UV_COMPILE) setup.cfg --extra build --extra test --output-file requirements/test.lock
	$(UV_COMPILE) setup.cfg --extra build --extra test --extra audit --constraint requirements/test.lock --output-file requirements/audit.lock
	$(UV_COMPILE) setup.cfg --extra build --constraint requirements/test.lock --output-file requirements/production.lock
	$(UV_COMPILE) requirements/oracles.in --output-file requirements/oracles.lock
	echo uv | $(UV_COMPILE) - --output-file requirements/installer.lock

clean: ## all that make has made; data under instance/ stays
	rm -rf $(VENV) .build *.egg-info .coverage .coverage.* .hypothesis .*_cache $(CATALOGUES) $(FONTS)

$(VENV)/.made: requirements/installer.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Laurels needs Python 3.11 or later.")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tests/packages.sh python3-venv
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/installer.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements/production.lock setup.cfg
	$(INSTALL) -r requirements/production.lock
	$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.testing: $(VENV)/.installed requirements/test.lock
	$(INSTALL) -r requirements/test.lock
	@touch $@

$(VENV)/.auditing: $(VENV)/.testing requirements/audit.lock
	$(INSTALL) -r requirements/audit.lock
	@touch $@

$(VENV)/.system: $(VENV)/.made tests/packages.sh Makefile
	@tests/packages.sh $(SYSTEM_PACKAGES)
	@touch $@

$(NODE): requirements/node/package-lock.json
	@command -v npm >/dev/null || tests/packages.sh nodejs npm
	@mkdir -p $(@D)
	@cp requirements/node/package.json requirements/node/package-lock.json requirements/node/.npmrc $(@D)
	npm ci --silent --ignore-scripts --prefix $(@D)
	@touch $@

$(FONTS)/.unpacked: $(VENV)/.installed $(wildcard awards/documents/fonts/*.woff2)
	$(BIN)/python -c 'from awards.documents.lettering import unpack; unpack()'
	@touch $@

%.mo: %.po $(VENV)/.installed
	$(BIN)/pybabel compile --use-fuzzy --input-file=$< --output-file=$@
