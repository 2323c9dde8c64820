"""A running program: what it writes is gathered by threads, so nothing blocks; waiting has a deadline."""

import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time

PATIENCE = 10.0                 # seconds to wait for anything


class Stream:
    """The bytes that came from a descriptor so far."""

    def __init__(self, fd, changed):
        self.data, self.ended, self.fd, self.changed = b'', False, fd, changed
        threading.Thread(target=self.gather, daemon=True).start()

    def gather(self):
        piece = b'x'
        while piece:
            try:
                piece = os.read(self.fd, 65536)
            except OSError:             # EIO: nobody holds the terminal any more
                piece = b''
            with self.changed:
                self.data += piece
                self.ended = not piece
                self.changed.notify_all()
        os.close(self.fd)


class Program:
    def __init__(self, argv, env, stdin='pipe', stdout='pipe', stderr='pipe', cwd=None, tty=False, size=(24, 80), inherit=()):
        self.name = ' '.join(argv)
        self.changed = threading.Condition()
        self.to_close = []              # our copies of its ends
        self.master = self.stdin = self.stdout = self.stderr = None
        ends = [self.open(end, n, size) for n, end in enumerate(('tty',) * 3 if tty else (stdin, stdout, stderr))]
        controlling = ends[0] == 'slave'        # setsid -c gives it the terminal for its own
        self.process = subprocess.Popen((['setsid', '-c'] if controlling else []) + list(argv), env=env, cwd=cwd,
                                        stdin=self.end_of(ends[0]), stdout=self.end_of(ends[1]), stderr=self.end_of(ends[2]),
                                        start_new_session=not controlling, pass_fds=inherit)
        self.pid = self.process.pid
        for fd in self.to_close:
            os.close(fd)

    # How its three descriptors are opened

    def open(self, end, n, size):
        if end == 'tty':
            if self.master is None:
                self.master, self.slave = os.openpty()
                self.to_close.append(self.slave)
                fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', *size, 0, 0))
                self.terminal = Stream(os.dup(self.master), self.changed)
            if n == 0:
                self.stdin = self.master
            return 'slave'
        if end == 'pipe':
            ours, theirs = os.pipe() if n else reversed(os.pipe())
            self.to_close.append(theirs)
            if n == 0:
                self.stdin = ours
            else:
                setattr(self, 'stdout' if n == 1 else 'stderr', Stream(ours, self.changed))
            return theirs
        if end == 'null':
            return subprocess.DEVNULL
        if isinstance(end, str):
            fd = os.open(end, os.O_RDONLY if n == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self.to_close.append(fd)
            return fd
        return end

    def end_of(self, end):
        return self.slave if end == 'slave' else end

    # What it wrote

    def stream(self, which):
        return which or (self.terminal if self.master is not None else None)

    @property
    def out(self):
        stream = self.stream(self.stdout)
        return stream.data if stream else b''

    @property
    def text(self):
        return self.out.decode('utf-8', 'backslashreplace')

    @property
    def err(self):
        return self.stderr.data.decode('utf-8', 'backslashreplace') if self.stderr else ''

    def wait_out(self, pattern, within=PATIENCE):
        return self.wait(self.stream(self.stdout), pattern, within)

    def wait_err(self, pattern, within=PATIENCE):
        return self.wait(self.stream(self.stderr), pattern, within)

    def wait(self, stream, pattern, within):
        match = None

        def found():
            nonlocal match
            ended = stream.ended
            match = re.search(pattern, stream.data.decode('utf-8', 'backslashreplace'), re.M)
            return match or ended

        with self.changed:
            self.changed.wait_for(found, within)
        if not match:
            raise AssertionError(f'{pattern!r} did not come from\n{self}')
        return match

    def endpoints(self, count):
        self.wait_err(r'(?:^listening on [^\n]*\n[^\0]*?){%d}' % count)
        text = self.err or self.text
        return re.findall(r'^listening on ([^\r\n]*)', text, re.M)

    @property
    def endpoint(self):
        return self.endpoints(1)[0]

    @property
    def port(self):
        return int(re.search(r':(\d+)(,|$)', self.endpoint)[1])

    # What it hears

    def say(self, text):
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self.stdin, data):]
        return self

    def end(self):
        if self.stdin is not None and self.stdin == self.master:
            self.say('\x04')
        elif self.stdin is not None:
            os.close(self.stdin)
            self.stdin = None
        return self

    def signal(self, number):
        self.process.send_signal(number)

    # Its end

    @property
    def running(self):
        return self.process.poll() is None

    def status(self, within=PATIENCE):
        """Waits for its end, and the end of its output; the status (-2: killed by signal 2)."""
        deadline = time.monotonic() + within
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f'still running after {within:g} s:\n{self}') from None
        with self.changed:
            streams = [self.stream(s) for s in (self.stdout, self.stderr)]
            ended = self.changed.wait_for(lambda: all(s.ended for s in streams if s),
                                          max(deadline - time.monotonic(), 1))
        if not ended:
            raise AssertionError(f'somebody still holds the output of\n{self}')
        return self.process.returncode

    def exit(self, status=0, within=PATIENCE):
        if self.status(within) != status:
            raise AssertionError(f'status {self.process.returncode}, not {status}:\n{self}')
        return self.out

    def kill(self):
        """Ends it and its process group, if it still runs, and lets go of its descriptors."""
        if self.running:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.process.kill()
            self.process.wait()
        if self.stdin is not None:
            os.close(self.stdin)
        if self.master is not None and self.master != self.stdin:
            os.close(self.master)
        self.stdin = self.master = None

    def __str__(self):
        def shown(text):
            return text if len(text) <= 4000 else text[:2000] + '\n[…]\n' + text[-2000:]
        state = 'running' if self.process.returncode is None else f'status {self.process.returncode}'
        return f'$ {self.name}    [{state}]\n--- out\n{shown(self.text)}\n--- err\n{shown(self.err)}\n---'


class Peer(Program):
    """A Python program whose first line is its port."""

    @property
    def port(self):
        return int(self.wait_out(r'\A(\d+)\s*\n')[1])
