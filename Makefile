# migc: one makefile for everything; `make help` lists the targets.
#
# Sources are found by wildcard: a new .c file in compiler/<room>/ or runtime/<room>/ needs no change here.
# Variants are builds in their own folder:  make FLAVOR=asan BUILD=build/asan   (also: tsan, fuzz; quick: unoptimized)

VERSION := 0.1.0
BUILD   ?= build
FLAVOR  ?= release
CC      ?= cc
AR      ?= ar
FLEX    ?= flex
BISON   ?= bison
PKG_CONFIG ?= pkg-config
ifeq ($(origin CC),default)
CC := gcc
endif

# Short lines while building; V=1 shows the commands.
V ?=
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-5s %s\n' $(1) '$(2)';)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# --- flags ---------------------------------------------------------------------------------------
WARNINGS := -std=c17 -Wall -Wextra -Werror -Wshadow -Wswitch-enum -Wstrict-prototypes \
            -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla
OPT_release := -O2 -g
OPT_quick   := -O0
OPT_asan    := -O1 -g -fno-omit-frame-pointer -DMIG_ARENA_MALLOC
OPT_tsan    := -O1 -g -fno-omit-frame-pointer
OPT_fuzz    := -O1 -g -fno-omit-frame-pointer -DMIG_ARENA_MALLOC
SAN_release :=
SAN_quick   :=
SAN_asan    := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SAN_tsan    := -fsanitize=thread
SAN_fuzz    := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

PACKAGES := libpq sqlite3 icu-i18n icu-uc libpcre2-8 libxxhash libcrypto gmp zlib libzstd
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
LIBS       := $(PKG_LIBS) -lm -lpthread

CPPFLAGS_ALL := -D_GNU_SOURCE -I. -Iruntime -I$(BUILD)/gen $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL   := $(WARNINGS) $(OPT_$(FLAVOR)) $(SAN_$(FLAVOR)) -pthread $(CFLAGS)
LDFLAGS_ALL  := $(SAN_$(FLAVOR)) -pthread -Wl,--as-needed $(LDFLAGS)

# --- what there is -------------------------------------------------------------------------------
COMPILER_SRC := $(wildcard compiler/*.c compiler/*/*.c)
RUNTIME_SRC  := $(wildcard runtime/*/*.c)
HAVE_LEXER   := $(wildcard grammar/mig.l)
HAVE_PARSER  := $(wildcard grammar/mig.y)
GEN_SRC      := $(if $(HAVE_PARSER),$(BUILD)/gen/mig.tab.c) $(if $(HAVE_LEXER),$(BUILD)/gen/mig.yy.c)
GEN_HDR      := $(BUILD)/gen/config.h $(if $(HAVE_PARSER),$(BUILD)/gen/mig.tab.h) $(if $(HAVE_LEXER),$(BUILD)/gen/mig.yy.h)
# Text that is easier to read as a file than as a C string: compiler/<room>/tpl/*, runtime/<room>/sql/*,
# runtime/<room>/tpl/* become `const char embed_<file name, other characters as _>[]` in build/gen/embed/.
COMPILER_EMBED := $(wildcard compiler/*/tpl/*)
RUNTIME_EMBED  := $(wildcard runtime/*/sql/* runtime/*/tpl/*)

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
MAIN_OBJ     := $(call obj,$(filter compiler/main.c,$(COMPILER_SRC)))
COMPILER_OBJ := $(call obj,$(filter-out compiler/main.c,$(COMPILER_SRC))) \
                $(patsubst $(BUILD)/gen/%.c,$(BUILD)/obj/gen/%.o,$(GEN_SRC)) \
                $(COMPILER_EMBED:%=$(BUILD)/obj/embed/%.o)
RUNTIME_OBJ  := $(call obj,$(RUNTIME_SRC)) $(RUNTIME_EMBED:%=$(BUILD)/obj/embed/%.o)

.PHONY: all asan tsan units man demo check check-all check-fast check-unit check-lang check-e2e check-faults check-asan \
        check-tsan golden lint fuzz fuzz-smoke bench deps install uninstall dist deb clean help
all: $(BUILD)/libmigrt.a $(BUILD)/libmigc.a $(if $(MAIN_OBJ),$(BUILD)/migc)

asan tsan:
	+$(MAKE) --no-print-directory FLAVOR=$@ BUILD=$(BUILD)/$@ all

# On all processors, unless the caller has said how many jobs.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))

# Packages that are missing on this machine; quick when nothing is.
NEED ?= check
deps:
	@.ci/deps $(NEED)

demo:
	@.ci/deps demo
	+@$(MAKE) --no-print-directory $(PARALLEL) all
	@.ci/demo $(BUILD)

ifneq ($(filter-out clean help deps lint dist demo check bench uninstall,$(or $(MAKECMDGOALS),all)),)
ifeq ($(PKG_LIBS),)
$(error libraries are missing: $(shell $(PKG_CONFIG) --print-errors --exists $(PACKAGES) 2>&1 | sed -n "s/.*No package '\(.*\)' found.*/\1/p;s/.*not found.*/pkg-config/p" | sort -u | tr '\n' ' ')- `make deps` installs them)
endif
endif

# --- building ------------------------------------------------------------------------------------
$(BUILD)/libmigrt.a: $(RUNTIME_OBJ) $(BUILD)/files
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcsD $@ $(RUNTIME_OBJ)

$(BUILD)/libmigc.a: $(COMPILER_OBJ) $(BUILD)/files
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcsD $@ $(COMPILER_OBJ)

$(BUILD)/migc: $(MAIN_OBJ) $(BUILD)/libmigc.a $(BUILD)/libmigrt.a
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GEN_HDR)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags | $(GEN_HDR)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/obj/embed/%.o: $(BUILD)/gen/embed/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# These are kept; all others are no left-overs of a chain, which `make -o` would look behind.
.SECONDARY: $(COMPILER_EMBED:%=$(BUILD)/gen/embed/%.c) $(RUNTIME_EMBED:%=$(BUILD)/gen/embed/%.c)
$(BUILD)/gen/embed/%.c: %
	@mkdir -p $(@D)
	@{ name=embed_$$(printf '%s' '$(<F)' | tr -c 'A-Za-z0-9' '_'); \
	   echo "/* Made from $<; do not edit. */"; \
	   echo "extern const char $$name[];"; echo "const char $$name[] ="; \
	   sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/?/\\?/g' -e 's/	/\\t/g' -e 's/^/    "/' -e 's/$$/\\n"/' $<; \
	   echo '    "";'; } > $@

# Grouped target: one bison run makes both files.
$(BUILD)/gen/mig.tab.c $(BUILD)/gen/mig.tab.h &: grammar/mig.y
	@mkdir -p $(@D)
	$(call say,BISON,$<)$(BISON) -Wall -Werror -Wno-deprecated --defines=$(BUILD)/gen/mig.tab.h -o $(BUILD)/gen/mig.tab.c $<

$(BUILD)/gen/mig.yy.c $(BUILD)/gen/mig.yy.h &: grammar/mig.l $(wildcard grammar/keywords.def)
	@mkdir -p $(@D)
	$(call say,FLEX,$<)$(FLEX) --header-file=$(BUILD)/gen/mig.yy.h -o $(BUILD)/gen/mig.yy.c $<

# What the compiler must know about this build: how to compile and link the programs that it makes.
# The flags file changes only when the flags do, and every object depends on it; the files file changes
# when sources come or go, and the archives depend on it.
define CONFIG_H
/* Made by the Makefile; do not edit. */
#ifndef MIG_CONFIG_H
#define MIG_CONFIG_H
#define MIG_VERSION "$(VERSION)"
/* Linker arguments of a program that uses libmigrt.a. */
#define MIG_RUNTIME_LIBS "$(strip $(LIBS))"
/* Extra compiler and linker arguments that this variant of libmigrt.a needs (sanitizers), or "". */
#define MIG_RUNTIME_CFLAGS "$(strip $(SAN_$(FLAVOR)))"
#endif
endef
export CONFIG_H

$(BUILD)/gen/config.h: $(BUILD)/flags
	@mkdir -p $(@D)
	@printf '%s\n' "$$CONFIG_H" > $@

FLAGS_TEXT := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBS) $(VERSION)
FILES_TEXT := $(sort $(COMPILER_OBJ)) / $(sort $(RUNTIME_OBJ))
.PHONY: force
$(BUILD)/flags $(BUILD)/files: force
	@mkdir -p $(@D)
	@printf '%s\n' '$($(if $(filter %/flags,$@),FLAGS,FILES)_TEXT)' > $@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv $@.new $@; fi

# --- tests ---------------------------------------------------------------------------------------
# One test program per file; it may use anything of the compiler and of the runtime.
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/unit/%)
.SECONDARY: $(UNIT_SRC:%.c=$(BUILD)/obj/%.o)

units: $(UNIT_BIN)
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libmigc.a $(BUILD)/libmigrt.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcmocka

# Building happens in makes of their own below, because `deps` may just have installed what the flags
# at the top of this file are made from.
check:
	@.ci/deps check
	+@$(MAKE) --no-print-directory $(PARALLEL) check-all

OTHER_CC := $(if $(findstring clang,$(CC)),gcc,clang)
check-all: lint
	+$(MAKE) --no-print-directory all units
	+$(MAKE) --no-print-directory FLAVOR=asan BUILD=$(BUILD)/asan all units
	+$(MAKE) --no-print-directory FLAVOR=quick CC=$(OTHER_CC) BUILD=$(BUILD)/$(OTHER_CC) all units
	MIGC_REQUIRE_PG=1 tests/pg/with-server tests/run --build $(BUILD) --asan $(BUILD)/asan $(TESTS)

check-fast: lint all units
	tests/run --build $(BUILD) --no-postgres --only runner,unit,lang,golden,e2e,docs $(TESTS)

check-unit: units
	tests/run --build $(BUILD) --only unit $(TESTS)

check-lang: all
	tests/run --build $(BUILD) --only lang,golden $(TESTS)

check-e2e: all
	tests/pg/with-server tests/run --build $(BUILD) --only e2e,emit $(TESTS)

check-faults: all
	MIGC_REQUIRE_PG=1 tests/pg/with-server tests/run --build $(BUILD) --only faults $(TESTS)

check-asan check-tsan: check-%:
	+$(MAKE) --no-print-directory FLAVOR=$* BUILD=$(BUILD)/$* all units
	tests/run --build $(BUILD)/$* --no-postgres --only unit,lang,e2e $(TESTS)

# Rewrites the expectations of language cases and golden C; then read the diff.
golden: all
	tests/run --build $(BUILD) --only lang,golden --update $(TESTS)
	@git --no-pager diff --stat -- tests

lint:
	@.ci/lint

# Fuzzers: tests/fuzz/fuzz_*.c, each with LLVMFuzzerTestOneInput, built with clang and its sanitizers.
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
.PHONY: fuzzers
fuzzers: $(FUZZ_BIN)
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/libmigc.a $(BUILD)/libmigrt.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS)

SECONDS_smoke := 15
SECONDS_long  := 600
fuzz fuzz-smoke:
	+$(MAKE) --no-print-directory FLAVOR=fuzz CC=clang BUILD=$(BUILD)/fuzz-build fuzzers
	.ci/fuzz $(BUILD)/fuzz-build $(or $(FUZZ_SECONDS),$(if $(filter fuzz-smoke,$@),$(SECONDS_smoke),$(SECONDS_long)))

# Programs that measure one part against the least it could take: tests/bench/bench_*.c.
BENCH_SRC := $(wildcard tests/bench/bench_*.c)
BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/tests/bench/%)
.SECONDARY: $(BENCH_SRC:%.c=$(BUILD)/obj/%.o)
$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/libmigrt.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)
.PHONY: bench-parts
bench-parts: $(BENCH_BIN)
	@for b in $(BENCH_BIN); do "./$$b" || exit 1; done

bench:
	@.ci/deps bench
	+@$(MAKE) --no-print-directory $(PARALLEL) all bench-parts
	MIGC_REQUIRE_PG=1 tests/pg/with-server tests/bench/run --build $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# --- installing ----------------------------------------------------------------------------------
PREFIX  ?= /usr/local
DESTDIR ?=
ROOT     = $(DESTDIR)$(PREFIX)
# The one header of generated programs, and what it includes.
PUBLIC_HDR = $(sort runtime/mig.h $(filter runtime/%,$(shell $(CC) -MM -Iruntime runtime/mig.h 2>/dev/null)))
MAN_PAGES := $(wildcard compiler/share/man/*.[1-8]) $(BUILD)/man/mig.5

# The language reference as a manual page, with the functions that the compiler knows.
man: $(BUILD)/man/mig.5
$(BUILD)/man/mig.5: grammar/README.md .ci/manpage $(BUILD)/migc
	@mkdir -p $(@D)
	$(call say,MAN,$@).ci/manpage $(abspath $(BUILD))/migc > $@.new && mv $@.new $@

install: all man
	install -d $(ROOT)/bin $(ROOT)/lib/migc $(ROOT)/lib/pkgconfig $(ROOT)/include/migc \
	    $(ROOT)/share/bash-completion/completions
	install -m 755 $(BUILD)/migc $(ROOT)/bin/migc
	install -m 644 $(BUILD)/libmigrt.a $(ROOT)/lib/migc/libmigrt.a
	for f in $(PUBLIC_HDR:runtime/%=%); do install -D -m 644 runtime/$$f $(ROOT)/include/migc/$$f || exit 1; done
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@PACKAGES@|$(PACKAGES)|' \
	    -e 's|@LIBS@|$(strip $(LIBS))|' compiler/share/pkgconfig/migrt.pc.in > $(ROOT)/lib/pkgconfig/migrt.pc
	install -m 644 compiler/share/bash-completion/migc $(ROOT)/share/bash-completion/completions/migc
	for f in $(MAN_PAGES); do install -D -m 644 $$f $(ROOT)/share/man/man$${f##*.}/$${f##*/} || exit 1; done
	if [ -d compiler/share/vim ]; then cd compiler/share/vim && find . -type f -exec install -D -m 644 {} $(abspath $(ROOT))/share/vim/vimfiles/{} \;; fi

uninstall:
	rm -f $(ROOT)/bin/migc $(ROOT)/lib/pkgconfig/migrt.pc $(ROOT)/share/bash-completion/completions/migc
	rm -rf $(ROOT)/lib/migc $(ROOT)/include/migc
	for f in $(MAN_PAGES); do rm -f $(ROOT)/share/man/man$${f##*.}/$${f##*/}; done
	if [ -d compiler/share/vim ]; then cd compiler/share/vim && find . -type f -exec rm -f $(abspath $(ROOT))/share/vim/vimfiles/{} \;; fi

DIST := migc-$(VERSION)
dist:
	@mkdir -p $(BUILD)
	git archive --format=tar --prefix=$(DIST)/ HEAD | gzip -9n > $(BUILD)/$(DIST).tar.gz
	@echo $(BUILD)/$(DIST).tar.gz

deb: all
	rm -rf $(BUILD)/deb
	+@$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(BUILD))/deb PREFIX=/usr
	strip $(BUILD)/deb/usr/bin/migc
	.ci/deb $(BUILD)/deb $(VERSION) $(BUILD)/migc_$(VERSION)_$$(dpkg --print-architecture).deb

# --- housekeeping --------------------------------------------------------------------------------
clean:
	rm -rf $(BUILD)

help:
	@echo "make               build/migc and build/libmigrt.a"
	@echo "make demo          installs what is missing, builds, and runs the first migration of specs/"
	@echo "make check         the whole test suite, with its own throw-away PostgreSQL server"
	@echo "make check-fast    without a server;  also: check-unit check-lang check-e2e check-faults check-asan check-tsan"
	@echo "                   TESTS='-f REGEX' picks cases, TESTS=--list names them"
	@echo "make golden        rewrites expected output; then read the diff"
	@echo "make lint          rules of the house that no compiler checks"
	@echo "make asan | tsan   a build with sanitizers in build/asan, build/tsan"
	@echo "make fuzz-smoke    each fuzzer for $(SECONDS_smoke) seconds; make fuzz: for $(SECONDS_long), or FUZZ_SECONDS=N"
	@echo "make bench-parts   parts of the runtime, each beside the least that it could take"
	@echo "make bench         speed beside psql, pgloader, sqlite3 and pgcopydb"
	@echo "make deps          installs Debian packages that are missing; NEED=build|demo|check|bench"
	@echo "make install       DESTDIR= PREFIX=/usr/local;  make uninstall takes it back"
	@echo "make dist | deb    a source archive, a Debian package"
	@echo "make clean         removes build/"
