"""What tools made is what they would make now."""

import subprocess
import sys
import unicodedata

from static.tree import ROOT, Tree, read


class Generated(Tree):
    def test_table_of_widths(self):
        if f'Unicode {unicodedata.unidata_version}.' not in read('src/codec/width_table.h'):
            self.skipTest(f'this Python knows Unicode {unicodedata.unidata_version}, the table another')
        subprocess.run([sys.executable, 'tools/width.py', '--check'], cwd=ROOT, check=True)
