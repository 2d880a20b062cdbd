#!/usr/bin/env python3
"""Verifies an Onus evidence bundle as FORMAT.md describes it. Standard library only.

usage: verify.py BUNDLE PUBLIC_KEY.pem [PUBLIC_KEY.pem ...]
Exit status 0: whole, unchanged and signed by the given keys; 2: not so.
"""
import base64
import hashlib
import json
import struct
import sys
import zlib

NAMES = ["scan.json", "ledger.ndjson", "result.index.ndjson", "seal.dsse.json", "redaction.dsse.json",
         "question.json", "inputs.ndjson", "exchanges.ndjson", "result.json", "result.salts"]


class Wrong(Exception):
    pass


def want(condition, what):
    if not condition:
        raise Wrong(what)


def sha256(text):
    return hashlib.sha256(text).hexdigest()


# The archive.

def headers(name, content, at):
    common = struct.pack("<HHHHHIIIHH", 10, 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(name), 0)
    return b"PK\3\4" + common + name, b"PK\1\2" + struct.pack("<H", 10) + common + bytes(10) + struct.pack("<I", at) + name


def unpack(text):
    entries, at, directory = {}, 0, b""
    for name in NAMES:
        raw = name.encode()
        start = at + 30 + len(raw)
        if name == "redaction.dsse.json" and text[at + 30:start] != raw:
            continue
        want(text[at:at + 4] == b"PK\3\4" and len(text) >= start and text[at + 30:start] == raw, name + " is not in its place")
        size = struct.unpack_from("<I", text, at + 18)[0]
        content = text[start:start + size]
        local, central = headers(raw, content, at)
        want(text[at:start] == local and len(content) == size, name + ": header or content is damaged")
        entries[name] = content
        directory += central
        at = start + size
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), at, 0)
    want(text[at:] == directory + end, "the end of the archive is not as it must be")
    return entries


def lines(entries, name):
    text = entries[name]
    want(text == b"" or text.endswith(b"\n"), name + " is cut off")
    return text.split(b"\n")[:-1]


# JSON in the one way of writing it.

def write(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def read(line, where, members):
    try:
        value = json.loads(line.decode("utf-8"))
        again = write(value)
    except (ValueError, RecursionError) as e:
        raise Wrong(where + ": no JSON") from e
    want(isinstance(value, dict) and again == line, where + ": not written in the one way")
    allowed = [m.rstrip("?") for m in members.split()]
    required = [m for m in members.split() if not m.endswith("?")]
    want([m for m in allowed if m in value] == list(value), where + ": its members are not those of the format")
    want(all(m in value for m in required), where + ": a member is missing")
    return value


# Signatures: ed25519 as RFC 8032, section 5.1, describes it.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def decompress(text):
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    want(y < P, "a point of the signature is not canonical")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    want((x * x - square) % P == 0 and not (x == 0 and sign), "a point of the signature is not on the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, p)
        p, n = add(p, p), n >> 1
    return total


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, text, signature):
    if len(signature) != 64:
        return False
    r, s = decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, decompress(public)))
    return s < L and (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def public_key(path):
    with open(path, encoding="ascii") as f:
        text = f.read().split("-----")
    want(len(text) >= 3 and text[1] == "BEGIN PUBLIC KEY", path + " is no public key")
    der = base64.b64decode(text[2])
    want(len(der) == 44 and der[:12] == bytes.fromhex("302a300506032b6570032100"), path + " is no ed25519 key")
    return "SHA256:" + sha256(der), der[12:]


def unbase64(text, where):
    raw = base64.b64decode(text, validate=True)
    want(base64.b64encode(raw).decode() == text, where + ": base64 with free bits")
    return raw


def statement(entries, name, kind, subjects, members, keys):
    want(len(lines(entries, name)) == 1, name + ": not one line")
    envelope = read(lines(entries, name)[0], name, "payloadType payload signatures")
    want(envelope["payloadType"] == "application/vnd.in-toto+json", name + ": another kind of payload")
    payload = unbase64(envelope["payload"], name)
    s = read(payload, name, "_type subject predicateType predicate")
    want(s["_type"] == "https://in-toto.io/Statement/v1" and s["predicateType"] == kind, name + ": another kind of statement")
    want(s["subject"] == [{"name": n, "digest": {"sha256": sha256(entries[n])}} for n in subjects], name + ": what it seals was changed")
    pae = b"DSSEv1 %d %s %d %s" % (len(envelope["payloadType"]), envelope["payloadType"].encode(), len(payload), payload)
    ids = [x["keyid"] for x in envelope["signatures"]]
    want(ids and len(set(ids)) == len(ids), name + ": not signed, or by one key twice")
    for x in envelope["signatures"]:
        want(list(x) == ["keyid", "sig"] and x["keyid"] in keys, name + ": signed by a key that was not given")
        want(signed(keys[x["keyid"]], pae, unbase64(x["sig"], name)), name + ": a signature is wrong")
    want(list(s["predicate"]) == members.split(), name + ": its predicate is of another form")
    return s["predicate"], set(ids)


# What the entries say of each other.

def check_calls(entries, scan, gone):
    inputs, exchanges = iter(lines(entries, "inputs.ndjson")), iter(lines(entries, "exchanges.ndjson"))
    previous, known, ids, n = sha256(b""), {}, set(), 0
    for n, line in enumerate(lines(entries, "ledger.ndjson"), 1):
        where = "ledger.ndjson line %d" % n
        call = read(line, where, "n prev account region operation round status attempts start latency_ns request_id date input? exchange?")
        want(call["n"] == n and call["prev"] == previous, where + ": does not follow the line before")
        previous = sha256(line)
        want(("input" in call) == ("exchange" in call), where + ": input without exchange, or the other way round")
        if "input" not in call:
            continue
        if call["exchange"] not in known:
            known[call["exchange"]] = check_exchange(next(exchanges, None), call["exchange"], where, gone)
        told = known[call["exchange"]]
        want(told in (None, (call["status"], call["request_id"], call["date"])), where + ": not what its exchange says")
        line = next(inputs, None)
        if line == b"-":
            gone["inputs"] += 1
            continue
        want(line is not None and sha256(line) == call["input"], where + ": its input was changed or is missing")
        asked = read(line, where, "salt id input")
        want(len(asked["salt"]) == 64 and asked["id"] not in ids, where + ": an id twice, or no salt")
        ids.add(asked["id"])
    want(next(inputs, None) is None and next(exchanges, None) is None, "inputs or exchanges that no call names")
    want((n, len(known)) == (scan["calls"], scan["exchanges"]), "scan.json counts other calls")


def check_exchange(line, commitment, where, gone):
    if line == b"-":
        gone["exchanges"] += 1
        return None
    want(line is not None and sha256(line) == commitment, where + ": its exchange was changed or is missing")
    e = read(line, where, "salt status class? headers? body? body_base64?")
    want(len(e["salt"]) == 64, where + ": no salt")
    header = lambda name: e.get("headers", {}).get(name, [""])[0]
    return e["status"], header("X-Amzn-Requestid") or header("X-Amz-Request-Id"), header("Date")


def check_result(entries, scan, gone):
    result, salts, index = (lines(entries, n) for n in ("result.json", "result.salts", "result.index.ndjson"))
    want(len(result) == len(salts) == len(index) == scan["result_lines"], "result, salts and index are not of one length")
    inside, findings = False, 0
    for n, (line, salt, text) in enumerate(zip(result, salts, index), 1):
        where = "result.json line %d" % n
        said = read(text, "result.index.ndjson line %d" % n, "digest check? status? severity? account? region?")
        findings += len(said) > 1
        if line == salt == b"-":
            gone["result_lines"] += 1
            continue
        want(len(salt) == 64 and sha256(salt + b" " + line) == said["digest"], where + ": was changed")
        told = {}
        if inside and line not in (b"  ],", b"  ]"):
            finding = json.loads(line.strip().rstrip(b",").decode())
            told = {m: finding.get(m, "") for m in ("check", "status", "severity", "account", "region")}
        else:
            inside = line == b'  "findings": ['
        want(told == {m: v for m, v in said.items() if m != "digest"}, where + ": the index says another verdict")
    want(findings == scan["findings"], "scan.json counts other findings")


def check(path, keys):
    with open(path, "rb") as f:
        entries = unpack(f.read())
    seal, by = statement(entries, "seal.dsse.json", "urn:onus:evidence:v1", NAMES[:3], "format scan_id sealed", keys)
    want(len(lines(entries, "scan.json")) == 1 and len(lines(entries, "question.json")) == 1, "scan.json or question.json is not one line")
    scan = read(lines(entries, "scan.json")[0], "scan.json", "format id as_of started finished tool catalogue_digest frameworks_digest policy_digest "
                "accounts regions planned read interrupted question calls exchanges result_lines findings")
    want(scan["format"] == seal["format"] == "onus.evidence/v1" and scan["id"] == seal["scan_id"], "another format or scan")
    gone = {"question": 0, "inputs": 0, "exchanges": 0, "result_lines": 0}
    question = lines(entries, "question.json")[0]
    if question == b"-":
        gone["question"] = 1
    else:
        want(sha256(question) == scan["question"], "question.json was changed")
        read(question, "question.json", "salt options policy")
    check_calls(entries, scan, gone)
    check_result(entries, scan, gone)
    if "redaction.dsse.json" in entries:
        names = ["scan.json"] + NAMES[5:]
        said, more = statement(entries, "redaction.dsse.json", "urn:onus:redaction:v1", names, "scan_id redacted withheld", keys)
        want(said["scan_id"] == scan["id"] and said["withheld"] == gone and any(gone.values()), "the redaction says another thing")
        by |= more
    else:
        want(not any(gone.values()), "lines were taken out, and no redaction says so")
    want(set(keys) == by, "a given key has not signed")
    return scan


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        scan = check(sys.argv[1], dict(public_key(p) for p in sys.argv[2:]))
    except (Wrong, OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        print("verify.py: %s: %s" % (sys.argv[1], e), file=sys.stderr)
        sys.exit(2)
    print("whole and unchanged: scan %s, %d calls, %d findings" % (scan["id"], scan["calls"], scan["findings"]))


if __name__ == "__main__":
    main()
