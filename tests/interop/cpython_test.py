"""The verbs of socket.h against Python's: CPython's own test_socket passes over them. What is left out stands, with its reason, in
tests/cpython/left_out.tsv; the class that takes socket.socket's place is in tests/cpython/verbs.py."""

import json
import os
import signal
import subprocess

from lib import Case, full, limit, until

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERBS = os.path.join(os.environ.get('DUPLEX_CHECKED', ''), 'tests', 'verbs.so')
CORE = '''BasicTCPTest BasicUDPTest BasicSocketPairTest NonBlockingTCPTests TCPTimeoutTest UDPTimeoutTest InterruptedRecvTimeoutTest
InterruptedSendTimeoutTest NetworkConnectionNoServer CreateServerTest CreateServerFunctionalTest TestUnixDomain
TestLinuxAbstractNamespace ContextManagersTest'''.split()


class CPython(Case):
    builds = ()

    def check(self, *classes, at_least):
        env = {**os.environ, 'DUPLEX_VERBS': VERBS}
        done = subprocess.run(['/usr/bin/python3', os.path.join(HERE, 'cpython', 'run.py'), *classes], cwd=self.tmp, env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout.splitlines()[-1])
        skipped, out = sum(told['skipped'].values()), sum(told['left out'].values())
        self.note(f"CPython's test_socket: {told['passed']} passed, {len(told['failed'])} failed, {skipped} skipped, {out} left out")
        if not classes:
            for reason, count in sorted(told['left out'].items()):
                self.note(f'  {count} left out: {reason}')
            for reason, count in sorted(told['skipped'].items()):
                self.note(f'  {count} skipped by CPython: {reason}')
        self.assertEqual(told['failed'], [], done.stderr)
        self.assertGreaterEqual(told['passed'], at_least)

    @limit(60)
    def test_D4_N5_core(self):
        self.check(*CORE, at_least=55)

    def test_N5_ctrl_c_is_heard(self):
        for verb in ('s.accept()', '(pair := socket.socketpair())[0].recv(1)', 'socket.socket(type=socket.SOCK_DGRAM).recvfrom(1)'):
            p = self.python(f'''
                import sys
                sys.path.insert(0, {os.path.join(HERE, 'cpython')!r})
                import verbs
                verbs.take_the_place()
                import socket
                s = socket.create_server(('127.0.0.1', 0))
                print(s.getsockname()[1], flush=True)
                {verb}
            ''', env={'DUPLEX_VERBS': VERBS})
            until(lambda: p.port and self.waits(p.pid), 'its wait')
            p.signal(signal.SIGINT)
            self.assertEqual(p.status(within=1), -signal.SIGINT)
            self.assertIn('KeyboardInterrupt', p.err)

    @staticmethod
    def waits(pid):
        with open(f'/proc/{pid}/syscall') as f:
            return f.read().split()[0] == '7'                # poll

    @full
    @limit(200)
    def test_N4_N5_all(self):
        self.check(at_least=250)
