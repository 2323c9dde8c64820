"""A terminal that is no model: tmux, which wraps rows anew when its window changes."""

import os
import re
import socket
import subprocess
import threading

from interop.terminal_test import Terminal, squeezed
from lib import needs, until

LINE = '天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜'


@needs('tmux')
class Tmux(Terminal):
    limit = 60
    builds = ('release',)

    def tmux(self, *args):
        done = subprocess.run(['tmux', '-L', 'duplex', '-f', '/dev/null', *args], capture_output=True, text=True,
                              env={**os.environ, 'TMUX_TMPDIR': self.tmp, 'TERM': 'xterm'})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def begin(self, *options):
        """A window of 80 columns with a duplex that listens, and its peer."""
        self.addCleanup(subprocess.run, ['tmux', '-L', 'duplex', 'kill-server'], capture_output=True,
                        env={**os.environ, 'TMUX_TMPDIR': self.tmp})
        self.tmux('new-session', '-d', '-x', '80', '-y', '12', '-e', f'HOME={self.tmp}', '-e', 'LC_ALL=C.UTF-8',
                  *(a for v in ('XDG_STATE_HOME', 'TERM_PROGRAM') for a in ('-e', v + '=')),
                  os.environ['DUPLEX'], 'listen', 'tcp://127.0.0.1:0', '-t', 'none', *options)
        self.tmux('set-option', '-g', 'window-size', 'manual')
        self.tmux('set-option', '-g', 'history-limit', '100000')
        port = self.wait(r'listening on tcp://127\.0\.0\.1:(\d+)\n> ')[1]
        c = self.keep(socket.create_connection(('127.0.0.1', int(port))))
        self.wait('is here')
        return c

    def screen(self):
        return self.tmux('capture-pane', '-p', '-J', '-S', '-')

    def wait(self, wanted):
        shown = ''

        def found():
            nonlocal shown
            shown = self.screen()
            return wanted(shown) if callable(wanted) else re.search(wanted, shown)
        try:
            return until(found)
        except AssertionError:
            self.fail(f'{wanted} is not to be seen on\n{shown}')

    def type(self, text):
        self.tmux('send-keys', '-l', text)

    def resize(self, columns):
        self.tmux('resize-window', '-x', str(columns), '-y', '12')

    def test_a_message_in_mid_typing(self):
        c = self.begin()
        self.type('half ' + LINE[:10])
        self.wait('> half ' + LINE[:10])
        c.send('你好\nlogin: '.encode())
        self.wait(rf'← 你好\n#1 \S+ ← login: *\n> half {LINE[:10]}')
        c.send(b'x\n')
        self.wait(rf'← login: x\n> half {LINE[:10]}')

    def whole(self, messages):
        def seen(shown):
            text = squeezed(shown)
            return text.endswith('>' + LINE) and all(squeezed(m) in text for m in messages)
        return seen

    def test_J6_quick_changes_of_the_window_lose_nothing(self):
        """The messages are ASCII: where a wide character does not fit into the end of a row, tmux 3.3a forgets, once it has wrapped
        that row anew and back, in which row the cursor was."""
        c = self.begin()
        self.type(LINE)
        self.wait(lambda shown: squeezed(shown).endswith('>' + LINE))
        messages = []
        for n in range(30):
            text = f'<{n}> ' + 'words of a message ' * (n % 5) + 'abcdefghij' * (n // 5) + f' </{n}>'
            sender = threading.Thread(target=c.sendall, args=(text.encode() + b'\n',))
            messages.append(text)
            for columns in (20, 60, 80) if n % 3 else (20, 60, 20, 80):
                self.resize(columns)
                if columns == 60 and not sender.is_alive() and sender.ident is None:
                    sender.start()
            sender.join()
            self.wait(self.whole(messages))
        shown = squeezed(self.screen())
        for n in range(30):
            self.assertEqual(shown.count(f'<{n}>'), 1)
        self.resize(60)
        self.type('.')
        self.wait(lambda shown: squeezed(shown).endswith(LINE + '.'))
