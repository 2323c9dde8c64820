#!/usr/bin/python3
"""run.py [CLASS…]: CPython's own test_socket over the verbs of duplex/socket.h; without a CLASS, all but what left_out.tsv names.

The last line is JSON: {"passed": N, "skipped": {reason: N}, "left out": {reason: N}, "failed": [name, …]}. DUPLEX_VERBS names the
shared object with the verbs."""

import collections
import fnmatch
import json
import os
import sys
import unittest

import verbs

verbs.take_the_place()

import test.support                     # noqa: E402: the socket module is another one by now
import test.test_socket                 # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def left_out():
    """(pattern of Class.test, reason)."""
    with open(os.path.join(HERE, 'left_out.tsv')) as table:
        return [line.rstrip('\n').split('\t') for line in table if not line.startswith('#')]


def tests(names):
    for name, c in vars(test.test_socket).items():
        if isinstance(c, type) and issubclass(c, unittest.TestCase) and c.__module__ == 'test.test_socket':
            if not names or name in names:
                for method in unittest.defaultTestLoader.getTestCaseNames(c):
                    yield f'{name}.{method}', c, method


def main():
    test.support.use_resources = []             # no network but this machine
    rows, suite, out = left_out(), unittest.TestSuite(), collections.Counter()
    used = set()
    for name, c, method in tests(sys.argv[1:]):
        for pattern, reason in rows:
            if fnmatch.fnmatch(name, pattern):
                out[reason] += 1
                used.add(pattern)
                break
        else:
            suite.addTest(c(method))
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, warnings='ignore').run(suite)
    failed = [str(test) for test, _ in result.failures + result.errors]
    stale = [] if sys.argv[1:] else [f'left_out.tsv: {pattern} matches nothing' for pattern, _ in rows if pattern not in used]
    skipped = collections.Counter(reason for _, reason in result.skipped)
    print(json.dumps({'passed': result.testsRun - len(failed) - len(result.skipped), 'skipped': skipped, 'left out': out,
                      'failed': failed + stale}))


main()
