# reelmake: everything a developer types. `make` alone lists it.
# Needs Python 3.11 or newer, git and GNU make; the rest is installed into .venv (with uv if it is there).

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
BEGAN := $(shell date +%s)
DEMO := examples/03-eco-city
PYTEST := $(BIN)/python -m pytest
PACKAGES := -c 'import sysconfig; print(sysconfig.get_path("purelib"))'

.PHONY: help demo test test-pure test-fast check format browser docs litellm voice measure bench bench-cut clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: $(VENV)/ready ## build the example film offline, into one mp4
	@$(BIN)/python $(DEMO)/make-inputs.py
	@cd $(DEMO) && "$(abspath $(BIN))/reelmake" build
	@echo "demo: $(CURDIR)/$(DEMO)/build/cut.mp4, $$(( $$(date +%s) - $(BEGAN) )) s in all"

test: $(VENV)/ready-dev ## every test, the slow ones too; six at once on two cores, for many wait for a server
	$(PYTEST) -n 6 --dist worksteal -q

test-pure: $(VENV)/ready-dev ## the inner loop: what touches no disk, no network and no frame, in half a minute
	$(PYTEST) -n 2 --dist worksteal -q -m "not slow" $(addprefix tests/,compile model plan assemble providers report)

test-fast: $(VENV)/ready-dev ## the tests that render nothing and start few processes
	$(PYTEST) -n 2 --dist worksteal -q -m "not slow"

check: $(VENV)/ready-dev ## form, lint, types, architecture, generated documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

format: $(VENV)/ready-dev ## let ruff put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

browser: ## Chromium and its driver for tests/browser, from Debian, if none is here and one may install
	@{ command -v chromium || command -v google-chrome; } >/dev/null && command -v chromedriver >/dev/null || { \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	chromium chromium-driver; }

docs: $(VENV)/ready-dev ## write docs/reference again
	$(BIN)/python docs/generate.py

litellm: $(VENV)/ready-dev ## against LiteLLM's proxy, which it installs (740 MB) into .cache
	REELMAKE_LITELLM=1 REELMAKE_PEERS=required $(PYTEST) -q tests/peers/test_litellm.py

voice: $(VENV)/ready-dev ## the sketch's real voice (300 MB), in .cache beside the development tools of .venv
	@$(MAKE) --no-print-directory VENV=.cache/voice .cache/voice/bin/python
	@echo "import site; site.addsitedir('$$($(BIN)/python $(PACKAGES))')" > "$$(.cache/voice/bin/python $(PACKAGES))/dev.pth"
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python .cache/voice/bin/python -e ".[voice]"; \
	else .cache/voice/bin/python -m pip install --quiet --disable-pip-version-check -e ".[voice]"; fi
	.cache/voice/bin/python -m pytest -q $(addprefix tests/providers/test_sketch_,voice.py sealed.py)

measure: $(VENV)/ready-dev ## what a stranger stumbles over in the sources, counted
	$(BIN)/python benchmarks/measure.py

bench: $(VENV)/ready-dev ## the measured promises: how soon the program answers, no-op build, planning
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/plan.py

bench-cut: $(VENV)/ready-dev ## what a cut costs beside its peers; needs a machine at rest for half an hour
	$(BIN)/python benchmarks/cut

clean: ## remove what make made; .reelmake folders stay, for a store may hold paid takes
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf examples/*/build

# The virtual environment. A change of pyproject.toml installs again; nothing else does.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer was found: make PYTHON=/path/to/python3" >&2; exit 1; }
	@{ if command -v uv >/dev/null 2>&1; then uv venv --quiet --clear --python "$(PYTHON)" $(VENV); \
	else "$(PYTHON)" -m venv --clear $(VENV); fi; } || { rm -rf $(VENV); exit 1; } # half a one would look whole

$(VENV)/ready: pyproject.toml | $(VENV)/bin/python
	@echo "installing reelmake into $(VENV)"
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -e .; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -e .; fi
	@touch $@

$(VENV)/ready-dev: pyproject.toml | $(VENV)/bin/python
	@echo "installing reelmake and its development tools into $(VENV)"
	@if command -v uv >/dev/null 2>&1; then uv pip install --quiet --python $(BIN)/python -e ".[dev]"; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"; fi
	@touch $@ $(VENV)/ready
