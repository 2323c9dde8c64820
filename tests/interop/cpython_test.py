"""The verbs of socket.h against Python's: CPython's own test_socket passes over them. What is left out stands, with its reason, in
tests/cpython/left_out.tsv; the class that takes socket.socket's place is in tests/cpython/verbs.py."""

import json
import os
import subprocess

from lib import Case, full, limit

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

CORE = '''BasicTCPTest BasicUDPTest BasicSocketPairTest NonBlockingTCPTests TCPTimeoutTest UDPTimeoutTest InterruptedRecvTimeoutTest
InterruptedSendTimeoutTest NetworkConnectionNoServer CreateServerTest CreateServerFunctionalTest TestUnixDomain
TestLinuxAbstractNamespace ContextManagersTest'''.split()


class CPython(Case):
    builds = ()

    def check(self, *classes, at_least):
        env = {**os.environ, 'DUPLEX_VERBS': os.path.join(os.environ['DUPLEX_CHECKED'], 'tests', 'verbs.so')}
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

    @full
    @limit(200)
    def test_N4_N5_all(self):
        self.check(at_least=250)
