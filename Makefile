# Each target that needs the environment makes it first; see scripts/setup.sh.
# Paths are relative, so that a folder with a space in its name is no trouble.

.DEFAULT_GOAL := help
.PHONY: help demo test lint types imports check slow explore bench site constraints clean base dev

python := .venv/bin/python
# test processes
WORKERS ?= 2
ARGS ?=

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1\t/p' Makefile | expand -t 16

demo: base ## run the whole loop on the embedded demo application and build its site
	@$(SHELL) scripts/demo.sh

test: dev ## run the tests; ARGS='tests/text -x' is handed to pytest
	$(python) -m pytest -n $(WORKERS) $(ARGS)

lint: dev ## ruff: rules and format
	$(python) -m ruff check
	$(python) -m ruff format --check

types: dev ## mypy, strict, over the package and the tests
	$(python) -m mypy

imports: dev ## import-linter: layers and purity
	.venv/bin/lint-imports --no-logo

check: lint types imports ## all that needs no running

slow: dev ## the tests that take minutes
	$(python) -m pytest -m slow --timeout 900 -n $(WORKERS) $(ARGS)

explore: dev ## the property tests on ten times as many examples, new ones each time
	HYPOTHESIS_PROFILE=explore $(python) -m pytest --timeout 900 -n $(WORKERS) $(ARGS)

bench: dev ## the benchmarks, one at a time
	$(python) -m pytest tests/bench --benchmark-enable $(ARGS)

site: base ## build this repository's own site into site/public
	.venv/bin/casefiles site build

constraints: ## write constraints.txt anew, from a fresh environment
	@$(SHELL) scripts/constraints.sh

# Neither .venv, which is costly, nor .casefiles, which may hold an unfinished draft.
clean: ## remove what tools and targets left behind
	rm -rf .demo .hypothesis .benchmarks .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf build dist site/public
	find cli tests -name __pycache__ -type d -prune -exec rm -rf {} +

base:
	@$(SHELL) scripts/setup.sh base

dev:
	@$(SHELL) scripts/setup.sh dev
