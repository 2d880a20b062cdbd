.PHONY: help build test check

help: ## this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## compile everything
	go build ./...

test: ## every test, with the race detector
	go test -race ./...

check: ## format, vet and test
	@test -z "$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)" ||  { echo 'run gofmt -w on these files'; exit 1; }
	go vet ./...
	$(MAKE) test
