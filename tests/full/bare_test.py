"""What a stranger sees: ./run and ./test after a clone, on a Debian that has a shell and apt."""

import os
import pwd
import re
import shutil
import unittest

from lib import Case, full, limit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.path.join(os.path.dirname(ROOT), 'shared', 'tools', 'bare-debian')
INSIDE = 'DUPLEX_TEST_BARE'             # in the environment of what runs in the bare tree


def reason():
    if INSIDE in os.environ:
        return 'this is the bare tree'
    if not os.path.exists(TOOL):
        return 'no tool here that makes a bare tree'
    if os.getuid() != 0:
        return 'a bare tree needs root'
    if not shutil.which('git') or not os.path.exists(os.path.join(ROOT, '.git')):
        return 'a bare tree takes a clone, and this is no git repository'


@full
@unittest.skipIf(reason(), reason())
class Bare(Case):
    builds = ()

    def bare(self, tree, *command, within):
        cache = os.path.join(pwd.getpwuid(os.getuid()).pw_dir, '.cache', 'bare-debian')
        program = self.program(TOOL, tree, '--', *command, stdin='null', cwd=ROOT,
                               env={'BARE_DEBIAN_ENV': f'CI=true {INSIDE}=1', 'BARE_DEBIAN_CACHE': cache, 'HOME': '/root'})
        return program.exit(0, within=within).decode()

    @limit(2400)
    def test_clone_runs_and_tests_itself(self):
        tree = os.path.join(self.tmp, 'tree')
        first = self.bare(tree, './run', '--version', within=900)
        self.assertRegex(first, r'\Aduplex \d+\.\d+\.\d+')
        self.assertEqual(self.bare(tree, 'sh', '-c', './run --version && ./run --version 2>&1', within=120), first * 2)
        said = self.bare(tree, './test', within=1200)
        self.assertTrue(re.fullmatch(r'[1-9]\d* passed, 0 failed, \d+ skipped', said.splitlines()[-1]), said[-4000:])
