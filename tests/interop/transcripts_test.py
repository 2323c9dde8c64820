"""docs/transcripts.md is what happens. DUPLEX_TEST_GENERATE=1 writes its screens anew."""

import os
import re

from lib import Case
from lib.screens import Stage
from static.tree import ROOT, read

PATH = 'docs/transcripts.md'
SECTION = re.compile(r'^## (\d+)\. (.*)\n', re.M)
GENERATE = 'DUPLEX_TEST_GENERATE' in os.environ


def sections(text):
    """{name: (begin, end)}"""
    heads = [*SECTION.finditer(text)]
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {f'{int(head[1]):02}_' + re.sub(r'\W+', '_', head[2].lower()): (head.start(), end) for head, end in zip(heads, ends)}


class Transcripts(Case):
    limit = 60
    builds = ('release',) if GENERATE else ('checked', 'release')


def acts(name):
    def test(self):
        text = read(PATH)
        begin, end = sections(text)[name]
        stage = Stage(self, text[begin:end])
        if not GENERATE:
            stage.act()
            return
        with open(os.path.join(ROOT, PATH), 'w', encoding='utf-8') as f:
            f.write(text[:begin] + stage.write() + text[end:])
    return test


for name in sections(read(PATH)):
    setattr(Transcripts, 'test_' + name, acts(name))
