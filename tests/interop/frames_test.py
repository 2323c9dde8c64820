"""Frames on the command line, both ways, against Python programs that know the struct module."""

import socket
import struct
from textwrap import dedent

from lib import Case

SERVER = '''
import socket, struct
s = socket.create_server(('127.0.0.1', 0))
print(s.getsockname()[1])
c, _ = s.accept()
f = c.makefile('rb')
'''
PACKED = {'len1': '>B', 'len2': '>H', 'len4': '>I', 'len8': '>Q', 'len2+le': '<H', 'len4+le': '<I', 'len8+le': '<Q'}


class Frames(Case):
    def listener(self, *words):
        d = self.duplex('listen', 'tcp://127.0.0.1:0', *words)
        return d, socket.create_connection(('127.0.0.1', d.port))

    def test_send_and_reply_with_lengths_of_every_kind(self):
        for frame, format in PACKED.items():
            server = self.python(SERVER + dedent(f'''
                for _ in range(2):
                    n, = struct.unpack({format!r}, f.read(struct.calcsize({format!r})))
                    print(f.read(n).decode())
                answer = '收到'.encode()
                c.sendall(struct.pack({format!r}, len(answer)) + answer)
                f.read()
            '''))
            d = self.call('send', f'127.0.0.1:{server.port}', '你好', '', '--frame', frame, '--wait', '1', '-s', 'text')
            self.assertEqual(d.out, '收到\n'.encode())
            self.assertEqual(server.exit(0).split(b'\n', 1)[1], '你好\n\n'.encode())

    def test_typed_lines_are_framed_and_replies_too(self):
        d, c = self.listener('--frame', 'len2', '--reply', '{data}!', '--count', '2', '-j')
        f = c.makefile('rb')
        c.sendall(struct.pack('>H', 2) + b'a\n' + b'\0')
        self.assertEqual(f.read(5), b'\0\x03a\n!')
        c.sendall(b'\x01b')
        self.assertEqual(f.read(4), b'\0\x02b!')
        d.exit(0)
        d, c = self.listener('--frame', 'len4+le', '--once')
        d.say('one\ntwo\n')
        self.assertEqual(c.makefile('rb').read(14), b'\x03\0\0\0one\x03\0\0\0two')

    def test_events_tell_the_message_alone(self):
        d, c = self.listener('--frame', 'len2', '--reply', 'ok', '--count', '1', '-j')
        c.sendall(b'\0\x03abc')
        self.assertEqual(c.makefile('rb').read(4), b'\0\x02ok')
        d.exit(0)
        self.assertRegex(d.text, r'"direction":"in","length":3,"text":"abc","eol":""')
        self.assertRegex(d.text, r'"direction":"out","length":2,"text":"ok","eol":""')
        self.assertRegex(d.text, r'"in":5,"out":4')

    def test_F9_a_peer_that_ends_inside_a_frame_is_cut(self):
        for frame, sent in (('len2', b'\0\x05hell'), ('len2', b'\0'), ('fixed:4', b'whole'), ('delim:7c', b'whole|half'),
                            ('len8', b'\x80\0\0\0\0\0\0\0half'), ('len4', b'\xff\xff\xff\xff' + bytes(65536))):
            d, c = self.listener('--once', '--frame', frame, '-s', 'text')
            port = c.getsockname()[1]
            c.sendall(sent)
            c.close()
            d.exit(6)
            self.assertIn(f'cannot receive from 127.0.0.1:{port}: ', d.err)
            self.assertNotIn(b'hell', d.out)
            self.assertNotIn(b'half', d.out)

    def test_F8_a_length_over_the_limit_comes_in_parts(self):
        d, c = self.listener('--once', '--frame', 'len4', '-j')
        c.sendall(struct.pack('>I', 150000) + b'x' * 150000 + struct.pack('>I', 1) + b'y')
        c.close()
        d.exit(0)
        lengths = [line for line in d.text.splitlines() if '"message"' in line]
        self.assertEqual([('"partial":true' in line) for line in lengths], [True, True, False, False])

    def test_ends_that_are_bytes(self):
        server = self.python(SERVER + dedent('''
            print(f.read())
        '''))
        d = self.duplex('connect', f'127.0.0.1:{server.port}', '--frame', 'delim:7c7c')
        d.say('one\ntwo\n').end()
        d.exit(0)
        server.wait_out(r"b'one\|\|two\|\|'")
        d, c = self.listener('--frame', 'delim:03', '--count', '2', '-s', 'text')
        c.sendall(b'a\nb\x03')
        c.sendall(b'c\x03')
        self.assertEqual(d.exit(0), b'a\\nb\nc\n')

    def test_a_line_s_end_is_eol_s_affair_unless_frame_out_is_named(self):
        for words, wire in ((['--frame', 'crlf'], b'a\n'), (['--frame', 'nul'], b'a\n'), (['--frame-out', 'crlf'], b'a\r\n'),
                            (['--frame-out', 'nul', '--eol', 'lf'], b'a\0'), (['--frame-out', 'line', '-n'], b'a\n'),
                            (['--frame', 'len1'], b'\x01a'), (['--frame', 'len1', '--eol', 'crlf'], b'\x03a\r\n'),
                            (['--frame-out', 'fixed:1'], b'a'), (['--frame-out', 'crlf', '-e', 'utf-16le'], b'a\0\r\0\n\0'),
                            (['--frame', 'len2', '-e', 'utf-16be'], b'\0\x02\0a'), (['--frame-out', 'auto'], b'a\n')):
            with socket.create_server(('127.0.0.1', 0)) as s:
                d = self.duplex('send', f'127.0.0.1:{s.getsockname()[1]}', 'a', *words)
                c, _ = s.accept()
                self.assertEqual(c.makefile('rb').read(), wire, words)
                c.close()
                d.exit(0)

    def test_hex_is_framed_and_a_file_is_not(self):
        path = self.file('f', b'as it is')
        for words, wire in ((['01 a0', '--hex'], b'\0\x02\x01\xa0'), (['--file', path], b'as it is')):
            with socket.create_server(('127.0.0.1', 0)) as s:
                d = self.duplex('send', f'127.0.0.1:{s.getsockname()[1]}', *words, '--frame', 'len2')
                c, _ = s.accept()
                self.assertEqual(c.makefile('rb').read(), wire)
                c.close()
                d.exit(0)

    def test_what_no_frame_can_hold_is_named_and_not_sent(self):
        with socket.create_server(('127.0.0.1', 0)) as s:
            d = self.duplex('connect', f'127.0.0.1:{s.getsockname()[1]}', '--frame', 'fixed:3')
            c, _ = s.accept()
            d.say('abc\nfour\nabc\n')
            self.assertEqual(c.makefile('rb').read(), b'abc')
            c.close()
            d.exit(1)
            self.assertRegex(d.err, r'not sent: these 4 bytes cannot be a message of fixed:3\n')

    def test_datagrams_are_messages_already(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(('127.0.0.1', 0))
            d = self.duplex('send', f'udp://127.0.0.1:{s.getsockname()[1]}', 'hi', '--frame', 'len2')
            self.assertEqual(s.recv(100), b'hi')
            d.exit(0)

    def test_at_a_terminal_messages_are_shown_and_lengths_are_not(self):
        d = self.duplex('listen', 'tcp://127.0.0.1:0', '--frame', 'len2', '-t', 'none', tty=True)
        with socket.create_connection(('127.0.0.1', d.port)) as c:
            c.sendall(b'\0\x05hel')
            c.sendall(b'lo\0\x02yo')
            d.wait_out(r'hello')
            d.wait_out(r'yo')
            self.assertNotIn('\\x', d.text)
