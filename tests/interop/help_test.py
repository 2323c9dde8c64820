"""What the introduction and help promise is there; docs/options.md is what they say of the options."""

import os
import re
import shlex
import unicodedata

from lib import Case, until

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
COMMANDS = ['listen', 'connect', 'send', 'chat']


def options():
    """(words, commands) of each row of the option table, read from the source."""
    with open(os.path.join(ROOT, 'src/cli/options_table.h')) as f:
        rows = re.findall(r'\{ "([\w-]*)", (?:\'(\w)\'|0), DX_KIND_\w+, DX_\w+, ([A-Z| ]+),', f.read())
    sets = {'TALKERS': ['listen', 'connect', 'chat'], 'ALL': COMMANDS}
    for name, letter, commands in rows:
        words = list(dict.fromkeys([name] + ([f'-{letter}'] if letter else [])))
        yield words, [c for word in commands.split(' | ') for c in sets.get(word, [word.lower()])]


WORDS = COMMANDS + ['help', 'exit', 'endpoints', 'frames', 'encodings', 'input', 'gbk', 'gap:20ms', '5']


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)


class Pages(Case):
    limit = 60                          # it is called some hundred times

    def page(self, *words):
        program = self.call(*words)
        self.assertEqual(program.err, '')
        return program.text

    def check_page(self, page):
        for line in page.splitlines():
            self.assertLessEqual(columns(line), 80, line)
            self.assertEqual(line, line.rstrip())


class Help(Pages):
    def test_introduction_tells_the_truth(self):
        page = self.page()
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

    def test_every_option_appears_in_help(self):
        rows = list(options())
        self.assertGreater(len(rows), 30)
        pages = {command: self.page('help', command) for command in COMMANDS}
        for words, commands in rows:
            for word in words:
                self.assertIn(word, self.page('help', word))
                for command in COMMANDS:
                    found = re.search(rf'^  .*(?<![\w-]){re.escape(word)}(?![\w-])', pages[command].partition('Examples')[0], re.M)
                    self.assertEqual(bool(found), command in commands, f'{word} in help {command}')

    def test_help_is_reached_in_every_way(self):
        page = self.page('help', 'send')
        for words in (['send', '--help'], ['send', '-h'], ['-h', 'send'], ['send', 'h:1', 'text', '--help']):
            self.assertEqual(self.page(*words), page)
        self.assertEqual(self.page('help'), self.page('--help'))
        self.assertIn('\nmodules: terminal\n', self.page('--version'))

    def test_help_on_words(self):
        for words, told in ((['gbk'], 'cp936'), (['encodings'], 'gb18030'), (['auto'], '50 ms'), (['frames'], 'crlf'),
                            (['exit', 'status'], 'timed out'), (['5'], 'timed out'), (['exit', '5'], 'timed out'),
                            (['endpoints'], 'unix-dgram:PATH'), (['-w'], '--timeout')):
            self.assertIn(told, self.page('help', *words))
        self.assertIn('no help on "bogus"', self.call('help', 'bogus', status=2).err)

    def test_a_page_that_cannot_be_written_is_told(self):
        self.assertIn('standard output', self.call('help', status=1, stdout='/dev/full').err)


class AllPages(Pages):
    builds = ('release',)

    def test_what_is_told_to_try_is_understood(self):
        pages = [self.page(), *(self.page('help', command) for command in (*COMMANDS, 'help'))]
        tries = [line.strip() for page in pages for line in page.splitlines() if re.match(r'  .*\bduplex (?!help)\w+ ', line)]
        self.assertGreater(len(tries), 15)
        for line in tries:
            words = re.split(r'[|<>#]', line[line.index('duplex '):])[0] if "'" not in line else line
            words = shlex.split(words)
            self.page(*words[1:], '--explain')

    def test_pages_fit_a_screen(self):
        for args in [[], *[['help', word] for word in WORDS + [w for words, _ in options() for w in words]]]:
            self.check_page(self.page(*args))

    def option(self, word):
        """An option's section of docs/options.md, made from its page."""
        page = self.page('help', word)
        written, line, paragraph, default, commands, example = re.fullmatch(
            r'(.*?): (.*)\n((?:.*\n)*?)(?:Default: (.*)\n)?With: (.*)\n  (.*)\n', page).groups()
        return (f'## `{written}`\n{line[0].upper()}{line[1:]}. {" ".join(paragraph.split())}\n\n'
                f'{f"Default: {default}. " if default else ""}With: {commands}.\n\n    {example}\n')

    def test_the_page_of_options_is_what_help_says(self):
        text = ('# Options\n\nEvery option of duplex, as `duplex help --NAME` tells. '
                '`DUPLEX_TEST_GENERATE=1 ./test page_of_options` writes this page.\n\n'
                + '\n'.join(self.option(words[0]) for words, _ in options()))
        path = os.path.join(ROOT, 'docs/options.md')
        if os.environ.get('DUPLEX_TEST_GENERATE'):
            with open(path, 'w') as f:
                f.write(text)
        with open(path) as f:
            self.assertEqual(text, f.read())


class Chinese(Pages):
    """The same pages in the other language: as wide, and aligned."""
    builds = ('release',)

    def page(self, *words):
        return self.call(*words, env={'LANGUAGE': 'zh_CN'}).text

    def test_pages_fit_a_screen_and_break_where_chinese_may(self):
        for args in [[], ['help'], *[['help', word] for word in WORDS + [words[0] for words, _ in options()]]]:
            page = self.page(*args)
            self.check_page(page)
            self.assertNotRegex(page, r'(?m)^ *[，。、；：！？）》]|[（《]$', args)

    def check_column(self, line, column):
        """A word begins at that column, behind a blank."""
        self.assertTrue(any(columns(line[:n]) == column and line[n - 1] == ' ' != line[n] for n in range(1, len(line))), line)

    def test_lines_of_options_begin_in_one_column(self):
        for command in COMMANDS:
            for line in self.page('help', command).splitlines():
                if re.match(r'  +-', line):
                    self.check_column(line, 29)

    def test_values_of_explain_begin_in_one_column(self):
        page = self.page('listen', '8090', '-e', 'gbk', '--until', '再见', '--explain')
        for line in page.splitlines():
            self.check_column(line, 20)
        self.assertRegex(page, r'(?m)^何时结束 +有人按 Ctrl-C 结束它$')

    def test_notices(self):
        listener = self.duplex('listen', 'tcp://127.0.0.1:0', '-v', env={'LANGUAGE': 'zh_CN'})
        self.assertRegex(listener.endpoint, r'^tcp://127\.0\.0\.1:\d+$')
        self.duplex('send', f'127.0.0.1:{listener.port}', '你好').exit(0)
        listener.wait_err(r'^#1 127\.0\.0\.1:\d+ 来了\n(.*\n)?#1 127\.0\.0\.1:\d+ 结束了（收 1 条消息，7 字节；发 0 条消息，0 字节）$')
