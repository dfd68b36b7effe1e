# What a developer or an operator types. `make` alone lists it.

PYTHON_IN_VENV := .venv/bin/python
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
WORKERS ?= 2
LOCK := $(PYTHON_IN_VENV) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test check lint types words schema format translations lock run-tools test-tools

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' Makefile | expand -t 22

demo: run-tools $(COMPILED) ## the portal with invented people on 127.0.0.1:8000 (PORT=… for another port)
	@.venv/bin/portal demo

demo-reset: run-tools $(COMPILED) ## the same, starting over
	@.venv/bin/portal demo --reset

test: test-tools $(COMPILED) ## the whole suite, on SQLite and on PostgreSQL (ARGS="-k pledge" for a part)
	@$(PYTHON_IN_VENV) -m tests.plumbing.chromium
	@$(PYTHON_IN_VENV) -m pytest --database both -n $(WORKERS) $(ARGS)

check: lint types words schema ## lint, types, translations complete, migrations equal to models

lint: test-tools
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .

types: test-tools
	@$(PYTHON_IN_VENV) -m mypy

words: test-tools
	@$(PYTHON_IN_VENV) -m pytest --quiet tests/tooling/test_translations.py

schema: test-tools
	@$(PYTHON_IN_VENV) -m pytest --quiet tests/tooling/test_migrations.py

format: test-tools ## format the code and mend what ruff can mend
	@$(PYTHON_IN_VENV) -m ruff check --fix .
	@$(PYTHON_IN_VENV) -m ruff format .

translations: test-tools ## collect the texts of the code into the catalogue
	@$(PYTHON_IN_VENV) -m tests.tooling.catalogue

lock: test-tools ## renew the locks from pyproject.toml (UPGRADE=--upgrade for newest versions)
	@$(LOCK) $(UPGRADE) --extra install --output-file requirements.txt pyproject.toml
	@$(LOCK) $(UPGRADE) --extra install --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@deploy/install requirements-dev.txt

run-tools:
	@deploy/install requirements.txt

test-tools:
	@deploy/install requirements-dev.txt

%.mo: %.po
	@$(PYTHON_IN_VENV) -m babel.messages.frontend compile --directory translations
