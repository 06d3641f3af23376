# One command for each thing one does here. `make check` is the whole loop.
BIN ?= .venv/bin

.PHONY: check format lint types contracts test bench screenshots wheel venv

check: format lint types contracts test

venv:
	python3 -m venv .venv
	$(BIN)/pip install -c constraints.txt -e '.[test]'

format:
	$(BIN)/ruff format noc tests tools

lint:
	$(BIN)/ruff check noc tests tools

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

test:
	$(BIN)/pytest

bench:
	$(BIN)/python -m tests.benchmarks

screenshots:
	$(BIN)/python -m tools.screenshots

# The layouts and themes must also be found in a wheel, far from the checkout.
wheel:
	sh tools/try_wheel.sh
