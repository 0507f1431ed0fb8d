# SPDX-License-Identifier: BSD-2-Clause
# A thin front to Meson and Ninja: what people type. See CONTRIBUTING.md.

BUILD  ?= build
PREFIX ?= /usr/local

# What the build needs, and what the tests need beside it: packages of Debian 12.
BUILD_PACKAGES = gcc meson ninja-build pkg-config libpcre2-dev libfyaml-dev \
	libjansson-dev libc-ares-dev libidn2-dev libssl-dev libunbound-dev libxxhash-dev libmicrohttpd-dev \
	libseccomp-dev libsqlite3-dev libpq-dev libcurl4-openssl-dev zlib1g-dev liblzma-dev libzstd-dev \
	liburing-dev python3
TEST_PACKAGES = python3 python3-jsonschema libcmocka-dev bats zstd libgmime-3.0-dev valgrind mandoc \
	php-cli nodejs nsd ldnsutils openssl postgresql python3-yaml strace xz-utils chromium
WEB_PACKAGES = nodejs npm
LINT_PACKAGES = clang-format clang-tidy cppcheck pmccabe shellcheck
BENCH_PACKAGES = libsisimai-perl valgrind time
DEB_PACKAGES = build-essential debhelper dpkg-dev lintian mmdebstrap systemd-container
FUZZ_PACKAGES = clang libclang-rt-14-dev

# As root, or with sudo where there is one.
INSTALL_PACKAGES = sh build-aux/packages

.PHONY: all deps demo web test test-quick spf-suite mta-packages test-knowledge test-asan test-deps lint score bench fuzz lab install deb clean

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@meson setup $(BUILD) --prefix=$(PREFIX) $(MESON_OPTIONS)

deps:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES)

# The page with its charts: uPlot, and what tests the page, come from npm as web/package-lock.json
# names them. Without this step the page shows tables instead of charts.
NODE_MODULES = web/node_modules/.package-lock.json
web: $(NODE_MODULES)
	@$(MAKE) --no-print-directory all

$(NODE_MODULES): web/package-lock.json
	@command -v npm > /dev/null || $(INSTALL_PACKAGES) $(WEB_PACKAGES)
	@cd web && npm ci --no-progress --loglevel=error > /dev/null && touch node_modules/.package-lock.json

demo: deps all
	@$(BUILD)/whybounce --lang zh doc/sample-bounce.eml
	@echo
	@$(BUILD)/whybounce --lang en doc/sample-bounce.eml
	@build-aux/demo $(BUILD)

test-deps:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES) $(TEST_PACKAGES) $(DEB_PACKAGES)

test: test-deps
	@$(MAKE) --no-print-directory web || $(MAKE) --no-print-directory all
	@meson setup --reconfigure $(BUILD) > /dev/null
	@ninja -C $(BUILD) > /dev/null
	@$(MAKE) --no-print-directory -k spf-suite mta-packages || true
	@test/run $(BUILD)

# The test-suite of RFC 7208, from the source of Debian's pyspf; without it that test is skipped.
spf-suite: all
	@test/check/get-spf-suite $(BUILD)/rfc7208-tests.yml

# Postfix and Exim, fetched but not installed; without them the test of real mail servers is skipped.
mta-packages:
	@test/check/get-mta $(BUILD)/mta

test-quick: all
	@test/run $(BUILD) --suite quick

# What a writer of rules needs after a change: compile, examples, lint; no server, some seconds.
KNOWLEDGE = $(BUILD)/whybounce-knowledge
test-knowledge: $(BUILD)/build.ninja
	@ninja -C $(BUILD) whybounce-knowledge > /dev/null
	@$(KNOWLEDGE) test --base knowledge --unneeded knowledge 2> $(BUILD)/knowledge.log || \
	    { cat $(BUILD)/knowledge.log; exit 1; }
	@$(KNOWLEDGE) lint --base knowledge knowledge 2>> $(BUILD)/knowledge.log
	@echo "hints and entries that nothing needs: $(BUILD)/knowledge.log"

test-asan: all
	@test/run $(BUILD) --suite sanitizers

lint:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES) $(LINT_PACKAGES)
	@$(MAKE) --no-print-directory all
	@build-aux/lint $(BUILD)

score: all
	@build-aux/score $(BUILD)

bench:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES) $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory all
	@test/bench/run $(BUILD)

fuzz:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES) $(FUZZ_PACKAGES)
	@test/fuzz/run

# Makes test/mail/lab again with real mail servers; needs root and Debian 12, and says so.
lab:
	@test/lab/run $(SERVERS)

# DESTDIR is where a package is put together; PREFIX is where its files will stand. A build for
# another place is made anew: the program knows its place.
install: all
	@[ "$(origin PREFIX)" = file ] || \
	    [ "$$(sed -n 's/^prefix=//p' $(BUILD)/meson-private/whybounce.pc)" = "$(PREFIX)" ] || \
	    meson setup --wipe $(BUILD) --prefix=$(PREFIX) $(MESON_OPTIONS)
	@ninja -C $(BUILD)
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild

# Debian packages, in BUILD/deb. Run 'make web' before, for the charts of the page.
deb:
	@$(INSTALL_PACKAGES) $(BUILD_PACKAGES) $(DEB_PACKAGES)
	@build-aux/deb $(BUILD)

clean:
	@rm -rf $(BUILD) build-fuzz build-asan
