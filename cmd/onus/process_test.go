package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/sso/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"onus/mocks"
	"onus/mocks/acme"
)

// process runs the program in a process of its own, whose environment is env alone: the
// SDK and net/http read parts of it only once.
func process(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Env = append([]string{"ONUS_TEST_MAIN=1", "AWS_EC2_METADATA_DISABLED=true", "HOME=" + t.TempDir(), "AWS_REGION=" + acme.Home}, env...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

var keys = []string{"AWS_ACCESS_KEY_ID=mocks", "AWS_SECRET_ACCESS_KEY=mocks"}

// reads wants a scan that read more than 100 calls and all but one of them well.
func reads(t *testing.T, code int, out, errs string) {
	t.Helper()
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	ok := 0
	for _, c := range decode(t, out).Coverage {
		if c.Status == "ok" {
			ok++
		}
	}
	if ok < 100 {
		t.Errorf("%d calls were read", ok)
	}
}

func bundle(t *testing.T, s *mocks.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestScanTrustsTheCABundle(t *testing.T) {
	t.Parallel()
	s := server(t, mocks.Options{TLS: true})
	env := append([]string{"AWS_ENDPOINT_URL=" + s.URL()}, keys...)
	if code, _, errs := process(t, env, "scan", "-q"); code != 2 || !strings.Contains(errs, "tls") {
		t.Errorf("without the bundle: exit status %d: %s", code, errs)
	}
	code, out, errs := process(t, append(env, "AWS_CA_BUNDLE="+bundle(t, s)), "scan", "-q", "--format", "json")
	reads(t, code, out, errs)
}

func TestScanGoesThroughTheProxy(t *testing.T) {
	t.Parallel()
	s := server(t, mocks.Options{TLS: true})
	env, hosts := proxied(t, s)
	// No endpoint is set: the names are AWS's own.
	code, out, errs := process(t, append(env, keys...), "scan", "-q", "--format", "json")
	reads(t, code, out, errs)
	if len(hosts()) == 0 {
		t.Error("the proxy was not asked")
	}
}

func TestScanUsesFIPSAndDualStackEndpoints(t *testing.T) {
	for variable, word := range map[string]string{"AWS_USE_FIPS_ENDPOINT": "fips", "AWS_USE_DUALSTACK_ENDPOINT": "dualstack"} {
		s := server(t, mocks.Options{TLS: true})
		env, hosts := proxied(t, s)
		code, _, errs := process(t, append(append(env, keys...), variable+"=true"), "scan", "-q", "--region", acme.Home, "--check", "s3-bucket-versioning-enabled")
		if code != 0 {
			t.Errorf("%s: exit status %d: %s", variable, code, errs)
		}
		if all := hosts(); !slices.ContainsFunc(all, func(h string) bool { return strings.HasPrefix(h, "s3") && strings.Contains(h, word) }) {
			t.Errorf("%s: asked at %v", variable, all)
		}
	}
}

// proxied is an environment in which every name of AWS leads to the server, through a
// proxy that remembers the names.
func proxied(t *testing.T, s *mocks.Server) (env []string, hosts func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	hosts = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(asked)
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		mu.Lock()
		asked = append(asked, r.Host)
		mu.Unlock()
		tunnel(w, strings.TrimPrefix(s.URL(), "https://"))
	}))
	t.Cleanup(proxy.Close)
	return []string{"AWS_CA_BUNDLE=" + bundle(t, s), "HTTPS_PROXY=" + proxy.URL}, hosts
}

// tunnel joins a hijacked connection to an address, whatever host was asked for.
func tunnel(w http.ResponseWriter, address string) {
	to, err := net.Dial("tcp", address)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	_, _ = io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(to, buffered) }()
	_, _ = io.Copy(from, to)
}

// secretKey is made up at run time, so that this file holds no secret.
func secretKey(seed string) string {
	return strings.Repeat(seed+"Zq7", 16)[:40]
}

// kept wants words to be nowhere in the folder nor in what was printed.
func kept(t *testing.T, dir, printed string, words ...string) {
	t.Helper()
	all := printed
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all += string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10_000 {
		t.Errorf("only %d bytes were written: nothing is shown by that", len(all))
	}
	for _, w := range words {
		if strings.Contains(all, w) {
			t.Errorf("%q was kept", w)
		}
	}
}

func TestCredentialsAreKeptNowhere(t *testing.T) {
	t.Parallel()
	key, secret, token := "ASIA"+"QZ7KWX3MTRVN5HLD", secretKey("aB1"), secretKey("tOk")
	expires := time.Now().Add(time.Hour)
	given := &ststypes.Credentials{AccessKeyId: &key, SecretAccessKey: &secret, SessionToken: &token, Expiration: &expires}
	home := t.TempDir()
	webToken := filepath.Join(home, "token")
	if err := os.WriteFile(webToken, []byte("eyJ."+secretKey("jWt")), 0o600); err != nil {
		t.Fatal(err)
	}
	cache := filepath.Join(home, ".aws", "sso", "cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(home, "config"), "[profile sso]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = audit\nregion = eu-west-1\n")
	ssoToken := secretKey("sSo")
	write(filepath.Join(cache, ssoCacheName("https://acme.awsapps.com/start")),
		`{"startUrl":"https://acme.awsapps.com/start","region":"eu-west-1","accessToken":"`+ssoToken+`","expiresAt":"2099-01-01T00:00:00Z"}`)

	for name, tt := range map[string]struct {
		env  []string
		args []string
		op   string
	}{
		"AssumeRole":   {env: keys, args: []string{"--role-arn", "arn:aws:iam::111122223333:role/audit"}, op: "sts:AssumeRole"},
		"web identity": {env: []string{"AWS_WEB_IDENTITY_TOKEN_FILE=" + webToken, "AWS_ROLE_ARN=arn:aws:iam::111122223333:role/audit"}, op: "sts:AssumeRoleWithWebIdentity"},
		"SSO":          {env: []string{"AWS_CONFIG_FILE=" + filepath.Join(home, "config"), "AWS_PROFILE=sso", "HOME=" + home}, op: "sso:GetRoleCredentials"},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, mocks.Options{TLS: true})
			// The SDK asks for web identity and SSO at AWS's own names, whatever endpoint is set.
			env, _ := proxied(t, s)
			mocks.Reply(s, "", &sts.AssumeRoleOutput{Credentials: given, AssumedRoleUser: &ststypes.AssumedRoleUser{Arn: aws.String("arn:aws:sts::111122223333:assumed-role/audit/onus"), AssumedRoleId: aws.String("AROAQ:onus")}})
			mocks.Reply(s, "", &sts.AssumeRoleWithWebIdentityOutput{Credentials: given, AssumedRoleUser: &ststypes.AssumedRoleUser{Arn: aws.String("arn:aws:sts::111122223333:assumed-role/audit/onus"), AssumedRoleId: aws.String("AROAQ:onus")}})
			mocks.Reply(s, "", &sso.GetRoleCredentialsOutput{RoleCredentials: &ssotypes.RoleCredentials{AccessKeyId: &key, SecretAccessKey: &secret, SessionToken: &token, Expiration: expires.UnixMilli()}})
			dir := t.TempDir()
			args := append([]string{"scan", "--record", filepath.Join(dir, "record"), "--out", filepath.Join(dir, "out")}, tt.args...)
			code, out, errs := process(t, append(env, tt.env...), args...)
			if code != 3 {
				t.Fatalf("exit status %d: %s", code, errs)
			}
			kept(t, dir, out+errs, secret, token, ssoToken, secretKey("jWt"))
			ledger, err := os.ReadFile(filepath.Join(dir, "record", "ledger.ndjson"))
			if err != nil || !strings.Contains(string(ledger), `"`+tt.op+`"`) {
				t.Errorf("the ledger does not name %s: %v", tt.op, err)
			}
			used := false
			for _, r := range s.Requests() {
				used = used || r.Operation == "ec2:DescribeVolumes" && r.AccessKeyID == key
			}
			if !used {
				t.Error("the scan did not use what it was given")
			}
		})
	}
}

func TestPlantedSecretsAreKeptNowhere(t *testing.T) {
	t.Parallel()
	s := server(t, mocks.Options{})
	plain, inURL, assigned, packed := "AKIA"+"QZ7KWX3MTRVN5HLE", secretKey("uRl"), secretKey("pWd"), secretKey("gZp")
	script := "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=" + plain + "\ncurl https://admin:" + inURL + "@db.acme.example/\nDB_PASSWORD=" + assigned + "\n"
	mocks.Handle(s, func(r *mocks.Request, in *ec2.DescribeInstanceAttributeInput) (*ec2.DescribeInstanceAttributeOutput, error) {
		text := script
		if len(*in.InstanceId)%2 == 0 || strings.HasSuffix(*in.InstanceId, "0") {
			text = gzipped(t, "DB_PASSWORD="+packed+"\n")
		}
		return &ec2.DescribeInstanceAttributeOutput{InstanceId: in.InstanceId, UserData: &ec2types.AttributeValue{Value: aws.String(base64Of(text))}}, nil
	})
	tag := func(k, v string) ec2types.Tag { return ec2types.Tag{Key: &k, Value: &v} }
	mocks.Reply(s, acme.Home, &ec2.DescribeVolumesOutput{Volumes: []ec2types.Volume{{
		VolumeId: aws.String("vol-0123456789abcdef0"), State: ec2types.VolumeStateInUse, Encrypted: aws.Bool(true),
		Tags: []ec2types.Tag{tag("Name", "DB_PASSWORD="+assigned), tag("login", "https://admin:"+inURL+"@db.acme.example/"), tag("key", plain)},
	}}})
	mocks.Refuse(s, acme.Second, "rds:DescribeDBInstances", &mocks.Error{Status: 403, Code: "AccessDenied", Message: "no access with DB_PASSWORD=" + assigned + " and " + plain})
	dir := t.TempDir()
	env := append([]string{"AWS_ENDPOINT_URL=" + s.URL()}, keys...)
	code, out, errs := process(t, env, "scan", "--verbose", "--record", filepath.Join(dir, "record"), "--out", filepath.Join(dir, "out"),
		"--evidence", filepath.Join(dir, "acme.onus"), "--key", newKeys(t)+".key")
	if code != 3 {
		t.Fatalf("exit status %d: %s", code, errs)
	}
	kept(t, dir, out+errs, plain, inURL, assigned, packed, base64Of("DB_PASSWORD=" + packed)[:40])
	if !strings.Contains(out, "ec2-instance-no-secrets-in-user-data") {
		t.Error("the secrets in user data were not found")
	}
}
