"""What can go wrong around a whole program, by the ids of tests/faults.tsv: the process, names, connecting, streams, datagrams,
signals. The checked build fails calls on demand (src/sys/fault.h); both are tried against peers, limits and the kernel."""

import contextlib
import datetime
import fcntl
import os
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

from interop.bare import Bare, cpu_seconds, descriptors, events, hear, memory_kib, reset, rest, strictly, unread
from interop.lanes import LANES
from interop.matrix_test import Row15
from lib import Case, limit, needs, until

CLOSED = ['<&-', '>&-', '2>&-']
NAMES = r'''
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* NAMES=sleep: no answer ever. NAMES=N: 127.0.0.2, 127.0.0.3, … N addresses. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	int count = atoi(getenv("NAMES"));
	*found = NULL;
	while (count == 0)
		pause();
	for (int n = count; n > 0; n--) {
		struct addrinfo *a = calloc(1, sizeof *a + sizeof(struct sockaddr_in));
		struct sockaddr_in *in = (struct sockaddr_in *)(a + 1);
		*in = (struct sockaddr_in){ AF_INET, htons(atoi(service)), { htonl(0x7f000001 + n) } };
		*a = (struct addrinfo){ .ai_family = AF_INET, .ai_socktype = hints->ai_socktype, .ai_addrlen = sizeof *in,
					.ai_addr = (struct sockaddr *)in, .ai_next = *found };
		*found = a;
	}
	return 0;
}
void freeaddrinfo(struct addrinfo *a)
{
	for (struct addrinfo *next; a != NULL; a = next) {
		next = a->ai_next;
		free(a);
	}
}
'''
WITHOUT_ARGUMENTS = '''
#include <unistd.h>
int main(int argc, char **argv)
{
	char *none[] = { NULL };
	return argc > 1 ? execv(argv[1], none) : 1;
}
'''


class Faulty(Bare):
    def compiled(self, name, text, *options):
        path = os.path.join(self.tmp, name)
        subprocess.run(['gcc', '-w', '-O1', '-o', path, *options, self.file(name + '.c', text)], check=True)
        return path

    def names(self, mode):
        """The environment in which names resolve so."""
        return {'LD_PRELOAD': self.compiled('names.so', NAMES, '-shared', '-fPIC'), 'NAMES': mode,
                'ASAN_OPTIONS': os.environ['ASAN_OPTIONS'] + ':verify_asan_link_order=0'}

    def faults(self, text):
        return {'DUPLEX_FAULTS': text}

    def crowded(self, host='127.0.0.1', port=0):
        """A server whose queue of connections is full: a SYN gets no answer. Its crowd: the addresses of those who fill it."""
        server = self.server(host=host, port=port, backlog=0)
        self.crowd = set()
        for _ in range(4):
            s = self.keep(socket.socket())
            s.setblocking(False)
            s.connect_ex(server.getsockname())
            self.crowd.add(s.getsockname())
        until(lambda: self.syns(server) >= 2, 'a full queue')
        return server

    def syns(self, server):
        """Clients of the server that wait in vain (SYN_SENT)."""
        host, port = server.getsockname()
        there = '%s:%04X' % (socket.inet_aton(host)[::-1].hex().upper(), port)
        with open('/proc/net/tcp') as table:
            return sum(row[2:4] == [there, '02'] for row in map(str.split, table))

    def cpu_of(self, p, seconds=0.4):
        before = cpu_seconds(p)
        threading.Event().wait(seconds)                     # an interval that is measured
        return (cpu_seconds(p) - before) / seconds


class Process(Faulty):
    def test_A6_without_arguments_with_a_large_environment_or_hardly_any(self):
        launcher = self.compiled('launcher', WITHOUT_ARGUMENTS)
        p = self.program(launcher, os.environ['DUPLEX'], stdin='null')
        self.assertIn(p.status(), (0, 2))
        self.assertIn('duplex', p.text + p.err)
        large = {f'LARGE{n}': 'x' * 120_000 for n in range(15)}
        for env in large, {'LC_ALL': 'xx'}, {'LC_ALL': 'xx_YY.UTF-8', 'LANG': ''}, {'TERM': None, 'HOME': None, 'LC_ALL': None}:
            with self.subTest(list(env)[:2]):
                d, c = self.connect(self.server(), '-e', 'gbk', env=env)
                c.send('你好\n'.encode('gbk'))
                c.close()
                self.assertEqual(d.exit(0).decode(), '你好\n')              # UTF-8 whatever the locale

    def test_A7_closed_descriptors_never_become_sockets(self):
        for combination in range(8):
            closed = [how for n, how in enumerate(CLOSED) if combination >> n & 1]
            with self.subTest(closed):
                server = self.server()
                p = self.program('sh', '-c', f'exec "$0" "$@" {" ".join(closed)}', os.environ['DUPLEX'], 'connect', '-v', '--trace',
                                 f'tcp://127.0.0.1:{server.getsockname()[1]}')
                c = self.accept(server)
                c.send(b'from the peer\n')
                if '<&-' not in closed:
                    p.say('from the pipe\n').end()
                self.assertEqual(rest(c), b'' if '<&-' in closed else b'from the pipe\n')
                c.close()
                p.exit(0)
                self.assertEqual(p.out, b'' if '>&-' in closed else b'from the peer\n')

    def test_A7_standard_input_is_a_folder(self):
        server = self.server()
        d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', stdin='/')
        d.exit(1)
        self.assertRegex(d.err, r'\Aduplex: [^\n]*[Ii]s a directory[^\n]*\n\Z')

    def test_A7_D10_standard_input_has_no_end_and_the_peer_does_not_read(self):
        with open(self.file('huge'), 'r+b') as f:
            f.truncate(1 << 30)
        for source in '/dev/zero', self.tmp + '/huge':
            with self.subTest(source):
                d, c = self.connect(self.server(rcvbuf=4096), stdin=source)
                until(lambda: unread(c) > 1000, 'a full socket')
                until(lambda: self.cpu_of(d) < 0.1, 'an end of the filling')
                self.assertLess(memory_kib(d), 16_000 if self.build == 'release' else 200_000)
                with open(f'/proc/{d.pid}/fdinfo/0') as info:
                    self.assertLess(int(re.search(r'pos:\s+(\d+)', info.read())[1]), 64 << 20)
                self.assertEqual(len(hear(c, 3_000_000)) >= 3_000_000, True)            # and it goes on
                reset(c)
                d.exit(6)

    def test_A7_in_the_background_of_a_terminal_that_nobody_gives_it(self):
        """An orphan's read of its terminal fails with EIO, and that is told."""
        server = self.server()
        script = '''
            import os, sys
            reaped, tell = os.pipe()
            lives, life = os.pipe()                     # its write end is duplex's alone: it ends when duplex does
            os.set_inheritable(life, True)
            if os.fork():
                os.close(life)
                os.wait()                               # now duplex's group is an orphan's
                os.write(tell, b'x')
                os.read(lives, 1)                       # and the terminal is its session's as long as its leader lives
                sys.exit()
            os.setpgid(0, 0)
            if os.fork():
                os._exit(0)
            os.read(reaped, 1)
            os.execv(sys.argv[1], [sys.argv[1], 'connect', sys.argv[2]])
        '''
        p = self.python(script, os.environ['DUPLEX'], f'tcp://127.0.0.1:{server.getsockname()[1]}', tty=True)
        c = self.accept(server)
        p.say('not for it\n')
        p.wait_out(r'^duplex: [^\n]*\(EIO\)')
        try:
            self.assertEqual(rest(c), b'')
        except ConnectionResetError:
            pass
        c.close()
        p.exit(0)

    def test_J10_standard_output_that_fails_is_noticed(self):
        for words in ['help'], ['--version'], ['connect', ':1', '--explain']:
            p = self.duplex(*words, stdout='/dev/full')
            p.exit(1)
            self.assertRegex(p.err, r'\Aduplex: [^\n]+\n\Z')
        for options in [], ['--json'], ['-s', 'hex'], ['--format', '{text}']:
            with self.subTest(options):
                d = self.listen('--count', '1', *options, stdout='/dev/full')
                if options != ['--json']:               # whose first event fails already
                    self.dial(d).send(b'hello\n')
                d.exit(1)
                self.assertRegex(d.err, r'duplex: [^\n]*No space left')

    def test_J10_the_flags_of_shared_descriptors_are_left_as_they_were(self):
        ends = os.pipe(), os.pipe()
        ours, theirs = (ends[0][1], ends[1][0]), (ends[0][0], ends[1][1])
        copies = [os.dup(fd) for fd in theirs]
        before = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in copies]
        server = self.server()
        d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', stdin=theirs[0], stdout=theirs[1])
        for fd in theirs:
            os.close(fd)
        c = self.accept(server)
        c.send(b'x')
        self.assertEqual(os.read(ours[1], 1), b'x')
        self.assertEqual([fcntl.fcntl(fd, fcntl.F_GETFL) for fd in copies], before)
        os.close(copies[0])
        os.close(ours[0])
        c.close()
        d.exit(0)
        os.close(copies[1])
        os.close(ours[1])

    def test_J10_a_standard_output_that_does_not_wait_loses_nothing(self):
        out, theirs = os.pipe()
        os.set_blocking(theirs, False)
        d, c = self.connect(self.server(), stdout=theirs)
        os.close(theirs)
        data = os.urandom(1_000_000)
        c.settimeout(10)
        got, sent = b'', 0
        while len(got) < len(data):
            if sent < len(data):
                sent += c.send(data[sent:sent + 65536])
            got += os.read(out, 65536)
        os.close(out)
        self.assertTrue(got == data)


class Names(Faulty):
    def test_B1_a_resolver_that_never_answers(self):
        env = self.names('sleep')
        for options, status in (['--connect-timeout', '500ms'], 5), (['--deadline', '500ms'], 5):
            began = time.monotonic()
            d = self.duplex('connect', 'tcp://slow.example:1', *options, env=env)
            d.exit(status)
            self.assertGreaterEqual(time.monotonic() - began, 0.5)
            self.in_time(time.monotonic() - began, 0.5 + 0.5)
        for at in 'tcp://slow.example:1', 'udp://slow.example:1':
            d = self.duplex('connect', at, tty=True, env=env)
            until(lambda: self.catches(d, signal.SIGINT), 'its handler')
            began = time.monotonic()
            d.say('\x03').exit(-signal.SIGINT)
            self.in_time(time.monotonic() - began, 0.5)
        d = self.duplex('listen', 'tcp://127.0.0.1:0', 'tcp://slow.example:0', '--echo', env=env)
        c = self.dial(d)
        c.send(b'others are served\n')
        hear(c, b'served\n')
        d.signal(signal.SIGTERM)
        d.exit(0)

    def catches(self, p, number):
        with open(f'/proc/{p.pid}/status') as f:
            return int(re.search(r'SigCgt:\s+(\w+)', f.read())[1], 16) >> (number - 1) & 1

    def test_B3_twenty_addresses_of_which_the_last_one_answers(self):
        server = self.server(host='127.0.0.21')
        d = self.duplex('connect', f'tcp://many.example:{server.getsockname()[1]}', '--trace', '-w', '5', env=self.names('20'))
        c = self.accept(server)
        c.send(b'the twentieth')
        c.close()
        self.assertEqual(d.exit(0), b'the twentieth')
        tried = re.findall(r"\.connect\(\('127\.0\.0\.(\d+)'", d.err)
        self.assertEqual(tried, [str(n) for n in range(2, 22)])

    def test_B3_one_deadline_holds_for_all(self):
        crowded = self.crowded()
        with open(self.file('hosts.c'), 'w') as f:
            f.write(NAMES.replace('0x7f000001 + n', '0x7f000001'))          # the same one, which never answers
        lib = os.path.join(self.tmp, 'same.so')
        subprocess.run(['gcc', '-w', '-shared', '-fPIC', '-o', lib, f.name], check=True)
        env = {**self.names('5'), 'LD_PRELOAD': lib}
        began = time.monotonic()
        d = self.duplex('connect', f'tcp://many.example:{crowded.getsockname()[1]}', '-w', '1300ms', '--trace', env=env)
        d.exit(5)
        self.assertGreaterEqual(time.monotonic() - began, 1.25)
        self.in_time(time.monotonic() - began, 1.3 + 0.5)
        self.assertGreaterEqual(d.err.count('s.close()') + len(re.findall(r'^s\d+\.close', d.err, re.M)), 5)    # each was tried

    def test_B3_an_address_that_never_answers_delays_by_a_quarter_of_a_second(self):
        server = self.server(host='127.0.0.3')
        self.crowded('127.0.0.2', server.getsockname()[1])
        began = time.monotonic()
        d = self.duplex('connect', f'tcp://many.example:{server.getsockname()[1]}', '--trace', env=self.names('2'))
        c = self.accept(server)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
        c.send(b'the second')
        c.close()
        self.assertEqual(d.exit(0), b'the second')

    def test_C2_a_unix_socket_whose_backlog_is_full_is_waited_for(self):
        server = self.keep(socket.socket(socket.AF_UNIX))
        server.bind(self.tmp + '/s')
        server.listen(0)
        self.keep(socket.socket(socket.AF_UNIX)).connect(self.tmp + '/s')
        began = time.monotonic()
        self.duplex('connect', f'unix:{self.tmp}/s', '-w', '300ms').exit(5)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)
        d = self.duplex('connect', f'unix:{self.tmp}/s', '--trace')
        d.wait_err(r'SOCK_STREAM')
        server.accept()[0].close()
        c = self.accept(server)
        c.send(b'at last')
        c.close()
        self.assertEqual(d.exit(0), b'at last')

    def test_B9_C_port_0_the_true_port_is_told_before_the_first_accept(self):
        for options in [], ['-q'], ['--json']:
            for at in 'tcp://127.0.0.1:0', 'udp://127.0.0.1:0', 'tcp://:0', 'udp://[::1]:0':
                d = self.duplex('listen', at, *options)
                self.assertRegex(d.wait_err(r'^.*\n')[0], r'\Alistening on (tcp|udp)://\S*:[1-9]\d*\n\Z')
                if options == ['--json']:
                    d.wait_out('\n')
                    self.assertEqual(events(d)[0]['endpoint'], d.endpoint)
        d = self.listen('--json', '--trace')
        self.dial(d)
        d.wait_err('accept')
        self.assertLess(d.err.index('listening on'), d.err.index('.accept('))


class NamesFail(Faulty):
    builds = ('checked',)
    FAILURES = {'NONAME': 3, 'FAIL': 3, 'AGAIN': 3, 'MEMORY': 1, 'SYSTEM': 1}

    def test_B2_each_failure_has_its_own_sentence(self):
        sentences = set()
        for name, status in self.FAILURES.items():
            d = self.duplex('connect', 'tcp://some.example:1', env=self.faults(f'getaddrinfo=1+:EAI_{name}'))
            d.exit(status)
            self.assertRegex(d.err, r'\Aduplex: [^\n]*some\.example[^\n]*\n\Z')
            sentences.add(d.err)
        self.assertEqual(len(sentences), len(self.FAILURES))

    def test_B2_try_again_is_tried_three_times(self):
        server = self.server()
        d, c = self.connect_by_name(server, 'getaddrinfo=1-2:EAI_AGAIN')
        c.close()
        d.exit(0)
        d = self.duplex('connect', 'tcp://localhost:1', '-4', env=self.faults('getaddrinfo=1-3:EAI_AGAIN'))
        d.exit(3)

    def connect_by_name(self, server, faults):
        d = self.duplex('connect', f'tcp4://localhost:{server.getsockname()[1]}', env=self.faults(faults))
        return d, self.accept(server)


class Connecting(Faulty):
    def test_C2_a_syn_that_nobody_answers_ends_at_the_time_limit(self):
        server = self.crowded()
        for option in '-w', '--connect-timeout':
            began = time.monotonic()
            d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', option, '300ms')
            d.exit(5)
            self.assertGreaterEqual(time.monotonic() - began, 0.3)
            self.in_time(time.monotonic() - began, 0.3 + 0.5)
            self.assertRegex(d.err, r'\Aduplex: [^\n]*127\.0\.0\.1[^\n]*timed out[^\n]*\n\Z')

    def test_C3_a_connection_that_fails_later_is_told_once(self):
        server = self.crowded()
        before = self.syns(server)
        d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', '--json', stdin=self.file('never', b'never'))
        until(lambda: self.syns(server) > before, 'the connection that is being made')
        server.close()                                  # now the kernel's next SYN is refused
        d.exit(4)
        self.assertEqual([e['event'] for e in events(d)], ['error', 'end'])
        self.assertEqual(events(d)[0]['code'], 'ECONNREFUSED')

    def test_C4_signals_during_connect_and_it_connects_once(self):
        server = self.crowded()
        before = self.syns(server)
        d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', '--trace')
        until(lambda: self.syns(server) > before, 'the connection that is being made')
        for _ in range(100):
            d.signal(signal.SIGSTOP)
            d.signal(signal.SIGCONT)
        c = self.accept(server)
        while c.getpeername() in self.crowd:
            c = self.accept(server)
        d.say('hello\n')
        self.assertEqual(hear(c, 6), b'hello\n')
        c.close()
        d.exit(0)
        self.assertEqual(d.err.count('.connect('), 1, d)

    def test_C5_a_connection_to_itself_is_refused(self):
        port = self.free_port()
        d = self.duplex('connect', f'tcp://127.0.0.1:{port},bind=:{port}')
        d.exit(4)
        self.assertRegex(d.err, str(port))

    def test_C6_an_address_that_is_in_use_or_not_ours(self):
        with self.server() as s:
            port = s.getsockname()[1]
            for command, at in ('listen', f'tcp://127.0.0.1:{port}'), ('listen', f'tcp://:{port}'), \
                    ('connect', f'tcp://127.0.0.1:{port},bind=192.0.2.1:0'):
                d = self.call(command, at, status=1)
                self.assertRegex(d.err, r'\Aduplex: [^\n]+\n\Z')
        with self.udp() as s:
            d = self.call('listen', f'udp://127.0.0.1:{s.getsockname()[1]}', status=1)
            self.assertRegex(d.err, r'in use')

    @limit(60)
    def test_C7_it_binds_again_in_spite_of_time_wait(self):
        port = self.free_port()
        for _ in range(30):
            d = self.listen('--reply', 'bye', '--count', '1', at=f'tcp://127.0.0.1:{port}')
            c = self.dial(d)
            c.send(b'x\n')
            self.assertEqual(rest(c), b'bye\n')         # it finished first, so its port has the TIME_WAIT
            c.close()
            d.exit(0)
        d = self.listen(at=f'tcp://127.0.0.1:{port}')
        self.call('listen', f'tcp://127.0.0.1:{port}', status=1)

    def test_C11_peers_that_reset_before_they_are_accepted(self):
        d = self.listen('--echo', '--json')
        d.signal(signal.SIGSTOP)
        for _ in range(2000):
            reset(self.dial_quickly(d))
        d.signal(signal.SIGCONT)
        c = self.dial(d)
        c.send(b'a good one\n')
        hear(c, b'good one\n')
        self.assertTrue(d.running)
        self.assertLess(descriptors(d), 30)

    def dial_quickly(self, d):
        return socket.create_connection(('127.0.0.1', d.port), 10)

    def test_C12_what_may_lie_where_a_unix_socket_is_wanted(self):
        def dead(path):
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(path)

        def live(path):
            s = self.keep(socket.socket(socket.AF_UNIX))
            s.bind(path)
            s.listen()

        def link(path):
            dead(path + '.target')
            os.symlink(path + '.target', path)
        table = [(dead, 0), (live, 1), (link, 1), (lambda path: os.mkdir(path), 1),
                 (lambda path: self.file(os.path.basename(path), b'precious'), 1)]
        for scheme in 'unix', 'unix-dgram':
            for n, (make, status) in enumerate(table):
                path = f'{self.tmp}/{scheme}{n}'
                with self.subTest(scheme=scheme, n=n):
                    make(path)
                    before = os.lstat(path)
                    if status:
                        d = self.call('listen', f'{scheme}:{path}', status=1)
                        self.assertRegex(d.err, rf'\Aduplex: [^\n]*{path}[^\n]*\n\Z')
                        self.assertEqual(os.lstat(path)[:2], before[:2])
                    else:
                        d = self.listen(at=f'{scheme}:{path}')
                        d.signal(signal.SIGTERM)
                        d.exit(0)
                        self.assertFalse(os.path.exists(path))
        self.assertTrue(os.path.exists(f'{self.tmp}/unix2.target'))
        with open(f'{self.tmp}/unix4') as f:
            self.assertEqual(f.read(), 'precious')

    def test_C12_who_looks_whether_a_socket_is_alive_is_no_peer(self):
        path = self.tmp + '/s'
        d = self.listen('--once', at='unix:' + path)
        self.call('listen', 'unix:' + path, status=1)
        c = self.dial(d)
        c.send(b'the only one')
        c.close()
        self.assertEqual(d.exit(0), b'the only one')

    def test_C12_one_that_was_replaced_is_not_removed_at_the_end(self):
        path = self.tmp + '/s'
        d = self.listen(at='unix:' + path)
        os.unlink(path)
        self.file('s', b'somebody else\'s')
        d.signal(signal.SIGTERM)
        d.exit(0)
        self.assertTrue(os.path.exists(path))


class LostDatagrams(Faulty):
    def kernel_of(self, d):
        """Of the socket that d is bound to: bytes that wait, and datagrams that were dropped."""
        with open('/proc/net/udp') as table:
            row, = (row for row in map(str.split, table) if row[1].endswith(f':{d.port:04X}'))
        return int(row[4].partition(':')[2], 16), int(row[12])

    def test_D11_datagrams_that_the_kernel_drops_are_counted(self):
        out, theirs = os.pipe()
        d = self.listen(at='udp://127.0.0.1:0', stdout=theirs)
        os.close(theirs)
        c = self.udp(d)
        for _ in range(6000):                       # and nobody reads what d writes
            c.send(b'x' * 999)
        self.assertGreater(self.kernel_of(d)[1], 0)
        heard = []
        reader = threading.Thread(target=lambda: heard.extend(iter(lambda: os.read(out, 65536), b'')), daemon=True)
        reader.start()
        d.wait_err(r'datagrams? w[^\n]* lost')
        until(lambda: self.kernel_of(d)[0] == 0, 'all that waits is taken')
        lost = self.kernel_of(d)[1]
        until(lambda: sum(map(len, heard)) == (6000 - lost) * 1000, 'all that came is shown')
        d.signal(signal.SIGTERM)
        d.exit(0)
        reader.join()
        os.close(out)
        self.assertIn(f'{lost} datagrams were lost', d.err)


class Namespace(Faulty):
    """Settings of the system's that only a network of our own may have."""
    SCRIPT = '''
        import os, socket, subprocess, sys
        def write(name, value):
            with open('/proc/sys/net/ipv6/' + name, 'w') as f:
                f.write(value)
        subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
        if sys.argv[2] != 'off':
            subprocess.run(['ip', 'addr', 'add', 'fd00::7/128', 'dev', 'lo', 'nodad'], check=True)
        off = sys.argv[2] == 'off'
        write('conf/all/disable_ipv6' if off else 'bindv6only', '1' if off else sys.argv[2])
        if off:
            write('conf/lo/disable_ipv6', '1')
        d = subprocess.Popen([sys.argv[1], 'listen', 'tcp://:7000', 'udp://:7000', '--echo'], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = ''
        while said.count('listening on') < 2:
            line = d.stderr.readline()
            if not line:
                sys.exit('it left: ' + said)
            said += line
        for host in ['127.0.0.1', '127.0.0.2'] + ([] if off else ['::1', 'fd00::7']):
            with socket.create_connection((host, 7000)) as c:
                c.send(b'tcp')
                assert c.recv(3) == b'tcp'
            with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM) as c:
                c.connect((host, 7000))
                c.settimeout(5)
                c.send(b'udp')
                assert c.recv(3) == b'udp'
        d.terminate()
        said += d.stderr.read()
        print(said, d.wait(5))
    '''

    @needs('unshare', 'ip')
    def test_C8_both_families_whatever_the_systems_default_and_ipv4_alone_without_ipv6(self):
        if subprocess.run(['unshare', '-rn', 'true'], stderr=subprocess.DEVNULL).returncode:
            self.skipTest('no network namespaces here')
        for setting in '0', '1', 'off':
            with self.subTest(setting):
                p = self.program('unshare', '-rn', '/usr/bin/python3', '-c', __import__('textwrap').dedent(self.SCRIPT), os.environ['DUPLEX'],
                                 setting, stdin='null')
                said = p.exit(0).decode()
                self.assertTrue(said.endswith(' 0\n'), said)


class Accepting(Faulty):
    def test_C10_out_of_descriptors_it_rests_and_recovers(self):
        d = self.program('sh', '-c', 'ulimit -n 40; exec "$0" listen tcp://127.0.0.1:0 --echo --json', os.environ['DUPLEX'])
        member = self.dial(d)
        others = [self.dial(d) for _ in range(60)]
        d.wait_err('no further clients')
        self.assertLess(self.cpu_of(d), 0.1)                                # it does not spin
        member.send(b'still served\n')
        hear(member, b'served\n')
        for c in others[:50]:
            c.close()
        others[-1].send(b'at last\n')
        hear(others[-1], b'last\n')
        d.signal(signal.SIGTERM)
        d.exit(0)


class ListeningFails(Faulty):
    builds = ('checked',)

    def test_C6_one_may_not(self):
        d = self.call('listen', 'tcp://:80', status=1, env=self.faults('bind=1+:EACCES'))
        self.assertRegex(d.err, r'\Aduplex: [^\n]*80[^\n]*[Pp]ermission[^\n]*\n\Z')

    def test_C8_where_every_address_cannot_be_had_it_is_every_ipv4_address_and_that_is_said(self):
        d = self.listen('--echo', at='tcp://:0', env=self.faults('bind=1:EADDRNOTAVAIL'))
        self.assertRegex(d.endpoint, r'tcp://0\.0\.0\.0:')
        self.assertRegex(d.err, 'IPv6.*IPv4')
        c = self.dial(d)
        c.send(b'x\n')
        hear(c, b'x\n')


class AcceptingFails(Faulty):
    builds = ('checked',)

    def test_C9_errors_of_one_connection_leave_the_listener_listening(self):
        for name in 'ECONNABORTED', 'EPROTO', 'EINTR', 'ENETDOWN', 'ENONET', 'EHOSTUNREACH', 'EPERM':
            with self.subTest(name):
                d = self.listen('--echo', env=self.faults(f'accept4=1-3:{name}'))
                for _ in range(3):
                    c = self.dial(d)
                    c.send(b'hello\n')
                    hear(c, b'hello\n')

    def test_C10_each_lack_is_a_rest(self):
        for name in 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM':
            with self.subTest(name):
                d = self.listen('--echo', env=self.faults(f'accept4=2-3:{name}'))
                first = self.dial(d)
                first.send(b'one\n')
                hear(first, b'one\n')
                second = self.dial(d)
                first.send(b'meanwhile\n')
                hear(first, b'meanwhile\n')
                second.send(b'two\n')
                hear(second, b'two\n')


class Short(Row15):
    """D1: the byte-exact conversations again, one byte a call."""
    builds = ('checked',)
    size = 20_000
    env = {'DUPLEX_FAULTS': 'short'}

    def again(self, lane):
        self.peer, self.lane = 'python', lane
        self.converse()

    def test_D1_over_tcp(self):
        self.again(LANES[0])

    def test_D1_over_a_unix_socket(self):
        self.again(LANES[4])


for name in [name for name in dir(Row15) if name.startswith('test_')]:
    setattr(Short, name, None)                          # the cells themselves are the matrix's


class Streams(Faulty):
    def texts(self, d):
        return [e['text'] for e in events(d, 'message')]

    def test_D2_a_thousand_messages_at_once_are_a_thousand(self):
        words = [str(n) for n in range(1000)]
        d = self.listen('--json', '--count', '1000')
        self.dial(d).sendall(''.join(word + '\n' for word in words).encode())
        d.exit(0)
        self.assertEqual(self.texts(d), words)

    def test_D3_data_and_the_end_that_came_together(self):
        d = self.listen('--json')
        d.signal(signal.SIGSTOP)
        c = self.dial(d)
        c.sendall(b'last words\nand half')
        c.close()
        d.signal(signal.SIGCONT)
        self.events(d, 'close')
        self.assertEqual(self.texts(d), ['last words', 'and half'])

    def test_D3_it_does_not_spin_where_nothing_happens(self):
        d = self.listen('--json')
        c = self.dial(d)
        d.say('{"send": "hello"}\n')
        hear(c, b'hello\n')
        c.shutdown(socket.SHUT_WR)                      # one that has finished, and one that is silent
        self.dial(d)
        self.assertLess(self.cpu_of(d), 0.1)

    def test_D4_stops_and_continuations_are_not_to_be_seen(self):
        d = self.listen('--echo', stdout='null')
        c = self.dial(d)
        data = os.urandom(400_000)
        got, sent = b'', 0
        while len(got) < len(data):
            d.signal(signal.SIGSTOP)
            d.signal(signal.SIGCONT)
            sent += c.send(data[sent:sent + 8192]) if sent < len(data) else 0
            got += c.recv(8192)
        self.assertTrue(got == data)

    def test_D5_E_what_came_before_a_reset_is_delivered_then_told(self):
        d = self.listen('--json')
        c = self.dial(d)
        c.send(b'a whole line\nhalf a l')
        self.events(d, 'message')
        until(lambda: not self.unacknowledged(c), 'all is there')
        reset(c)
        closed, = self.events(d, 'close')
        self.assertEqual((closed['reason'], closed['in']), ('reset', 21))
        self.assertEqual(self.texts(d)[0], 'a whole line')
        d, c = self.connect(self.server(), '--json')
        c.send(b'half')
        self.events(d, 'message')
        reset(c)
        d.exit(6)
        *_, one, two, end = (e['event'] for e in events(d))
        self.assertEqual(({one, two}, end), ({'error', 'close'}, 'end'))

    def unacknowledged(self, c):
        return struct.unpack('i', fcntl.ioctl(c, 0x5411, b'0000'))[0]

    def test_D13_last_words_arrive_although_input_was_left_unread(self):
        d = self.listen('--hangup', 'exit', '--reply', 'heard', '--show', 'none')
        junk = b'x' * 20_000
        for _ in range(200):
            c = self.dial(d)
            c.sendall(b'hello\nexit\n' + junk)
            self.assertEqual(rest(c), b'heard\n')
            c.close()

    def test_D13_of_one_that_leaves_too(self):
        for _ in range(20):
            d = self.listen('--count', '1', '--reply', 'heard', '--show', 'none')
            c = self.dial(d)
            c.sendall(b'hello\n' + b'x' * 20_000)
            self.assertEqual(rest(c), b'heard\n')
            c.close()
            d.exit(0)

    def test_D14_an_urgent_byte_leaves_the_stream_intact(self):
        d, c = self.connect(self.server())
        c.send(b'ab')
        c.send(b'!', socket.MSG_OOB)
        c.send(b'')
        c.send(b'cd')
        d.wait_out('cd')
        c.close()
        self.assertEqual(d.exit(0), b'abcd')

    @limit(40)
    def test_F7_64_MiB_without_a_line_end(self):
        d = self.listen('--format', '{length}', '--count', '1')
        c = self.dial(d)
        c.send(b'x' * 1000)
        until(lambda: not self.unacknowledged(c), 'the first bytes')
        before, piece = memory_kib(d, 'VmHWM'), b'x' * (1 << 20)
        for _ in range(64):
            c.sendall(piece)
        until(lambda: not self.unacknowledged(c), 'all is there')
        if self.build == 'release':
            self.assertLess(memory_kib(d, 'VmHWM') - before, 2048)
        c.send(b'\n')
        lengths = [int(n) for n in d.exit(0).split()]
        self.assertEqual((sum(lengths), max(lengths)), (1000 + (64 << 20), 65536))

    def test_F7_parts_say_so(self):
        d = self.listen('--json', '--count', '1', '--reply', '{n}')
        c = self.dial(d)
        c.sendall(b'x' * 150_000 + b'\n')
        self.assertEqual(rest(c), b'1\n')               # answered once
        d.exit(0)
        parts = [e for e in events(d, 'message') if e['direction'] == 'in']
        self.assertEqual([(e['length'], e.get('partial', False)) for e in parts], [(65536, True), (65536, True), (18928, False)])


class StreamsFail(Faulty):
    builds = ('checked',)

    def test_D2_reads_of_one_byte_give_the_same_messages(self):
        sent = b'one\ntwo\r\n\nhalf'
        told = []
        for faults in '', 'short':
            d = self.listen('--json', env=self.faults(faults))
            c = self.dial(d)
            c.sendall(sent)
            c.close()
            self.events(d, 'close')
            told.append([(e['text'], e['eol']) for e in events(d, 'message')])
        self.assertEqual(told[0], [('one', '\n'), ('two', '\r\n'), ('', '\n'), ('half', '')])
        self.assertEqual(told[0], told[1])

    def echo(self, faults):
        d = self.listen('--echo', stdout='null', env=self.faults(faults))
        c = self.dial(d)
        for word in b'first\n', b'second\n', os.urandom(3000) + b'\n':
            c.sendall(word)
            self.assertEqual(hear(c, len(word)), word)
        c.shutdown(socket.SHUT_WR)
        self.assertEqual(rest(c), b'')
        d.signal(signal.SIGTERM)
        d.exit(0)

    def test_D3_storms_of_eagain(self):
        for call in 'recv', 'sendmsg', 'send':
            with self.subTest(call):
                self.echo(f'{call}=2-5000:EAGAIN')

    def test_D4_eintr_of_every_call(self):
        self.echo('accept4=1-9:EINTR recv=1-20:EINTR sendmsg=1-20:EINTR send=1-20:EINTR epoll_wait=1-20:EINTR read=1-20:EINTR '
                  'write=1-20:EINTR')


class Datagrams(Faulty):
    def test_E2_the_largest_datagram_passes_and_one_byte_more_is_an_error(self):
        for host, largest in ('127.0.0.1', 65507), ('::1', 65527):
            with self.subTest(host):
                server = self.udp(host=host)
                at = f'udp://{host if "." in host else f"[{host}]"}:{server.getsockname()[1]}'
                data = os.urandom(largest).replace(b'\n', b'x')
                self.call('connect', at, '--linger', '10ms', input=data + b'\n')
                self.assertTrue(server.recv(70000) == data)
                for words, more in (['connect', at], {'input': data + b'+\nnext\n'}), (['send', at, '--file', '-'], {'input': data + b'+'}):
                    d = self.call(*words, status=1, **more)
                    self.assertRegex(d.err, r'duplex: [^\n]*[Mm]essage too long')
                server.setblocking(False)
                self.assertRaises(BlockingIOError, server.recv, 70000)      # nothing was split

    def test_E4_icmp_does_not_stop_a_server(self):
        for at in 'udp://127.0.0.1:0', 'udp://:0':
            d = self.listen('--reply', 'yes', '--json', at=at)
            for _ in range(5):
                gone = self.udp(d)
                gone.send(b'x')
                gone.close()                            # the answer is refused
                self.events(d, 'message')
            s = self.udp(d)
            s.send(b'y')
            self.assertEqual(s.recv(100), b'yes')
            self.assertTrue(d.running)

    def test_E5_a_peer_whose_queue_is_full_stops_nobody(self):
        path = self.tmp + '/s'
        d = self.listen('--reply', 'yes', '--json', at='unix-dgram:' + path)
        full, other = (self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) for _ in range(2))
        for n, s in enumerate((full, other)):           # not connected: that would lift the limit of its queue
            s.bind(f'{self.tmp}/{n}')
        for _ in range(40):                             # far more answers than its queue holds
            full.sendto(b'x', path)
        other.sendto(b'y', path)
        self.assertEqual(other.recv(100), b'yes')
        error = self.events(d, 'error')[0]              # and the loss is told
        self.assertIn(f'{self.tmp}/0', error['address'])
        heard = 0
        full.setblocking(False)
        try:
            while full.recv(100):
                heard += 1
        except BlockingIOError:
            pass
        until(lambda: heard + len(events(d, 'error')) == 40, f'{heard} answers and the loss of the others')

    def test_E6_the_mark(self):
        for host, level, receive, kind in ('127.0.0.1', socket.IPPROTO_IP, socket.IP_RECVTOS, socket.IP_TOS), \
                ('::1', socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, socket.IPV6_TCLASS):
            with self.subTest(host):
                d = self.listen('--reply', 'pong', '--json', at=f'udp://{host if "." in host else "[::1]"}:0')
                s = self.udp(d, host=host)
                s.setsockopt(level, receive, 1)

                def traffic_class():
                    data, extra, _, _ = s.recvmsg(100, 100)
                    value, = (value[0] for _, k, value in extra if k == kind)
                    return data, value
                for _ in range(3):                      # an honest sender of the same word is always answered
                    s.send(b'ping')
                    self.assertEqual(traffic_class(), (b'pong', 4))
                s.setsockopt(level, kind, 4)
                s.send(b'I am automatic')
                s.setsockopt(level, kind, 0)
                s.send(b'I am not')
                self.assertEqual(s.recv(100), b'pong')
                s.setblocking(False)
                heard = [e['text'] for e in self.events(d, 'message', 9) if e['direction'] == 'in']
                self.assertEqual(heard[3:], ['I am automatic', 'I am not'])             # shown, but answered once
                self.assertRaises(BlockingIOError, s.recv, 100)
                d.say('{"send": "typed"}\n')
                s.settimeout(10)
                self.assertEqual(traffic_class(), (b'typed', 0))                        # what a person says bears no mark

    def test_E11_whoever_asks_one_of_our_addresses_is_answered_from_there(self):
        for at in 'udp://:0', 'udp4://:0':
            with self.subTest(at):
                d = self.listen('--greet', 'hello', '--reply', 'by rule', '-n', at=at)
                for host in '127.0.0.2', '127.0.0.1', '127.3.2.1':
                    c = self.udp((host, d.port))
                    c.settimeout(10)
                    c.send(b'you?')
                    self.assertEqual([c.recv(100), c.recv(100)], [b'hello', b'by rule'])
                    d.say('by hand\n')
                    self.assertEqual(c.recv(100), b'by hand')

    def test_E6_what_is_said_to_everybody_is_shown_and_not_answered(self):
        d = self.listen('--reply', 'pong', '--json', at='udp://:0')
        s = self.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.bind(('127.0.0.1', 0))
        s.sendto(b'everybody?', ('127.255.255.255', d.port))            # the broadcast address of the loopback network
        for word in b'you?', b'and you?':
            s.sendto(word, ('127.0.0.1', d.port))
            self.assertEqual(s.recv(100), b'pong')
        six = self.udp(host='::1')
        six.sendto(b'one?', ('::1', d.port))
        self.assertEqual(six.recv(100), b'pong')
        heard = [e['text'] for e in self.events(d, 'message', 7) if e['direction'] == 'in']
        self.assertEqual(heard, ['everybody?', 'you?', 'and you?', 'one?'])
        for s in s, six:
            s.setblocking(False)
            self.assertRaises(BlockingIOError, s.recv, 100)

    def test_E6_two_repliers_started_by_a_forged_packet(self):
        if os.geteuid():
            self.skipTest('only root can forge')
        one, two = (self.listen('--reply', 'hi', '--json', at='udp://127.0.0.1:0') for _ in range(2))
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
            raw.sendto(struct.pack('!HHHH', two.port, one.port, 8 + 6, 0) + b'forged', ('127.0.0.1', one.port))
        self.events(one, 'message', 2)                  # heard and answered
        self.events(two, 'message', 1)
        for d in one, two:
            s = self.udp(d)
            s.send(b'anybody?')
            self.assertEqual(s.recv(100), b'hi')
        for d in one, two:                              # the forged one or its answer, and ours, which was answered
            until(lambda: 'anybody?' in d.text, 'our question')
            self.assertEqual(sum(e['direction'] == 'in' for e in events(d, 'message')), 2)


class Echoes(Faulty):
    """Others that answer whatever comes, and bear no mark."""
    PAUSED = r'^duplex: no automatic answer for 1000 ms: it looks like an echo that comes from #1 '
    ANSWERED = 65                                       # 64 exchanges in a row that look like an echo, and the first before them
    AT_ONCE = 0.02                                      # by the clock of events; then it is by that of the loop, too

    def said(self, d, direction):
        return [e for e in events(d, 'message') if (e['direction'], e['peer']) == (direction, 1)]

    def pauses(self, d):
        return len(re.findall(self.PAUSED, d.err, re.M))

    def is_braked(self, d, unasked=0):
        """The last datagram of the first peer is shown and not answered, and the row before it is as long as it may be."""
        d.wait_err(self.PAUSED)
        until(lambda: self.ANSWERED < len(self.said(d, 'in')) == len(self.said(d, 'out')) + 1 - unasked, 'all but the last are answered')
        times = [datetime.datetime.fromisoformat(e['time'].replace('Z', '+00:00')).timestamp() for e in self.said(d, 'in')]
        rests = [n for n in range(1, len(times)) if times[n] - times[n - 1] > self.AT_ONCE]
        self.assertLessEqual(len(times) - max(rests, default=0), self.ANSWERED + 2)     # one more where the first is another
        self.assertEqual(self.pauses(d), 1)

    def give_back(self, s, d, what=None, times=1):
        """Says what it is told, or always the same, until that is taken for an echo."""
        s.settimeout(0.1)
        while not self.pauses(d):
            with contextlib.suppress(TimeoutError):
                data, there = s.recvfrom(65536)
                for _ in range(times):
                    s.sendto(what or data, there)
        s.settimeout(10)

    @needs('socat')
    def test_E6_a_real_echo_is_paused_and_others_are_answered(self):
        d = self.listen('--reply', 'hi', '--json', at='udp://127.0.0.1:0')
        self.program('socat', f'UDP4:127.0.0.1:{d.port}', "SYSTEM:'echo begin; exec cat'")
        self.is_braked(d)
        s = self.udp(d)
        s.send(b'and me?')
        self.assertEqual(s.recv(100), b'hi')
        self.is_braked(d)                               # and nothing has happened there

    @needs('unshare', 'nsenter', 'ip', 'socat')
    def test_E6_an_echo_on_another_machine_is_paused_by_an_echo_too(self):
        if subprocess.run(['unshare', '-rn', 'true'], stderr=subprocess.DEVNULL).returncode:
            self.skipTest('no network namespaces here')
        d = self.program('unshare', '-rn', 'sh', '-c', 'ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$0" "$@"',
                         os.environ['DUPLEX'], 'listen', 'udp://192.0.2.1:0', '--echo', '--json')
        self.assertGreater(d.port, 0)
        self.program('nsenter', '-t', d.pid, '-U', '-n', '--preserve-credentials', 'socat', f'UDP4:192.0.2.1:{d.port}',
                     "SYSTEM:'echo begin; exec cat'")
        self.is_braked(d)

    def test_E6_a_server_that_always_says_the_same_is_paused_and_a_person_may_speak(self):
        for host in '127.0.0.1', '::1':
            with self.subTest(host):
                s = self.udp(host=host)
                at = f'udp://{host if "." in host else f"[{host}]"}:{s.getsockname()[1]}'
                d = self.duplex('connect', at, '--reply', 'answer {n}', '--json')
                d.say('{"send": "question"}\n')
                self.give_back(s, d, b'what?')
                self.is_braked(d, unasked=1)
                d.say('{"send": "a person"}\n')
                while s.recv(1000) != b'a person':
                    pass

    def test_E6_where_no_mark_can_be_two_repliers_pause_one_another(self):
        one = self.listen('--reply', 'one', '--json', at=f'unix-dgram:{self.tmp}/one')
        two = self.duplex('connect', f'unix-dgram:{self.tmp}/one,bind={self.tmp}/two', '--reply', 'two', '--json')
        two.say('{"send": "begin"}\n')
        until(lambda: self.pauses(one) or self.pauses(two), 'a pause')
        if self.pauses(one):
            self.is_braked(one)
        else:
            self.is_braked(two, unasked=1)

    def test_E6_a_pause_is_told_once_and_is_over_after_a_second(self):
        d = self.listen('--reply', '<{data}>', '--json', at='udp://127.0.0.1:0')
        s = self.udp(d)
        s.send(b'')
        self.give_back(s, d, times=2)                   # so that some come within the pause
        s.setblocking(False)

        def is_answered():
            s.send(b'still there?')
            with contextlib.suppress(BlockingIOError):
                return s.recv(1000) == b'<still there?>'
        until(is_answered, 'an answer')
        self.assertGreater(len(self.said(d, 'in')), len(self.said(d, 'out')) + 2)
        self.assertEqual(self.pauses(d), 1)

    def test_E6_honest_senders_are_always_answered(self):
        for rule, says, answer, rests in (['--reply', 'pong'], 'ping', 'pong', True), (['--reply', '{data}!'], 'ping', 'ping!', True), \
                (['--reply', 'pong'], 'ping {}', 'pong', False), (['--echo'], 'ping', 'ping', False):
            with self.subTest(f'{rule} {says}'):
                d = self.listen(*rule, '--json', at='udp://127.0.0.1:0')
                s = self.udp(d)
                for n in range(200):
                    if rests and n % 60 == 59:          # the same word again and again, but now and then it listens for more
                        s.settimeout(0.06)
                        self.assertRaises(TimeoutError, s.recv, 100)
                        s.settimeout(10)
                    s.send(says.format(n).encode())
                    self.assertEqual(s.recv(100).decode(), answer)
                self.assertEqual(self.pauses(d), 0)


class DatagramsFail(Faulty):
    builds = ('checked',)

    def test_E5_a_send_that_fails_is_told_and_the_others_go_on(self):
        for name in 'EPERM', 'EHOSTUNREACH', 'ENOBUFS', 'ENETUNREACH':
            with self.subTest(name):
                d = self.listen('--reply', 'yes', '--json', at='udp://127.0.0.1:0', env=self.faults(f'sendmsg=1:{name}'))
                first, second = self.udp(d), self.udp(d)
                first.send(b'x')
                error, = self.events(d, 'error')
                self.assertEqual(error['code'], name)
                self.assertIn(str(first.getsockname()[1]), error['address'])
                for s in second, first:
                    s.send(b'y')
                    self.assertEqual(s.recv(100), b'yes')


class Signals(Faulty):
    CALLS = 'socket connect epoll_ctl epoll_wait recvfrom sendto sendmsg read write getsockopt setsockopt shutdown close'.split()

    @needs('strace')
    @limit(40)
    def test_H4_a_signal_at_every_call(self):
        """Where the handler is not yet there the signal ends it; from then on the end is orderly, and within 2 s."""
        for number, orderly in (signal.SIGTERM, (0, 8)), (signal.SIGINT, (-signal.SIGINT,)):
            for call in self.CALLS:
                for nth in (1, 3) if self.build == 'release' else (2,):
                    with self.subTest(call=call, nth=nth, number=number):
                        server = self.server()
                        d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}', '--count', '2',
                                        under=['strace', '-o', '/dev/null', '-e', f'inject={call}:signal={int(number)}:when={nth}'])
                        with contextlib.suppress(BrokenPipeError):      # it may have ended before it had a handler
                            d.say('hello\n')
                        self.serve(server, d)
                        self.assertIn(d.status(within=4), (*orderly, 0, -number))

    def serve(self, server, d):
        """Whoever comes is served, until d has left."""
        server.settimeout(0.02)
        while d.running:
            try:
                c = server.accept()[0]
                with c:
                    c.settimeout(4)
                    c.send(b'one\ntwo\n')
                    c.shutdown(socket.SHUT_WR)
                    rest(c)
            except OSError:
                pass                                    # nobody yet, or it has gone

    def test_H4_a_connection_and_a_signal_in_one_turn(self):
        """Both were ready when it looked: whichever is served first may free what the other is about."""
        for stop_first in True, False:
            server = self.crowded()
            before = self.syns(server)
            d = self.duplex('connect', f'tcp://127.0.0.1:{server.getsockname()[1]}')
            until(lambda: self.syns(server) > before, 'the connection that is being made')
            d.signal(signal.SIGSTOP)
            d.signal(signal.SIGINT)
            server.close()
            d.signal(signal.SIGCONT)
            d.exit(-signal.SIGINT)

    def test_H6_a_storm_of_signals_during_a_conversation(self):
        dice = random.Random(6)
        for faults in ('short', '') if self.build == 'checked' else ('',):
            d = self.listen('--echo', stdout='null', env=self.faults(faults))
            c = self.dial(d)
            data = os.urandom(5000)
            c.sendall(data)
            for _ in range(10_000):
                number = dice.choice((signal.SIGSTOP, signal.SIGWINCH, signal.SIGURG, signal.SIGCHLD))
                d.signal(number)
                if number == signal.SIGSTOP:
                    d.signal(signal.SIGCONT)
            self.assertEqual(hear(c, len(data)), data)
        for _ in range(200):
            d.signal(dice.choice((signal.SIGTERM, signal.SIGHUP)))
        self.ends_by(d, 0, 6, 8)

    def test_H6_one_that_waits_may_be_interrupted_as_often_as_one_likes(self):
        d = self.listen('--echo', stdout='null')
        for _ in range(12_000):
            d.signal(signal.SIGSTOP)
            self.assertTrue(d.running)
            os.waitid(os.P_PID, d.pid, os.WSTOPPED)
            d.signal(signal.SIGCONT)
        c = self.dial(d)
        c.send(b'still there\n')
        self.assertEqual(hear(c, 12), b'still there\n')


class Handlers(Case):
    builds = ()

    def test_H6_handlers_do_nothing_but_write(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'src')
        # The last words of a crash: all of it is on the list of signal-safety(7).
        crash = {'dx_ui_abandon', 'dx_sys_sigaction', 'dx_sys_kill', 'dx_sys_getpid'}
        handlers = []
        for folder, _, names in os.walk(root):
            for name in names:
                with open(os.path.join(folder, name)) as f:
                    text = f.read()
                for handler in set(re.findall(r'\.sa_(?:handler|sigaction) = (\w+)', text)) - {'SIG_IGN', 'SIG_DFL'}:
                    body = re.search(rf'^static void {handler}\(int \w+\)\n{{(.*?)^}}', text, re.M | re.S)[1]
                    handlers.append(handler)
                    called = set(re.findall(r'\b(\w+)\(', body)) - {'if', 'sizeof', 'while'}
                    self.assertLessEqual(called, crash if handler == 'on_crash' else {'atomic_store', 'atomic_load', 'dx_sys_eventfd_write'}, handler)
        self.assertEqual(len(handlers), 2, handlers)
