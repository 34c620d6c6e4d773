# `make help` lists what there is. Every step can be interrupted and run again.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The course's own modules are read by thousands of processes: compiled once they start sooner.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python
PYTEST := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -q
BUILD  := _build
READY  := $(VENV)/.ready

ASSIGNMENTS := $(notdir $(wildcard solutions/*))
BOOK_SOURCES := _config.yml $(shell find book -type f -not -path 'book/_assets/vendor/*' -not -name '*.pyc' 2>/dev/null) \
                $(shell find lstm_ref -type f -name '*.py' -o -path 'lstm_ref/figures/*' -type f 2>/dev/null | grep -v __pycache__)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: course
course: setup book exercises grade ## set up, build the book, make the exercises, grade the sample class
	@echo "the book:    $(CURDIR)/$(BUILD)/html/index.html (\`make serve\` opens it, and the feedback)"

.PHONY: setup
setup: $(READY) ## the environment in .venv, from the lock; system packages where root

$(READY): requirements/dev.lock requirements/torch.txt pyproject.toml nbgrader_sandbox/pyproject.toml tools/system_packages.sh
	@bash tools/system_packages.sh
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON) here: install it (Debian: apt-get install python3.11-venv), or name another: make PYTHON=python3" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing the locked packages (a few minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet -r requirements/torch.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . -e ./nbgrader_sandbox
	$(BIN)/python -m pip check
	@touch $@

.PHONY: book
book: $(BUILD)/book.ready ## the book, as static pages in _build/html

$(BUILD)/book.ready: $(READY) package-lock.json tools/assets.py $(BOOK_SOURCES)
	$(RUN) -m tools.assets
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter-book build book --config _config.yml --path-output . -W -n --keep-going --quiet
	@touch $@

.PHONY: grade
grade: $(READY) ## the sample class through nbgrader, in _build/sample-class: the scores
	$(RUN) -m tools.grade_class

.PHONY: figures
figures: $(READY) ## the live figures' bundles and the still drawings, from their sources
	$(RUN) -m tools.assets
	$(RUN) -m tools.figures

.PHONY: exercises
exercises: $(READY) ## exercises/ from solutions/, through nbgrader, where the table agrees
	$(RUN) -m tools.release

.PHONY: student-package
student-package: $(READY) ## one zip for students, with no solutions; ONLY="02-forget-gate" for less
	@$(RUN) -m tools.student_package $(ONLY)

.PHONY: serve
serve: book ## the book and the feedback pages on a local address
	$(RUN) -m tools.serve

.PHONY: check
check: $(READY) ## the quick loop: format, lint, types, unit tests (under 2 minutes)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(PYTEST) -n 2 -m "not course and not browser and not book and not gate and not alone and not slow" tests

.PHONY: test
test: book ## all tests, the browser's and nbgrader's too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	# Three at a time on two cores: a browser and nbgrader's commands are waited for.
	$(PYTEST) -n 3 --dist loadgroup --durations=40 -m "not gate and not alone" tests
	$(PYTEST) -m "alone and not gate" tests

.PHONY: gates
gates: book ## what is slow and must hold: kill matrix, release in step, hostile submissions
	@$(MAKE) --no-print-directory -j 2 gates-tests gates-kill-matrix

.PHONY: gates-tests
gates-tests:
	$(RUN) -m tools.cells --check
	$(RUN) -m tools.release --check
	$(PYTEST) -n 2 --dist loadgroup -m gate tests \
	  --ignore=tests/nbgrader_sandbox --ignore=tests/classroom
	# One after another: these ask how long something may take, and what is left running.
	$(PYTEST) -m gate tests/nbgrader_sandbox tests/classroom

# Beside the tests, and only with what these leave of the cores: they wait a good part of the time.
.PHONY: gates-kill-matrix
gates-kill-matrix:
	nice -n 19 $(BIN)/python -m lstm_ref.checks.kill_matrix --seeds 200

.PHONY: classroom-test
classroom-test: book ## a week of a class on a real JupyterHub; its pictures in _build/classroom
	$(PYTEST) -m gate tests/classroom

.PHONY: bench-term
bench-term: $(READY) ## a term of a class of 300, killed three times in the middle: docs/term.md
	$(RUN) -m benchmarks.term --markdown docs/term.md

.PHONY: kill-matrix
kill-matrix: $(READY) ## every known answer to every part; PART=lstm_cell SEEDS=200 for less, or more
	$(RUN) -m lstm_ref.checks.kill_matrix $(PART:%=--part %) --seeds $(or $(SEEDS),20)

.PHONY: bench-checks
bench-checks: $(READY) ## how long a check takes in a fresh process, for every part
	$(BIN)/python -m benchmarks.checks

OTHER := $(BUILD)/other-frameworks

.PHONY: other-frameworks
other-frameworks: ## the conventions against the real Keras, Equinox and Flax
	test -x $(OTHER)/bin/pytest || { $(PYTHON) -m venv --clear $(OTHER) && \
	  $(OTHER)/bin/python -m pip install --quiet -r requirements/other-frameworks.txt; }
	OTHER_FRAMEWORKS=1 $(OTHER)/bin/python -m pytest tests/other_frameworks \
	  --confcutdir=tests/other_frameworks

.PHONY: experiments
experiments: $(READY) ## what the book measured by training, where it is stale; can be stopped and taken up
	$(BIN)/python -m lstm_ref.experiments $(NAMES)

.PHONY: bench
bench: $(READY) ## how fast the layers are beside torch's own; BENCH="--into book/results" records it
	env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE $(BIN)/python -m benchmarks.numpy_layer --memory $(BENCH)
	$(BIN)/python -m benchmarks.torch_layer $(BENCH)

.PHONY: bench-grading
bench-grading: $(READY) ## how fast a class of 200 is graded beside stock nbgrader: ratios
	@mkdir -p $(BUILD)
	$(RUN) -m benchmarks.grading

.PHONY: bench-assignments
bench-assignments: $(READY) ## how long a class of 200 takes to grade, by assignment: docs/grading-times.md
	$(RUN) -m benchmarks.assignments --markdown docs/grading-times.md

.PHONY: attacks
attacks: $(READY) ## what each hostile submission gets from stock nbgrader, and here: docs/attacks.md
	$(RUN) -m tools.attack_table --markdown docs/attacks.md

.PHONY: pictures
pictures: book grade ## the pictures in README, from what was built and graded
	$(RUN) -m tools.pictures

.PHONY: lock
lock: $(READY) ## resolve requirements/dev.in anew
	$(BIN)/python -m venv $(BUILD)/lock && $(BUILD)/lock/bin/pip install --quiet pip-tools
	$(BUILD)/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --unsafe-package torch --unsafe-package none \
	  --no-allow-unsafe --output-file requirements/dev.lock requirements/dev.in

.PHONY: clean
clean: ## remove what was built, the sample class too; grading/ stays
	rm -rf $(BUILD) node_modules book/_assets/vendor book/_assets/tokens.css dist
