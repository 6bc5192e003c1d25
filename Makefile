# Copyright (c) 2026, the tenantops.licensing authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.11 or newer, git and make. Each target prepares what it uses; noxfile.py says what each check is.

PYTHON ?= python3
PORT ?= 8787
NOX := .venv/bin/nox
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help test quick lint generate unit bad-days sanity integration awx molecule browser docs site build release setup matrix bench simulator demo clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

test: $(READY) ## run every check that needs no system package
	$(NOX)

quick: $(READY) ## run within half a minute what a change breaks first; T=PATH for some tests, K=WORD by their names
	@$(NOX) -s quick -- $(T) $(if $(K),-k "$(K)")

lint: $(READY) ## check style and types
	$(NOX) -s lint types

generate: $(READY) ## write what stands in several files from its one source
	@$(NOX) -s generate

unit: $(READY) ## run the unit and wire tests, with coverage
	$(NOX) -s unit

bad-days: $(READY) ## try every call with every fault, an hour or two; EVERY=40 for each fortieth, CELL=ID for one
	@$(NOX) -s bad_days -- $(if $(CELL),--cell $(CELL)) $(if $(EVERY),--every $(EVERY))

sanity: $(READY) ## run Ansible's own checks
	$(NOX) -s sanity units

integration: $(READY) ## run playbooks against the simulator
	$(NOX) -s integration

awx: $(READY) ## apply the role for AWX to a small controller
	$(NOX) -s awx

molecule: $(READY) ## run the scenario of each role
	$(NOX) -s molecule

browser: $(READY) ## open the page of an audit in chromium, which must be installed
	$(NOX) -s browser

docs: $(READY) ## check the documents
	$(NOX) -s documents

site: $(READY) ## build the documentation for a browser, into build/site
	$(NOX) -s site

build: $(READY) ## build the collection into build/ and check it as Galaxy does
	$(NOX) -s build

release: $(READY) ## make the release VERSION=1.2.0, or show it with DRY_RUN=1
	@$(NOX) -s release -- $(or $(VERSION),$(error which version? make release VERSION=1.2.0)) $(if $(DRY_RUN),--dry-run)

setup: $(READY) ## prepare the environments of the checks that are needed most, and git's hooks
	$(NOX) --install-only -s lint types documents unit integration
	.venv/bin/pre-commit install

matrix: $(READY) ## run the tests on every supported ansible-core, some two hours; MATRIX="2.16 2.21/3.13" for some
	@$(NOX) -s matrix -- $(MATRIX)

bench: $(READY) ## measure the modules for many, some 15 minutes; options in BENCH="--sizes 10,100"
	@$(NOX) -s bench -- $(BENCH)

simulator: $(READY) ## start the simulator of both APIs, on PORT=8787
	@$(NOX) -s simulator -- --port $(PORT)

demo: $(READY) ## show the whole flow against the simulator
	@$(NOX) -s demo

clean: ## remove the environments and everything that the checks left
	rm -rf .venv .nox .ansible .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache build

$(READY): tests/requirements-nox.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11: make PYTHON=/path/to/a/newer/python3" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
