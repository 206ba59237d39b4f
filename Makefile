# Sets up a fresh machine that has Python 3.11 to 3.13 and make. Everything else is in noxfile.py.
.SUFFIXES:
.PHONY: help demo test lint clean
.DEFAULT_GOAL = help

# What another project's shell may have left behind must not reach this one's environment.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_TARGET PIP_PREFIX
export PIP_USER = 0

PYTHON =
BIN = .venv/bin
INSTALL = $(BIN)/python -m pip --disable-pip-version-check -qq install

help:
	@echo 'make demo    run the whole system on this machine and test it'
	@echo 'make test    run the tests'
	@echo 'make lint    run the linters, the type checker and the import contracts'
	@echo 'make clean   remove .venv and every cache'
	@echo
	@echo 'make PYTHON=/path/to/python3.12 demo chooses the interpreter.'
	@echo 'After make test, .venv/bin/nox --list shows every other task.'

demo: .venv/installed
	@echo '==> plate-llm up'
	@$(BIN)/plate-llm up
	@echo '==> That was staging: its charts, its secrets and the service, without a cluster.'
	@echo '    .venv/bin/plate-llm up --keep leaves it running, .venv/bin/plate-llm --help has the rest.'

test: .venv/installed-dev
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: .venv/installed-dev
	@$(BIN)/python -m nox --session lint

clean:
	rm -rf .venv .nox .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist

# The target is the interpreter itself: a link that dangles, because the Python behind it was
# removed, counts as absent, and the environment is made anew.
$(BIN)/python:
	@PYTHON='$(PYTHON)' sh .ci/make-venv

.venv/installed: $(BIN)/python locks/build.txt locks/local.txt pyproject.toml
	@echo '==> Installing the locked packages (two minutes at most, the first time)'
	@$(INSTALL) --require-hashes -r locks/build.txt -r locks/local.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# The development lock holds the local lock's versions: after this, `make demo` installs nothing.
.venv/installed-dev: $(BIN)/python locks/build.txt locks/dev.txt pyproject.toml
	@echo '==> Installing the locked packages for development (two minutes at most, the first time)'
	@$(INSTALL) --require-hashes -r locks/build.txt -r locks/dev.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch .venv/installed $@
