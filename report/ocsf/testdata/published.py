"""Writes published-1.3.0.json.gz: the JSON Schema of OCSF's class Compliance Finding with
the profile cloud, from the schema that OCSF publishes.

    python3 -m venv /tmp/ocsf && /tmp/ocsf/bin/pip install ocsf-json-schema==1.2.0
    /tmp/ocsf/bin/python report/ocsf/testdata/published.py 1.3.0 report/ocsf/testdata/published-1.3.0.json.gz
"""

import gzip
import json
import sys

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(sys.argv[1])).get_class_schema("compliance_finding", ["cloud"])
with gzip.GzipFile(sys.argv[2], "wb", 9, mtime=0) as out:
    out.write(json.dumps(schema, sort_keys=True, separators=(",", ":")).encode())
