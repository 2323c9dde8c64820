"""What surrounds a running program: limits of descriptors, a system that lacks what one is used to."""

import os
import signal
import subprocess

from interop.bare import hear
from interop.faults_test import Faulty
from lib import needs

class Descriptors(Faulty):
    PEERS = 60

    def limited(self, limits, *options):
        """A duplex that listens, under these limits of a shell, and so many peers."""
        d = self.program('sh', '-c', f'{limits} && exec "$0" "$@"', os.environ['DUPLEX'], 'listen', 'tcp://127.0.0.1:0', '--reply', 'you',
                         *options, stdin='null')
        peers = [self.dial(d) for _ in range(self.PEERS)]
        for c in peers:
            c.send(b'hello\n')
        return d, peers

    def test_O7_the_soft_limit_is_raised_to_the_hard_one(self):
        d, peers = self.limited('ulimit -Sn 32 && ulimit -Hn 200')
        for c in peers:
            self.assertEqual(hear(c, b'\n'), b'you\n')
        with open(f'/proc/{d.pid}/limits') as f:
            self.assertRegex(f.read(), r'Max open files\s+200\s+200 ')
        self.assertNotIn('no further clients', d.err)

    def test_O7_where_that_is_too_low_it_is_said_and_those_who_are_here_are_served(self):
        d, peers = self.limited('ulimit -n 32')
        d.wait_err(r'^duplex: no further clients for a moment: [^\n]*open files')
        self.assertEqual(hear(peers[0], b'\n'), b'you\n')
        for c in peers[:20]:
            c.close()
        self.assertEqual(hear(peers[30], b'\n'), b'you\n')
        self.assertTrue(d.running)


@needs('unshare')
class Bare(Faulty):
    """The sanitizers want a /proc, so this is for the release build."""
    builds = ('release',)

    def within(self, *words):
        """Runs the words where /proc is an empty folder."""
        return ['unshare', '-m' if os.getuid() == 0 else '-Urm', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh', *words]

    def no_mounts(self):
        return subprocess.run(self.within('true'), stderr=subprocess.DEVNULL).returncode != 0

    def test_O4_without_proc_home_and_terminal(self):
        if self.no_mounts():
            self.skipTest('no mounts of our own may be made here')
        bare = {'HOME': None, 'TMPDIR': None, 'TERM': None, 'LC_ALL': None, 'PATH': '/usr/bin:/bin', 'USER': None, 'LOGNAME': None}
        for at in 'tcp://127.0.0.1:0', f'unix:{self.tmp}/s':
            d = self.listen('--echo', '--count', '1', at=at, under=self.within(), env=bare, stdin='null')
            client = self.duplex('connect', d.endpoint, under=self.within(), env=bare)
            client.say('你好\n').end()
            self.assertEqual(client.exit(0).decode(), '你好\n')
            d.exit(0)
        for words in ['--version'], ['help'], ['help', 'listen']:
            self.duplex(*words, under=self.within(), env=bare, stdin='null').exit(0)
        said = self.duplex('connect', '127.0.0.1:1', under=self.within(), stdin='null', env={
            **bare, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'})
        said.exit(4)
        self.assertRegex(said.err, r'\Aduplex: [^\n]*\(ECONNREFUSED\)\n\Z')

    def test_O4_a_person_without_proc_and_home(self):
        """The editor's module is not found beside the program then; that is said, and lines are the terminal's own."""
        if self.no_mounts():
            self.skipTest('no mounts of our own may be made here')
        server = self.server()
        d = self.duplex('connect', '127.0.0.1:%d' % server.getsockname()[1], tty=True, under=self.within(),
                        env={'HOME': None, 'TERM': 'xterm', 'NO_COLOR': '1'})
        c = self.accept(server)
        d.wait_out('is not installed; lines are edited by the terminal itself')
        d.wait_out('connected to')
        d.say('typed\n')
        self.assertEqual(hear(c, b'\n'), b'typed\n')
        c.send('来\n'.encode())
        d.wait_out('← 来')
        c.close()
        d.exit(0)


class Lacking(Faulty):
    """An old kernel, or a filter of calls. None of these has another way; who asks for it hears of it, and it does not spin."""
    builds = ('checked',)

    def test_O4_a_kernel_that_has_no_loop(self):
        for call in 'epoll_create1', 'eventfd', 'socket':
            d = self.duplex('connect', '127.0.0.1:1', stdin='null', env=self.faults(f'{call}=1+:ENOSYS'))
            d.exit(1)
            self.assertRegex(d.err, r'\Aduplex: [^\n]*[Ff]unction not implemented[^\n]*\n\Z')

    def test_O4_C9_one_that_accepts_nobody(self):
        for name in 'ENOSYS', 'EPERM':
            d = self.listen(env=self.faults(f'accept4=1+:{name}'))
            self.dial(d)
            d.wait_err(r'^duplex: no further clients for a moment: [^\n]*not ')
            self.assertLess(self.cpu_of(d), 0.2)
            d.signal(signal.SIGTERM)
            d.exit(0)
