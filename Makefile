# ./dev build     the program         ./dev test    every test and the layers
# ./dev sanitize  tests, ASan, UBSan  ./dev fuzz    a minute on each reader
#
# MODE  release (default), sanitized, fuzz      CC  gcc or clang      OUT  where objects go

ifeq ($(origin CC),default)
CC     := gcc
endif
MODE   ?= release
OUT    ?= build/$(MODE)-$(notdir $(CC))

PACKAGES := libmicrohttpd sqlite3 libpq libfyaml jansson pangocairo pangoft2 cairo-pdf fontconfig libqpdf \
            libsodium libcurl libxml-2.0 icu-uc icu-i18n libpcre2-8 libseccomp libmagic
CFLAGS  += -std=gnu2x -D_GNU_SOURCE -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wvla -Werror -fno-strict-aliasing -Isrc -Itest $(shell pkg-config --cflags $(PACKAGES))
LDLIBS  += $(shell pkg-config --libs $(PACKAGES)) -lcmark-gfm -lcmark-gfm-extensions -l:libbidgcc000.a -lpthread -lm

ifeq ($(MODE),release)
CFLAGS += -O2 -fstack-protector-strong -fPIE
ifneq ($(notdir $(CC)),clang) # whose fortified sprintf is a macro, which banned.h cannot ban
CFLAGS += -D_FORTIFY_SOURCE=2
endif
LDFLAGS += -pie -Wl,-z,relro,-z,now
else ifeq ($(MODE),sanitized)
CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifeq ($(MODE),fuzz)
CFLAGS += -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif

LIBRARY := $(wildcard src/*/*.c)
PROGRAM := $(wildcard src/*.c)
TESTS   := $(wildcard test/*.c) $(wildcard test/*/*_test.c)
FUZZERS := $(wildcard test/fuzz/*.c)
comma   := ,
# objects of some sources: $(call objects,a.c b.c)
objects  = $(patsubst %.c,$(OUT)/%.o,$(1))
# The migrations as one C table, linked wherever the library is.
EMBEDDED := $(OUT)/migrations.o

.PHONY: all tests layers fuzzers warnings clean build/guichet
all: build/guichet $(OUT)/seed $(OUT)/feel-values $(OUT)/lives

# The program as people call it: the one made last. Looked at each time, for a link is newer than what it
# stops pointing to when MODE or CC changes.
build/guichet: $(OUT)/guichet
	@[ "$$(readlink $@)" = "$(patsubst build/%,%,$<)" ] || ln -sf $(patsubst build/%,%,$<) $@

tests: $(OUT)/tests
fuzzers: $(patsubst test/fuzz/%.c,$(OUT)/fuzz-%,$(FUZZERS))

$(OUT)/guichet: $(call objects,$(PROGRAM) $(LIBRARY)) $(EMBEDDED)
$(OUT)/tests:   $(call objects,$(TESTS) $(LIBRARY) $(filter-out src/main.c,$(PROGRAM))) $(EMBEDDED)
# So that a test makes an allocation fail: test/allocation.h.
WRAPPED := malloc calloc realloc pcre2_compile_8 pcre2_match_data_create_from_pattern_8 pcre2_match_context_create_8 \
           pcre2_match_8
$(OUT)/tests: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,$(WRAPPED))
$(OUT)/guichet $(OUT)/tests:
	@echo "  link     $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(OUT)/fuzz-%: $(OUT)/test/fuzz/%.o $(call objects,$(LIBRARY)) $(EMBEDDED)
	@echo "  link     $@"
	@$(CC) $(CFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) -o $@

# A program that a bench measures from the outside: make build/release-gcc/bench-web
$(OUT)/bench-%: $(OUT)/test/bench/%.o $(call objects,$(LIBRARY)) $(EMBEDDED)
	@echo "  link     $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# What fills a directory for tests of the whole: make build/release-gcc/seed
$(OUT)/seed: $(OUT)/test/tools/seed.o $(call objects,$(LIBRARY)) $(EMBEDDED)
	@echo "  link     $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# Random lives of dossiers, and the rules they keep.
$(OUT)/lives: $(call objects,$(wildcard test/lives/*.c) $(LIBRARY)) $(EMBEDDED)
	@echo "  link     $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The same on a library whose file BUGGY has a mistake, planted as number BUG: test/lives/run.mjs.
$(OUT)/lives-bugs/$(BUG)/lives: $(filter-out $(BUGGY:%.c=$(OUT)/%.o),$(call objects,$(wildcard test/lives/*.c) $(LIBRARY))) $(EMBEDDED) FORCE
	@$(CC) $(CFLAGS) -c $(OUT)/lives-bugs/$(BUG)/$(notdir $(BUGGY)) -o $(OUT)/lives-bugs/$(BUG)/buggy.o
	@$(CC) $(CFLAGS) $(LDFLAGS) $(filter-out FORCE,$^) $(OUT)/lives-bugs/$(BUG)/buggy.o $(LDLIBS) -o $@
.PHONY: FORCE
FORCE:

# Expressions in, values out, for tests written in other languages.
$(OUT)/feel-values: $(OUT)/test/tools/feel_values.o $(call objects,$(LIBRARY)) $(EMBEDDED)
	@echo "  link     $@"
	@$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LDLIBS) -o $@

# Statements and migrations are text: what includes or embeds them is found by -MMD.
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  compile  $<"
	@$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/migrations.o: $(wildcard src/store/migrations/*.sql) tools/embed-migrations
	@mkdir -p $(@D)
	@tools/embed-migrations $(sort $(filter %.sql,$^)) > $(@:.o=.c)
	@$(CC) $(CFLAGS) -c $(@:.o=.c) -o $@

# What static.c embeds by .incbin, which -MMD does not see.
$(OUT)/src/web/static.o: $(wildcard src/web/static/*)

# What a compiler says of every source, without making anything: make CC=clang warnings
SOURCES := $(PROGRAM) $(LIBRARY) $(TESTS) $(FUZZERS) $(wildcard test/bench/*.c test/lives/*.c test/tools/*.c)
warnings: $(SOURCES:%=%.read)
%.c.read: %.c FORCE
	@$(CC) $(CFLAGS) -fsyntax-only $<

layers:
	tools/check-layers src/LAYERS src

clean:
	rm -rf build

-include $(patsubst %.c,$(OUT)/%.d,$(PROGRAM) $(LIBRARY) $(TESTS) $(FUZZERS) $(wildcard test/tools/*.c test/lives/*.c))
