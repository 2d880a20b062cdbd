.PHONY: help build demo test check emulators bench

help: ## this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## compile the command into bin/onus
	go build -o bin/onus ./cmd/onus

demo: build ## scan a made-up account: no AWS, no Docker, no Python
	@bin/onus demo --out onus-out; status=$$?; \
	case $$status in 0|3|4) echo "the whole result: onus-out/result.json (onus itself ended with $$status, as explained above)";; *) exit $$status;; esac

test: emulators ## every test with the race detector, moto and LocalStack included
	go test -race ./...

emulators: ## install moto and LocalStack, pinned, into .emulators (needs Python 3.11 or newer)
	@.ci/emulators/install all

bench: build ## time and memory of a scan of 10,000 resources
	go test -run '^$$' -bench Scan -benchtime 1x ./scanner

check: ## format, vet and test
	@test -z "$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)" || { echo 'run gofmt -w on these files'; exit 1; }
	go vet ./...
	$(MAKE) test
