#!/usr/bin/python3
"""Measures the release program beside what is as fast as can be (bench/run builds both and calls this).

Every figure is a ratio of neighbours: both sides run one after the other, in alternating order, and the median of the pairs
counts, since the machine itself is faster at one moment than at another. Each load is bounded in count and time, and every
program dies with this one.
"""

import argparse
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile

ECHO_CONNECTIONS = (100, 1000, 10000)
LINE_BYTES = 64
WARM_MS, MEASURE_MS = 200, 500
ECHO_LEAST = 0.9                # of what the bare loop does
IDLE_CONNECTIONS = 10000
IDLE_MOST = 512                 # bytes a connection
START_RUNS = 200
START_MOST = 1.1                # of what nc takes
PATIENCE = 60                   # seconds a step may take

ROW = '{:<34}{:>12}{:>12}{:>22}  {:<10}{}'


class Broken(Exception):
    """Nothing can be said about this figure, and why."""


def bound(command, core=None):
    """The command, killed when we die, and kept on one core where there are two."""
    words = ['setpriv', '--pdeathsig', 'KILL', '--']
    if core is not None and len(os.sched_getaffinity(0)) > core:
        words += ['taskset', '-c', str(core)]
    return words + [str(word) for word in command]


class Server:
    """A server on core 0 that has announced its port; `with` ends it."""

    def __init__(self, command):
        self.process = subprocess.Popen(bound(command, 0), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        line = self.process.stderr.readline()
        told = re.match(r'listening on \S+:(\d+)$', line.strip())
        if told is None:
            self.__exit__()
            raise Broken(f'{command[0]} said {line.strip()!r}')
        self.port, self.pid = told[1], self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def private_bytes(self):
        """Memory that is this process's alone, and written to."""
        with open(f'/proc/{self.pid}/smaps_rollup', encoding='ascii') as f:
            return 1024 * sum(int(kib) for kib in re.findall(r'Private_Dirty:\s+(\d+)', f.read()))


def output_of(command, core=None):
    """What the command prints; it must succeed."""
    try:
        done = subprocess.run(bound(command, core), stdout=subprocess.PIPE, timeout=PATIENCE, text=True, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as why:
        raise Broken(f'{os.path.basename(command[0])}: {why}') from None
    return done.stdout


def in_turn(things, rounds):
    """Yields each thing once a round, every second round in the opposite order."""
    for i in range(rounds):
        yield from things if i % 2 == 0 else reversed(things)


def need_descriptors(count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < count + 100:
        raise Broken(f'{count} connections need a descriptor limit over {count + 100}; here it is {hard}')


class Table:
    """Prints a row as soon as it is known, and remembers whether all targets were met."""

    def __init__(self):
        self.all_met = True
        print(ROW.format('', 'duplex', 'limit', 'ratio [least-most]', 'target', ''), flush=True)

    def row(self, name, duplex, limit, ratio, target='', met=None):
        verdict = {None: '', True: 'met', False: 'MISSED'}[met]
        self.all_met = self.all_met and met is not False
        print(ROW.format(name, duplex, limit, ratio, target, verdict).rstrip(), flush=True)

    def broken(self, name, why):
        self.all_met = False
        print(f'{name:<34}not measured: {why}', flush=True)


def spread(ratios):
    return f'{statistics.median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]'


def median_of(runs, key):
    return statistics.median(run[key] for run in runs)


# What is measured

def measure_echo(table):
    servers = {'duplex': [args.duplex, 'listen', 'tcp://127.0.0.1:0', '--echo', '--show', 'none'], 'limit': [limit('echo')]}
    for count in ECHO_CONNECTIONS:
        name = f'echo, {count:,} connections'
        try:
            need_descriptors(count)
            runs = {'duplex': [], 'limit': []}
            for who in in_turn(list(servers), args.rounds):
                with Server(servers[who]) as server:
                    load = [limit('load'), server.port, count, LINE_BYTES, WARM_MS, MEASURE_MS, server.pid]
                    runs[who].append(json.loads(output_of(load, 1)))
        except Broken as why:
            table.broken(name, why)
            continue
        ratios = {key: [ours[key] / bare[key] for ours, bare in zip(*runs.values())] for key in runs['duplex'][0]}
        table.row(name, *(f'{median_of(runs[who], "per_second") / 1000:.1f} k/s' for who in servers), spread(ratios['per_second']),
                  f'>= {ECHO_LEAST}', statistics.median(ratios['per_second']) >= ECHO_LEAST)
        table.row('  server, CPU a message', *(f'{median_of(runs[who], "server_us"):.2f} us' for who in servers),
                  spread(ratios['server_us']))
        table.row('  99 of 100 come back within', *(f'{median_of(runs[who], "p99_us") / 1000:.2f} ms' for who in servers),
                  spread(ratios['p99_us']))


def idle_bytes(command):
    with Server(command) as server:
        before = server.private_bytes()
        idle = subprocess.Popen(bound([limit('idle'), server.port, IDLE_CONNECTIONS]), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            if idle.stdout.readline() != b'ready\n':
                raise Broken('the connections did not come about')
            return (server.private_bytes() - before) / IDLE_CONNECTIONS
        finally:
            idle.stdin.close()
            idle.wait(PATIENCE)
            idle.stdout.close()


def measure_idle(table):
    name = f'idle, bytes of {IDLE_CONNECTIONS:,} each'
    try:
        need_descriptors(IDLE_CONNECTIONS)
        bare = idle_bytes([limit('echo')])
        ours = idle_bytes([args.duplex, 'listen', 'tcp://127.0.0.1:0', '--echo', '--show', 'none'])
    except Broken as why:
        table.broken(name, why)
        return
    table.row(name, f'{ours:.0f} B', f'{bare:.0f} B', '', f'<= {IDLE_MOST}', ours <= IDLE_MOST)


def measure_start(table):
    with Server([limit('answer')]) as server, tempfile.NamedTemporaryFile() as hello:
        hello.write(b'hello\n')
        hello.flush()
        commands = {
            'nc -N': ['/usr/bin/nc', '-N', '127.0.0.1', server.port],
            'connect': [args.duplex, 'connect', f'tcp://127.0.0.1:{server.port}'],
            'send': [args.duplex, 'send', f'tcp://127.0.0.1:{server.port}', 'hello', '--wait', 'close'],
            'bare client': [limit('once'), server.port],
            'nothing (true)': ['/bin/true'],
        }
        try:
            lines = output_of([limit('start'), START_RUNS, hello.name,
                               *(word for command in commands.values() for word in ('--', *command))])
        except Broken as why:
            table.broken('start to exit', why)
            return
    took = dict(zip(commands, map(json.loads, lines.splitlines())))
    for name in ('connect', 'send'):
        ratio = took[name]['median'] / took['nc -N']['median']
        table.row(f'start to exit, {name} : nc -N', f'{took[name]["median"]:.3f} ms', f'{took["nc -N"]["median"]:.3f} ms',
                  f'{ratio:.2f}', f'<= {START_MOST}', ratio <= START_MOST)
    for name in took:
        table.row(f'  {name}: p10, p90, CPU', *(f'{took[name][key]:.3f} ms' for key in ('p10', 'p90', 'cpu')))


def limit(name):
    return os.path.join(args.limits, name)


MEASURES = {'echo': measure_echo, 'idle': measure_idle, 'start': measure_start}


def main():
    table = Table()
    for name in args.names or MEASURES:
        MEASURES[name](table)
    return 0 if table.all_met else 1


parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
parser.add_argument('names', nargs='*', metavar='NAME', help='echo, idle, start; all of them if none is given')
parser.add_argument('--rounds', type=int, default=11, help='pairs of echo runs at each number of connections')
parser.add_argument('--duplex', required=True, help='the program')
parser.add_argument('--limits', required=True, help='the folder with the bare programs')

if __name__ == '__main__':
    args = parser.parse_args()
    if not set(args.names) <= set(MEASURES) or args.rounds < 1:
        parser.error('NAMEs are ' + ', '.join(MEASURES))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
