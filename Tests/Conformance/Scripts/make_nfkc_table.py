#!/usr/bin/env python3
"""Writes Sources/ToolReward/Completion/Payloads/Python/NFKCTable.swift from Python's unicodedata.

    python3 Tests/Conformance/Scripts/make_nfkc_table.py

The table covers the characters that can occur in a Python identifier: their compatibility decompositions in full, and the pairs that
compose. Hangul syllables are left to arithmetic.

Layout, one string of digits of base 32 (least significant first, `0`-`V` a last digit, `W`-`w` and so on one that goes on): see encode().
    decompositions: count, then for each: code point minus the one before, length, and each code point's difference from the one before
                    it (zigzag), which starts with the last of the mapping before
    compositions:   count, then for each: first minus the one before, second (zigzag difference), composite (zigzag difference)
"""
import os
import sys
import unicodedata

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"


def encode(number):
    text = ""
    while True:
        digit = number & 31
        number >>= 5
        text += ALPHABET[digit | (32 if number else 0)]
        if not number:
            return text


def zigzag(number):
    return number << 1 if number >= 0 else (-number << 1) - 1


def is_hangul(point):
    return 0xAC00 <= point < 0xD7A4


def main():
    points = [p for p in range(0x80, 0x110000) if not 0xD800 <= p < 0xE000 and not is_hangul(p)]
    names = [p for p in points if ("a" + chr(p)).isidentifier()]
    text = ""
    mappings = [(p, unicodedata.normalize("NFKD", chr(p))) for p in names]
    mappings = [(p, m) for p, m in mappings if m != chr(p)]
    text += encode(len(mappings))
    before, last = 0, 0
    for point, mapping in mappings:
        text += encode(point - before) + encode(len(mapping))
        before = point
        for character in mapping:
            text += encode(zigzag(ord(character) - last))
            last = ord(character)
    pairs = []
    for point in names:
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            first, second = (int(part, 16) for part in parts)
            if unicodedata.normalize("NFC", chr(first) + chr(second)) == chr(point):
                pairs.append((first, second, point))
    pairs.sort()
    text += encode(len(pairs))
    first = second = composite = 0
    for a, b, c in pairs:
        text += encode(a - first) + encode(zigzag(b - second)) + encode(zigzag(c - composite))
        first, second, composite = a, b, c
    lines = [text[i : i + 118] for i in range(0, len(text), 118)]
    source = f'''// Written by Tests/Conformance/Scripts/make_nfkc_table.py from the Unicode Character Database \
{unicodedata.unidata_version}. Not to be edited.

/// Compatibility decompositions and canonical compositions of the characters that Python's names may hold, packed.
enum NFKCTable {{
  /// Digits of base 32, as the script describes them.
  static let packed: StaticString = """
''' + "".join(f"    {line}\\\n" for line in lines[:-1]) + f'''    {lines[-1]}
    """
}}
'''
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Sources/ToolReward/Completion/Payloads/Python")
    with open(os.path.join(folder, "NFKCTable.swift"), "w") as file:
        file.write(source)
    print(f"{len(mappings)} mappings, {len(pairs)} pairs, {len(source)} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
