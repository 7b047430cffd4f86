# Every command a person needs. `make help` lists them.
# Only Python, pip and make are assumed; everything else is installed into .venv.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Compiled once: four processes start in a second each instead of compiling 1,500 modules each time.
export PYTHONDONTWRITEBYTECODE =

.PHONY: run test test-postgres check e2e bench deep trace help lock messages tour backup restore drill upgrade

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# One stamp per requirements file, named by its hash: a second start costs nothing.
define stamp
$(VENV)/.stamp-$(1)-$(shell cksum requirements/$(1).txt | cut -d' ' -f1)
endef

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV)

define install_rule
$(call stamp,$(1)): requirements/$(1).txt | $(BIN)/python
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/$(1).txt; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements/$(1).txt; \
	fi
	@rm -f $(VENV)/.stamp-$(1)-*
	@touch $$@
endef
$(foreach group,runtime test e2e lint,$(eval $(call install_rule,$(group))))

RUNTIME := $(call stamp,runtime)
TEST := $(RUNTIME) $(call stamp,test)
E2E := $(TEST) $(call stamp,e2e)
LINT := $(TEST) $(call stamp,lint)

run: $(RUNTIME) ## Open a working practice on http://localhost:$(PORT)
	@PORT=$(PORT) $(BIN)/python manage.py run

test: $(TEST) ## Run the test suite on the embedded default
	@$(BIN)/python -m pytest -n auto --dist worksteal tests

lock: ## Compile the hash-pinned requirements from pyproject.toml (needs uv)
	@uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" pyproject.toml -o requirements/runtime.txt
	@for g in test e2e lint; do uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --group pyproject.toml:$$g -c requirements/runtime.txt -o requirements/$$g.txt; done
	@uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --extra prod -c requirements/runtime.txt pyproject.toml -o requirements/prod.txt

# The suite on PostgreSQL with RabbitMQ as broker; both must run (see docs/operations.md).
PG_URL ?= postgres://postgres@127.0.0.1:5432/groupcare
AMQP_URL ?= amqp://guest:guest@127.0.0.1:5672//
test-postgres: $(TEST) ## Run the test suite on PostgreSQL with RabbitMQ
	@DATABASE_URL=$(PG_URL) CELERY_BROKER_URL=$(AMQP_URL) $(BIN)/python -m pytest -n auto --dist worksteal tests

check: $(TEST) $(E2E) $(LINT) ## Lint, types, layers, templates, migrations, deploy check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint --quiet --lint templates
	@bash .ci/django-checks $(BIN)/python
	@$(BIN)/python -m tests.trace --check

e2e: $(TEST) $(E2E) ## Live the stories of the product in a real browser
	@$(BIN)/python -m pytest tests/e2e -m e2e -p no:randomly -n 0 --force-enable-socket

tour: $(TEST) $(E2E) ## Take a picture of every page into docs/tour
	@$(BIN)/python -m tests.e2e.tour docs/tour

bench: $(TEST) ## Measure against the floor; ratios only
	@$(BIN)/python -m benchmarks

deep: $(TEST) $(E2E) ## What takes longer than CI allows: 1,000 kills and the full bench
	@GROUPCARE_DEEP=1 DATABASE_URL=$(PG_URL) $(BIN)/python -m pytest -n auto tests/backup tests/house
	@GROUPCARE_KILLS=1000 $(BIN)/python -m pytest -s -n 0 tests/outbox/test_kills.py
	@$(BIN)/python -m benchmarks --write docs/measured.md
	@DATABASE_URL=$(PG_URL) $(BIN)/python -m benchmarks --write docs/measured.md

trace: $(TEST) ## Write docs/requirements.md from the tags of the tests
	@$(BIN)/python -m tests.trace

messages: $(TEST) ## Refresh the Spanish catalogue (needs gettext)
	@$(BIN)/django-admin makemessages -l es -i .venv -i var -i tests -i benchmarks -i docs -i deploy --no-wrap --add-location file --no-obsolete
	@$(BIN)/django-admin compilemessages -l es -i .venv

# TO and KEYS_TO name folders; DATA, KEYS and CODE_FILE name files. Without them the defaults of the settings hold.
backup: $(RUNTIME) ## Back up data and keys into two encrypted files that lie apart
	@$(BIN)/python manage.py backup $(if $(TO),--to "$(TO)") $(if $(KEYS_TO),--keys-to "$(KEYS_TO)")

restore: $(RUNTIME) ## Restore into an empty place: make restore DATA=file KEYS=file
	@$(BIN)/python manage.py restore --data "$(DATA)" --keys "$(KEYS)" $(if $(CODE_FILE),--code-file "$(CODE_FILE)")

drill: $(RUNTIME) ## Try whether the backup comes back, and measure it
	@$(BIN)/python manage.py drill $(if $(DATA),--data "$(DATA)") $(if $(KEYS),--keys "$(KEYS)") $(if $(CODE_FILE),--code-file "$(CODE_FILE)")

upgrade: $(TEST) ## Migrate a populated practice of the previous version, on both databases
	@bash .ci/upgrade $(BIN)/python $(OLD)
	@DATABASE_URL=$(PG_URL) bash .ci/upgrade $(BIN)/python $(OLD)
