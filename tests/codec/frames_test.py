"""A million random cases of each framing: frame_test.c has them, and runs some thousands by itself."""

import os
import subprocess
import time

from lib import Case, full, limit


class Frames(Case):
    builds = ()

    @full
    @limit(600)
    def test_F8_F9_F10_a_million_cases_of_each_framing(self):
        seed = os.environ.get('DUPLEX_TEST_SEED') or str(time.time_ns() // 1000)
        done = subprocess.run([os.path.join(os.environ['DUPLEX_CHECKED'], 'tests', 'codec-frame_test')], text=True,
                              env={**os.environ, 'DUPLEX_TEST_CASES': '1000000', 'DUPLEX_TEST_SEED': seed},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.note(f'seeds from {seed}')
        self.assertEqual(done.returncode, 0, f'seeds from {seed}\n{done.stdout}')
