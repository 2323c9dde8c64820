"""The command line of the whole program: what is refused and how, in any environment."""

import os
import re

from lib import Case, needs


class CommandLine(Case):
    limit = 60                          # it is called some hundred times

    def refused(self, *words, **how):
        """Leaves with 2, silent on standard output, one line on standard error: → that line."""
        program = self.call(*words, status=2, **how)
        self.assertEqual(program.out, b'', words)
        self.assertEqual(program.err.count('\n'), 1, program.err)
        self.assertTrue(program.err.startswith('duplex: ') and program.err.endswith('\n'), program.err)
        return program.err[len('duplex: '):-1]

    def page(self, *words):
        program = self.call(*words)
        self.assertEqual(program.err, '')
        return program.text


class Refusals(CommandLine):
    def test_the_whole_line(self):
        """What was wrong, where in the text, and what would be right."""
        for words, line in (
            (['connect', 'tcp://h:70000'],
             'bad port "70000" in "tcp://h:70000" (column 9): a port is a whole number from 0 to 65535'),
            (['connect', '::1:80'],
             'more than one colon in "::1:80": an IPv6 address stands in brackets before its port, as in [::1]:80'),
            (['connect', '127.1:80'],
             'bad host "127.1" in "127.1:80" (column 1): '
             'an IPv4 address is four numbers from 0 to 255 without leading zeros, as in 127.0.0.1'),
            (['listen', '8090', '--ecko'], 'unknown option "--ecko": perhaps --echo was meant'),
            (['listen', '8090', '-e', 'gkb'], 'unknown encoding "gkb" in "-e gkb" (column 4): perhaps gbk was meant'),
            (['listen', '8090,encodin=gbk'],
             'unknown key "encodin" in "8090,encodin=gbk" (column 6): perhaps encoding= was meant'),
            (['send', 'h:1', '--hex', '01 0g'],
             'bad hex "g" in "01 0g" (column 5): bytes are pairs of hex digits, as in 01 a0 ff'),
            (['send', 'h:1', '-e', 'gb2312', '好☃'],
             'unmappable: "☃" in "好☃" (column 2): gb2312 lacks it; --unmappable replace sends a substitute'),
        ):
            self.assertEqual(self.refused(*words), line)

    def test_A1_unknown_missing_contradictory(self):
        for words, token in (
            (['bogus'], '"bogus"'),
            (['listen', '8090', '--bogus'], '"--bogus"'),
            (['listen', '8090', '-Y'], '"Y"'),
            (['listen', '8090', '--reply'], '--reply TEXT'),
            (['listen'], 'listen'),
            (['connect'], 'connect'),
            (['send'], 'send'),
            (['connect', 'h:1', 'h:2'], '"h:2"'),
            (['listen', '8090', '--reply', 'x', '--echo'], '--echo --reply'),
            (['listen', '8090', '--mode', 'simplex-in', '--reply', 'x'], '--mode simplex-in'),
            (['listen', '8090', '--json', '--format', 'x'], '--json --format'),
            (['connect', 'h:1', '--once'], '--once'),
        ):
            self.assertIn(token, self.refused(*words))

    def test_A1_options_that_come_later_are_unknown(self):
        for option in ('--on', '--rules', '--exec', '--every', '--times', '--rate', '--chunk', '--checksum', '--reconnect',
                       '--record', '--allow', '--deny'):
            self.assertIn(f'unknown option "{option}"', self.refused('listen', '8090', option, 'x'))
        for key in ('iface', 'ttl', 'broadcast', 'join', 'user-timeout', 'keepalive'):
            self.assertIn(f'unknown key "{key}"', self.refused('connect', f'udp://h:1,{key}=1'))

    @needs('strace')
    def test_A1_no_socket_is_made(self):
        for words in (['bogus'], ['listen', '8090', '--bogus'], ['listen', '8090', '--reply'], ['connect', 'tcp://h:70000'],
                      ['listen', '8090', '--reply', 'x', '--echo'], ['connect', 'localhost:1', '-e', 'none-such'],
                      ['listen', '8090', 'tcp://:1', 'tcp://:x'], ['send', 'localhost:1', '-e', 'ascii', 'é'],
                      ['connect', 'localhost:1', '--hangup', '']):
            log = os.path.join(self.tmp, 'calls')
            program = self.duplex(*words, under=['strace', '-f', '-o', log, '-e', 'trace=%network'])
            program.end().exit(2)
            with open(log) as calls:
                self.assertNotRegex(calls.read(), r'\b(socket|socketpair|bind|connect)\(', words)

    def test_A2_numbers(self):
        numbers = ('-1', '+80', ' 80', '0x10', '1e3', '65536', '18446744073709551616', '', '80 ')
        for words, range in (
            (['connect', 'h:{}'], 'from 0 to 65535'),
            (['connect', 'h:1', '--idle={}'], 'at most a year'),
            (['listen', '8090', '--count={}'], 'from 1 to'),
            (['listen', '8090', '--max-peers={}'], 'from 1 to'),
        ):
            for number in numbers:
                if number == '65536' and ':{}' not in words[1]:
                    continue
                # Two of them are read as something else before they are read as a number.
                self.assertIn(range, self.refused(*(word.format(number) for word in words)), (words, number))
        self.assertIn('a size is', self.refused('connect', 'h:1,sndbuf=1e3'))
        self.assertIn('octal', self.refused('listen', 'unix:x,perm=999'))

    def test_A3_long_arguments(self):
        for size in (513, 4096, 131071):
            word = 'x' * size
            for start in ([''], ['connect', ''], ['connect', 'h', ''], ['connect', 'h:'], ['connect', 'unix:'], ['connect', 'h:1,'],
                          ['connect', 'h:1,bind='], ['connect', 'h:1', '--'], ['listen', '1', '-e'], ['listen', '1', '-f', ''],
                          ['listen', '1', '-m', ''], ['listen', '1', '-w', '1'], ['listen', '1', '--eol', ''],
                          ['send', 'h:1', '--hex', '0x'], ['help', '']):
                words = [*start[:-1], start[-1] + word[len(start[-1]):]]
                self.assertLess(len(self.refused(*words)), 1024)
            self.assertIn('message', self.page('send', 'h:1', word, '--explain'))
            self.page('listen', '1', '--reply', word, '--greet', word, '--until', word, '--format', word, '--explain')

    def test_A4_bytes_are_shown_and_not_obeyed(self):
        nasty = b'\xff\xfe\n\x1b[31m%n%s\xc2\x9b\xe2\x80\xae'
        shown = r'\xff\xfe\n\x1b[31m%n%s\u{9b}\u{202e}'
        for words in ([nasty], ['connect', nasty + b':80'], ['connect', b'h:' + nasty], ['connect', b'h:1,' + nasty + b'=1'],
                      ['listen', '1', b'--' + nasty], ['listen', '1', '-e', nasty], ['listen', '1', '-f', nasty],
                      ['listen', '1', '-m', nasty], ['listen', '1', '-s', nasty], ['listen', '1', '-t', nasty],
                      ['listen', '1', '-w', nasty], ['listen', '1', '--eol', nasty], ['listen', '1', '--count', nasty],
                      ['send', 'h:1', '--wait', nasty], ['listen', '1', b'--echo=' + nasty], ['help', nasty]):
            self.assertIn(shown, self.refused(*map(os.fsdecode, words)))

    def test_A4_bytes_are_kept(self):
        server = self.python('''
            import socket
            s = socket.create_server(('127.0.0.1', 0))
            print(s.getsockname()[1])
            c, _ = s.accept()
            print(c.recv(1024))
        ''')
        self.call('send', f'127.0.0.1:{server.port}', '-n', os.fsdecode(b'\xff\n\x1b%n%s'))
        server.wait_out(re.escape(r"b'\xff\n\x1b%n%s'"))

    def test_A5_empty_strings(self):
        for words, problem in (
            ([''], ''),
            (['connect', ''], 'no endpoint'),
            (['connect', '', '80'], 'no endpoint'),
            (['connect', 'unix:'], 'no path'),
            (['connect', 'unix-dgram:'], 'no path'),
            (['connect', 'tcp://'], 'no port'),
            (['connect', 'h:'], 'no port'),
            (['connect', 'fd://'], 'fd://N'),
            (['listen', '8090', '-e', ''], 'unknown encoding'),
            (['listen', '8090', '-f', ''], 'unknown frame'),
            (['listen', '8090', '-m', ''], 'unknown mode'),
            (['listen', '8090', '-s', ''], 'unknown view'),
            (['listen', '8090', '--until', ''], 'no word'),
            (['listen', '8090', '--hangup', ''], 'no word'),
            (['send', 'h:1', '--file', ''], 'nothing given'),
            (['listen', '8090,encoding='], 'no value'),
        ):
            self.assertIn(problem, self.refused(*words))

    def test_letters_of_nc(self):
        for words, instead in (
            (['-l', '8080'], 'duplex listen'),
            (['-lp', '8080'], 'duplex listen'),
            (['-u', 'h', '80'], 'udp://'),
            (['listen', '-k', '80'], '--once'),
            (['connect', 'h:1', '-p', '9'], 'bind='),
            (['connect', '-z', 'h:1'], 'duplex send'),
            (['connect', '-N', 'h:1'], 'finishes writing'),
            (['connect', '-U', '/tmp/x'], 'unix:'),
            (['connect', 'h:1', '-e', '/bin/sh'], '--exec'),
        ):
            self.assertIn(instead, self.refused(*words))


class Explain(CommandLine):
    def test_what_is_understood(self):
        page = self.page('connect', 'udp://127.0.0.1:7788,bind=:9999,mode=half', '-e', 'gb2312', '--until', 'exit', '-w', '2s', '--explain')
        for told in ('UDP', '127.0.0.1', '7788', ':9999', 'half', 'gb2312', 'exit', '2s'):
            self.assertIn(told, page)

    @needs('strace')
    def test_opens_nothing(self):
        log = os.path.join(self.tmp, 'calls')
        program = self.duplex('connect', 'localhost:1', '--explain', under=['strace', '-f', '-o', log, '-e', 'trace=%network'])
        program.end().exit(0)
        with open(log) as calls:
            self.assertNotRegex(calls.read(), r'\bsocket\(')


class Environment(Case):
    def test_A6_environment(self):
        huge = {f'HUGE{n}': 'x' * 131000 for n in range(12)}
        for env in [{'LC_ALL': 'xx'}, {'LC_ALL': 'C'}, {'TERM': None, 'HOME': None, 'LC_ALL': None, 'LANG': None}, huge]:
            with self.subTest(list(env)):
                self.assertIn('\\xff', self.call('fly\udcff', status=2, env=env).err)

    def test_A6_no_arguments_at_all(self):
        program = self.python('''
            import ctypes, sys
            libc = ctypes.CDLL(None)
            environ = (ctypes.c_char_p * 2)(b'ASAN_OPTIONS=detect_leaks=0', None)
            libc.execve(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None), environ)
        ''', os.environ['DUPLEX'])
        self.assertIn(b'duplex listen', program.exit(0))
