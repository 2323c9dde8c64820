"""docs/from-python.md: each piece of C compiles, the programs among it talk with their Python twins, and no method is forgotten."""

import os
import re
import socket
import subprocess

from lib import Case, bound
from static.tree import ROOT, files, read

PAGE = 'docs/from-python.md'
FRAGMENT = '#include <duplex/socket.h>\n#include <stdio.h>\n#include <time.h>\n'


def pieces(language):
    return re.findall(rf'^```{language}\n(.*?)^```$', read(PAGE), re.M | re.S)


class FromPython(Case):
    builds = ('release',)

    def compile(self, code, name, *options):
        path = os.path.join(self.tmp, name)
        if 'int main(' not in code:
            code = FRAGMENT + re.sub(r'(?m)^(\w.*\))$', r'\1;\n\1', code)
        done = subprocess.run(['cc', '-x', 'c', '-std=c11', '-D_DEFAULT_SOURCE', '-pedantic', '-Wall', '-Wextra', '-Werror',
                               f'-I{ROOT}/include', '-', '-o', path, *options], input=code, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, code + done.stdout)
        return path

    def program(self, n, port):
        library = os.path.join(os.environ['DUPLEX_RELEASE'], 'libduplex.a')
        code = [code for code in pieces('c') if 'int main(' in code][n]
        return super().program(self.compile(code.replace('8090', str(port)), f'program{n}', '-x', 'none', library, '-lpthread'))

    def test_every_piece_compiles(self):
        self.assertGreater(len(pieces('c')), 6)
        for n, code in enumerate(pieces('c')):
            self.compile(code, f'piece{n}.o', '-c')

    def test_server(self):
        port = self.free_port()
        server = self.program(0, port)
        bound('tcp', port)
        with socket.create_connection(('127.0.0.1', port)) as c, c.makefile('rb') as lines:
            self.assertEqual(lines.readline(), b'Who are you?\n')
            c.sendall('小明\n'.encode())
            self.assertEqual(lines.read(), 'Hello, 小明\n'.encode())
        server.exit(0)

    def test_client(self):
        port = self.free_port()
        refused = self.program(1, port)
        self.assertEqual(refused.status(), 1)
        self.assertIn(f'127.0.0.1:{port}: Connection refused', refused.err)
        with socket.create_server(('127.0.0.1', port)) as s:
            client = self.program(1, port)
            c, _ = s.accept()
            with c:
                self.assertEqual(c.makefile('rb').read(), b'hello\n')
                c.sendall('你好'.encode())
            self.assertEqual(client.exit(0), '你好'.encode())

    def test_datagrams(self):
        port = self.free_port()
        receiver = self.program(2, port)
        bound('udp', port)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(10)
            s.sendto(b'hello', ('127.0.0.1', port))
            self.assertEqual(s.recvfrom(99)[0], b'HELLO')
        self.assertEqual(receiver.exit(0), b'127.0.0.1 hello\n')

    def test_the_python_twins_are_python(self):
        for code in pieces('python'):
            compile(code, PAGE, 'exec')

    def test_every_method_has_a_row(self):
        rows = ''.join(re.findall(r'(?m)^\| (`.*?) \|', read(PAGE)))
        self.assertEqual([name for name in dir(socket.socket) if name[0] != '_' and not re.search(rf'`{name}\b', rows)], [])

    def test_every_verb_is_named_and_is_there(self):
        header = read('include/duplex/socket.h')
        page = read(PAGE)
        verbs = set(re.findall(r'(?m)^[a-z].*?\b(dx_\w+)\(', header))
        self.assertGreater(len(verbs), 30)
        self.assertEqual(sorted(verb for verb in verbs if verb not in page), [])
        known = ''.join(map(read, files('include/duplex/*.h')))
        self.assertEqual(sorted(name for name in set(re.findall(r'\bdx_\w+', page)) if name not in known), [])
