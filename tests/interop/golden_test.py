"""Screens as they look, at 80 and at 20 columns; DUPLEX_TEST_GENERATE=1 writes tests/interop/golden/ anew, to be read."""

import os
import socket
import tempfile

from interop.terminal_test import Terminal, squeezed
from lib.person import Person
from static.tree import ROOT

GENERATE = 'DUPLEX_TEST_GENERATE' in os.environ


class Golden(Terminal):
    """The peers are at a Unix socket: they have no addresses, so rows break where they did."""
    builds = ('release',) if GENERATE else ('checked', 'release')

    def person(self, columns, *options):
        self.folder = tempfile.mkdtemp(dir=self.tmp)
        self.peers = 0
        p = Person(self, 'listen', 'unix:s', '-t', 'none', *options, size=(24, columns), cwd=self.folder)
        p.see('listening on')
        return p

    def peer(self, p):
        c = self.keep(socket.socket(socket.AF_UNIX))
        c.connect(os.path.join(self.folder, 's'))
        self.peers += 1
        self.shows(p, f'#{self.peers} unix:s is here')
        return c

    def same(self, name, p):
        """Is the screen what it was? The cursor is drawn as ▮ behind its row."""
        rows = p.shown
        y, x = p.cursor
        rows[y] = rows[y] + f'   ▮{x}'
        while not rows[-1]:
            rows.pop()
        text = '\n'.join(rows) + '\n'
        path = os.path.join(ROOT, 'tests/interop/golden', name + '.txt')
        if GENERATE:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
        with open(path, encoding='utf-8') as f:
            self.assertMultiLineEqual(text, f.read())

    def test_a_conversation(self):
        for columns in 80, 20:
            p = self.person(columns)
            a, b = self.peer(p), self.peer(p)
            a.send('你好，我是一号\n'.encode())
            self.shows(p, '← 你好，我是一号')
            b.send(b'and a long line of many words that does not fit into one row of eighty columns, nor into twenty\n')
            self.shows(p, 'nor into twenty')
            p.enter('to everybody 😀')
            self.shows(p, 'all 2 → to everybody 😀')
            p.enter('/to 2')
            p.enter('@1 天地玄黄')
            self.shows(p, '→ 天地玄黄')
            a.send('login: '.encode())
            self.shows(p, '← login:')
            p.type('a line that is being typed and is rather long, 天地玄黄宇宙洪荒' + '\x02' * 4)
            p.see(lambda p: squeezed(p.text).endswith('宇宙洪荒') and p.screen.buffer[p.cursor[0]][p.cursor[1]].data == '宇')
            self.same(f'conversation-{columns}', p)

    def test_views(self):
        for columns in 80, 20:
            for view in 'hex', 'both', 'quoted':
                p = self.person(columns, '-s', view)
                c = self.peer(p)
                c.send('é 你好\x1b[2J\t"x"\r\n'.encode())
                p.see(lambda p: p.text.count('←') == 1)
                p.type('half')
                p.see(lambda p: p.line == '> half')
                self.same(f'{view}-{columns}', p)

    def test_what_is_told(self):
        for columns in 80, 20:
            p = self.person(columns)
            c = self.peer(p)
            for command in '/peers', '/hlep', '/help encoding', '/encoding gb18031', '/to 7', '/hex 4', '/file none', '/over', '/1x':
                p.enter(command)
            self.shows(p, 'unknown command "/1x"')
            c.close()
            self.shows(p, '#1 unix:s finished')
            p.enter('x')
            p.see(lambda p: p.line == '> x')
            self.same(f'told-{columns}', p)

    def test_status_and_name(self):
        for columns in 80, 20:
            p = self.person(columns, '--status', '--name', '李')
            self.peer(p)
            p.enter('hello')
            self.shows(p, '李 → hello')
            p.type('x')
            p.see(lambda p: p.line == '> x')
            p.see(r'^1 peer; in 0 m')
            if columns == 20:                           # the rate, which differs, is cut off
                self.same('status-20', p)

    def test_turns(self):
        for columns in 80, 20:
            p = self.person(columns, '--mode', 'half')
            c = self.peer(p)
            c.send(b'question\n')
            self.shows(p, '← question')
            p.enter('answer')
            self.shows(p, "→ answer (the other side's turn)")
            p.type('too early\r')
            self.shows(p, 'it was not sent)')
            p.see(lambda p: p.line == 'too early')
            self.same(f'turns-{columns}', p)
