"""Writes resources.txt.gz: the resources of the Terraform provider hashicorp/aws with
their arguments and blocks, for the test that no fix of a check names one that does not
exist. The package @cdktf/provider-aws is made from that provider's own schema.

    npm pack @cdktf/provider-aws@21.22.1
    python3 checks/suite/resources_gen.py cdktf-provider-aws-21.22.1.tgz checks/suite/testdata/resources.txt.gz

A line is a resource, or "data." and a data source, its arguments, and its blocks with what is in them in braces. The
table holds the resources whose names begin with a word of SERVICES: add one when a fix
needs it.
"""

import gzip
import re
import sys
import tarfile

SERVICES = """
accessanalyzer account acm alb ami athena autoscaling availability backup caller cloudformation cloudfront cloudtrail
cloudwatch config customer db default directconnect dlm dx ebs ec2 ecs egress eip eks flow glue guardduty iam imagebuilder
inspector2 instance instances internet ip kms lambda launch lb licensemanager main nat network networkfirewall
networkmanager organizations partition placement prefix ram rbin rds region regions resourcegroups rolesanywhere route
route53 s3 s3control s3outposts s3tables secretsmanager security securityhub servicequotas snapshot sns spot sqs ssm
ssoadmin subnet subnets vpclattice volume vpc vpcs vpn wafv2
""".split()

BLOCK = re.compile(r"^( +)(\w+): \{\n +value: (.*),\n +isBlock: (true|false),", re.M)
MAPPER = re.compile(r"\b(\w+)ToHclTerraform\b")


def members(text):
    """The arguments of one function, each with the function that maps what is in it."""
    for _, name, value, block in BLOCK.findall(text):
        inner = [m for m in MAPPER.findall(value) if m not in ("string", "number", "boolean", "any", "listMapperHcl", "hashMapperHcl")]
        yield name, inner[0] if inner and block == "true" else None


def written(functions, text, depth=0):
    out = []
    for name, inner in sorted(members(text)):
        if inner in functions and depth < 8:
            out.append(name + "{" + " ".join(written(functions, functions[inner], depth + 1)) + "}")
        else:
            out.append(name)
    return out


def resources(package):
    with tarfile.open(package) as tar:
        for member in tar:
            if not member.name.endswith("/index.js") or member.name.count("/") != 3:
                continue
            text = tar.extractfile(member).read().decode()
            name = re.search(r"terraformResourceType: '(aws_\w+)'", text)
            if not name or name[1].split("_")[1] not in SERVICES:
                continue
            parts = re.split(r"^function (\w+)ToHclTerraform\(struct\)", text, flags=re.M)
            functions = dict(zip(parts[1::2], parts[2::2]))
            own = text[text.index("synthesizeHclAttributes()"):] if "synthesizeHclAttributes()" in text else ""
            for key in functions:  # the last function of a file is followed by its class
                functions[key] = functions[key].split("\nclass ")[0]
            version = re.search(r"hashicorp/aws/([\d.]+)/docs", text)[1]
            yield ("data." if "/lib/data-aws" in member.name else "") + name[1], version, written(functions, own)


found = sorted(resources(sys.argv[1]))
with gzip.GzipFile(sys.argv[2], "wb", 9, mtime=0) as out:
    out.write(f"hashicorp/aws {found[0][1]}\n".encode())
    for name, _, arguments in found:
        out.write((" ".join([name] + arguments) + "\n").encode())
