"""What the library does to the process, as the kernel sees it: strace of a program that uses every verb and says nothing itself
(quiet.c), and of the examples. tests/static/library_test.py tells the same from its symbols."""

import os
import re
import tempfile

from interop.talks import CONVERSATIONS, Talks
from lib import Case, installed, limit, needs, until

# What makes a descriptor, and the word that must be among its arguments; None: it knows no such word, and has a younger sister.
MAKES = {
    'socket': 'SOCK_CLOEXEC', 'socketpair': 'SOCK_CLOEXEC', 'accept4': 'SOCK_CLOEXEC', 'open': 'O_CLOEXEC', 'openat': 'O_CLOEXEC',
    'pipe2': 'O_CLOEXEC', 'dup3': 'O_CLOEXEC', 'eventfd2': 'EFD_CLOEXEC', 'epoll_create1': 'EPOLL_CLOEXEC',
    'memfd_create': 'MFD_CLOEXEC', 'timerfd_create': 'TFD_CLOEXEC', 'signalfd4': 'SFD_CLOEXEC', 'inotify_init1': 'IN_CLOEXEC',
    **dict.fromkeys(['accept', 'creat', 'pipe', 'dup', 'dup2', 'eventfd', 'epoll_create', 'signalfd', 'inotify_init']),
}
SENDS = {'sendto', 'sendmsg', 'sendmmsg'}
WRITES = {'write', 'writev', 'pwrite64', 'pwritev', 'splice', 'tee', 'sendfile'}
RULES = set('''rt_sigaction sigaltstack umask chdir fchdir chroot prctl setitimer alarm setrlimit prlimit64 setpriority setsid setpgid
setuid setgid kill tkill tgkill execve execveat fork vfork clone clone3 exit_group'''.split())


def calls(log):
    """(call, what follows it) in the order in which they ended; of a signal ('', its line)."""
    begun = {}
    for line in log.splitlines():
        pid, _, rest = line.partition(' ')
        rest = rest.strip()
        if rest.endswith('<unfinished ...>'):
            begun[pid] = rest.removesuffix('<unfinished ...>')
            continue
        if resumed := re.match(r'<\.\.\. \w+ resumed>', rest):
            rest = begun.pop(pid, '') + rest[resumed.end():]
        call = re.match(r'(\w+)\((.*)', rest)
        yield call.groups() if call else ('', rest)


def is_harmless(call, rest, signals):
    """What only looks like ruling the process: threads, and the signal that the C library keeps for them; limits that are read."""
    if call.startswith('clone'):
        return 'CLONE_THREAD' in rest
    if call == 'rt_sigaction':
        return rest.partition(',')[0] in {'SIGRT_1', *signals}
    return call == 'prlimit64' and ', NULL, ' in rest


def wrong(seen, signals=()):
    """What the library must not do, though signals that it was asked for are its own."""
    for call, rest in seen:
        line = f'{call}({rest}'
        opens = call in MAKES and 'gconv-modules.cache' not in rest       # the C library's, which closes it again
        if opens and (MAKES[call] or '?') not in rest or call == 'fcntl' and 'F_DUPFD,' in rest:
            yield line + ' is not close-on-exec'
        if call in SENDS and 'MSG_NOSIGNAL' not in rest and 'NETLINK' not in rest:      # so the C library asks for addresses
            yield line + ' may raise SIGPIPE'
        if call in WRITES - {'sendfile'} and re.match(r'\d+<(socket|TCP|UDP|UNIX)', rest):
            yield line + ' may raise SIGPIPE'
        if call in RULES and not is_harmless(call, rest, signals):
            yield line + ' is not for a library'
        if not call and 'SIGPIPE' in rest:
            yield rest


def said(seen):
    return [f'{call}({rest}' for call, rest in seen if call in WRITES | SENDS and re.match('[012]<', rest)]


@needs('strace')
class Quiet(Case):
    builds = ()

    @limit(60)
    def test_N4_every_verb_leaves_the_process_as_it_is(self):
        program, log = os.path.join(self.tmp, 'quiet'), os.path.join(self.tmp, 'log')
        installed.compile_static(os.path.join(installed.ROOT, 'tests', 'interop', 'quiet.c'), program)
        running = self.program('strace', '-f', '-y', '-o', log, program, stdin='null')
        self.assertEqual(running.exit(0, within=40), b'')
        self.assertEqual(running.err, '')
        with open(log) as f:
            seen = list(calls(f.read().partition('the first mark')[2].partition('the last mark')[0]))
        for call in 'socket socketpair accept4 eventfd2 epoll_create1 openat sendto sendmsg sendfile rt_sigtimedwait clone3'.split():
            self.assertIn(call, {name for name, _ in seen})             # what looks for something has seen it
        self.assertEqual([*wrong(seen), *said(seen)], [])


@needs('strace')
class Examples(Talks):
    builds = ('release',)
    hear_signals = {'tcp_many_clients', 'udp_signer'}
    silent = {'bridge', 'echo_server'}

    def begin(self, name, *args, **how):
        folder = tempfile.mkdtemp(dir=self.tmp)
        source, program = os.path.join(installed.ROOT, 'examples', name + '.c'), os.path.join(folder, name)
        if name == 'echo':
            with open(source) as f:
                source = self.file('echo.c', f.read().replace('tcp://:8090', 'unix:place'))
        installed.compile_static(source, program)
        running = self.program('strace', '-D', '-f', '-y', '-o', os.path.join(folder, 'log'), program, *args, cwd=folder, **how)
        running.folder, running.asked = folder, False
        return running

    def seen_of(self, program):
        """What it did between its own start and its end."""
        path = os.path.join(program.folder, 'log')
        until(lambda: re.search(rf'(?m)^{program.pid} +\+\+\+ ', open(path).read()), 'the end of the log')
        with open(path) as f:
            seen = list(calls(f.read()))[1:]
        return [(call, rest) for call, rest in seen if call != 'exit_group']

    @limit(120)
    def test_N4_the_examples_leave_the_process_as_it_is(self):
        for name in CONVERSATIONS.split():
            with self.subTest(name):
                program, well = getattr(self, name)(self.begin)
                program.status()
                self.assertTrue(well() if callable(well) else well, program)
                seen = self.seen_of(program)
                self.assertEqual(list(wrong(seen, {'SIGINT'} if name in self.hear_signals else ())), [])
                if name in self.silent:
                    self.assertEqual(said(seen), [])
