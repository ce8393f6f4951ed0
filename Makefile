# migc: one makefile for everything; `make help` lists the targets.
#
# Sources are found by wildcard: a new .c file in compiler/<room>/ or runtime/<room>/ needs no change here.
# Variants are builds in their own folder:  make FLAVOR=asan BUILD=build/asan   (also: tsan, fuzz)

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

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# --- flags ---------------------------------------------------------------------------------------
WARNINGS := -std=c17 -Wall -Wextra -Werror -Wshadow -Wswitch-enum -Wstrict-prototypes \
            -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla
OPT_release := -O2 -g
OPT_asan    := -O1 -g -fno-omit-frame-pointer -DMIG_ARENA_MALLOC
OPT_tsan    := -O1 -g -fno-omit-frame-pointer
OPT_fuzz    := -O1 -g -fno-omit-frame-pointer -DMIG_ARENA_MALLOC
SAN_release :=
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

.PHONY: all asan tsan units check-unit clean help
all: $(BUILD)/libmigrt.a $(BUILD)/libmigc.a $(if $(MAIN_OBJ),$(BUILD)/migc)

asan tsan:
	+$(MAKE) --no-print-directory FLAVOR=$@ BUILD=$(BUILD)/$@ all

# --- building ------------------------------------------------------------------------------------
$(BUILD)/libmigrt.a: $(RUNTIME_OBJ) $(BUILD)/files
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $(RUNTIME_OBJ)

$(BUILD)/libmigc.a: $(COMPILER_OBJ) $(BUILD)/files
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $(COMPILER_OBJ)

$(BUILD)/migc: $(MAIN_OBJ) $(BUILD)/libmigc.a $(BUILD)/libmigrt.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GEN_HDR)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/flags | $(GEN_HDR)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/obj/embed/%.o: $(BUILD)/gen/embed/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

.SECONDARY:
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
	$(BISON) -Wall -Werror -Wno-deprecated --defines=$(BUILD)/gen/mig.tab.h -o $(BUILD)/gen/mig.tab.c $<

$(BUILD)/gen/mig.yy.c $(BUILD)/gen/mig.yy.h &: grammar/mig.l $(wildcard grammar/keywords.def)
	@mkdir -p $(@D)
	$(FLEX) --header-file=$(BUILD)/gen/mig.yy.h -o $(BUILD)/gen/mig.yy.c $<

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

units: $(UNIT_BIN)
$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libmigc.a $(BUILD)/libmigrt.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcmocka

check-unit: units
	tests/run --build $(BUILD) --only unit

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# --- housekeeping --------------------------------------------------------------------------------
clean:
	rm -rf $(BUILD)

help:
	@echo "make          build/migc and build/libmigrt.a"
	@echo "make asan     the same with address and undefined-behaviour sanitizers, in build/asan"
	@echo "make tsan     the same with the thread sanitizer, in build/tsan"
	@echo "make clean    removes build/"
