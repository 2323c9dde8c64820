#!/usr/bin/python3
"""docs/demo/record.py [FOLDER]: records an operator with three peers, and writes operator.svg and operator.zh-CN.svg into FOLDER
(docs/demo), which differ in their captions alone.

duplex runs on a pseudo terminal and the peers are real; only the clock is made: what is waited for takes no time in the
recording, what a person takes to read and to type takes the time that the play says. The times and ports on the screen are
made even, so that each recording is the same, byte by byte. DUPLEX names the program; otherwise it is build/duplex."""

import os
import re
import sys
import tempfile
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
sys.dont_write_bytecode = True

from lib.case import until                      # noqa: E402
from lib.model import Screen                    # noqa: E402
from lib.program import Program                 # noqa: E402

COLUMNS, ROWS = 90, 24
PORT = 8090                                     # that the picture shows; the kernel chooses the true ones
PEERS_PORTS = [51322, 40518, 36214]             # likewise, in the order in which they come
FIRST_MS = (9 * 3600 + 30 * 60) * 1000          # of the day
STAMP = re.compile(r'^\d\d:\d\d:\d\d\.\d{3}(?= #| all )')
PEER = '''
import socket, sys, threading
s = socket.socket(type=socket.SOCK_STREAM if sys.argv[1] == 'tcp' else socket.SOCK_DGRAM)
s.connect(('127.0.0.1', int(sys.argv[2])))
def hear():
    while words := s.recv(1024):
        print(words.decode('gbk'), flush=True)
threading.Thread(target=hear, daemon=True).start()
for line in sys.stdin:
    s.send(line.rstrip('\\n').encode('gbk'))
'''


# The recording

class Recording:
    def __init__(self, folder):
        self.folder, self.ms, self.frames, self.caption = folder, 0, [], ('', '')
        self.screen, self.fed, self.duplex, self.peers = Screen(ROWS, COLUMNS), 0, None, []
        self.prompt, self.typed, self.keys = '$ ', '', 0
        self.stamps, self.ports = {}, {}
        self.screen.feed(b'$ ')

    def start(self, command, *words):
        """Runs duplex, whose command line was typed at the shell that the picture pretends."""
        program = os.environ.get('DUPLEX') or os.path.join(ROOT, 'build', 'duplex')
        home = {name: self.folder for name in ('HOME', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME')}
        self.say(*command)
        self.pause(0.4)
        self.screen.feed(b'\r\n')
        self.prompt, self.typed = '> ', ''
        env = {'PATH': os.environ['PATH'], 'TERM': 'xterm', 'LC_ALL': 'C.UTF-8', 'INPUTRC': '/dev/null', **home}
        self.duplex = Program([program, *words], env, tty=True, size=(ROWS, COLUMNS))
        return [int(self.duplex.wait_out(rf'listening on {kind}://\S*:(\d+)\r?\n')[1]) for kind in ('tcp', 'udp')]

    def peer(self, *argv):
        self.peers.append(Program(argv, dict(os.environ, LC_ALL='C.UTF-8', PYTHONUTF8='1')))
        return self.peers[-1]

    def close(self):
        for program in [*self.peers, self.duplex]:
            if program is not None:
                program.kill()

    # The screen

    def take(self):
        if self.duplex is None:
            return
        new = self.duplex.out[self.fed:]
        self.fed += len(new)
        self.screen.feed(re.sub(rb'(listening on \w+://\S*:)\d+', rb'\g<1>%d' % PORT, new))     # start() waited for all of it

    def is_shown(self, patterns):
        """Is all of it there, and the line being typed below it as it must be?"""
        self.take()
        cursor = self.screen.cursor
        typed = ''.join(self.screen.buffer[cursor.y][x].data for x in range(cursor.x))
        shown = '\n'.join(self.screen.shown)
        return typed == self.prompt + self.typed and all(re.search(p, shown, re.M) for p in patterns)

    def wait(self, *patterns):
        try:
            until(lambda: self.is_shown(patterns), 'the screen')
        except AssertionError:
            print('\n'.join(self.screen.shown), self.prompt + self.typed, patterns, sep='\n--\n', file=sys.stderr)
            raise
        self.shoot()

    def shoot(self):
        cursor = self.screen.cursor
        rows = [self.even([self.screen.buffer[y][x] for x in range(COLUMNS)]) for y in range(ROWS)]
        self.frames.append((self.ms, rows, (cursor.x, cursor.y), self.caption))

    def even(self, cells):
        """The cells of a row with the time that the recording has, and with the peers' ports as the picture shows them."""
        text = ''.join(cell.data or '\0' for cell in cells)
        stamp = STAMP.match(text)
        if stamp:
            ms = self.stamps.setdefault(text[:40], FIRST_MS + self.ms)
            text = f'{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}' + text[stamp.end():]

        def known(match):
            return '127.0.0.1:%d' % self.ports.setdefault(match[1], PEERS_PORTS[len(self.ports) % len(PEERS_PORTS)])
        text = re.sub(r'127\.0\.0\.1:(\d{5})', known, text)
        return [(data if cell.data else '', cell.fg, cell.bold) for data, cell in zip(text, cells)]

    # The person

    def pause(self, seconds):
        self.ms += round(seconds * 1000)

    def tell(self, english, chinese):
        self.caption = (english, chinese)
        self.shoot()
        self.pause(0.6)

    def key(self, keys):
        self.typed += keys
        if self.duplex is None:
            self.screen.feed(keys.encode())
        else:
            self.duplex.say(keys)
        self.keys += 1
        self.pause((0.06, 0.1, 0.08, 0.13, 0.07, 0.09, 0.11)[self.keys % 7] + (0.16 if len(keys) > 1 or keys == ' ' else 0))
        self.wait()

    def say(self, *words):
        """Types: each character of ASCII by itself, Chinese as it comes from an input method, a word at once."""
        for word in words:
            for keys in re.findall(r'[ -~]|[^ -~]+', word):
                self.key(keys)

    def enter(self, *patterns, prompt=None):
        self.pause(0.4)
        self.typed, self.prompt = '', prompt or self.prompt
        self.duplex.say('\r')
        self.wait(*patterns)

    def leave(self):
        """Ctrl-C, and what duplex says then."""
        self.duplex.say('\x03')
        self.duplex.exit(-2)
        self.take()
        self.prompt = '$ '
        self.screen.feed(b'$ ')
        self.wait(r'^\$$')


def play(r):
    """About a minute."""
    r.tell('One program listens at TCP and UDP; this is its operator.', '一个程序同时监听 TCP 和 UDP，这是操作员的屏幕。')
    r.pause(0.6)
    tcp, udp = r.start(['duplex listen ', 'tcp://:8090 ', 'udp://:8090,encoding=gbk'],
                       'listen', 'tcp://:0', 'udp://:0,encoding=gbk')
    r.wait(r'^listening on udp')
    r.pause(1.2)

    nc = r.peer('nc', '-N', '127.0.0.1', str(tcp))
    r.wait('^#1 .* is here')
    r.tell('Peer 1 is nc, in UTF-8.', '1 号是 nc，用 UTF-8。')
    r.pause(0.8)
    nc.say('hello, is anybody there?\n')
    r.wait('there\\?$')
    r.pause(2)

    device = r.peer('/usr/bin/python3', '-uc', PEER, 'tcp', str(tcp))
    r.wait('^#2 .* is here')
    r.tell('Peer 2, a Python program, speaks GBK: that is no UTF-8, and duplex says what it may be.',
           '2 号是 Python 程序，说的是 GBK：duplex 发现不是 UTF-8，并提示可能的编码。')
    r.pause(0.6)
    device.say('温度 23.5\n')
    r.wait('^duplex: some bytes')
    r.pause(3)
    r.say('/encoding gbk 2')
    r.enter('for #2')
    r.pause(1)
    device.say('温度 23.6\n')
    r.wait('23.6$')
    r.pause(1.6)

    door = r.peer('/usr/bin/python3', '-uc', PEER, 'udp', str(udp))
    door.say('三号门开着\n')
    r.wait('三号门开着$')
    r.tell('Peer 3 sends GBK over UDP; the endpoint said so from the start.', '3 号用 UDP 发 GBK：端点上已经写明了编码。')
    r.pause(1.8)

    r.tell('What is typed goes to all, to each in its own encoding.', '输入的一行发给所有人，各用各的编码。')
    r.say('大家好，', '收到', '请回复')
    r.enter('→ 大家好，收到请回复$')
    for peer in r.peers:
        peer.wait_out('^大家好，收到请回复$')
    r.pause(1)
    device.say('收到\n')
    r.wait('#2 .* ← 收到$')
    r.pause(0.7)
    r.tell('A message that comes meanwhile does not tear the line being typed.', '打字时来了消息，正在输入的一行不会被打断。')
    r.say('please look at ')
    nc.say('yes, loud and clear\n')
    r.wait('loud and clear$')
    r.pause(1.2)
    r.say('the door')
    r.enter('→ please look at the door$')
    nc.wait_out('^please look at the door$')
    r.pause(1.4)

    r.tell('To one alone: /to 2 until further notice, @3 for one line.', '只对一个人说：/to 2 一直有效，@3 只管这一行。')
    r.say('/to 2')
    r.enter(prompt='2> ')
    r.pause(0.5)
    r.say('调到 ', '22 ', '度')
    r.enter('#2 .* → 调到 22 度$')
    device.wait_out('^调到 22 度$')
    r.pause(0.8)
    r.say('@3 ', '请关门')
    r.enter('#3 .* → 请关门$')
    door.wait_out('^请关门$')
    door.say('已关\n')
    r.pause(0.8)
    r.wait('#3 .* ← 已关$')
    r.pause(1.4)

    r.tell('Who is here, in which encoding, with what was said.', '谁在，用什么编码，收发了多少。')
    r.say('/peers')
    r.enter('^#3 .*, gbk, ', prompt='2> ')
    r.pause(3)

    r.tell('The bytes, too.', '字节也可以看。')
    r.say('/show both')
    r.enter()
    device.say('温度 22.0\n')
    r.pause(0.8)
    r.wait('^ +0000 ')
    r.pause(2.6)

    nc.end()
    r.wait('^#1 .* (gone|left|closed|finished|ended)')
    r.tell('A peer leaves; the others stay. Ctrl-C ends it.', '有人离开，其余的人还在。Ctrl-C 结束。')
    r.pause(2.4)
    r.leave()
    r.pause(3.5)


# The picture

CELL, LINE, SIZE, WIDE_SIZE, PAD, BAR, FOOT = 8.4, 18, 14, 15.5, 16, 32, 40
WIDTH, HEIGHT = COLUMNS * CELL + 2 * PAD, BAR + ROWS * LINE + FOOT + 12
STRIDE = ROWS * LINE + FOOT + 12
COLORS = {'red': '#ff7b72', 'green': '#7ee787', 'brown': '#e3b341', 'blue': '#79c0ff', 'magenta': '#d2a8ff', 'cyan': '#56d4dd'}
STYLE = f'''
.s{{font:{SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC","PingFang SC","Microsoft YaHei",\
"WenQuanYi Micro Hei",monospace;fill:#e6edf3}}
.n{{font:14px system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif}}
.b{{font-weight:bold}}
.w{{font-size:{WIDE_SIZE}px}}
''' + ''.join(f'.{name[:2]}{{fill:{color}}}\n' for name, color in COLORS.items())


def number(x):
    return f'{x:.1f}'.removesuffix('.0')


def runs(cells):
    """(column, text, is it wide, style) of what is drawn at once: ASCII with single blanks, or characters placed one by one."""
    found, x = [], 0
    while x < len(cells):
        data, *style = cells[x]
        wide = x + 1 < len(cells) and cells[x + 1][0] == ''
        kind = 'wide' if wide else 'ascii' if data.isascii() else 'sign'
        if data != ' ':
            last = found[-1] if found else None
            if last and last[2:] == [kind, style] and kind != 'sign' and x - last[0] - columns(last[1], kind) <= (kind == 'ascii'):
                last[1] += ' ' * (x - last[0] - columns(last[1], kind)) + data
            else:
                found.append([x, data, kind, style])
        x += 2 if wide else 1
    return found


def columns(text, kind):
    return len(text) * (2 if kind == 'wide' else 1)


def draw_row(cells):
    drawn = []
    for x, text, kind, (color, bold) in runs(cells):
        classes = ' '.join(filter(None, [color[:2] if color in COLORS else '', 'b' if bold else '', 'w' if kind == 'wide' else '']))
        attributes = f' class="{classes}"' if classes else ''
        if kind == 'wide':
            places = ' '.join(number((x + 2 * n) * CELL + CELL - WIDE_SIZE / 2) for n in range(len(text)))
        else:
            places = number(x * CELL)
            if len(text) > 1:
                attributes += f' textLength="{number(len(text) * CELL)}"'
        drawn.append(f'<text x="{places}"{attributes}>{escape(text)}</text>')
    return ''.join(drawn)


def thinned(frames):
    """Without frames that look like the one before, and of those at one time the last."""
    kept = []
    for frame in frames:
        if kept and kept[-1][0] == frame[0]:
            kept.pop()
        if not kept or kept[-1][1:] != frame[1:]:
            kept.append(frame)
    return kept


def picture(r, language, title, about):
    frames, ids, defs, film = thinned(r.frames), {}, [], []
    for n, (_, rows, (x, y), caption) in enumerate(frames):
        drawn = [f'<use href="#k" x="{number(x * CELL)}" y="{n * STRIDE + y * LINE}"/>']
        things = [(row * LINE + SIZE, draw_row(cells)) for row, cells in enumerate(rows)]
        things.append((ROWS * LINE + 34, f'<text class="n">{escape(caption[language])}</text>'))
        for down, thing in things:
            if thing and thing not in ids:
                ids[thing] = f'r{len(ids)}'
                defs.append(f'<g id="{ids[thing]}">{thing}</g>')
            if thing:
                drawn.append(f'<use href="#{ids[thing]}" y="{n * STRIDE + down}"/>')
        film.append(''.join(drawn))
    still = max(n for n, frame in enumerate(frames) if not frame[1][-1][0][0].strip())      # the last before it scrolls
    times = ';'.join(f'{frame[0] / r.ms:.5f}' for frame in frames)
    places = ';'.join(f'0 {-n * STRIDE}' for n in range(len(frames)))
    lines, width, height = '\n'.join, number(WIDTH), number(HEIGHT)
    return f'''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{escape(title)}</title>
<desc>{escape(about)}</desc>
<!-- Made by docs/demo/record.py. The frames stand one below the other and move past a window; where nothing is to move, one stands. -->
<style>{STYLE}.q{{display:none}}
@media (prefers-reduced-motion:reduce){{.f{{display:none}}.q{{display:inline}}}}
</style>
<defs>
<rect id="k" width="{CELL}" height="{LINE}" fill="#8b949e" fill-opacity=".75"/>
{lines(defs)}
</defs>
<rect x=".5" y=".5" width="{number(WIDTH - 1)}" height="{number(HEIGHT - 1)}" rx="8" fill="#161b22" stroke="#444c56"/>
<path d="M1 {BAR - 4}H{number(WIDTH - 1)}M1 {number(HEIGHT - FOOT)}H{number(WIDTH - 1)}" stroke="#30363d"/>
<text x="{number(WIDTH / 2)}" y="19" text-anchor="middle" class="n" fill="#9198a1">{escape(title)}</text>
<svg x="{PAD}" y="{BAR}" width="{number(COLUMNS * CELL)}" height="{STRIDE}">
<g class="s q" transform="translate(0 {-still * STRIDE})">
{film[still]}
</g>
<g class="s f" transform="translate(0 {-still * STRIDE})">
<animateTransform attributeName="transform" type="translate" calcMode="discrete" dur="{r.ms / 1000:g}s" repeatCount="indefinite"
keyTimes="{times}" values="{places}"/>
{lines(film)}
</g>
</svg>
</svg>
'''


PICTURES = {
    'operator.svg': (0, 'duplex listen: three peers, two encodings',
                     'An operator at a terminal talks to nc in UTF-8, a Python program in GBK over TCP and one over UDP.'),
    'operator.zh-CN.svg': (1, 'duplex listen：三个对端，两种编码',
                           '操作员在终端里同时与三个对端交谈：用 UTF-8 的 nc，以及分别走 TCP 和 UDP、说 GBK 的两个 Python 程序。'),
}


def main(target):
    with tempfile.TemporaryDirectory() as folder:
        r = Recording(folder)
        try:
            play(r)
        finally:
            r.close()
    for name, how in PICTURES.items():
        with open(os.path.join(target, name), 'w', encoding='utf-8') as f:
            f.write(picture(r, *how))


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else HERE)
