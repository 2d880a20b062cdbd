package encryption

import (
	"errors"
	"fmt"
	"strings"

	"onus/checks"
	"onus/checks/databases"
	"onus/scanner/snapshot"
)

// OracleTransportEncryption passes when an Oracle instance takes encrypted connections alone:
// native encryption is REQUIRED, or TLS has a listener and nobody can reach the plain one.
// The option SSL alone opens a second port and leaves the first as it is.
// Source: RDS DescribeOptionGroups; Amazon RDS User Guide, "Oracle native network encryption"
// and "Oracle Secure Sockets Layer"; EC2 DescribeSecurityGroups.
var OracleTransportEncryption = checks.Check{
	ID:          "rds-oracle-transport-encryption-required",
	Title:       "Oracle instances require encrypted client connections",
	Severity:    checks.High,
	Category:    checks.Encryption,
	Duty:        checks.DataEncryption,
	ServiceKind: checks.Container,
	Tier:        3,
	Reads:       []string{"rds:DescribeDBInstances", "rds:DescribeOptionGroups", "ec2:DescribeSecurityGroups"},
	Remedy:      "Add NATIVE_NETWORK_ENCRYPTION with SQLNET.ENCRYPTION_SERVER REQUIRED to the option group, or close the plain port and use the one of the option SSL.",
	Fix: checks.Fix{
		Threat: "Clients that do not ask for encryption send passwords' traffic and data in the clear, and the database lets them. Whoever is on the way can read and change them.",
		CLI:    `aws rds add-option-to-option-group --region {region} --option-group-name GROUP --apply-immediately --options "OptionName=NATIVE_NETWORK_ENCRYPTION,OptionSettings=[{Name=SQLNET.ENCRYPTION_SERVER,Value=REQUIRED},{Name=SQLNET.ALLOW_WEAK_CRYPTO_CLIENTS,Value=FALSE}]"`,
		Terraform: `resource "aws_db_option_group" "this" {
  name                 = "encrypted"
  engine_name          = "oracle-se2"
  major_engine_version = "19"
  option {
    option_name = "NATIVE_NETWORK_ENCRYPTION"
    option_settings {
      name  = "SQLNET.ENCRYPTION_SERVER"
      value = "REQUIRED"
    }
  }
}`,
		Cost: "Clients whose drivers cannot negotiate encryption lose the database. The option is in force at once, without a restart; encryption costs some processor time.",
	},
	Judges: checks.For(snapshot.DBInstances, oracleTransportEncryption),
}

func oracleTransportEncryption(d snapshot.DBInstance, env checks.Env) checks.Verdict {
	if v, out := databases.Own(d.Database); out {
		return v
	}
	if databases.Family(d.Engine) != "oracle" {
		return databases.Engine(d.Database, "it is not Oracle")
	}
	options, v, ok := databases.Options(env, d.Database, d.Location)
	if !ok {
		return v
	}
	const setting = "SQLNET.ENCRYPTION_SERVER"
	native, has := databases.Option(options, "NATIVE_NETWORK_ENCRYPTION")
	mode := native.Settings[setting]
	weak := ""
	if strings.EqualFold(native.Settings["SQLNET.ALLOW_WEAK_CRYPTO_CLIENTS"], "TRUE") {
		weak = "; SQLNET.ALLOW_WEAK_CRYPTO_CLIENTS is TRUE, so that weak algorithms are taken"
	}
	if has && strings.EqualFold(mode, "REQUIRED") {
		return checks.Pass("%s is REQUIRED%s", setting, weak).With(setting, mode)
	}
	state := "the option group has no NATIVE_NETWORK_ENCRYPTION"
	if has {
		state = fmt.Sprintf("%s is %q, which does not require encryption", setting, mode)
	}
	tls, has := databases.Option(options, "SSL")
	if !has {
		return checks.Fail("%s, and no option SSL", state).With(setting, mode)
	}
	if d.Port == 0 {
		return checks.Unclear("%s; there is an option SSL, and the answer does not tell the plain port", state).With(setting, mode)
	}
	v = plainPortClosed(d, env, state, tls)
	return v.With(setting, mode).With("SSL port", fmt.Sprint(tls.Port))
}

// plainPortClosed judges an instance with TLS on a port of its own: nobody at all may reach
// the other port.
func plainPortClosed(d snapshot.DBInstance, env checks.Env, state string, tls snapshot.DBOption) checks.Verdict {
	var open []string
	var unread *checks.Verdict
	for _, id := range d.SecurityGroups {
		g, err := checks.Find(env, snapshot.SecurityGroups, d.Location, id)
		switch {
		case errors.Is(err, snapshot.ErrAbsent):
			v := checks.Unclear("%s; the security group %s cannot be seen, as one that another account shares", state, id)
			unread = &v
			continue
		case err != nil:
			v := checks.Unknown(err)
			unread = &v
			continue
		}
		for _, r := range g.Ingress {
			if admitsTCP(r, d.Port) {
				open = append(open, id)
				break
			}
		}
	}
	switch {
	case len(open) > 0:
		return checks.Fail("%s; the option SSL adds the port %d, and the plain port %d stays open in %s", state, tls.Port, d.Port, strings.Join(open, ", "))
	case unread != nil:
		return *unread
	case len(d.SecurityGroups) == 0:
		return checks.Unclear("%s, and the answer names no active security group", state)
	}
	return checks.Pass("TLS is on the port %d of the option SSL, and no security group lets anybody in on the plain port %d", tls.Port, d.Port)
}

// admitsTCP says that a rule lets some source in on a port. IpProtocol -1 has no ports.
func admitsTCP(r snapshot.Rule, port int32) bool {
	if len(r.CIDRs)+len(r.PrefixLists)+len(r.Groups) == 0 {
		return false
	}
	switch r.Protocol {
	case "-1":
		return true
	case "tcp", "6":
		return r.FromPort == nil || r.ToPort == nil || *r.FromPort <= port && port <= *r.ToPort
	}
	return false
}
