"""Torture of duplex, in a TCP echo."""

import socket

from lib import full, limit
from lib.torture import Torture, WORD


class Duplex(Torture):
    def setUp(self):
        self.serve_echo()

    def listen(self, start):
        program = start('listen', 'tcp://127.0.0.1:0', '--echo', '--show', 'none', '--count', '1', stdin='null')
        try:
            place = program.wait_err(r'^listening on tcp://(.*):(\d+)$', self.patience * 4)
            with socket.create_connection((place[1], int(place[2])), self.patience) as sock:
                return program, self.say_and_hear(sock) == WORD
        except (AssertionError, OSError):
            return program, False

    def connect(self, start):
        program = start('connect', f'tcp://127.0.0.1:{self.port}', stdin=self.given(WORD))
        return program, lambda: program.out == WORD

    def send(self, start):
        program = start('send', f'tcp://127.0.0.1:{self.port}', 'hello', '--wait', '1', stdin='null')
        return program, lambda: program.out == WORD

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
