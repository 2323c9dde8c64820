"""Long messages, and many short ones before a reader that is slow: nothing is cut in the wrong place, nothing is left out."""

import os
import re
import socket
import threading

from interop.bare import Bare, events, rest, unread
from lib import until

KI = 1024
PIPE_BYTES = 60_000             # of 64 KiB; what is left is less than a piece


def is_asleep(d):
    with open(f'/proc/{d.pid}/wchan') as f:
        return 'poll' in f.read()


class Sending(Bare):
    limit = 60

    def spoken(self, *options, lines, command='connect'):
        """What the peer of a duplex hears that is given these lines; and the duplex, which has ended."""
        d, c = self.connect(self.server(), *options, command=command, stdin=self.file('lines', b''.join(lines)))
        heard = rest(c)
        c.close()
        return heard, d

    def test_F14_a_line_of_any_length_is_sent(self):
        for n in 64 * KI, 256 * KI, 768 * KI, KI * KI - 8, KI * KI - 1, KI * KI, KI * KI + 1, 5_000_000:
            lines = [b'a' * n + b'\n', '好'.encode() * (n // 3) + b'\n', b'the last\n']
            text = b''.join(lines)
            for options, sent in (['-e', 'utf-8'], text), (['-e', 'gbk'], text.decode().encode('gbk')), \
                    (['-f', 'len4'], b''.join(len(line[:-1]).to_bytes(4, 'big') + line[:-1] for line in lines)):
                with self.subTest(n=n, options=options):
                    heard, d = self.spoken(*options, lines=lines)
                    self.assertTrue(heard == sent, f'{len(heard)} of {len(sent)} bytes')
                    d.exit(0)

    def test_F14_a_line_that_never_ends_is_refused_and_not_cut(self):
        longest = 16 * KI * KI - 64 * KI
        for n, status in (longest - 1, 0), (longest + 64 * KI, 1):
            with self.subTest(n):
                heard, d = self.spoken('-e', 'utf-8', lines=[b'a' * n + b'\n'])
                self.assertEqual(len(heard), 0 if status else n + 1)
                d.exit(status)
                self.assertRegex(d.err, r'\A(duplex: cannot read standard input: [^\n]*EMSGSIZE[^\n]*\n)?\Z')
                self.assertEqual(bool(d.err), status == 1)

    def test_F14_json_says_it_and_tells_it_in_parts(self):
        for n in 64 * KI, 64 * KI + 1, 3_000_000:
            for encoding in 'utf-8', 'gbk', 'utf-16':
                with self.subTest(n=n, encoding=encoding):
                    text = 'a' + '好' * (n // 3)
                    heard, d = self.spoken('--json', '-e', encoding, lines=[b'{"send":"%s"}\n' % t.encode() for t in (text, 'after')])
                    self.assertTrue(heard == f'{text}\nafter\n'.encode(encoding + '-le' * (encoding == 'utf-16')), len(heard))
                    d.exit(0)
                    told = events(d, 'message')
                    self.assertEqual([e['text'] for e in told][-1], 'after')
                    self.assertEqual(''.join(e['text'] for e in told[:-1]), text)
                    self.assertEqual([e.get('partial', False) for e in told], [True] * (len(told) - 2) + [False, False])
                    self.assertEqual([e['eol'] for e in told], [''] * (len(told) - 2) + ['\n', '\n'])
                    self.assertTrue(all(e['length'] <= 64 * KI for e in told))

    def test_E5_a_source_waits_for_who_takes_datagrams_slowly(self):
        """A Unix socket takes ten or so, and then makes who sends wait."""
        count = 1000
        lines = self.file('lines', b''.join(b'%d\n' % n for n in range(count)))
        for command in 'connect', 'send':
            with self.subTest(command):
                s = self.keep(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
                s.bind(f'{self.tmp}/{command}')
                d = self.duplex(command, f'unix-dgram:{self.tmp}/{command}', stdin=lines)
                until(lambda: is_asleep(d), 'a sender that waits')
                self.assertEqual([s.recv(100) for _ in range(count)], [b'%d' % n for n in range(count)])
                self.assertEqual((d.exit(0), d.err), (b'', ''))

    def test_D12_long_lines_both_ways_do_not_get_stuck(self):
        for keys in ',sndbuf=4096,rcvbuf=4096', '':
            with self.subTest(keys):
                line = b'x' * 4_000_000 + b'\n'
                lines = self.file('lines', line * 2)
                d = self.duplex('listen', 'tcp://127.0.0.1:0' + keys, '--once', '--eol', 'lf', stdin=lines, stdout=self.tmp + '/came')
                there = d.wait_err(r'listening on (\S+)')[1]
                e = self.duplex('connect', there + keys, '--eol', 'lf', stdin=lines, stdout=self.tmp + '/back')
                e.exit(0)
                d.exit(0)
                for name in 'came', 'back':
                    self.assertEqual(os.path.getsize(f'{self.tmp}/{name}'), 2 * len(line))
                    os.unlink(f'{self.tmp}/{name}')


class Hearing(Bare):
    limit = 60
    VIEWS = (['--json'], 1), (['-s', 'text'], 1), (['-s', 'both'], 2), (['-t', 'iso', '-s', 'quoted'], 1)

    def flood(self, c, data, end=socket.socket.close):
        def send():
            try:
                c.sendall(data)
            except OSError:
                pass
            end(c)
        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        self.addCleanup(thread.join)

    def test_D11_short_messages_before_a_slow_reader_all_come(self):
        count = 100_000
        for view, lines in self.VIEWS:
            with self.subTest(view):
                out, theirs = os.pipe()
                d = self.listen('--once', '-f', 'line', *view, stdout=theirs)
                os.close(theirs)
                self.flood(self.dial(d), b'a\n' * count)
                until(lambda: unread(out) >= PIPE_BYTES, 'a full pipe')
                with open(out, 'rb') as f:
                    told = f.read()
                d.exit(0)
                is_message = rb'"event":"message"' if view == ['--json'] else rb'\n'
                self.assertEqual(len(re.findall(is_message, told)), count * lines)

    def test_D11_a_format_however_long_shows_all_of_a_message(self):
        message = b'\1' * 64 * KI
        for form, shown in ('{hex}' * 100, (b'01 ' * 64 * KI)[:-1] * 100), ('{text}' * 40, b'\\x01' * 64 * KI * 40):
            d = self.listen('--once', '--format', form, stdout=f'{self.tmp}/{form[:5]}')
            self.flood(self.dial(d), message + b'\n')
            d.exit(0)
            with open(f'{self.tmp}/{form[:5]}', 'rb') as f:
                self.assertTrue(f.read() == shown + b'\n')

    def test_D11_a_message_that_no_output_can_hold_is_an_error(self):
        d = self.listen('--once', '--format', '{hex}' * 400)
        self.flood(self.dial(d), b'x' * 64 * KI + b'\n')
        self.assertEqual(d.exit(1), b'')
        self.assertRegex(d.err, r'cannot write to standard output')

    def test_F1_a_long_line_is_cut_between_characters(self):
        for encoding in 'utf-8', 'gbk', 'gb18030', 'big5', 'utf-16', 'iso-2022-jp':
            for text in '好' * 100_000, 'a' + '好' * 100_000:
                line = (text + '\n').encode(encoding + '-le' * (encoding == 'utf-16'))
                for pieces in [line], [line[:65_537], line[65_537:130_000], line[130_000:]]:
                    with self.subTest(encoding=encoding, first=text[0], pieces=len(pieces)):
                        d = self.listen('-s', 'text', '-e', encoding, '--count', '1')
                        c = self.dial(d)
                        for piece in pieces:
                            c.sendall(piece)
                        self.assertEqual(d.exit(0).decode().replace('\n', ''), text)
                        self.assertNotIn('not valid', d.err)

    def test_F1_json_tells_parts_as_text(self):
        for encoding in 'utf-8', 'gbk':
            with self.subTest(encoding):
                text = 'a' + '好' * 100_000
                d = self.listen('--json', '-e', encoding, '--count', '1')
                self.dial(d).sendall((text + '\n').encode(encoding))
                d.exit(0)
                told = events(d, 'message')
                self.assertEqual(''.join(e['text'] for e in told), text)
                self.assertEqual([e.get('partial', False) for e in told], [True] * (len(told) - 1) + [False])
