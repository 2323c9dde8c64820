#!/usr/bin/python3
"""Writes src/codec/width_table.h from Python's Unicode tables; with --check compares and says whether it is up to date."""

import os
import sys
import unicodedata

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'codec', 'width_table.h')
SIGNS = {0x00AD, 0x06DD, 0x070F, 0x08E2, 0x110BD, 0x110CD, *range(0x0600, 0x0606), *range(0x0890, 0x0892)}   # Cf, but seen
JAMO = {*range(0x1160, 0x1200), *range(0xD7B0, 0xD800)}         # vowels and finals: part of the syllable before
IDEOGRAPHS = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD)]
FIRST = 0x300                                                   # below, the code knows by itself


def width(code):
    char = chr(code)
    category = unicodedata.category(char)
    if category in ('Mn', 'Me') or code in JAMO or (category == 'Cf' and code not in SIGNS) or category in ('Zl', 'Zp'):
        return 0
    if category == 'Cn':
        return 2 if any(first <= code <= last for first, last in IDEOGRAPHS) else 1
    return 2 if unicodedata.east_asian_width(char) in 'WF' else 1


def ranges(columns):
    found = []
    for code in range(FIRST, 0x110000):
        if width(code) != columns:
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def array(name, columns):
    texts = ['{ 0x%04x, 0x%04x }' % tuple(pair) for pair in ranges(columns)]
    lines = ['\t' + ', '.join(texts[i:i + 5]) + ',' for i in range(0, len(texts), 5)]
    return '\n'.join([f'static const struct span {name}[] = {{', *lines, '};'])


def table():
    return '\n'.join([
        f'/* Made by tools/width.py from Unicode {unicodedata.unidata_version}. Do not edit. */', '',
        array('zero_width', 0), '', array('wide', 2), ''])


if __name__ == '__main__':
    made = table()
    if '--check' in sys.argv:
        with open(TARGET, encoding='utf-8') as f:
            sys.exit(0 if f.read() == made else f'{TARGET} is not what {sys.argv[0]} makes')
    with open(TARGET, 'w', encoding='utf-8') as f:
        f.write(made)
