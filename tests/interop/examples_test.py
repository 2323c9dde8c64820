"""The examples: each is built as a stranger would, against both builds, and talked to with Python's sockets."""

import os
import struct

from lib import Case, installed
from static.tree import files, read

SOURCES = files('examples/*.c')


class Example(Case):
    limit = 40

    def run_example(self, name, *args, **how):
        program = os.path.join(self.tmp, name)
        source = os.path.join(installed.ROOT, 'examples', name + '.c')
        (installed.compile_checked if self.build == 'checked' else installed.compile_static)(source, program)
        return self.program(program, *args, **how)


class Size(Case):
    builds = ()

    def test_each_has_at_most_60_lines_and_a_test(self):
        tests = read('tests/interop/examples_test.py')
        for path in SOURCES:
            self.assertLessEqual(len(read(path).splitlines()), 60, path)
            self.assertIn(f"'{os.path.basename(path)[:-2]}'", tests, path)


class Codec(Example):
    def test_unframe_cuts_and_decodes_without_a_socket(self):
        def said(*args, input, status=0):
            program = self.run_example('unframe', *args)
            program.say(input)
            program.end().exit(status)
            return program

        hello = '你好'.encode('gbk')
        self.assertEqual(said('len2', 'gbk', input=struct.pack('>H', 4) + hello + b'\0\0').out.decode(), '你好\n\n')
        self.assertEqual(said('delim:7c', input=b'a\xff|b|').out.decode(), 'a\\xff (malformed)\nb\n')
        self.assertEqual(said('auto', 'utf-16le', input='一\n二'.encode('utf-16le')).out.decode(), '一\n二\n')
        self.assertEqual(said('len4', input=struct.pack('>I', 5000) + b'x' * 5000).out, b'x' * 4096 + ' …\n'.encode() + b'x' * 904 + b'\n')
        self.assertIn('cut off', said('len4', input=b'\x80\0\0\0half', status=1).err)
        self.assertIn('FRAME', said('len3', input=b'', status=2).err)
