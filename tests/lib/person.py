"""Somebody at a terminal: duplex on a pseudo terminal, what it writes on a model of a screen, keys that are typed.

    p = Person(self, 'connect', f'127.0.0.1:{port}', size=(24, 20))
    p.type('你好\r')
    p.see('← 欢迎')                     # waits until the screen, or what has left it at the top, shows it
    p.see(lambda p: p.line == '> ')     # or until this is true
    p.resize(24, 80)                    # once nothing is under way

What is typed is bytes of a keyboard: Enter is \r, Ctrl-A \x01. On failure the whole screen is told."""

import fcntl
import re
import struct
import termios

from lib.case import until
from lib.model import Screen

PASTE = '\x1b[200~', '\x1b[201~'


class Person:
    def __init__(self, case, *args, size=(24, 80), env={}, program=None, **how):
        self.case, self.model, self.fed = case, Screen(*size), 0
        env = {'TERM': 'xterm', 'XDG_STATE_HOME': None, 'XDG_CONFIG_HOME': None, 'NO_COLOR': None, **env}
        start = case.duplex if program is None else lambda *a, **h: case.program(program, *a, **h)
        self.program = start(*args, tty=True, size=size, env=env, **how)
        self.modes = termios.tcgetattr(self.program.master)

    # Reading

    @property
    def screen(self):
        """The model, with all that was written so far."""
        data = self.program.out
        self.model.feed(data[self.fed:])
        self.fed = len(data)
        return self.model

    @property
    def rows(self):
        """All rows that were ever on it, the last of them the cursor's or below."""
        return self.screen.lines_of_text

    @property
    def text(self):
        return '\n'.join(self.rows)

    @property
    def shown(self):
        return self.screen.shown

    @property
    def cursor(self):
        """Its row, of those of the window, and its column."""
        return self.screen.cursor.y, self.model.cursor.x

    @property
    def line(self):
        """The row that the cursor stands in, with the blanks before the cursor."""
        row, x = self.screen.buffer[self.model.cursor.y], self.model.cursor.x
        behind = ''.join(row[n].data for n in range(x, self.model.columns)).rstrip()
        return Screen.text_of(row, x) + behind

    @property
    def port(self):
        """As it was announced, be it in several rows."""
        return int(re.sub(r'\n  ', '', self.see(r'listening on\s+tcp://127\.0\.0\.1:(\d+(\n  \d+)*)\n\S')[1]))

    def see(self, wanted, what=None, within=10):
        """Waits for a pattern (^ and $ match at rows; it returns the match) or until wanted(self) is true."""
        found = wanted if callable(wanted) else lambda p: re.search(wanted, p.text, re.M)
        try:
            return until(lambda: found(self), within=within)
        except AssertionError:
            self.case.fail(f'{what or (wanted if isinstance(wanted, str) else "what was waited for")!r} is not to be seen on\n{self}')

    def __str__(self):
        return ('\n'.join('|' + row for row in self.rows[-60:]) +
                f'\n(the cursor in row {self.model.cursor.y} and column {self.model.cursor.x}; the last bytes '
                f'{self.program.out[-300:]!r})\n{self.program}')

    # Typing

    def type(self, keys):
        self.program.say(keys)
        return self

    def paste(self, text):
        return self.type(text.join(PASTE))

    def enter(self, line):
        """Types a line and waits until the editor has taken it."""
        self.ready()
        return self.type(line + '\r')

    def ready(self):
        self.see(lambda p: re.search(r'^(\d+(,\d+)*)?> $', p.line), 'an empty line after the prompt')
        return self

    def resize(self, rows, columns):
        """The window's new size; the program hears of it by SIGWINCH. Nothing may be under way."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.program.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        return self

    def exit(self, status=0):
        return self.program.exit(status)
