"""What README.md and README.zh-CN.md show happens, in a folder that looks like a fresh clone.

Of their blocks, `sh runnable` is run by a shell, and the `output` behind it must be all that it says; those under *Terminal 1*
and the like are acted out as tests/lib/screens.py tells, and written anew with DUPLEX_TEST_GENERATE=1."""

import os
import shutil

from lib import Case, full, limit
from lib.screens import Stage, blocks
from static.tree import ROOT, read

BUILDS = os.path.dirname(os.environ.get('DUPLEX_RELEASE', ROOT))


class Readme(Case):
    builds = ()

    def setUp(self):
        self.tree = os.path.join(self.tmp, 'tree')
        os.mkdir(self.tree)
        for name in set(os.listdir(ROOT)) - {'.git', 'build', 'build-checked'}:
            os.symlink(os.path.join(ROOT, name), os.path.join(self.tree, name))
        os.symlink(os.environ['DUPLEX_RELEASE'], os.path.join(self.tree, 'build'))

    def run_blocks(self, page, cwd, env):
        found = blocks(read(page))
        ran = 0
        for block, after in zip(found, [*found[1:], None]):
            if block.language == 'sh' and block.words == 'runnable':
                said = self.program('sh', '-ec', '\n'.join(block.lines) + '\n', cwd=cwd, env=env, stdin='null')
                said.exit(0, within=50)
                self.assertEqual(said.err, '')
                self.assertEqual(said.text, '\n'.join([*after.lines, '']) if after and after.language == 'output' else '')
                ran += 1
        self.assertGreater(ran, 0)

    def act(self, page):
        self.run_blocks(page, self.tree, {'DUPLEX_BUILDS': BUILDS})
        stage = Stage(self, read(page), folder=self.tree, env={'DUPLEX_BUILDS': BUILDS})
        self.assertTrue(any(block.terminal for block in stage.blocks))
        if 'DUPLEX_TEST_GENERATE' not in os.environ:
            stage.act()
            return
        with open(os.path.join(ROOT, page), 'w', encoding='utf-8') as f:
            f.write(stage.write())

    @limit(60)
    def test_english_page(self):
        self.act('README.md')

    @limit(60)
    def test_chinese_page(self):
        self.act('README.zh-CN.md')

    @full
    @limit(300)
    def test_meson_and_ninja_build_it(self):
        tree = os.path.join(self.tmp, 'copy')
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns('.git', 'build*', '__pycache__'))
        command = 'meson setup build && ninja -C build'
        for page in ('README.md', 'README.zh-CN.md', 'CONTRIBUTING.md'):
            self.assertIn(command, read(page))
        self.program('sh', '-ec', command, cwd=tree, stdin='null').exit(0, within=250)
        said = self.program(os.path.join(tree, 'build', 'duplex'), '--version')
        self.assertRegex(said.exit(0).decode(), r'\Aduplex ')
