"""How conversations end: each cell of the table "end of input", each exit status, signals, and the options that end one."""

import contextlib
import os
import signal
import socket
import threading
import time

from interop.bare import Bare, events, hear, reset, rest, unread, unsent
from lib import until


class EndOfInput(Bare):
    """Standard input ends."""

    def test_D7_connect_stream_finishes_writing_and_reads_on(self):
        for stdin in 'pipe', 'tty', self.file('line', 'last words\n'):
            with self.subTest(stdin=os.path.basename(stdin)):
                d, c = self.pair(stdin=stdin)
                if not stdin.startswith('/'):
                    d.say('last words\n').end()
                self.assertEqual(rest(c), b'last words\n')
                c.send(b'an answer')
                d.wait_out('an answer')
                self.assertTrue(d.running)
                c.send(b', and more')
                c.close()
                self.assertEqual(d.exit(0), b'an answer, and more')

    def test_connect_stream_linger_bounds_it(self):
        d, c = self.pair('--linger', '200ms')
        d.end()
        self.assertEqual(rest(c), b'')
        d.exit(0)                                   # although the server never finishes

    def test_connect_datagram_stays_for_late_answers(self):
        server = self.udp()
        d = self.duplex('connect', f'udp://127.0.0.1:{server.getsockname()[1]}', '--linger', '3s')
        d.say('hi\n').end()
        data, address = server.recvfrom(100)
        server.sendto(b'late', address)
        d.wait_out('late')
        d.signal(signal.SIGTERM)
        d.exit(0)
        d = self.duplex('connect', f'udp://127.0.0.1:{server.getsockname()[1]}')
        d.say('hi\n').end().exit(0)                 # after 1 s

    def test_listen_goes_on_with_its_peers(self):
        d = self.listen('--reply', 'yes')
        c = self.dial(d)
        d.say('welcome\n').end()
        hear(c, b'welcome\n')
        for peer in c, self.dial(d):
            peer.send(b'there?\n')
            self.assertEqual(hear(peer, b'yes\n'), b'yes\n')

    def test_listen_once_input_waits_for_the_peer_and_its_end_finishes_writing(self):
        d = self.listen('--once', stdin=self.file('text', 'hello'))
        c = self.dial(d)
        self.assertEqual(rest(c), b'hello')
        c.send(b'thank you')
        c.close()
        self.assertEqual(d.exit(0), b'thank you')

    def test_send_finishes_at_once_with_wait_none_and_close(self):
        for wait in 'none', 'close':
            with self.subTest(wait):
                d, c = self.pair('hello', '--wait', wait, command='send')
                self.assertEqual(rest(c), b'hello\n')
                c.send(b'answer')
                c.close()
                self.assertEqual(d.exit(0), b'answer' if wait == 'close' else d.out)

    def pair(self, *words, command='connect', **how):
        server = self.server()
        d = self.duplex(command, f'tcp://127.0.0.1:{server.getsockname()[1]}', *words, **how)
        return d, self.accept(server)

    def test_D8_send_does_not_finish_before_its_wait_is_met(self):
        for wait, answer in ('2', b'one\ntwo\n'), ('until:OK', b'not yet O'), ('idle:300ms', b'hm\n'):
            with self.subTest(wait):
                d, c = self.pair('hello', '--wait', wait, command='send')
                hear(c, b'hello\n')
                c.setblocking(False)
                self.assertRaises(BlockingIOError, c.recv, 1)       # no end yet
                c.settimeout(10)
                c.send(answer)
                d.wait_out(answer.decode().strip())
                if wait == 'until:OK':
                    c.setblocking(False)
                    self.assertRaises(BlockingIOError, c.recv, 1)
                    c.settimeout(10)
                    c.send(b'K, and that is all')
                self.assertEqual(rest(c), b'')
                d.exit(0)                           # although c has never finished

    def test_send_shows_what_met_its_wait_in_every_view(self):
        shown = {'hex': rb'6e 6f 20 4f 4b\n', 'text': rb'no OK\n', 'raw': rb'no OK', 'quoted': rb'"no OK"\n'}
        for view, wanted in shown.items():
            with self.subTest(view):
                d, c = self.pair('ping', '--wait', 'until:OK', '-s', view, command='send')
                hear(c, b'ping\n')
                c.send(b'no OK')                    # and no line end
                self.assertRegex(d.exit(0), rb'\A' + wanted + rb'\Z')
        d, c = self.pair('ping', '--wait', 'until:OK', '--json', command='send')
        hear(c, b'ping\n')
        c.send(b'no OK')
        d.exit(0)
        self.assertEqual([m['text'] for m in events(d, 'message')], ['ping', 'no OK'])

    def test_chat_at_a_terminal_leaves_once_what_was_typed_has_gone(self):
        d, c = self.pair(tty=True, command='chat')
        d.say('goodbye\n')
        hear(c, b'goodbye\n')
        d.end()
        self.assertEqual(rest(c), b'')
        d.exit(0)

    def test_chat_off_a_terminal_is_as_connect(self):
        d, c = self.pair(command='chat')
        d.say('goodbye\n').end()
        self.assertEqual(rest(c), b'goodbye\n')
        c.send(b'wait, one more thing\n')
        d.wait_out('one more thing')
        c.close()
        d.exit(0)


class PeerEnds(Bare):
    """The peer ends its direction."""

    def test_D7_connect_stream_delivers_what_came_and_sends_the_rest(self):
        data = os.urandom(1_000_000)
        d, c = self.pair(stdin=self.file('data', data))
        c.sendall(data)
        c.shutdown(socket.SHUT_WR)
        self.assertTrue(rest(c) == data)
        self.assertTrue(d.exit(0) == data)

    def test_D7_a_pipe_is_read_until_it_has_been_silent(self):
        d, c = self.pair()
        c.shutdown(socket.SHUT_WR)
        data = os.urandom(500_000)
        d.say(data)                                 # far more than a pipe holds
        self.assertTrue(rest(c) == data)
        d.exit(0)                                   # its input is still open

    def test_D7_a_pipe_that_waits_for_the_peer_is_not_silent(self):
        data = b''.join(b'%07d\n' % n for n in range(1_000_000))
        for command, options in ('connect', []), ('connect', ['--eol', 'lf']), ('send', []), ('send', ['--wait', 'close']):
            with self.subTest(command=command, options=options):
                pipe, other_end = os.pipe()
                self.program('cat', self.file('data', data), stdout=other_end)          # which is never silent for long
                os.close(other_end)
                d, c = self.connect(self.server(rcvbuf=4096), *options, command=command, stdin=pipe)
                os.close(pipe)
                c.shutdown(socket.SHUT_WR)
                until(lambda: unread(c) > 0, 'the first bytes')
                began = time.monotonic()
                until(lambda: time.monotonic() - began > 0.6, 'a while longer than a silent pipe is given')
                came = rest(c)
                self.assertTrue(came == data, f'{len(came)} of {len(data)} bytes')
                d.exit(0)

    def test_D7_a_silent_pipes_unfinished_line_is_said(self):
        for options in ['--eol', 'lf'], ['-e', 'utf-8'], ['--mode', 'half']:
            with self.subTest(options):
                d, c = self.pair(*options)
                c.shutdown(socket.SHUT_WR)
                d.say('one\ntwo')
                self.assertEqual(rest(c), b'one\ntwo\n')
                d.exit(0)                           # its input is still open

    def test_a_file_is_sent_wholly_whatever_send_waits_for(self):
        data = os.urandom(1_000_000)
        server = self.server()
        d = self.duplex('send', f'tcp://127.0.0.1:{server.getsockname()[1]}', '--file', self.file('data', data), '--wait', '1')
        c = self.accept(server)
        c.shutdown(socket.SHUT_WR)
        self.assertTrue(rest(c) == data)
        d.exit(8)

    def test_D5_listen_says_what_a_peer_that_breaks_off_did_not_get(self):
        for options in [], ['--json']:
            with self.subTest(options):
                says = b'z' * 300_000
                d = self.listen(*options)
                c = self.dial(d, rcvbuf=4096)
                d.say(b'{"send":"%s"}\n' % says if options else says)
                hear(c, 1)
                reset(c)
                d.wait_err(r'ECONNRESET\); \d{5,6} bytes were not acknowledged')
                d.signal(signal.SIGTERM)
                d.exit(0)                           # that peer's loss, and not the session's
                if options:
                    told, = events(d, 'error')
                    self.assertEqual((told['peer'], told['code'], told['status']), (1, 'ECONNRESET', 0))

    def test_what_is_not_said_to_who_leaves_is_said_to_who_comes(self):
        data = b''.join(b'%07d\n' % n for n in range(1_000_000))
        for options in [], ['--eol', 'lf']:
            with self.subTest(options):
                d = self.listen(*options, stdin=self.file('data', data))
                first = self.dial(d, rcvbuf=4096)
                until(lambda: unread(first) > 0, 'the first bytes')
                first.shutdown(socket.SHUT_WR)
                came = rest(first)
                first.close()
                second = self.dial(d)
                came += hear(second, len(data) - len(came))
                self.assertTrue(came == data)
                d.signal(signal.SIGTERM)
                d.exit(0)

    def test_D7_at_a_terminal_it_leaves(self):
        d, c = self.pair(tty=True)
        c.send(b'bye\n')
        c.shutdown(socket.SHUT_WR)
        d.exit(0)
        self.assertIn('bye', d.text)
        self.assertEqual(rest(c), b'')

    def test_what_was_not_acknowledged_is_6_with_the_count(self):
        server = self.server(rcvbuf=4096)
        d, c = self.connect(server, stdin=self.file('data', b'x' * 3_000_000))
        until(lambda: unread(c), 'the first bytes')
        c.shutdown(socket.SHUT_WR)
        c.close()                                   # with unread bytes: that resets
        d.exit(6)
        self.assertRegex(d.err, r'\d{4,} bytes were not acknowledged')

    def test_a_reset_behind_the_last_words_is_seen_at_once(self):
        d, c = self.pair()
        d.say('one\n')
        hear(c, b'one\n')
        c.close()
        d.say('two\n').exit(6, within=1.5)          # and not once it is tired of waiting for an acknowledgement
        self.assertRegex(d.err, r'\A[^\n]*(?:4 bytes were not acknowledged|EPIPE|ECONNRESET)[^\n]*\n\Z')

    def test_E4_connect_datagram_refused_is_4_and_at_a_terminal_a_notice(self):
        port = self.free_port()
        d = self.duplex('connect', f'udp://127.0.0.1:{port}')
        d.say('anybody?\n').exit(4)
        self.assertRegex(d.err, f'{port}.*[Rr]efused')
        for command in 'connect', 'chat':
            with self.subTest(command):
                d = self.duplex(command, f'udp://127.0.0.1:{port},bind=:{self.free_port()}', tty=True)
                d.say('anybody?\n')
                d.wait_out('refused')
                s = self.keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                s.bind(('127.0.0.1', port))
                d.say('anybody now?\n')
                data, address = s.recvfrom(100)
                s.sendto(b'I am', address)
                d.wait_out('I am')
                s.close()
                d.say('\x03').exit(-signal.SIGINT)

    def test_listen_loses_that_peer_and_keeps_the_others(self):
        d = self.listen('--json')
        first, second = self.dial(d), self.dial(d)
        self.events(d, 'open', 2)
        first.shutdown(socket.SHUT_WR)
        self.assertEqual(rest(first), b'')
        closed, = self.events(d, 'close')
        self.assertEqual((closed['peer'], closed['reason']), (1, 'finished'))
        d.say('{"send": "still here"}\n')
        self.assertEqual(hear(second, b'\n'), b'still here\n')

    def test_listen_says_what_a_peer_missed_that_took_nothing(self):
        d = self.listen()
        quick, stalled = self.dial(d), self.dial(d, rcvbuf=4096)
        data = b'x' * 12_000_000                    # more than its socket and its queue hold
        d.say('for both\n')
        hear(quick, b'for both\n')
        hear(stalled, b'for both\n')
        threading.Thread(target=d.say, args=(data,), daemon=True).start()
        hear(quick, len(data))
        d.wait_err(rf'^duplex: cannot send to 127\.0\.0\.1:{stalled.getsockname()[1]}: it took nothing for too long [^\n]*; '
                   r'\d{6,} bytes were not acknowledged$')

    def test_listen_once_ends_with_its_peer(self):
        d = self.listen('--once', stdin=self.file('data', b'x' * 100_000))
        c = self.dial(d)
        c.send(b'mine')
        c.shutdown(socket.SHUT_WR)
        self.assertEqual(len(rest(c)), 100_000)
        self.assertEqual(d.exit(0), b'mine')

    def test_send_6_before_all_was_acknowledged(self):
        server = self.server(rcvbuf=4096)
        d, c = self.connect(server, '--file', self.file('data', b'x' * 3_000_000), command='send')
        until(lambda: unread(c), 'the first bytes')
        reset(c)
        d.exit(6)

    def test_send_its_peers_end_meets_close_and_idle_and_no_other_wait(self):
        for wait, status in {'close': 0, 'idle:5s': 0, '2': 8, 'until:OK': 8}.items():
            with self.subTest(wait):
                server = self.server()
                d, c = self.connect(server, 'hello', '--wait', wait, command='send')
                hear(c, b'hello\n')
                c.send(b'one\n')
                c.close()
                self.assertEqual(d.exit(status), b'one\n')

    def test_chat_says_so_and_leaves(self):
        for how in {}, {'tty': True}:
            with self.subTest(tty=bool(how)):
                d, c = self.connect(self.server(), '-v', command='chat', **how)
                c.send('再见\n'.encode())
                d.wait_out('再见')
                c.close()
                d.exit(0)
                self.assertRegex(d.err + d.text, r'(?m)^#1 \S+ finished \(in ')


class Unfinished(Bare):
    """Text whose line end has not come when the session ends, or its peer is let go."""

    def unfinished(self, *options):
        d = self.listen(*options)
        c = self.dial(d)
        c.send(b'whole\n')
        d.wait_out('whole')
        c.send(b'unfin')
        until(lambda: unsent(c) == 0 and self.is_read(d, c), 'what was sent is read')
        return d, c

    def is_read(self, d, c):
        """Nothing waits in the socket of d."""
        ours, theirs = (f':{port:04X}' for port in (d.port, c.getsockname()[1]))
        with open('/proc/net/tcp') as table:
            return any(row[1].endswith(ours) and row[2].endswith(theirs) and row[4].endswith(':00000000')
                       for row in map(str.split, table))

    def test_it_is_shown_at_a_signal_and_by_order(self):
        for number in signal.SIGTERM, signal.SIGINT:
            d, _ = self.unfinished()
            d.signal(number)
            self.assertEqual(d.exit(0 if number == signal.SIGTERM else -number), b'whole\nunfin\n')
        for order in '{"hangup": 1}\n', '{"quit": true}\n':
            d, _ = self.unfinished('--json')
            d.say(order)
            until(lambda: events(d, 'close'), 'its end')
            self.assertEqual([e['text'] for e in events(d, 'message')], ['whole', 'unfin'])

    def test_it_is_not_shown_behind_the_message_that_ended_it_nor_as_a_whole_frame(self):
        d, _ = self.unfinished('--until', 'stop')
        self.dial(d).send(b'stop\n')
        self.assertEqual(d.exit(0), b'whole\nstop\n')
        d = self.listen('--hangup', 'exit')
        c = self.dial(d)
        c.send(b'exit\nno more')
        self.assertEqual(rest(c), b'')
        d.signal(signal.SIGTERM)
        self.assertEqual(d.exit(0), b'exit\n')
        d, _ = self.unfinished('--frame', 'line')
        d.signal(signal.SIGTERM)
        self.assertEqual(d.exit(0), b'whole\n')


class Statuses(Bare):
    """0 is everywhere; 141 and the signals are in Signals."""

    def test_1_for_an_address_that_is_in_use_forbidden_or_not_ours_C6(self):
        with self.server() as s:
            d = self.call('listen', f'tcp://127.0.0.1:{s.getsockname()[1]}', status=1)
            self.assertRegex(d.err, r'\Aduplex: [^\n]*in use[^\n]*\n\Z')
        d = self.call('listen', 'tcp://192.0.2.1:0', status=1)
        self.assertRegex(d.err, r'\Aduplex: [^\n]*192\.0\.2\.1[^\n]*not[^\n]*\n\Z')
        d = self.call('listen', f'unix:{self.tmp}/no/such/folder', status=1)
        self.assertRegex(d.err, r'\Aduplex: [^\n]*folder[^\n]*\n\Z')
        if self.build == 'checked':
            d = self.call('listen', 'tcp://:80', status=1, env={'DUPLEX_FAULTS': 'bind=1+:EACCES'})
            self.assertRegex(d.err, r'\Aduplex: [^\n]*80[^\n]*[Pp]ermi[^\n]*\n\Z')

    def test_2_for_the_command_line(self):
        for words in ['listen'], ['listen', '--no-such', ':1'], ['connect', ':1', '-w', 'soon'], ['talk', ':1'], \
                ['listen', ':1', '--reply', 'x', '--echo'], \
                ['connect', ':1', '-s', 'raw', '-t', 'iso'], ['listen', ':1', '-s', 'raw', '--format', '{text}'], ['send', ':1', '4x', '--hex']:
            d = self.call(*words, status=2)
            self.assertRegex(d.err, r'\Aduplex: [^\n]+\n\Z')
            self.assertEqual(d.out, b'')

    def test_4_5_6_8(self):
        with self.server() as s:
            port = s.getsockname()[1]
        self.call('send', f'tcp://127.0.0.1:{port}', 'x', status=4)
        d, c = self.pair('--idle', '100ms')
        d.exit(5)
        d, c = self.pair('--frame', 'nul')
        c.send(b'whole\0half')
        c.close()
        self.assertEqual(d.exit(6), b'whole\0half')
        d, c = self.pair('--frame', 'line')
        c.send(b'whole\nhalf')
        d.wait_out('half')
        c.close()
        d.exit(6)
        d, c = self.pair('--count', '2')
        c.send(b'one\n')
        c.close()
        d.exit(8)


class Signals(Bare):
    def test_ctrl_c_ends_by_the_signal_itself_after_a_polite_close(self):
        d, c = self.pair(tty=True)
        d.say('hello\n')
        hear(c, b'hello\n')
        d.say('\x03')
        self.assertEqual(rest(c), b'')              # an end, no reset
        d.exit(-signal.SIGINT)

    def test_a_loop_in_a_shell_can_be_broken(self):
        with self.server() as s:
            sh = self.program('bash', '-c', 'for i in 1 2 3; do "$0" connect tcp://127.0.0.1:$1; done', os.environ['DUPLEX'],
                              s.getsockname()[1], tty=True)
            c = self.accept(s)
            sh.say('\x03')
            self.assertEqual(rest(c), b'')
            sh.exit(-signal.SIGINT)

    def test_sigterm_and_sighup_are_0_or_8(self):
        for number in signal.SIGTERM, signal.SIGHUP:
            for options, status in ((), 0), (('--count', '2'), 8):
                with self.subTest(number=number, options=options):
                    d = self.listen('--reply', 'yes', *options)
                    c = self.dial(d)
                    c.send(b'one\n')
                    hear(c, b'yes\n')
                    d.signal(number)
                    self.assertEqual(rest(c), b'')
                    self.assertEqual(d.exit(status), b'one\n')
        server = self.server()
        d, c = self.connect(server, 'hello', '--wait', 'until:OK', command='send')
        hear(c, b'hello\n')
        d.signal(signal.SIGTERM)
        d.exit(8)

    def test_what_was_queued_is_sent_before_sigterm_ends_it(self):
        d, c = self.pair(stdin=self.file('data', b'x' * 300_000))
        until(lambda: unread(c) > 0, 'the first bytes')
        d.signal(signal.SIGTERM)
        self.assertGreater(len(rest(c)), 0)         # an end, no reset

    def test_the_second_signal_ends_it_at_once_H4(self):
        server = self.server(rcvbuf=4096)
        d, c = self.connect(server, stdin='/dev/zero')
        until(lambda: unread(c) > 1000, 'a full socket')            # and c never reads
        until(lambda: d.signal(signal.SIGINT) or not d.running, 'the end', within=1)        # two that come together are one
        d.exit(-signal.SIGINT)

    def test_H4_a_peer_that_takes_nothing_delays_the_end_by_2_s_at_most(self):
        server = self.server(rcvbuf=4096)
        d, c = self.connect(server, stdin='/dev/zero')
        until(lambda: unread(c) > 1000, 'a full socket')
        d.signal(signal.SIGTERM)
        self.assertIn(d.status(within=3.5), (6, 8))

    def test_D6_a_closed_standard_output_ends_it_quietly(self):
        out, theirs = os.pipe()
        d, c = self.pair(stdout=theirs)
        os.close(theirs)
        c.send(b'hello\n')
        self.assertEqual(os.read(out, 100), b'hello\n')
        os.close(out)
        c.send(b'is anybody there?\n')
        self.ends_by(d, -signal.SIGPIPE, 141)
        self.assertEqual(d.err, '')

    def test_D6_head_takes_one_line(self):
        server = self.server()
        sh = self.program('bash', '-c', '"$0" connect tcp://127.0.0.1:$1 | head -1; echo ${PIPESTATUS[0]}', os.environ['DUPLEX'],
                          server.getsockname()[1])
        c = self.accept(server)
        c.settimeout(10)
        try:
            while True:
                c.sendall(b'a line\n' * 1000)
        except OSError:                             # it has left
            pass
        self.assertEqual(sh.end().exit(0), b'a line\n141\n')

    def test_J10_who_sends_to_a_full_disk_hears_of_it_at_once(self):
        d = self.listen('--once', stdout='/dev/full')
        c = self.dial(d)

        def flood():
            with contextlib.suppress(OSError):      # reset: it is not read to its end
                while True:
                    c.sendall(b'x' * 65536)
        flooding = threading.Thread(target=flood)
        flooding.start()
        d.exit(1, within=1.5)
        flooding.join()

    def test_D6_a_socket_that_the_peer_has_closed_is_6_and_no_sigpipe(self):
        server = self.server()
        d, c = self.connect(server)
        d.say('one\n')
        hear(c, b'one\n')
        reset(c)
        try:
            for _ in range(1000):
                d.say('two\n')
        except BrokenPipeError:
            pass
        d.exit(6)


class Options(Bare):
    def test_once_serves_one_peer_and_leaves(self):
        d = self.listen('--once')
        c = self.dial(d)
        d.say('only you\n')
        hear(c, b'only you\n')
        c.send(b'yes, \x1b[31mraw\0')
        c.close()
        self.assertEqual(d.exit(0), b'yes, \x1b[31mraw\0')          # its input was open

    def test_once_over_udp_the_first_sender_is_the_only_one(self):
        d = self.listen('--once', '--reply', 'yes', '--until', 'end', at='udp://127.0.0.1:0')
        first, second = self.udp(d), self.udp(d)
        first.send(b'one')
        self.assertEqual(first.recv(100), b'yes')
        second.send(b'end')
        first.send(b'two')
        self.assertEqual(first.recv(100), b'yes')
        first.send(b'END')
        self.assertEqual(d.exit(0), b'onetwoEND')
        second.setblocking(False)
        self.assertRaises(OSError, second.recv, 100)

    def test_once_over_udp_idle_ends_it(self):
        d = self.listen('--once', '--idle', '200ms', at='udp://127.0.0.1:0')
        self.udp(d).send(b'one')
        self.assertEqual(d.exit(5), b'one')

    def test_count_answers_the_last_and_leaves(self):
        for at in 'tcp://127.0.0.1:0', 'udp://127.0.0.1:0':
            d = self.listen('--count', '3', '--reply', '{n}', at=at)
            c = self.dial(d) if at.startswith('tcp') else self.udp(d)
            for n in b'1', b'2', b'3':
                c.send(b'x\n')
                self.assertEqual(c.recv(100).strip(), n)
            self.assertEqual(d.exit(0), b'x\nx\nx\n')

    def test_count_nothing_behind_the_last_message_is_shown(self):
        d = self.listen('--count', '2')
        c = self.dial(d)
        c.sendall(b'one\ntwo\nthree\nfour\n')
        self.assertEqual(d.exit(0), b'one\ntwo\n')
        d, c = self.pair('--count', '2')
        c.sendall(b'one\ntwo\nthree\n')
        self.assertEqual(d.exit(0), b'one\ntwo\n')

    def test_max_peers_1_shows_one_after_another(self):
        d = self.listen('--max-peers', '1', '--json')
        first, second = self.dial(d), self.dial(d)
        second.send(b'me too\n')
        first.send(b'me\n')
        self.events(d, 'message')
        first.close()
        self.events(d, 'message', 2)
        told = [(e['event'], e['peer']) for e in events(d) if 'peer' in e]
        self.assertEqual(told, [('open', 1), ('message', 1), ('close', 1), ('open', 2), ('message', 2)])

    def test_wait_over_datagrams_ends_after_w(self):
        server = self.udp()
        at = f'udp://127.0.0.1:{server.getsockname()[1]}'
        self.call('send', at, 'hello', '--wait', '1', '-w', '200ms', status=5)
        d = self.duplex('send', at, 'hello', '--wait', 'until:OK')
        self.assertEqual(server.recv(100), b'hello')
        _, address = server.recvfrom(100)
        server.sendto(b'O', address)
        server.sendto(b'K', address)
        self.assertEqual(d.exit(0), b'OK')

    def test_idle_on_listen_lets_that_peer_go(self):
        d = self.listen('--idle', '300ms', '--json')
        c = self.dial(d)
        c.send(b'hello\n')
        self.assertEqual(rest(c), b'')
        self.assertEqual(self.events(d, 'close')[0]['reason'], 'timeout')
        c = self.dial(d)
        c.send(b'next\n')
        self.events(d, 'message', 2)

    def test_a_silent_sender_of_datagrams_is_forgotten_and_a_number_of_its_own_when_it_is_back(self):
        d = self.listen('--json', at='udp://127.0.0.1:0,expire=300ms')
        s = self.udp(d)
        s.send(b'one')
        until(lambda: events(d, 'close'), 'its end')
        self.assertEqual([e['reason'] for e in events(d, 'close')], ['expired'])
        s.send(b'two')
        until(lambda: len(events(d, 'message')) == 2, 'the second')
        self.assertEqual([e['peer'] for e in events(d, 'message')], [1, 2])
        never = self.listen('--json', at='udp://127.0.0.1:0,expire=0')
        self.udp(never).send(b'one')
        until(lambda: events(never, 'message'), 'a message')

    def test_idle_elsewhere_ends_the_session(self):
        for option in '--idle', '-w':
            d, c = self.pair(option, '200ms')
            c.send(b'hello')
            d.wait_out('hello')
            d.exit(5)

    def test_a_deadline_holds_also_for_a_peer_that_takes_nothing(self):
        d, c = self.connect(self.server(rcvbuf=4096), '--deadline', '1s', stdin=self.file('much', bytes(30_000_000)))
        began = time.monotonic()
        d.exit(5)
        self.in_time(time.monotonic() - began, 1 + 0.5)
        self.assertRegex(d.err, r'\Aduplex: [^\n]*\n\Z')

    def test_deadline_ends_it_whatever_happens(self):
        d = self.listen('--deadline', '300ms')
        c = self.dial(d)
        d.exit(5)
        self.assertEqual(rest(c), b'')

    def test_idle_alone_overrides_w(self):
        d, c = self.pair('-w', '60', '--idle', '100ms')
        d.exit(5)

    def test_hangup_and_until_take_several_words_in_any_case_and_whatever_line_end(self):
        d = self.listen('--hangup', 'exit', '--hangup', 'bye', '--until', 'stop', '--until', 'halt', '--reply', 'yes')
        for word in b'exit', b'EXIT\n', b'Bye\r\n', b'bye':
            c = self.dial(d)
            c.send(b'hello\n')
            hear(c, b'yes\n')
            c.send(word)
            self.assertEqual(rest(c), b'')          # let go, unanswered
        c = self.dial(d)
        c.send(b'exit now\n')                       # more than the word
        hear(c, b'yes\n')
        c.send(b'Halt\n')
        self.assertEqual(rest(c), b'')
        self.assertEqual(d.exit(0).decode().split('\n')[-3:], ['exit now', 'Halt', ''])

    def test_hangup_and_until_in_frames_that_leave_the_line_end_within(self):
        for options in ['-s', 'both'], ['-s', 'hex'], ['--hex'], ['-f', 'raw'], ['-f', 'gap:10ms']:
            for end in b'', b'\n', b'\r\n':
                with self.subTest(options=options, end=end):
                    d = self.listen('--hangup', 'exit', '--until', 'stop', *options)
                    c = self.dial(d)
                    c.send(b'Exit' + end)
                    self.assertEqual(rest(c), b'')
                    self.dial(d).send(b'STOP' + end)
                    d.exit(0)

    def test_until_also_ends_when_it_is_said_here(self):
        d, c = self.pair('--until', 'exit')
        d.say('hello\nEXIT\nnever sent\n')
        self.assertEqual(rest(c), b'hello\nEXIT\n')
        d.exit(0)

    def test_linger_over_datagrams(self):
        server = self.udp()
        self.call('connect', f'udp://127.0.0.1:{server.getsockname()[1]}', '--linger', '10ms', input='hi\n')
        self.assertEqual(server.recv(100), b'hi')
