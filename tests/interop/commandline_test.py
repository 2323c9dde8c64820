"""The command line as a user meets it: refusals, help, and what is promised in it."""

import os
import re
import shlex
import unicodedata

from lib import Case, needs, until

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


class Refusals(Case):
    def refused(self, *args):
        program = self.call(*args, status=2)
        self.assertEqual(program.out, b'')
        self.assertRegex(program.err, r'\Aduplex: [^\n]*\n\Z')
        return program.err

    def test_A1_usage_errors_name_the_token(self):
        for args, token in [(['listen', '80', '--bogus'], '"--bogus"'), (['listen', '80', '--reply'], '"--reply"'),
                            (['listen', '80', '--echo', '--reply', 'x'], '--echo --reply'), (['fly'], '"fly"'), (['listen'], 'listen'),
                            (['listen', 'tcp://:80,foo=1'], '"foo" in "tcp://:80,foo=1" (column 11)'), (['-l', '80'], 'duplex listen'),
                            (['connect', 'h:1', 'h:2'], '"h:2"'), (['send', 'h:1', '-e', 'klingon', 'x'], '"klingon"'),
                            (['send', 'h:1', '-e', 'gb2312', '☃'], '☃'), (['send', 'h:1', '--hex', '4g'], '"g" in "4g" (column 2)')]:
            with self.subTest(args):
                self.assertIn(token, self.refused(*args))

    @needs('strace')
    def test_A1_usage_errors_open_no_socket(self):
        for args in [['listen', '80', '--bogus'], ['connect', 'localhost', '70000'], ['listen', ':80', '::1:80'],
                     ['send', 'localhost:80', '-e', 'gb2312', '☃'], ['listen', ':80', '--echo', '--reply', 'x']]:
            with self.subTest(args):
                log = os.path.join(self.tmp, 'strace')
                program = self.duplex(*args, under=['strace', '-f', '-e', 'trace=socket,connect,bind', '-o', log])
                program.exit(2)
                with open(log) as f:
                    self.assertNotRegex(f.read(), r'\b(socket|connect|bind)\(')

    def test_A2_ports(self):
        for port in ['70000', '65536', '-1', '+80', ' 80', '0x50', '1e3', '18446744073709551616', 'http', '']:
            with self.subTest(port):
                self.assertIn('from 0 to 65535', self.refused('connect', f'tcp://h:{port}'))

    def test_A2_the_sentence(self):
        self.assertEqual(self.refused('connect', 'tcp://h:70000'),
                         'duplex: bad port "70000" in "tcp://h:70000" (column 9): a port is a whole number from 0 to 65535\n')

    def test_A3_long_arguments(self):
        for length in 513, 4096, 131071:
            for args in [[''], ['listen', ''], ['connect', 'h', ''], ['listen', ':80,'], ['listen', ':80,bind='], ['listen', 'unix:'],
                         ['connect', 'h:'], ['listen', '80', '--'], ['listen', '80', '-e'], ['listen', '80', '-w5'],
                         ['send', 'h:1', '--hex', '0x']]:
                args[-1] += 'x' * (length - len(args[-1]))
                with self.subTest(length=length, args=[arg[:20] for arg in args]):
                    self.assertLess(len(self.refused(*args)), 1024)

    def test_A4_argument_bytes(self):
        nasty = b'\xff\xfe\n\x1b[31m%n%s\xc2\x9b'
        for args in [[nasty], ['listen', nasty], ['connect', b'h:' + nasty], ['listen', '80', b'--' + nasty],
                     ['listen', '80', '-e', nasty], ['listen', '80', '-w', nasty]]:
            with self.subTest(args):
                program = self.program('env', '--', os.environ['DUPLEX'], *[os.fsdecode(arg) for arg in args])
                program.end().exit(2)
                self.assertRegex(program.err, r'\Aduplex: [^\n]*\n\Z')
                self.assertNotIn('\x1b', program.err)
                self.assertIn(r'\x1b[31m%n%s', program.err)

    def test_A5_empty_texts(self):
        for args in [[''], ['connect', ''], ['connect', 'tcp://'], ['listen', 'unix:'], ['listen', '80', '-e', ''],
                     ['listen', '80,encoding='], ['send', 'h:1', '--file', ''], ['listen', '80', '--until', '']]:
            with self.subTest(args):
                self.refused(*args)

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


class Help(Case):
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

    def test_help_everywhere(self):
        self.assertEqual(self.text('listen', '--help'), self.text('help', 'listen'))
        self.assertEqual(self.text('--help'), self.text('help'))
        self.assertEqual(self.text('send', '-h'), self.text('help', 'send'))
        self.assertIn('timed out', self.text('help', 'exit', 'status'))
        self.assertIn('timed out', self.text('help', '5'))
        self.assertIn('no help on "flying"', self.call('help', 'flying', status=2).err)
        self.assertRegex(self.text('--version'), r'\Aduplex \d+\.\d+\.\d+\nmodules: none\n\Z')

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

    def test_explain(self):
        text = self.text('connect', 'udp://h:7,bind=:9999,encoding=gbk', '-w', '3', '--reply', 'a\\n', '--explain')
        for part in ['UDP h port 7', ':9999', 'encoding gbk', 'mode full', '--timeout           3', '--reply             a\\n']:
            self.assertIn(part, text)

    @needs('strace')
    def test_explain_opens_nothing(self):
        log = os.path.join(self.tmp, 'strace')
        self.duplex('connect', 'localhost', '80', '--explain', under=['strace', '-f', '-e', 'trace=socket', '-o', log]).exit(0)
        with open(log) as f:
            self.assertNotIn('socket(', f.read())

    def test_full_disk(self):
        program = self.duplex('help', 'listen', stdout=open('/dev/full', 'w'))
        program.exit(1)
        self.assertIn('standard output', program.err)
