"""Torture: in a conversation every call that passes the door of `sys` fails in turn, once and from then on.

Once each; for ever, a sample of them (all with --full). Whatever fails, the program ends by itself or when asked to, leaks nothing,
leaves with a status that it documents and says why."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lib.case import Case

WORD = b'hello\n'
PATIENCE = 0.5                  # seconds that each side waits for the other before it gives up, where something fails
WORKERS = 4                     # runs at once: most of the time they wait
COUNTS = re.compile(r'calls (\d+) sites (\d+) failed (\d+)')
SANITIZERS = 'detect_leaks=1:exitcode=99:allocator_may_return_null=1:log_path=stderr'


class Torture(Case):
    """A conversation is a function: it takes a way to start the program, and returns it and whether all went well, or how to ask
    that once the program has ended."""

    builds = ('checked',)
    patience = 10                   # as long as nothing fails
    server_patience = None          # of the server, where it is another
    statuses = range(9)

    def begin(self, *args, **how):
        return self.duplex(*args, **how)

    def complaint(self, program, well, can_speak):
        """What is wrong with an end that is none by a signal, if anything."""
        if program.process.returncode and can_speak and not re.search(r'^duplex: .', program.err, re.M):
            return 'no word why'

    # The other side never complains.

    def serve_echo(self):
        """A TCP server at self.port, for all at once."""
        self.server = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.addCleanup(self.server.close)
        self.addCleanup(self.server.shutdown, socket.SHUT_RDWR)
        self.port = self.server.getsockname()[1]
        for _ in range(WORKERS):
            threading.Thread(target=self.echo, daemon=True).start()

    def echo(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:             # it was closed: the test is over
                return
            with peer, contextlib.suppress(OSError):
                peer.settimeout(self.server_patience or self.patience)
                self.answer(peer)

    def answer(self, peer):
        while piece := peer.recv(1024):
            peer.sendall(piece)

    def say_and_hear(self, sock, word=WORD):
        """The client's: says a word and hears whatever comes, up to as much as it said."""
        try:
            sock.settimeout(self.patience)
            sock.sendall(word)
            heard = b''
            while len(heard) < len(word) and (piece := sock.recv(1024)):
                heard += piece
            return heard
        except OSError:
            return b''

    def given(self, data):
        """A file of these bytes, written by the first run: no other finds it empty because a third one writes it."""
        data = data.encode() if isinstance(data, str) else data
        name = f'given.{hashlib.sha1(data).hexdigest()}'
        path = os.path.join(self.tmp, name)
        return path if os.path.exists(path) else self.file(name, data)

    def known_to_the_kernel(self):
        """What lives on a loop is known to its epoll alone; where even the waiting fails, it is left there."""
        made = 'dx__stream_new', 'dx_listener_open', 'dx_datagram_bind', 'dx_datagram_connect'
        return self.given(''.join(f'leak:{function}\n' for function in made))

    # One run and what must be true of it

    def once(self, conversation, faults, log):
        known = f'suppressions={self.known_to_the_kernel()}:print_suppressions=0'
        program, well = conversation(lambda *args, **how: self.begin(*args, **how, env={
            'DUPLEX_FAULTS': faults, 'DUPLEX_FAULTS_LOG': log, 'ASAN_OPTIONS': SANITIZERS, 'UBSAN_OPTIONS': SANITIZERS,
            'LSAN_OPTIONS': known if faults.endswith('+') else None}))
        program.asked = self.is_waiting(program)
        if program.asked:
            program.signal(signal.SIGTERM)
        status = program.status()
        well = well() if callable(well) else well
        if status not in self.statuses:
            raise AssertionError(f'status {status}\n{program}')
        can_speak = not faults.endswith('+')            # where every call fails, so does the write that would say why
        if wrong := self.complaint(program, well, can_speak):
            raise AssertionError(f'status {status}, {wrong}\n{program}')
        return status == 0 and well

    def is_waiting(self, program):
        """Whether it has waited for so long that it will wait for ever: asleep whenever one looks, not just short of the processor."""
        awake = time.monotonic()
        while time.monotonic() < awake + self.patience:
            try:
                program.process.wait(0.01)
                return False
            except subprocess.TimeoutExpired:
                if not self.is_asleep(program):
                    awake = time.monotonic()
        return True

    @staticmethod
    def is_asleep(program):
        with open(f'/proc/{program.pid}/stat') as stat:
            return stat.read().rpartition(') ')[2][0] == 'S'

    def counts(self, log):
        """Calls, sites and failures of the runs that wrote to the log."""
        with open(log) as f:
            return [tuple(map(int, row)) for row in COUNTS.findall(f.read())]

    def torture(self, conversation, step=5):
        name = conversation.__name__
        log = os.path.join(self.tmp, name)
        self.assertTrue(self.once(conversation, '', log), 'it does not work without faults either')
        self.patience = PATIENCE
        calls, sites, _ = self.counts(log)[0]
        wrong = []

        def attempt(faults):
            try:
                self.once(conversation, faults, log)
            except AssertionError as error:
                wrong.append(f'DUPLEX_FAULTS={faults}: {error}')

        with ThreadPoolExecutor(WORKERS) as workers:
            list(workers.map(attempt, [f'torture={n}' for n in range(1, calls + 1)]))
            list(workers.map(attempt, [f'torture={n}+' for n in range(1, calls + 1, step)]))
        failures = sum(row[2] for row in self.counts(log))
        self.note(f'{name}: {calls} calls at {sites} sites, each failed once, every {step}th for ever: {failures} failures')
        if wrong:
            self.fail(f'{len(wrong)} runs went wrong:\n' + '\n'.join(wrong[:8]))
