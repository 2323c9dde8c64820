"""What the tests of the tree share: its files, C without comments and strings, and a test case that wants to find nothing."""

import glob
import os
import re
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIECES = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(*patterns):
    """The paths, from the root of the tree, that these patterns match."""
    return sorted({path for pattern in patterns for path in glob.glob(pattern, root_dir=ROOT, recursive=True)})


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as f:
        return f.read()


def bare(code):
    """C code without what its comments and strings say; lines stay where they are."""
    return PIECES.sub(lambda piece: '\n' * piece[0].count('\n') or (' ' if piece[0].startswith('/*') else '""'), code)


def lines_of(path, strip=bare):
    """(path:line, text) of each line, for messages."""
    return [(f'{path}:{n}', line) for n, line in enumerate(strip(read(path)).split('\n'), 1)]


class Tree(unittest.TestCase):
    def none(self, found):
        """Fails with what was found, a line each."""
        found = list(found)
        if found:
            self.fail('\n'.join(['', *found]))
