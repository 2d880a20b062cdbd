//go:build unix

package emulators

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

const (
	startWithin  = 3 * time.Minute // on a machine that is busy with other things; a good one takes 10 s
	pollInterval = 50 * time.Millisecond
)

// Moto starts a moto server and returns its endpoint URL. The server and its state
// are gone when the test ends. If ONUS_MOTO_ENDPOINT is set, the server there is used
// and left alone. A server that cannot be started fails the test.
func Moto(tb testing.TB) string {
	tb.Helper()
	if url := os.Getenv("ONUS_MOTO_ENDPOINT"); url != "" {
		return url
	}
	// Port 0 lets the kernel choose: no other process can be given the port meanwhile.
	server := start(tb, "moto", []string{publicImages(tb)}, "moto_server", "-H", "127.0.0.1", "-p", "0")
	url := ""
	server.await(func(ctx context.Context) bool {
		if m := motoListens.FindSubmatch(server.log()); m != nil {
			url = string(m[1])
		}
		return url != "" && answers(ctx, url+"/moto-api/data.json")
	})
	return url
}

// publicImages is the setting by which either emulator has one public image in place of
// some thousand, each with a snapshot that it gives for the account's own.
func publicImages(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "images.json")
	err := os.WriteFile(path, []byte(`[{"ami_id": "ami-0ac3e0000000000001", "name": "al2023-ami-2023.0-x86_64", "owner_id": "137112412989", "public": true,
		"state": "available", "virtualization_type": "hvm", "architecture": "x86_64", "root_device_type": "ebs", "root_device_name": "/dev/xvda"}]`), 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	return "MOTO_AMIS_PATH=" + path
}

var motoListens = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)\s`)

// LocalStack starts a LocalStack server and returns its endpoint URL. The server and
// its state are gone when the test ends. If ONUS_LOCALSTACK_ENDPOINT is set, the
// server there is used and left alone. A server that cannot be started fails the test.
func LocalStack(tb testing.TB) string {
	tb.Helper()
	if url := os.Getenv("ONUS_LOCALSTACK_ENDPOINT"); url != "" {
		return url
	}
	address, scratch := freeAddress(tb), tb.TempDir()
	server := start(tb, "localstack", []string{
		"GATEWAY_LISTEN=" + address,
		// The default server, twisted, listens on all interfaces whatever it is told.
		"GATEWAY_SERVER=hypercorn",
		// The name server would claim port 53.
		"DNS_ADDRESS=0",
		// Nothing is sent to its makers, nothing fetched from them.
		"DISABLE_EVENTS=1",
		publicImages(tb),
		"SKIP_SSL_CERT_DOWNLOAD=1",
		// In a container it would take /var/lib, /etc and /usr/lib for its own.
		"OVERRIDE_IN_DOCKER=0",
		"FILESYSTEM_ROOT=" + filepath.Join(scratch, "root"),
		"LOCALSTACK_VOLUME_DIR=" + filepath.Join(scratch, "volume"),
		"TMPDIR=" + scratch,
		"XDG_CACHE_HOME=" + filepath.Join(scratch, "cache"),
	}, "python", "-c", localStackMain, filepath.Join(scratch, "s3"))
	url := "http://" + address
	server.await(func(ctx context.Context) bool {
		// The line in its own log proves that it is this server that answers, not one of
		// another test that was quicker to take the port.
		return localStackReady.Match(server.log()) && answers(ctx, url+"/_localstack/health")
	})
	return url
}

// localStackMain starts LocalStack with the one folder moved that no setting moves: two
// servers side by side would share the folders of their buckets.
const localStackMain = `
import sys
from localstack.services.s3 import provider
provider.DEFAULT_S3_TMP_DIR = sys.argv[1]
from localstack.runtime.main import main
main()
`

var localStackReady = regexp.MustCompile(`(?m)^Ready\.$`)

// freeAddress is a loopback address that nobody listens on at this moment.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("find a free port: %v", err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// answers tells whether the URL is served, with status 200.
func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		panic(fmt.Sprintf("health URL %q: %v", url, err)) // made above, from a constant and an address
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false // not up yet: asked again until the deadline
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}
