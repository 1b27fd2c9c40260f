# The project's commands; `make` alone lists them.  Plain make (3.81 on) and a plain shell suffice.

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
NOTEBOOKS = $(wildcard notebooks/*.ipynb solutions/*.ipynb)

.DEFAULT_GOAL := help
.PHONY: help lab test notebooks exercises bench fuzz format lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

lab: .venv/lab.stamp ## Open JupyterLab on the first lesson (options: make lab ARGS="--no-browser --port 8899")
	@$(BIN)/netlab lab $(ARGS)

test: .venv/test.stamp ## Run ruff, mypy and every test (some of them: make test ARGS="-k udp")
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(ARGS),,$(BIN)/netlab check --jobs 2 $(NOTEBOOKS))
	$(BIN)/pytest tests -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

notebooks: .venv/test.stamp ## Run every lesson and solution and save its outputs
	$(BIN)/python -m netlab.notebooks $(NOTEBOOKS)

exercises: .venv/test.stamp ## Make the exercises from the solutions
	$(BIN)/netlab exercises

bench: .venv/test.stamp ## Measure the kit's speed beside other programs'
	@set -e; for file in $(wildcard tests/bench/*.py); do $(BIN)/python $$file $(ARGS); done

fuzz: .venv/fuzz.stamp ## Look for bytes that do harm (longer: make fuzz ARGS="--seconds 1800")
	$(BIN)/python tests/fuzz/fuzz.py $(ARGS)

format: .venv/test.stamp ## Put the code in the form that make test asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Choose the locked versions anew (the newest ones: make lock ARGS=--upgrade)
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(PYTHON) -m venv "$$scratch" && "$$scratch/bin/python" -m pip install -q uv && \
	"$$scratch/bin/uv" pip compile -q --no-config --universal --python-version 3.11 --all-extras \
	    --no-emit-index-url --custom-compile-command 'make lock' $(ARGS) \
	    -o requirements.lock pyproject.toml

clean: ## Remove .venv and whatever else was made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .fuzz dist
	find netlab tests -name __pycache__ -prune -exec rm -rf {} +

# A stamp says that an install was finished; without it the next command goes on with the install.
.venv/lab.stamp: EXTRAS =
.venv/test.stamp: EXTRAS = [dev,instructors,tables,cluster]
.venv/fuzz.stamp: EXTRAS = [dev,instructors,tables,cluster,fuzz]
.venv/fuzz.stamp: HOLDS = .venv/test.stamp
.venv/lab.stamp .venv/test.stamp .venv/fuzz.stamp: pyproject.toml requirements.lock
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { $(MAKE_VENV); }
	@echo "Installing netlab into .venv (the first time takes a minute or two)"
	@rm -f .venv/done; { \
	    $(BIN)/python -m pip install --no-input --disable-pip-version-check \
	        -c requirements.lock -e '.$(EXTRAS)' && touch .venv/done; \
	} | while read -r line; do case $$line in \
	    Collecting*) printf . ;; \
	    Installing\ collected*) printf '\nall there, putting it in place' ;; \
	esac; done; echo; \
	test -e .venv/done || { \
	    echo "The install broke off, for the reason above; make $(GOAL) goes on with it." >&2; \
	    exit 1; \
	}
	@rm .venv/done; touch .venv/lab.stamp $(HOLDS) $@

GOAL = $(or $(firstword $(MAKECMDGOALS)),lab)

define MAKE_VENV
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
    echo "netlab needs Python 3.11 or newer, which $(PYTHON) is not: install one (from python.org, or apt-get install python3.11-venv), then make $(GOAL) PYTHON=python3.11" >&2; \
    exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
    echo "$(PYTHON) cannot make an environment: apt-get install python3-venv, then make $(GOAL) again" >&2; \
    exit 1; }; \
echo "Making .venv with $$($(PYTHON) --version)"; \
$(PYTHON) -m venv --clear .venv
endef
