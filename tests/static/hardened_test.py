"""What is built is hardened, is the same wherever it is built, and can be installed anywhere."""

import filecmp
import glob
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from lib import full, limit, needs
from static.tree import ROOT, Tree

BUILT = 'duplex', 'duplex-terminal.so', 'libduplex.so'


def run(*words, **how):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, **how).stdout


def built(name):
    return os.path.join(os.environ['DUPLEX_RELEASE'], name)


class Hardened(Tree):
    @needs('readelf')
    def test_O2_each_program_and_library(self):
        for name in BUILT:
            with self.subTest(name):
                headers, dynamic = run('readelf', '-hlW', built(name)), run('readelf', '-dW', built(name))
                self.assertRegex(headers, r'Type:\s+DYN')                               # position-independent
                self.assertRegex(headers, r'GNU_RELRO')
                self.assertRegex(headers, r'GNU_STACK(\s+0x\w+){5}\s+RW\s')             # no code on the stack
                self.assertNotRegex(headers, r'LOAD.*\sRWE\s')
                self.assertRegex(dynamic, r'\(FLAGS\).*BIND_NOW')
                self.assertNotRegex(dynamic, r'TEXTREL|RPATH|RUNPATH')
                self.assertEqual('PIE' in re.search(r'\(FLAGS_1\)(.*)', dynamic)[1].split(), name == 'duplex')
                symbols = run('readelf', '-W', '--dyn-syms', built(name))
                self.assertIn('__stack_chk_fail', symbols)
                if name != 'duplex-terminal.so':                                        # which calls nothing that is checked
                    self.assertRegex(symbols, r'__memcpy_chk')                          # 3: even of a size known only at run time

    def test_O2_each_of_our_objects_is_compiled_so(self):
        with open(built('compile_commands.json')) as f:
            commands = {c['file']: shlex.split(c['command']) for c in json.load(f) if '/src/' in c['file']}
        self.assertGreater(len(commands), 100)
        for wanted in ('-fstack-protector-strong', '-fstack-clash-protection', '-fcf-protection', '-D_FORTIFY_SOURCE=3', '-O2'):
            self.none(f'{file}: {wanted}' for file, words in commands.items() if wanted not in words)
        for words in commands.values():
            self.assertEqual([word for word in words if word.startswith('-D_FORTIFY_SOURCE')], ['-D_FORTIFY_SOURCE=3'])

    @needs('readelf')
    @unittest.skipIf(platform.machine() != 'x86_64', 'the marks are of x86-64')
    def test_O2_each_of_our_objects_bears_the_marks_of_control_flow(self):
        """What is linked bears them only where the system's own start-up objects do, which Debian's do not."""
        objects = [path for path in glob.glob(built('*.p/*.o')) if 'example' not in path]
        self.assertGreater(len(objects), 100)
        notes = run('readelf', '-nW', *objects)
        self.assertEqual(len(re.findall(r'x86 feature: IBT, SHSTK', notes)), len(objects))


class Installed(Tree):
    def folder(self, name):
        path = os.path.join(tempfile.mkdtemp(prefix='hardened'), name)
        self.addCleanup(shutil.rmtree, os.path.dirname(path))
        return path

    def test_O3_into_a_folder_whose_name_holds_blanks(self):
        folder = self.folder('a place  for $HOME')
        run('meson', 'install', '-C', os.environ['DUPLEX_RELEASE'], '--no-rebuild', '--quiet', '--destdir', folder)
        program, = glob.glob(glob.escape(folder) + '/**/bin/duplex', recursive=True)
        self.assertRegex(run(program, '--version'), r'\Aduplex \d+\.\d+\.\d+')
        for name in 'duplex-terminal.so', 'libduplex.so', 'duplex.mo', 'duplex.1', 'duplex.h', 'libduplex.pc':
            self.assertTrue(glob.glob(f'{glob.escape(folder)}/**/{name}*', recursive=True), name)

    @full
    @limit(600)
    def test_O3_two_builds_in_two_folders_are_the_same_bytes(self):
        """In folders of two depths, beneath the sources and elsewhere, installed under a prefix that holds a blank; and what was
        installed can be taken away without a trace."""
        sources = self.folder('sources')
        shutil.copytree(ROOT, sources, ignore=shutil.ignore_patterns('build*', '.git'))
        places = [os.path.join(sources, 'build'), self.folder('else/where it is')]
        for place in places:
            run('meson', 'setup', place, sources, '--prefix=/opt/with a blank', '-Dlibdir=lib')
            run('ninja', '-C', place)
        for name in *BUILT, 'libduplex.a':
            self.assertTrue(filecmp.cmp(os.path.join(places[0], name), os.path.join(places[1], name), shallow=False), name)
        destination = self.folder('destination')
        env = {**os.environ, 'DESTDIR': destination}
        run('ninja', '-C', places[0], 'install', env=env)
        self.assertTrue(os.path.exists(destination + '/opt/with a blank/bin/duplex'))
        run('ninja', '-C', places[0], 'uninstall', env=env)
        self.assertEqual([path for path in glob.glob(destination + '/**/*', recursive=True) if not os.path.isdir(path)], [])
