#!/usr/bin/python3
"""Runs the tests (./test builds first and calls this) and says, last, `N passed, N failed, N skipped`.

A test file is tests/FLOOR/x_test.c, a cmocka program that meson has built, or tests/FOLDER/x_test.py. Each program, and each
class of a Python file for each build that it asks for, is a unit: a process of its own, so that units run side by side and a
crash takes nothing else with it. What became of each test goes to build-checked/results.tsv, which tools/faults reads.
"""

import argparse
import glob
import importlib.util
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
FOLDERS = ['sys', 'base', 'codec', 'net', 'talk', 'ui', 'cli', 'static', 'interop', 'full']     # basic ones first
PROGRAM_LIMIT = 180             # seconds a cmocka program may take
PORTS = range(20000, 32268, 500)        # the first of each range of 500, for programs that cannot ask for port 0
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True


class Unit:
    """Tests of one file that run in one process: their names, the seconds it may take and the build it is for."""

    def __init__(self, path, names, limit, build=''):
        self.path, self.names, self.limit, self.build = path, names, limit, build

    def id_of(self, name):
        return f'{self.path}::{name}' + (f'[{self.build}]' if self.build else '')

    def run(self, env):
        """Returns {name: (outcome, seconds, reason)}."""
        if not os.path.exists(self.command()[0]):
            return {name: ('failed', 0, 'not built: is it in tests/meson.build?') for name in self.names}
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(self.command(), env=env, cwd=ROOT, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=log, start_new_session=True)
            timer = threading.Timer(self.limit, kill_tree, [process.pid])
            timer.start()
            results = self.read(process.stdout.read().decode('utf-8', 'replace').splitlines())
            process.wait()
            timer.cancel()
            log.seek(0)
            end = f'status {process.returncode}\n' + log.read().decode('utf-8', 'replace')[-8000:]
        for name in self.names:
            if name not in results:
                results[name] = ('failed', 0, end)
                end = f'did not run: {name} ended the program before'
        if process.returncode and all(result[0] != 'failed' for result in results.values()):
            results['(end)'] = ('failed', 0, end)
        return results


class CmockaUnit(Unit):
    def command(self):
        _, floor, name = self.path.split('/')
        return [os.path.join(args.builds, 'build-checked', 'tests', f'{floor}-{name[:-2]}')]

    def read(self, lines):
        """Reads TAP, where the notes on a failure stand behind it. What was printed before skip() is the reason for it."""
        results, name = {}, None
        for before, line in zip(['', *lines], lines):
            told = re.match(r'(not )?ok \d+ - (\w+)(.*)', line)
            skipped = re.match(r'(?:not )?ok \d+ # SKIP (\w+)', line)
            if skipped:
                results[skipped[1]] = ('skipped', 0, '' if before.startswith(('ok ', 'not ok ', '1..', '# ')) else before)
            elif told:
                name = told[2]
                results[name] = ('failed' if told[1] else 'passed', 0, told[3].strip())
            elif name and line.startswith('# ') and not line.startswith('# not ok'):
                outcome, seconds, notes = results[name]
                results[name] = (outcome, seconds, notes + line[1:] + '\n')
        return results


class PythonUnit(Unit):
    def command(self):
        return ['/usr/bin/python3', os.path.abspath(__file__), '--unit', self.path, *self.names]

    def read(self, lines):
        return {name: tuple(result) for name, *result in map(json.loads, lines)}


def kill_tree(pid):
    """Ends a process that we started, and all that it started."""
    children = {}
    for stat in glob.glob('/proc/[0-9]*/stat'):
        try:
            with open(stat) as f:
                child, _, rest = f.read().partition(' (')
            children.setdefault(int(rest.rpartition(') ')[2].split()[1]), []).append(int(child))
        except OSError:
            pass
    doomed = [pid]
    for parent in doomed:
        doomed += children.get(parent, [])
        try:
            os.kill(parent, signal.SIGKILL)
        except ProcessLookupError:
            pass


# Finding tests

def load(path):
    """The module of a Python test file."""
    spec = importlib.util.spec_from_file_location(path[:-3].replace('/', '.'), os.path.join(ROOT, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def classes(module):
    return [c for c in vars(module).values()
            if isinstance(c, type) and issubclass(c, unittest.TestCase) and c.__module__ == module.__name__]


def seconds_for(c, name):
    return getattr(getattr(c, name), 'limit', None) or getattr(c, 'limit', 20)


def python_units(path):
    for c in classes(load(path)):
        names = [name for name in unittest.defaultTestLoader.getTestCaseNames(c)
                 if args.full or not (getattr(c, 'full', False) or getattr(getattr(c, name), 'full', False))]
        limit = sum(seconds_for(c, name) + 10 for name in names)
        for build in getattr(c, 'builds', ()) or ('',):
            yield PythonUnit(path, [f'{c.__name__}.{name}' for name in names], limit, build)


def cmocka_units(path):
    with open(os.path.join(ROOT, path)) as f:
        names = re.findall(r'\bcmocka_unit_test\w*\(\s*(\w+)', f.read())
    yield CmockaUnit(path, list(dict.fromkeys(names)), PROGRAM_LIMIT)


def find():
    """All units that were asked for, and {path: what was wrong} of files that cannot be read."""
    units, broken = [], {}
    for folder in FOLDERS:
        for path in sorted(glob.glob(f'tests/{folder}/*_test.*', root_dir=ROOT)):
            try:
                found = list(python_units(path) if path.endswith('.py') else cmocka_units(path))
            except Exception:
                broken[path] = traceback.format_exc()
                continue
            for unit in found:
                if args.names:
                    unit.names = [name for name in unit.names if any(n in unit.id_of(name) for n in args.names)]
            units += [unit for unit in found if unit.names]
    return units, broken


# Running them

def claim_ports(number):
    """The first port of a range that no other worker uses, of this run or another one on this machine; it is ours until the
    socket that is returned closes. Abstract names are of the network they are in, as ports are."""
    claim = socket.socket(socket.AF_UNIX)
    for first in PORTS:
        try:
            claim.bind(f'\0duplex tests at {first}')
            return first, claim
        except OSError:
            pass
    return PORTS[number % len(PORTS)], claim                # so many at once: as well as it goes


class Run:
    def __init__(self, units, broken):
        self.left = {}                                  # path: units that have not ended
        for unit in units:
            self.left[unit.path] = self.left.get(unit.path, 0) + 1
        self.results = {f'{path}::(load)': ('failed', 0, why) for path, why in broken.items()}
        self.lock = threading.Lock()
        self.queue = queue.SimpleQueue()
        for unit in units:
            self.queue.put(unit)
        for path in broken:
            self.report(path)

    def all(self):
        with tempfile.TemporaryDirectory(prefix='dx') as folder:
            workers = [threading.Thread(target=self.work, args=(folder, n)) for n in range(args.jobs)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()

    def work(self, folder, number):
        ports, claim = claim_ports(number)
        for turn in range(1000000):
            try:
                unit = self.queue.get_nowait()
            except queue.Empty:
                claim.close()
                return
            own = os.path.join(folder, f'{number}.{turn}')
            os.mkdir(own)
            results = unit.run(environment(unit, own, ports))
            shutil.rmtree(own, ignore_errors=True)
            with self.lock:
                wanted = [*unit.names, *(name for name in results if results[name][0] == 'failed')]
                self.results.update({unit.id_of(name): results[name] for name in wanted})
                self.left[unit.path] -= 1
                if not self.left[unit.path]:
                    self.report(unit.path)

    def report(self, path):
        """A line for the file; a paragraph for each test that failed, and what others have to tell."""
        mine = {i: r for i, r in self.results.items() if i.startswith(path + '::')}
        for i, (outcome, _, reason) in mine.items():
            if outcome == 'failed':
                print(f'FAILED {i}\n' + '\n'.join('    ' + line for line in reason.strip().splitlines()))
        print(f'{path:<40} {counts(mine)}  {sum(r[1] for r in mine.values()):.1f} s', flush=True)
        for outcome, _, reason in mine.values():
            for line in reason.strip().splitlines() if outcome == 'passed' else ():
                print('    ' + line)


def environment(unit, folder, port):
    env = {name: value for name, value in os.environ.items()
           if name in ('PATH', 'CI', 'USER', 'LOGNAME') or name.startswith('DUPLEX_TEST')}
    dirs = {'checked': os.path.join(args.builds, 'build-checked'), 'release': os.path.join(args.builds, 'build')}
    return {**env, 'LC_ALL': 'C.UTF-8', 'TERM': 'dumb', 'HOME': folder, 'TMPDIR': folder, 'PYTHONPATH': HERE,
            'CMOCKA_MESSAGE_OUTPUT': 'TAP',
            'ASAN_OPTIONS': 'detect_leaks=1:exitcode=99:allocator_may_return_null=1',
            'UBSAN_OPTIONS': 'print_stacktrace=1:halt_on_error=1:exitcode=99',
            'DUPLEX_BUILD': unit.build, 'DUPLEX': os.path.join(dirs.get(unit.build, ''), 'duplex'),
            'DUPLEX_CHECKED': dirs['checked'], 'DUPLEX_RELEASE': dirs['release'], 'DUPLEX_PORTS': str(port)}


def counts(results):
    outcomes = [r[0] for r in results.values()]
    return ', '.join(f'{outcomes.count(o)} {o}' for o in ('passed', 'failed', 'skipped'))


def keep(results):
    """Writes the results down; of a run of some tests only the rows of those change."""
    path = os.path.join(args.builds, 'build-checked', 'results.tsv')
    rows = {}
    if args.names and os.path.exists(path):
        with open(path) as f:
            rows = {line.partition('\t')[0]: line for line in f}
    for i, (outcome, seconds, reason) in results.items():
        rows[i] = f'{i}\t{outcome}\t{seconds:.2f}\t{" ".join(reason.split())[:200]}\n'
    with open(path, 'w') as f:
        f.writelines(rows[i] for i in sorted(rows))


def lines_of_source():
    count = 0
    for path in glob.glob(os.path.join(ROOT, 'src', '**', '*.c'), recursive=True):
        with open(path, errors='replace') as f:
            count += sum(1 for line in f if line.strip())
    return count


# Inside a unit's process

class TimeLimit(BaseException):
    pass


class Report(unittest.TestResult):
    """Writes a line of JSON for each test that ends."""

    def startTest(self, test):
        super().startTest(test)
        self.began, self.outcome, self.reason = time.monotonic(), 'passed', ''
        limit = seconds_for(type(test), test._testMethodName)
        self.limit = limit
        signal.setitimer(signal.ITIMER_REAL, limit, 5)

    def stopTest(self, test):
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.reason += getattr(test, 'notes', '')
        self.tell(f'{type(test).__name__}.{test._testMethodName}', time.monotonic() - self.began)
        super().stopTest(test)

    def tell(self, name, seconds=0.0):
        print(json.dumps([name, self.outcome, seconds, self.reason]), file=self.to, flush=True)

    def worse(self, test, err):
        kind, value, trace = err
        while trace and '__unittest' in trace.tb_frame.f_globals:
            trace = trace.tb_next
        said = (f'took longer than {self.limit:g} s' if kind is TimeLimit else str(value)) or kind.__name__
        if not issubclass(kind, (AssertionError, TimeLimit)):
            said = f'{kind.__name__}: {said}'
        where = [f for f in traceback.extract_tb(trace) if '/unittest/' not in f.filename]
        self.reason += said + ''.join(f'\n  {os.path.relpath(f.filename, ROOT)}:{f.lineno}: {f.line}' for f in where) + '\n'
        if hasattr(test, '_subDescription'):
            self.reason = test._subDescription() + ': ' + self.reason
        self.outcome = 'failed'
        if not hasattr(test, '_testMethodName') and not hasattr(test, 'test_case'):     # a class's set-up
            self.tell(str(test))

    def addError(self, test, err):
        self.limit = getattr(self, 'limit', 0)
        self.reason = getattr(self, 'reason', '')
        self.worse(test, err)

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err:
            self.worse(subtest, err)

    def addSkip(self, test, reason):
        if getattr(self, 'outcome', 'passed') != 'failed':
            self.outcome, self.reason = 'skipped', reason

    def addUnexpectedSuccess(self, test):
        self.outcome, self.reason = 'failed', 'it passed, and was expected not to'


def run_unit(path, names):
    def out_of_time(*_):
        raise TimeLimit

    signal.signal(signal.SIGALRM, out_of_time)
    report = Report()
    report.to = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)                       # what a test prints must not be taken for results
    module = load(path)
    suite = unittest.TestSuite()
    for name in names:
        c, method = name.split('.', 1)
        suite.addTest(getattr(module, c)(method))
    suite.run(report)


def main():
    started = time.monotonic()
    signal.signal(signal.SIGINT, signal.default_int_handler)    # a shell's background ignores it, and so would every program below
    units, broken = find()
    run = Run(units, broken)
    run.all()
    keep(run.results)
    if args.slowest:
        for i, r in sorted(run.results.items(), key=lambda item: -item[1][1])[:20]:
            print(f'{r[1]:7.2f} s  {i}')
    for word in ('skipped', 'failed'):
        for i, r in run.results.items():
            if r[0] == word:
                print(f'{word} {i}: {(r[2].strip() or "no reason given").splitlines()[0]}')
    print(f'{lines_of_source()} lines in src/ without headers and blank ones; {time.monotonic() - started:.0f} s')
    print(counts(run.results))
    outcomes = {r[0] for r in run.results.values()}
    return 1 if 'failed' in outcomes or 'passed' not in outcomes else 0


parser = argparse.ArgumentParser(prog='./test')
parser.add_argument('--full', action='store_true', help='the long tests too')
parser.add_argument('--slowest', action='store_true', help='name the 20 slowest')
parser.add_argument('--jobs', type=int, default=3, help='how many at once (3)')
parser.add_argument('--builds', default=ROOT, help=argparse.SUPPRESS)
parser.add_argument('--unit', help=argparse.SUPPRESS)
parser.add_argument('names', nargs='*', metavar='NAME', help='only tests whose file or name contains it')
args = parser.parse_args()
if args.unit:
    run_unit(args.unit, args.names)
else:
    sys.exit(main())
