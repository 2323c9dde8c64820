"""Each fault that must be handled has a test that names it, or a reason why not."""

import subprocess

from static.tree import ROOT, Tree, read

MUST = '''A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 B3 B4 B5 B7 B8 B9 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13
D1 D2 D3 D4 D5 D6 D7 D8 D10 D13 D14 E1 E2 E3 E4 E5 E6 F1 F2 F3 F4 F5 F6 F7 F8 F10 F12 F13 H1 H3 H4 H6 H8 I11 I13 J1 J3 J10
N1 N2 N3 N4 N5 N6 N7 N8 N9 O2 O3 O4 O7 O8'''.split()


class Faults(Tree):
    def test_table_is_whole(self):
        rows = [line.split('\t') for line in read('tests/faults.tsv').splitlines()[1:]]
        self.none('\t'.join(row) for row in rows if len(row) != 3)
        self.none(sorted(set(MUST) - {row[0] for row in rows}))

    def test_each_has_a_test_or_a_reason(self):
        done = subprocess.run([f'{ROOT}/tools/faults', '--sources'], stdout=subprocess.PIPE, text=True)
        self.none(line for line in done.stdout.splitlines() if 'neither a test' in line or 'is not in' in line)
        self.assertEqual(done.returncode, 0)
