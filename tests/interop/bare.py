"""Bare sockets in the test's own process, for what the other side must do to the byte: reset, half-close, stall, overtake."""

import fcntl
import json
import os
import re
import socket
import struct
import termios

from lib import Case, until

PATIENCE = 10


def rest(s):
    """All that comes until the other side finishes."""
    return b''.join(iter(lambda: s.recv(65536), b''))


def hear(s, wanted):
    """Reads until this many bytes, or these bytes, have come."""
    data = bytearray()
    while (len(data) < wanted) if isinstance(wanted, int) else (wanted not in data):
        piece = s.recv(65536)
        if not piece:
            raise AssertionError(f'the end came after {bytes(data)!r}, before {wanted!r}')
        data += piece
    return bytes(data)


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()


def unsent(s):
    """Bytes that wait in our socket for the other side to take them."""
    return struct.unpack('i', fcntl.ioctl(s, termios.TIOCOUTQ, b'0000'))[0]


def unread(s):
    return struct.unpack('i', fcntl.ioctl(s, termios.FIONREAD, b'0000'))[0]


def strictly(line):
    """One line of JSON: no duplicate keys, no NaN, nothing that is not UTF-8."""
    def once(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f'duplicate keys in {line}'
        return dict(pairs)

    def never(word):
        raise AssertionError(f'{word} in {line}')
    return json.loads(line.decode('utf-8'), object_pairs_hook=once, parse_constant=never)


def events(p, kind=None):
    """What a duplex --json has told so far; of one kind, or all."""
    lines = p.out.split(b'\n')[:-1]
    return [e for e in map(strictly, lines) if kind in (None, e['event'])]


class Bare(Case):
    def keep(self, s):
        s.settimeout(PATIENCE)
        self.addCleanup(s.close)
        return s

    def server(self, host='127.0.0.1', port=0, backlog=100, rcvbuf=None):
        """A listening socket; its address is str(s.port)."""
        s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((host, port))
        s.listen(backlog)
        return self.keep(s)

    def accept(self, server):
        return self.keep(server.accept()[0])

    def dial(self, d, rcvbuf=None):
        """A connection to a duplex that listens on 127.0.0.1 (or on a path)."""
        path = re.match(r'unix:(.*)', d.endpoint)
        s = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        s.settimeout(PATIENCE)
        s.connect(path[1] if path else ('127.0.0.1', d.port))
        return self.keep(s)

    def udp(self, to=None, host='127.0.0.1'):
        """A bound datagram socket, connected to a duplex or an address where one is given."""
        s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((host, 0))
        if to is not None:
            s.connect(to if isinstance(to, tuple) else (host, to.port))
        return self.keep(s)

    def connect(self, server, *options, command='connect', **how):
        """duplex connects to a bare server → (duplex, the accepted socket)."""
        d = self.duplex(command, f'tcp://127.0.0.1:{server.getsockname()[1]}', *options, **how)
        return d, self.accept(server)

    def pair(self, *options, **how):
        return self.connect(self.server(), *options, **how)

    def listen(self, *options, at='tcp://127.0.0.1:0', **how):
        d = self.duplex('listen', at, *options, **how)
        d.endpoint                              # wait until it is there
        return d

    def events(self, p, kind, count=1):
        """Waits until so many events of a kind have come."""
        until(lambda: len(events(p, kind)) >= count, f'{count} events {kind!r} of\n{p}')
        return events(p, kind)

    def ends_by(self, p, *statuses):
        status = p.status()
        self.assertIn(status, statuses, p)
        return p


def memory_kib(p, key='VmRSS'):
    with open(f'/proc/{p.pid}/status') as f:
        return int(re.search(key + r':\s+(\d+)', f.read())[1])


def cpu_seconds(p):
    with open(f'/proc/{p.pid}/stat') as f:
        fields = f.read().rpartition(') ')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def descriptors(p):
    return len(os.listdir(f'/proc/{p.pid}/fd'))
