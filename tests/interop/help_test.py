"""What help and the introduction promise is there, and duplex speaks in any environment."""

import os
import re
import shlex
import unicodedata

from lib import Case, until

HERE = os.path.dirname(os.path.abspath(__file__))
COMMANDS = ['listen', 'connect', 'send', 'chat']


def options():
    """(words, commands) of each row of the option table, read from the source."""
    with open(os.path.join(HERE, '../../src/cli/options.c')) as f:
        rows = re.findall(r'\{ "([\w-]*)", (?:\'(\w)\'|0), DX_KIND_\w+, DX_\w+, ([A-Z| ]+),', f.read())
    sets = {'TALKERS': ['listen', 'connect', 'chat'], 'ALL': COMMANDS}
    for name, letter, commands in rows:
        words = ([f'--{name}'] if name else []) + ([f'-{letter}'] if letter else [])
        yield words, [c for word in commands.split(' | ') for c in sets.get(word, [word.lower()])]


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


class Environment(Case):
    def test_A6_environment(self):
        huge = {f'HUGE{n}': 'x' * 131000 for n in range(12)}
        for env in [{'LC_ALL': 'xx'}, {'LC_ALL': 'C'}, {'TERM': None, 'HOME': None, 'LC_ALL': None, 'LANG': None}, huge]:
            with self.subTest(list(env)):
                self.assertIn('\\xff', self.call('fly\udcff', status=2, env=env).err)

    def test_A6_no_arguments_at_all(self):
        program = self.python('''
            import ctypes, sys
            libc = ctypes.CDLL(None)
            environ = (ctypes.c_char_p * 2)(b'ASAN_OPTIONS=detect_leaks=0', None)
            libc.execve(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None), environ)
        ''', os.environ['DUPLEX'])
        self.assertIn(b'duplex listen', program.exit(0))


class Promises(Case):
    def text(self, *args):
        return self.call(*args).out.decode()

    def test_every_option_appears_in_help(self):
        rows = list(options())
        self.assertGreater(len(rows), 30)
        pages = {command: self.text('help', command) for command in COMMANDS}
        for words, commands in rows:
            for word in words:
                self.assertIn(word, self.text('help', word))
                for command in COMMANDS:
                    found = re.search(rf'^  .*(?<![\w-]){re.escape(word)}(?![\w-])', pages[command].partition('Examples')[0], re.M)
                    self.assertEqual(bool(found), command in commands, f'{word} in help {command}')

    def test_pages_fit_a_screen(self):
        words = COMMANDS + ['help', 'exit', 'endpoints', 'frames', 'encodings', 'gbk', 'gap:20ms', '5']
        for args in [[], *[['help', word] for word in words + [w for words, _ in options() for w in words]]]:
            for line in self.text(*args).splitlines():
                self.assertLessEqual(columns(line), 80, line)
                self.assertEqual(line, line.rstrip())

    def test_introduction_tells_the_truth(self):
        page = self.text()
        self.assertLessEqual(len(page.splitlines()), 24)
        ports = {'8090': self.free_port(), '7788': self.free_port()}
        lines = [shlex.split(re.sub(r'\b(8090|7788)\b', lambda m: str(ports[m[0]]), line), comments=True)[1:]
                 for line in page.splitlines() if line.startswith('  duplex')]
        self.assertEqual([line[0] for line in lines], ['listen', 'connect', 'send', 'listen', 'send'])
        listener = self.duplex(*lines[0])
        self.assertEqual(listener.port, ports['8090'])
        self.duplex(*lines[1]).say('typed\n').end().exit(0)
        self.duplex(*lines[2]).exit(0)
        until(lambda: listener.out == b'typed\nhello\n')
        self.assertEqual(self.duplex(*lines[3]).port, ports['7788'])
        self.assertEqual(self.duplex(*lines[4]).exit(0), b'hello too')
