"""The test case that starts programs and looks after them."""

import glob
import os
import re
import shutil
import socket
import sys
import tempfile
import textwrap
import time
import unittest

from lib.program import PATIENCE, Peer, Program

ports = iter(range(int(os.environ.get('DUPLEX_PORTS', 20000)), 32768))     # a range of each runner's worker
REPORT = re.compile(r'(?:Address|Leak)Sanitizer|runtime error:|a mistake in duplex, or in how it was called')


def full(test):
    test.full = True
    return test


def limit(seconds):
    def mark(method):
        method.limit = seconds
        return method
    return mark


def needs(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, f'no {", ".join(missing)} here')


def until(true, what='it', within=PATIENCE):
    """Waits until true() is."""
    deadline = time.monotonic() + within
    while not (value := true()):
        if time.monotonic() > deadline:
            raise AssertionError(f'{what} did not come true within {within:g} s')
        time.sleep(0.005)
    return value


def bound(kind, place, within=PATIENCE):
    """Waits until a socket listens on that port or path (udp: is bound to it), as the kernel's tables tell."""
    def found():
        if kind == 'unix':
            with open('/proc/net/unix') as table:
                return any(line.split()[7:8] == [place] for line in table)
        for name in (kind, kind + '6'):
            with open('/proc/net/' + name) as table:
                for row in list(table)[1:]:
                    local, state = row.split()[1], row.split()[3]
                    if int(local.rpartition(':')[2], 16) == int(place) and (kind == 'udp' or state == '0A'):
                        return True
        return False
    until(found, f'somebody at {kind} {place}', within)


class Late(AssertionError):
    """Something took too long, which on a busy machine need not be its own fault."""


class Case(unittest.TestCase):
    builds = ('checked', 'release')
    limit = 20
    build = os.environ.get('DUPLEX_BUILD')
    maxDiff = None

    @property
    def tmp(self):
        if '_tmp' not in self.__dict__:
            self._tmp = tempfile.mkdtemp(prefix='t')
            self.addCleanup(shutil.rmtree, self._tmp, ignore_errors=True)
        return self._tmp

    def _callTestMethod(self, method):
        for attempt in 1, 2, 3:
            try:
                return method()
            except Late:
                if attempt == 3:
                    raise
            self.doCleanups()
            self.__dict__.pop('_tmp', None)

    def in_time(self, took, seconds):
        """It took less than so many seconds; a test that is late is tried again, twice. Not within a subTest, which would keep it."""
        if took >= seconds:
            raise Late(f'{took:.3f} s and not less than {seconds:g}, three times')

    def note(self, text):
        self.notes = self.__dict__.get('notes', '') + text + '\n'

    def file(self, name, data=b''):
        path = os.path.join(self.tmp, name)
        with open(path, 'wb') as f:
            f.write(data.encode() if isinstance(data, str) else data)
        return path

    def free_port(self):
        for port in ports:
            try:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(socket.AF_INET6, kind) as s:
                        s.bind(('::', port))
                return port
            except OSError:
                pass
        raise AssertionError('no port is free')

    def duplex(self, *args, under=(), **how):
        return self.start(Program, [*under, os.environ['DUPLEX'], *args], under=under, **how)

    def call(self, *args, input=b'', status=0, **how):
        program = self.duplex(*args, **how)
        try:
            program.say(input)
        except BrokenPipeError:
            pass                # it left without reading
        program.end().exit(status)
        return program

    def python(self, script, *args, **how):
        return self.start(Peer, ['/usr/bin/python3', '-u', '-c', textwrap.dedent(script), *map(str, args)], **how)

    def program(self, *argv, **how):
        return self.start(Program, list(argv), **how)

    def start(self, kind, argv, env={}, under=(), cwd=None, **how):
        reports = os.path.join(self.tmp, 'sanitizer')
        leaks = 0 if 'strace' in under else 1           # who is traced cannot look for leaks
        all_env = {
            **os.environ,
            'TERM': 'dumb', 'HOME': self.tmp, 'TMPDIR': self.tmp,
            'ASAN_OPTIONS': f'detect_leaks={leaks}:exitcode=99:allocator_may_return_null=1:log_path={reports}',
            'UBSAN_OPTIONS': f'print_stacktrace=1:halt_on_error=1:exitcode=99:log_path={reports}',
            **env,
        }
        program = kind([str(arg) for arg in argv], {k: v for k, v in all_env.items() if v is not None},
                       cwd=cwd or self.tmp, **how)
        self.addCleanup(self.look_after, program)
        return program

    def look_after(self, program):
        program.kill()
        reports = [open(path, errors='replace').read() for path in glob.glob(os.path.join(self.tmp, 'sanitizer.*'))]
        for path in glob.glob(os.path.join(self.tmp, 'sanitizer.*')):
            os.unlink(path)
        if REPORT.search(program.err + program.text):
            reports.append(str(program))
        if reports:
            self.fail('\n'.join(reports))
