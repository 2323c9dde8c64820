"""Torture: in a TCP echo, every call that passes the door of `sys` fails in turn, once and from then on.

Once each; for ever, a sample of them (all with --full). Whatever fails, duplex ends by itself or when asked to, leaks nothing, leaves with a status that it documents and says why."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lib import Case, full, limit

WORD = b'hello\n'
PATIENCE = 0.5                  # seconds that each side waits for the other before it gives up, where something fails
COUNTS = re.compile(r'calls (\d+) sites (\d+) failed (\d+)')


class Torture(Case):
    builds = ('checked',)
    patience = 10                   # as long as nothing fails

    def setUp(self):
        self.server = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.addCleanup(self.server.close)
        self.addCleanup(self.server.shutdown, socket.SHUT_RDWR)
        self.port = self.server.getsockname()[1]
        for _ in range(2):
            threading.Thread(target=self.echo, daemon=True).start()

    # The other side never complains.

    def say_and_hear(self, sock):
        """The client's: says a word and hears whatever comes."""
        try:
            sock.settimeout(self.patience)
            sock.sendall(WORD)
            heard = b''
            while len(heard) < len(WORD) and (piece := sock.recv(1024)):
                heard += piece
            return heard
        except OSError:
            return b''

    def echo(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:             # it was closed: the test is over
                return
            with peer:
                try:
                    peer.settimeout(self.patience)
                    while piece := peer.recv(1024):
                        peer.sendall(piece)
                except OSError:
                    pass

    # The conversations: each takes a way to start duplex, and returns the program and whether all went well.

    def listen(self, start):
        program = start('listen', 'tcp://127.0.0.1:0', '--echo', '--show', 'none', '--count', '1', stdin='null')
        try:
            place = program.wait_err(r'^listening on tcp://(.*):(\d+)$', self.patience * 4)
            with socket.create_connection((place[1], int(place[2])), self.patience) as sock:
                return program, self.say_and_hear(sock) == WORD
        except (AssertionError, OSError):
            return program, False

    def connect(self, start):
        program = start('connect', f'tcp://127.0.0.1:{self.port}', stdin=self.file('words', WORD))
        return program, lambda: program.out == WORD

    def send(self, start):
        program = start('send', f'tcp://127.0.0.1:{self.port}', 'hello', '--wait', '1', stdin='null')
        return program, lambda: program.out == WORD

    # One run and what must be true of it

    def once(self, conversation, faults, log):
        options = 'detect_leaks=1:exitcode=99:allocator_may_return_null=1:log_path=stderr'
        program, well = conversation(lambda *args, **how: self.duplex(*args, **how, env={
            'DUPLEX_FAULTS': faults, 'DUPLEX_FAULTS_LOG': log, 'ASAN_OPTIONS': options, 'UBSAN_OPTIONS': options}))
        if self.is_waiting(program):
            program.signal(signal.SIGTERM)
        status = program.status()
        if status not in range(9):
            raise AssertionError(f'status {status}\n{program}')
        can_speak = not faults.endswith('+')            # where every call fails, so does the write that would say why
        if status != 0 and can_speak and not re.search(r'^duplex: .', program.err, re.M):
            raise AssertionError(f'status {status}, and no word why\n{program}')
        return status == 0 and (well if isinstance(well, bool) else well())

    def is_waiting(self, program):
        """Whether it has waited for so long that it will wait for ever: asleep whenever one looks, not just short of the processor."""
        awake = time.monotonic()
        while time.monotonic() < awake + self.patience:
            try:
                program.process.wait(0.01)
                return False
            except subprocess.TimeoutExpired:
                with open(f'/proc/{program.pid}/stat') as stat:
                    if stat.read().rpartition(') ')[2][0] != 'S':
                        awake = time.monotonic()
        return True

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

        with ThreadPoolExecutor(2) as workers:
            list(workers.map(attempt, [f'torture={n}' for n in range(1, calls + 1)]))
            list(workers.map(attempt, [f'torture={n}+' for n in range(1, calls + 1, step)]))
        failures = sum(row[2] for row in self.counts(log))
        self.note(f'{name}: {calls} calls at {sites} sites, each failed once, every {step}th for ever: {failures} failures')
        if wrong:
            self.fail(f'{len(wrong)} runs went wrong:\n' + '\n'.join(wrong[:8]))

    @limit(150)
    def test_listen(self):
        self.torture(self.listen)

    @limit(150)
    def test_connect(self):
        self.torture(self.connect)

    @limit(150)
    def test_send(self):
        self.torture(self.send)

    @full
    @limit(600)
    def test_every_call_for_ever(self):
        for conversation in (self.listen, self.connect, self.send):
            self.torture(conversation, step=1)
