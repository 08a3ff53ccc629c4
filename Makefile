# What a checkout can be asked to do; `make help` lists it.

SWIFT   ?= swift
# Importing a module that the target does not declare is an error, everywhere that something is built.
FLAGS   ?= --explicit-target-dependency-import-check error
PREFIX  ?= /usr/local
DESTDIR ?=

debug    := .build/debug/aggregator
release  := .build/release/aggregator
demo     := Storage/demo
swift_sources := Sources Tests Package.swift

.PHONY: help build test demo release lint format install uninstall test-unit test-hostile test-browser test-rebinding soak-archive soak-restarts mutate-archive test-kernel clean dependencies
.DEFAULT_GOAL := help

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

dependencies:
	@.ci/install-dependencies

build: dependencies ## build for working on it
	$(SWIFT) build --build-tests $(FLAGS)

test: dependencies ## run every test
	$(SWIFT) build --build-tests $(FLAGS)
	$(SWIFT) test $(FLAGS) --skip-build --parallel

# One feed of the demo is a maintenance page and one breaks off half-way, so `fetch` has to exit with
# 1, "some feeds failed": 0 would be as wrong as any other status.
demo: dependencies ## fetch the sample feeds, print their digest, verify the archive
	$(SWIFT) build --product aggregator $(FLAGS)
	@mkdir -p $(demo)
	@sed "s|@DEMO@|$$(pwd | sed 's/ /%20/g')/Examples/demo|" Examples/demo/feeds.conf.in > $(demo)/feeds.conf
	$(debug) fetch --config $(demo)/feeds.conf --all; test $$? -eq 1
	$(debug) export --config $(demo)/feeds.conf --since 1970-01-01 --format text
	$(debug) verify --read-data --config $(demo)/feeds.conf

release: dependencies ## build the deployable program: one file, the Swift runtime within
	$(SWIFT) build -c release --product aggregator --static-swift-stdlib $(FLAGS)
	strip -o $(release)-stripped $(release)

lint: ## check the format of every Swift file
	$(SWIFT) format lint --strict -r $(swift_sources)

format: ## format every Swift file
	$(SWIFT) format --in-place -r $(swift_sources)

install: ## install what `make release` built below DESTDIR and PREFIX
	@test -x $(release)-stripped || { echo "make install: run 'make release' first" >&2; exit 1; }
	install -D -m 755 $(release)-stripped $(DESTDIR)$(PREFIX)/bin/aggregator
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 Documentation/aggregator.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man5 Documentation/feeds.conf.5
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/aggregator feeds.conf README.md LICENSE NOTICE \
	  Documentation/parse.md Documentation/etiquette.md Sources/CRarityTable/ATTRIBUTION.md
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in systemd/*.service systemd/*.timer; do \
	  sed 's|=/usr/bin/aggregator|=$(PREFIX)/bin/aggregator|' $$unit \
	    > $(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/} || exit 1; \
	done
	install -D -m 644 systemd/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/aggregator.conf
	@test -n "$(DESTDIR)" || systemd/private-resolvers

uninstall: ## remove what `make install` installed; the archive and /etc stay
	rm -f $(DESTDIR)$(PREFIX)/bin/aggregator $(DESTDIR)$(PREFIX)/lib/sysusers.d/aggregator.conf
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/aggregator.1 $(DESTDIR)$(PREFIX)/share/man/man5/feeds.conf.5
	rm -f $(patsubst systemd/%,$(DESTDIR)$(PREFIX)/lib/systemd/system/%,$(wildcard systemd/*.service systemd/*.timer))
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/aggregator

test-unit: ## boot the unit under systemd in a container (root, systemd-container)
	systemd/test-unit

test-hostile: release ## give the released program hostile documents under limits of CPU time and memory
	Tests/Hostile/run --program $(release)

test-browser: dependencies ## open the sanitiser's worst inputs in headless Chromium (chromium, python3)
	$(SWIFT) build --product aggregator $(FLAGS)
	Tests/Sanitizer/test-browser $(debug)

test-rebinding: dependencies ## try names that change their addresses with a DNS server of our own (root)
	$(SWIFT) build --product aggregator $(FLAGS)
	Tests/Rebinding/run $(debug)

soak-archive: dependencies ## let a million random histories of crashes happen to the archive (ARCHIVE_SEED, ARCHIVE_HISTORIES)
	$(SWIFT) build -c release --product archive-simulator --scratch-path .build/soak -Xswiftc -enforce-exclusivity=unchecked
	nice .build/soak/release/archive-simulator $${ARCHIVE_SEED:-1} $${ARCHIVE_HISTORIES:-1000000}

soak-restarts: dependencies ## group stories through random histories of restarts (RESTART_HISTORIES)
	$(SWIFT) build --build-tests $(FLAGS)
	RESTART_HISTORIES=$${RESTART_HISTORIES:-100} nice $(SWIFT) test $(FLAGS) --skip-build --filter RestartTests

mutate-archive: dependencies ## take each fsync and each check out of the archive in turn: a test has to fail
	Tests/ArchiveFaults/mutate

test-kernel: dependencies ## kill, starve and cut the power of the archive's writer on real file systems (root, strace)
	$(SWIFT) build --product archive-driver $(FLAGS)
	Tests/ArchiveFaults/test-kernel .build/debug/archive-driver

clean: ## remove what was built and the demo's archive
	rm -rf .build $(demo)
