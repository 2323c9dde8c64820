"""What is shown, and how it is said: views, formats, times, JSON out and in, the trace, templates, line ends, encodings."""

import json
import os
import re
import signal
import socket

from interop.bare import Bare, events, hear, rest, strictly, unread
from lib import bound, until

STAMP = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z'
SENT = '你好\t\x1b[31m'.encode() + b'\r\nab\0\xff'       # two messages, the second without a line end


class Views(Bare):
    TABLE = {           # view: what two messages become off a terminal
        'text': '你好\t\\x1b[31m\nab\\0\\xff\n',
        'quoted': '"你好\\t\\x1b[31m\\r\\n"\n"ab\\0\\xff"\n',
        'raw': SENT,
        'none': '',
    }
    WHOLE = {           # binary views do not cut at line ends
        'hex': 'e4 bd a0 e5 a5 bd 09 1b 5b 33 31 6d 0d 0a 61 62 00 ff\n',
        'both': '你好\t\\x1b[31m\\r\\nab\\0\\xff\n    e4 bd a0 e5 a5 bd 09 1b 5b 33 31 6d 0d 0a 61 62 00 ff\n',
    }

    def test_each_view(self):
        for view, shown in {**self.TABLE, **self.WHOLE}.items():
            with self.subTest(view):
                d = self.listen('-s', view, '--count', '2' if view in self.TABLE else '1')
                c = self.dial(d)
                c.sendall(SENT)
                c.close()
                self.assertEqual(d.exit(0), shown if isinstance(shown, bytes) else shown.encode())

    def test_format(self):
        d = self.listen('--count', '2', '--format', '{peer} {address} {direction} {length} {text} {hex} {other} {')
        c = self.dial(d)
        c.sendall('你好\r\n{peer}\n'.encode())
        port = c.getsockname()[1]
        self.assertEqual(d.exit(0).decode(), f'1 127.0.0.1:{port} in 6 你好 e4 bd a0 e5 a5 bd {{other}} {{\n'
                                             f'1 127.0.0.1:{port} in 6 {{peer}} 7b 70 65 65 72 7d {{other}} {{\n')
        d = self.listen('--count', '1', '--format', r'\xff\xe4\xbd\xa0{text}', '-e', 'gbk')
        self.dial(d).send(b'x\n')
        self.assertEqual(d.exit(0), b'\xff\xe4\xbd\xa0x\n')
        d = self.listen('--count', '1', '--format', r'[{time}]\n')
        self.dial(d).send(b'x\n')
        self.assertRegex(d.exit(0).decode(), r'\A\[\d\d:\d\d:\d\d\.\d{3}\]\n\Z')

    def test_times(self):
        for style, pattern in {'clock': r'\d\d:\d\d:\d\d\.\d{3} ', 'iso': r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* ',
                               'since': r'\+\d+\.\d{3} ', 'none': ''}.items():
            with self.subTest(style):
                d = self.listen('-t', style, '--count', '1')
                self.dial(d).send(b'hello\n')
                self.assertRegex(d.exit(0).decode(), rf'\A{pattern}.*hello\n\Z')

    def test_times_off_a_terminal_stand_before_a_message_a_line(self):
        d, c = self.pair('-t', 'since')
        c.send(b'one\ntwo')
        c.close()
        self.assertRegex(d.exit(0), rb'\A\+\d+\.\d{3} [^\n]*one\n\+\d+\.\d{3} [^\n]*two\n\Z')

    def test_at_a_terminal_a_message_is_one_line(self):
        d = self.listen('--color', 'never', tty=True)
        c = self.dial(d)
        port = c.getsockname()[1]
        c.send('你好\n'.encode())
        d.wait_out(rf'^\d\d:\d\d:\d\d\.\d{{3}} #1 127\.0\.0\.1:{port} ← 你好\r\n')
        c.send(b'login: ')
        d.wait_out(r'← login: \Z')                      # unfinished, and shown at once
        c.send(b'please\n')
        d.wait_out(r'login: please\r\n')

    def test_a_rules_reply_is_shown_at_a_terminal_and_a_typed_line_is_not(self):
        d = self.listen('--color', 'never', '--reply', 'heard {data}', tty=True)
        c = self.dial(d)
        c.send(b'one\n')
        self.assertEqual(hear(c, b'\n'), b'heard one\n')
        d.wait_out('→ heard one')
        d.say('typed\n')
        self.assertEqual(hear(c, b'\n'), b'typed\n')
        c.send(b'two\n')
        d.wait_out('← two')
        self.assertEqual(d.text.count('typed'), 1)      # what the terminal itself showed

    def test_J3_off_a_terminal_connect_gives_bytes_as_they_came(self):
        data = os.urandom(100_000)
        d, c = self.pair()
        c.sendall(data)
        c.close()
        self.assertTrue(d.exit(0) == data)

    def test_J3_listen_off_a_terminal_warns_once_that_it_escapes(self):
        d = self.listen('--count', '3')
        self.dial(d).sendall(b'\x1b[2J\nnext \x07\nlast\n')
        self.assertEqual(d.exit(0), b'\\x1b[2J\nnext \\x07\nlast\n')
        self.assertEqual(len(re.findall(r'--once.*--show raw', d.err)), 1)

    def test_J1_nothing_that_a_peer_sends_commands_the_terminal(self):
        d = self.listen('--color', 'never', tty=True)
        c = self.dial(d)
        d.wait_out('#1')
        c.sendall(b'\x1b]0;owned\x07 \x1b[2J \x9b31m \xc2\x9b31m \x0e \x08\x08 \r over \x7f ' + '\u202eevil'.encode() + b' end\n')
        d.wait_out('end\r\n')
        shown = d.out.split('←'.encode(), 1)[1]
        self.assertNotRegex(shown.replace(b'\r\n', b''), rb'[\x00-\x08\x0b-\x1f\x7f]')
        self.assertNotIn('\u202e'.encode(), shown)
        self.assertNotIn(b'\xc2\x9b', shown)
        for view in 'hex', 'both', 'quoted', 'text':
            d = self.listen('--color', 'never', '-s', view, tty=True)
            self.dial(d).sendall(b'\x1b]0;owned\x07 end\n')
            d.wait_out('end|65 6e 64')
            self.assertNotIn(b'\x1b', d.out)

    def test_J3_only_show_raw_passes_bytes_to_a_terminal(self):
        d, c = self.pair('-s', 'raw', tty=True)
        c.sendall(b'\x1b[31mred\x1b[0m\n')
        d.wait_out(r'\x1b\[31mred\x1b\[0m')

    def pair(self, *options, **how):
        return self.connect(self.server(), *options, **how)


class Json(Bare):
    def test_every_event_strictly(self):
        d = self.listen('--json', '--reply', 'ok', '--count', '3')
        port = d.port
        c = self.dial(d)
        me = f'127.0.0.1:{c.getsockname()[1]}'
        c.sendall('你好\n'.encode() + b'"\\\x01\xe2\x80\xa8\r\n' + b'bad \xff\n')
        self.assertEqual(rest(c), b'ok\nok\r\nok\n')
        d.exit(0)
        for line in d.out.splitlines():
            self.assertRegex(strictly(line).get('time', ''), rf'\A{STAMP}\Z')
        told = [{key: value for key, value in e.items() if key != 'time'} for e in events(d)]
        at = f'tcp://127.0.0.1:{port}'

        def message(direction, length, text, eol, key='text'):
            return {'event': 'message', 'peer': 1, 'address': me, 'direction': direction, 'length': length, key: text,
                    'eol': eol, 'encoding': 'utf-8'}
        self.assertEqual(told, [
            {'event': 'listening', 'v': 1, 'endpoint': at},
            {'event': 'open', 'peer': 1, 'address': me, 'endpoint': at},
            message('in', 6, '你好', '\n'), message('out', 2, 'ok', '\n'),
            message('in', 6, '"\\\x01\u2028', '\r\n'), message('out', 2, 'ok', '\r\n'),
            {**{key: value for key, value in message('in', 5, '', '\n').items() if key != 'text'}, 'hex': b'bad \xff'.hex(' ')},
            message('out', 2, 'ok', '\n'),
            {'event': 'close', 'peer': 1, 'address': me, 'reason': told[8]['reason'], 'in': 21, 'out': 10},
            {'event': 'end', 'status': 0}])

    def test_an_error_is_an_event(self):
        with self.server() as s:
            port = s.getsockname()[1]
        d = self.duplex('connect', f'127.0.0.1:{port}', '--json')
        d.exit(4)
        error, = events(d, 'error')
        self.assertRegex(error.pop('time'), STAMP)
        self.assertTrue(error.pop('text'))
        self.assertEqual(error, {'event': 'error', 'operation': 'connect', 'address': f'127.0.0.1:{port}',
                                 'code': 'ECONNREFUSED', 'status': 4})
        self.assertEqual(events(d)[-1]['status'], 4)

    def test_hex_view_and_hex_option_give_hex(self):
        for option in ['--hex'], ['-s', 'hex']:
            d = self.listen('--json', '--count', '1', *option)
            self.dial(d).sendall(b'hi\n')
            d.exit(0)
            self.assertEqual(bytes.fromhex(events(d, 'message')[0]['hex']), b'hi\n')
            d = self.listen('--json', '--count', '1', *option, at='udp://127.0.0.1:0')
            self.udp(d).send(b'\x01\x03\r\n')
            d.exit(0)
            message, = events(d, 'message')         # the last two bytes of a checksum are no line end
            self.assertEqual((message['hex'], message['length'], message['eol']), ('01 03 0d 0a', 4, ''))

    def test_json_in(self):
        d = self.listen('--json')
        first, second = self.dial(d), self.dial(d)
        self.events(d, 'open', 2)
        d.say('{"send": "everyone", "to": [1, 2]}\n{"send": "第二", "to": [2]}\n{"send": "all\\\\n{n}"}\n')
        self.assertEqual(hear(first, b'{n}\n'), b'everyone\nall\\n{n}\n')          # no escapes, no templates
        self.assertEqual(hear(second, b'{n}\n').decode(), 'everyone\n第二\nall\\n{n}\n')
        d.say(json.dumps({'hex': '41 0a 00', 'to': [1]}) + '\n' + json.dumps({'file': self.file('f', b'bytes\0'), 'to': [1]}) + '\n')
        self.assertEqual(hear(first, 9), b'A\n\0bytes\0')
        d.say('{"set": {"encoding": "gbk"}}\n{"send": "你好"}\n')
        self.assertEqual(hear(first, b'\n'), '你好\n'.encode('gbk'))
        first.send('再见\n'.encode('gbk'))
        until(lambda: any(e['direction'] == 'in' for e in events(d, 'message')), 'what came')
        message, = (e for e in events(d, 'message') if e['direction'] == 'in')
        self.assertEqual((message['text'], message['encoding']), ('再见', 'gbk'))
        d.say('{"hangup": 1}\n')
        self.assertEqual(rest(first), b'')
        self.events(d, 'close')
        d.say('{"quit": true}\n')
        d.exit(0)
        self.assertEqual(hear(second, b'\n').decode('gbk'), '你好\n')
        self.assertEqual(rest(second), b'')

    def test_json_in_a_file_of_any_size_at_the_pace_of_who_takes_it(self):
        data = os.urandom(1 << 20) * 2
        d = self.listen('--json')
        slow, other = self.dial(d), self.dial(d)
        self.events(d, 'open', 2)
        d.say(json.dumps({'file': self.file('big', data), 'to': [1]}) + '\n')
        d.say(json.dumps({'file': self.file('two', b'2'), 'to': [2]}) + '\n' + '{"send": "behind", "to": [1]}\n')
        self.assertEqual(hear(slow, len(data)), data)
        self.assertEqual(hear(slow, b'\n'), b'behind\n')        # an order waits for the file before it
        self.assertEqual(hear(other, 1), b'2')
        self.assertEqual(events(d, 'error'), [])

    def test_json_in_what_is_wrong_is_an_error_event(self):
        d = self.listen('--json')
        c = self.dial(d)
        self.events(d, 'open')
        bad = {'{"send": "x", "to": [7]}': '7', '{"hangup": 9}': '9', '{"send": ': 'column', '[]': None, '{"send": 5}': None,
               '{"no such": 1}': None, 'plain': 'column', '{"send": "a", "send": "b"}': None, '{"hex": "4x"}': '4x',
               '{"file": "/no/such"}': '/no/such', '{"set": {"encoding": "no-such"}}': 'no-such', '[' * 5000: 'column',
               '{"send": "\\ud800"}': None, '{"send": "a", "hex": "41"}': 'hex', '{"hangup": 4294967297}': '4294967297',
               '{"file": "/dev/null", "to": [4294967297]}': '4294967297', '{"file": "/dev/null", "to": [7]}': '7',
               '{"send": "a", "to": 1}': 'to', '{"send": "a", "to": ["1"]}': 'to', '{"file": "/no/such", "to": [1], "quit": true}': 'quit', '{"hangup": -1}': '-1'}
        for count, (line, named) in enumerate(bad.items(), 1):
            with self.subTest(line[:40]):
                d.say(line + '\n')
                error = self.events(d, 'error', count)[count - 1]
                if named:
                    self.assertIn(named, json.dumps(error))
        d.say('{"send": "alive"}\n')
        self.assertEqual(hear(c, b'\n'), b'alive\n')    # and nothing else was sent

    def test_json_in_what_is_said_out_of_turn_is_an_error_event(self):
        d = self.listen('--json', '--mode', 'half')
        one = self.dial(d)
        self.events(d, 'open')
        for c in one, self.dial(d):
            c.send(b'hi\n')
        self.events(d, 'message', 2)
        d.say('{"send": "first", "to": [1]}\n')
        self.assertEqual(hear(one, b'\n'), b'first\n')
        for count, order in enumerate(({'send': 'second', 'to': [1]}, {'file': self.file('third', b'3'), 'to': [1]}), 1):
            d.say(json.dumps(order) + '\n')
            self.assertIn('nobody may be spoken to now, for', json.dumps(self.events(d, 'error', count)[count - 1]))
        self.assertEqual(unread(one), 0)

    def test_the_inputs_end_acts_by_the_table(self):
        d = self.listen('--json', '--once')
        c = self.dial(d)
        d.say('{"send": "bye"}\n').end()
        self.assertEqual(rest(c), b'bye\n')
        c.close()
        d.exit(0)


class Trace(Bare):
    """--trace=python reads as the Python program that does the same."""
    PYTHON = '''
        import socket, sys

        class Told(socket.socket):
            """Says each verb as it is called, and what it gave."""
            def __init__(self, *args, name='s', **how):
                super().__init__(*args, **how)
                self.name = name
                if name == 's':
                    print(f's = socket.socket(socket.{self.family.name}, socket.{self.type.name})')

            def tell(self, verb, args, outcome=None):
                print(f'{self.name}.{verb}({", ".join(map(repr, args))})' + (f' -> {outcome}' if outcome is not None else ''))
                return outcome

            def bind(self, *args):
                self.tell('bind', args, super().bind(*args))

            def listen(self, *args):
                self.tell('listen', args, super().listen(*args))

            def connect(self, *args):
                self.tell('connect', args, super().connect(*args))

            def recv(self, *args):
                data = super().recv(*args)
                self.tell('recv', args, repr(data))
                return data

            def send(self, *args):
                return self.tell('send', args, super().send(*args))

            def accept(self):
                fd, address = self._accept()
                print(f's.accept() -> (c, {address})')
                return Told(self.family, self.type, fileno=fd, name='c'), address

            def close(self):
                self.tell('close', ())
                super().close()
    '''
    SERVER = '''
        s = Told(socket.AF_INET, socket.SOCK_STREAM)
        s.bind(('127.0.0.1', 0))
        s.listen(5)
        print(s.getsockname()[1], file=sys.stderr)
        c, address = s.accept()
        print(c.recv(1024) and '', end='')
        c.send('服务器\\n'.encode())
        c.recv(1024)
        s.close()
        c.close()
    '''
    CLIENT = '''
        s = Told(socket.AF_INET, socket.SOCK_STREAM)
        s.connect(('127.0.0.1', int(sys.argv[1])))
        s.send('你好\\n'.encode())
        s.recv(1024)
        s.recv(1024)
        s.close()
    '''

    def verbs(self, text):
        """The verbs of a trace, without options, shutdown, empty recv, sizes and ports."""
        lines = [line for line in text.splitlines() if re.match(r'\w+(\.| = socket\.)\w+\(', line)]
        lines = [line for line in lines if not re.search(r"\.(setsockopt|shutdown)\(|-> b''$", line)]
        lines = [re.sub(r'\.(recv|listen)\(\d+\)', r'.\1(N)', line) for line in lines]
        return [re.sub(r"\('127\.0\.0\.1', \d+\)", "('127.0.0.1', PORT)", line) for line in lines]

    def test_trace_of_a_client_is_the_same_exchange_in_python(self):
        ours = self.server()
        at = ours.getsockname()[1]
        p = self.python(self.PYTHON + self.CLIENT, at)
        self.answer(ours)
        told = p.exit(0).decode()
        d = self.duplex('connect', f'tcp://127.0.0.1:{at}', '-4', '--trace=python', stdin=self.file('line', '你好\n'))
        self.answer(ours)
        d.exit(0)
        self.assertEqual(self.verbs(d.err), self.verbs(told))
        self.assertEqual(len(self.verbs(told)), 5)

    def answer(self, server):
        c = self.accept(server)
        hear(c, b'\n')
        c.send('服务器\n'.encode())
        c.close()

    def test_trace_of_a_server_is_the_same_exchange_in_python(self):
        p = self.python(self.PYTHON + self.SERVER)
        self.ask(int(p.wait_err(r'(\d+)')[1]))
        told = p.exit(0).decode()
        d = self.listen('--trace=python', '-4', '--count', '1', '--reply', '服务器')
        self.ask(d.port)
        d.exit(0)
        self.assertEqual(self.verbs(d.err), self.verbs(told))
        self.assertEqual(len(self.verbs(told)), 8)

    def ask(self, port):
        c = self.keep(socket.create_connection(('127.0.0.1', port)))
        c.send('你好\n'.encode())
        hear(c, b'\n')
        c.close()

    def test_trace_in_cs_words(self):
        d, c = self.connect(self.server(), '--trace=c')
        c.send(b'hello\n')
        c.close()
        d.exit(0)
        for line in r'^s = socket\(AF_INET, SOCK_STREAM, 0\)', r'^connect\(s, .*\) = 0', r'^recv\(s, \d+\) = "hello\\n"', \
                r'^close\(s\) = 0':
            self.assertRegex(d.err, re.compile(line, re.M))


class Words(Bare):
    """What is sent: line ends, templates, escapes, hex, encodings."""

    def test_eol_follow_ends_as_that_peers_last_message(self):
        d = self.listen('--reply', 'yes', '--eol', 'follow')       # named, a pipe is read by lines
        a, b, c, n = (self.dial(d) for _ in range(4))
        for peer, said, ended in (a, b'one\n', b'\n'), (b, b'one\r\n', b'\r\n'), (c, b'one', b''):
            peer.send(said)
            self.assertEqual(hear(peer, b'yes' + ended), b'yes' + ended)
        d.say('typed\n')
        self.assertEqual(hear(a, b'typed\n'), b'typed\n')
        self.assertEqual(hear(b, b'typed\r\n'), b'typed\r\n')
        self.assertEqual(hear(n, b'\n'), b'typed\n')    # has not spoken
        c.send(b'two')
        self.assertEqual(hear(c, b'yes'), b'typedyes')

    def test_eol_by_name(self):
        for name, end in {'lf': b'\n', 'crlf': b'\r\n', 'cr': b'\r', 'nul': b'\0', 'none': b''}.items():
            d = self.duplex('connect', f'tcp://127.0.0.1:{(server := self.server()).getsockname()[1]}', '--eol', name)
            c = self.accept(server)
            d.say('one\ntwo\n').end()
            self.assertEqual(rest(c), b'one' + end + b'two' + end)

    def test_A9_templates_on_the_wire(self):
        d = self.listen('--greet', r'{ip} {port} {peer} {n} \u{4f60}\x21', '--reply', r'{n}:{data}|{ {"json": {n}} {time}')
        for number in 1, 2:
            c = self.dial(d)
            me = c.getsockname()[1]
            self.assertEqual(hear(c, b'\n').decode(), f'127.0.0.1 {me} {number} 0 你!\n')
            c.send(b'{peer}{n}\n')                      # never expanded again
            self.assertRegex(hear(c, b'\n').decode(), r'\A1:\{peer\}\{n\}\|\{ \{"json": 1\} \d\d:\d\d:\d\d\n\Z')

    def test_greet_by_the_client(self):
        d, c = self.connect(self.server(), '--greet', 'hello from me')
        self.assertEqual(hear(c, b'\n'), b'hello from me\n')

    def test_send_texts_escapes_and_hex(self):
        for words, sent in (['one', 'two'], b'one\ntwo\n'), ([r'a\r\nb\t\\\x00\u{1f600}\n'], 'a\r\nb\t\\\0😀\n'.encode()), \
                (['01 03,0x0A', 'ff:00', '--hex'], b'\x01\x03\x0a\xff\x00'), (['x', '--file', self.file('f', b'\0raw')], b'x\n\0raw'), \
                (['你好', '-e', 'gbk', '-n'], '你好'.encode('gbk')), \
                ([r'\xff\x00你\xe4\xbd\xa0', '-n'], b'\xff\0' + '你你'.encode()), \
                ([r'\xff\x00你\xe4\xbd\xa0', '-n', '-e', 'gbk'], b'\xff\0' + '你'.encode('gbk') + '你'.encode()), \
                ([os.fsdecode(b'\xed\xb2\x80')], b'\xed\xb2\x80\n'):
            with self.subTest(words):
                d, c = self.connect(self.server(), *words, command='send')
                self.assertEqual(rest(c), sent)
                d.exit(0)

    def test_bytes_in_texts_are_the_same_in_every_encoding(self):
        for encoding in 'gbk', 'utf-8', 'iso-2022-jp':
            with self.subTest(encoding):
                d = self.listen('-e', encoding, '--greet', r'\xff{n}', '--reply', r'\xfe好\x80', '--until', r'a\xff\xE4\xbd\xa0B')
                c = self.dial(d)
                self.assertEqual(hear(c, b'\n'), b'\xff0\n')
                c.send(b'x\n')
                self.assertEqual(hear(c, b'\n'), b'\xfe' + '好'.encode(encoding) + b'\x80\n')
                c.send(b'A\xff\xe4\xbd\xa0b\n')
                d.exit(0)

    def test_a_text_is_waited_for_in_the_encoding_of_the_peer(self):
        for encoding, text, said in ('gbk', '好', '很好'.encode('gbk')), ('utf-8', '好', '很好'.encode()), \
                ('gbk', r'\xba\xc3', '很好'.encode('gbk')), ('iso-2022-jp', '好', '好'.encode('iso-2022-jp')):
            with self.subTest(encoding=encoding, text=text):
                d, c = self.connect(self.server(), 'x', '-e', encoding, '--wait', f'until:{text}', '-w', '20', command='send')
                for byte in said:
                    c.send(bytes([byte]))
                self.assertEqual(rest(c), b'x\n')
                d.exit(0)

    def test_a_character_that_the_encoding_lacks(self):
        d = self.call('send', 'udp://127.0.0.1:9', '你好😀', '-e', 'gb2312', status=2)
        self.assertRegex(d.err, '😀')
        server = self.udp()
        at = f'udp://127.0.0.1:{server.getsockname()[1]}'
        d = self.call('connect', at, '-e', 'gb2312', input='好\n😀\n', status=1)
        self.assertRegex(d.err, '😀')
        self.assertEqual(server.recv(100), '好'.encode('gb2312'))
        self.call('send', at, '好😀', '-e', 'gb2312', '--unmappable', 'replace')
        self.assertTrue(server.recv(100).startswith('好'.encode('gb2312')))

    def test_F2_a_character_that_the_end_cuts_off_is_shown_as_its_bytes(self):
        for encoding, sent, shown in ('gbk', b'\xc4\xe3\xba', '你\\xba'), ('utf-16', b'\x60\x4f\x7d', '你\\x7d'):
            for options in [], ['-s', 'text']:
                with self.subTest(encoding=encoding, options=options):
                    d, c = self.pair('-e', encoding, *options)
                    c.send(sent)
                    c.close()
                    self.assertEqual(d.exit(0).decode().rstrip('\n'), shown)

    def test_gb2312_hears_what_windows_sends_under_that_name(self):
        d = self.listen('-e', 'gb2312', '--count', '1', at='udp://127.0.0.1:0')
        self.udp(d).send('镕喆'.encode('gb18030'))
        self.assertEqual(d.exit(0).decode(), '镕喆\n')

    def test_echo_gives_the_bytes_as_they_came(self):
        d = self.listen('--echo', '-e', 'gbk', '-s', 'text', stdout='null')
        c = self.dial(d)
        data = os.urandom(200_000)
        c.settimeout(10)
        got, sent = b'', 0
        while len(got) < len(data):                     # speak and hear in turn: nothing is buffered without end
            sent += c.send(data[sent:sent + 8192]) if sent < len(data) else 0
            got += c.recv(65536)
        self.assertTrue(got == data)

    def test_modes_on_one_side(self):
        d, c = self.connect(self.server(), '--mode', 'simplex-in', stdin=self.file('never', 'never sent\n'))
        c.send(b'music')
        d.wait_out('music')
        c.close()
        d.exit(0)
        d, c = self.connect(self.server(), '--mode', 'simplex-out')
        c.send(b'noise!')
        d.say('news\n').end()
        self.assertEqual(rest(c), b'news\n')
        c.close()
        self.assertEqual(d.exit(0), b'')
        self.assertRegex(d.err, r'\b6 bytes\b')         # they are counted
        self.call('listen', ':0', '--mode', 'simplex-in', '--reply', 'x', status=2)

    def test_half_no_answer_ends_it_with_5(self):
        server = self.udp()
        self.call('connect', f'udp://127.0.0.1:{server.getsockname()[1]}', '--mode', 'half', '-w', '200ms', input='a\nb\n', status=5)
        self.assertEqual(server.recv(100), b'a')

    def test_half_the_peers_end_counts_as_its_answer(self):
        d, c = self.connect(self.server(), '--mode', 'half')
        d.say('a\n').end()
        hear(c, b'a\n')
        c.close()
        d.exit(0)

    def test_half_who_has_ended_is_told_all_that_is_left(self):
        d, c = self.connect(self.server(), '--mode', 'half', stdin=self.file('lines', 'one\ntwo\nthree\nfour\n'))
        hear(c, b'one\n')
        c.sendall(b'yes\n')
        hear(c, b'two\n')
        c.shutdown(socket.SHUT_WR)
        self.assertEqual(rest(c), b'three\nfour\n')
        c.close()
        self.assertEqual(d.exit(0), b'yes\n')

    def test_half_json_names_what_could_not_be_said(self):
        d = self.listen('--mode', 'half', '--json')
        first, second = self.dial(d), self.dial(d)
        self.events(d, 'open', 2)
        first.sendall(b'I have spoken\n')
        self.events(d, 'message')
        d.say('{"send":"too early","to":[2]}\n')
        told, = self.events(d, 'error')
        self.assertIn('too early', told['address'])
        second.sendall(b'now\n')
        self.events(d, 'message', 2)
        d.say('{"send":"in time","to":[2]}\n')
        self.assertEqual(hear(second, b'\n'), b'in time\n')
        d.signal(signal.SIGTERM)
        d.exit(0)

    def test_half_at_a_terminal_the_turn_comes_back(self):
        d, c = self.connect(self.server(), '--mode', 'half', '-w', '200ms', tty=True)
        d.say('one\n')
        hear(c, b'one\n')
        d.wait_out('no answer')
        d.say('two\n')
        self.assertEqual(hear(c, b'\n'), b'two\n')


class Chat(Bare):
    """chat, where it differs."""

    def test_chat_asks_for_what_was_not_given(self):
        server = self.server()
        d = self.duplex('chat', tty=True)
        for answer in '127.0.0.1', str(server.getsockname()[1]), 'gbk':
            d.wait_out(r'[:：?？] ?\Z')
            d.say(answer + '\n')
        c = self.accept(server)
        d.say('你好\n')
        self.assertEqual(hear(c, b'\n'), '你好\n'.encode('gbk'))

    def test_chat_asks_again_for_what_is_no_answer(self):
        server = self.server()
        port = str(server.getsockname()[1])
        d = self.duplex('chat', tty=True)
        for answer in '127.0.0.1', 'abc', '70000', '', port, '70000', 'gbk':
            d.wait_out(r'[:：?？] ?\Z')
            d.say(answer + '\n')
        c = self.accept(server)
        d.say('你好\n')
        self.assertEqual(hear(c, b'\n'), '你好\n'.encode('gbk'))
        self.assertEqual(d.out.count(b'A port is a whole number from 1 to 65535'), 3)
        self.assertEqual(d.out.count(b'There is no such encoding; '), 1)

    def test_chat_listens_where_nobody_is_and_the_second_joins(self):
        for at in f'tcp://127.0.0.1:{self.free_port()}', f'unix:{self.tmp}/chat':
            with self.subTest(at):
                first = self.duplex('chat', at, '-v')
                first.endpoint
                second = self.duplex('chat', at)
                second.say('我来了\n')
                first.wait_out('我来了')
                first.say('欢迎\n')
                second.wait_out('欢迎')
                second.end().exit(0)
                first.exit(0)

    def test_chat_over_udp_on_one_machine(self):
        at = f'udp://127.0.0.1:{self.free_port()}'
        first = self.duplex('chat', at, '-v')
        port = int(at.rpartition(':')[2])
        bound('udp', port)
        second = self.duplex('chat', at)
        second.say('hello\n')
        first.wait_out('hello')
        first.say('welcome\n')
        second.wait_out('welcome')
