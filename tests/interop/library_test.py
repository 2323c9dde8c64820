"""A stranger's program: the library is installed, found by pkg-config, linked shared and static, and talked to."""

import os
import subprocess

from lib import Case, bound
from lib import installed

TEN_LINES = r'''
#include <duplex/duplex.h>

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	(void)dx_stream_send(s, in);    /* what one read brought always fits: see below */
}
static const dx_stream_events echo = { .data = heard };

int main(void)
{
	dx_loop *loop;

	if (dx_loop_new(&loop) < 0 || dx_listen(loop, "tcp://:PORT", &echo, NULL, NULL, NULL) < 0)
		return 1;
	return dx_loop_run(loop) < 0;
}
'''


class Stranger(Case):
    builds = ()
    limit = 60

    def start_stranger(self, compiler, **how):
        port = self.free_port()
        program = os.path.join(self.tmp, 'x')
        compiler(self.file('x.c', TEN_LINES.replace('PORT', str(port))), program)
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
        source = self.file('x.cc', TEN_LINES.replace('{ .data = heard }', '{ NULL, heard, NULL, NULL, NULL }'))
        installed.run('g++', '-std=c++17', source, '-o', program, *installed.flags())

    def test_the_installed_program_needs_no_shared_libduplex(self):
        needed = installed.run('readelf', '-d', installed.under('bin/duplex'))
        self.assertNotIn('libduplex', needed)
        self.assertEqual(subprocess.run([installed.under('bin/duplex'), '--version'], stdout=subprocess.DEVNULL).returncode, 0)
