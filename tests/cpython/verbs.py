"""Python's socket object over the verbs of duplex/socket.h, for CPython's own tests of it.

A class in Python, which calls the verbs by ctypes (DUPLEX_VERBS names the shared object). What Python's class has in Python, it
borrows: makefile, sendfile's fallback, the counting of files that hold it open. All that reaches the kernel is a verb."""

import ctypes
import errno
import os
import socket as python
import struct
import time
import warnings
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ssize_t, c_uint32, c_uint64, c_void_p

original = python.socket
lib = ctypes.CDLL(os.environ['DUPLEX_VERBS'])
UNIX_PATH = 2                   # where it begins in a sockaddr_un
DX_ENAME = 4096
NAME_ERRORS = {DX_ENAME: python.EAI_NONAME, DX_ENAME + 1: python.EAI_AGAIN, DX_ENAME + 2: python.EAI_FAIL,
               DX_ENAME + 3: python.EAI_ADDRFAMILY}


class Socket(ctypes.Structure):
    _fields_ = [(name, c_int) for name in ('fd', 'family', 'type', 'protocol')]


class Slice(ctypes.Structure):
    _fields_ = [('data', c_char_p), ('len', c_size_t)]


class Addr(ctypes.Structure):
    _fields_ = [('len', c_uint32), ('sa', ctypes.c_ubyte * 112)]


class ServerOptions(ctypes.Structure):
    _fields_ = [('family', c_int), ('backlog', c_int), ('reuse_port', ctypes.c_bool), ('dualstack_ipv6', ctypes.c_bool)]


class Error(ctypes.Structure):
    _fields_ = [('code', c_int), ('operation', c_char_p), ('address', ctypes.c_char * 160)]


S, A, N = POINTER(Socket), POINTER(Addr), POINTER(c_size_t)
for name, result, *arguments in [
        ('socket_open', c_int, c_int, c_int, c_int, S), ('socketpair', c_int, c_int, c_int, c_int, S),
        ('socket_adopt', c_int, c_int, S), ('socket_dup', c_int, S, S), ('socket_close', c_int, S), ('socket_detach', c_int, S),
        ('socket_address', c_int, S, c_char_p, c_int, c_int, A), ('socket_bind', c_int, S, c_char_p, c_int),
        ('socket_bind_addr', c_int, S, A), ('socket_getsockname', c_int, S, A), ('socket_getpeername', c_int, S, A),
        ('socket_listen', c_int, S, c_int), ('socket_accept', c_int, S, c_int, S, A),
        ('socket_connect', c_int, S, c_char_p, c_int, c_int), ('socket_connect_addr', c_int, S, A, c_int),
        ('socket_shutdown', c_int, S, c_int), ('socket_send', c_ssize_t, S, Slice, c_int, c_int),
        ('socket_sendall', c_int, S, Slice, c_int, c_int, N),
        ('socket_sendto', c_ssize_t, S, Slice, c_int, c_char_p, c_int, c_int),
        ('socket_sendto_addr', c_ssize_t, S, Slice, c_int, A, c_int), ('socket_recv', c_ssize_t, S, c_void_p, c_size_t, c_int, c_int),
        ('socket_recvfrom', c_ssize_t, S, c_void_p, c_size_t, c_int, c_int, A),
        ('socket_sendfile', c_int, S, c_int, c_uint64, c_size_t, c_int, N),
        ('socket_setsockopt', c_int, S, c_int, c_int, c_int), ('socket_getsockopt', c_int, S, c_int, c_int, POINTER(c_int)),
        ('socket_setsockopt_bytes', c_int, S, c_int, c_int, Slice),
        ('socket_getsockopt_bytes', c_ssize_t, S, c_int, c_int, c_void_p, c_size_t), ('socket_print', c_char_p, S, c_char_p),
        ('create_server', c_int, c_char_p, c_int, POINTER(ServerOptions), S, POINTER(Error)),
        ('create_connection', c_int, c_char_p, c_int, c_int, A, S, POINTER(Error)),
        ('addr_from_path', c_int, Slice, A), ('addr_print_host', c_char_p, A, c_char_p)]:
    function = getattr(lib, 'dx_' + name)
    function.restype, function.argtypes = result, arguments


def check(result):
    """What the verb returned, or the exception that Python's would raise."""
    if result >= 0:
        return result
    if -result in NAME_ERRORS:
        raise python.gaierror(NAME_ERRORS[-result], 'no such name')
    raise OSError(-result, os.strerror(-result))


def within(timeout, verb):
    """verb(ms) with the time that is left, until no signal comes between: Python's handlers run before each further call. Returns
    what it returned; raises TimeoutError when the time is over."""
    end = time.monotonic() + timeout if timeout else 0
    while True:
        left = end - time.monotonic() if timeout else 0
        if timeout and left <= 0:
            raise TimeoutError('timed out')
        result = verb(-1 if timeout is None else int(left * 1000) + 1 if timeout else 0)
        if result == -errno.EAGAIN and timeout:
            raise TimeoutError('timed out')
        if result != -errno.EINTR:
            return result


def slice_of(data):
    try:
        data = bytes(memoryview(data))
    except TypeError as err:
        raise TypeError(str(err).removeprefix('memoryview: ')) from None
    return Slice(data, len(data))


def room(buffer, count):
    """(C's view of the first `count` bytes of a buffer, how many these are)."""
    view = memoryview(buffer).cast('B')
    if count < 0:
        raise ValueError('negative buffersize')
    if count > len(view):
        raise ValueError('buffer too small for requested bytes')
    count = count or len(view)
    return ((ctypes.c_char * count).from_buffer(view) if count else ctypes.create_string_buffer(1)), count


def host_of(host):
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host)
    elif isinstance(host, str):
        host = host.encode('ascii') if host.isascii() else host.encode('idna')
    else:
        raise TypeError(f'str, bytes or bytearray expected, not {type(host).__name__}')
    if b'\0' in host:
        raise TypeError('host name must not contain null character')
    return host


def port_of(port):
    if not isinstance(port, int):
        raise TypeError('an integer is required')
    if not 0 <= port <= 65535:
        raise OverflowError('port must be 0-65535.')
    return port


def told(addr):
    """An address as Python gives it."""
    sa = bytes(addr.sa[:addr.len])
    if not sa:
        return None
    family, = struct.unpack_from('H', sa)
    if family == python.AF_INET:
        return lib.dx_addr_print_host(byref(addr), ctypes.create_string_buffer(352)).decode(), struct.unpack_from('!H', sa, 2)[0]
    if family == python.AF_INET6:
        port, flow = struct.unpack_from('!HI', sa, 2)
        return python.inet_ntop(family, sa[8:24]), port, flow, struct.unpack_from('I', sa, 24)[0]
    if family == python.AF_UNIX:
        path = sa[UNIX_PATH:]
        return path if path[:1] == b'\0' else os.fsdecode(path.partition(b'\0')[0])
    return family, sa[UNIX_PATH:]


class socket:
    __slots__ = ['__weakref__', '_io_refs', '_closed', '_s', '_timeout']
    __module__ = 'socket'

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._io_refs, self._closed, self._timeout = 0, False, python.getdefaulttimeout()
        self._s = Socket(-1, 0, 0, 0)
        for number in (family, type, proto):
            if not isinstance(number, int):
                raise TypeError('an integer is required')
        if fileno is None:
            family, type, proto = (python.AF_INET if family == -1 else family, python.SOCK_STREAM if type == -1 else type,
                                   0 if proto == -1 else proto)
            check(lib.dx_socket_open(family, type, proto, byref(self._s)))
            if type & python.SOCK_NONBLOCK:
                self._timeout = 0.0
            return
        if not isinstance(fileno, int):
            raise TypeError('an integer is required')
        if fileno < 0:
            raise ValueError('negative file descriptor')
        check(lib.dx_socket_adopt(fileno, byref(self._s)))
        for name, number in (('family', family), ('type', type), ('protocol', proto)):
            if number != -1:
                setattr(self._s, name, number)

    @classmethod
    def _of(cls, s):
        """Of a socket that a verb opened."""
        self = cls.__new__(cls)
        self._io_refs, self._closed, self._timeout, self._s = 0, False, python.getdefaulttimeout(), s
        return self

    def __repr__(self):
        return lib.dx_socket_print(byref(self._s), ctypes.create_string_buffer(1280)).decode('utf-8', 'surrogateescape')

    def __del__(self):
        if getattr(self, '_s', None) is not None and self._s.fd >= 0:
            warnings.warn(f'unclosed {self!r}', ResourceWarning, source=self)
            lib.dx_socket_close(byref(self._s))

    __enter__, __exit__, __getstate__ = original.__enter__, original.__exit__, original.__getstate__
    makefile, close, _decref_socketios = original.makefile, original.close, original._decref_socketios
    sendfile, _sendfile_use_send = original.sendfile, original._sendfile_use_send
    _check_sendfile_params = original._check_sendfile_params

    family = property(lambda self: python._intenum_converter(self._s.family, python.AddressFamily))
    type = property(lambda self: python._intenum_converter(self._s.type, python.SocketKind))
    proto = property(lambda self: self._s.protocol)
    timeout = property(lambda self: self._timeout)

    def fileno(self):
        return self._s.fd

    def _real_close(self):
        if self._s.fd >= 0:
            check(lib.dx_socket_close(byref(self._s)))

    def detach(self):
        self._closed = True
        return max(lib.dx_socket_detach(byref(self._s)), -1)

    def dup(self):
        s = Socket()
        check(lib.dx_socket_dup(byref(self._s), byref(s)))
        other = self._of(s)
        other._timeout = self._timeout
        return other

    def get_inheritable(self):
        return os.get_inheritable(self._s.fd)

    def set_inheritable(self, inheritable):
        os.set_inheritable(self._s.fd, inheritable)

    # Time

    def gettimeout(self):
        return self._timeout

    def settimeout(self, seconds):
        if seconds is not None:
            seconds = float(seconds)
            if seconds != seconds:
                raise ValueError('Invalid value NaN (not a number)')
            if seconds < 0:
                raise ValueError('Timeout value out of range')
            if seconds > 2 ** 31 / 1000:
                raise OverflowError('timestamp too large to convert to C _PyTime_t')
        self._timeout = seconds

    def getblocking(self):
        return self._timeout != 0

    def setblocking(self, flag):
        self._timeout = None if flag else 0.0

    def _within(self, verb):
        return check(within(self._timeout, verb))

    # Addresses

    def _pair(self, address):
        """(host, port) for the verbs that take text, or None where it must be an Addr."""
        if self._s.family != python.AF_INET:
            return None
        if not isinstance(address, tuple):
            raise TypeError(f'AF_INET address must be tuple, not {type(address).__name__}')
        if len(address) != 2:
            raise TypeError('AF_INET address must be a pair (host, port)')
        return host_of(address[0]), port_of(address[1])

    def _addr(self, address):
        addr = Addr()
        if self._s.family == python.AF_UNIX:
            path = os.fsencode(address) if isinstance(address, str) else bytes(memoryview(address))
            if path[:1] == b'@':
                path = b'./' + path
            if not path:
                check(lib.dx_socket_address(byref(self._s), b'', 0, 0, byref(addr)))
            else:
                path = b'@' + path[1:] if path[:1] == b'\0' else path
                check(lib.dx_addr_from_path(Slice(path, len(path)), byref(addr)))
            return addr
        if self._s.family == python.AF_INET6:
            if not isinstance(address, tuple):
                raise TypeError(f'AF_INET6 address must be tuple, not {type(address).__name__}')
            host, port, flow, scope = (*address, 0, 0)[:4]
            if not 0 <= flow <= 0xfffff:
                raise OverflowError('flowinfo must be 0-1048575.')
            check(within(None, lambda ms: lib.dx_socket_address(byref(self._s), host_of(host), port_of(port), ms, byref(addr))))
            struct.pack_into('!I', addr.sa, 4, flow)
            if scope:
                struct.pack_into('I', addr.sa, 24, scope)
            return addr
        raise OSError(f'bad family {self._s.family}')

    def bind(self, address):
        pair = self._pair(address)
        if pair:
            check(lib.dx_socket_bind(byref(self._s), *pair))
        else:
            check(lib.dx_socket_bind_addr(byref(self._s), byref(self._addr(address))))

    def getsockname(self):
        addr = Addr()
        check(lib.dx_socket_getsockname(byref(self._s), byref(addr)))
        return told(addr)

    def getpeername(self):
        addr = Addr()
        check(lib.dx_socket_getpeername(byref(self._s), byref(addr)))
        return told(addr)

    # Connections

    def listen(self, backlog=None):
        if backlog is not None and not -2 ** 31 <= backlog < 2 ** 31:
            raise OverflowError('Python int too large to convert to C int')
        check(lib.dx_socket_listen(byref(self._s), 128 if backlog is None else max(backlog, 0)))

    def accept(self):
        s, addr = Socket(), Addr()
        self._within(lambda ms: lib.dx_socket_accept(byref(self._s), ms, byref(s), byref(addr)))
        return socket._of(s), told(addr)

    def _connect(self, address):
        pair = self._pair(address)
        if pair and self._timeout == 0 and not pair[0][-1:].isdigit():       # Python waits for the name all the same
            addr = Addr()
            check(within(None, lambda ms: lib.dx_socket_address(byref(self._s), *pair, ms, byref(addr))))
        elif pair:
            return lambda ms: lib.dx_socket_connect(byref(self._s), *pair, ms)
        else:
            addr = self._addr(address)
        return lambda ms: lib.dx_socket_connect_addr(byref(self._s), byref(addr), ms)

    def connect(self, address):
        self._within(self._connect(address))

    def connect_ex(self, address):
        try:
            result = -within(self._timeout, self._connect(address))
        except TimeoutError:
            return errno.EAGAIN
        if result in NAME_ERRORS:
            check(-result)
        return result

    def shutdown(self, how):
        if not -2 ** 31 <= how < 2 ** 31:
            raise OverflowError('Python int too large to convert to C int')
        check(lib.dx_socket_shutdown(byref(self._s), how))

    # Bytes

    def send(self, data, flags=0):
        data = slice_of(data)
        return self._within(lambda ms: lib.dx_socket_send(byref(self._s), data, flags, ms))

    def sendall(self, data, flags=0):
        data, sent = slice_of(data), c_size_t(0)
        self._within(lambda ms: lib.dx_socket_sendall(byref(self._s), data, flags, ms, byref(sent)))

    def sendto(self, data, *rest):
        if len(rest) not in (1, 2):
            raise TypeError(f'sendto() takes 2 or 3 arguments ({len(rest) + 1} given)')
        data, flags = slice_of(data), rest[0] if len(rest) == 2 else 0
        if not isinstance(flags, int):
            raise TypeError(f"'{type(flags).__name__}' object cannot be interpreted as an integer")
        pair = self._pair(rest[-1])
        if pair:
            return self._within(lambda ms: lib.dx_socket_sendto(byref(self._s), data, flags, *pair, ms))
        addr = self._addr(rest[-1])
        return self._within(lambda ms: lib.dx_socket_sendto_addr(byref(self._s), data, flags, byref(addr), ms))

    def recv(self, size, flags=0):
        into = bytearray(size)
        return bytes(into[:self.recv_into(into, size, flags)])

    def recv_into(self, buffer, nbytes=0, flags=0):
        into, size = room(buffer, nbytes)
        return self._within(lambda ms: lib.dx_socket_recv(byref(self._s), into, size, flags, ms))

    def recvfrom(self, size, flags=0):
        into = bytearray(size)
        count, address = self.recvfrom_into(into, size, flags)
        return bytes(into[:count]), address

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        (into, size), addr = room(buffer, nbytes), Addr()
        count = self._within(lambda ms: lib.dx_socket_recvfrom(byref(self._s), into, size, flags, ms, byref(addr)))
        return count, told(addr)

    def _sendfile_use_sendfile(self, file, offset=0, count=None):
        self._check_sendfile_params(file, offset, count)
        if self._timeout == 0:
            raise ValueError('non-blocking sockets are not supported')
        try:
            number = file.fileno()
        except (AttributeError, OSError) as err:
            raise python._GiveupOnSendfile(err)
        if number >= 2 ** 31:
            raise OverflowError('Python int too large to convert to C int')
        sent = c_size_t(0)
        try:
            result = within(self._timeout, lambda ms: lib.dx_socket_sendfile(byref(self._s), number, offset,
                                                                              2 ** 63 if count is None else count, ms, byref(sent)))
            if result < 0 and result != -errno.EPIPE and sent.value == 0:
                raise python._GiveupOnSendfile(result)
            check(result)
        finally:
            if sent.value > 0:
                file.seek(offset + sent.value)
        return sent.value

    # Options

    def setsockopt(self, level, name, value, size=None):
        if value is None:
            data = Slice(None, size)
        elif isinstance(value, int):
            return check(lib.dx_socket_setsockopt(byref(self._s), level, name, value)) and None
        else:
            data = slice_of(value)
        check(lib.dx_socket_setsockopt_bytes(byref(self._s), level, name, data))

    def getsockopt(self, level, name, size=0):
        if size == 0:
            value = c_int()
            check(lib.dx_socket_getsockopt(byref(self._s), level, name, byref(value)))
            return value.value
        if not 0 < size <= 1024:
            raise OSError('getsockopt buflen out of range')
        into = ctypes.create_string_buffer(size)
        return into.raw[:check(lib.dx_socket_getsockopt_bytes(byref(self._s), level, name, into, size))]


def socketpair(family=python.AF_UNIX, type=python.SOCK_STREAM, proto=0):
    both = (Socket * 2)()
    check(lib.dx_socketpair(family, type, proto, both))
    return tuple(socket._of(Socket(s.fd, s.family, s.type, s.protocol)) for s in both)


def create_server(address, *, family=python.AF_INET, backlog=None, reuse_port=False, dualstack_ipv6=False):
    s, why = Socket(), Error()
    options = ServerOptions(family, 128 if backlog is None else backlog, reuse_port, dualstack_ipv6)
    result = lib.dx_create_server(host_of(address[0]), port_of(address[1]), byref(options), byref(s), byref(why))
    if result == -errno.EINVAL and dualstack_ipv6 and family != python.AF_INET6:
        raise ValueError('dualstack_ipv6 requires AF_INET6 family')
    if result < 0 and -result not in NAME_ERRORS:
        raise OSError(-result, f'{os.strerror(-result)} (while attempting to bind on address {address!r})')
    check(result)
    return socket._of(s)


def create_connection(address, timeout=python._GLOBAL_DEFAULT_TIMEOUT, source_address=None, *, all_errors=False):
    limit = python.getdefaulttimeout() if timeout is python._GLOBAL_DEFAULT_TIMEOUT else timeout
    s, addr = Socket(), None
    if source_address:
        with original(python.AF_INET) as other:
            any_socket = Socket(other.fileno(), python.AF_INET, python.SOCK_STREAM, 0)
            addr = Addr()
            check(within(None, lambda ms: lib.dx_socket_address(byref(any_socket), host_of(source_address[0]),
                                                                port_of(source_address[1]), ms, byref(addr))))
    result = within(limit, lambda ms: lib.dx_create_connection(host_of(address[0]), port_of(address[1]), ms,
                                                               byref(addr) if addr else None, byref(s), None))
    if result == -errno.ETIMEDOUT:
        raise TimeoutError('timed out')
    check(result)
    made = socket._of(s)
    made._timeout = limit
    return made


def take_the_place():
    """From here on, Python's socket module is this one."""
    python.socket, python.socketpair = socket, socketpair
    python.create_server, python.create_connection = create_server, create_connection
