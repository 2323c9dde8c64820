"""What the library shows to others, and what it never does. The golden list is tests/static/library.txt: each function and each
size there is a promise to programs that are already built."""

import os
import re
import subprocess
import sys
import tempfile

from static.doors_test import PRINTING, RULING
from static.tree import ROOT, Tree, bare, files, read

sys.path.insert(0, os.path.join(ROOT, 'tools'))
from headers import headers             # noqa: E402

GOLDEN = os.path.join(ROOT, 'tests', 'static', 'library.txt')
# Signals, locale, umask, folder, environment, time zone, standard streams, other processes.
RULING_TOO = set('''
signal sigprocmask raise killpg kill umask chdir fchdir newlocale uselocale localeconv tzset syslog openlog getopt
fork vfork execve system popen exit _exit setrlimit setrlimit64 prctl alarm setitimer nice setuid setgid
'''.split())
# The last words after a mistake of our own; the signals that dx_loop_signal was asked for; a thread that must get none; a child's
# that dx_child_signal was asked for.
ALLOWED = {'__fprintf_chk', 'fprintf', 'stderr', 'abort', 'sigaction', 'pthread_sigmask', 'kill'}


def shared():
    return os.path.join(os.environ['DUPLEX_RELEASE'], 'libduplex.so')


def run(*words, **how):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, **how).stdout


def sizes():
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, 'sizes')
        source = run(f'{ROOT}/tools/library', 'sizes')
        subprocess.run(['cc', '-I', f'{ROOT}/include', '-x', 'c', '-', '-o', program], input=source, text=True, check=True)
        return run(program).splitlines()


class Library(Tree):
    def visible(self):
        for line in run('nm', '-D', '--defined-only', '--format=posix', shared()).splitlines():
            name, kind, *_ = line.split()
            if name != 'DUPLEX_0':
                yield name.split('@')[0], kind

    def test_N9_symbols_and_sizes_are_those_of_the_golden_list(self):
        made = ''.join(f'{line}\n' for line in [*(f'function {name}' for name, _ in sorted(self.visible())), *sizes()])
        if os.environ.get('DUPLEX_TEST_GENERATE'):
            with open(GOLDEN, 'w') as f:
                f.write(made)
        with open(GOLDEN) as f:
            self.assertEqual(made, f.read(), 'DUPLEX_TEST_GENERATE=1 ./test N9_symbols writes tests/static/library.txt anew')

    def test_N9_what_headers_declare_is_visible_and_nothing_else(self):
        declared = {f.name for h in headers() for f in h.functions if not f.inline}
        self.assertGreater(len(declared), 80)
        self.assertEqual({name for name, _ in self.visible()}, declared)
        self.none(name for name, kind in self.visible() if kind != 'T' or not re.match(r'dx_[a-z]', name))

    def test_N1_every_function_of_socket_h_is_tortured(self):
        tortured = set(re.findall(r'\b(dx_\w+)\(', bare(read('tests/net/every_verb.h')).partition('#define EVERY_VERB(X)')[2]))
        verbs = {f.name for h in headers() if h.name == 'socket' for f in h.functions}
        self.assertGreater(len(verbs), 30)
        self.none(sorted(verbs - tortured))

    def test_N4_it_does_not_rule_the_process_nor_print(self):
        lacking = {re.split('[@ ]', line)[0] for line in run('nm', '-D', '-u', '--format=posix', shared()).splitlines()}
        self.assertIn('epoll_wait', lacking)
        self.none(sorted(lacking & (PRINTING | RULING | RULING_TOO) - ALLOWED))

    def test_it_needs_the_c_library_alone_and_has_its_name(self):
        said = run('readelf', '-d', shared())
        self.assertEqual(re.findall(r'\(NEEDED\).*\[(.*)\]', said), ['libc.so.6'])
        self.assertEqual(re.findall(r'\(SONAME\).*\[(.*)\]', said), ['libduplex.so.0'])

    def test_every_header_is_installed_and_in_duplex_h(self):
        names = [path.removeprefix('include/') for path in files('include/duplex/*.h')]
        self.assertEqual(re.findall(r"'include/(duplex/\w+\.h)'", read('meson.build')), names)
        self.assertEqual(re.findall(r'#include <(.*)>', read('include/duplex/duplex.h')),
                         [name for name in names if name != 'duplex/duplex.h'])
