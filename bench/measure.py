#!/usr/bin/python3
"""Measures the release program beside what is as fast as can be (bench/run builds both and calls this).

Every figure is a ratio of neighbours: both sides run in turn, a moment each, in alternating order, and the median of the
pairs counts, since the machine is faster at one moment than at another. Each load is bounded in count and time, and every
program dies with this one.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import select
import signal
import statistics
import subprocess
import sys
import tempfile

ECHO_CONNECTIONS = (100, 1000, 10000)
ECHO_LEAST = 0.9                # of what the bare loop does
LINE_BYTES = 64
MESSAGES_AT_ONCE = 10000        # a twentieth of a second; at least four of each connection
IDLE_CONNECTIONS = 10000
IDLE_MOST = 512                 # bytes a connection
START_RUNS = 200
START_MOST = 1.1                # of what nc takes
PROMPT_RUNS = 20                # of each, five times in turn
PROMPT_MOST = 2                 # of what cat takes to its first line
SHOWN_MB = 40
SHOWN_LEAST = 20                # MB of text a second
SHOWN_LINES = (100, 1000)
PATIENCE = 30                   # seconds one answer may take

ROW = '{:<32}{:>11}{:>11}{:>20}   {:<8}{}'


class Broken(Exception):
    """Nothing can be said about this figure, and why."""


# Programs

def limit(name):
    return os.path.join(args.limits, name)


def duplex_echo():
    return [args.duplex, 'listen', 'tcp://127.0.0.1:0', '--echo', '--show', 'none']


def bound(command, core=None):
    """The command, killed when we die, and kept on one core where there are as many."""
    words = ['setpriv', '--pdeathsig', 'KILL', '--']
    if core in os.sched_getaffinity(0):
        words += ['taskset', '-c', str(core)]
    return words + [str(word) for word in command]


class Program:
    """A program at our side that says a line now and then; `with` ends it."""

    def __init__(self, command, core, stdin=subprocess.DEVNULL, says='stdout'):
        self.name = os.path.basename(command[0])
        self.process = subprocess.Popen(bound(command, core), bufsize=0, stdin=stdin, **{says: subprocess.PIPE})
        self.said = getattr(self.process, says)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.said.close()
        if self.process.stdin:
            self.process.stdin.close()

    def line(self):
        if not select.select([self.said], [], [], PATIENCE)[0]:
            raise Broken(f'{self.name} said nothing for {PATIENCE} s')
        line = self.said.readline().decode()
        if not line:
            raise Broken(f'{self.name} ended too early')
        return line


class Server(Program):
    """It lives on core 0 and announces its port."""

    def __init__(self, command):
        super().__init__(command, 0, says='stderr')
        try:
            self.port = re.fullmatch(r'listening on \S+:(\d+)\n', self.line())[1]
        except (Broken, TypeError):
            self.__exit__()
            raise Broken(f'{self.name} does not listen') from None

    def private_bytes(self):
        """Memory that is this process's alone, and written to."""
        with open(f'/proc/{self.process.pid}/smaps_rollup', encoding='ascii') as f:
            return 1024 * sum(int(kib) for kib in re.findall(r'Private_Dirty:\s+(\d+)', f.read()))


class Load(Program):
    """Connections from core 1 that do what they are for when asked, and answer with a line."""

    def __init__(self, command):
        super().__init__(command, 1, stdin=subprocess.PIPE)

    def ask(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(b'.')
        return self.line()


def need_descriptors(count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < count + 100:
        raise Broken(f'{count:,} connections need more descriptors than the {hard:,} that one process may have here')


# What is printed

class Table:
    """Prints a row as soon as it is known, and remembers whether all targets were met."""

    def __init__(self):
        self.all_met = True
        print(ROW.format('', 'duplex', 'limit', 'ratio [least-most]', 'target', '').rstrip(), flush=True)

    def row(self, name, ours, its, ratio, target='', met=None):
        verdict = {None: '', True: 'met', False: 'MISSED'}[met]
        self.all_met = self.all_met and met is not False
        print(ROW.format(name, ours, its, ratio, target, verdict).rstrip(), flush=True)

    def broken(self, name, why):
        self.all_met = False
        print(f'{name:<32}not measured: {why}', flush=True)


class Talk:
    """A server, and connections that talk to it when told to."""

    def __init__(self, command, count, stack):
        server = stack.enter_context(Server(command))
        rounds = max(4, MESSAGES_AT_ONCE // count)
        self.load = stack.enter_context(Load([limit('load'), server.port, count, LINE_BYTES, rounds, server.process.pid]))
        self.load.ask()                 # to warm up
        self.runs = []

    def run(self):
        self.runs.append(json.loads(self.load.ask()))

    def median(self, key):
        return statistics.median(run[key] for run in self.runs)


def print_echo(table, name, ours, bare):
    for key, label, unit, text in (('per_second', name, 1000, '{:.1f} k/s'),
                                   ('server_us', '  server, CPU a message', 1, '{:.2f} us'),
                                   ('p99_us', '  99 of 100 come back within', 1000, '{:.2f} ms')):
        ratios = [our[key] / its[key] for our, its in zip(ours.runs, bare.runs)]
        median = statistics.median(ratios)
        verdict = (f'>= {ECHO_LEAST}', median >= ECHO_LEAST) if key == 'per_second' else ()
        table.row(label, text.format(ours.median(key) / unit), text.format(bare.median(key) / unit),
                  f'{median:.2f} [{min(ratios):.2f}-{max(ratios):.2f}]', *verdict)


# What is measured

def measure_echo(table):
    for count in ECHO_CONNECTIONS:
        name = f'echo, {count:,} connections'
        try:
            need_descriptors(count)
            with contextlib.ExitStack() as stack:
                ours, bare = (Talk(command, count, stack) for command in (duplex_echo(), [limit('echo')]))
                for i in range(args.rounds):
                    for talk in (ours, bare) if i % 2 == 0 else (bare, ours):
                        talk.run()
        except Broken as why:
            table.broken(name, why)
            continue
        print_echo(table, name, ours, bare)


def idle_bytes(command):
    with Server(command) as server:
        before = server.private_bytes()
        with Load([limit('idle'), server.port, IDLE_CONNECTIONS]) as idle:
            idle.line()
            return (server.private_bytes() - before) / IDLE_CONNECTIONS


def measure_idle(table):
    name = f'bytes a connection, {IDLE_CONNECTIONS:,} idle'
    try:
        need_descriptors(IDLE_CONNECTIONS)
        bare, ours = idle_bytes([limit('echo')]), idle_bytes(duplex_echo())
    except Broken as why:
        table.broken(name, why)
        return
    table.row(name, f'{ours:.0f}', f'{bare:.0f}', '', f'<= {IDLE_MOST}', ours <= IDLE_MOST)


def time_starts(port):
    """{what: its times} of clients that say hello, hear it and leave; and of a program that does nothing."""
    commands = {
        'nc': ['/usr/bin/nc', '-N', '127.0.0.1', port],
        'connect': [args.duplex, 'connect', f'tcp://127.0.0.1:{port}'],
        'send': [args.duplex, 'send', f'tcp://127.0.0.1:{port}', 'hello', '--wait', 'close'],
        'bare client': [limit('once'), port],
        'bare exec (true)': ['/bin/true'],
    }
    with tempfile.NamedTemporaryFile() as hello:
        hello.write(b'hello\n')
        hello.flush()
        for name in ('nc', 'connect', 'send'):
            hello.seek(0)
            done = subprocess.run(bound(commands[name]), stdin=hello, stdout=subprocess.PIPE, timeout=PATIENCE, check=False)
            if done.stdout != b'hello\n':
                raise Broken(f'{name} showed {done.stdout!r}')
        words = [word for command in commands.values() for word in ('--', *command)]
        with Program([limit('start'), START_RUNS, hello.name, *words], None) as starts:
            return {name: json.loads(starts.line()) for name in commands}


def measure_start(table):
    try:
        with Server([limit('answer')]) as server:
            took = time_starts(server.port)
    except (Broken, subprocess.TimeoutExpired) as why:
        table.broken('start to exit', why)
        return
    for name in ('connect', 'send'):
        ratio = took[name]['median'] / took['nc']['median']
        table.row(f'start to exit, {name} : nc -N', f'{took[name]["median"]:.3f} ms', f'{took["nc"]["median"]:.3f} ms',
                  f'{ratio:.2f}', f'<= {START_MOST}', ratio <= START_MOST)
    for name, times in took.items():
        print('  {:<30}{median:.3f} ms [{p10:.3f}-{p90:.3f}], CPU {cpu:.3f} ms'.format(name, **times), flush=True)


def ask_terminal(*words):
    done = subprocess.run(bound([limit('terminal'), *words]), stdout=subprocess.PIPE, timeout=100, check=True)
    return json.loads(done.stdout)


def measure_terminal(table):
    ours, its = [], []
    cat, listen = ('x', 'x', '--', '/bin/cat'), ('', '> ', '--', args.duplex, 'listen', '127.0.0.1:0')
    try:
        for i in range(10):
            for took, words in ((ours, listen), (its, cat)) if i % 2 == 0 else ((its, cat), (ours, listen)):
                took.append(ask_terminal('first', PROMPT_RUNS, *words)['median'])
        ratios = [our / it for our, it in zip(ours, its)]
        ratio = statistics.median(ratios)
        table.row('start to prompt : cat', f'{statistics.median(ours):.3f} ms', f'{statistics.median(its):.3f} ms',
                  f'{ratio:.2f} [{min(ratios):.2f}-{max(ratios):.2f}]', f'<= {PROMPT_MOST}', ratio <= PROMPT_MOST)
        for length in SHOWN_LINES:
            runs = [ask_terminal('shown', SHOWN_MB, length, '--', args.duplex, 'connect', '127.0.0.1') for _ in range(3)]
            shown = statistics.median(run['per_second'] for run in runs)
            table.row(f'shown, lines of {length:,} bytes', f'{shown:.1f} MB/s', '', '', f'>= {SHOWN_LEAST}', shown >= SHOWN_LEAST)
            print(f'  {statistics.median(run["per_cpu_second"] for run in runs):.1f} MB a second of processor', flush=True)
    except (subprocess.SubprocessError, ValueError) as why:
        table.broken('terminal', why)


MEASURES = {'echo': measure_echo, 'idle': measure_idle, 'start': measure_start, 'terminal': measure_terminal}


def main():
    table = Table()
    for name in args.names or MEASURES:
        MEASURES[name](table)
    return 0 if table.all_met else 1


parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
parser.add_argument('names', nargs='*', metavar='NAME', help='echo, idle, start, terminal; all of them if none is given')
parser.add_argument('--rounds', type=int, default=30, help='pairs of echo runs at each number of connections')
parser.add_argument('--duplex', required=True, help='the program')
parser.add_argument('--limits', required=True, help='the folder with the bare programs')

if __name__ == '__main__':
    args = parser.parse_args()
    if not set(args.names) <= set(MEASURES) or args.rounds < 1:
        parser.error('NAMEs are ' + ', '.join(MEASURES))
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
