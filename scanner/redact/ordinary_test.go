package redact

import "testing"

// Ordinary answers of many services that hold what looks random or sounds secret and is
// neither: identifiers, digests, tokens, settings, references to stores of secrets.
var ordinary = []string{
	`<R><ID>79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be</ID><DisplayName>ops</DisplayName></R>`,
	`<R><keySet><item><keyPairId>key-0a1b2c3d4e5f67890</keyPairId><keyFingerprint>1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f</keyFingerprint><keyName>prod-key</keyName><keyType>ed25519</keyType></item></keySet></R>`,
	`<R><keyFingerprint>SHA256:gYp7m1DhAvQAR0kq8pP2p4aQ8u5Gd2O7yQmT0Zp1Xyk=</keyFingerprint></R>`,
	`<R><UserId>AROAQYLPMN5HIQZTEST12:i-0123456789abcdef0</UserId><Arn>arn:aws:sts::123456789012:assumed-role/web/i-0123456789abcdef0</Arn></R>`,
	`<R><ThumbprintList><member>990f4193972f2becf12ddeda5237f9c952f20d9e</member></ThumbprintList><ClientIDList><member>sts.amazonaws.com</member></ClientIDList></R>`,
	`<R><SAMLMetadataDocument>&lt;EntityDescriptor xmlns=&quot;urn:oasis:names:tc:SAML:2.0:metadata&quot;&gt;&lt;KeyDescriptor use=&quot;signing&quot;&gt;&lt;X509Certificate&gt;MIIDXTCCAkWgAwIBAgIJAKL0UG+mRkSvMA0GCSqGSIb3DQEBCwUAMEUxCzAJBgNVBAYTAkFVMRMwEQYDVQQIDApTb21lLVN0YXRl&lt;/X509Certificate&gt;&lt;/KeyDescriptor&gt;&lt;/EntityDescriptor&gt;</SAMLMetadataDocument></R>`,
	`<R><ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration></R>`,
	`<R><Parameters><Parameter><ParameterName>rds.force_ssl</ParameterName><ParameterValue>1</ParameterValue></Parameter><Parameter><ParameterName>shared_preload_libraries</ParameterName><ParameterValue>pg_stat_statements</ParameterValue></Parameter><Parameter><ParameterName>ssl_max_protocol_version</ParameterName></Parameter></Parameters><Marker>cGFnZS0yOnJkczpwYXJhbWV0ZXJz</Marker></R>`,
	`<R><Parameter><ParameterName>default_authentication_plugin</ParameterName><ParameterValue>mysql_native_password</ParameterValue><Description>mysql_native_password, sha256_password -passwords: caching_sha2_password</Description></Parameter></R>`,
	`<R><member><UserName>bob</UserName><PasswordLastUsed>2026-10-01T08:15:42Z</PasswordLastUsed><UserId>AIDAQYLPMN5HIQZTEST12</UserId></member></R>`,
	`<R><SSHPublicKeyId>APKAQYLPMN5HIQZTEST12</SSHPublicKeyId></R>`,
	`<R><ServiceSpecificCredentialId>ACCAQYLPMN5HIQZTEST12</ServiceSpecificCredentialId><ServiceUserName>bob-at-123456789012</ServiceUserName></R>`,
	`<R><dnsEntrySet><item><dnsName>vpce-0123456789abcdef0-abcdefgh.secretsmanager.eu-central-1.vpce.amazonaws.com</dnsName></item></dnsEntrySet></R>`,
	`<R><name>amzn2-ami-kernel-5.10-hvm-2.0.20230320.0-x86_64-gp2</name><description>Amazon Linux 2 Kernel 5.10 AMI 2.0.20230320.0 x86_64 HVM gp2</description></R>`,
	`<R><groupDescription>Allow mysql from app: token service and password reset pages</groupDescription></R>`,
	`<R><CreatorRequestId>8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c</CreatorRequestId></R>`,
	`{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","GrantId":"0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60","GranteePrincipal":"arn:aws:iam::111122223333:role/ExampleRole","GrantToken":"AQpAM2RhZTk1MGMyNTk2ZmZmMzEyYWVhOWViN2I1MWM4Mzc0MWFiYjc0ZDE1ODkyNGFlNTIzODZhMzgyZjBlNGY3NiKIAgEBAgB4Pa6VDCWW__MSrqnre1HIN0Grt00ViSSuUjhqOC8OT3YAAADfMIHcBgkqhkiG9w0BBwaggc4wgcsCAQAwgcUGCSqGSIb3DQEHATAeBglghkgBZQMEAS4wEQQMmqLyBTAegIn9XlK5AgEQgIGXZQjkBcl1dykDdqZBUQ6L1OfUivQy7JVYO2-ZJP7m6f1g8GzV47HX5phdtONAP7K_HQIflcgpkoCqd_fUnE114mSmiagWkbQ5sqAVV3ov-VeqgrvMe5ZFEWLMSluvBAqdjHEdMIkHMlhlj4ENZbzBfo9Wxk8b8SnwP4kc4gGivedzFXo-dwN8fxjjq_ZZ9JFOj2ijIbj5FyogDCN0drOfi8RORSEuCEmPvjFRMFAwcmwFkN2NPp89amA"}`,
	`{"SecretList":[{"ARN":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db_password-AbCdEf","Name":"prod/db_password","SecretVersionsToStages":{"1234abcd-12ab-34cd-56ef-1234567890ab":["AWSCURRENT"]},"KmsKeyId":"alias/aws/secretsmanager"}]}`,
	`{"Parameters":[{"Name":"/prod/DB_PASSWORD","ARN":"arn:aws:ssm:eu-central-1:123456789012:parameter/prod/DB_PASSWORD","Type":"SecureString","KeyId":"alias/aws/ssm","DataType":"text"}]}`,
	`{"encryptionKey":"alias/aws/s3"}`,
	`{"ConfigRules":[{"ConfigRuleName":"access-keys-rotated","InputParameters":"{\"maxAccessKeyAge\":\"90\"}","Source":{"Owner":"AWS","SourceIdentifier":"ACCESS_KEYS_ROTATED"}}]}`,
	`{"ConfigRules":[{"InputParameters":"{\"RequireUppercaseCharacters\":\"true\",\"MinimumPasswordLength\":\"14\",\"PasswordReusePrevention\":\"24\",\"MaxPasswordAge\":\"90\"}"}]}`,
	`{"BackupPlansList":[{"BackupPlanArn":"arn:aws:backup:eu-central-1:123456789012:backup-plan:8F81F553-3A74-4A3F-B93D-B3360DC80C50","VersionId":"ZjQ2ZTI5YWQtZDg5Yi00MzYzLWJmZTAtMDI1MzhmMDY3ZDE3","CreatorRequestId":"tok-abc"}],"NextToken":"eyJhIjoiYiJ9"}`,
	`{"trailList":[{"Name":"t","S3BucketName":"b","KmsKeyId":"arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab","LogFileValidationEnabled":true,"CloudWatchLogsLogGroupArn":"arn:aws:logs:eu-central-1:123456789012:log-group:x:*"}]}`,
	`{"Events":[{"EventId":"8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c","CloudTrailEvent":"{\"eventVersion\":\"1.09\",\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROAQYLPMN5HIQZTEST12:bob\",\"accessKeyId\":\"ASIAQYLPMN5HHHFPZAM2\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":\"false\"}}},\"sessionCredentialFromConsole\":\"true\",\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"x-amz-id-2\":\"Qc0wxL0mK8a7Y2Z3vP1nD5rT9uB4sX6e/AbCdEfGhIj+KlMnOpQrStUvWxYz0123456789=\"},\"requestParameters\":{\"keyId\":\"alias/aws/s3\",\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::b/key=1\"}}}"}]}`,
	`{"functions":[{"FunctionName":"rotate-token","CodeSha256":"Qc0wxL0mK8a7Y2Z3vP1nD5rT9uB4sX6eAbCdEfGhIjk=","RevisionId":"8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c","Environment":{"Variables":{"SECRET_ARN":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf","TOKEN_TTL":"3600","TOKEN_URL":"https://auth.example.com/token","SECRET_NAME":"prod/db"}}}]}`,
	`{"containerDefinitions":[{"secrets":[{"name":"DB_PASSWORD","valueFrom":"arn:aws:ssm:eu-central-1:123456789012:parameter/prod/db"}],"environment":[{"name":"TOKEN_ISSUER","value":"https://x"}]}]}`,
	`{"Version":"2012-10-17","Statement":[{"Sid":"DenyUnEncryptedObjectUploads","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"},"Null":{"aws:TokenIssueTime":"true","aws:MultiFactorAuthAge":"true"}}}]}`,
	`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:octo/app:ref:refs/heads/main"}}}]}`,
	`{"Condition":{"StringEquals":{"sts:ExternalId":"8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c","aws:SourceVpce":"vpce-1a2b3c4d","s3:signatureversion":"AWS4-HMAC-SHA256","aws:userid":"AIDAQYLPMN5HIQZTEST12","kms:EncryptionContext:aws:pi:service":"rds"}}}`,
	`{"nextForwardToken":"f/36606374996716070096882318080137517991257783783116472320/s","nextBackwardToken":"b/36606374996716070096882318080137517991257783783116472320/s"}`,
	`{"NextPageToken":"Zm9vPXBhc3N3b3JkJnRva2VuPWh1bnRlcjJhYmNk","nextPageMarker":"Zm9vPXBhc3N3b3JkJnRva2VuPWh1bnRlcjJhYmNk"}`,
	`{"nextPartitionToken":"Zm9vPXBhc3N3b3JkJnRva2VuPWh1bnRlcjJhYmNk","NextPartNumberMarker":"12","logStreams":[{"uploadSequenceToken":"49590302938419430293841943029384194302938419430293841"}]}`,
	`{"position":"NmI3dG9rZW4="}`,
	`{"Policy":"{\"Statement\":[{\"Action\":\"kms:*\",\"Resource\":\"*\",\"Sid\":\"Enable IAM User Permissions\"}]}"}`,
	`{"Tags":[{"Key":"secret-owner","Value":"team-payments"},{"Key":"aws:cloudformation:stack-id","Value":"arn:aws:cloudformation:eu-central-1:123456789012:stack/x/8f7724cf-496f-496e-8fe3-cd0d1f9a2b3c"},{"Key":"kubernetes.io/cluster/prod","Value":"owned"},{"Key":"passwordRotationDays","Value":"90"}]}`,
	`{"MasterUserSecret":{"SecretArn":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-0b1c2d3e-AbCdEf","SecretStatus":"active"}}`,
	`{"XksProxyConfiguration":{"AccessKeyId":"ABCDE12345670EXAMPLE","UriEndpoint":"https://myproxy.xks.example.com","UriPath":"/kms/xks/v1"}}`,
	`{"Attributes":{"awsKmsMasterKeyId":"alias/aws/sqs","KmsDataKeyReusePeriodSeconds":"300"}}`,
	`{"tokenKey":"id"}`,
	`<R><tokenEndpoint>https://idp.example.com/oauth2/token</tokenEndpoint></R>`,
	`<Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::123456789012:user/x is not authorized to perform: rds:DescribeDBInstances on resource: arn:aws:rds:eu-central-1:123456789012:db:* because no identity-based policy allows the rds:DescribeDBInstances action</Message><RequestId>ESHX1K4SBXXXXXXX</RequestId><HostId>Gm3sXJ0mK8a7Y2Z3vP1nD5rT9uB4sX6e/AbCdEfGhIj+KlMnOpQrStUvWxYz0123456789=</HostId></Error>`,
	`<Error><Message>You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abcdefghijklmn-abcdefghijklmn-abcdefghijklmn</Message></Error>`,
	`<Error><Code>InvalidToken</Code><Message>The provided token is malformed or otherwise invalid.</Message><Token-0>x</Token-0></Error>`,
	`<R><SessionContext>secret: none required for this</SessionContext></R>`,
}

func TestOrdinaryAnswersAreIdentical(t *testing.T) {
	for _, body := range ordinary {
		if got := redactBody(t, "service:Operation", body); got != body {
			t.Errorf("%s\nbecame\n%s", body, got)
		}
	}
}
