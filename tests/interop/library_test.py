"""A stranger's program: the library is installed, found by pkg-config, linked shared and static, and talked to."""

import os
import subprocess

from lib import Case, bound, installed
from static.tree import read


class Stranger(Case):
    builds = ()
    limit = 60

    def start_stranger(self, compiler, **how):
        port = self.free_port()
        program = os.path.join(self.tmp, 'x')
        compiler(self.file('x.c', read('examples/echo.c').replace(':8090', f':{port}')), program)
        running = self.program(program, **how)
        bound('tcp', port)
        return running, port

    def converse(self, running, port):
        client = self.python('''
            import socket, sys
            s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
            s.sendall('你好'.encode() * 10000)
            s.shutdown(socket.SHUT_WR)
            print(s.makefile('rb').read() == '你好'.encode() * 10000)
        ''', port)
        self.assertEqual(client.exit(0), b'True\n')
        self.assertTrue(running.running)

    def test_the_ten_lines_with_the_shared_library(self):
        running, port = self.start_stranger(installed.compile_shared, env=installed.environment())
        with open(f'/proc/{running.pid}/maps') as maps:
            self.assertIn('libduplex.so.0', maps.read())
        self.converse(running, port)

    def test_the_ten_lines_with_the_static_library(self):
        running, port = self.start_stranger(installed.compile_static)
        with open(f'/proc/{running.pid}/maps') as maps:
            self.assertNotIn('libduplex', maps.read())
        self.converse(running, port)

    def test_the_ten_lines_in_cxx(self):
        program = os.path.join(self.tmp, 'x')
        source = self.file('x.cc', read('examples/echo.c').replace('{ .data = heard }', '{ NULL, heard, NULL, NULL, NULL }'))
        installed.run('g++', '-std=c++17', source, '-o', program, *installed.flags())

    def test_the_manual_is_installed(self):
        with open(installed.under('man3/dx_stream_send.3')) as page:
            self.assertEqual(page.read(), '.so man3/dx_stream.3\n')
        for name in 'libduplex', 'dx_stream':
            self.assertTrue(installed.under(f'man3/{name}.3'))

    def test_the_installed_program_needs_no_shared_libduplex(self):
        needed = installed.run('readelf', '-d', installed.under('bin/duplex'))
        self.assertNotIn('libduplex', needed)
        self.assertEqual(subprocess.run([installed.under('bin/duplex'), '--version'], stdout=subprocess.DEVNULL).returncode, 0)
