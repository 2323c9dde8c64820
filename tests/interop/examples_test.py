"""The examples: each is built as a stranger would, against both builds, and talked to with Python's sockets."""

import os
import signal
import socket
import struct

from lib import Case, bound, installed
from static.tree import files, read

SOURCES = files('examples/*.c')


class Example(Case):
    limit = 40

    def run_example(self, name, *args, **how):
        program = os.path.join(self.tmp, name)
        source = os.path.join(installed.ROOT, 'examples', name + '.c')
        (installed.compile_checked if self.build == 'checked' else installed.compile_static)(source, program)
        return self.program(program, *args, **how)


class Size(Case):
    builds = ()

    def test_each_has_at_most_60_lines_and_a_test(self):
        tests = read('tests/interop/examples_test.py') + read('tests/interop/library_test.py')
        for path in SOURCES:
            self.assertLessEqual(len(read(path).splitlines()), 60, path)
            self.assertRegex(tests, rf"'(examples/)?{os.path.basename(path)[:-2]}(\.c)?'", path)


class Codec(Example):
    def test_unframe_cuts_and_decodes_without_a_socket(self):
        def said(*args, input, status=0):
            program = self.run_example('unframe', *args)
            program.say(input)
            program.end().exit(status)
            return program

        hello = '你好'.encode('gbk')
        self.assertEqual(said('len2', 'gbk', input=struct.pack('>H', 4) + hello + b'\0\0').out.decode(), '你好\n\n')
        self.assertEqual(said('delim:7c', input=b'a\xff|b|').out.decode(), 'a\\xff (malformed)\nb\n')
        self.assertEqual(said('auto', 'utf-16le', input='一\n二'.encode('utf-16le')).out.decode(), '一\n二\n')
        self.assertEqual(said('len4', input=struct.pack('>I', 5000) + b'x' * 5000).out, b'x' * 4096 + ' …\n'.encode() + b'x' * 904 + b'\n')
        self.assertIn('cut off', said('len4', input=b'\x80\0\0\0half', status=1).err)
        self.assertIn('FRAME', said('len3', input=b'', status=2).err)


class Datagrams(Example):
    def socket(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.settimeout(10)
        s.bind(('127.0.0.1', 0))
        return s, f'udp://127.0.0.1:{s.getsockname()[1]}'

    def test_udp_sender(self):
        s, endpoint = self.socket()
        program = self.run_example('udp_sender', endpoint)
        program.say('你好\nhel')
        program.say('lo\nexit\nnever\n')
        self.assertEqual([s.recv(100).decode() for _ in range(3)], ['你好', 'hello', 'exit'])
        program.exit(0)

    def test_udp_receiver(self):
        program = self.run_example('udp_receiver', 'udp://127.0.0.1:0')
        s, _ = self.socket()
        for words in '今天星期几？', 'exit':
            s.sendto(words.encode(), ('127.0.0.1', program.port))
        self.assertEqual(program.exit(0).decode(), ''.join(f'127.0.0.1:{s.getsockname()[1]} {w}\n' for w in ('今天星期几？', 'exit')))

    def test_udp_signer(self):
        program = self.run_example('udp_signer', 'udp://127.0.0.1:0')
        s, _ = self.socket()
        for words in '你好', 'x' * 1024:
            s.sendto(words.encode(), ('127.0.0.1', program.port))
        self.assertEqual([s.recv(2000).decode(), s.recv(2000).decode()], ['你好| lee', 'x' * 1024 + '| lee'])
        program.signal(signal.SIGINT)
        program.exit(0)

    def test_udp_asker(self):
        s, endpoint = self.socket()
        program = self.run_example('udp_asker', endpoint)
        program.say('one\ntwo\nthree\n')
        for answer in '一', None, '三':
            _, who = s.recvfrom(100)
            if answer:
                s.sendto(answer.encode(), who)
        self.assertEqual(program.end().exit(0).decode(), '一\nno answer\n三\n')


class Streams(Example):
    def connect(self, program):
        c = socket.create_connection(('127.0.0.1', program.port), 10)
        self.addCleanup(c.close)
        return c

    def accept(self):
        s = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(s.close)
        s.settimeout(10)
        return s, f'tcp://127.0.0.1:{s.getsockname()[1]}'

    def test_tcp_client(self):
        s, endpoint = self.accept()
        program = self.run_example('tcp_client', endpoint, stdin=self.file('in', b'x' * 3000000))
        c, _ = s.accept()
        c.sendall('你好'.encode())
        self.assertEqual(c.makefile('rb').read(), b'x' * 3000000)
        c.sendall(b'!')
        c.close()
        self.assertEqual(program.exit(0).decode(), '你好!')
        s.close()
        program = self.run_example('tcp_client', endpoint)
        program.exit(1)
        self.assertIn('refused', program.err)

    def test_tcp_one_client(self):
        program = self.run_example('tcp_one_client', 'tcp://127.0.0.1:0')
        for words in '你好', 'hello':
            c, waiting = self.connect(program), self.connect(program)
            c.sendall(words.encode())
            self.assertEqual(c.recv(100).decode(), '服务器已经收到消息了！')
            program.wait_out(words)
            c.sendall(b'exit')
            self.assertEqual(c.recv(100), b'')
            waiting.close()
            c.close()
        self.assertTrue(program.running)

    def test_tcp_many_clients(self):
        program = self.run_example('tcp_many_clients', 'tcp://127.0.0.1:0')
        many = [self.connect(program) for _ in range(110)]
        many[0].sendall(b'hello')
        self.assertEqual([c.recv(100) for c in many[1:100]], [b'hello'] * 99)
        many[1].close()
        many[100].sendall(b'late')
        self.assertEqual(many[0].recv(100), b'late')
        program.signal(signal.SIGINT)
        self.assertEqual(many[0].recv(100), b'')
        for c in many:
            c.close()
        program.exit(0)

    def test_greeting_server(self):
        program = self.run_example('greeting_server', 'tcp://127.0.0.1:0')
        c = self.connect(program)
        self.assertEqual(c.recv(100).decode(), f'hello welcome 127.0.0.1: {c.getsockname()[1]}')
        c.sendall(b'thanks')
        program.wait_out('thanks')
        self.assertEqual(c.recv(100), b'')

    def test_ask(self):
        server, endpoint = self.accept()
        program = self.run_example('ask', endpoint, 'who are you?')
        c = server.accept()[0]
        self.assertEqual(c.makefile('rb').read(), b'who are you?')
        c.sendall(b'a server\n' * 1000)
        c.close()
        self.assertEqual(program.exit(0), b'a server\n' * 1000)
        server.close()
        program = self.run_example('ask', 'tcp://127.0.0.1:1', 'x')
        program.exit(1)
        self.assertIn('connecting: Connection refused', program.err)

    def test_chat_with_itself_and_with_python(self):
        port = self.free_port()
        one = self.run_example('chat', 'listen', f'tcp://127.0.0.1:{port}')
        bound('tcp', port)
        other = self.run_example('chat', 'connect', f'tcp://127.0.0.1:{port}')
        other.say('在吗？\n')
        one.wait_out('>> 在吗？')
        one.say('在。\n')
        other.wait_out('>> 在。')
        other.kill()
        one.wait_out('>> ')
        one.exit(0)
        s, endpoint = self.accept()
        program = self.run_example('chat', 'connect', endpoint)
        c, _ = s.accept()
        program.say('你好\n')
        self.assertEqual(c.recv(100), '你好\n'.encode('gb2312'))
        c.sendall('好\n'.encode('gb2312'))
        program.wait_out('>> 好')
        c.close()
        program.exit(0)

    def test_line_server(self):
        program = self.run_example('line_server', 'tcp://127.0.0.1:0')
        c, other = self.connect(program), self.connect(program)
        f = c.makefile('rb')
        c.sendall(b'wh')
        other.sendall(b'hello\r\n')
        self.assertEqual(other.recv(100), b'hello\r\n')
        c.sendall(b'o\nhello\n')
        self.assertEqual(f.readline().decode(), f'127.0.0.1:{c.getsockname()[1]}\r\n')
        self.assertEqual(f.readline(), b'hello\r\n')
        c.sendall(b'quit\nhello\n')
        self.assertEqual(f.read(), b'')
        other.sendall(b'x' * 2000)
        self.assertEqual(other.recv(100), b'')

    def test_poller(self):
        s, endpoint = self.accept()
        program = self.run_example('poller', endpoint, 'status')
        c, _ = s.accept()
        f = c.makefile('rb')
        for n in range(3):
            size, = struct.unpack('>H', f.read(2))
            self.assertEqual(f.read(size), b'status')
            c.sendall(struct.pack('>H', 2) + bytes([n]))
            c.sendall(b'\xff')
        f.read(2)
        c.shutdown(socket.SHUT_WR)
        c.close()
        self.assertEqual(program.exit(0), b'00 ff\n01 ff\n02 ff\n')
        program = self.run_example('poller', endpoint, 'status')
        c, _ = s.accept()
        c.sendall(b'\0\x05half')
        f = c.makefile('rb').read(8)
        c.close()
        program.exit(1)

    def test_bridge(self):
        s, endpoint = self.accept()
        port = self.free_port()
        self.run_example('bridge', f'tcp://127.0.0.1:{port}', endpoint)
        bound('tcp', port)
        near = socket.create_connection(('127.0.0.1', port), 10)
        near.sendall(b'before it is there')
        far, _ = s.accept()
        self.assertEqual(far.recv(18, socket.MSG_WAITALL), b'before it is there')
        writer = self.python('''
            import socket, sys
            s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
            s.sendall(b'x' * 20000000)
            s.shutdown(socket.SHUT_WR)
            print(s.recv(100))
        ''', port)
        slow, _ = s.accept()
        self.assertEqual(len(slow.makefile('rb').read()), 20000000)
        slow.sendall(b'thanks')
        slow.close()
        self.assertEqual(writer.exit(0), b"b'thanks'\n")
        far.close()
        self.assertEqual(near.recv(100), b'')
        near.close()
        s.close()
        lost = socket.create_connection(('127.0.0.1', port), 10)
        self.assertEqual(lost.recv(100), b'')
        lost.close()
