"""What a peer says is data, whatever it looks like: no template, no command, no event. And what a program says in JSON is what it
is by the letter of JSON, or an error with its place."""

import json
import re

from interop.bare import Bare, events, hear, rest, strictly
from interop.terminal_test import Terminal
from lib import until

FORGED = ('hi\r\n/kick 2\r\n{"quit": true}\n{"event":"close","peer":2}\n/quit\n\x04\x03'
          '\x1b[200~/quit\r\x1b[201~\x00{"hangup": 2}\u2028{"hangup": 2}\u0085/quit\n').encode()


class Templates(Bare):
    WORDS = '{data} {peer} {n} {ip} {port} {time} {1} $1 %s \\1 \\n {{data}}'

    def test_A9_what_a_peer_says_is_never_expanded_again(self):
        d = self.listen('--reply', '{data}|{peer}', '--greet', '{n}')
        c = self.dial(d)
        hear(c, b'0\n')
        c.send(self.WORDS.encode() + b'\n')
        self.assertEqual(hear(c, b'\n').decode(), self.WORDS + '|1\n')

    def test_A9_nor_is_what_is_shown_in_a_format_or_sent_in_a_datagram(self):
        d = self.listen('--format', '{text}|{length}', '--reply', '{data}{data}', '--count', '1', at='udp://127.0.0.1:0')
        s = self.udp(d)
        s.send(b'{text}{data}{length}')
        self.assertEqual(s.recv(1000), b'{text}{data}{length}' * 2)
        self.assertEqual(d.exit(0), b'{text}{data}{length}|20\n')

    def test_A9_a_message_of_64_KiB_of_braces_is_answered_at_once(self):
        d = self.listen('--reply', '{data}')
        c = self.dial(d)
        data = b'{' * 30_000 + b'{data}' * 5_000
        c.sendall(data + b'\n')
        self.assertEqual(hear(c, b'\n'), data + b'\n')


class Commands(Bare):
    """JSON on standard input."""
    DEEP = 100_000
    WRONG = {                           # a line, and the place that is named, or a word of what is wrong
        'deep lists': (b'[' * DEEP, r'column \d+'),
        'deep objects': (b'{"a":' * DEEP, r'column \d+'),
        'deep, and whole': (b'{"send": "x", "a": ' + b'[' * DEEP + b']' * DEEP + b'}', r'column \d+'),
        'a real number that is too large': (b'{"send": "x", "to": [1e400]}', r'column 2[0-9]'),
        'a whole number that is too large': (b'{"hangup": 123456789012345678901234567890}', r'column \d+'),
        'one that would wrap': (b'{"hangup": 4294967298}', '4294967298'),
        'one below nothing': (b'{"hangup": -4294967294}', '-4294967294'),
        'a real one': (b'{"hangup": 2.0}', 'hangup'),
        'a real one in a list': (b'{"send": "x", "to": [2.0]}', 'to'),
        'the same key twice': (b'{"send": "a", "send": "b"}', r'column \d+'),
        'the same key twice, escaped': (rb'{"send": "a", "\u0073end": "b"}', r'column \d+'),
        'half a pair': (rb'{"send": "\ud800"}', r'column \d+'),
        'the other half': (rb'{"send": "\udc00x"}', r'column \d+'),
        'the halves changed': (rb'{"send": "\udc00\ud800"}', r'column \d+'),
        'something behind it': (b'{"send": "x"} x', r'column 15'),
        'two on a line': (b'{"send": "x"}{"send": "y"}', r'column 14'),
        'a comma at the end': (b'{"send": "x",}', r'column 14'),
        'a mark of the byte order': (b'\xef\xbb\xbf{"send": "x"}', r'column 1'),
        'overlong': (b'{"send": "\xc0\xaf"}', r'column \d+'),
        'a surrogate in UTF-8': (b'{"send": "\xed\xa0\x80"}', r'column \d+'),
        'half a character': (b'{"send": "\xe4\xbd"}', r'column \d+'),
        'UTF-16': ('{"send": "x"}'.encode('utf-16-le'), r'column \d+'),
        'a NUL': (b'{"send": "x\0"}', r'column \d+'),
        'a NUL for a blank': (b'{\0"send": "x"}', r'column \d+'),
        'a NUL at the end': (b'{"send": "x"}\0', r'column 14'),
        'a control': (b'{"send": "x\x1b"}', r'column \d+'),
        'a key that holds a NUL': (rb'{"send\u0000": "x"}', r'column \d+'),
        'a name that holds a NUL': (rb'{"set": {"encoding": "gbk\u0000"}}', 'no such setting'),
        'a path that holds a NUL': (rb'{"file": "/dev/null\u0000.txt"}', 'cannot be read'),
        'an empty path': (rb'{"file": ""}', 'cannot be read'),
        'no JSON': (b'NaN', r'column \d+'),
        'single quotes': (b"{'send': 'x'}", r'column \d+'),
        'a list': (b'[{"send": "x"}]', 'no command'),
        'null': (b'null', r'no command|column'),
    }

    def test_F12_what_is_wrong_is_an_error_with_its_place_and_does_nothing(self):
        d = self.listen('--json')
        first, second = self.dial(d), self.dial(d)
        self.events(d, 'open', 2)
        for count, (name, (line, place)) in enumerate(self.WRONG.items(), 1):
            with self.subTest(name):
                d.say(line + b'\n')
                error = self.events(d, 'error', count)[count - 1]
                self.assertEqual((error['operation'], error['code']), ('input', 'ECOMMAND'))
                self.assertRegex(json.dumps(error), place)
        d.say('{"send": "alive"}\n{"quit": true}\n')
        self.assertEqual([rest(first), rest(second)], [b'alive\n'] * 2)
        d.exit(0)
        self.assertEqual(len(events(d, 'error')), len(self.WRONG))

    def test_F12_what_is_right_is_taken_by_the_letter(self):
        d = self.listen('--json', '--encoding', 'utf-8')
        c = self.dial(d)
        self.events(d, 'open')
        for line, sent in ((rb'{"send": "\ud83d\ude00"}', '😀\n'.encode()), (rb'{"send": "a\u0000b"}', b'a\0b\n'),
                           (b' \t{ "send" :\r"x" } \r', b'x\n'), (rb'{"send": "\/\b\f\t"}', b'/\b\f\t\n'),
                           (rb'{"\u0073end": "key"}', b'key\n'), (b'{"send": "\x7f\xc2\x9b"}', b'\x7f\xc2\x9b\n'),
                           (b'{"send": "x", "later": {"v": [1e10, null]}}', b'x\n'),
                           (b'{"send": "' + b'y' * 1_000_000 + b'"}', b'y' * 1_000_000 + b'\n')):
            d.say(line + b'\n')
            self.assertEqual(hear(c, len(sent)), sent)
        self.assertEqual(events(d, 'error'), [])


class Forged(Bare):
    def test_F13_in_messages_with_a_program_that_reads_events(self):
        """Every line of the output is one event of ours, and what it tells of messages is what was said."""
        for options in ['--frame', 'len2'], []:
            d = self.listen('--json', *options)
            first, second = self.dial(d), self.dial(d)
            self.events(d, 'open', 2)
            first.send((len(FORGED).to_bytes(2, 'big') if options else b'') + FORGED)
            until(lambda: sum(e['length'] + len(e['eol']) for e in self.events(d, 'message')) >= len(FORGED), 'all of it')
            d.say(json.dumps({'send': FORGED.decode(), 'to': [2]}) + '\n')
            hear(second, FORGED)
            second.send(b'\x00\x05still' if options else b'still\n')
            until(lambda: events(d, 'message')[-1].get('text') == 'still', 'the other one')
            self.assertEqual({e['event'] for e in events(d)}, {'listening', 'open', 'message'})
            came = b''.join((e['text'].encode() if 'text' in e else bytes.fromhex(e['hex'])) + (e['eol'].encode() if 'text' in e else b'')
                            for e in events(d, 'message') if e['direction'] == 'in' and e['peer'] == 1)
            self.assertEqual(came, FORGED)
            for line in d.out.splitlines():
                strictly(line)

    def test_F13_in_messages_a_line_each(self):
        """Off a terminal a message that holds line ends is one line, and peers do not run together."""
        d = self.listen('--frame', 'len2', '--count', '2', '-t', 'none', '-v')
        first = self.dial(d)
        first.send(len(FORGED).to_bytes(2, 'big') + FORGED + b'\x00\x04last')
        d.exit(0)
        self.assertEqual(len(d.text.splitlines()), 2, d)
        self.assertRegex(d.text, r'\A[^\n]*hi\\r\\n/kick 2[^\n]*\n[^\n]*last\n\Z')
        self.assertNotRegex(d.out, rb'[\x00-\x09\x0b-\x1f\x7f]')

    def test_F13_in_datagrams_and_what_is_said_to_them(self):
        d = self.duplex('connect', 'udp://127.0.0.1:%d' % (s := self.udp()).getsockname()[1], '--json')
        d.say(json.dumps({'send': FORGED.decode()}) + '\n')
        data, at = s.recvfrom(65536)
        self.assertEqual(data, FORGED)
        s.sendto(FORGED, at)
        message = self.events(d, 'message', 2)[1]
        self.assertEqual(message['direction'], 'in')
        self.assertTrue(d.running)


class ForgedAtTerminal(Terminal):
    def test_F13_neither_commands_nor_answers_in_the_name_of_others(self):
        p = self.at_listen('--frame', 'len2', '--echo')
        first, second = self.caller(p), self.caller(p, 2)
        name = '#2 127.0.0.1:%d ← I owe you' % second.getsockname()[1]
        for data in FORGED, f'x\r\n{name}\n'.encode(), f'x\u2028{name}\u0085{name}\r{name}'.encode():
            first.send(len(data).to_bytes(2, 'big') + data)
            self.assertEqual(hear(first, len(data) + 2)[2:], data)
        second.send(b'\x00\x05still')
        self.shows(p, '← still')
        self.allowed(p)
        for row in p.rows:                      # whoever is named at the beginning of a row has said what follows there
            if row.startswith('#2 127.0.0.1') and '←' in row:
                self.assertTrue(row.endswith('← still'), row)
        p.ready()

    def test_F13_lines_of_a_peer_bear_its_name_each(self):
        p, c = self.talk()
        c.send(b'hi\n/kick 1\n/quit\r\nduplex: all is lost\n')
        for said in 'hi', '/kick 1', '/quit', 'duplex: all is lost':
            p.see(rf'^#1 127\.0\.0\.1:\d+ ← {re.escape(said)}$')
        p.enter('here')
        self.assertEqual(hear(c, b'\n'), b'here\n')
