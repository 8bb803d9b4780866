# libcustcap: `make demo` and `make check` are all a newcomer needs.
#
# Variables first, then what ./configure found (it wins), then the rules.
# Everything that is built goes below $(B).

CC ?= cc
AR ?= ar
CFLAGS ?= -O2 -g
LDFLAGS ?=
PKG_CONFIG ?= pkg-config
prefix ?= /usr/local
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
libdir ?= $(exec_prefix)/lib
includedir ?= $(prefix)/include
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/custcap
bashcompdir ?= $(prefix)/share/bash-completion/completions
zshcompdir ?= $(prefix)/share/zsh/site-functions
fishcompdir ?= $(prefix)/share/fish/vendor_completions.d
B ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
-include config.mk

VERSION := $(shell sed -n 's/^\#define CUSTCAP_VERSION_[A-Z]* //p' \
  include/custcap/status.h | paste -sd.)
SOMAJOR = 0
SONAME = libcustcap.so.$(SOMAJOR)
SOFILE = libcustcap.so.$(VERSION)

# The library's own flags: `make CFLAGS=...` adds to them, never replaces.
OWN_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude -Ilib -I$(B)/generated -fPIC \
  -fvisibility=hidden -ffp-contract=off -pthread -Wall -Wextra -Wpedantic \
  -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wvla \
  -Werror
LIB_LIBS = -lsqlite3 -lsodium -pthread -lm
TOOL_LIBS = -lcsv -ljansson

# SANITIZE=address,undefined builds everything with those sanitizers.
ifneq ($(SANITIZE),)
OWN_CFLAGS += -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
  -fno-sanitize-recover=all
LDFLAGS += -fsanitize=$(SANITIZE)
endif

LIB_SOURCES = $(sort $(wildcard lib/*/*.c))
LIB_OBJECTS = $(LIB_SOURCES:%.c=$(B)/%.o) $(B)/generated/measures.o
TOOL_OBJECTS = $(patsubst %.c,$(B)/%.o,$(sort $(wildcard tools/custcap/*.c)))
MEASURES = $(sort $(wildcard lib/measures/*/*.sql))
TESTS = $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard \
  tests/unit/test_*.c)))
EXAMPLES = $(patsubst examples/%.c,$(B)/examples/%,$(sort $(wildcard \
  examples/*.c)))
MAN_PAGES = $(sort $(wildcard man/man*/*.[1-8]))
HEADERS = $(sort $(wildcard include/custcap/*.h))

.PHONY: all demo check quick tests bench lint deps install uninstall dist \
  clean distclean docs describe man lua install-lua FORCE

all: $(B)/libcustcap.a $(B)/libcustcap.so $(B)/custcap $(B)/custcap.pc

# --- building -------------------------------------------------------------

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(OWN_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/generated/measures.o: $(B)/generated/measures.c
	$(CC) $(OWN_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The catalogue's files become one array of texts, sorted by name.  A folder
# is newer once a file is taken out of it.
$(B)/generated/measures.c: tools/embed $(MEASURES) $(sort $(dir $(MEASURES)))
	@mkdir -p $(@D)
	sh tools/embed $(MEASURES) > $@.new && mv $@.new $@

$(B)/libcustcap.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) qcs $@ $^

$(B)/$(SOFILE): $(LIB_OBJECTS) lib/custcap.map
	$(CC) $(CFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs \
	  -Wl,--version-script=lib/custcap.map -o $@ $(LIB_OBJECTS) \
	  $(LDFLAGS) $(LIB_LIBS)

$(B)/libcustcap.so: $(B)/$(SOFILE)
	ln -sf $(SOFILE) $(B)/$(SONAME)
	ln -sf $(SONAME) $@

# In the build the command carries the library; installed, it links it.
$(B)/custcap: $(TOOL_OBJECTS) $(B)/libcustcap.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) $(LIB_LIBS) $(TOOL_LIBS)

$(B)/custcap-shared: $(TOOL_OBJECTS) $(B)/libcustcap.so
	$(CC) $(CFLAGS) -o $@ $(TOOL_OBJECTS) -L$(B) -lcustcap $(LDFLAGS) \
	  $(TOOL_LIBS) -pthread

# Always made anew: prefix may come from the command line.
$(B)/custcap.pc: custcap.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' \
	  -e 's|@includedir@|$(includedir)|' -e 's|@version@|$(VERSION)|' \
	  $< > $@

$(B)/examples/%: examples/%.c $(B)/libcustcap.a
	@mkdir -p $(@D)
	$(CC) -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude $(CFLAGS) \
	  -o $@ $< $(B)/libcustcap.a $(LDFLAGS) $(LIB_LIBS)

$(B)/tests/%: $(B)/tests/unit/%.o $(B)/libcustcap.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(LDFLAGS) $(LIB_LIBS) \
	  $$($(PKG_CONFIG) --libs check)

# These bring a ledger in memory: their definitions win over the library's.
$(B)/tests/test_kernel_%: LDFLAGS += -Wl,-z,muldefs

tests: $(TESTS)

# --- Lua: a module for every Lua that is installed -------------------------

LUAS ?= $(shell for lua in lua5.4 lua5.3 lua5.2 luajit lua5.1; do \
  $(PKG_CONFIG) --exists $$lua && echo $$lua; done)
LUA_SOURCES = $(sort $(wildcard bindings/lua/*.c))
LUA_CFLAGS = -std=c11 -Iinclude -fPIC -fvisibility=hidden -Wall -Wextra \
  -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
  -Wpointer-arith -Wvla -Werror
# Where a Lua of that version looks for modules; LuaJIT's is 5.1.
lua_folder = lua/$(if $(filter luajit,$(1)),5.1,$(1:lua%=%))

lua: $(B)/libcustcap.so
	@for lua in $(LUAS); do \
	  $(MAKE) --no-print-directory $(B)/lua/$$lua/custcap.so || exit 1; done

$(B)/lua/%/custcap.so: $(LUA_SOURCES) $(wildcard bindings/lua/*.h) \
  $(HEADERS) | $(B)/libcustcap.so
	@mkdir -p $(@D)
	$(CC) $(LUA_CFLAGS) $(CFLAGS) $$($(PKG_CONFIG) --cflags $*) -shared \
	  -o $@ $(LUA_SOURCES) -L$(B) -lcustcap $(LDFLAGS)

# --- the two commands of the README ----------------------------------------

demo:
	@sh tools/dependencies build
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh tools/demo $(B)

check:
	@sh tools/dependencies build check
	@$(MAKE) --no-print-directory -j$(JOBS) all tests
	@B=$(B) sh tests/run

# Unit and acceptance tests only, for the minute between two edits.
quick: all tests
	@B=$(B) sh tests/run unit acceptance

bench: all
	@B=$(B) sh tests/bench/run
	@B=$(B) sh tests/bench/people.sh
	@B=$(B) sh tests/bench/events.sh
	@B=$(B) sh tests/bench/network.sh
	@B=$(B) sh tests/bench/models.sh
	@B=$(B) python3 tests/bench/books.py

lint:
	@sh tools/dependencies build check lint
	@$(MAKE) --no-print-directory $(B)/generated/measures.c
	@B=$(B) sh tools/lint

deps:
	@sh tools/dependencies build check

docs:
	@mkdir -p $(B)
	(cat Doxyfile; echo 'OUTPUT_DIRECTORY = $(B)') | doxygen -

# What is generated from the header comments, and from the catalogue, and is
# committed so that a build needs no Doxygen.
describe: man
	tools/python-prototypes
	@mkdir -p $(B)
	bindings/lua/constants >$(B)/constants.h.new
	mv $(B)/constants.h.new bindings/lua/constants.h

man:
	tools/describe bindings/api.json
	tools/manual man

# --- installing -------------------------------------------------------------

INSTALLED = $(DESTDIR)$(bindir)/custcap $(DESTDIR)$(libdir)/libcustcap.a \
  $(DESTDIR)$(libdir)/libcustcap.so $(DESTDIR)$(libdir)/$(SONAME) \
  $(DESTDIR)$(libdir)/$(SOFILE) $(DESTDIR)$(libdir)/pkgconfig/custcap.pc \
  $(addprefix $(DESTDIR)$(includedir)/custcap/,$(notdir $(HEADERS))) \
  $(addprefix $(DESTDIR)$(mandir)/,$(MAN_PAGES:man/%=%)) \
  $(DESTDIR)$(docdir)/README.md $(DESTDIR)$(docdir)/COPYING \
  $(DESTDIR)$(bashcompdir)/custcap $(DESTDIR)$(zshcompdir)/_custcap \
  $(DESTDIR)$(fishcompdir)/custcap.fish

install: all $(B)/custcap-shared
	install -d $(sort $(dir $(INSTALLED)))
	install -m 755 $(B)/custcap-shared $(DESTDIR)$(bindir)/custcap
	install -m 644 $(B)/libcustcap.a $(DESTDIR)$(libdir)/
	install -m 755 $(B)/$(SOFILE) $(DESTDIR)$(libdir)/
	ln -sf $(SOFILE) $(DESTDIR)$(libdir)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(libdir)/libcustcap.so
	install -m 644 $(B)/custcap.pc $(DESTDIR)$(libdir)/pkgconfig/
	install -m 644 $(HEADERS) $(DESTDIR)$(includedir)/custcap/
	for page in $(MAN_PAGES:man/%=%); do \
	  install -m 644 man/$$page $(DESTDIR)$(mandir)/$$page || exit 1; done
	install -m 644 README.md COPYING $(DESTDIR)$(docdir)/
	install -m 644 tools/completions/custcap.bash \
	  $(DESTDIR)$(bashcompdir)/custcap
	install -m 644 tools/completions/_custcap $(DESTDIR)$(zshcompdir)/
	install -m 644 tools/completions/custcap.fish $(DESTDIR)$(fishcompdir)/
	@[ -n "$(DESTDIR)" ] || ldconfig 2>/dev/null || true

install-lua: lua
	@for lua in $(LUAS); do \
	  $(MAKE) --no-print-directory install-lua-$$lua || exit 1; done

install-lua-%: $(B)/lua/%/custcap.so
	install -d $(DESTDIR)$(libdir)/$(call lua_folder,$*)
	install -m 644 $(B)/lua/$*/custcap.so \
	  $(DESTDIR)$(libdir)/$(call lua_folder,$*)/

uninstall:
	rm -f $(INSTALLED) $(DESTDIR)$(libdir)/lua/5.[1-4]/custcap.so
	-rmdir $(DESTDIR)$(includedir)/custcap $(DESTDIR)$(docdir)

DIST = custcap-$(VERSION)
dist:
	autoreconf -i
	rm -rf $(B)/$(DIST)
	mkdir -p $(B)/$(DIST)
	git ls-files -z | xargs -0 cp --parents -t $(B)/$(DIST)
	cp configure $(B)/$(DIST)/
	tar -C $(B) --owner=0 --group=0 --sort=name -czf $(B)/$(DIST).tar.gz \
	  $(DIST)
	rm -rf $(B)/$(DIST)

clean:
	rm -rf $(B)

distclean: clean
	rm -rf config.mk config.log config.status configure aclocal.m4 \
	  autom4te.cache

-include $(LIB_OBJECTS:.o=.d) $(TOOL_OBJECTS:.o=.d) \
  $(wildcard $(B)/tests/unit/*.d)
.SECONDARY:
