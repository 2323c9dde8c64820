"""The examples' conversations, each with a peer that talks to it and never complains."""

import contextlib
import os
import signal
import socket
import threading
import time

from lib import until
from lib.torture import Torture

CONVERSATIONS = '''ask_it bridge chat_listen chat_connect echo_server greeting_server line_server poller tcp_client tcp_many_clients
tcp_one_client udp_asker udp_receiver udp_sender udp_signer unframe'''
HELLO = '你好'


class Caller(socket.socket):
    """Knows to whom it talks, so that slowness can be told from silence."""

    def __init__(self, *how, program=None):
        super().__init__(*how)
        self.program = program


class Talks(Torture):
    server_patience = 10

    # What the peers do. True: all went well; False: the other side has gone; None: nothing came.

    def answer(self, peer):
        """As it came, once; then it has finished, and hears the rest."""
        peer.sendall(peer.recv(1024))
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(1024):
            pass

    def say(self, sock, words, encoding='utf-8'):
        with contextlib.suppress(OSError):
            sock.sendall(words.encode(encoding))

    def hear(self, sock, wanted, encoding='utf-8'):
        """Whether this comes, or, where nothing is wanted, the end. A program that is awake may still say it."""
        wanted, heard, awake = wanted.encode(encoding), b'', time.monotonic()
        sock.settimeout(0.02)
        while len(heard) < len(wanted) or not wanted:
            try:
                piece = sock.recv(1024)
            except TimeoutError:
                if not sock.program.running:
                    return False
                if not self.is_asleep(sock.program):
                    awake = time.monotonic()
                if time.monotonic() > awake + self.patience:
                    return False if heard else None
                continue
            except OSError:
                return False
            if not piece:
                break
            heard += piece
        return heard == wanted

    def talk(self, sock, *turns, encoding='utf-8'):
        """By turns: what is said, and what must be heard (None: nothing)."""
        well = sock is not None
        for said, wanted in turns if well else ():
            self.say(sock, said, encoding)
            well = well and (wanted is None or self.hear(sock, wanted, encoding))
        return well

    @contextlib.contextmanager
    def call(self, program, place=None):
        """A connection to it, at the port that it tells or at this place in its folder; None where there is no way."""
        with Caller(socket.AF_UNIX if place else socket.AF_INET, program=program) as sock:
            reached = False
            with contextlib.suppress(OSError, AssertionError):
                where = os.path.join(program.folder, place) if place else self.address_of(program)
                until(lambda: self.reaches(sock, where) or not program.running, 'a way to it')
                reached = True          # or it has left, and nothing comes
            yield sock if reached else None

    @staticmethod
    def reaches(sock, where):
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            sock.connect(where)
            return True

    @staticmethod
    def address_of(program):
        return '127.0.0.1', int(program.wait_err(r'^listening on .*:(\d+)$')[1])

    def ask(self, program, number=signal.SIGTERM):
        """To end, once it has nothing more to do."""
        until(lambda: not program.running or self.is_asleep(program), 'its rest')
        program.signal(number)
        return program

    def udp(self):
        s = Caller(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.bind(('127.0.0.1', 0))
        return s, f'udp://127.0.0.1:{s.getsockname()[1]}'

    # The conversations

    def setUp(self):
        self.serve_echo()
        self.echo_endpoint = f'tcp://127.0.0.1:{self.port}'

    def ask_it(self, start):
        program = start('ask', self.echo_endpoint, HELLO)
        return program, lambda: program.text == HELLO or None

    def bridge(self, start):
        program = start('bridge', 'unix:place', self.echo_endpoint)
        with self.call(program, 'place') as sock:
            well = self.talk(sock, (HELLO, HELLO))
        return self.ask(program), well

    def chat_listen(self, start):
        program = start('chat', 'listen', 'unix:place', stdin=self.given('在吗？\n'))
        with self.call(program, 'place') as sock:
            well = self.talk(sock, ('', '在吗？\n'), ('在。\n', None), encoding='gb2312')
        return program, lambda: bool(well and '>> 在。' in program.text)     # who cannot read his keys still listens

    def chat_connect(self, start):
        program = start('chat', 'connect', self.echo_endpoint, stdin=self.given('在吗？\n'))
        return program, lambda: '>> 在吗？' in program.text                  # so does he

    def echo_server(self, start):
        program = start('echo')
        with self.call(program, 'place') as sock:
            well = self.talk(sock, (HELLO, HELLO))
        return self.ask(program), bool(well)            # in its ten lines memory never runs out

    def greeting_server(self, start):
        program = start('greeting_server', 'tcp://127.0.0.1:0')
        with self.call(program) as sock:
            well = sock and self.talk(sock, ('', f'hello welcome 127.0.0.1: {sock.getsockname()[1]}'), ('thanks', ''))
        return self.ask(program), well

    def line_server(self, start):
        program = start('line_server', 'tcp://127.0.0.1:0')
        with self.call(program) as sock:
            well = sock and self.talk(sock, ('who\nhello\n', f'127.0.0.1:{sock.getsockname()[1]}\r\nhello\r\n'), ('quit\n', ''))
        return self.ask(program), well

    def poller(self, start):
        program = start('poller', self.echo_endpoint, 'ask')
        return program, lambda: program.out == b'61 73 6b\n' or None

    def tcp_client(self, start):
        program = start('tcp_client', self.echo_endpoint, stdin=self.given(HELLO))
        return program, lambda: program.text == HELLO or (None if program.asked else False)

    def tcp_many_clients(self, start):
        program = start('tcp_many_clients', 'tcp://127.0.0.1:0')
        with self.call(program) as one, self.call(program) as other:
            if other:
                self.say(other, HELLO)
            well = bool(one and other) and self.hear(one, HELLO)
            if well is None and self.hear(other, '') is not None:
                well = False                    # who said it was let go
            if well:
                self.ask(program, signal.SIGINT)
                well = self.hear(one, '') and self.hear(other, '')
        return program, well

    def tcp_one_client(self, start):
        program = start('tcp_one_client', 'tcp://127.0.0.1:0')
        with self.call(program) as sock:
            well = self.talk(sock, (HELLO, '服务器已经收到消息了！'), ('exit', ''))
        return self.ask(program), lambda: well and HELLO in program.text

    def udp_asker(self, start):
        s, endpoint = self.udp()
        threading.Thread(target=self.answer_datagram, args=(s,), daemon=True).start()
        program = start('udp_asker', endpoint, stdin=self.given('one\n'))
        with contextlib.suppress(AssertionError):
            program.wait_out('.')                       # an answer, or that there is none for a second
        return program, lambda: program.text == HELLO + '\n' or (False if 'no answer' in program.text else None)

    @staticmethod
    def answer_datagram(sock):
        with contextlib.suppress(OSError):
            sock.sendto(HELLO.encode(), sock.recvfrom(100)[1])

    def udp_receiver(self, start):
        program = start('udp_receiver', 'udp://127.0.0.1:0')
        s, _ = self.udp()
        with contextlib.suppress(AssertionError):
            for words in HELLO, 'exit':
                s.sendto(words.encode(), self.address_of(program))
        return program, lambda: all(f':{s.getsockname()[1]} {words}\n' in program.text for words in (HELLO, 'exit')) or None

    def udp_sender(self, start):
        s, endpoint = self.udp()
        s.program = program = start('udp_sender', endpoint, stdin=self.given(f'{HELLO}\nexit\n'))
        return program, lambda: bool(self.hear(s, HELLO) and self.hear(s, 'exit'))      # datagrams may get lost

    def udp_signer(self, start):
        s, _ = self.udp()
        s.program = program = start('udp_signer', 'udp://127.0.0.1:0')
        well = False
        with contextlib.suppress(AssertionError, OSError):
            s.connect(self.address_of(program))
            well = self.talk(s, (HELLO, HELLO + '| lee')) or self.talk(s, (HELLO, HELLO + '| lee'))
        return self.ask(program, signal.SIGINT) if well else program, well

    def unframe(self, start):
        program = start('unframe', 'len2', 'gbk', stdin=self.given(b'\0\4' + HELLO.encode('gbk')))
        return program, lambda: program.text == HELLO + '\n' or (False if 'malformed' in program.text else None)
