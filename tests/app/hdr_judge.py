# SPDX-License-Identifier: Apache-2.0
"""Reads an HdrHistogram interval log by the format's description alone.

hdr_judge.py LOG prints a JSON object: of each tag how many histograms and values there are, the
median and the 99th percentile of all of them, and the first start and the last end in seconds.
"""
import base64
import json
import struct
import sys
import zlib

COMPRESSED, PLAIN = 0x1C849304, 0x1C849303


def zigzags(data):
    at = 0
    while at < len(data):
        value = shift = 0
        for place in range(9):
            byte = data[at]
            at += 1
            value |= (byte if place == 8 else byte & 0x7F) << shift
            shift += 7
            if place == 8 or not byte & 0x80:
                break
        yield (value >> 1) ^ -(value & 1)


def decode(text):
    """Pairs of the lowest value of a bucket, its width, and its count."""
    packed = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">II", packed[:8])
    assert cookie & ~0xF0 == COMPRESSED and length == len(packed) - 8, "no compressed V2 histogram"
    plain = zlib.decompress(packed[8:])
    cookie, length, offset, digits, lowest, highest, ratio = struct.unpack(">IIIIQQd", plain[:40])
    assert cookie & ~0xF0 == PLAIN and length == len(plain) - 40, "no V2 histogram"
    assert offset == 0 and ratio == 1.0 and lowest >= 1
    single = 2 * 10**digits
    magnitude = max(1, (single - 1).bit_length())
    unit = lowest.bit_length() - 1
    half = 1 << (magnitude - 1)
    index, found = 0, []
    for count in zigzags(plain[40:]):
        if count < 0:
            index += -count
            continue
        if count:
            bucket, sub = (index >> (magnitude - 1)) - 1, (index & (half - 1)) + half
            if bucket < 0:
                bucket, sub = 0, sub - half
            value = sub << (bucket + unit)
            assert value <= highest
            found.append((value, 1 << (bucket + unit), count))
        index += 1
    return found


def quantile(counts, share):
    rank, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    return None


def main():
    # Known ones, written by other implementations: 100, 200 and 250; 100 with no digits.
    known = decode("HISTFAAAACV4nJNpmSzMwMDAwQABzFCaEUrp2H+AsI4zMh1lZEpkAgBdIQSk")
    assert known == [(100, 1, 1), (200, 1, 1), (250, 1, 1)]
    known = decode("HISTFAAAAB14nJNpmSzMwMDAxIAKGCGUuoD9BwiLlwkAQaICvw==")
    assert len(known) == 1 and known[0][0] <= 100 < known[0][0] + known[0][1] and known[0][2] == 1
    tags, base = {}, None
    for line in open(sys.argv[1], encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("#[BaseTime: "):
            base = float(line.split()[1])
        if line.startswith("#") or line.startswith('"StartTimestamp"'):
            continue
        tag, start, length, highest, text = line.split(",")
        assert tag.startswith("Tag=")
        mine = tags.setdefault(tag[4:], {"lines": 0, "counts": {}, "from": base + float(start)})
        mine["lines"] += 1
        mine["to"] = base + float(start) + float(length)
        found = decode(text)
        top = found[-1]
        assert top[0] <= float(highest) * 1e6 + 1000 and float(highest) * 1e6 < top[0] + top[1] + 1000
        for value, width, count in found:
            middle = value + width // 2
            mine["counts"][middle] = mine["counts"].get(middle, 0) + count
    print(json.dumps({
        tag: {"lines": mine["lines"], "values": sum(mine["counts"].values()), "from": mine["from"],
              "to": mine["to"], "p50": quantile(mine["counts"], 0.5),
              "p99": quantile(mine["counts"], 0.99)}
        for tag, mine in tags.items()}))


main()
