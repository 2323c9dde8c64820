"""What tests of whole programs need: duplex, its peers, and waiting without sleeping.

    from lib import Case, full, limit, needs, until

    class Talk(Case):                              # each test runs twice: against the checked and the release build
        def test_first_words(self):
            server = self.python('''
                import socket
                s = socket.create_server(('127.0.0.1', 0))
                print(s.getsockname()[1])          # the first line that a peer prints is its port
                c, _ = s.accept()
                print(c.recv(1024).decode())
                c.send('欢迎'.encode())
            ''')
            client = self.duplex('connect', f'127.0.0.1:{server.port}')
            client.say('hello\\n')
            server.wait_out('hello')
            self.assertEqual(client.exit(0), '欢迎'.encode())

        def test_listen(self):
            d = self.duplex('listen', 'tcp://127.0.0.1:0', '--count', '1')
            self.program('nc', '127.0.0.1', str(d.port)).say('hi\\n')      # .port waits for `listening on …`
            d.exit(0)

Starting (all take stdin= stdout= stderr=: 'pipe' (default), 'tty', 'null', or a path or open file; env={NAME: value or None};
cwd=; under=['strace', …], put before the command; tty=True: all three on one pseudo terminal, which is the controlling one):
    self.duplex(ARG…)          duplex (env DUPLEX) → Program
    self.call(ARG…, input=b'', status=0)   duplex run to its end with this input, which must leave with status → Program
    self.python(SCRIPT, ARG…)  a Python program of its own process; SCRIPT may be indented, ARGs are sys.argv[1:]
    self.program('nc', ARG…)   any other
A Program p:
    p.out, p.err               what it wrote so far (bytes; str). At a terminal all of it is in p.out; p.text is p.out as str
    p.wait_out(RE), p.wait_err(RE)     wait until RE (str; ^ $ match at lines) is found there; return the match; fail after 10 s
    p.endpoint, p.port         of the first `listening on ENDPOINT`; p.endpoints(N) of N; of a Python peer its first line
    p.say(TEXT)                write to its standard input, or type: p.say('\\x03') is Ctrl-C;  p.end() close it (Ctrl-D)
    p.exit(0)                  wait for its end; the status must be 0 (-2: killed by signal 2); returns p.out
    p.status()                 the same, whatever the status is; returns it
    p.signal(signal.SIGTERM)   p.pid   p.running
At a terminal, with what its screen shows and keys that are typed: lib.person.Person. With every call failing in turn:
lib.torture.Torture.
Waiting:
    until(lambda: …, 'what')   wait until it is true, fail after 10 s
    bound('tcp', port)         wait until somebody listens there (tcp; udp: is bound there; unix: a path), without connecting
Places:
    self.tmp                   a folder of this test;  self.file(NAME, BYTES) a file in it → path
    self.free_port()           a port that no other test uses, for programs that cannot say 0
    self.build                 'checked' or 'release'
    self.note(TEXT)            print it under the file's line, figures for instance
Which and how long:
    builds = ('checked',)      as a class attribute: only this build.  builds = (): once, without any (static tests)
    limit = 20                 seconds a test may take (class attribute), or @limit(60) on one method
    @full                      on a class or method: only with --full
    @needs('ncat')             skip, with the reason, where there is no such program
Name the faults that a test shows by their ids: test_C9_C10_accept_errors; they are counted by tools/faults.
A sanitizer's report, or "a mistake in duplex, or in how it was called", from any program that the test started fails it. At the end of the
test what still runs is killed: to have leaks looked for, wait for exit()."""

from lib.case import Case, full, limit, needs, bound, until

__all__ = ['Case', 'bound', 'full', 'limit', 'needs', 'until']
