"""A beginner's sixteen conversations, each with Python, nc, ncat and socat over every transport that carries it.

Each filled cell of the matrix is a test. tests/interop/matrix.tsv is the matrix, with a reason in each empty cell; it is made
here and compared, so that no cell is lost unseen. GENERATE=1 ./test matrix.tsv writes it."""

import os
import re

from interop.beginners import SENTENCE
from interop.lanes import LANES, PEERS, Meeting, is_there
from lib import Case, until

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'matrix.tsv')
STREAMS = {'udp': 'datagrams: the row needs a connection', 'unix-dgram': 'datagrams: the row needs a connection'}
DATAGRAMS = {'tcp': 'streams: the row is about datagrams', 'unix': 'streams: the row is about datagrams'}


class Row(Meeting):
    without = {}            # {transport, peer or (peer, transport): why it cannot be}

    @classmethod
    def reason(cls, peer, lane):
        return next((cls.without[key] for key in (lane.transport, peer, (peer, lane.transport)) if key in cls.without), None)

    def typed(self, text):
        """What makes the peer send this text without a line end: Python's input() wants one."""
        return text + '\n' if self.is_python else text


class Row1(Row):
    """duplex sends lines as datagrams from a port of its own, and leaves after `exit`."""
    without = DATAGRAMS

    def converse(self):
        server = self.server('RECEIVER')
        own = self.free_place()
        d = self.dial('connect', '--until', 'exit', key=f',bind={own}' if self.lane.unix else f',bind=:{own}')
        d.say('你好\n')
        server.wait_out('你好')
        d.say('exit\n')
        self.assertEqual(d.exit(0), b'')
        if self.is_python:
            self.assertEqual(server.exit(0).decode().count(str(own)), 2)
        else:
            self.assertEqual(self.heard(server, 'exit'), '你好exit'.encode())


class Row2(Row):
    """duplex prints each datagram and leaves at `exit` or `bye`."""
    without = DATAGRAMS

    def converse(self):
        d = self.listen('--until', 'exit', '--until', 'bye')
        client = self.client('SENDER')
        client.say('你好\n')
        d.wait_out('^你好$')
        client.say('exit\n' if self.is_python else 'BYE\n')
        self.assertRegex(d.exit(0).decode(), r'\A你好\n(exit|BYE)\n\Z')
        if self.is_python:
            client.exit(0)


class Row3(Row):
    """duplex sends a line and shows everything until the server closes."""
    without = STREAMS

    def converse(self):
        server = self.server('LINE_SERVER')
        d = self.dial('connect')
        d.say('hello\n')
        server.wait_out('^hello$')
        if not self.is_python:
            server.say('first ').say('second').end()
        self.assertEqual(d.exit(0), b'first second')        # although its input is still open
        server = self.server('WORD_SERVER')
        d = self.dial('connect', '-n')
        d.say('hello\n')
        if not self.is_python:
            self.assertEqual(self.heard(server, 'hello'), b'hello')
            server.say('你好').end()
        self.assertEqual(d.exit(0).decode(), '你好')


class Row4(Row):
    """duplex acknowledges each message of clients that never end a line, lets one go at `exit`, and serves on."""
    without = STREAMS
    serial = ()

    def converse(self):
        d = self.listen('--reply', SENTENCE, '--hangup', 'exit', '-v', *self.serial)
        for word in ('你好', '再见'):
            client = self.client('TALKER')
            client.say(self.typed(word))
            self.assertEqual(self.heard(client, SENTENCE).decode().strip(), SENTENCE)
            d.wait_out(word)
            client.say(self.typed('exit'))
            self.goes(client)
            self.assertEqual(client.text.count(SENTENCE), 1)
        if not self.lane.unix:
            d.wait_err(re.escape(self.lane.host))           # it says who came

    def goes(self, client):
        """The server has closed: Python sees it; a tool may want the end of its own input first."""
        if not self.is_python:
            client.end()
        client.status()


class Row5(Row4):
    """The same, one client after another; the second waits in the backlog."""
    serial = ('--max-peers', '1')

    def converse(self):
        super().converse()
        d = self.listen('--reply', SENTENCE, '--hangup', 'exit', *self.serial)
        first, second = self.client('TALKER'), None
        first.say(self.typed('one'))
        first.wait_out(SENTENCE)
        second = self.client('TALKER')
        second.say(self.typed('two'))
        first.say(self.typed('three'))
        d.wait_out('three')
        self.assertEqual((d.text, second.text), ('one\nthree\n', ''))
        first.say(self.typed('exit'))
        second.wait_out(SENTENCE)
        d.wait_out('two')
        self.goes(first)


class Row6(Row):
    """One GB2312 datagram; a receiver that prints `[address]:text`; answers in GB2312."""
    without = DATAGRAMS

    def converse(self):
        gb = (lambda text: text) if self.is_python else (lambda text: text.encode('gb2312'))
        server = self.server('GB_RECEIVER')
        is_asked_for = self.lane.unix and self.peer in ('nc', 'ncat')       # they connect to the sender before they read
        d = self.dial('send', '你好', '-e', 'gb2312', *(['--wait', '1'] if is_asked_for else []))
        if self.is_python:
            server.wait_out(r'\]:你好$')
        else:
            until(lambda: server.out == gb('你好'), 'a datagram in GB2312')
        if is_asked_for:
            server.say(gb('收到'))
        self.assertEqual(d.exit(0).decode(), '收到' if is_asked_for else '')
        d = self.listen('-e', 'gb2312', '--format', '[{address}]:{text}')
        client = self.client('GB_SENDER')
        client.say(gb('世界\n'))
        said = d.wait_out(r'^\[(.*)\]:世界$')[1]
        self.assertIn(self.lane.host or '', said)
        d.say('再见\n')
        until(lambda: client.out.strip() == ('再见'.encode() if self.is_python else gb('再见')), 'an answer in GB2312')


class Row7(Row):
    """Two people in GB2312, both typing at once."""
    without = {'unix-dgram': 'a chat has one address, and two paths would be needed'}

    def converse(self):
        if self.lane.datagrams:
            own, self.place = self.free_port(), self.free_port()
            d = self.dial('chat', '-e', 'gb2312', '--linger', '100ms', key=f',bind=:{own}')
            until(lambda: is_there(self.lane, own), 'a bound chat')
            theirs, self.place = self.place, own
            friend = self.friend(theirs)
            until(lambda: is_there(self.lane, theirs), 'a bound friend')
        else:
            friend = self.server('GB_CHAT_SERVER')
            d = self.dial('chat', '-e', 'gb2312')
        gb = (lambda text: text) if self.is_python else (lambda text: text.encode('gb2312'))
        d.say('我在这里\n')
        friend.say(gb('你吃了吗\n'))
        d.wait_out('你吃了吗')
        until(lambda: ('我在这里'.encode() if self.is_python else gb('我在这里')) in friend.out, 'what duplex said')
        d.end()
        if not self.lane.datagrams:
            self.leave(friend)
        d.exit(0)

    def friend(self, theirs):
        if not self.is_python:
            return self.client('', own=theirs)
        from interop import beginners
        p = self.python(self.lane.note(beginners.GB_CHAT, theirs, friend=self.place))
        p.wait_out(r'\A\d+\n')
        return p

    def leave(self, friend):
        if self.is_python:
            friend.wait_out('>> left')
        friend.kill()


class Row8(Row):
    """One client, one message, done; exactly one datagram."""

    def converse(self):
        d = self.listen('--count', '1')
        self.client('SENDER' if self.lane.datagrams else 'ONE_MESSAGE').say('你好\n')
        self.assertEqual(d.exit(0).decode(), '你好\n')


class Row9(Row):
    """Taking turns, as the one who answers and as the one who asks; a word ends it."""
    without = STREAMS

    def converse(self):
        d = self.listen('--mode', 'half', '-v')
        client = self.client('TALKER')
        client.say(self.typed('1?'))
        d.wait_out(r'1\?')
        d.say('one\ntwo\n')                                 # the second has to wait for its turn
        self.assertEqual(self.heard(client, 'one').strip(), b'one')
        client.say(self.typed('2?'))
        client.wait_out('two')
        before = len(d.err)
        client.end()
        until(lambda: len(d.err) > before, 'a notice that the client left')
        server = self.server('TURNS_SERVER')
        d = self.dial('connect', '-n', '--mode', 'half', '--until', 'quit')
        d.say('one?\ntwo?\nquit\n')
        for question, answer in (('one?', 'eins\n'), ('two?', 'zwei\n')):
            server.wait_out(re.escape(question))
            self.assertTrue(server.out.strip().endswith(question.encode()), server)
            server.say(answer)
        server.wait_out('quit')
        self.assertEqual(d.exit(0).split(), [b'einszwei'] if self.is_python else [b'eins', b'zwei'])


class Row10(Row):
    """duplex answers each datagram, from anybody, with its text and a signature; duplex asks and waits."""
    without = DATAGRAMS

    def converse(self):
        d = self.listen('--reply', '{data}| lee')
        for word in ('第一', '第二'):                          # two senders
            client = self.client('ASKER')
            client.say(self.typed(word))
            client.wait_out(rf'{word}\| lee')
        d.wait_out('^第二$')
        server = self.server('ANSWERER')
        d = self.dial('connect', '--mode', 'half', '--linger', '100ms')
        d.say('a\nb\n').end()
        if self.peer == 'socat' and self.lane.unix:         # UNIX-RECV hears and cannot answer
            server.wait_out('a')
            return
        for word in ('a', 'b') if not self.is_python else ():
            self.assertEqual(self.heard(server, word + r'\Z').decode(), 'ab'[:'ab'.index(word) + 1])
            server.say(f'{word}| lee')
        self.assertEqual(d.exit(0), b'a| leeb| lee')


class Row11(Row):
    """duplex greets with the caller's own address and port, then reads."""
    without = {**STREAMS, 'unix': 'a caller on a Unix socket has neither address nor port'}

    def converse(self):
        d = self.listen('--greet', 'hello welcome {ip}: {port}')
        client = self.client('GREETED')
        port = client.wait_out(rf'hello welcome {self.lane.host}: (\d+)')[1]
        if self.is_python:
            client.wait_out(f' {port}$')
        client.say('hi\n')
        d.wait_out('^hi$')


class Row12(Row):
    """A radio, a listener to the radio, a walkie-talkie, a telephone."""

    def converse(self):
        for mode in (self.radio, self.listener, self.walkie_talkie, self.telephone):
            with self.subTest(mode.__name__):
                mode()

    def station(self):
        return self.server('DATAGRAM_STATION' if self.lane.datagrams else 'STATION')

    def answers(self):
        return not (self.peer == 'socat' and self.lane.transport == 'unix-dgram')       # UNIX-RECV cannot

    def radio(self):
        server = self.station()
        d = self.dial('connect', '--mode', 'simplex-out', '--linger', '100ms')
        d.say('this is a radio\n')
        server.wait_out('this is a radio')
        server.say('noise\n')
        d.end()
        self.assertEqual(d.exit(0), b'')

    def listener(self):
        d = self.listen('--mode', 'simplex-in', '--until', 'end')
        d.say('never to be sent\n')
        client = self.client('RADIO')
        client.say('music\n')
        d.wait_out('^music$')
        client.say('end\n')
        self.assertEqual(d.exit(0), b'music\nend\n')
        self.assertEqual(client.end().kill() or client.out, b'')

    def walkie_talkie(self):
        server = self.station()
        d = self.dial('connect', '--mode', 'half')
        d.say('over 1\nover 2\n')
        server.wait_out('over 1')
        if self.answers():
            self.assertNotIn('over 2', server.text)
            server.say('roger\n')
            server.wait_out('over 2')
            d.wait_out('roger')

    def telephone(self):
        server = self.station()
        d = self.dial('connect')
        d.say('one\n')
        server.wait_out('one')
        if self.answers():
            server.say('hello\n')
            d.wait_out('hello')
        d.say('two\n')
        server.wait_out('two')


class Row13(Row):
    """Many clients at once, none waiting for another."""

    def converse(self):
        d = self.listen('--echo')
        if self.is_python:
            client = self.client('CROWD')
            self.assertEqual(client.exit(0).decode().splitlines(), [f'I am {n}' for n in range(30)])
            return
        silent, *others = [self.client('') for _ in range(4)]
        for n, client in enumerate(others):
            client.say(f'I am {n}\n')
            client.wait_out(f'^I am {n}$')
        silent.say('I was silent\n')
        silent.wait_out('^I was silent$')
        d.wait_out('^I was silent$')


class Row14(Row):
    """A request, the whole answer, a status to branch on."""

    def converse(self):
        if self.peer == 'socat' and self.lane.transport == 'unix-dgram':
            return self.wait_for_nothing()
        for wait in ('2', 'idle:800ms', 'until:OK') if self.lane.datagrams else ('2', 'close', 'until:OK'):
            with self.subTest(wait):
                server = self.server('TWO_ANSWERS' if self.lane.datagrams else 'WEB_SERVER')
                if wait == 'close' and not self.is_python:
                    server.say('yes\nOK\n').end()           # nc and ncat leave when the client has finished
                d = self.dial('send', r'GET / HTTP/1.0\r\n\r\n', '--wait', wait)
                server.wait_out(r'GET / HTTP/1.0\r\n\r\n')
                if server.stdin is not None:
                    server.say('yes\n')
                    d.wait_out('yes')
                    server.say('OK\n')
                self.assertEqual(d.exit(0).split(), [b'yes', b'OK'])

    def wait_for_nothing(self):
        """socat's UNIX-RECV cannot answer: the request arrives, and that is all."""
        server = self.server('')
        self.dial('send', 'a request').exit(0)
        server.wait_out('a request')


class Row15(Row):
    """A file, byte-exact, each way, by each side."""
    without = STREAMS
    size = 300_000
    env = {}

    def converse(self):
        data = os.urandom(self.size)
        source = self.file('source', data)

        def same(name):
            with open(os.path.join(self.tmp, name), 'rb') as f:
                self.assertTrue(f.read() == data, f'{name} is not what was sent')

        def to_file(name):
            return {'args': [name], 'how': {}} if self.is_python else {'args': [], 'how': {'stdout': os.path.join(self.tmp, name)}}

        # duplex sends a file
        there = to_file('sent')
        server = self.server('FILE_SERVER', *there['args'], stdin='null', **there['how'])
        self.dial('send', '--file', source, env=self.env).exit(0)
        server.status()
        same('sent')
        # from a pipe
        there = to_file('piped')
        server = self.server('FILE_SERVER', *there['args'], stdin='null', **there['how'])
        d = self.dial('connect', env=self.env)
        d.say(data).end().exit(0)
        server.status()
        same('piped')
        # listen --once > F
        d = self.listen('--once', stdin='null', stdout=os.path.join(self.tmp, 'got'), env=self.env)
        self.client('FILE_SENDER', source, **({} if self.is_python else {'stdin': source})).status()
        d.exit(0)
        same('got')
        # listen --once < F
        d = self.listen('--once', stdin=source, env=self.env)
        there = to_file('taken')
        self.client('FILE_RECEIVER', *there['args'], **({} if self.is_python else {'stdin': 'null'}), **there['how']).status()
        d.exit(0)
        same('taken')


class Row16(Row):
    """Netcat's uses: a service by hand, half-close, a pipe in and out, -w."""

    def converse(self):
        if self.lane.datagrams:
            server = self.server('ANSWERER')
            d = self.dial('connect', '--linger', '10s' if self.peer != 'socat' else '100ms', '--idle', '500ms')
            d.say('a datagram\n').end()
            if not self.is_python:
                server.wait_out('a datagram')
                server.say('a datagram| lee')
            if self.peer != 'socat' or not self.lane.unix:
                d.wait_out(r'a datagram\| lee')
            return
        server = self.server('UPPER_SERVER')
        d = self.dial('connect')
        d.say('hello\n')
        server.wait_out('hello')
        server.say('HELLO\n')
        d.wait_out('HELLO')
        if self.peer in ('python', 'socat'):                # the others may leave as soon as they see our end
            d.end()                                         # half-close: it reads on
        if self.is_python:
            server.wait_out('>> the end')
        server.say('and this came late\n')
        d.wait_out('and this came late')
        d.end()
        server.end()
        d.exit(0)


ROWS = [Row1, Row2, Row3, Row4, Row5, Row6, Row7, Row8, Row9, Row10, Row11, Row12, Row13, Row14, Row15, Row16]


def cells():
    """(number, row, peer, lane, reason or None)."""
    for number, row in enumerate(ROWS, 1):
        for peer in PEERS:
            for lane in LANES:
                yield number, row, peer, lane, row.reason(peer, lane)


def test_of(peer, lane):
    def test(self):
        self.peer, self.lane = peer, lane
        self.converse()
    return test


for number, row, peer, lane, reason in cells():
    if reason is None:
        setattr(row, f'test_{peer}_{lane.name}', test_of(peer, lane))


class Matrix(Case):
    builds = ()

    def test_matrix_tsv_is_as_committed(self):
        table, reasons = '# row\tpeer\ttransport\tfamily\tfilled, or why not\n', {}
        for number, _, peer, lane, reason in cells():
            table += f'{number}\t{peer}\t{lane.transport}\t{lane.family}\t{reason or "filled"}\n'
            if reason:
                reasons.setdefault((number, reason), []).append(lane.transport)
        if os.environ.get('DUPLEX_TEST_GENERATE'):
            with open(TABLE, 'w') as f:
                f.write(table)
        for (number, reason), transports in reasons.items():
            self.note(f'row {number}: {len(transports)} cells empty ({", ".join(dict.fromkeys(transports))}): {reason}')
        with open(TABLE) as f:
            committed = f.read()
        self.note(f'{table.count("filled") - 1} of {table.count(chr(10)) - 1} cells are filled')
        self.assertGreaterEqual(table.count('\tfilled\n'), committed.count('\tfilled\n'), 'cells are lost')
        self.assertEqual(table, committed, 'DUPLEX_TEST_GENERATE=1 ./test matrix_tsv writes the table anew')
