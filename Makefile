# SPDX-License-Identifier: MIT
# `make help` lists what can be made.

VERSION_NUMBER := 0.1.0
VERSION ?= $(VERSION_NUMBER)$(shell git rev-parse --short=8 HEAD 2>/dev/null | sed 's/^/-g/')

CXX      ?= g++
CLANG    ?= clang++
BUILD    ?= build
SANITIZE ?=
SYSROOT  ?=
OPTIMISE ?= -O2 -g
comma := ,
# Sanitized builds are clang's: all of its reports go where log_path says, GCC's of undefined behaviour don't.
# fuzzer-no-link lets the fuzzer see which branches an input takes, so that it needs no build of its own.
ifneq ($(SANITIZE),)
  sanitizers := $(subst $(comma),-,$(SANITIZE))
  override BUILD := $(BUILD)/sanitize-$(sanitizers)
  override CXX := $(CLANG)
  OPTIMISE := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all -D_GLIBCXX_ASSERTIONS \
              -fsanitize-ignorelist=tests/support/sanitizer-exceptions \
              -fsanitize=$(SANITIZE)$(if $(findstring address,$(SANITIZE)),$(comma)fuzzer-no-link)
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
PARTS := util model dates json config monitor store memory topics context responder assistant http fcgi watch
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

PROGRAMS := $(BUILD)/bin/arq-worker $(BUILD)/bin/arq-legacy $(BUILD)/bin/arq-listen $(BUILD)/bin/arqctl $(BUILD)/bin/arq-watch

.PHONY: all
all: $(PROGRAMS)

# --- parts ---------------------------------------------------------------------------------------

define part_rule
$(call library,$(1)): $(call objects,$(call sources,$(1))) $(if $(filter store,$(1)),$(BUILD)/obj/gen/migrations.o) \
    $(if $(filter topics,$(1)),$(BUILD)/obj/gen/categories.o) $(if $(filter memory,$(1)),$(BUILD)/obj/gen/facts_rules.o)
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

# The categories of topics are trained from their sentences by a program that is part of the sources.
CATEGORIES := $(sort $(wildcard src/topics/categories/*.txt))
TRAINER_OBJECTS := $(addprefix $(BUILD)/obj/src/topics/,categories/embed.o categories.o train.o features.o)
$(BUILD)/bin/embed-categories: $(TRAINER_OBJECTS) $(call library,util)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lsodium -lutf8proc -lstemmer
$(BUILD)/gen/categories.cpp: $(BUILD)/bin/embed-categories $(CATEGORIES)
	@mkdir -p $(@D)
	$(call say,TRAIN,$@)
	$(Q)$< $(CATEGORIES) > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(COMPILE) -c -o $@ $<

# So is the table of what is kept of a message.
$(BUILD)/gen/facts_rules.cpp: src/memory/embed-rules.sh src/memory/facts.rules
	@mkdir -p $(@D)
	$(Q)sh src/memory/embed-rules.sh src/memory/facts.rules > $@.tmp && mv $@.tmp $@
$(BUILD)/obj/gen/facts_rules.o: $(BUILD)/gen/facts_rules.cpp
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

# What arq-worker and arq-legacy have in common.
SERVING_OBJECTS := $(addprefix $(BUILD)/obj/src/main/,limits.o prefix.o serving.o)

$(BUILD)/bin/arq-worker: $(BUILD)/obj/src/main/worker.o $(BUILD)/obj/src/main/room.o $(SERVING_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# The standby is given only the parts that it may use: what else it needed would be an error of the linker's.
LEGACY_PARTS := util model dates json config monitor store memory topics context responder assistant http fcgi
.PHONY: legacy
legacy: $(BUILD)/bin/arq-legacy   ## only the standby: no threads, no providers, no optional library
$(BUILD)/bin/arq-legacy: $(BUILD)/obj/src/main/legacy.o $(BUILD)/obj/src/main/ready_workers.o $(SERVING_OBJECTS) $(call link_parts,$(LEGACY_PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(filter-out -lpthread,$(LIBS))

$(BUILD)/bin/arq-listen: $(BUILD)/obj/src/main/listen.o $(call link_parts,util)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lsodium -lutf8proc -lstemmer

$(BUILD)/bin/arqctl: $(ARQCTL_OBJECTS) $(BUILD)/obj/src/main/prefix.o $(BUILD)/obj/src/main/room.o $(call link_parts,util model dates json config monitor store memory http fcgi watch)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/bin/arq-watch: $(BUILD)/obj/src/main/watch.o $(BUILD)/obj/src/main/probes.o $(BUILD)/obj/src/main/prefix.o $(call link_parts,util model json config monitor store http fcgi watch)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

# A load client that checks every answer: for the system tests and the benchmark, not installed.
$(BUILD)/bin/arq-load: $(call objects,$(wildcard tests/support/load/*.cpp)) $(call link_parts,util json)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ -lcurl -lsodium -lutf8proc -lstemmer -lpthread

# --- tests ---------------------------------------------------------------------------------------

# What the fuzzer does with an input is also done with each file of its corpus, by a unit test.
FUZZ_CHECKS         := $(filter-out tests/fuzz/main.cpp,$(wildcard tests/fuzz/*.cpp))
UNIT_OBJECTS        := $(call objects,$(wildcard tests/unit/*.cpp tests/unit/*/*.cpp tests/support/*.cpp) $(FUZZ_CHECKS))
INTEGRATION_OBJECTS := $(call objects,$(wildcard tests/integration/*.cpp tests/integration/*/*.cpp tests/regress/*.cpp tests/support/*.cpp))
# The product's own system calls on files go through tests/support/faulty_calls.cpp.
LINK_TESTS = $(LINK) $(addprefix -Wl$(comma)--wrap=,open mkostemp write fsync fdatasync link unlink mkdir)
FUZZ_OBJECTS        := $(call objects,tests/fuzz/main.cpp $(FUZZ_CHECKS))
$(sort $(UNIT_OBJECTS) $(INTEGRATION_OBJECTS) $(FUZZ_OBJECTS)): COMPILE += -Itests -DBOOST_TEST_DYN_LINK
# The sanitizers' own libraries call them too, before anything can be sanitized.
$(call objects,tests/support/faulty_calls.cpp tests/support/faulty_disk.cpp): COMPILE += $(if $(SANITIZE),-fno-sanitize=all)

$(BUILD)/bin/unit-tests: $(UNIT_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK_TESTS) -o $@ $^ -lboost_unit_test_framework $(LIBS)

$(BUILD)/bin/integration-tests: $(INTEGRATION_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK_TESTS) -o $@ $^ -lboost_unit_test_framework $(LIBS)

$(BUILD)/bin/fuzz: $(FUZZ_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

EVAL_OBJECTS := $(call objects,$(wildcard tests/eval/*.cpp))
$(EVAL_OBJECTS): COMPILE += -Itests
EVAL_OBJECTS += $(call objects,$(wildcard tests/support/fact_*.cpp))
$(BUILD)/bin/eval: $(EVAL_OBJECTS) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

RESULTS := $(BUILD)/test-results
# $(call run_boost,PROGRAM,NAME)
run_boost = tests/support/run-boost $(if $(SANITIZE),tests/support/under-sanitizer,$(1)) $(2)$(if $(SANITIZE),-$(sanitizers)) \
                $(RESULTS) $(if $(SANITIZE),$(abspath $(BUILD))/reports/$(2) $(1))

.PHONY: test test-needs test-unit test-integration test-system test-long test-rootless
test: test-needs        ## all tests (as root it first installs what they need)
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@status=0; $(MAKE) --no-print-directory -k test-unit test-integration test-system || status=$$?; \
	    tests/support/sum-results $(RESULTS) && exit $$status

test-needs:
	@tests/support/install-needs

test-unit: $(BUILD)/bin/unit-tests                 ## unit tests
	@$(call run_boost,$<,unit)

test-integration: all $(BUILD)/bin/integration-tests   ## tests on real files and sockets
	@ARQ_BUILD=$(abspath $(BUILD)) $(call run_boost,$(BUILD)/bin/integration-tests,integration)
	@ARQ_TEST_JOURNAL=rollback $(call run_boost,$(BUILD)/bin/integration-tests,rollback) \
	    --run_test='user_file*,migrations_tests,schemas_tests,lease_tests,turn_tests,message_tests,sessions_tests,deletion_tests,storage_errors_tests'

# Libraries that are preloaded into a pool.
$(BUILD)/lib/libcounted-writes.so: tests/bench/counted_writes.cpp
$(BUILD)/lib/libfailing-worker.so: tests/system/support/failing_worker.cpp
$(BUILD)/lib/lib%.so:
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(COMPILE) -MF $(BUILD)/obj/$*.d -fPIC -shared -o $@ $<

test-system: all $(BUILD)/bin/arq-load $(BUILD)/lib/libfailing-worker.so             ## the scripts and the whole stack, under a real nginx and browser
	@BUILD=$(abspath $(BUILD)) RESULTS=$(abspath $(RESULTS)) tests/system/run

test-long: all $(BUILD)/bin/arq-load $(BUILD)/lib/libfailing-worker.so   ## what waits for minutes to pass: a canary in the whole stack
	@BUILD=$(abspath $(BUILD)) RESULTS=$(abspath $(RESULTS))/long tests/system/run $(notdir $(wildcard tests/system/long/*.bats))

test-rootless:                                     ## install.sh without root on a bare Debian (needs root and debootstrap)
	@BUILD=$(abspath $(BUILD)) RESULTS=$(abspath $(RESULTS)) tests/system/rootless/run

# --- benchmark -----------------------------------------------------------------------------------

FLOORS := $(BUILD)/bin/floor-store $(BUILD)/bin/floor-constant
$(FLOORS): $(BUILD)/bin/floor-%: tests/bench/floor_%.cpp tests/bench/floor.cpp tests/bench/floor.h
	@mkdir -p $(@D)
	$(call say,CXX,$@)
	$(Q)$(COMPILE) -MF $(BUILD)/obj/floor-$*.d -o $@ $(filter %.cpp,$^) $(LDFLAGS) -lfcgi -lsqlite3 -lpthread

$(BUILD)/obj/tests/bench/recall.o: COMPILE += -Itests
$(BUILD)/bin/bench-recall: $(call objects,tests/bench/recall.cpp) $(call link_parts,$(PARTS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $^ $(LIBS)

.PHONY: eval
eval: $(BUILD)/bin/eval     ## quality on the test data in DATA=folder (docs/quality.md); ONLY=measure,…
	@test -d '$(DATA)' || { echo 'eval: say where the test data is: make eval DATA=folder' >&2; exit 2; }
	@$< --data '$(DATA)' --project . $(if $(ONLY),--only '$(ONLY)')

.PHONY: bench bench-paste
bench: all $(BUILD)/bin/arq-load $(BUILD)/bin/bench-recall $(FLOORS) $(BUILD)/lib/libcounted-writes.so   ## ARQ beside two floors, in one run (see tests/bench/run)
	@tests/support/install-needs && rm -rf $(BUILD)/bench/release
	@$(MAKE) --no-print-directory release DEST=$(BUILD)/bench/release >/dev/null
	@BUILD=$(abspath $(BUILD)) ROUNDS=$(ROUNDS) ROUND_SECONDS=$(SECONDS) KILLS=$(KILLS) ONLY=$(ONLY) QUICK=$(QUICK) tests/bench/run
bench-paste:            ## puts what bench last printed into docs/performance.md
	@tests/bench/paste $(BUILD)/bench/result.txt docs/performance.md

# --- checks --------------------------------------------------------------------------------------

# As many jobs as there are processors, unless make was told how many.
PARALLEL = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

.PHONY: test-sanitized test-sanitized-memory test-sanitized-threads
test-sanitized: test-sanitized-memory test-sanitized-threads   ## unit and integration tests under the sanitizers
test-sanitized-memory: SANITIZERS = address,undefined
test-sanitized-threads: SANITIZERS = thread
test-sanitized-memory test-sanitized-threads:
	@$(MAKE) --no-print-directory SANITIZE=$(SANITIZERS) $(PARALLEL) build-tests
	@$(MAKE) --no-print-directory SANITIZE=$(SANITIZERS) RESULTS=$(abspath $(RESULTS)) -k test-unit test-integration
build-tests: all $(BUILD)/bin/unit-tests $(BUILD)/bin/integration-tests

# Each folder of the corpus is one fuzzer's.
FUZZERS      := $(notdir $(wildcard tests/fuzz/corpus/*))
FUZZ_SECONDS ?= 60
.PHONY: build-tests build-fuzz fuzz
fuzz:                   ## each fuzzer for FUZZ_SECONDS (60)
	@$(MAKE) --no-print-directory SANITIZE=address,undefined $(PARALLEL) build-fuzz
	@$(MAKE) --no-print-directory -k $(PARALLEL) $(addprefix fuzz-run-,$(FUZZERS))
build-fuzz: $(BUILD)/bin/fuzz
fuzz-run-%:
	@tests/fuzz/run $(BUILD)/sanitize-address-undefined/bin/fuzz $* $(FUZZ_SECONDS) $(BUILD)/fuzz $(RESULTS)

.PHONY: check lint layers format-check shellcheck format tidy tidy-files
CHECKS := test-unit test-integration test-system lint tidy test-sanitized fuzz test-rootless test-long
check:                  ## all of it: tests, lint, tidy, sanitizers, fuzzers (10 s each), test-rootless, test-long
	@tests/support/install-needs check
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@tests/support/run-checks $(RESULTS) "$(MAKE) --no-print-directory -k FUZZ_SECONDS=$(if $(filter file,$(origin FUZZ_SECONDS)),10,$(FUZZ_SECONDS))" $(CHECKS)

# clang-tidy on what has changed since it last had nothing to say, included headers too.
TIDY_FLAGS = -std=c++20 -Wall -Wextra -Wno-missing-field-initializers -Iinclude -Isrc -Itests -I$(BUILD)/tidy/gen -DBOOST_TEST_DYN_LINK
tidy: $(BUILD)/tidy/gen/version.h   ## clang-tidy on all C++ (.clang-tidy says what it looks for)
	@$(MAKE) --no-print-directory -k $(PARALLEL) tidy-files && echo 'tidy: ok'
# Not the real one, which changes with each commit.
$(BUILD)/tidy/gen/version.h:
	@mkdir -p $(@D) && echo '#define ARQ_VERSION "tidy"' >$@
TIDY_FILES := $(patsubst %.cpp,$(BUILD)/tidy/%.ok,$(wildcard src/*/*.cpp tests/*/*.cpp tests/*/*/*.cpp))
tidy-files: $(TIDY_FILES)
$(filter $(BUILD)/tidy/src/main/%,$(TIDY_FILES)): src/main/.clang-tidy
$(filter $(BUILD)/tidy/tests/%,$(TIDY_FILES)): tests/.clang-tidy
$(BUILD)/tidy/%.ok: %.cpp .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	@clang-tidy --quiet $< -- $(TIDY_FLAGS) >$@.log 2>&1 || { grep -v 'warnings* generated' $@.log; exit 1; }
	@$(CLANG) $(TIDY_FLAGS) -MM -MP -MT $@ -MF $(@:.ok=.d) $< && touch $@

lint: layers format-check shellcheck   ## layers, documents, formatting, shellcheck

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
	@mkdir -p $(DEST)/bin $(DEST)/share/supervisor $(DEST)/share/releases
	install -m 755 $(PROGRAMS) src/supervisor/arq-supervisor $(DEST)/bin/
	install -m 644 src/supervisor/*.sh $(DEST)/share/supervisor/
	install -m 644 src/releases/*.sh $(DEST)/share/releases/
	install -m 755 src/releases/arq-releases src/releases/self-test $(DEST)/share/releases/
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

-include $(shell find $(BUILD)/obj $(BUILD)/tidy -name '*.d' 2>/dev/null)
