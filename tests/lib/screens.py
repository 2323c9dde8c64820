"""Conversations written down in Markdown, and acted out on terminals.

A document holds blocks, each under a line that says what it is:

    `server.py`:                        a program of the other side: it becomes a file of that name
        ```python
    *Terminal 1*
        ```sh                           commands, to be copied and typed at a shell's prompt
    *Terminal 1*                        what is typed at a terminal, and what its screen shows then, line by line
        ```console
        $ duplex chat                   a command, typed at a shell's prompt
        Port: 4444⏎                     a line typed to a program; what stands before ": " or "> " is the program's own
        > hello⏎                        a line typed at duplex's prompt, which is gone when it was sent
        ^D ^C                           keys; duplex's editor does not echo them. All other lines are the program's
        ```

Terminals are shells on pseudo terminals, begun where they are first named; what stands on them is read off a model of a
screen (lib/model.py), which does what it is told by control sequences. Blocks are acted out in their order: what must be on
the screen is waited for before the next thing is typed, and at the end nothing else may be there. ^C may not stand right
behind a line that was typed: it would overtake it, and the program would end before it has read it. Times, and ports that the
kernel chose, are what they happen to be; the ports that commands name are replaced by free ones."""

import os
import re

from lib.case import until
from lib.model import Screen

LABEL = re.compile(r'^(?:\*(?:Terminal|终端) (\d)\b.*|`([\w.]+)`[:：])$')
FENCE = re.compile(r'^```(\S*) ?(.*)$')
TYPED = re.compile(r'(.*[:>] )?(.*)⏎$')
PROMPT = re.compile(r'(?:\d+(?:,\d+)*)?> \Z')          # of duplex
EDITS = 2004 << 5                               # a mode of the terminal: somebody edits lines below what is shown
KEYS = {'^C': '\x03', '^D': '\x04'}
VARYING = [
    (re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)'), '<DATE>'),
    (re.compile(r'\b\d\d:\d\d:\d\d(\.\d{3})?\b'), '<TIME>'),
    (re.compile(r"([\d\]](?::|: |', |, | ))(3276[89]|327[7-9]\d|32[89]\d\d|3[3-9]\d{3}|[45]\d{4}|60\d{3})\b"), r'\1<PORT>'),
]
PORT = re.compile(r'(?<![\w.(])(\d{4,5})(?!\w)')
QUIET_S = 0.7                                   # of silence, when screens are written anew


class Block:
    """The lines of a document from `first` up to and without `end`, inside their fence."""

    def __init__(self, language, words, label, first, end, lines):
        self.language, self.words, self.first, self.end, self.lines = language, words, first, end, lines
        self.acted = [f'$ {line}' for line in lines] if language == 'sh' else lines
        self.terminal, self.file = (label[1], label[2]) if label else (None, None)


def blocks(text):
    lines = text.split('\n')
    found, before, n = [], None, 0
    while n < len(lines):
        fence = FENCE.match(lines[n])
        if fence:
            first = n + 1
            n = lines.index('```', first)
            found.append(Block(fence[1], fence[2], before, first, n, lines[first:n]))
            before = None
        elif lines[n].strip():
            before = LABEL.match(lines[n])
        n += 1
    return found


def even(text):
    """The text without what differs from run to run."""
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text


class Terminal:
    def __init__(self, stage):
        self.stage = stage
        self.shell = stage.case.program('sh', '-i', tty=True, cwd=stage.folder, size=(24, 200), env={
            'PS1': '$ ', 'PS2': '> ', 'ENV': None, 'PATH': stage.path, 'LC_ALL': 'C.UTF-8', 'PYTHONUNBUFFERED': '1',
            'TERM': 'xterm', **stage.env})
        self.model, self.fed = Screen(24, 200), 0
        self.expected = ''                      # all that must be on the screen by now
        self.written = 0                        # of the screen: characters that blocks written anew hold already

    @property
    def whole(self):
        new = self.shell.out[self.fed:]
        self.fed += len(new)
        return self.stage.documented(self.model.feed(new).text)

    @property
    def screen(self):
        """All of it, but for the line being edited, which is the last and not there to stay."""
        whole = self.whole
        return whole[:whole.rindex('\n') + 1] if self.edits else whole

    @property
    def edits(self):
        return EDITS in self.model.mode

    def wait(self, line):
        """Waits until the screen shows all that it must."""
        wanted = even(self.expected)
        try:
            until(lambda: even(self.screen).startswith(wanted))
        except AssertionError:
            self.stage.case.assertMultiLineEqual(even(self.screen), wanted, f'at line {line} of the document')
            raise

    def type(self, text):
        self.shell.say(self.stage.played(text))

    def act(self, block):
        for n, line in enumerate(block.acted, block.first + 1):
            typed = TYPED.match(line)
            if line.startswith('$ '):
                self.expected += '$ '
                self.wait(n)
                self.type(line[2:] + '\n')
                self.expected += line[2:] + '\n'
            elif typed and typed[1] and PROMPT.match(typed[1]):
                self.wait(n)
                until(lambda: self.whole.endswith('\n' + typed[1]), 'the prompt')
                self.type(typed[2] + '\n')
            elif typed:
                self.expected += typed[1] or ''
                self.wait(n)
                self.type(typed[2] + '\n')
                self.expected += typed[2] + '\n'
            elif line[:2] in KEYS:
                self.wait(n)
                self.expected += line + '\n' if line[:2] == '^C' and not self.edits else ''
                self.type(KEYS[line[:2]])
            else:
                self.expected += line + '\n'
        self.wait(block.end)

    def close(self):
        """Nothing else may be on the screen but a prompt."""
        wanted = even(self.expected)
        try:
            until(lambda: even(self.screen) in (wanted, wanted + '$ '), 'the end of the screen', within=2)
        except AssertionError:
            self.stage.case.assertMultiLineEqual(even(self.screen), wanted + '$ ', 'at the end of the document')

    # Writing screens anew

    def fresh(self):
        """What has come to the screen since it was last asked, once nothing more comes."""
        sizes = []

        def quiet():
            sizes.append(len(self.shell.out))
            tail = sizes[-int(QUIET_S / 0.005):]
            return len(tail) >= int(QUIET_S / 0.005) and len(set(tail)) == 1
        until(quiet, 'silence')
        text = self.screen[self.written:]
        self.written += len(text)
        return text

    def write(self, block):
        made = ''
        for line in block.acted:
            typed = TYPED.match(line)
            if line.startswith('$ '):
                made += self.fresh()
                made = made if made.endswith('$ ') else made + '$ '
                self.type(line[2:] + '\n')
                self.written += len(line) - 1
                made += line[2:] + '\n'
            elif typed:
                made += self.fresh()
                prompt = self.whole[self.whole.rindex('\n') + 1:] if self.edits else ''
                self.type(typed[2] + '\n')
                self.written += 0 if self.edits else len(typed[2]) + 1
                made += prompt + typed[2] + '⏎\n'
            elif line[:2] in KEYS:
                made += self.fresh()
                made += line[:2] + '\n' if line[:2] == '^D' or self.edits else ''
                self.type(KEYS[line[:2]])
        if block.language == 'sh':
            return block.lines                  # what it says is the next block's
        made += self.fresh()
        if made.endswith('$ '):
            made = made[:-2]
            self.written -= 2
        made = made.split('\n')[:-1] if made.endswith('\n') else made.split('\n')
        same = even('\n'.join(made)) == even('\n'.join(block.lines))
        return block.lines if same else made


class Stage:
    """Where the conversations of a document, or of a part of it, take place."""

    def __init__(self, case, text, folder=None, env={}):
        self.case, self.text, self.blocks, self.env = case, text, blocks(text), env
        self.folder = folder or os.path.join(case.tmp, 'stage')
        tools = os.path.join(case.tmp, 'tools')
        for path in [tools] if folder else [self.folder, tools]:
            os.mkdir(path)
        os.symlink('/usr/bin/python3', os.path.join(tools, 'python3'))
        if os.environ['DUPLEX'].startswith('/'):        # that of the build for which this test is
            os.symlink(os.environ['DUPLEX'], os.path.join(tools, 'duplex'))
        self.path = f'{tools}:/usr/bin:/bin'
        named = [port for b in self.blocks if b.file or b.terminal
                 for line in b.acted if b.file or line.startswith('$ ') or line.endswith('⏎')
                 for port in PORT.findall(line) if 4000 <= int(port) < 32768]
        self.ports = {port: str(case.free_port()) for port in dict.fromkeys(named)}
        self.terminals = {}
        for block in self.blocks:
            for before, line in zip(block.lines, block.lines[1:]):
                case.assertFalse(block.terminal and line[:2] == '^C' and TYPED.match(before), f'^C would overtake {before}')

    def played(self, text):
        return PORT.sub(lambda m: self.ports.get(m[0], m[0]), text)

    def documented(self, text):
        back = {played: port for port, played in self.ports.items()}
        return PORT.sub(lambda m: back.get(m[0], m[0]), text)

    def terminal(self, block):
        if block.terminal not in self.terminals:
            self.terminals[block.terminal] = Terminal(self)
        return self.terminals[block.terminal]

    def prepare(self, block):
        if block.file:
            with open(os.path.join(self.folder, block.file), 'w') as f:
                f.write(self.played('\n'.join(block.lines) + '\n'))

    def act(self):
        """Acts the document out and compares the screens."""
        for block in self.blocks:
            self.prepare(block)
            if block.terminal:
                self.terminal(block).act(block)
        for terminal in self.terminals.values():
            terminal.close()

    def write(self):
        """Acts it out and returns the document with the screens as they are now."""
        lines = self.text.split('\n')
        anew = []
        for block in self.blocks:
            self.prepare(block)
            if block.terminal:
                anew.append((block, self.terminal(block).write(block)))
        for number, terminal in self.terminals.items():
            if terminal.fresh() not in ('', '$ '):
                self.case.fail(f'the screen of terminal {number} goes on behind its last block')
        for block, made in reversed(anew):
            lines[block.first:block.end] = made
        return '\n'.join(lines)
