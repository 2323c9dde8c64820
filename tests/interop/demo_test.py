"""The pictures of docs/demo are what docs/demo/record.py makes of duplex as it is. DUPLEX_TEST_GENERATE=1 writes them anew."""

import os
import re
import xml.dom.minidom

from lib import Case, limit
from static.tree import ROOT, read

DEMO = os.path.join(ROOT, 'docs', 'demo')
PICTURES = {'README.md': 'operator.svg', 'README.zh-CN.md': 'operator.zh-CN.svg'}


class Demo(Case):
    builds = ('release',)

    @limit(60)
    def test_a_recording_made_now_is_the_one_that_is_shown(self):
        made = DEMO if 'DUPLEX_TEST_GENERATE' in os.environ else self.tmp
        self.program('/usr/bin/python3', os.path.join(DEMO, 'record.py'), made).exit(0, within=50)
        for name in PICTURES.values():
            with open(os.path.join(made, name), encoding='utf-8') as f:
                same = f.read() == read(f'docs/demo/{name}')
            self.assertTrue(same, f'docs/demo/{name} is out of date: DUPLEX_TEST_GENERATE=1 ./test demo_test writes it anew')

    def test_each_readme_shows_its_picture_which_is_small_whole_and_a_minute_long(self):
        for page, name in PICTURES.items():
            picture = read(f'docs/demo/{name}')
            self.assertIn(f'](docs/demo/{name})', read(page))
            self.assertLess(len(picture.encode()), 300_000)
            self.assertNotRegex(picture, r'<script|href="(?!#)|url\(')
            self.assertEqual(xml.dom.minidom.parseString(picture).documentElement.tagName, 'svg')
            self.assertTrue(50 <= float(re.search(r' dur="([\d.]+)s"', picture)[1]) <= 70)
