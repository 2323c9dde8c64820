"""The manual pages: what mandoc thinks of them, and whether they tell of every option."""

import os
import re
import subprocess
import sys

from lib import needs
from static.tree import ROOT, Tree

sys.path.insert(0, os.path.join(ROOT, 'tools'))
from headers import headers             # noqa: E402

COMMANDS = ['listen', 'connect', 'send', 'chat']
LANGUAGES = {'': {'LC_ALL': 'C'}, 'zh_CN': {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'}}


def pages():
    """(language, command, path) of each page; the command of duplex(1) is ''."""
    for language in LANGUAGES:
        for command in ('', *COMMANDS):
            name = 'duplex' + (f'-{command}' if command else '') + '.1'
            yield language, command, os.path.join(os.environ['DUPLEX_RELEASE'], 'docs/man', language, name)


def said(*words, language=''):
    return subprocess.run([os.path.join(os.environ['DUPLEX_RELEASE'], 'duplex'), *words], env=LANGUAGES[language],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout


def plain(text):
    """A page's text without its macros and escapes."""
    text = re.sub(r'(?m)^\.(ad l|\w+) ?', '', text).replace('\\:', '').replace('\\&', '')
    return re.sub(r'\\(e|-|\((?:aq|ga|ha|ti))', lambda m: {'e': '\\', '-': '-', '(aq': "'", '(ga': '`', '(ha': '^', '(ti': '~'}[m[1]], text)


class Manual(Tree):
    @needs('mandoc')
    def test_mandoc_finds_nothing_wrong(self):
        done = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', *(path for _, _, path in pages())],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.stdout, '')
        self.assertEqual(done.returncode, 0)

    def test_pages_are_what_the_program_tells(self):
        for language, command, path in pages():
            with open(path) as f:
                self.assertEqual(f.read(), said('help', '--man', *filter(None, [command]), language=language))

    def test_every_option_is_in_its_command_s_page(self):
        for language, command, path in pages():
            if command:
                help_page = said('help', command, language=language).rpartition('\n\n')[0]
                options = re.findall(r'(?m)^  +((?:-\w, )?--[\w-]+|-\w)', help_page)
                self.assertGreater(len(options), 20)
                with open(path) as f:
                    told = re.findall(r'(?m)^((?:-\w, )?--[\w-]+|-\w)(?: \S+|\[\S+)?$', plain(f.read()))
                self.assertEqual(told, options)

    def test_duplex_tells_of_all_that_help_has(self):
        for language, command, path in pages():
            if not command:
                with open(path) as f:
                    page = plain(f.read())
                for word in (*COMMANDS, 'tcp://HOST:PORT', 'unix-dgram:PATH', 'gap', '130', '141', 'gb18030', 'NO_COLOR'):
                    self.assertRegex(page, rf'(?m)^{re.escape(word)}')

    def test_both_languages_have_the_same_parts(self):
        macros = {}
        for language, command, path in pages():
            with open(path) as f:
                macros[language, command] = re.findall(r'(?m)^\.(\w+)(?: (-.*))?', f.read())
        for command in ('', *COMMANDS):
            self.assertEqual(macros['', command], macros['zh_CN', command])


class OfTheLibrary(Tree):
    def read(self, name):
        with open(os.path.join(os.environ['DUPLEX_RELEASE'], 'docs/man', name + '.3')) as f:
            return f.read()

    @needs('mandoc')
    def test_mandoc_finds_nothing_wrong(self):
        paths = [os.path.join(os.environ['DUPLEX_RELEASE'], 'docs/man', name + '.3')
                 for name in ['libduplex', *(f'dx_{h.name}' for h in headers())]]
        done = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', *paths],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.stdout, '')

    def test_every_function_s_name_leads_to_what_is_said_of_it(self):
        for h in headers():
            page = self.read(f'dx_{h.name}')
            for part in h.parts:
                for f in part.functions:
                    self.assertEqual(self.read(f.name), f'.so man3/dx_{h.name}.3\n')
                    self.assertRegex(page, rf'(?m)^\.Nm {f.name}\b')
                    self.assertRegex(page, rf'(?m)^\.Fn {f.name}\b')
                    self.assertRegex(page, rf'(?m)^\.Ss (.*, )?{f.name}\b.*\n[^.\n]', f'{f.name} is not described')

    def test_the_whole_names_every_header_and_error(self):
        page = self.read('libduplex')
        for h in headers():
            self.assertIn(f'.It Xr dx_{h.name} 3\n', page)
        for name in ('DX_ENAME', 'DX_ESTALLED'):
            self.assertIn(f'.It Er {name}\n', page)
