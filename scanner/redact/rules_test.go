package redact

import (
	"strings"
	"testing"
)

func TestSecretsAreFound(t *testing.T) {
	key := "AKIA" + "QYLPMN5HHHFPZAM2"
	tests := []struct{ text, secret string }{
		{"export DB_PASSWORD=hunter2", "hunter2"},
		{"DB_PASSWORD='two words'", "two words"},
		{"MYSQL_ROOT_PASSWORD=changeme", "changeme"},
		{"APP_SECRET=\"s3cr3t value\"", "s3cr3t value"},
		{"DEPLOY_TOKEN=abcdef", "abcdef"},
		{"A_TOKEN=$X;DB_PASSWORD=hunter2", "hunter2"},
		{"db_pass: hunter2", "hunter2"},
		{"  password: hunter2   # production", "hunter2"},
		{"  password: a&b;c!d", "a&b;c!d"},
		{"DB login: admin, password: hunter2, host: db1", "hunter2"},
		{`{"dbPassword": "hunter2", "port": 3306}`, "hunter2"},
		{`{\"dbPassword\": \"hunter2\"}`, "hunter2"},
		{`config["api_key"] = "x1y2z3"`, "x1y2z3"},
		{`'password' => 'hunter2',`, "hunter2"},
		{`$env:DB_PASSWORD = "hunter2"`, "hunter2"},
		{`$Password = 'Pa$$w0rd'`, "Pa$$w0rd"},
		{`[string]$AdminPwd = "hunter2"`, "hunter2"},
		{`ConvertTo-SecureString "hunter2!" -AsPlainText -Force`, "hunter2!"},
		{`ConvertTo-SecureString -String 'hunter2!' -AsPlainText`, "hunter2!"},
		{"mysql -u root -phunter2 shop", "hunter2"},
		{"mysqldump -h db -u app -p'hunter 2' shop", "hunter 2"},
		{"mysqladmin -u root password 'hunter2'", "hunter2"},
		{"mysql -e \"CREATE USER 'a'@'%' IDENTIFIED BY 'hunter2'\"", "hunter2"},
		{"psql -c \"ALTER USER app WITH PASSWORD 'hunter2'\"", "hunter2"},
		{"net user deploy hunter2 /add", "hunter2"},
		{"net.exe user \"Local Admin\" \"hunter 2\" /add /y", "hunter 2"},
		{"net user Administrator hunter2", "hunter2"},
		{"curl -s -u deploy:hunter2 https://repo/x", "hunter2"},
		{"curl --user 'deploy:hunter2' https://repo/x", "hunter2"},
		{"postgres://shop:hunter2@db:5432/shop", "hunter2"},
		{"git clone https://x:hunter2@git.example.com/a.git", "hunter2"},
		{"redis://:hunter2@cache:6379", "hunter2"},
		{"postgres://u:p1x@h", "p1x"},
		{"echo 'ubuntu:hunter2' | chpasswd", "hunter2"},
		{"echo ubuntu:hunter2 | sudo chpasswd", "hunter2"},
		{"chpasswd <<< 'ubuntu:hunter2'", "hunter2"},
		{"chpasswd <<EOF\nubuntu:hunter2\nEOF\n", "hunter2"},
		{"chpasswd:\n  list: |\n    ubuntu:hunter2\n  expire: false\n", "hunter2"},
		{"echo hunter2 | passwd --stdin root", "hunter2"},
		{"sshpass -p hunter2 ssh a@b", "hunter2"},
		{"docker login -u ci -p hunter2 registry.example.com", "hunter2"},
		{"tool --admin-password hunter2 --verbose", "hunter2"},
		{"tool --token=hunter2", "hunter2"},
		{"[tool, \"--password\", \"hunter2\"]", "hunter2"},
		{"curl -H 'Authorization: Bearer abcdef123456'", "abcdef123456"},
		{"Authorization: Basic ZGVwbG95Omh1bnRlcjI=", "ZGVwbG95Omh1bnRlcjI="},
		{"hashed_passwd: $6$rounds=4096$abcdefgh$" + strings.Repeat("a1B", 28), strings.Repeat("a1B", 28)},
		{"key " + key + " pasted", key},
		{key + "," + "hR8tq0kPz3XvLw7Yb2Nc5Md9Fg1Js4Ku6Ae8Zx0Q", "hR8tq0kPz3XvLw7Yb2Nc5Md9Fg1Js4Ku6Ae8Zx0Q"},
		{"AKIA1234567890ABCDEF", "AKIA1234567890ABCDEF"},
		{"ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"},
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk", "b3BlbnNzaC1rZXk"},
		{"arn:aws:iam::123456789012:user/DB_PASSWORD=hunter2", "hunter2"},
		{"DBPASS=hunter2", "hunter2"},
		{"dbpass: hunter2", "hunter2"},
		{"APPPWD=hunter2", "hunter2"},
		{"psk=\"hunter2\"", "hunter2"},
		{"SECRET_KEY_BASE=hunter2abc", "hunter2abc"},
		{"keytool -genkey -storepass hunter2 -alias a", "hunter2"},
		{"aws configure set aws_secret_access_key hunter2abc", "hunter2abc"},
		{"aws configure set prod.aws_session_token hunter2abc", "hunter2abc"},
		{"htpasswd -bc /etc/nginx/users admin hunter2", "hunter2"},
		{"htpasswd -nb admin hunter2", "hunter2"},
		{"rabbitmqctl add_user deploy hunter2", "hunter2"},
		{"requirepass hunter2", "hunter2"},
		{"machine git login ci password hunter2", "hunter2"},
		{"echo hunter2 | sudo -S true", "hunter2"},
		{"echo hunter2 | docker login --password-stdin", "hunter2"},
		{"ldapsearch -D cn=admin -w hunter2 -b dc=x", "hunter2"},
		{"useradd -m -p hunter2 bob", "hunter2"},
		{"ENV DB_PASSWORD hunter2", "hunter2"},
		{"setx DB_PASSWORD hunter2 /M", "hunter2"},
		{`net use Z: \\srv\share /user:dom\a hunter2`, "hunter2"},
		{`net use Z: \\srv\share hunter2 /user:dom\a`, "hunter2"},
		{"<Password>hunter2</Password>", "hunter2"},
		{"<AdministratorPassword><Value>hunter2</Value><PlainText>true</PlainText></AdministratorPassword>", "hunter2"},
		{`[System.Net.NetworkCredential]::new("u", "hunter2")`, "hunter2"},
		{"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0c2VjcmV0;", "c2VjcmV0c2VjcmV0"},
	}
	r := testRedactor()
	for _, tt := range tests {
		got := r.Text(tt.text)
		if strings.Contains(got, tt.secret) || !strings.Contains(got, "[redacted:") {
			t.Errorf("Text(%q) = %q, still has %q", tt.text, got, tt.secret)
		}
		if again := r.Text(got); again != got {
			t.Errorf("Text is not idempotent: %q, then %q", got, again)
		}
		if m := inspect(t, "#!/bin/sh\n"+tt.text+"\n"); len(m.Detections) == 0 || m.Undecoded != "" {
			t.Errorf("%q as user data: %+v, want a detection", tt.text, m)
		}
	}
}

func TestInnocentTextIsUnchanged(t *testing.T) {
	tests := []string{
		"DB_PASSWORD=$DB_PASSWORD", "DB_PASSWORD=${DB_PASSWORD}", `DB_PASSWORD="${PREFIX}-${ENV}"`, "PASSWORD=%PASSWORD%",
		"password: {{ db_password }}", "password: <password>", "password: <your password here>", "PASSWORD=xxxxxxxx", "password: ********",
		"DB_PASSWORD=REPLACE_ME", "password: your-password-here", "DB_PASSWORD=", `DB_PASSWORD=""`,
		"DB_PASSWORD='{{resolve:secretsmanager:shop:SecretString:password}}'",
		"DB_PASSWORD={{resolve:ssm-secure:/shop/db:1}}", `"password": "{{ssm-secure:shop-db}}"`, `"password": "{{ ssm:shop-db }}"`,
		"db_secret: arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf",
		"DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id shop/db --query SecretString --output text)",
		"DB_PASSWORD=`aws ssm get-parameter --name /shop/db --with-decryption`",
		`TOKEN=$(curl -X PUT "http://169.254.169.254/latest/api/token" -H "X-aws-ec2-metadata-token-ttl-seconds: 21600")`,
		`curl -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/`,
		"lock_passwd: true", "ssh_pwauth: false", "PasswordAuthentication no", "password_encryption = scram-sha-256",
		"mysql -u root -p", "mysql -u root -p$DB_PASSWORD", "mysql -u root -p\"${DB_PASSWORD}\"", "mysql -P 3306 -h db --protocol tcp",
		"OLDPWD=/home/app", "BYPASS=partially", "compass: north-west-1", `net use Z: \\srv\share /persistent:yes`,
		"mysql-connector-python -pip", "mysql_native_password, sha256_password -passwords: x", "encryptionKey: alias/aws/s3",
		"echo done | sudo tee /etc/passwd", "<RequirePassword>true</RequirePassword>",
		"[Using a grant token]: https://docs.aws.amazon.com/kms/latest/developerguide/using-grant-token.html",
		"Key ID. For example, 1234abcd-12ab-34cd-56ef-1234567890ab.",
		"net user deploy /add", "net user deploy * /add", "net user deploy %PASS% /add", "net user",
		"curl -u $USER:$PASS https://repo", "curl -u \"${U}:${P}\" https://repo", "https://$U:$P@repo/x", "https://user:${TOKEN}@git/x",
		"http://localhost:8080/a@b", "https://example.com:443/", "echo \"ubuntu:$PW\" | chpasswd", "sshpass -p \"$PW\" ssh a@b",
		"password = os.environ['DB_PASSWORD']", "password = getpass()", "token = var.token", "password: !Ref DbPassword", "password: !Sub '${x}'",
		"key AKIAIOSFODNN7EXAMPLE and wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"ExpiredToken: The provided token has expired.", "InvalidClientTokenId: The security token included in the request is invalid.",
		"User: arn:aws:iam::123456789012:user/x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod2/database1x-AbCdEf because no identity-based policy allows it",
		"The parameter MasterUserPassword is not a valid password.", "sts:GetSessionToken, iam:CreateAccessKey",
		"NextToken=AAQAe9vXw2kL3pQ7ZyT5mN8bR4cD6fG1hJ0", "clientToken: 8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c", "PWD=/home/app",
		"-----BEGIN CERTIFICATE-----\nMIIDXTCCAkWgAwIBAgIJ\n-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----",
		"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA9x8f ops@example.com", "aws kms encrypt --key-id 1234abcd-12ab-34cd-56ef-1234567890ab",
		"KMS_KEY_ID=1234abcd-12ab-34cd-56ef-1234567890ab", "i-0123456789abcdef0 sg-0123456789abcdef0 subnet-0123456789abcdef0",
		"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "100% of 20%3 and & < > \\d \\x",
	}
	r := testRedactor()
	for _, text := range tests {
		if got := r.Text(text); got != text {
			t.Errorf("Text(%q) = %q, want it unchanged", text, got)
		}
		if m := inspect(t, "#!/bin/sh\n"+text+"\n"); len(m.Detections) != 0 || m.Undecoded != "" {
			t.Errorf("%q as user data: %+v, want nothing", text, m)
		}
	}
}

// A text that makes a rule go over the same bytes for ever is given up, not passed.
func TestHostileTextIsGivenUp(t *testing.T) {
	text := strings.Repeat("arn:aws:secret:", 10_000)
	if out := testRedactor().Text(text); len(out) > len(text)/2 || !strings.HasPrefix(out, "arn:aws:") {
		t.Errorf("%d bytes became %d: %.200s", len(text), len(out), out)
	}
	line := strings.Repeat(`api_key="a8f5f167f44f4964e6c998dee827110c" `, 500)
	if out := testRedactor().Text(line); strings.Contains(out, "a8f5f167") || strings.Count(out, "api_key=") != 500 {
		t.Errorf("a long line lost more or less than its secrets: %.300s", out)
	}
}
