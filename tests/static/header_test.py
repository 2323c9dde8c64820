"""The public headers are the manual, and stand alone in C11 and C++17."""

import re
import subprocess

from static.tree import ROOT, Tree, files, read

HEADERS = files('include/duplex/*.h')
FUNCTION = re.compile(r'^(?!typedef|#)\w[^\n=]*?\b(dx_\w+)\s*\(', re.M)


def undescribed(code):
    """Functions in whose paragraph no comment stands above them."""
    for paragraph in re.split(r'\n\s*\n', code):
        if not paragraph.lstrip().startswith('/*'):
            yield from FUNCTION.findall(paragraph)


class Headers(Tree):
    def test_every_function_is_described(self):
        self.none(f'{path}: {name}' for path in HEADERS for name in undescribed(read(path)))

    def compile(self, *compiler):
        for path in HEADERS:
            with self.subTest(path):
                done = subprocess.run([*compiler, '-pedantic', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-Iinclude', '-'],
                                      input=f'#include <{path.removeprefix("include/")}>\n', cwd=ROOT, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_N9_each_compiles_alone_in_c11(self):
        self.compile('gcc', '-x', 'c', '-std=c11')

    def test_N9_each_compiles_alone_in_cxx17(self):
        self.compile('g++', '-x', 'c++', '-std=c++17')
