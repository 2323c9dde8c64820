"""Lanes: a transport and a family; how duplex, a Python note, nc, ncat and socat are told to meet on it.

A Meeting is a test that starts a peer of one kind on one lane; `self.place` is where it is: a port or a path."""

import os

from interop import beginners
from lib import Case, until

TOOLS = ('nc', 'ncat', 'socat')
PEERS = ('python', *TOOLS)


class Lane:
    def __init__(self, transport, family):
        self.transport, self.family = transport, family
        self.unix = transport.startswith('unix')
        self.datagrams = transport in ('udp', 'unix-dgram')
        self.host = {'IPv4': '127.0.0.1', 'IPv6': '::1', '-': None}[family]
        self.bracketed = f'[{self.host}]' if family == 'IPv6' else self.host
        self.name = (transport + family.strip('-')).replace('-', '_')

    def endpoint(self, place):
        return f'{self.transport}:{place}' if self.unix else f'{self.transport}://{self.bracketed}:{place}'

    def address(self, place):
        """As Python writes it."""
        return repr(place) if self.unix else repr((self.host, place))

    def note(self, script, place, friend=None, own='own'):
        """A beginner's note for this lane."""
        family = 'AF_UNIX' if self.unix else 'AF_INET6' if self.family == 'IPv6' else 'AF_INET'
        kind = 'SOCK_DGRAM' if self.datagrams else 'SOCK_STREAM'
        needs_own = self.transport == 'unix-dgram'
        for word, meaning in {'SOCKET': f'socket.socket(socket.{family}, socket.{kind})',
                              'ADDRESS': self.address(place), 'FRIEND': self.address(friend),
                              'OWN': 's.bind(f"{s.fileno()}-" + %r)' % own if needs_own else '',
                              'PORT': '1' if self.unix else 's.getsockname()[1]'}.items():
            script = script.replace(word, meaning)
        return '    import socket, sys\n' + script

    def client(self, tool, place, own):
        """The words that connect. `own`: a datagram's path or, over UDP, port to be answered at."""
        if self.unix:
            return {'nc': ['nc', '-uU', '-s', own, place] if self.datagrams else ['nc', '-N', '-U', place],
                    'ncat': ['ncat', '-uU' if self.datagrams else '-U', place],
                    'socat': ['socat', '-t', '10', '-', f'UNIX-SENDTO:{place},bind={own}' if self.datagrams
                              else f'UNIX-CONNECT:{place}']}[tool]
        udp, at = ['-u'] if self.datagrams else ['-N'], ['-p', str(own)] if own else []
        version = '6' if self.family == 'IPv6' else '4'
        bind = f',bind={self.bracketed}:{own}' if own else ''
        return {'nc': ['nc', *udp, *at, self.host, place],
                'ncat': ['ncat', *(['-u'] if self.datagrams else []), *at, self.host, place],
                'socat': ['socat', '-t', '10', '-', f'{self.transport.upper()}{version}:{self.bracketed}:{place}{bind}'],
                }[tool]

    def server(self, tool, place):
        kind, family = self.transport.upper(), '6' if self.family == 'IPv6' else '4'
        if self.unix:
            return {'nc': ['nc', '-luU' if self.datagrams else '-NlU', place],
                    'ncat': ['ncat', '-luU' if self.datagrams else '-lU', place],
                    'socat': ['socat', '-t', '10', '-', f'UNIX-RECV:{place}' if self.datagrams
                              else f'UNIX-LISTEN:{place}']}[tool]
        return {'nc': ['nc', '-ul' if self.datagrams else '-Nl', self.host, place],
                'ncat': ['ncat', '-ul' if self.datagrams else '-l', self.host, place],
                'socat': ['socat', '-t', '10', '-', f'{kind}{family}-LISTEN:{place},bind={self.bracketed},reuseaddr'],
                }[tool]


LANES = [Lane('tcp', 'IPv4'), Lane('tcp', 'IPv6'), Lane('udp', 'IPv4'), Lane('udp', 'IPv6'),
         Lane('unix', '-'), Lane('unix-dgram', '-')]


def is_there(lane, place):
    """Whether somebody has bound the place and, on a stream, listens: the kernel's tables tell."""
    if lane.unix:
        with open('/proc/net/unix') as table:
            return any(row[7:8] == [place] and (lane.datagrams or row[3] == '00010000') for row in map(str.split, table))
    with open(f'/proc/net/{lane.transport}{"6" if lane.family == "IPv6" else ""}') as table:
        rows = [row.split() for row in list(table)[1:]]
    return any(int(row[1].rpartition(':')[2], 16) == place and (lane.datagrams or row[3] == '0A') for row in rows)


class Meeting(Case):
    """What the rows of the matrix are written in. `peer` and `lane` are set by the cell."""
    peer = lane = place = None
    count = 0

    @property
    def is_python(self):
        return self.peer == 'python'

    def path(self):
        self.count += 1
        return os.path.join(self.tmp, f'p{self.count}')

    def free_place(self):
        return self.path() if self.lane.unix else self.free_port()

    def listen(self, *options, key='', **how):
        """duplex listens; the place is where."""
        d = self.duplex('listen', self.lane.endpoint(self.path() if self.lane.unix else 0) + key, *options, **how)
        self.place = d.endpoint.partition(':')[2] if self.lane.unix else d.port
        return d

    def dial(self, command, *words, key='', **how):
        """duplex connects (or sends, or chats) to the place."""
        return self.duplex(command, self.lane.endpoint(self.place) + key, *words, **how)

    def client(self, note, *args, own=None, **how):
        """The peer connects to the place: Python as the note says, or a tool."""
        if self.is_python:
            own = own or os.path.basename(self.path())
            return self.python(self.lane.note(getattr(beginners, note), self.place, own=own), *args, **how)
        own = own or (self.path() if self.lane.transport == 'unix-dgram' else None)
        return self.program(*self.lane.client(self.peer, self.place, own), **how)

    def server(self, note, *args, friend=None, **how):
        """The peer waits at the place, which is there when this returns."""
        if self.is_python:
            self.place = self.path() if self.lane.unix else 0
            script = self.lane.note(getattr(beginners, note), self.place, friend)
            p = self.python(script, *args, **how)
            self.place = self.place or p.port
            p.first = len(p.wait_out(r'\A\d+\n')[0])
        else:
            self.place = self.free_place()
            p = self.program(*self.lane.server(self.peer, self.place), **how)
            until(lambda: is_there(self.lane, self.place), f'{p}')
        return p

    def heard(self, p, text):
        """The peer's output, once the text has come, without the port that a server's note prints first."""
        p.wait_out(text)
        return p.out[getattr(p, 'first', 0):]
