"""Writes commands.txt.gz: the commands of the AWS CLI with their options, for the test
that no fix of a check names one that does not exist.

    python3 -m venv /tmp/awscli && /tmp/awscli/bin/pip install awscli==1.46.3
    /tmp/awscli/bin/python checks/suite/commands_gen.py checks/suite/testdata/commands.txt.gz

A line is a command and its options, "!" after one that must be given, and "!GROUP" after
those of which one must be. The table holds the services in SERVICES alone: add one when
a fix needs it.
"""

import gzip
import sys

import awscli
from awscli.clidriver import create_clidriver

SERVICES = """
accessanalyzer account acm athena autoscaling backup cloudformation cloudfront cloudtrail cloudwatch
configservice detective directconnect dlm ds ec2 ec2-instance-connect ecr ecs eks elb elbv2 events
firehose globalaccelerator glue guardduty iam imagebuilder inspector2 kms lambda license-manager logs
macie2 network-firewall organizations ram rbin rds resource-groups resourcegroupstaggingapi
rolesanywhere route53 route53resolver s3 s3api s3control s3outposts s3tables secretsmanager
securityhub service-quotas sns sqs ssm sso-admin sts support trustedadvisor vpc-lattice wafv2
""".split()


def commands(name, command):
    table = getattr(command, "subcommand_table", None) or {}
    if not table and hasattr(command, "_get_command_table"):
        table = command._get_command_table()
    if not table and hasattr(command, "_create_command_table"):
        table = command._create_command_table()
    return table


def lines():
    driver = create_clidriver()
    services = driver._get_command_table()
    for service in SERVICES:
        for name, command in sorted(commands(service, services[service]).items()):
            inner = commands(name, command) if name == "wait" else {}
            for tail, leaf in sorted(inner.items()) or [("", command)]:
                named = {o: a for o, a in sorted(leaf.arg_table.items()) if not a.positional_arg}
                # Of a flag and its opposite (--egress, --ingress) only one says that it is required.
                groups = {a.group_name for a in named.values() if a.required and a.group_name}
                options = []
                for option, argument in named.items():
                    mark = "!" + argument.group_name if argument.group_name in groups else "!" if argument.required else ""
                    options.append("--" + option + mark)
                yield " ".join([service, name] + ([tail] if tail else []) + options)


with gzip.GzipFile(sys.argv[1], "wb", 9, mtime=0) as out:
    out.write(f"awscli {awscli.__version__}\n".encode())
    for line in lines():
        out.write((line + "\n").encode())
