"""Torture of the examples. Whatever fails, an example ends by itself or when asked to, leaks nothing and leaves with a status of
its own; and it is told to somebody: by that status, by words, or to the peer by an end of the connection. Who is left waiting in
silence is a mistake."""

import os
import re
import tempfile

from interop.talks import CONVERSATIONS, Talks
from lib import full, limit
from static.tree import files

HERE = os.path.join(os.environ.get('DUPLEX_CHECKED', ''), 'tests')
EXAMPLES = [os.path.basename(path)[:-2] for path in files('examples/*.c')]


class Examples(Talks):
    statuses = range(3)

    def begin(self, name, *args, **how):
        folder = tempfile.mkdtemp(dir=self.tmp)
        program = self.program(os.path.join(HERE, 'example-' + name), *args, cwd=folder, **how)
        program.folder = folder
        return program

    def complaint(self, program, well, can_speak):
        words = re.sub(r'(?m)^listening on .*\n', '', program.err)
        if can_speak and well is None and not program.process.returncode and not words:
            return 'and somebody waited in silence'

    def test_none_is_missing(self):
        self.assertEqual([name for name in EXAMPLES if not hasattr(self, 'test_N1_' + name)], [])

    def test_N1_ask(self):
        self.torture(self.ask_it)

    def test_N1_bridge(self):
        self.torture(self.bridge)

    def test_N1_greeting_server(self):
        self.torture(self.greeting_server)

    def test_N1_line_server(self):
        self.torture(self.line_server)

    def test_N1_poller(self):
        self.torture(self.poller)

    def test_N1_tcp_client(self):
        self.torture(self.tcp_client)

    def test_N1_tcp_many_clients(self):
        self.torture(self.tcp_many_clients)

    def test_N1_tcp_one_client(self):
        self.torture(self.tcp_one_client)

    def test_N1_udp_asker(self):
        self.torture(self.udp_asker)

    def test_N1_udp_receiver(self):
        self.torture(self.udp_receiver)

    def test_N1_udp_sender(self):
        self.torture(self.udp_sender)

    def test_N1_udp_signer(self):
        self.torture(self.udp_signer)

    def test_N1_unframe(self):
        self.torture(self.unframe)

    def test_N1_chat(self):
        self.torture(self.chat_listen)
        self.torture(self.chat_connect)

    def test_N1_echo(self):
        self.torture(self.echo_server)

    @full
    @limit(1200)
    def test_N1_every_call_for_ever(self):
        for conversation in CONVERSATIONS.split():
            self.torture(getattr(self, conversation), step=1)

    limit = 120             # of each of the others
