"""A person at a terminal: lines that nothing tears, keys, commands, and a terminal that is given back as it was."""

import json
import os
import re
import shutil
import signal
import socket
import termios
import time

from interop.bare import Bare, cpu_seconds, hear, memory_kib, rest, unread
from lib import limit, needs, until
from lib.model import Screen
from lib.person import Person

SIZES = (24, 80), (24, 20)
SCRIPTS = {
    'ascii': 'the quick brown fox',
    'chinese': '天地玄黄宇宙洪荒日月盈昃',
    'emoji': 'so 😀😀 and 👍🎉',
    'marks': 'e\u0301te\u0301 n\u0303u\u0308o\u0302',
    'right to left': 'שלום עולם مرحبا',
}
OBEYED = re.compile(rb'\x1b\[\?2004[hl]|\x1b\[J|\x1b\[\d+[AC]|\x1b\[[\d;]*m|[\r\n\t]')    # all that a terminal is ever told


def squeezed(text):
    return re.sub(r'\s', '', text)


class Terminal(Bare):
    limit = 40

    def at_listen(self, *options, **how):
        return Person(self, 'listen', 'tcp://127.0.0.1:0', '-t', 'none', *options, **how)

    def caller(self, p, count=1):
        """The next to come, its number being `count`."""
        c = self.keep(socket.create_connection(('127.0.0.1', p.port)))
        p.see(lambda p: f'#{count}127.0.0.1:{c.getsockname()[1]}ishere' in squeezed(p.text), f'#{count}')
        return c

    def talk(self, *options, **how):
        """A person who listens, and the peer who has come."""
        p = self.at_listen(*options, **how)
        return p, self.caller(p)

    def dialled(self, *options, rcvbuf=None, **how):
        """A person who connects, and the server's socket."""
        server = self.server(rcvbuf=rcvbuf)
        p = Person(self, 'connect', f'127.0.0.1:{server.getsockname()[1]}', '-t', 'none', *options, **how)
        c = self.accept(server)
        self.shows(p, 'connected to')
        return p, c

    def shows(self, p, *texts):
        """Waits until these texts stand there, wherever rows end."""
        p.see(lambda p: all(squeezed(text) in squeezed(p.text) for text in texts), ' and '.join(texts))

    def allowed(self, p):
        """Nothing but our few sequences came to the terminal."""
        left = OBEYED.sub(b'', p.program.out)
        self.assertNotRegex(left, rb'[\x00-\x1f\x7f]')
        self.assertNotRegex(left.decode(), '[\x80-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')


class Lines(Terminal):
    """The line being typed, and what comes meanwhile."""

    def test_J9_a_message_in_mid_typing_tears_nothing(self):
        for size in SIZES:
            p, c = self.talk(size=size)
            for name, text in SCRIPTS.items():
                with self.subTest(name, size=size):
                    p.ready().type(text + '\x02\x02')
                    p.see(lambda p: squeezed(p.text).endswith(squeezed('> ' + text)), 'the line')
                    until(lambda: self.stands(p, text), 'the cursor')
                    for n in range(3):
                        c.send(f'{text} {n} {text}\r\n'.encode())
                        self.shows(p, f'← {text} {n} {text}')
                    p.see(lambda p: squeezed(p.text).endswith(squeezed(f'{text} 2 {text} > {text}')), 'the line below the messages')
                    until(lambda: self.stands(p, text), 'the cursor')
                    p.type('!\r')                       # what is sent is what was typed, the mark in its place
                    self.assertEqual(squeezed(hear(c, b'\n').decode()), squeezed(self.with_mark(text)))
                    self.shows(p, '→ ' + self.with_mark(text))
            self.assertEqual(p.text.count('\n#1 127.0.0.1:'), 1 + 4 * len(SCRIPTS))       # each of them once
            self.allowed(p)

    @staticmethod
    def clusters(text):
        return re.findall(r'.[\u0300-\u036f]*', text)

    def with_mark(self, text):
        parts = self.clusters(text)
        return ''.join(parts[:-2]) + '!' + ''.join(parts[-2:])

    def stands(self, p, text):
        """Is the cursor before the last two clusters?"""
        screen = p.screen
        cells = [screen.buffer[y][x].data for y in range(screen.cursor.y, screen.lines) for x in range(screen.columns)]
        return ''.join(cells[screen.cursor.x:]).strip() == ''.join(self.clusters(text)[-2:]).strip()

    def test_an_unfinished_line_is_completed_in_place(self):
        for size in SIZES:
            p, c = self.dialled(size=size)
            c.send(b'login: ')
            self.shows(p, '← login:')
            before = len(p.rows)
            p.type('root')
            p.see(lambda p: p.line == '> root')
            c.send(b'pass')
            self.shows(p, '← login: pass > root')
            c.send('word 你好\nnext\n'.encode())
            self.shows(p, '← login: password 你好', '← next > root')
            self.assertEqual(p.text.count('login'), 1)
            self.assertEqual(p.line, '> root')
            self.assertLessEqual(len(p.rows), before + (1 if size[1] == 80 else 5))

    def test_what_is_typed_behind_a_prompt_leaves_it_there(self):
        p, c = self.dialled()
        c.send(b'login: ')
        p.see('← login:')
        p.enter('root')
        self.assertEqual(hear(c, b'\n'), b'root\n')
        c.send(b'password: ')
        p.see(r'^#1 \S+ ← login: ?\n#1 \S+ → root\n#1 \S+ ← password: ?\n> ')

    def test_J6_long_messages_wrap_under_themselves(self):
        for size in SIZES:
            p, c = self.talk(size=size)
            text = ' '.join(f'word{n}' for n in range(30)) + ' ' + '长' * 50
            c.send(text.encode() + b'\n')
            self.shows(p, text)
            rows = p.rows[next(n for n, row in enumerate(p.rows) if '←' in row):-1]
            start = rows[0].index('word0') if size[1] == 80 else 2
            for row in rows[1:]:
                self.assertEqual(row[:start].strip(), '')
                self.assertTrue(row[start:start + 2].strip())
            for word in (f'word{n}' for n in range(30)):
                self.assertEqual(sum(word in row.split() for row in rows), 1)     # none is parted

    def test_J6_windows_of_any_size(self):
        for size in (1, 1), (0, 0), (2, 2), (1, 80), (24, 1), (3, 500):
            with self.subTest(size=size):
                server = self.server()
                d = self.duplex('connect', f'127.0.0.1:{server.getsockname()[1]}', '-t', 'none', tty=True, size=size,
                                env={'TERM': 'xterm', 'XDG_STATE_HOME': None})
                c = self.accept(server)
                c.send('天地 message\n'.encode())
                until(lambda: '天地message' in squeezed(OBEYED.sub(b'', d.out).decode('utf-8', 'ignore')), 'the message')
                d.say('你好 abc\x02\x02!\r')
                self.assertEqual(hear(c, b'\n').decode(), '你好 a!bc\n')
                d.say('/quit\r')
                c.close()
                d.exit(0)

    def test_J6_a_storm_of_window_sizes(self):
        p, c = self.talk(size=(24, 80))
        p.type('天地玄黄 and more than fits into twenty columns')
        p.see('twenty columns')
        for n in range(300):
            c.send(b'message %d\n' % n)
            p.program.signal(signal.SIGWINCH)
        self.shows(p, *(f'← message {n}' for n in range(300)))
        p.see(lambda p: p.line == '> 天地玄黄 and more than fits into twenty columns')
        for columns in 20, 60, 7, 80:
            p.resize(24, columns)
            p.see(lambda p: squeezed(p.text).endswith(squeezed('> 天地玄黄 and more than fits into twenty columns')), f'{columns}')
        p.type('\r')
        self.assertEqual(hear(c, b'\n').decode(), '天地玄黄 and more than fits into twenty columns\n')

    def test_J1_nothing_that_a_peer_sends_is_obeyed(self):
        evil = (b'\x1b[2J \x1b]0;title\x07 \x1b]52;c;eHg=\x07 \x1b]8;;http://x\x1b\\ \x1b]1337;File=:eA==\x07 \x1bPq\x1b\\ \x1b_x\x1b\\ \x1b[6n '
                b'\x1b[c \x1bc \x9b2J \xc2\x9b2J \x7f \x08\x08\x08 a\rb \x07 \x0e \x05 \x1b[?1049h \x1b[201~/kick 1')
        p, c = self.talk()
        p.type('half a line')
        c.send(evil + b'\n' + bytes(b for b in range(256) if b not in (10, 13)) + b'\nthe end\n')
        self.shows(p, r'\x1b[2J \x1b]0;title\x07', r'\x9b2J \u{9b}2J \x7f', r'a\rb', '← the end > half a line')
        self.allowed(p)
        p.type('\x15')
        p.ready()

    def test_J2_one_door_for_all_that_is_told(self):
        canary = 'x\x1b[31m\u202e\x07'
        shown = r'x\x1b[31m\u{202e}\x07'
        os.makedirs(os.path.join(self.tmp, 'config'))
        path = os.path.join(self.tmp, canary + '.sock')
        p = Person(self, 'listen', 'unix:' + path, '-t', 'none', '--name', canary,
                   env={'XDG_CONFIG_HOME': os.path.join(self.tmp, canary)})
        p.see(r'listening on unix:.*x%1B\[31m\\u\{202e\}%07\.sock')
        self.file('y' + canary, b'x')
        c = self.keep(socket.socket(socket.AF_UNIX))
        c.connect(path)
        p.see('is here')
        p.enter('hello')
        p.see('^' + re.escape(shown) + ' → hello')
        p.enter('/1')
        self.shows(p, 'there is no phrase 1 in', shown + '/duplex/phrases')
        p.enter('/file y\t')                         # its name is completed
        p.see(r'\(the file has gone')
        self.allowed(p)

    def test_J4_what_turns_the_direction_is_shown(self):
        p, c = self.talk()
        c.send('a\u202eb\u2066c\u200fd\u061ce\nnext\n'.encode())
        p.see(r'← a\\u\{202e\}b\\u\{2066\}c\\u\{200f\}d\\u\{61c\}e$')
        p.see('← next$')
        p.type('q\u202ew')
        p.see(lambda p: p.line == r'> q\u{202e}w')
        self.allowed(p)

    def test_J5_no_more_than_eight_marks_on_one_character(self):
        for size in SIZES:
            p, c = self.talk(size=size)
            c.send(('e' + '\u0301' * 1000 + '\nnext\n').encode())
            self.shows(p, '← next')
            self.assertEqual(max(len(run) for run in re.findall('\u0301+', p.text)), 8)
            self.assertEqual(squeezed(p.text).count(r'\u{301}'), 992)

    def test_colours_and_none(self):
        p, c = self.talk()
        c.send(b'x\n')
        p.see('← x')
        self.assertRegex(p.program.out, rb'\x1b\[36m#1 \S+ \xe2\x86\x90\x1b\[0m x')
        p, c = self.talk(env={'NO_COLOR': '1'})
        c.send(b'x\n')
        p.see('← x')
        self.assertNotRegex(p.program.out, rb'\x1b\[[\d;]*m')


class Views(Terminal):
    def test_each_view(self):
        p, c = self.talk('-t', 'none')
        tail = {'quoted': r'"a你\\n"', 'text': 'a你', 'hex': r'5 bytes\n  0000  61 e4 bd a0 0a +\|a你 \.\|'}
        for view, shown in tail.items():
            p.enter('/show ' + view)
            p.ready().type('half')
            p.see(lambda p: p.line == '> half')
            c.send('a你\n'.encode())
            p.see(rf'← {shown}\n> half\Z')
            p.type('\x15')
        p.enter('/视图 both')
        p.ready().type('half')
        p.see(lambda p: p.line == '> half')
        c.send('a你\n'.encode())
        p.see(r'← a你\n  0000  61 e4 bd a0 0a +\|a你 \.\|\n> half\Z')
        p.type('\x15')
        p.enter('/show none')
        p.enter('/peers')
        p.see(r'in 4 messages')
        c.send('unseen\n'.encode())
        until(lambda: unread(c) == 0)
        p.see(lambda p: p.enter('/stats') and 'in 5 messages' in p.text, 'the fifth')
        self.assertNotIn('unseen', p.text)
        p.enter('/show raw')
        p.see('raw is for the start: --show raw')

    def test_views_in_twenty_columns(self):
        p, c = self.talk('-s', 'hex', size=(24, 20))
        c.send(bytes(range(64)))
        self.shows(p, '← 64 bytes', *(f'{n:04x} {n:02x} {n + 1:02x} |' for n in range(0, 64, 2)), '002e 2e 2f |./|')
        p.enter('/show both')
        p.ready()
        c.send('你好，世界 and more'.encode())
        self.shows(p, '← 你好，世界 and more', '0000 e4 bd |', '0004 a5 bd |好|', '0010 61 6e |an|')
        self.assertLessEqual(max(len(row) for row in p.rows), 20)

    def test_times(self):
        for style, stamp in {'clock': r'\d\d:\d\d:\d\d\.\d{3} ', 'iso': r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d ', 'none': ''}.items():
            p, c = self.talk('-t', style)
            c.send(b'x\n')
            p.see(rf'^{stamp}#1 \S+ ← x$')
        p, c = self.talk('-t', 'since')
        c.send(b'x\n')
        p.see(r'^\+0\.000 #1 \S+ ← x$')
        c.send(b'y\n')
        p.see(r'^\+\d+\.\d{3} #1 \S+ ← y$')

    def test_status_is_a_row_above_the_line(self):
        for size in SIZES:
            p, c = self.talk('--status', size=size)
            c.send(b'hello\n')
            p.type('half')
            p.see(rf'^1 peer; in 1 m.*\n> half\Z')
            if size[1] == 80:
                p.see(r'^1 peer; in 1 message, 6 bytes; out 0 messages, 0 bytes; \d+ bytes/s\n> half\Z')
            self.assertEqual(p.text.count('1 peer; in 1'), 1)
            began = time.monotonic()
            for n in range(1, 11):
                p.type('k')
                p.see(lambda p: p.line == '> half' + 'k' * n)
            self.in_time(time.monotonic() - began, 5)        # keys do not wait for the status, which is told each second
            p.type('\x7f' * 10)
            p.see(lambda p: p.line == '> half')
            c.close()
            p.see(r'^0 peers; in 1 m.*\n> half\Z')

    def test_name(self):
        p, c = self.talk('--name', '李')
        p.enter('hello')
        p.see('^李 → hello$')
        self.assertEqual(hear(c, b'\n'), b'hello\n')
        self.caller(p, 2)
        p.enter('both of you')
        p.see('^李 all 2 → both of you$')
        p.enter('@2 you')
        p.see('^李 #2 → you$')


class Commands(Terminal):
    def test_of_several_the_one_is_named_whose_encoding_lacks_it(self):
        p = self.at_listen()
        one, two = (self.caller(p, n) for n in (1, 2))
        p.enter('/encoding gbk 2')
        p.enter('😀')
        self.shows(p, f'not sent: the encoding has no 😀, to #2 127.0.0.1:{two.getsockname()[1]}')
        self.assertEqual(hear(one, b'\n').decode(), '😀\n')

    def test_who_may_not_be_spoken_to_is_not_said_to_have_heard_it(self):
        p = self.at_listen()
        one, two, three = (self.caller(p, n) for n in (1, 2, 3))
        p.enter('/mode half 2')
        self.shows(p, '(the mode is half for #2)')
        p.enter('first')
        self.shows(p, 'all 3 → first')
        p.enter('second')                           # which 2, who has not answered, must not hear yet
        self.shows(p, '#1,#3 → second')
        for c in one, three:
            hear(c, b'second\n')
        p.enter('/kick 3')
        self.shows(p, 'was let go')
        p.enter('third')
        self.shows(p, f'#1 127.0.0.1:{one.getsockname()[1]} → third')
        self.assertEqual(hear(two, b'\n'), b'first\n')

    def both(self, english, chinese):
        return (f'/{english}', (24, 80)), (f'/{chinese}', (24, 20))

    def test_peers_and_stats(self):
        for (peers, size), (stats, _) in zip(self.both('peers', '对端'), self.both('stats', '统计')):
            p = self.at_listen(size=size)
            p.enter(peers)
            self.shows(p, '(nobody is here)')
            one, two = self.caller(p), self.caller(p, 2)
            one.send(b'ab\n')
            self.shows(p, '← ab')
            p.enter('xyz')
            hear(two, b'\n')
            p.enter(peers)
            for c, told in (one, 'in 1 message, 3 bytes; out 1 message, 4 bytes'), (two, 'in 0 messages, 0 bytes; out 1 message, 4 bytes'):
                self.shows(p, f'127.0.0.1:{c.getsockname()[1]}, utf-8, full; {told}')
            p.enter(stats)
            self.shows(p, '2 peers; in 1 message, 3 bytes; out 2 messages, 8 bytes;')

    def test_to_all_and_at(self):
        for (to, size), (every, _) in zip(self.both('to', '发给'), self.both('all', '全部')):
            p = self.at_listen('--eol', 'lf', size=size)
            a, b, c = self.caller(p), self.caller(p, 2), self.caller(p, 3)
            p.enter('everybody')
            self.shows(p, 'all 3 → everybody')
            p.enter(f'{to} 2,3')
            p.see(lambda p: p.line == '2,3> ')
            p.enter('some')
            self.shows(p, '#2,#3 → some')
            p.enter(f'{to} 2')
            p.enter('one')
            p.see(lambda p: p.line == '2> ')
            p.enter('@3 at three')
            p.enter(f'{to}')                            # nobody named: those who were chosen stay
            self.shows(p, '/to (/发给) N[,N…]: ')
            p.enter(f'{to} ,')
            p.enter(f'{to} 9')
            self.shows(p, 'no peer "9"')
            p.enter('@9 lost')
            p.see(lambda p: p.line == '2> @9 lost')     # it comes back
            p.type('\x15still\r')
            self.assertEqual(hear(b, b'still\n'), b'everybody\nsome\none\nstill\n')
            p.enter(every)
            p.see(lambda p: p.line == '> ')
            p.enter('all')
            self.assertEqual(hear(a, b'all\n'), b'everybody\nall\n')
            self.assertEqual(hear(c, b'all\n'), b'everybody\nsome\nat three\nall\n')

    def test_to_as_people_write_lists(self):
        p = self.at_listen('--eol', 'lf')
        peers = [self.caller(p, n) for n in (1, 2, 3)]
        for typed, prompt in (('1,1', '1'), ('3 1', '3,1'), ('2，3', '2,3'), (' 1、 2 , 3,', '1,2,3')):
            p.type('/to ' + typed + '\r')
            p.see(lambda p: p.line == prompt + '> ', typed)
        for wrong, named in (('/to 1，4', '4'), ('/to ' + ' ' * 600 + '12', '12'), ('/to ' + '天' * 30, '天' * 21), ('/kick 1,2', '1,2')):
            p.enter(wrong)
            self.shows(p, f'there is no peer "{named}"; /peers lists them')
        p.see(lambda p: p.line == '1,2,3> ')
        p.type('@3你好呀大家早上好\r')
        self.shows(p, 'there is no peer "3你好呀大家早上好"', '1,2,3> @3你好呀大家早上好')
        p.type('\x15/all\r')
        p.see(lambda p: p.line == '> ')
        for c in peers:
            self.assertEqual(unread(c), 0)

    def test_to_many(self):
        p = self.at_listen()
        for n in range(1, 28):
            self.caller(p, n)
        p.enter('/to ' + ','.join(map(str, range(1, 28))))
        p.see(lambda p: p.line == '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,…> ')

    def test_to_one_who_has_gone_is_to_nobody(self):
        p = self.at_listen('--eol', 'lf')
        a, b = self.caller(p), self.caller(p, 2)
        p.enter('/to 1')
        p.see(lambda p: p.line == '1> ')
        a.close()
        p.see('^#1 .* finished ')
        p.enter('secret')
        p.see(r'^\(nobody of those whom /to chose is here')
        p.see(lambda p: p.line == '1> secret')
        p.type('\x15')
        p.enter('/hex 41')
        p.enter('/file ' + self.file('f', b'secret'))
        p.enter('/resend')
        p.enter('/all')
        p.see(lambda p: p.line == '> ')
        p.enter('open')
        self.assertEqual(hear(b, b'open\n'), b'open\n')

    def test_kick(self):
        for kick, size in self.both('kick', '踢出'):
            p = self.at_listen(size=size)
            a, b = self.caller(p), self.caller(p, 2)
            p.enter(kick)
            self.shows(p, '/kick (/踢出) N: ')
            p.enter(f'{kick} 3')
            self.shows(p, 'no peer "3"')
            p.enter(f'{kick} 2')
            self.assertEqual(b.recv(10), b'')
            b.close()
            p.enter('on')
            self.assertEqual(hear(a, b'\n'), b'on\n')

    def test_hex_and_file(self):
        for (hexes, size), (file, _) in zip(self.both('hex', '十六进制'), self.both('file', '文件')):
            p, c = self.talk(size=size)
            p.enter(f'{hexes} 41 0a,00 ff')
            self.assertEqual(hear(c, 4), b'A\n\0\xff')
            p.enter(f'{hexes} 41 4')
            self.shows(p, 'not sent: no hex at column')
            path = self.file(f'bytes {size[1]}', bytes(range(256)) * 1000)
            p.enter(f'{file} {path}')
            self.assertEqual(hear(c, 256000), bytes(range(256)) * 1000)
            self.shows(p, '(the file has gone: 256000 bytes)')
            p.enter(f'{file} /no/such/file')
            self.shows(p, 'cannot send the file "/no/such/file"', '(ENOENT)')
            p.enter(f'{file} {self.tmp}')
            self.shows(p, f'cannot read {self.tmp}:', '(EISDIR)')
            p.enter('behind')
            self.assertEqual(hear(c, b'\n'), b'behind\n')
            p.enter(f'{file} ' + self.file('x', b'x'))
            self.shows(p, '(the file has gone: 1 byte)')

    def test_nothing_gets_into_a_file(self):
        """Neither what is typed while it is on its way, nor is who comes meanwhile given a part of it."""
        p = self.at_listen('--eol', 'lf')
        fifo = os.path.join(self.tmp, 'fifo')
        os.mkfifo(fifo)
        a = self.caller(p)
        p.enter('/file ' + fifo)
        with open(fifo, 'wb') as file:
            file.write(b'begin ')
            file.flush()
            self.assertEqual(hear(a, 6), b'begin ')
            b = self.caller(p, 2)
            for line in 'typed', '@1 typed':
                p.enter(line)
                self.shows(p, '(a file is still on its way there; it was not sent; /stop gives the file up)')
                p.see(lambda p: p.line == '> ' + line)
                p.type('\x15')
            p.enter('/hex 41')
            p.enter('/file /no/such/file')
            self.shows(p, 'another file is still on its way; /stop gives it up')
            p.enter('@2 welcome')
            self.assertEqual(hear(b, b'\n'), b'welcome\n')
            file.write(b'end')
        self.shows(p, '(the file has gone: 9 bytes)')
        p.enter('behind')
        self.assertEqual(hear(a, b'\n'), b'endbehind\n')
        self.assertEqual(hear(b, b'\n'), b'behind\n')

    def test_a_file_is_given_up(self):
        for stop, size in self.both('stop', '停止'):
            p, c = self.talk('--eol', 'lf', size=size)
            p.enter(stop)
            self.shows(p, '(no file is on its way)')
            fifo = os.path.join(self.tmp, f'fifo {size[1]}')
            os.mkfifo(fifo)
            p.enter('/file ' + fifo)
            with open(fifo, 'wb') as file:
                file.write(b'x')
                file.flush()
                self.assertEqual(hear(c, 1), b'x')
                p.enter(stop)
                self.shows(p, '(the file was given up after 1 byte)')
            p.enter('on')
            self.assertEqual(hear(c, b'\n'), b'on\n')

    def test_a_file_for_nobody_is_not_begun(self):
        p = self.at_listen()
        path = self.file('f', b'secret')
        p.enter('/file ' + path)
        self.shows(p, '(nobody is there yet; it was not sent)')
        p.enter('/mode half')
        c = self.caller(p)
        p.enter('/over')
        self.shows(p, "(the other side's turn)")
        p.type('/file ' + path + '\r')
        self.shows(p, "(it is the other side's turn; it was not sent)")
        self.assertEqual(unread(c), 0)
        self.assertNotIn('secret', p.text)
        self.assertNotIn('cannot', p.text)

    def test_encoding(self):
        for command, size in self.both('encoding', '编码'):
            p = self.at_listen('--eol', 'lf', size=size)
            a, b = self.caller(p), self.caller(p, 2)
            p.enter(f'{command} gb18003')
            self.shows(p, 'no such encoding "gb18003": perhaps gb18030 was meant')
            p.enter(f'{command} gbk 2')
            self.shows(p, '(the encoding is gbk for #2)')
            p.enter('你好')
            self.assertEqual(hear(a, b'\n').decode(), '你好\n')
            self.assertEqual(hear(b, b'\n').decode('gbk'), '你好\n')
            b.send('再见\n'.encode('gbk'))
            self.shows(p, '← 再见')
            p.enter(f'{command} big5')
            self.shows(p, '(the encoding is big5)')
            self.caller(p, 3).send('新來\n'.encode('big5'))
            self.shows(p, '← 新來')
            p.enter('😀')
            self.shows(p, 'not sent: the encoding has no 😀')
            p.see(lambda p: p.line == '> 😀')

    def test_mode_frame_and_eol(self):
        for (mode, size), (frame, _), (eol, _) in zip(self.both('mode', '方式'), self.both('frame', '帧'), self.both('eol', '行尾')):
            p, c = self.talk(size=size)
            for command, wrong, near in (mode, 'hafl', 'half'), (frame, 'crlff', 'crlf'), (eol, 'fallow', 'follow'):
                p.enter(f'{command} {wrong}')
                self.shows(p, f'"{wrong}": perhaps {near} was meant')
            p.enter(f'{eol} crlf')
            self.shows(p, '(lines end in crlf)')
            p.enter('x')
            self.assertEqual(hear(c, b'\n'), b'x\r\n')
            p.enter(f'{eol} nul')
            p.enter(f'{frame} nul')
            self.shows(p, '(lines end in nul)', '(the frame is nul)')
            p.enter('xyz')
            self.assertEqual(hear(c, 4), b'xyz\0')
            p.enter(f'{mode} simplex-in')
            self.shows(p, '(the mode is simplex-in)')
            p.enter('unsaid')
            self.shows(p, '(in the mode simplex-in nothing is sent; /mode full speaks again)', '> unsaid')
            self.assertEqual(unread(c), 0)
            self.assertNotIn("side'sturn", squeezed(p.text))

    def test_resend(self):
        for resend, size in self.both('resend', '重发'):
            p, c = self.talk(size=size)
            p.enter(resend)
            self.shows(p, '(nothing was sent yet)')
            p.enter('again 你好')
            p.enter(resend)
            self.assertEqual(hear(c, 2 * len('again 你好\n'.encode())).decode(), 'again 你好\n' * 2)

    def test_save(self):
        for save, size in self.both('save', '保存'):
            p, c = self.talk(size=size)
            c.send('你好\x1b[m\n'.encode())
            self.shows(p, '← 你好')
            p.enter('hello')
            hear(c, b'\n')
            text, jsonl = (os.path.join(self.tmp, f'{size[1]}{end}') for end in ('.txt', '.jsonl'))
            for path in text, jsonl:
                p.enter(f'{save} {path}')
                until(lambda: os.path.exists(path))
            p.see(lambda p: p.text.count('(saved)') == 2)
            with open(text) as f:
                self.assertRegex(f.read(), r'\A\d{4}-\S+ #1 \S+ ← 你好\\x1b\[m\n\d{4}-\S+ #1 \S+ → hello\n\Z')
            with open(jsonl) as f:
                events = [json.loads(line) for line in f]
            self.assertEqual([e.get('text') for e in events if e['event'] == 'message'], ['你好\x1b[m', 'hello'])
            self.assertEqual([e['event'] for e in events if e['event'] != 'message'][-1], 'open')
            p.enter(f'{save} {text}')
            self.shows(p, 'cannot save to', '(EEXIST)')
            p.enter(save)
            p.enter(f'{save} /no/such/place')
            self.shows(p, '"/no/such/place": ', '(ENOENT)')

    def test_trace(self):
        for trace, size in self.both('trace', '跟踪'):
            p, c = self.talk(size=size)
            p.enter(f'{trace} c')
            self.shows(p)
            p.enter('one')
            hear(c, b'\n')
            self.shows(p, 'send(', '"one\\n"')
            p.enter(f'{trace} off')
            p.enter('two')
            hear(c, b'\n')
            p.enter(f'{trace} pyton')
            self.shows(p, '→ two', 'no such style "pyton": perhaps python was meant')
            self.assertEqual(squeezed(p.text).count('"two'), 0)

    def test_help_quit_and_what_is_no_command(self):
        for (helps, size), (leave, _) in zip(self.both('help', '帮助'), self.both('quit', '退出')):
            p, c = self.talk(size=size)
            p.enter(f'{helps}')
            self.shows(p, '/peers (/对端)', '/quit (/退出)', '/1 … /9')
            p.enter(f'{helps} encoding')
            p.enter(f'{helps} /编码')
            p.see(lambda p: squeezed(p.text).count('forexample/encodinggbk2') == 3)
            p.enter('/hlep')
            self.shows(p, 'unknown command "/hlep": perhaps /help was meant')
            p.enter('/zzzzzzz')
            self.shows(p, 'unknown command "/zzzzzzz": /help lists them; //zzzzzzz says it')
            p.enter('//zzzzzzz')
            self.assertEqual(hear(c, b'\n'), b'/zzzzzzz\n')
            p.enter(leave)
            self.assertEqual(c.recv(10), b'')
            c.close()
            p.exit(0)

    def test_words_that_a_command_does_not_take(self):
        """It is not carried out as if they were not there."""
        p, c = self.talk()
        p.enter('/to 1')
        p.see(lambda p: p.line == '1> ')
        for line, told in (('/all 大家好', '/all (/全部): '), ('/quit now', '/quit (/退出): '), ('/stats 3', '/stats (/统计): '),
                           ('/help hepl', 'unknown command "/hepl": perhaps /help was meant'), ('/mode half 1 2', 'there is no peer "1 2"'),
                           ('/show foo', 'no such view "foo"; Tab shows those there are'),
                           ('/encoding 70000', 'no such encoding "70000"; Tab shows those there are')):
            p.enter(line)
            self.shows(p, told)
        p.see(lambda p: p.line == '1> ')
        p.type('\x1b[A')                                 # and what was typed is there
        p.see(lambda p: p.line == '1> /encoding 70000')
        self.assertEqual(unread(c), 0)
        self.assertEqual(p.text.count('/quit (/退出)'), 1)

    def test_what_has_changed_is_told(self):
        p, c = self.talk()
        for line, told in (('/show both', '(the view is both)'), ('/trace c', '(the trace is c)'), ('/trace off', '(the trace is off)'),
                           ('/over', '(nobody takes turns; /mode half begins it)')):
            p.enter(line)
            self.shows(p, told)

    def test_the_home_folder(self):
        self.file('f', b'from home')
        p, c = self.talk(env={'HOME': self.tmp})
        p.ready().type('/file ~/f\t\r')
        self.assertEqual(hear(c, 9), b'from home')
        p.enter('/save ~/talk.txt')
        self.shows(p, '(saved)')
        self.assertTrue(os.path.exists(os.path.join(self.tmp, 'talk.txt')))
        p.enter('/file ~/none')
        self.shows(p, 'cannot send the file "~/none"')

    def test_phrases(self):
        os.makedirs(os.path.join(self.tmp, 'c/duplex'))
        self.file('c/duplex/phrases', '在吗\r\n\nthird /of them\n')
        p, c = self.talk(env={'XDG_CONFIG_HOME': os.path.join(self.tmp, 'c')})
        for command in '/1', '/3', '/2', '/4', '/9':
            p.enter(command)
        self.assertEqual(hear(c, b'them\n').decode(), '在吗\nthird /of them\n')
        for number in 2, 4, 9:
            self.shows(p, f'there is no phrase {number} in {self.tmp}/c/duplex/phrases')
        p, c = self.talk()
        p.enter('/1')
        self.shows(p, 'there is no phrase 1 in', '/.config/duplex/phrases')


class Editing(Terminal):
    def test_completion(self):
        os.mkdir(os.path.join(self.tmp, 'here'))
        self.file('here/你好.txt', b'x')
        p, c = self.talk(cwd=os.path.join(self.tmp, 'here'))
        self.caller(p, 2)
        for keys, line in (('/enc\t', '/encoding '), ('/编\t', '/编码 '), ('/encoding gb23\t', '/encoding gb2312 '), ('/to 2\t', '/to 2 '),
                           ('/frame cr\t', '/frame crlf '), ('/file 你\t', '/file 你好.txt '), ('/show quo\t', '/show quoted '),
                           ('/eol fo\t', '/eol follow '), ('/mode ha\t', '/mode half '), ('/trace pyt\t', '/trace python '),
                           ('/help enc\t', '/help encoding ')):
            p.ready().type(keys)
            try:
                p.see(lambda p: p.line.rstrip() == '> ' + line.rstrip(), keys)
            finally:
                p.type('\x15')
        for name in 'my first, of two', 'my first, of three', 'of one':
            self.file('here/' + name)
        for keys, line in ('/file my f\t', '/file my first, of t'), ('hr\t', '/file my first, of three '), ('\x15/file none of o\t', '/file none of o'):
            p.type(keys)
            p.see(lambda p: p.line.rstrip() == '> ' + line.rstrip(), keys)
        p.type('\x15')
        p.ready().type('/s\t\t')
        p.see(r'^/save  /show  /stats  /stop$')
        p.see(lambda p: p.line == '> /s')
        p.type('\x15/kick \t\t')
        p.see(r'^1  2$')
        self.assertEqual(unread(c), 0)

    def test_history_across_runs(self):
        state = os.path.join(self.tmp, 'state')
        p, c = self.talk(env={'XDG_STATE_HOME': state})
        for line in 'first 你好', ' secret', 'second', 'second':
            p.enter(line)
        hear(c, b'second\nsecond\n')
        p.enter('/quit')
        c.close()
        p.exit(0)
        with open(os.path.join(state, 'duplex/history')) as f:
            self.assertEqual(f.read(), 'first 你好\nsecond\n/quit\n')
        self.assertEqual(os.stat(os.path.join(state, 'duplex')).st_mode & 0o777, 0o700)
        p, c = self.talk(env={'XDG_STATE_HOME': state})
        p.ready()
        for up, line in (1, '/quit'), (1, 'second'), (1, 'first 你好'), (0, 'second'):
            p.type('\x1b[A' if up else '\x1b[B')
            p.see(lambda p: p.line == '> ' + line, line)
        p.type('\x15\x12fir')                           # and search
        p.see(lambda p: p.line.startswith("(reverse-i-search)`fir': first 你好"))
        c.send(b'meanwhile\n')
        p.see(r"← meanwhile\n\(reverse-i-search\)`fir': first 你好\Z")
        p.type('\r')
        self.assertEqual(hear(c, b'\n').decode(), 'first 你好\n')
        p.ready()

    def test_a_history_that_cannot_be_kept(self):
        p, c = self.talk(env={'XDG_STATE_HOME': '/proc/no/such', 'HOME': None})
        p.enter('on')
        self.assertEqual(hear(c, b'\n'), b'on\n')
        p.enter('/quit')
        c.close()
        p.exit(0)

    def test_J8_several_pasted_lines_are_not_sent_one_by_one(self):
        p, c = self.talk('--eol', 'lf')
        p.ready().paste('one\n/kick 1\r\n你好\rlast')
        p.see(lambda p: p.line == r'> one\n/kick 1\n你好\nlast')
        p.type('!')
        p.see(lambda p: p.line == r'> one\n/kick 1\n你好\nlast!')
        self.assertEqual(unread(c), 0)
        c.send(b'still here\n')
        p.see('← still here')
        p.type('\r')
        self.assertEqual(hear(c, b'last!\n').decode(), 'one\n/kick 1\n你好\nlast!\n')
        self.assertNotIn('#1 was', p.text)

    def test_of_pasted_lines_what_was_said_does_not_come_back(self):
        p, c = self.talk('--eol', 'lf', '-e', 'gb2312')
        p.ready().paste('one\n二\n😀 three\nfour')
        p.see(lambda p: p.line == r'> one\n二\n😀 three\nfour')
        p.type('\r')
        p.see(lambda p: p.line == r'> 😀 three\nfour')
        p.type('\x01\x1b[3~\r')
        self.assertEqual(hear(c, b'four\n').decode('gb2312'), 'one\n二\n three\nfour\n')
        p.ready()

    def test_J8_an_end_marker_within_a_paste_does_not_escape(self):
        p, c = self.talk('--eol', 'lf')
        p.ready().paste('a\x1b[201~\r/kick 1\r\x1b[2Jb\x7fc')
        p.see(lambda p: p.line == r'> a\n/kick 1\n[2Jbc')
        self.assertEqual(unread(c), 0)
        p.type('\x15')
        p.ready().type('/hex 41\r')                     # and keys are keys again
        self.assertEqual(hear(c, 1), b'A')

    @limit(60)
    def test_J8_a_paste_of_a_megabyte(self):
        p, c = self.talk('--eol', 'lf')
        count = 10000 if self.build == 'release' else 3000      # readline's buffer grows by 256 bytes, each time a copy to a sanitizer
        lines = [f'{n} ' + 'x' * 90 for n in range(count)]
        p.ready().paste('\n'.join(lines))
        p.see(lambda p: str(count - 1) in ''.join(p.shown[-4:]) and p.line[-5:] == 'xxxxx', 'the end of it', within=40)
        self.assertEqual(unread(c), 0)
        c.settimeout(40)
        p.type('\r')
        self.assertEqual(hear(c, lines[-1].encode() + b'\n').decode().split('\n')[:-1], lines)

    def test_J9_keys_that_come_in_pieces(self):
        p, c = self.talk('--eol', 'lf')
        p.ready()
        for byte in '你é😀'.encode():
            p.program.say(bytes([byte]))
            p.screen
        p.see(lambda p: p.line == '> 你é😀')
        p.type('\x1b')
        until(lambda: self.has_read(p), 'the escape was read')
        p.type('[D')
        p.see(lambda p: p.cursor[1] == 5)
        p.type('a\r')
        self.assertEqual(hear(c, b'\n').decode(), '你éa😀\n')

    @staticmethod
    def has_read(p):
        """Does nothing that was typed wait in the terminal?"""
        slave = os.open(f'/proc/{p.program.pid}/fd/0', os.O_RDONLY | os.O_NOCTTY)
        try:
            return unread(slave) == 0
        finally:
            os.close(slave)

    def test_J9_a_line_of_64_kib(self):
        p, c = self.talk('--eol', 'lf')
        text = '天地 words ' * 4000
        p.ready().type(text)
        p.see(lambda p: p.program.out.count(b'words') > 100)
        c.send(b'meanwhile\n')
        self.shows(p, '← meanwhile')
        p.type('!\r')
        self.assertEqual(hear(c, b'\n').decode(), text + '!\n')
        p.ready()


class Turns(Terminal):
    def test_half_duplex_at_the_prompt(self):
        p, c = self.dialled('--mode', 'half')
        p.enter('question')
        self.assertEqual(hear(c, b'\n'), b'question\n')
        p.see(r"^\(the other side's turn\)$")
        p.see(lambda p: p.line == '')
        p.type('too early\r')
        p.see(r"^\(it is the other side's turn; it was not sent\)$")
        p.see(lambda p: p.line == 'too early')
        c.send(b'answer\n')
        p.see(r'^\(your turn\)$')
        p.see(lambda p: p.line == '> too early')
        p.type('\x15/over\r')
        p.see(lambda p: p.text.count("(the other side's turn)") == 2)
        c.send(b'thanks\n')
        p.see(lambda p: p.text.count('(your turn)') == 2)
        self.assertEqual(unread(c), 0)
        p.enter('/完毕')
        p.see(lambda p: p.text.count("(the other side's turn)") == 3)

    def test_a_file_is_one_turn(self):
        p, c = self.dialled('--mode', 'half')
        p.enter('/file ' + self.file('large', bytes(300000)))
        self.assertEqual(hear(c, 300000), bytes(300000))
        self.shows(p, '(the file has gone: 300000 bytes)', "(the other side's turn)")
        c.send(b'thanks\n')
        self.shows(p, '← thanks', '(your turn)')

    def test_simplex_has_no_prompt(self):
        for mode in 'simplex-in', 'simplex-out':
            p, c = self.dialled('--mode', mode)
            c.send(b'hello\n')
            if mode == 'simplex-in':
                p.see('← hello')
                self.assertNotIn('> ', p.text)
                self.assertEqual(termios.tcgetattr(p.program.master), p.modes)
            else:
                p.enter('out')
                self.assertEqual(hear(c, b'\n'), b'out\n')
                self.assertNotIn('← hello', p.text)


class Leaving(Terminal):
    """However it ends, the terminal is as it was."""

    def raw(self, p):
        p.see(lambda p: not termios.tcgetattr(p.program.master)[3] & termios.ICANON, 'the editor')
        p.ready()
        return p

    def as_before(self, p):
        self.assertEqual(termios.tcgetattr(p.program.master), p.modes)
        p.see(lambda p: 2004 << 5 not in p.screen.mode, 'a terminal that marks no pastes')
        p.see(lambda p: p.cursor[1] == 0, 'a row to begin')

    def test_J7_modes_after_each_way_of_leaving(self):
        ways = {
            'quit': (lambda p, c: p.type('half\x15/quit\r'), 0),
            'end of input': (lambda p, c: p.type('\x04'), 0),
            'the peer ends': (lambda p, c: c.shutdown(socket.SHUT_WR), 0),
            'SIGTERM': (lambda p, c: p.type('half a line') and p.program.signal(signal.SIGTERM), 0),
            'SIGHUP': (lambda p, c: p.program.signal(signal.SIGHUP), 0),
            'SIGINT': (lambda p, c: p.type('half a line') and p.program.signal(signal.SIGINT) or rest(c), -signal.SIGINT),
            'Ctrl-C': (lambda p, c: p.type('half\x03') and rest(c), -signal.SIGINT),
            'Ctrl-\\': (lambda p, c: p.type('\x1c'), -signal.SIGQUIT),
            'abort': (lambda p, c: p.program.signal(signal.SIGABRT), -signal.SIGABRT),
            'a crash': (lambda p, c: p.program.signal(signal.SIGFPE), -signal.SIGFPE),
        }
        for name, (leave, status) in ways.items():
            with self.subTest(name):
                p, c = self.dialled()
                self.raw(p)
                leave(p, c)
                self.assertEqual(rest(c), b'') if status >= 0 else None
                c.close()
                p.exit(status)
                self.as_before(p)

    def test_J7_modes_where_it_cannot_begin(self):
        with self.server() as s:
            port = s.getsockname()[1]
        p = Person(self, 'connect', f'127.0.0.1:{port}')
        p.exit(4)
        self.as_before(p)

    def test_J7_stopped_and_continued(self):
        p, c = self.talk()
        self.raw(p).type('half 你好')
        p.see(lambda p: p.line == '> half 你好')
        p.type('\x1a')
        until(lambda: self.state(p) == 'T', 'it stops')
        self.as_before(p)
        c.send(b'meanwhile\n')
        p.program.signal(signal.SIGCONT)
        p.see(r'← meanwhile\n> half 你好 *\Z')
        self.assertIn(2004 << 5, p.screen.mode)
        p.type('!\r')
        self.assertEqual(hear(c, b'\n').decode(), 'half 你好!\n')
        p.type('/quit\r')
        c.close()
        p.exit(0)
        self.as_before(p)

    @staticmethod
    def state(p):
        with open(f'/proc/{p.program.pid}/stat') as f:
            return f.read().rpartition(') ')[2][0]

    @needs('bash')
    def test_J7_in_a_shell_with_jobs(self):
        server = self.server()
        p = Person(self, '--norc', '--noediting', '-i', program='bash', env={'PS1': '$ ', 'HISTFILE': None})
        p.see(r'^\$ \Z')
        p.type(f'{os.environ["DUPLEX"]} connect -t none 127.0.0.1:{server.getsockname()[1]}\r')
        c = self.accept(server)
        p.ready().type('half')
        p.see(lambda p: p.line == '> half')
        p.type('\x1a')
        p.see(r'Stopped.*\n(.*\n)?\$ \Z')
        p.type('echo in the shell\r')
        p.see(r'^in the shell\n\$ \Z')
        p.type('fg\r')
        p.see(lambda p: p.line == '> half')
        c.send(b'hello\n')
        p.see(r'← hello\n> half\Z')
        p.type(' line\r')
        self.assertEqual(hear(c, b'\n'), b'half line\n')
        p.ready().type('\x03')
        self.assertEqual(rest(c), b'')
        c.close()
        p.see(r'^\$ \Z')
        p.type('echo $?\r')
        p.see(r'^130\n\$ \Z')

    def test_ctrl_d_ends_what_is_typed_and_not_what_comes(self):
        p, c = self.dialled()
        p.enter('last words')
        p.ready().type('\x04')
        self.assertEqual(rest(c), b'last words\n')
        c.send('and more 你好\n'.encode())
        p.see('← and more 你好')
        self.assertEqual(p.line, '')
        c.close()
        p.exit(0)

    def test_ctrl_d_in_a_line_deletes(self):
        p, c = self.dialled()
        p.ready().type('abc\x01\x04\r')
        self.assertEqual(hear(c, b'\n'), b'bc\n')

    def test_ctrl_d_at_chat_leaves(self):
        for mode in 'full', 'half':
            at = f'tcp://127.0.0.1:{self.free_port()}'
            a = Person(self, 'chat', at, '--mode', mode)
            a.see('listening on')
            b = Person(self, 'chat', at, '--mode', mode)
            a.see('is here')
            b.see('is here')        # who listens may know it before who came does
            b.enter('bye')
            if mode == 'full':
                b.ready()
            else:
                b.see("the other side's turn")
            b.type('\x04')
            b.exit(0)
            a.see('← bye')
            a.exit(0)

    def test_ctrl_c_sends_what_was_queued_and_an_end(self):
        p, c = self.dialled()
        for n in range(50):
            p.enter(f'line {n}')
        p.see(r'→ line 49\n> \Z')
        p.type('not sent\x03')
        self.assertEqual(rest(c).decode(), ''.join(f'line {n}\n' for n in range(50)))
        c.close()
        p.exit(-signal.SIGINT)

    def test_a_second_ctrl_c_ends_it_at_once(self):
        p, c = self.dialled(rcvbuf=4096)
        p.enter('/file ' + self.file('large', bytes(8 << 20)))
        until(lambda: unread(c) > 0)
        p.ready()
        began = time.monotonic()
        until(lambda: p.type('\x03') and not p.program.running, 'the end', within=1.5)     # a polite one waits 2 s
        p.exit(-signal.SIGINT)
        self.assertNotIn('has gone', p.text)
        self.assertEqual(termios.tcgetattr(p.program.master), p.modes)
        p, c = self.dialled(rcvbuf=4096)
        p.enter('/file ' + self.file('large', bytes(8 << 20)))
        until(lambda: unread(c) > 0)
        began = time.monotonic()
        p.ready().type('\x03')
        p.exit(-signal.SIGINT)
        self.assertGreater(time.monotonic() - began, 1.9)
        p.see('were not acknowledged')
        self.assertNotIn('has gone', p.text)

    def test_the_module_is_missing(self):
        alone = shutil.copy(os.environ['DUPLEX'], self.tmp)
        server = self.server()
        p = Person(self, 'connect', f'127.0.0.1:{server.getsockname()[1]}', program=alone)
        self.shows(p, 'duplex: duplex-terminal.so is not installed; lines are edited by the terminal itself')
        c = self.accept(server)
        p.see('connected to')
        p.type('typed\n')
        self.assertEqual(hear(c, b'\n'), b'typed\n')
        c.send(b'answer\n')
        p.see('← answer')
        self.assertEqual(termios.tcgetattr(p.program.master), p.modes)
        p.type('\x03')
        self.assertEqual(rest(c), b'')

    def test_a_pipe_on_either_side_has_no_editor(self):
        for ends in {'stdin': 'pipe', 'stdout': 'tty'}, {'stdin': 'tty', 'stdout': 'pipe'}:
            server = self.server()
            d = self.duplex('connect', f'127.0.0.1:{server.getsockname()[1]}', env={'TERM': 'xterm'}, **ends)
            c = self.accept(server)
            c.send(b'hello\n')
            d.wait_out('hello')
            d.say('typed\n')
            self.assertEqual(hear(c, b'\n'), b'typed\n')
            self.assertNotIn(b'\x1b[?2004h', d.out)
            c.close()
            d.status()

    def test_a_terminal_that_can_do_nothing(self):
        for term in 'dumb', None, '':
            p, c = self.dialled(env={'TERM': term})
            p.see('connected to')
            p.type('typed\n')
            self.assertEqual(hear(c, b'\n'), b'typed\n')
            self.assertEqual(p.screen.mode & {2004 << 5}, set())
            self.assertEqual(termios.tcgetattr(p.program.master), p.modes)

    @needs('script')
    def test_under_script(self):
        server = self.server()
        log = os.path.join(self.tmp, 'typescript')
        p = Person(self, '-qfec', f'{os.environ["DUPLEX"]} connect -t none 127.0.0.1:{server.getsockname()[1]}', log, program='script')
        c = self.accept(server)
        p.ready().type('half')
        p.see(lambda p: p.line == '> half')
        c.send('你好\n'.encode())
        p.see(r'← 你好\n> half\Z')
        p.type(' line\r')
        self.assertEqual(hear(c, b'\n'), b'half line\n')
        p.ready().type('/quit\r')
        c.close()
        p.exit(0)
        self.as_before(p)
        with open(log, 'rb') as f:
            self.assertIn('← 你好'.encode(), re.sub(rb'\x1b\[[\d;]*m', b'', f.read()))


class Ends(Terminal):
    """A terminal that goes away or stops, a peer that does."""

    def deaf(self, *args, rows=24, columns=80):
        """duplex at a terminal that nobody reads until we do → (program, the terminal)."""
        master, slave = os.openpty()
        termios.tcsetwinsize(master, (rows, columns)) if hasattr(termios, 'tcsetwinsize') else None
        d = self.duplex(*args, stdin=slave, stdout=slave, stderr=slave, env={'TERM': 'xterm'})
        os.close(slave)
        return d, master

    def test_J10_the_terminal_goes_away(self):
        server = self.server()
        d, master = self.deaf('connect', f'127.0.0.1:{server.getsockname()[1]}')
        c = self.accept(server)
        c.send(b'hello\n')
        while b'hello' not in os.read(master, 4096):
            pass
        os.close(master)
        c.send(b'to nobody\n' * 100)
        self.assertIn(d.status(), (0, 1, 141, -signal.SIGPIPE))

    def test_J10_flags_are_left_as_they_were(self):
        p, c = self.talk()
        p.enter('x')
        hear(c, b'\n')
        for fd in 0, 1, 2:
            with open(f'/proc/{p.program.pid}/fdinfo/{fd}') as f:
                self.assertEqual(int(re.search(r'flags:\s*(\d+)', f.read())[1], 8) & os.O_NONBLOCK, 0)

    def test_J10_a_full_disk_under_a_terminal(self):
        server = self.server()
        d = self.duplex('connect', f'127.0.0.1:{server.getsockname()[1]}', stdin='tty', stdout='/dev/full', env={'TERM': 'xterm'})
        self.accept(server).send(b'x\n')
        d.exit(1)

    def test_D10_a_peer_that_stops_reading(self):
        p, c = self.dialled(rcvbuf=4096)
        path = self.file('large')
        with open(path, 'wb') as f:
            f.truncate(1 << 30)
        p.enter('/file ' + path)
        until(lambda: unread(c) > 0)
        c.send(b'hello\n')
        p.see('← hello')
        p.ready().type('keys are heard')
        p.see(lambda p: p.line == '> keys are heard')
        self.assertLess(memory_kib(p.program), 300000 if self.build == 'checked' else 60000)
        p.type('\x15/quit\r')
        c.close()
        p.program.status()

    @limit(60)
    def test_D11_a_terminal_that_stops(self):
        server = self.server()
        d, master = self.deaf('connect', f'127.0.0.1:{server.getsockname()[1]}', '-t', 'none', '--color', 'never')
        c = self.accept(server)
        lines = b''.join(b'%08d and some words\n' % n for n in range(2000000))
        c.settimeout(1)
        sent = 0
        try:
            while sent < len(lines):
                sent += c.send(lines[sent:sent + 65536])
        except TimeoutError:
            pass                                        # nothing more is taken
        self.assertLess(sent, len(lines))
        before = cpu_seconds(d)
        d.signal(signal.SIGWINCH)                       # the loop turns, and does not spin
        with self.assertRaises(TimeoutError):
            c.send(lines[sent:])
        self.assertLess(cpu_seconds(d) - before, 0.2)
        self.assertLess(memory_kib(d), 400000 if self.build == 'checked' else 60000)
        whole = sent // 24                             # bytes of a line
        text = b''
        while b'%08d and some words\r\n' % (whole - 1) not in text[-100000:]:
            text += os.read(master, 65536)
        numbers = re.findall(rb'(\d{8}) and some words\r\n', text)
        lost = set(range(whole)) - set(map(int, numbers))
        at = text.find(b'%08d and some' % (min(lost) - 1)) if lost else 0
        self.assertFalse(lost, text[at - 50:at + 300])
        self.assertEqual(len(numbers), whole)
        os.close(master)
        d.status()


class Together(Terminal):
    """Two people, both typing."""

    def test_two_chats(self):
        for size in SIZES:
            port = self.free_port()
            a = Person(self, 'chat', f'tcp://127.0.0.1:{port}', '-t', 'none', size=size)
            self.shows(a, f'listening on tcp://127.0.0.1:{port}')
            b = Person(self, 'chat', f'tcp://127.0.0.1:{port}', '-t', 'none', size=size)
            self.shows(a, 'is here')
            self.shows(b, 'is here')
            for n, text in enumerate(SCRIPTS.values()):
                for p in a, b:
                    p.ready()
                for piece in re.findall('..?', text):           # key by key, one after the other
                    a.type(piece)
                    b.type(piece)
                a.type(f' {n} a\r')
                b.type(f' {n} b\r')
                self.shows(a, f'→ {text} {n} a', f'← {text} {n} b')
                self.shows(b, f'→ {text} {n} b', f'← {text} {n} a')
            self.allowed(a)
            self.allowed(b)

    def test_with_a_program_of_two_threads_in_gb2312(self):
        port = self.free_port()
        folder = os.path.join(self.tmp, 'python')
        os.mkdir(folder)
        script = self.file('python/other.py', f'''
import socket, sys, threading
s = socket.create_server(('127.0.0.1', {port}))
print('ready')
c, _ = s.accept()
def listen():
    while True:
        data = c.recv(1024)
        if not data:
            break
        print('heard', data.decode('gb2312').strip())
threading.Thread(target=listen).start()
while True:
    line = input()
    if line == 'bye':
        c.close()
        break
    c.send((line + '\\n').encode('gb2312'))
''')
        other = Person(self, '-u', script, program='python3', env={'PYTHONIOENCODING': 'utf-8'})
        other.see('ready')
        p = Person(self, 'chat', f'tcp://127.0.0.1:{port}', '-e', 'gb2312', '-t', 'none')
        p.see('is here')
        for n in range(10):
            p.ready()
            p.type('你好，')
            other.type('天地玄黄 %d\r' % n)
            p.see(f'← 天地玄黄 {n}')
            p.see(lambda p: p.line == '> 你好，')
            p.type(f'世界 {n}\r')
            other.see(f'^heard 你好，世界 {n}$')
        p.enter('😀')
        p.see('not sent: the encoding has no 😀')
