# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

VERSION_NUMBER := 0.1.0
VERSION ?= $(VERSION_NUMBER)$(shell git rev-parse --short=8 HEAD 2>/dev/null | sed 's/^/-g/')

CXX      ?= g++
BUILD    ?= build
SANITIZE ?=
SYSROOT  ?=
OPTIMISE ?= -O2 -g
comma := ,
ifneq ($(SANITIZE),)
  override BUILD := $(BUILD)/sanitize-$(subst $(comma),-,$(SANITIZE))
  OPTIMISE := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE)
endif

# A function in a library that nobody calls is dropped, so each program carries only what it runs.
# Designated initialisers name what differs from the defaults; -Wextra would have them all named.
# SYSROOT=folder builds against packages that are unpacked there (install.sh does so without root).
COMPILE := $(CXX) $(if $(SYSROOT),--sysroot=$(SYSROOT)) -std=c++20 -Wall -Wextra -Wno-missing-field-initializers -Werror \
           -Iinclude -Isrc -I$(BUILD)/gen $(OPTIMISE) -ffunction-sections -fdata-sections -MMD -MP $(CXXFLAGS)
# Libraries that the machine lacks lie in the release's own lib/. DT_RPATH, because a DT_RUNPATH would
# not count for the libraries that those need in turn.
LINK    := $(CXX) $(if $(SYSROOT),--sysroot=$(SYSROOT)) $(OPTIMISE) -Wl,--gc-sections -Wl,--as-needed \
           -Wl,--disable-new-dtags -Wl,-rpath,'$$ORIGIN/../lib' $(LDFLAGS)

# Lowest first; tests/checks/layers says who may include whom.
PARTS := util model json config store memory responder assistant http fcgi
LIBS  := -lfcgi -lsqlite3 -lsodium -lutf8proc -lstemmer -ldate-tz -lpthread

# V=1 shows the whole commands.
Q   := $(if $(V),,@)
say  = @$(if $(V),:,printf '  %-5s %s\n' $(1) $(2))

sources  = $(wildcard src/$(1)/*.cpp)
objects  = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))
library  = $(BUILD)/lib/libarq-$(1).a
# The linker reads libraries from the left: highest part first.
reverse  = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
link_parts = $(foreach part,$(call reverse,$(1)),$(call library,$(part)))

PROGRAMS := $(BUILD)/bin/arq-worker $(BUILD)/bin/arq-listen $(BUILD)/bin/arqctl

.PHONY: all
all: $(PROGRAMS)

# --- parts ---------------------------------------------------------------------------------------

define part_rule
$(call library,$(1)): $(call objects,$(call sources,$(1))) $(if $(filter store,$(1)),$(BUILD)/obj/gen/migrations.o)
	@mkdir -p $$(@D) && rm -f $$@
	$$(call say,AR,$$@)
	$$(Q)ar rcsD $$@ $$^
endef
$(foreach part,$(PARTS),$(eval $(call part_rule,$(part))))

$(BUILD)/obj/%.o: %.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -c -o $@ $<

# The numbered .sql files are the only description of the schema; they are compiled in.
MIGRATIONS := $(sort $(wildcard src/store/migrations/*/*.sql))
$(BUILD)/gen/migrations.cpp: src/store/embed-migrations.sh $(MIGRATIONS)
	@mkdir -p $(@D)
	$(Q)sh src/store/embed-migrations.sh $(MIGRATIONS) > $@.tmp && mv $@.tmp $@
$(BUILD)/obj/gen/migrations.o: $(BUILD)/gen/migrations.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -c -o $@ $<

# The version is compiled into one small file, made anew when it changes.
$(BUILD)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#pragma once\n#define ARQ_VERSION "%s"\n' '$(VERSION)' > $@.tmp
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi
.PHONY: FORCE
FORCE:
$(BUILD)/obj/src/main/%.o: src/main/%.cpp $(BUILD)/gen/version.h
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -c -o $@ $<

# --- programs ------------------------------------------------------------------------------------

ARQCTL_OBJECTS := $(call objects,$(wildcard src/main/arqctl*.cpp))

$(BUILD)/bin/arq-worker: $(BUILD)/obj/src/main/worker.o $(BUILD)/obj/src/main/limits.o $(BUILD)/obj/src/main/prefix.o $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/bin/arq-listen: $(BUILD)/obj/src/main/listen.o $(call link_parts,util)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lsodium -lutf8proc -lstemmer

$(BUILD)/bin/arqctl: $(ARQCTL_OBJECTS) $(BUILD)/obj/src/main/prefix.o $(call link_parts,util model json config store http fcgi)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# A load client that checks every answer: for the system tests and the benchmark, not installed.
$(BUILD)/bin/arq-load: $(call objects,$(wildcard tests/support/load/*.cpp)) $(call link_parts,util json)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lcurl -lsodium -lutf8proc -lstemmer -lpthread

# --- tests ---------------------------------------------------------------------------------------

UNIT_OBJECTS        := $(call objects,$(wildcard tests/unit/*.cpp tests/unit/*/*.cpp tests/support/*.cpp))
INTEGRATION_OBJECTS := $(call objects,$(wildcard tests/integration/*.cpp tests/integration/*/*.cpp tests/regress/*.cpp tests/support/*.cpp))
$(sort $(UNIT_OBJECTS) $(INTEGRATION_OBJECTS)): COMPILE += -Itests -DBOOST_TEST_DYN_LINK
# The product's own system calls on files go through tests/support/faulty_calls.cpp.
LINK_TESTS = $(LINK) $(addprefix -Wl$(comma)--wrap=,open mkostemp write fsync fdatasync link unlink mkdir)

$(BUILD)/bin/unit-tests: $(UNIT_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK_TESTS) -o $@ $^ -lboost_unit_test_framework $(LIBS)

$(BUILD)/bin/integration-tests: $(INTEGRATION_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK_TESTS) -o $@ $^ -lboost_unit_test_framework $(LIBS)

RESULTS := $(BUILD)/test-results

.PHONY: test test-needs test-unit test-integration test-system test-rootless
test: test-needs        ## all tests (as root it first installs what they need)
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@status=0; $(MAKE) --no-print-directory -k test-unit test-integration test-system || status=$$?; \
	    tests/support/sum-results $(RESULTS) && exit $$status

test-needs:
	@tests/support/install-needs

test-unit: $(BUILD)/bin/unit-tests                 ## unit tests
	@tests/support/run-boost $< unit $(RESULTS)

test-integration: all $(BUILD)/bin/integration-tests   ## tests on real files and sockets
	@ARQ_BUILD=$(abspath $(BUILD)) tests/support/run-boost $(BUILD)/bin/integration-tests integration $(RESULTS)
	@ARQ_TEST_JOURNAL=rollback tests/support/run-boost $(BUILD)/bin/integration-tests rollback $(RESULTS) \
	    --run_test='user_file*,migrations_tests,schemas_tests,lease_tests,turn_tests,message_tests,sessions_tests,deletion_tests,storage_errors_tests'

test-system: all $(BUILD)/bin/arq-load             ## the scripts and the whole stack, under a real nginx and browser
	@BUILD=$(abspath $(BUILD)) RESULTS=$(abspath $(RESULTS)) tests/system/run

test-rootless:                                     ## install.sh without root on a bare Debian (needs root and debootstrap)
	@BUILD=$(abspath $(BUILD)) RESULTS=$(abspath $(RESULTS)) tests/system/rootless/run

# --- benchmark -----------------------------------------------------------------------------------

FLOORS := $(BUILD)/bin/floor-store $(BUILD)/bin/floor-constant
$(FLOORS): $(BUILD)/bin/floor-%: tests/bench/floor_%.cpp tests/bench/floor.cpp tests/bench/floor.h
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(COMPILE) -MF $(BUILD)/obj/floor-$*.d -o $@ $(filter %.cpp,$^) $(LDFLAGS) -lfcgi -lsqlite3 -lpthread
$(BUILD)/lib/libcounted-writes.so: tests/bench/counted_writes.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(COMPILE) -MF $(BUILD)/obj/counted-writes.d -fPIC -shared -o $@ $<

.PHONY: bench bench-paste
bench: all $(BUILD)/bin/arq-load $(FLOORS) $(BUILD)/lib/libcounted-writes.so   ## ARQ beside two floors, in one run (see tests/bench/run)
	@tests/support/install-needs && rm -rf $(BUILD)/bench/release
	@$(MAKE) --no-print-directory release DEST=$(BUILD)/bench/release >/dev/null
	@BUILD=$(abspath $(BUILD)) ROUNDS=$(ROUNDS) ROUND_SECONDS=$(SECONDS) KILLS=$(KILLS) ONLY=$(ONLY) QUICK=$(QUICK) tests/bench/run
bench-paste:            ## puts what bench last printed into docs/performance.md
	@tests/bench/paste $(BUILD)/bench/result.txt docs/performance.md

.PHONY: check lint layers format-check shellcheck format
check: test lint        ## tests (also test-rootless), layers, formatting, shellcheck
	@status=0; $(MAKE) --no-print-directory test-rootless || status=$$?; tests/support/sum-results $(RESULTS) && exit $$status

lint: layers format-check shellcheck   ## what check does beyond the tests

layers:
	@tests/checks/check-layers
	@tests/checks/check-source
	@tests/checks/check-docs $(BUILD)/bin/arqctl
	@tests/checks/check-errors

CXX_FILES = $(shell git ls-files -co --exclude-standard '*.cpp' '*.h')
format-check:
	@clang-format --dry-run --Werror $(CXX_FILES) && echo 'format: ok'
format:                 ## formats the C++ sources in place
	clang-format -i $(CXX_FILES)

SHELL_FILES = $(shell git ls-files -co --exclude-standard | xargs grep -lE '^\#!/bin/(sh|bash)|^\# shellcheck shell=' 2>/dev/null)
shellcheck:
	@shellcheck -x $(SHELL_FILES) && echo 'shellcheck: ok'

# --- release -------------------------------------------------------------------------------------

.PHONY: release version install
release: all            ## lays a release out in DEST=folder
	@test -n "$(DEST)" || { echo 'make release: say where: DEST=folder' >&2; exit 2; }
	@mkdir -p $(DEST)/bin $(DEST)/share/supervisor
	install -m 755 $(PROGRAMS) src/supervisor/arq-supervisor $(DEST)/bin/
	install -m 644 src/supervisor/*.sh $(DEST)/share/supervisor/
	cp -R htdocs nginx-conf $(DEST)/
	printf '%s\n' '$(VERSION)' > $(DEST)/VERSION

version:                ## prints the version
	@echo '$(VERSION)'

install:                ## the same as ./install.sh
	./install.sh

.PHONY: clean help
clean:                  ## removes what was built
	rm -rf $(BUILD)

help:                   ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 28

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
