"""What shells offer behind `duplex` is what help says, and bash offers it."""

import os
import shutil
import subprocess
import unittest

from static.tree import ROOT, Tree

FOLDER = os.path.join(os.environ.get('DUPLEX_RELEASE', ''), 'docs/completions')
SHELLS = {'bash': 'duplex', 'zsh': '_duplex', 'fish': 'duplex.fish'}


def said(*words):
    return subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def offered(*words):
    """What bash offers for the last of these words."""
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _duplex; printf "%s\\n" "${COMPREPLY[@]}"'
    return said('bash', '-c', script, 'bash', os.path.join(FOLDER, 'duplex'), 'duplex', *words).split()


class Completions(Tree):
    def test_they_are_what_help_says(self):
        for shell, name in SHELLS.items():
            with open(os.path.join(FOLDER, name)) as f:
                self.assertEqual(f.read(), said('tools/completions', shell, os.path.join(os.environ['DUPLEX_RELEASE'], 'duplex')))

    def test_shells_can_read_them(self):
        for shell, name in SHELLS.items():
            if shutil.which(shell):
                said(shell, '-n', os.path.join(FOLDER, name))

    def test_bash_offers_commands_options_and_names(self):
        for words, wanted in (([''], ['listen', 'connect', 'send', 'chat', 'help']), (['c'], ['connect', 'chat']),
                              (['listen', '--m'], ['--mode', '--max-peers']), (['send', '--fi'], ['--file']),
                              (['connect', '--on'], []), (['listen', '-e', 'gb'], ['gbk', 'gb18030', 'gb2312']),
                              (['listen', ':8090', '--mode', 's'], ['simplex-in', 'simplex-out']), (['listen', '--reply', ''], []),
                              (['connect', ''], []), (['help', 'e'], ['endpoints', 'encodings', 'exit'])):
            self.assertEqual(sorted(offered(*words)), sorted(wanted), words)

    @unittest.skipUnless(shutil.which('fish'), 'no fish here')
    def test_fish_offers_the_same(self):
        told = said('fish', '-N', '-c', f'source {FOLDER}/duplex.fish; complete -C "duplex listen --m"')
        self.assertEqual([line.split('\t')[0] for line in told.splitlines()], ['--max-peers', '--mode'])
