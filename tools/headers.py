"""Reads the public headers: what they declare, and what they say about it. tools/library makes things of it."""

import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, 'include', 'duplex')
FUNCTION = re.compile(r'^(static inline )?((?:const )?(?:struct )?\w+[\s*](?:\s*const\s|[\s*])*)(dx_\w+)\s*\(([^;{]*?)\)\s*(?:;|\{)', re.M | re.S)
TYPE = re.compile(r'^typedef (?:struct|union) (dx_\w+) \{', re.M)


class Part:
    """A paragraph of a header: what is said (without the comment's marks), and the code below it."""

    def __init__(self, said, code):
        self.said, self.code = said, code
        self.functions = [Function(*found.groups()) for found in FUNCTION.finditer(code)]


class Function:
    def __init__(self, inline, result, name, parameters):
        self.name, self.inline = name, bool(inline)
        self.result = ' '.join(result.split())
        self.parameters = split(' '.join(parameters.split()))


class Header:
    def __init__(self, path):
        with open(path, encoding='utf-8') as f:
            text = f.read()
        self.name = os.path.basename(path)[:-2]
        self.said = uncommented(re.match(r'/\*.*?\*/', text, re.S)[0])
        text = re.sub(r'#ifdef __cplusplus\n.*?#endif\n', '', text[text.index('*/') + 2:], flags=re.S)
        self.includes = re.findall(r'^#include <(.*?)>', text, re.M)
        text = re.sub(r'(?m)^#(?:include|ifndef DUPLEX_|define DUPLEX_).*\n', '', text).rpartition('#endif')[0]
        self.parts = [part(paragraph) for paragraph in paragraphs(text)]
        self.functions = [f for p in self.parts for f in p.functions]
        self.types = TYPE.findall(text)


def split(parameters):
    """A list of parameters at its commas, but not at those of a function's that is itself a parameter."""
    pieces, depth = [''], 0
    for char in parameters:
        depth += (char == '(') - (char == ')')
        if char == ',' and depth == 0:
            pieces.append('')
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces]


def uncommented(comment):
    lines = comment.removeprefix('/*').removesuffix('*/').split('\n')
    return '\n'.join(re.sub(r'^ \* ?', '', line).rstrip() for line in lines).strip()


def paragraphs(text):
    """What blank lines part, outside braces and comments."""
    lines, depth, inside = [], 0, False
    for line in [*text.split('\n'), '']:
        if not line.strip() and depth == 0 and not inside:
            if lines:
                yield '\n'.join(lines)
            lines = []
            continue
        lines.append(line)
        bare = re.sub(r'/\*.*?\*/', '', line)
        inside = '/*' in bare or (inside and '*/' not in bare)
        depth += bare.count('{') - bare.count('}')


def part(paragraph):
    comment = re.match(r'\s*(/\*.*?\*/)\n?', paragraph, re.S)
    return Part(uncommented(comment[1]) if comment else '', paragraph[comment.end():] if comment else paragraph)


def headers():
    """All of them, in the order of their names; duplex.h, which only includes the others, is none."""
    return [Header(path) for path in sorted(glob.glob(os.path.join(FOLDER, '*.h'))) if not path.endswith('/duplex.h')]
