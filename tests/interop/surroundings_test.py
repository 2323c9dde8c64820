"""What surrounds a running program: a wall clock that jumps, limits of descriptors, a system that lacks what one is used to."""

import os
import re
import signal
import subprocess
import time

from interop.bare import events, hear
from interop.faults_test import Faulty
from interop.terminal_test import Terminal
from lib import needs, until

DAY = 86400
JUMPS = r'''
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
/* The wall clock is wrong by as many seconds as the file JUMP says; "storm": by a day, now forwards, now backwards. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	static unsigned dice;
	char text[32] = { 0 };
	int r = syscall(SYS_clock_gettime, clock, now), fd;

	if (clock != CLOCK_REALTIME)
		return r;
	fd = open(getenv("JUMP"), O_RDONLY | O_CLOEXEC);
	if (fd != -1 && read(fd, text, sizeof text - 1) > 0)
		now->tv_sec += strcmp(text, "storm") != 0 ? atol(text) : ((dice = dice * 1103515245 + 12345) >> 16 & 1) ? 86400 : -86400;
	close(fd);
	return r;
}
'''


class Clock(Faulty):
    builds = ('checked',)

    def jumping(self, by=0):
        """An environment in which the wall clock can be moved, and at first is wrong by so much."""
        self.jump(by)
        path = f'{self.tmp}/jumps.so'
        return {'JUMP': f'{self.tmp}/jump',
                'LD_PRELOAD': path if os.path.exists(path) else self.compiled('jumps.so', JUMPS, '-shared', '-fPIC'),
                'ASAN_OPTIONS': os.environ['ASAN_OPTIONS'] + ':verify_asan_link_order=0'}

    def jump(self, by):
        with open(f'{self.tmp}/new', 'w') as f:
            f.write(str(by))
        os.rename(f'{self.tmp}/new', f'{self.tmp}/jump')

    def test_H1_time_limits_are_those_of_a_clock_that_does_not_jump(self):
        for options, by in ((['--idle', '600ms'], DAY), (['--deadline', '600ms'], 'storm'), (['--idle', '600ms'], -DAY),
                            (['--deadline', '600ms'], -DAY), (['-w', '600ms', '--mode', 'half'], DAY)):
            with self.subTest(options=options, by=by):
                d, c = self.connect(self.server(), *options, env=self.jumping())
                began = time.monotonic()
                d.say('a word\n')
                hear(c, b'word\n')
                self.jump(by)
                d.exit(5)
                self.assertGreaterEqual(time.monotonic() - began, 0.5)
                self.in_time(time.monotonic() - began, 1.2)

    def test_H1_a_connection_is_waited_for_as_long_as_was_said(self):
        crowded, env = self.crowded(), self.jumping()
        for by in DAY, -DAY:
            self.jump(0)
            before, began = self.syns(crowded), time.monotonic()
            d = self.duplex('connect', '127.0.0.1:%d' % crowded.getsockname()[1], '-w', '600ms', env=env)
            until(lambda: self.syns(crowded) > before, 'its SYN')
            self.jump(by)
            d.exit(5)
            self.assertGreaterEqual(time.monotonic() - began, 0.6)
            self.in_time(time.monotonic() - began, 1.2)

    def test_H1_a_gap_between_messages_is_a_gap(self):
        for by in DAY, -DAY, 'storm':
            d = self.listen('--frame', 'gap:300ms', '--json', '--count', '2', env=self.jumping())
            c = self.dial(d)
            c.send(b'one ')
            self.jump(by)
            c.send(b'message')
            self.events(d, 'message')
            c.send(b'another')
            d.exit(0)
            self.assertEqual([e['text'] for e in events(d, 'message')], ['one message', 'another'])

    def test_H1_stamps_are_those_of_the_wall_clock_whatever_it_says(self):
        d = self.listen('--json', env=self.jumping())
        c = self.dial(d)
        for count, by in enumerate((0, DAY, -DAY, -2_000_000_000, 7_000_000_000), 1):
            self.jump(by)
            c.send(b'x\n')
            told = self.events(d, 'message', count)[-1]['time']
            self.assertRegex(told, r'\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z')
            there = subprocess.run(['date', '-u', '-d', told, '+%s'], stdout=subprocess.PIPE, text=True, check=True).stdout
            self.assertLess(abs(int(there) - (time.time() + by)), 10)

    def test_H1_what_passed_between_two_messages_is_what_passed(self):
        for options in ['-t', 'since'], ['-t', 'since', '--format', r'{time} {text}\n']:
            d = self.listen(*options, '--count', '3', env=self.jumping())
            c = self.dial(d)
            for count, by in enumerate((DAY, -DAY, 0), 1):
                c.send(b'x\n')
                d.wait_out(r'(.*x\n){%d}' % count)
                until(lambda end=time.monotonic() + 0.02: time.monotonic() > end)       # an interval that is measured
                self.jump(by)
            d.exit(0)
            gaps = [float(gap) for gap in re.findall(r'^\+(\d+\.\d{3}) ', d.text, re.M)]
            self.assertEqual(len(gaps), 3, d.text)
            self.assertEqual(gaps[0], 0)
            for gap in gaps[1:]:
                self.assertGreaterEqual(gap, 0.02)
                self.assertLess(gap, 10)


class Drawing(Terminal):
    jumping, jump, compiled = Clock.jumping, Clock.jump, Faulty.compiled

    def test_H1_the_terminal_is_drawn_as_often_and_keys_are_seen(self):
        p, c = self.talk('--status', '--echo', env=self.jumping('storm'))
        p.see('bytes/s')
        before, began, turns = p.program.out.count(b'> '), time.monotonic(), 0
        while time.monotonic() < began + 0.4:               # each message is a turn of the loop, and wants to be drawn
            c.send(b'm\n')
            turns += hear(c, b'm\n') == b'm\n'
        drawn = p.program.out.count(b'> ') - before
        self.assertGreater(turns, 60)
        self.assertLessEqual(drawn, 62 * (time.monotonic() - began) + 4)
        for by in DAY, -DAY:
            self.jump(by)
            p.type('typed')
            p.see(lambda p: p.line == '> typed')
            p.type('\r')
            self.assertEqual(hear(c, b'\n'), b'typed\n')
            p.ready()
        for rate in re.findall(r'; (\S+) bytes/s', p.text):
            self.assertRegex(rate, r'\A\d+\Z')

    def test_H1_a_paste_is_one(self):
        p, c = self.talk(env=self.jumping('storm'))
        p.ready().paste('one\ntwo')
        p.see('two')
        p.type('\r')
        self.assertEqual(hear(c, b'two\n'), b'one\ntwo\n')


class Descriptors(Faulty):
    PEERS = 60

    def limited(self, limits, *options):
        """A duplex that listens, under these limits of a shell, and so many peers."""
        d = self.program('sh', '-c', f'{limits} && exec "$0" "$@"', os.environ['DUPLEX'], 'listen', 'tcp://127.0.0.1:0', '--reply', 'you',
                         *options, stdin='null')
        peers = [self.dial(d) for _ in range(self.PEERS)]
        for c in peers:
            c.send(b'hello\n')
        return d, peers

    def test_O7_the_soft_limit_is_raised_to_the_hard_one(self):
        d, peers = self.limited('ulimit -Sn 32 && ulimit -Hn 200')
        for c in peers:
            self.assertEqual(hear(c, b'\n'), b'you\n')
        with open(f'/proc/{d.pid}/limits') as f:
            self.assertRegex(f.read(), r'Max open files\s+200\s+200 ')
        self.assertNotIn('no further clients', d.err)

    def test_O7_where_that_is_too_low_it_is_said_and_those_who_are_here_are_served(self):
        d, peers = self.limited('ulimit -n 32')
        d.wait_err(r'^duplex: no further clients for a moment: [^\n]*open files')
        self.assertEqual(hear(peers[0], b'\n'), b'you\n')
        for c in peers[:20]:
            c.close()
        self.assertEqual(hear(peers[30], b'\n'), b'you\n')
        self.assertTrue(d.running)


@needs('unshare')
class Bare(Faulty):
    """The sanitizers want a /proc, so this is for the release build."""
    builds = ('release',)

    def within(self, *words):
        """Runs the words where /proc is an empty folder."""
        return ['unshare', '-m' if os.getuid() == 0 else '-Urm', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh', *words]

    def no_mounts(self):
        return subprocess.run(self.within('true'), stderr=subprocess.DEVNULL).returncode != 0

    def test_O4_without_proc_home_and_terminal(self):
        if self.no_mounts():
            self.skipTest('no mounts of our own may be made here')
        bare = {'HOME': None, 'TMPDIR': None, 'TERM': None, 'LC_ALL': None, 'PATH': '/usr/bin:/bin', 'USER': None, 'LOGNAME': None}
        for at in 'tcp://127.0.0.1:0', f'unix:{self.tmp}/s':
            d = self.listen('--echo', '--count', '1', at=at, under=self.within(), env=bare, stdin='null')
            client = self.duplex('connect', d.endpoint, under=self.within(), env=bare)
            client.say('你好\n').end()
            self.assertEqual(client.exit(0).decode(), '你好\n')
            d.exit(0)
        for words in ['--version'], ['help'], ['help', 'listen']:
            self.duplex(*words, under=self.within(), env=bare, stdin='null').exit(0)
        said = self.duplex('connect', '127.0.0.1:1', under=self.within(), stdin='null', env={
            **bare, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'})
        said.exit(4)
        self.assertRegex(said.err, r'\Aduplex: [^\n]*\(ECONNREFUSED\)\n\Z')

    def test_O4_a_person_without_proc_and_home(self):
        """The editor's module is not found beside the program then; that is said, and lines are the terminal's own."""
        if self.no_mounts():
            self.skipTest('no mounts of our own may be made here')
        server = self.server()
        d = self.duplex('connect', '127.0.0.1:%d' % server.getsockname()[1], tty=True, under=self.within(),
                        env={'HOME': None, 'TERM': 'xterm', 'NO_COLOR': '1'})
        c = self.accept(server)
        d.wait_out('is not installed; lines are edited by the terminal itself')
        d.wait_out('connected to')
        d.say('typed\n')
        self.assertEqual(hear(c, b'\n'), b'typed\n')
        c.send('来\n'.encode())
        d.wait_out('← 来')
        c.close()
        d.exit(0)


class Lacking(Faulty):
    """An old kernel, or a filter of calls. None of these has another way; who asks for it hears of it, and it does not spin."""
    builds = ('checked',)

    def test_O4_a_kernel_that_has_no_loop(self):
        for call in 'epoll_create1', 'eventfd', 'socket':
            d = self.duplex('connect', '127.0.0.1:1', stdin='null', env=self.faults(f'{call}=1+:ENOSYS'))
            d.exit(1)
            self.assertRegex(d.err, r'\Aduplex: [^\n]*[Ff]unction not implemented[^\n]*\n\Z')

    def test_O4_C9_one_that_accepts_nobody(self):
        for name in 'ENOSYS', 'EPERM':
            d = self.listen(env=self.faults(f'accept4=1+:{name}'))
            self.dial(d)
            d.wait_err(r'^duplex: no further clients for a moment: [^\n]*not ')
            self.assertLess(self.cpu_of(d), 0.2)
            d.signal(signal.SIGTERM)
            d.exit(0)
