# What a developer or an operator types. `make` alone lists it.

PYTHON_IN_VENV := .venv/bin/python
WORKERS ?= 2
LIVES ?= 300
RACERS ?= 10000
LOCK := $(PYTHON_IN_VENV) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset install tools test lives race bench check lint types words schema format translations lock

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' Makefile | expand -t 22

demo: install ## the portal with invented people on 127.0.0.1:8000 (PORT=… for another port)
	@.venv/bin/portal demo

demo-reset: install ## the same, starting over
	@.venv/bin/portal demo --reset

install: ## bring .venv and the compiled texts up to date; a server needs no more
	@deploy/install requirements.txt

tools:
	@deploy/install requirements-dev.txt

test: tools ## the whole suite, on SQLite and on PostgreSQL (ARGS="-k pledge" for a part)
	@$(PYTHON_IN_VENV) -m tests.plumbing.chromium
	@$(PYTHON_IN_VENV) -m pytest --database both --numprocesses $(WORKERS) --dist worksteal $(ARGS)

bench: tools ## how fast the portal is, as ratios to anchors of the same run (ARGS="pages --database sqlite" for a part)
	@$(PYTHON_IN_VENV) -m tests.bench $(ARGS)

lives: tools ## many random lives of wishes, on both databases (LIVES=1000 for more)
	@$(PYTHON_IN_VENV) -m pytest --quiet --database both --numprocesses $(WORKERS) --lives $(LIVES) \
		tests/journeys/test_lives.py $(ARGS)

race: tools ## ten thousand people want the last wish over HTTP, on both databases (RACERS=1000 for fewer)
	@$(PYTHON_IN_VENV) -m pytest --quiet --database both --racers $(RACERS) --override-ini faulthandler_timeout=0 \
		--durations 0 --durations-min 1 tests/pledges/test_race_over_http.py $(ARGS)

check: lint types words schema ## lint, types, translations complete, migrations equal to models

lint: tools
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .

types: tools
	@$(PYTHON_IN_VENV) -m mypy

words: tools
	@$(PYTHON_IN_VENV) -m pytest --quiet tests/tooling/test_translations.py tests/tooling/test_wording.py

schema: tools
	@$(PYTHON_IN_VENV) -m pytest --quiet --database both tests/tooling/test_migrations.py

format: tools ## format the code and mend what ruff can mend
	@$(PYTHON_IN_VENV) -m ruff check --fix .
	@$(PYTHON_IN_VENV) -m ruff format .

translations: tools ## collect the texts of the code into the catalogue (WORDS="x.json …" brings their English)
	@$(PYTHON_IN_VENV) -m tests.tooling.catalogue $(WORDS)

lock: tools ## renew the locks from pyproject.toml (UPGRADE=--upgrade for the newest versions)
	@$(LOCK) $(UPGRADE) --extra install --output-file requirements.txt pyproject.toml
	@$(LOCK) $(UPGRADE) --extra install --extra dev --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml
	@deploy/install requirements-dev.txt
