"""What README.md says to those who come from NetAssist: each row of its table is typed here as it stands there, at a terminal and
against programs that are not duplex. Ports are replaced by free ones. A row without a test fails, and so does a test without a
row; the Chinese page has the same commands, row by row."""

import json
import os
import re
import shlex

from lib import Case, bound, until
from lib.model import Screen
from static.tree import read

HEAD = '| NetAssist'                            # of the table's first line, in both pages
CODE = re.compile(r'`([^`]+)`')
GBK_CLIENT = '''
    import socket, sys
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    print(s.getsockname()[1])
    s.send(sys.argv[2].encode('gbk'))
    print(s.recv(1024).decode('gbk'))
    s.recv(1)
'''
SERVER = '''
    import socket
    s = socket.create_server(('127.0.0.1', 0))
    print(s.getsockname()[1])
    c, _ = s.accept()
    c.send('欢迎\\n'.encode())
    while words := c.recv(1024):
        print(repr(words))
'''


def rows(page):
    """{what was clicked: [the code in each other cell]} of the table in a page."""
    text = read(page)
    table = text[text.index(HEAD):].split('\n\n')[0].split('\n')[2:]
    cells = [[cell.strip() for cell in re.split(r'(?<!\\)\|', line)[1:-1]] for line in table]
    return {first: [CODE.findall(cell) for cell in rest] for first, *rest in cells}


ROWS = rows('README.md')


def row(first):
    """The test of one row: it is given what is typed at the shell's prompt, and what while duplex runs."""
    def of(method):
        def run(self):
            method(self, *ROWS[first])
        run.row = first
        run.__name__ = method.__name__
        return run
    return of


class Table(Case):
    builds = ()

    def test_each_row_has_a_test_and_each_test_a_row(self):
        tested = [method.row for method in vars(NetAssist).values() if hasattr(method, 'row')]
        self.assertEqual(sorted(tested), sorted(ROWS))

    def test_the_chinese_page_has_the_same_commands(self):
        self.assertEqual(list(ROWS.values()), list(rows('README.zh-CN.md').values()))


class NetAssist(Case):
    def words(self, command, **ports):
        """A command's words, with these ports instead of those that it names, and without what the shell does."""
        words = shlex.split(command.split(' > ')[0])
        self.assertEqual(words.pop(0), 'duplex')
        for name, port in ports.items():
            words = [re.sub(rf'\b{name[1:]}\b', str(port), word) for word in words]
        return words

    def terminal(self, command, **ports):
        """duplex where one types; .screen is what stands there."""
        d = self.duplex(*self.words(command, **ports), tty=True, size=(24, 120),
                        env={'TERM': 'xterm', 'XDG_CONFIG_HOME': None})
        d.screen, d.fed = Screen(24, 120), 0
        self.sees(d, r'^(listening on|connected to) .*\n(.*\n)*> ?$')
        return d

    def listen(self, command):
        d = self.terminal(command, p8090=0, p7788=0)
        d.at = re.search(r'^listening on \S*:(\d+)$', d.screen.text, re.M)[1]
        return d

    def sees(self, d, pattern):
        def found():
            new = d.out[d.fed:]
            d.fed += len(new)
            return re.search(pattern, d.screen.feed(new).text, re.M)
        try:
            return until(found, repr(pattern))
        except AssertionError:
            self.fail(f'{pattern!r} is not on the screen:\n{d.screen.text}')

    def type(self, d, line, then=None):
        d.say(line + '\r')
        if then:
            self.sees(d, then)

    def nc(self, d, *options, number=1):
        client = self.program('nc', *options, '127.0.0.1', d.at)
        self.sees(d, rf'^#{number} \S+ is here$')
        return client

    def datagram(self, port, data):
        self.call_python('''
            import socket, sys
            socket.socket(type=socket.SOCK_DGRAM).sendto(bytes.fromhex(sys.argv[2]), ('127.0.0.1', int(sys.argv[1])))
        ''', port, data.hex())

    def call_python(self, script, *args):
        return self.python(script, *args).exit(0)

    @row('protocol: TCP Server, local port 8090')
    def test_server(self, started, _):
        d = self.listen(started[0])
        first, second = self.nc(d), self.nc(d, number=2)
        first.say('one\n')
        self.sees(d, '#1 .* ← one$')
        second.say('two\n')
        self.sees(d, '#2 .* ← two$')
        self.type(d, '大家好')
        for client in first, second:
            client.wait_out('^大家好$')

    @row('TCP Client, remote host and port')
    def test_client(self, started, _):
        s = self.python(SERVER)
        d = self.terminal(started[0], p8090=s.port)
        self.sees(d, '← 欢迎$')
        self.type(d, 'hello')
        s.wait_out(r"^b'hello\\n'$")

    @row('UDP, local port 9999, remote port 7788')
    def test_udp(self, started, _):
        s = self.python('''
            import socket
            s = socket.socket(type=socket.SOCK_DGRAM)
            s.bind(('127.0.0.1', 0))
            print(s.getsockname()[1])
            words, sender = s.recvfrom(1024)
            print(words.decode(), sender[1])
            s.sendto('收到'.encode(), sender)
        ''')
        own = self.free_port()
        d = self.terminal(started[0], p7788=s.port, p9999=own)
        self.type(d, '在吗')
        s.wait_out(f'^在吗 {own}$')
        self.sees(d, '← 收到$')

    @row('receive: HEX')
    def test_hex_is_shown(self, started, running):
        for command in started[0], started[0].replace('hex', started[1]):
            d = self.listen(command)
            self.datagram(d.at, b'\x01\x03\x00\n')
            self.sees(d, '01 03 00 0a')
        for typed in running:
            d = self.listen(started[0].split(' --show')[0])
            self.type(d, typed)
            self.datagram(d.at, b'\x01\x03\x00\n')
            self.sees(d, '01 03 00 0a')

    @row('send: HEX')
    def test_hex_is_sent(self, started, running):
        s = self.python('''
            import socket
            s = socket.socket(type=socket.SOCK_DGRAM)
            s.bind(('127.0.0.1', 0))
            print(s.getsockname()[1])
            for n in range(2):
                print(n, s.recv(1024).hex())
        ''')
        self.call(*self.words(started[0], p7788=s.port))
        s.wait_out('^0 01030000$')
        d = self.terminal(f'duplex connect udp://127.0.0.1:{s.port}')
        self.type(d, running[0])
        s.wait_out('^1 01030000$')

    @row('log display mode: with the time')
    def test_log(self, started, running):
        log = os.path.join(self.tmp, re.search(r'> (\w+)', started[0])[1])
        d = self.duplex(*self.words(started[0], p8090=0), stdout=log)
        self.program('nc', '-N', '127.0.0.1', str(d.port), stdin=self.file('words', 'logged\n')).exit(0)
        until(lambda: re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\S* .*logged\n\Z', open(log).read()), 'the line of the log')
        d = self.listen('duplex listen tcp://:8090')
        self.nc(d).say('kept\n')
        self.sees(d, '← kept$')
        self.type(d, running[0], r'^\(saved\)$')
        with open(os.path.join(self.tmp, running[0].split()[1])) as f:
            self.assertRegex(f.read(), r'(?m)^\S*\d\d:\d\d:\d\d\.\d{3}\S* #1 .* ← kept$')

    @row('receive to file')
    def test_what_comes_is_a_file(self, started, _):
        data = os.urandom(300_000)
        copy = os.path.join(self.tmp, re.search(r'> (\w+)', started[0])[1])
        d = self.duplex(*self.words(started[0], p8090=0), stdout=copy, stdin='null')
        self.program('nc', '-N', '127.0.0.1', str(d.port), stdin=self.file('original', data)).exit(0)
        d.exit(0)
        with open(copy, 'rb') as f:
            self.assertTrue(f.read() == data)

    @row('send a file')
    def test_a_file_is_sent(self, started, running):
        data = os.urandom(300_000)
        name = re.search(r'--file (\S+)', started[0])[1]
        self.file(name, data)
        for typed in None, running[0]:
            port, copy = self.free_port(), self.file('copy')
            nc = self.program('nc', '-l', '127.0.0.1', str(port), stdout=copy, stdin='null')
            bound('tcp', port)
            if typed is None:
                self.call(*self.words(started[0], p8090=port))
            else:
                d = self.terminal(f'duplex connect tcp://127.0.0.1:{port}')
                self.type(d, typed, r'^\(the file has gone: 300000 bytes\)$')
                d.end()
            nc.exit(0)
            with open(copy, 'rb') as f:
                self.assertTrue(f.read() == data)

    @row('RX and TX counters')
    def test_counters(self, started, running):
        d = self.listen(started[0])
        nc = self.nc(d)
        nc.say('12345\n')
        self.sees(d, '^1 peer; in 1 message, 6 bytes; out 0 messages, 0 bytes; [0-9]+ bytes/s\n> ?$')
        self.type(d, 'ok', '^1 peer; in 1 message, 6 bytes; out 1 message, 3 bytes; .*\n> ?$')
        d = self.listen('duplex listen tcp://:8090')
        self.nc(d).say('12345\n')
        self.sees(d, '← 12345')
        self.type(d, running[0], '^1 peer; in 1 message, 6 bytes; out 0 messages, 0 bytes; ')

    @row('clients: one of them, or all')
    def test_choosing(self, _, running):
        to, at, everybody = running
        d = self.listen('duplex listen tcp://:8090')
        clients = [self.nc(d, number=number) for number in (1, 2, 3)]
        self.type(d, to, '^2> ?$')
        self.type(d, 'second', '→ second$')
        self.type(d, at, '#3 .* → hello$')
        self.type(d, everybody, '^> ?$')
        self.type(d, 'all', '→ all$')
        heard = [client.wait_out('^all$') and client.out for client in clients]
        self.assertEqual(heard, [b'all\n', b'second\nall\n', b'hello\nall\n'])

    @row('send: automatic CR+LF')
    def test_line_ends(self, started, running):
        s = self.python(SERVER)
        d = self.terminal(started[0], p8090=s.port)
        self.type(d, 'AT')
        s.wait_out(r"^b'AT\\r\\n'$")
        s = self.python(SERVER)
        d = self.terminal(f'duplex connect tcp://127.0.0.1:{s.port}')
        self.type(d, running[0])
        self.type(d, 'AT')
        s.wait_out(r"^b'AT\\r\\n'$")

    @row('encoding: GBK')
    def test_encoding(self, started, running):
        d = self.listen(started[0])
        c = self.python(GBK_CLIENT, d.at, '温度')
        self.sees(d, '#1 .* ← 温度$')
        self.type(d, '收到')
        c.wait_out('^收到$')
        d = self.listen('duplex listen tcp://:8090')
        nc = self.nc(d)
        c = self.python(GBK_CLIENT, d.at, '温度 23.5')
        self.sees(d, 'they would be with .*gb18030')
        self.type(d, running[0], r'^\(the encoding is gbk for #2\)$')
        self.type(d, '收到')
        c.wait_out('^收到$')
        nc.wait_out('^收到$')

    @row('history and quick phrases')
    def test_again(self, _, running):
        resend, phrase, path = running
        os.makedirs(os.path.dirname(path.replace('~', self.tmp)))
        with open(path.replace('~', self.tmp), 'w') as f:
            f.write('状态如何？\nsecond\n')
        d = self.listen('duplex listen tcp://:8090')
        nc = self.nc(d)
        self.type(d, 'hello')
        self.type(d, resend)
        nc.wait_out(r'^hello\nhello$')
        self.type(d, phrase)
        nc.wait_out('^状态如何？$')
        self.type(d, 'end')
        nc.wait_out(r'\Ahello\nhello\n状态如何？\nend\n\Z')

    @row('no scripts')
    def test_scripts(self, started, _):
        d = self.duplex(*self.words(started[0], p8090=0))
        port = json.loads(d.wait_out(r'\A.*\n')[0])['endpoint'].rpartition(':')[2]
        nc = self.program('nc', '127.0.0.1', port)
        nc.say('ready\n')
        d.wait_out('"text":"ready"')
        self.assertEqual([json.loads(line)['event'] for line in d.text.splitlines()], ['listening', 'open', 'message'])
        d.say('{"send": "go", "to": [1]}\n')
        nc.wait_out('^go$')
