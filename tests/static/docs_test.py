"""What the pages say is there: files, options, commands; and the two READMEs show the same."""

import os
import re
import shlex
import subprocess

from lib.screens import blocks, even
from static.floors_test import ARROWS
from static.tree import ROOT, Tree, files, read

COMMANDS = ['listen', 'connect', 'send', 'chat']
READMES = ['README.md', 'README.zh-CN.md']
PAGES = [*READMES, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', *files('docs/**/*.md')]
FOLDERS = 'src|include|tests|tools|docs|bench|examples'
OPTION = re.compile(r'(?<![\w-])(--[a-z][a-z-]+|-[a-zA-Z0-9])(?![\w-])')
OTHERS = {'--full'}                             # options of other programs, here ./test, that pages name by themselves


def said(*words):
    done = subprocess.run([os.path.join(os.environ['DUPLEX_RELEASE'], 'duplex'), *words], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def spans(page):
    """(place, text) of what a page sets between backquotes, outside its blocks."""
    text = read(page)
    inside = {n for block in blocks(text) for n in range(block.first - 1, block.end + 1)}
    for n, line in enumerate(text.split('\n')):
        if n not in inside:
            for span in re.findall(r'`([^`]+)`', line):
                yield f'{page}:{n + 1}', span.replace('\\|', '|')


def commands(page):
    """(place, words) of each duplex command that a page writes out, pipes and redirections aside."""
    for place, span in spans(page):
        if re.match(r'(\./run|duplex) [a-z]', span):
            yield place, span.split(' ', 1)[1]
    for block in blocks(read(page)):
        for n, line in enumerate(block.acted, block.first + 1):
            found = re.search(r'(?:^|[|;&] |\$ )(?:\./run|duplex) ([a-z].*)', line)
            if found and block.language in ('sh', 'console'):
                yield f'{page}:{n}', found[1]


def words_of(command):
    """The words up to where the shell would end the command."""
    words = []
    for word in shlex.split(command):
        if re.match(r'\d?[<>|&]', word):
            break
        words.append(word.rstrip(';'))
        if word.endswith(';'):
            break
    return words


class Options(Tree):
    def test_help_knows_each_option_of_each_command(self):
        for command in COMMANDS:
            status, page = said('help', command)
            listed = re.findall(r'^  (?:(-\w)(?:, |$| ))? *(--[a-z-]+)?', page[:page.index('\nExamples')], re.M)
            names = [long or letter for letter, long in listed if long or letter]
            self.assertEqual(status, 0)
            self.assertGreater(len(names), 20)
            for name in names:
                status, told = said('help', name)
                self.assertEqual(status, 0, told)
                self.assertRegex(told, rf'(?m)^With: .*\b{command}\b', f'help {name}, which help {command} lists')
            self.assertEqual(said(command, '--help'), said('help', command))

    def test_pages_name_options_that_are_there(self):
        known = {}
        for page in PAGES:
            for place, span in spans(page):
                for name in OPTION.findall(span) if re.match(r'-|duplex |\./run |(listen|connect|send|chat) ', span) else ():
                    if name not in known:
                        known[name] = said('help', name)[0] == 0
                    self.assertTrue(known[name] or name in OTHERS, f'{place}: {name}')

    def test_pages_write_commands_that_are_understood(self):
        wrong = []
        for page in PAGES:
            for place, command in commands(page):
                words = words_of(command)
                if words[0] in COMMANDS:
                    status, told = said(*words, '--explain')
                    meant = '70000' in command or ' -u ' in command or '😀' in command      # shown because it fails
                    if status != 0 and not (words == ['chat'] or meant):
                        wrong.append(f'{place}: {command}\n{told}')
                elif words[0] != 'help' or (not words[-1].isupper() and said(*words)[0] != 0):
                    wrong.append(f'{place}: {command}')
        self.none(wrong)


class Pages(Tree):
    def test_files_that_are_named_exist(self):
        self.none(f'{place}: {path}' for page in PAGES for place, span in spans(page)
                  for path in re.findall(rf'\b((?:{FOLDERS})/[\w./-]+)', span)
                  if not re.search(r'FLOOR|/x_', path) and not os.path.exists(os.path.join(ROOT, path.rstrip('.'))))

    def test_links_lead_somewhere(self):
        self.none(f'{page}: {target}' for page in PAGES for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', read(page))
                  if not os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)))

    def test_links_inside_a_page_meet_a_heading(self):
        for page in PAGES:
            heads = [re.sub(r'[^\w\- ]', '', head.lower()).replace(' ', '-') for head in re.findall(r'(?m)^#+ (.*)$', read(page))]
            self.none(f'{page}: {target}' for target in re.findall(r'\]\(#([^)]+)\)', read(page)) if target not in heads)

    def test_both_readmes_show_the_same(self):
        shown = [[(b.language, b.words, b.terminal, even('\n'.join(b.lines))) for b in blocks(read(page)) if b.language != 'text']
                 for page in READMES]
        self.assertEqual(shown[0], shown[1])
        self.assertEqual(*[[words for _, words in commands(page)] for page in READMES])

    def test_the_turn_is_the_loop_s(self):
        page, loop = read('ARCHITECTURE.md'), read('src/net/loop.c')
        steps = re.findall(r'(?m)^\d+\. `([^`]+)`', page[page.index('## A turn'):page.index('## The way of a byte')])
        body = loop[loop.index('int dx_loop_run('):]
        body = body[body.index('while'):body.index('\n}')]
        places = [body.find(step) for step in steps]
        self.assertEqual(len(steps), 8)
        self.assertNotIn(-1, places, dict(zip(steps, places)))
        self.assertEqual(places, sorted(places))

    def test_what_a_floor_may_include_is_what_the_test_says(self):
        page = read('ARCHITECTURE.md')
        rows = re.findall(r'(?m)^ (\w+) {2,}.*? {2,}(\S.*)$', page[:page.index('## A walk')])
        told = {floor: names.split() for floor, names in rows if floor in ARROWS}
        self.assertEqual(told.pop('cli'), ['everything', 'below'])
        self.assertEqual(told.pop('sys'), ['nothing'])
        self.assertEqual(told, {floor: ARROWS[floor].split() for floor in ['ui', 'talk', 'net', 'codec', 'base']})
