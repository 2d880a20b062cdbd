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

NAMES = ["scan.json", "ledger.ndjson", "result.index.ndjson", "seal.dsse.json", "timestamps.ndjson", "redaction.dsse.json",
         "question.json", "inputs.ndjson", "exchanges.ndjson", "result.json", "result.salts"]
OPTIONAL = ("timestamps.ndjson", "redaction.dsse.json")


class Wrong(Exception):
    pass


def want(condition, what):
    if not condition:
        raise Wrong(what)


def sha256(text):
    return hashlib.sha256(text).hexdigest()


# The archive.

ELSEWHERE = 2**32 - 1  # the number stands in its 64-bit place


def extra_field(*numbers):
    return struct.pack("<HH%dQ" % len(numbers), 1, 8 * len(numbers), *numbers) if numbers else b""


def headers(name, content, at):
    size = [len(content)] * 2 if len(content) >= ELSEWHERE else []
    offset = [at] if at >= ELSEWHERE else []
    version = 45 if size or offset else 10

    def common(extra):
        plain = min(len(content), ELSEWHERE)
        return struct.pack("<HHHHHIIIHH", version, 0, 0, 0, 0x21, zlib.crc32(content), plain, plain, len(name), len(extra))

    here, there = extra_field(*size), extra_field(*size, *offset)
    return (b"PK\3\4" + common(here) + name + here,
            b"PK\1\2" + struct.pack("<H", version) + common(there) + bytes(10) + struct.pack("<I", min(at, ELSEWHERE)) + name + there)


def unpack(text):
    entries, at, directory = {}, 0, b""
    for name in NAMES:
        raw = name.encode()
        start = at + 30 + len(raw)
        if name in OPTIONAL and text[at + 30:start] != raw:
            continue
        want(text[at:at + 4] == b"PK\3\4" and len(text) >= start and text[at + 30:start] == raw, name + " is not in its place")
        size = struct.unpack_from("<I", text, at + 18)[0]
        if size == ELSEWHERE:
            want(len(text) >= start + 20, name + " is cut off")
            size, start = struct.unpack_from("<Q", text, start + 4)[0], start + 20
        content = text[start:start + size]
        local, central = headers(raw, content, at)
        want(text[at:start] == local and len(content) == size, name + ": header or content is damaged")
        entries[name] = content
        directory += central
        at = start + size
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), min(at, ELSEWHERE), 0)
    if at >= ELSEWHERE:
        end = (b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, len(entries), len(entries), len(directory), at)
               + b"PK\6\7" + struct.pack("<IQI", 0, at + len(directory), 1) + end)
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


# ECDSA as FIPS 186-5 describes it: prime, a, b, order, generator, hash.

CURVES = {
    "06082a8648ce3d030107": (
        0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff, -3,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
        (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
         0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5), hashlib.sha256),
    "06052b81040022": (
        2**384 - 2**128 - 2**96 + 2**32 - 1, -3,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
        (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
         0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f), hashlib.sha384),
    "06052b81040023": (
        2**521 - 1, -3,
        0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
        0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409,
        (0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66,
         0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650), hashlib.sha512),
}


def on_curve_add(p, q, prime, a):
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0] and (p[1] + q[1]) % prime == 0:
        return None
    slope = (3 * p[0] * p[0] + a) * pow(2 * p[1], -1, prime) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, prime)
    x = (slope * slope - p[0] - q[0]) % prime
    return x, (slope * (p[0] - x) - p[1]) % prime


def on_curve_times(n, p, prime, a):
    total = None
    while n:
        if n & 1:
            total = on_curve_add(total, p, prime, a)
        p, n = on_curve_add(p, p, prime, a), n >> 1
    return total


def ecdsa_signed(curve, point, text, signature):
    prime, a, b, order, base, hash_of = CURVES[curve]
    size = (prime.bit_length() + 7) // 8
    x, y = int.from_bytes(point[1:size + 1], "big"), int.from_bytes(point[size + 1:], "big")
    want(point[0] == 4 and len(point) == 2 * size + 1 and (y * y - x * x * x - a * x - b) % prime == 0, "the public key is not on its curve")
    r, s = (int.from_bytes(v, "big") for v in parts(parts(signature, 0x30)[0], 0x02))
    want(signature == der(0x30, number(r) + number(s)), "the signature is not written in the one way")
    if not (0 < r < order and 0 < s <= order // 2):
        return False
    e, w = int.from_bytes(hash_of(text).digest(), "big") >> max(0, hash_of().digest_size * 8 - order.bit_length()), pow(s, -1, order)
    sum_of = on_curve_add(on_curve_times(e * w % order, base, prime, a), on_curve_times(r * w % order, (x, y), prime, a), prime, a)
    return sum_of is not None and sum_of[0] % order == r


# RSASSA-PSS as RFC 8017, section 8.1.2, describes it, with SHA-256 and a salt of 32 bytes.

def pss_signed(n, e, text, signature):
    bits = n.bit_length() - 1
    size = (bits + 7) // 8
    value = int.from_bytes(signature, "big")
    want(2048 <= n.bit_length() <= 8192, "the RSA key is too small or too large")
    if len(signature) != (n.bit_length() + 7) // 8 or value >= n:
        return False
    message = pow(value, e, n)
    if message >> 8 * size:
        return False
    message = message.to_bytes(size, "big")
    masked, h = message[:-33], message[-33:-1]
    if message[-1] != 0xbc or masked[0] >> 8 - (8 * size - bits):
        return False
    mask = b"".join(hashlib.sha256(h + struct.pack(">I", i)).digest() for i in range((len(masked) + 31) // 32))
    block = bytes(p ^ q for p, q in zip(masked, mask))
    block = bytes([block[0] & 0xff >> 8 * size - bits]) + block[1:]
    salt = block[-32:]
    return block[:-32] == bytes(len(block) - 33) + b"\1" and hashlib.sha256(bytes(8) + hashlib.sha256(text).digest() + salt).digest() == h


# As much of ASN.1 as keys and signatures need.

def parts(text, *tags):
    """The contents of the values that text consists of, which have these tags in turn (the last one again and again)."""
    out = []
    while text:
        want(len(text) > 1 and text[0] == tags[min(len(out), len(tags) - 1)], "not the ASN.1 that stands here")
        size, at = text[1], 2
        if size & 0x80:
            at += size & 0x7f
            size = int.from_bytes(text[2:at], "big")
        want(len(text) >= at + size, "ASN.1 that is cut off")
        out.append(text[at:at + size])
        text = text[at + size:]
    return out


def der(tag, content):
    size = len(content)
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, size]) + content if size < 0x80 else bytes([tag, 0x80 | len(raw)]) + raw + content


def number(n):
    return der(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def public_key(path):
    with open(path, encoding="ascii") as f:
        text = f.read().split("-----")
    want(len(text) >= 3 and text[1] == "BEGIN PUBLIC KEY", path + " is no public key")
    spki = base64.b64decode(text[2])
    kind, key = parts(parts(spki, 0x30)[0], 0x30, 0x03)
    key, kind = key[1:], kind.hex()
    if kind == "06032b6570" and len(key) == 32:
        check = lambda text, signature: signed(key, text, signature)
    elif kind.startswith("06072a8648ce3d0201") and kind[18:] in CURVES:
        check = lambda text, signature: ecdsa_signed(kind[18:], key, text, signature)
    elif kind == "06092a864886f70d0101010500":
        n, e = (int.from_bytes(v, "big") for v in parts(parts(key, 0x30)[0], 0x02))
        check = lambda text, signature: pss_signed(n, e, text, signature)
    else:
        raise Wrong(path + " is a key of another kind")
    return "SHA256:" + sha256(spki), check


def unbase64(text, where):
    raw = base64.b64decode(text, validate=True)
    want(base64.b64encode(raw).decode() == text, where + ": base64 with free bits")
    return raw


def statement(name, envelope, kind, subjects, members, keys):
    want(envelope["payloadType"] == "application/vnd.in-toto+json", name + ": another kind of payload")
    payload = unbase64(envelope["payload"], name)
    s = read(payload, name, "_type subject predicateType predicate")
    want(s["_type"] == "https://in-toto.io/Statement/v1" and s["predicateType"] == kind, name + ": another kind of statement")
    want(s["subject"] == [{"name": n, "digest": {"sha256": sha256(text)}} for n, text in subjects], name + ": what it seals was changed")
    pae = b"DSSEv1 %d %s %d %s" % (len(envelope["payloadType"]), envelope["payloadType"].encode(), len(payload), payload)
    ids = [x["keyid"] for x in envelope["signatures"]]
    want(ids and len(set(ids)) == len(ids), name + ": not signed, or by one key twice")
    for x in envelope["signatures"]:
        want(list(x) == ["keyid", "sig"] and x["keyid"] in keys, name + ": signed by a key that was not given")
        want(keys[x["keyid"]](pae, unbase64(x["sig"], name)), name + ": a signature is wrong")
    want(list(s["predicate"]) == members.split(), name + ": its predicate is of another form")
    return s["predicate"], ids


def sealed(entries, name, kind, names, members, keys):
    want(len(lines(entries, name)) == 1, name + ": not one line")
    envelope = read(lines(entries, name)[0], name, "payloadType payload signatures")
    said, ids = statement(name, envelope, kind, [(n, entries[n]) for n in names], members, keys)
    return said, ids, envelope


def check_stamps(entries, scan, envelope, keys):
    """What the token itself says is left to "openssl ts -verify": see FORMAT.md."""
    signatures = [(x["keyid"], unbase64(x["sig"], "seal.dsse.json")) for x in envelope["signatures"]]
    stamped = lines(entries, "timestamps.ndjson")
    want(stamped, "timestamps.ndjson holds nothing")
    at = 0
    for n, line in enumerate(stamped, 1):
        where = "timestamps.ndjson line %d" % n
        stamp = read(line, where, "token statement")
        want(list(stamp["statement"]) == ["payloadType", "payload", "signatures"], where + ": no envelope")
        keyid = [x["keyid"] for x in stamp["statement"]["signatures"]]
        while at < len(signatures) and [signatures[at][0]] != keyid:
            at += 1
        want(at < len(signatures), where + ": of no signature, or not in their order")
        token, signature = unbase64(stamp["token"], where), signatures[at][1]
        said, _ = statement(where, stamp["statement"], "urn:onus:timestamp:v1", [("token", token), ("signature", signature)], "scan_id keyid", keys)
        want(said == {"scan_id": scan["id"], "keyid": keyid[0]}, where + ": of another scan or key")
        want(hashlib.sha256(signature).digest() in token, where + ": the token is of another signature")
        at += 1


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


def plain_object(text, where):
    def once(members):
        want(len({name for name, _ in members}) == len(members), where + ": a member stands twice")
        return dict(members)

    def no_number(_):
        raise ValueError

    try:
        value = json.loads(text.decode(), object_pairs_hook=once, parse_constant=no_number)
        write(value)  # fails on half of a surrogate pair
    except (ValueError, RecursionError) as e:
        raise Wrong(where + ": no JSON") from e
    want(isinstance(value, dict), where + ": no finding")
    return value


def check_result(entries, scan, gone):
    result, salts, index = (lines(entries, n) for n in ("result.json", "result.salts", "result.index.ndjson"))
    want(len(result) == len(salts) == len(index) == scan["result_lines"], "result, salts and index are not of one length")
    inside, closed, parted, findings = False, False, None, 0
    for n, (line, salt, text) in enumerate(zip(result, salts, index), 1):
        where = "result.json line %d" % n
        said = read(text, "result.index.ndjson line %d" % n, "digest check? status? severity? account? region?")
        findings += len(said) > 1
        want((line == b"-") == (salt == b"-"), where + ": it and its salt were not taken out together")
        if line == b"-":
            gone["result_lines"] += 1
            parted = None
            continue
        want(len(salt) == 64 and sha256(salt + b" " + line) == said["digest"], where + ": was changed")
        told = {}
        if inside and line not in (b"  ],", b"  ]"):
            want(parted is not False and line.startswith(b"    {"), where + ": no finding, or not parted from the one before")
            parted = line.endswith(b",")
            finding = plain_object(line[4:].removesuffix(b","), where)
            told = {m: finding.get(m, "") for m in ("check", "status", "severity", "account", "region")}
            want(told["check"] and all(isinstance(m, str) for m in told.values()), where + ": no finding")
        else:
            want(not (inside and parted), where + ": ends the findings after a comma")
            closed, parted = closed or inside, None
            inside = not inside and line == b'  "findings": ['
        want(told == {m: v for m, v in said.items() if m != "digest"}, where + ": the index says another verdict")
    want(findings == scan["findings"] and closed, "scan.json counts other findings, or the list is not whole")


def check(path, keys):
    with open(path, "rb") as f:
        entries = unpack(f.read())
    seal, by, envelope = sealed(entries, "seal.dsse.json", "urn:onus:evidence:v1", NAMES[:3], "format scan_id sealed", keys)
    want(len(entries["scan.json"]) <= 1 << 20 and len(entries["question.json"]) <= 4 << 20, "scan.json or question.json is too large")
    want(len(lines(entries, "scan.json")) == 1 and len(lines(entries, "question.json")) == 1, "scan.json or question.json is not one line")
    scan = read(lines(entries, "scan.json")[0], "scan.json", "format id as_of started finished tool catalogue_digest frameworks_digest policy_digest "
                "accounts regions planned read interrupted question calls exchanges result_lines findings")
    want(scan["format"] == seal["format"] == "onus.evidence/v1" and scan["id"] == seal["scan_id"], "another format or scan")
    if "timestamps.ndjson" in entries:
        check_stamps(entries, scan, envelope, keys)
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
        names = ["scan.json"] + NAMES[6:]
        said, more, _ = sealed(entries, "redaction.dsse.json", "urn:onus:redaction:v1", names, "scan_id redacted withheld", keys)
        want(said["scan_id"] == scan["id"] and said["withheld"] == gone and any(gone.values()), "the redaction says another thing")
        by += more
    else:
        want(not any(gone.values()), "lines were taken out, and no redaction says so")
    want(set(keys) == set(by), "a given key has not signed")
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
