"""Random conversations against a plain model: what goes in on one side comes out on the other, byte for byte, or it is said that it
did not (U7). DUPLEX_TEST_SEED repeats a run, in which each conversation is told by its number; DUPLEX_TEST_SECONDS is how long the one
of --full lasts."""

import json
import os
import random
import re
import socket
import subprocess
import time

from interop.bare import Bare, events, reset
from lib import full, until
from lib.pace import Pace, Side, Task, hear_pipe, say_pipe

KI = 1024
PIPE_BYTES = 60_000             # surely fit into a pipe
EOLS = {'lf': '\n', 'crlf': '\r\n', 'cr': '\r', 'nul': '\0', 'none': ''}
ENCODINGS = {'utf-8': 'utf-8', 'gbk': 'gbk', 'gb18030': 'gb18030', 'big5': 'big5', 'utf-16': 'utf-16-le', 'utf-16be': 'utf-16-be',
             'shift_jis': 'shift_jis', 'euc-jp': 'euc_jp', 'iso-2022-jp': 'iso2022_jp'}
LETTERS = ['天', '地', '中', '文', '日本', 'a', 'B ', '7', '.', '{', '"']        # which all of them have


# What is said

def drawn_line(r):
    kind = r.random()
    if kind < 0.1:
        return ''
    if kind < 0.85:
        return ''.join(r.choice(LETTERS) for _ in range(r.randrange(1, 40)))
    if kind < 0.97:
        return r.choice(('x', '天')) * (64 * KI + r.randrange(-1, 2))
    return 'y' * (r.choice((256 * KI, 1024 * KI)) + r.randrange(-1, 2))


def drawn_text(r, ends=('\n',)):
    """Lines, the last of which need not end."""
    count = r.choice((0, 1, 1, 2, 5, 20, 2000))
    if count == 2000:
        text = ''.join(r.choice(LETTERS) + r.choice(ends) for _ in range(count))
    else:
        text = ''.join(drawn_line(r) + r.choice(ends) for _ in range(count))
    return text + r.choice(('', '', 'no end', '中'))


def drawn_bytes(r):
    kind = r.random()
    if kind < 0.4:
        return drawn_text(r, ('\n', '\r\n', '\r', '\n\n', '\0')).encode()
    if kind < 0.6:
        return r.randbytes(r.choice((0, 1, 1, 100, 64 * KI - 1, 64 * KI, 64 * KI + 1, 1024 * KI + 1)))
    if kind < 0.8:
        return bytes((r.randrange(256),)) * r.choice((1, 1000, 300 * KI))
    return r.randbytes(r.randrange(5000))


# The model

def lines_of(text):
    """As standard input is cut into lines."""
    lines = text.split('\n')
    last = lines.pop()
    return [line.removesuffix('\r') for line in lines] + ([last] if last else [])


def framed(frame, payload):
    if frame.startswith('len'):
        size = int(frame[3])
        return len(payload).to_bytes(size, 'little' if frame.endswith('le') else 'big') + payload
    return payload + {'line': b'\n', 'crlf': b'\r\n', 'nul': b'\0', 'delim:7c7c': b'||'}[frame]


def unframed(frame, data):
    """The messages that a stream of whole frames holds."""
    if frame.startswith('len'):
        size, messages = int(frame[3]), []
        while data:
            length = int.from_bytes(data[:size], 'little' if frame.endswith('le') else 'big')
            messages.append(data[size:size + length])
            data = data[size + length:]
        return messages
    return data.split({'line': b'\n', 'crlf': b'\r\n', 'nul': b'\0', 'delim:7c7c': b'||'}[frame])[:-1]


def unquoted(line):
    """What stands in a line of the view `quoted`."""
    assert line[0] == line[-1] == '"', line
    names = {'n': b'\n', 'r': b'\r', 't': b'\t', '0': b'\0', '\\': b'\\', '"': b'"'}

    def one(m):
        return bytes.fromhex(m[2]) if m[2] else chr(int(m[3], 16)).encode() if m[3] else names[m[1]] if m[1] else m[0].encode()
    return b''.join(map(one, re.finditer(r'\\(?:([nrt0\\"])|x([0-9a-f]{2})|u\{([0-9a-f]+)\})|[^\\]+', line[1:-1])))


FRAMES = 'line', 'crlf', 'nul', 'len2', 'len4', 'len4+le', 'len8', 'delim:7c7c'


class Conversations(Bare):
    # Parts of a conversation

    def start_side(self, r, command, transport, options, says, peer_says, *, stdin=None, early=None, slow=True):
        """A duplex and a bare peer that talk: (duplex, the side, what standard output had as a task)."""
        early = r.random() < 0.5 if early is None else early
        kinds = ['file'] + ['pipe'] * (not early or len(says) < PIPE_BYTES)
        stdin = stdin or r.choice(kinds)
        hears = Pace.drawn(r)
        rcvbuf = r.choice((None, None, 4096))
        out, theirs = os.pipe()
        speaks = Pace() if early else Pace.drawn(r)
        how = {'stdout': theirs, 'stdin': self.file('says', says) if stdin == 'file' else stdin}
        self.told += f' stdin={stdin} early={early} rcvbuf={rcvbuf}, reads {hears}'
        at = 'tcp://127.0.0.1:0' if transport == 'tcp' else f'unix:{self.tmp}/there'
        if command == 'listen':
            d = self.listen(*options, at=at, **how)
            speaking = stdin == 'pipe' and Task(say_pipe, os.dup(d.stdin), says, speaks)
            stdin == 'pipe' and d.end()
            s = self.dial(d, rcvbuf)
        else:
            server = self.unix_server() if transport == 'unix' else self.server(rcvbuf=rcvbuf)
            where = f'unix:{server.getsockname()}' if transport == 'unix' else f'tcp://127.0.0.1:{server.getsockname()[1]}'
            d = self.duplex(command, where, *options, **how)
            speaking = stdin == 'pipe' and Task(say_pipe, os.dup(d.stdin), says, speaks)
            stdin == 'pipe' and d.end()
            if early and speaking:
                speaking.result()
            s = self.accept(server)
        os.close(theirs)
        s.settimeout(60)
        side = Side(s, peer_says, Pace.drawn(r), hears, early)
        return d, side, Task(hear_pipe, out, Pace.drawn(r) if slow else Pace())

    def unix_server(self):
        s = self.keep(socket.socket(socket.AF_UNIX))
        s.bind(f'{self.tmp}/there')
        s.listen()
        return s

    def same(self, what, had, wanted):
        if had == wanted:
            return
        at = next((n for n, (a, b) in enumerate(zip(had, wanted)) if a != b), min(len(had), len(wanted)))
        self.fail(f'{what}: {len(had)} and not {len(wanted)}; from {at} on {had[at:at + 60]!r} and not {wanted[at:at + 60]!r}')

    def ended(self, d, status=0):
        self.assertEqual(d.status(60), status, d)

    # Conversations: each draws one, has it, and compares

    def raw(self, r):
        """Bytes both ways, as they are."""
        command = r.choice(('connect', 'send', 'listen'))
        options = {'connect': [], 'send': ['--wait', 'close'], 'listen': ['--once']}[command]
        view = r.choice(('', '', 'raw', 'none'))
        options += ['-s', view] * bool(view) + r.choice(([], [], ['-v'], ['--eol', 'follow'] * (command == 'never')))
        says, comes, transport = drawn_bytes(r), drawn_bytes(r), r.choice(('tcp', 'unix'))
        self.told = f'{command} {transport} {options} says {len(says)} hears {len(comes)}'
        d, side, out = self.start_side(r, command, transport, options, says, comes)
        self.same('the peer heard', side.heard(), says)
        self.same('standard output', out.result(), b'' if view == 'none' else comes)
        self.ended(d)

    def text(self, r):
        """Lines in an encoding, or with a line end, one way; text in it the other."""
        command = r.choice(('connect', 'send', 'listen'))
        options = {'connect': [], 'send': ['--wait', 'close'], 'listen': ['--once']}[command]
        name, codec = r.choice([*ENCODINGS.items()])
        eol = r.choice((*EOLS, ''))
        options += ['-e', name] + ['--eol', eol] * bool(eol)
        says, comes = drawn_text(r, ('\n', '\r\n')), drawn_text(r, ('\n', '\r\n', '\r'))
        if command == 'listen' and not eol:
            says = ''           # ends as the peer's lines do, which come when they come
        transport = r.choice(('tcp', 'unix'))
        as_json = r.random() < 0.4 and command == 'send' and name != 'iso-2022-jp'      # of which parts are hex
        options += ['--json'] * as_json
        self.told = f'{command} {transport} {options} says {len(says)} hears {len(comes)}'
        d, side, out = self.start_side(r, command, transport, options, says.encode(), comes.encode(codec))
        wire = b''.join((line + EOLS[eol or 'lf']).encode(codec) for line in lines_of(says))
        self.same('the peer heard', side.heard(), wire)
        shown = out.result()
        if as_json:
            d.stdout = None
            told = self.messages(shown)
            self.same('text in events', ''.join(m['text'] + m['eol'] for m in told if m['direction'] == 'in'), comes)
            self.same('text said', ''.join(m['text'] + m['eol'] for m in told if m['direction'] == 'out'),
                      ''.join(line + EOLS[eol or 'lf'] for line in lines_of(says)))
        else:
            self.same('standard output', shown.decode(), comes)
        self.ended(d)

    def messages(self, shown):
        class Had:
            out = shown
        return events(Had, 'message')

    def frames(self, r):
        """Messages in a frame both ways, as events."""
        command = r.choice(('connect', 'listen'))
        there, here = r.choice(FRAMES), r.choice(FRAMES)
        longest = 65535 if 'len2' in (there, here) else 1 << 30
        lines = [line for line in lines_of(drawn_text(r)) if len(line.encode()) <= longest]
        says = ''.join(line + '\n' for line in lines)
        comes = [line.encode() for line in lines_of(drawn_text(r)) if len(line.encode()) <= longest]
        self.told = f'{command} frames {there}, {here} says {len(lines)} hears {len(comes)} messages'
        options = ['--once'] * (command == 'listen')
        d, side, out = self.start_side(r, command, r.choice(('tcp', 'unix')),
                                       [*options, '--json', '--frame-in', here, '--frame-out', there],
                                       ''.join('{"send":"%s"}\n' % line.replace('"', '\\"') for line in lines).encode(),
                                       b''.join(framed(here, m) for m in comes))
        self.same('the peer heard', unframed(there, side.heard()), [line.encode() for line in lines])
        told, part = [], ''
        for m in self.messages(out.result()):
            if m['direction'] == 'in':
                part += m['text']
                if not m.get('partial'):
                    told.append(part.encode())
                    part = ''
        self.same('messages', told, comes)
        self.ended(d)
        self.assertEqual(says, ''.join(line + '\n' for line in lines))

    def binary_events(self, r):
        """Any bytes, as events that give them back."""
        comes = drawn_bytes(r)
        frame = r.choice(('auto', 'raw', 'line', 'nul', 'gap:20ms'))
        if frame in ('line', 'nul'):
            comes = comes and comes.rstrip(b'\n\0') + (b'\n' if frame == 'line' else b'\0')
        options = ['--once', '--json', '-f', frame] + ['--hex'] * (r.random() < 0.3 and frame != 'nul')
        self.told = f'listen {options} hears {len(comes)}'
        d, side, out = self.start_side(r, 'listen', 'tcp', options, b'', comes, stdin='null')
        self.assertEqual(side.heard(), b'')
        shown = out.result()
        as_bytes = b''.join((bytes.fromhex(m['hex']) if 'hex' in m else m['text'].encode()) + m['eol'].encode()
                            for m in self.messages(shown))
        self.same('bytes in events', as_bytes, comes)
        self.ended(d)

    def counted(self, r):
        """--count and --until: what came up to the last message, and nothing behind it."""
        lines = [drawn_line(r) for _ in range(r.randrange(1, 12))]
        word, wanted = 'over and out', r.randrange(1, 14)
        by_word = r.random() < 0.5
        if by_word:
            wanted = min(wanted, len(lines))
            lines[wanted - 1] = word
        data = ''.join(line + '\n' for line in lines)
        shown = ''.join(line + '\n' for line in lines[:wanted])
        status = 0 if wanted <= len(lines) else 8
        options = ['--once', '-f', 'line'] + (['--until', word] if by_word else ['--count', str(wanted)])
        self.told = f'listen {options} of {len(lines)}'
        d, side, out = self.start_side(r, 'listen', r.choice(('tcp', 'unix')), options, b'', data.encode(), stdin='null', early=True)
        side.heard()
        self.same('standard output', out.result().decode(), shown)
        self.ended(d, status)

    def answers(self, r):
        """Several peers at once, each of which gets its own answers."""
        kind = r.choice(('echo', 'reply', 'greet'))
        options = {'echo': ['--echo'], 'reply': ['-f', 'line', '--eol', 'lf', '--reply', '<{data}>'],
                   'greet': ['--greet', 'hello {peer}\\n', '-n', '--echo']}[kind]
        count = r.choice((1, 2, 5))
        out, theirs = os.pipe()
        d = self.listen(*options, '--json', stdout=theirs, stdin='null', at='tcp://127.0.0.1:0')
        os.close(theirs)
        shown = Task(hear_pipe, out, Pace.drawn(r))
        sides = []
        for _ in range(count):
            data = drawn_bytes(r) if kind != 'reply' else \
                b''.join(line.encode()[:64 * KI] + b'\n' for line in lines_of(drawn_text(r)))
            s = self.dial(d, r.choice((None, 4096)))
            s.settimeout(60)
            sides.append((data, Side(s, data, Pace.drawn(r), Pace.drawn(r), True)))
        self.told = f'listen {options} to {[len(data) for data, _ in sides]}'
        for data, side in sides:
            heard = side.heard()
            if kind == 'greet':
                self.assertRegex(heard[:8], rb'\Ahello \d\n')
                heard = heard[8:]
            wanted = data if kind != 'reply' else b''.join(b'<%s>\n' % line for line in data.split(b'\n')[:-1])
            self.same(f'the peer heard by {kind}', heard, wanted)
        d.signal(15)
        self.ended(d)
        class Had:
            out = shown.result()
        closed = events(Had, 'close')
        self.assertEqual(sorted(e['in'] for e in closed), sorted(len(data) for data, _ in sides))

    def two(self, r):
        """Two duplexes against each other."""
        name, codec = r.choice([*ENCODINGS.items()])
        options = r.choice(([], ['-e', name], ['-f', 'len4'], ['-f', 'line', '-e', 'utf-8']))
        texts = [drawn_text(r), drawn_text(r)]
        if options:
            texts = [''.join(line + '\n' for line in lines_of(text)) for text in texts]
        keys = r.choice(('', ',sndbuf=4096,rcvbuf=4096'))
        at = 'tcp://127.0.0.1:0' + keys if r.random() < 0.5 else f'unix:{self.tmp}/there'
        if options[:1] == ['-e']:
            options = [*options, '--eol', 'lf']
        self.told = f'two {options} {at} {[len(text) for text in texts]}'
        outs, ends = [], [os.pipe(), os.pipe()]
        d = self.duplex('listen', at, '--once', *options, stdin=self.file('one', texts[0]), stdout=ends[0][1])
        there = d.wait_err(r'listening on (\S+)')[1]
        e = self.duplex('connect', there + keys * at.startswith('tcp'), *options, stdin=self.file('two', texts[1]), stdout=ends[1][1])
        for ours, theirs in ends:
            os.close(theirs)
            outs.append(Task(hear_pipe, ours, Pace.drawn(r)))
        wanted = [text.encode() for text in reversed(texts)]
        if 'len4' in options:
            wanted = [b''.join(framed('len4', line.encode()) for line in lines_of(text)) for text in reversed(texts)]
        for out, data in zip(outs, wanted):
            self.same('standard output', out.result(), data)
        self.ended(d)
        self.ended(e)

    def datagrams(self, r):
        """Lines as datagrams to one that takes them slowly; and datagrams of several, of which none is lost unsaid."""
        lines = [line for line in (drawn_line(r) for _ in range(r.choice((1, 20, 300)))) if len(line.encode()) <= 60_000]
        command = r.choice(('connect', 'send'))
        s = self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        s.bind(f'{self.tmp}/there')
        self.told = f'{command} unix-dgram {len(lines)}'
        d = self.duplex(command, f'unix-dgram:{self.tmp}/there', stdin=self.file('lines', ''.join(line + '\n' for line in lines)))
        pace, heard = Pace.drawn(r), []
        while len(heard) < len(lines):
            pace.next_piece()
            heard.append(s.recv(65536).decode())
        self.same('datagrams', heard, lines)
        self.ended(d)

    def datagrams_heard(self, r):
        out, theirs = os.pipe()
        kind = r.choice(('unix-dgram', 'udp'))
        d = self.listen('--json', '--until', 'the end', at=f'unix-dgram:{self.tmp}/there' if kind == 'unix-dgram' else 'udp://127.0.0.1:0', stdout=theirs,
                        stdin='null')
        os.close(theirs)
        shown = Task(hear_pipe, out, Pace.drawn(r))
        said = []
        for n in range(r.choice((1, 3))):
            if kind == 'udp':
                s = self.udp(d)
            else:
                s = self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
                s.bind(f'{self.tmp}/{n}')
                s.connect(f'{self.tmp}/there')
            for _ in range(r.choice((1, 10, 500))):
                data = r.randbytes(r.choice((0, 1, 10, 1400))) if r.random() < 0.5 else drawn_line(r).encode()[:60_000] + r.choice((b'', b'\n'))
                s.send(data)
                said.append(data)
        self.told = f'listen {kind} {len(said)}'
        while d.running:
            try:
                s.send(b'the end')
                d.process.wait(0.2)
            except (subprocess.TimeoutExpired, OSError):
                pass            # it was lost, or it has gone
        self.ended(d)
        heard = [(bytes.fromhex(m['hex']) if 'hex' in m else m['text'].encode()) + m['eol'].encode() for m in self.messages(shown.result())]
        lost = sum(int(n) for n in re.findall(r'(\d+) datagrams? w', d.err)[-1:])
        self.assertEqual(heard.pop(), b'the end')
        if lost == 0:
            self.same('datagrams', heard, said)
        else:
            self.assertEqual(kind, 'udp')
            self.assertLessEqual(len(said) - len(heard), lost)

    def cut(self, r):
        """A peer that resets: what it did not get is told, and what came before is a beginning of what it said."""
        comes, says = r.randbytes(r.choice((0, 10, 100_000))), b'z' * 6_000_000
        server = self.server(rcvbuf=4096)
        out, theirs = os.pipe()
        d, c = self.connect(server, stdin=self.file('says', says), stdout=theirs)
        os.close(theirs)
        self.told = f'cut after {len(comes)}'
        shown = Task(hear_pipe, out, Pace.drawn(r))
        c.sendall(comes)
        c.recv(r.choice((1, 100_000)))
        reset(c)
        had = shown.result()
        self.same('the beginning', had, comes[:len(had)])
        self.ended(d, 6)
        self.assertRegex(d.err, 'bytes were not acknowledged')

    def turns(self, r):
        """Half duplex: a line goes once the last one was answered."""
        lines = [drawn_line(r) for _ in range(r.randrange(1, 12))]
        last = r.randrange(len(lines) + 1)
        self.told = f'half {len(lines)}, answered {last}'
        d, c = self.connect(self.server(), '--mode', 'half', stdin=self.file('lines', ''.join(line + '\n' for line in lines)))
        f = c.makefile('rb')
        heard = []
        for n in range(last):
            heard.append(f.readline())
            c.sendall(b'%d\n' % n)
        c.shutdown(socket.SHUT_WR)
        heard += [*f]
        f.close()
        c.close()
        self.same('lines', heard, [line.encode() + b'\n' for line in lines])
        self.ended(d)
        self.same('answers', d.out, b''.join(b'%d\n' % n for n in range(last)))

    def views(self, r):
        """Views that give the bytes back."""
        comes = drawn_bytes(r)
        options = r.choice((['-s', 'hex', '-f', 'raw'], ['--format', '{hex}', '-f', 'raw'], ['--format', '{direction} {hex}', '-f', 'gap:5ms'],
                            ['-s', 'quoted', '-f', 'raw']))
        self.told = f'listen {options} hears {len(comes)}'
        d, side, out = self.start_side(r, 'listen', r.choice(('tcp', 'unix')), ['--once', *options], b'', comes, stdin='null')
        side.heard()
        shown = out.result()
        if 'quoted' in options:
            had = b''.join(unquoted(line) for line in shown.decode().splitlines())
        else:
            had = bytes.fromhex(shown.decode().replace('in', ''))
        self.same('bytes shown', had, comes)
        self.ended(d)

    def audience(self, r):
        """Orders in JSON to several peers, each of which gets what is meant for it, in order."""
        count = r.choice((1, 2, 4))
        d = self.listen('--json', '--eol', 'lf')
        wanted = [b''] * count
        sides = [self.dial(d, r.choice((None, 4096))) for _ in range(count)]
        sides = [Side(s, b'here\n', Pace(), Pace.drawn(r), False) for s in sides]
        orders = ''
        for n in range(r.choice((1, 5, 30))):
            to = sorted(r.sample(range(count), r.randrange(1, count + 1)))
            what = r.choice(('send', 'hex', 'file'))
            line = drawn_line(r)[:100_000]
            value, wire = line, line.encode() + b'\n'
            if what == 'hex':
                value, wire = line.encode().hex(), line.encode()
            elif what == 'file':
                value, wire = self.file(f'file{n}', wire), wire
            order = {what: value} if len(to) == count and r.random() < 0.5 else {what: value, 'to': [i + 1 for i in to]}
            orders += json.dumps(order) + '\n'
            for i in to:
                wanted[i] += wire
        self.told = f'listen to {count}, {len(orders)} bytes of orders'
        self.events(d, 'open', count)
        say_pipe(os.dup(d.stdin), orders.encode(), Pace.drawn(r))
        for side, data in zip(sides, wanted):
            until(lambda: len(side.so_far) >= len(data), 'all that it is to hear', 60)     # a farewell takes 2 s and no more
        d.say('{"quit":true}\n').end()
        heard = [side.heard() for side in sides]
        for had, data in zip(heard, wanted):
            self.same('a peer heard', had, data)
        self.ended(d)

    def discarded(self, r):
        """What nobody hears is counted."""
        comes, says = drawn_bytes(r), drawn_bytes(r)
        self.told = f'simplex-out says {len(says)} hears {len(comes)}'
        d, side, out = self.start_side(r, 'connect', 'tcp', ['--mode', 'simplex-out'], says, comes, early=False)
        self.same('the peer heard', side.heard(), says)
        self.assertEqual(out.result(), b'')
        self.ended(d)
        counted = re.search(r'(\d+) bytes came and were discarded', d.err)
        self.assertEqual(int(counted[1]) if counted else 0, len(comes), d)

    def refused(self, r):
        """A line that the encoding lacks is named; those before it have gone."""
        lines = [drawn_line(r) for _ in range(r.randrange(6))]
        name, codec = r.choice([*ENCODINGS.items()][1:2] + [*ENCODINGS.items()][3:4] + [*ENCODINGS.items()][6:])
        replace = r.random() < 0.5
        says = ''.join(line + '\n' for line in [*lines, 'not \u1e9e that', 'the last'])
        self.told = f'connect -e {name} {len(lines)} lines, replace={replace}'
        d, side, out = self.start_side(r, 'connect', 'tcp', ['-e', name, '--eol', 'lf'] + ['--unmappable', 'replace'] * replace,
                                       says.encode(), b'', early=False)
        heard, gone = side.heard(), b''.join((line + '\n').encode(codec) for line in lines)
        self.same('the peer heard', heard[:len(gone)], gone)
        self.assertRegex(heard[len(gone):], rb'\Anot .+ that\nthe last\n\Z' if replace else rb'\A\Z')
        self.ended(d, 0 if replace else 1)

    def stopped(self, r):
        """SIGTERM in the midst: what was read has gone, unless the status is not 0, and nothing is there twice."""
        says, comes = b''.join(b'%07d\n' % n for n in range(r.choice((10, 10_000, 500_000)))), drawn_bytes(r)
        self.told = f'SIGTERM to connect, says {len(says)} hears {len(comes)}'
        d, side, out = self.start_side(r, 'connect', 'tcp', r.choice(([], ['--eol', 'lf'])), says, comes, stdin='file',
                                       early=True)
        d.signal(15)
        heard, shown = side.heard(), out.result()
        self.same('the beginning for the peer', heard, says[:len(heard)])
        self.same('the beginning on standard output', shown, comes[:len(shown)])
        self.assertIn(d.status(60), (0, 6, 8, -15), d)              # before it hears signals one ends it

    CONVERSATIONS = (raw, raw, text, text, frames, binary_events, counted, answers, two, datagrams, datagrams_heard, cut, turns, views,
                     audience, discarded, refused, stopped)

    def talk(self, seconds, seed):
        seed = int(os.environ.get('DUPLEX_TEST_SEED', seed))
        began, number = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            number += 1
            r = random.Random(f'{seed} {number}')
            what = r.choice(self.CONVERSATIONS)
            self.told = ''
            with self.subTest(f'DUPLEX_TEST_SEED={seed}, conversation {number}: {what.__name__}'):
                try:
                    what(self, r)
                except Exception as error:
                    raise AssertionError(f'{self.told}: {error}') from error
            self.doCleanups()
            self.__dict__.pop('_tmp', None)
        self.note(f'DUPLEX_TEST_SEED={seed}: {number} conversations')


class Random(Conversations):
    limit = 120

    def test_U7_nothing_is_lost_unsaid(self):
        self.talk(4, seed=1)            # the same ones each time, as many as there is time for


@full
class ManyRandom(Conversations):
    limit = 400

    def test_U7_nothing_is_lost_unsaid_in_minutes(self):
        self.talk(float(os.environ.get('DUPLEX_TEST_SECONDS', 180)), seed=random.SystemRandom().randrange(1 << 32))
