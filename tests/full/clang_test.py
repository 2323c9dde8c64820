"""The other compiler has nothing to say either."""

import os

from lib import Case, full, limit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@full
class Clang(Case):
    builds = ()

    def silent(self, *options):
        folder = os.path.join(self.tmp, 'build')
        self.program('/usr/bin/meson', 'setup', '-Dwerror=true', *options, folder, ROOT, env={'CC': 'clang'}).exit(0, within=60)
        said = self.program('/usr/bin/ninja', '-k0', '-C', folder).exit(0, within=550).decode()
        self.assertNotIn('warning:', said)

    @limit(600)
    def test_release(self):
        self.silent()

    @limit(600)
    def test_checked(self):
        self.silent('-Dchecked=true')
