package redact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// instances is a clean DescribeInstances response of about the given size in bytes.
func instances(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>8f7724cf-496f-496e-8fe3-example</requestId><reservationSet>`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<item><reservationId>r-0%016x</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item><instanceId>i-0%016x</instanceId><imageId>ami-0abcdef1234567890</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>ip-10-0-%d-%d.eu-central-1.compute.internal</privateDnsName><dnsName/><keyName>prod-key-%d</keyName><amiLaunchIndex>0</amiLaunchIndex><instanceType>m6i.large</instanceType><launchTime>2026-10-%02dT08:15:42.000Z</launchTime><placement><availabilityZone>eu-central-1a</availabilityZone><tenancy>default</tenancy></placement><monitoring><state>disabled</state></monitoring><subnetId>subnet-0%016x</subnetId><vpcId>vpc-0fedcba9876543210</vpcId><privateIpAddress>10.0.%d.%d</privateIpAddress><clientToken>%08x-1c5e-4b7b-9d6f-0a2e5b3c%04x</clientToken><hypervisor>xen</hypervisor><tagSet><item><key>Name</key><value>web-%d</value></item><item><key>CostCenter</key><value>team-%d</value></item><item><key>aws:autoscaling:groupName</key><value>asg-web-%d</value></item></tagSet><metadataOptions><state>applied</state><httpTokens>required</httpTokens></metadataOptions><iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/web</arn><id>AIPAQYLPMN5HIQZTEST%02d</id></iamInstanceProfile></item></instancesSet></item>`,
			i*7919, i*104729, i%250, i%200, i%7, i%28+1, i*31, i%250, i%200, i*2654435761%4294967296, i%65536, i, i%40, i%9, i%90+10)
	}
	b.WriteString(`</reservationSet><nextToken>eyJ2IjoiMiIsImMiOiI1a0pLdGZ6V3p6bmNTQ2J0NjNvR3FlV3h0V0s1In0=</nextToken></DescribeInstancesResponse>`)
	return b.Bytes()
}

func BenchmarkBodyCleanInstances(b *testing.B) {
	body := instances(1 << 20)
	r := New([]byte("0123456789abcdef"))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		out, err := r.Body("ec2:DescribeInstances", "text/xml", body)
		if err != nil || !bytes.Equal(out, body) {
			b.Fatal("a clean body was changed")
		}
	}
}

func BenchmarkUserData(b *testing.B) {
	script := strings.Repeat("#!/bin/bash\nset -e\ndnf install -y nginx openssl\nTOKEN=$(curl -s -X PUT http://169.254.169.254/latest/api/token)\nsystemctl enable --now nginx\n", 100)
	body := userDataBody(script)
	r := New([]byte("0123456789abcdef"))
	b.SetBytes(int64(len(script)))
	for b.Loop() {
		if _, err := r.Body("ec2:DescribeInstanceAttribute", "text/xml", body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstUse measures reading and compiling all rules, once in a process.
func BenchmarkFirstUse(b *testing.B) {
	for b.Loop() {
		if _, err := newCatalogue(); err != nil {
			b.Fatal(err)
		}
	}
}
