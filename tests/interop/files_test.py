"""Files: those that are read (phrases, a history, what is sent), those that are made, and the files of Unix sockets."""

import json
import os
import re
import signal
import socket
import threading

from interop.bare import hear, rest, unread
from interop.faults_test import Faulty
from interop.terminal_test import Terminal
from lib import needs, until

READ_FAILS = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* A disk that fails behind the first megabyte of a regular file. */
ssize_t read(int fd, void *into, size_t size)
{
	ssize_t (*next)(int, void *, size_t) = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
	struct stat what;

	if (fstat(fd, &what) == 0 && S_ISREG(what.st_mode) && lseek(fd, 0, SEEK_CUR) >= 1 << 20) {
		errno = EIO;
		return -1;
	}
	return next(fd, into, size);
}
'''


class Kept(Terminal):
    """What a person keeps: phrases, and a history."""

    def with_phrases(self, make):
        """A person whose phrases `make` has made at the path that it is given, and the peer."""
        folder = os.path.join(self.tmp, f'c{len(os.listdir(self.tmp))}')
        os.makedirs(folder + '/duplex')
        make(folder + '/duplex/phrases')
        return self.talk(env={'XDG_CONFIG_HOME': folder})

    def write(self, data):
        def make(path):
            with open(path, 'wb') as f:
                f.write(data)
        return make

    def test_A8_phrases_as_editors_of_any_system_write_them(self):
        long = 'x' * 3_000
        p, c = self.with_phrases(self.write(f'\ufeff第一\r\n\r\n/kick 1\nwith\0nul\n{long}\nthe last'.encode()))
        for number in 1, 3, 4, 5, 6, 2, 7:
            p.enter(f'/{number}')
        self.assertEqual(hear(c, b'the last\n').decode(), f'第一\n/kick 1\nwith\0nul\n{long}\nthe last\n')
        for number in 2, 7:
            self.shows(p, f'there is no phrase {number} in {self.tmp}')
        self.assertEqual(unread(c), 0)

    def test_A8_phrases_that_cannot_be_read_are_told_and_nothing_waits(self):
        def huge(path):
            self.write(b'first\n')(path)
            os.truncate(path, 1 << 30)
        for make, number, why in ((os.mkfifo, 1, 'it is no file'), (os.mkdir, 1, 'it is no file'),
                                  (lambda path: os.symlink('/dev/zero', path), 1, 'it is no file'),
                                  (lambda path: os.symlink(path, path), 1, 'Too many levels of symbolic links'),
                                  (huge, 2, 'only its first 64 KiB are read')):
            with self.subTest(why):
                p, c = self.with_phrases(make)
                p.enter(f'/{number}')
                self.shows(p, f'there is no phrase {number} in', why)
                p.enter('and it goes on')
                self.assertEqual(hear(c, b'\n'), b'and it goes on\n')
        p.enter('/1')                       # of the huge one
        self.assertEqual(hear(c, b'\n'), b'first\n')

    def with_history(self, make):
        state = os.path.join(self.tmp, f's{len(os.listdir(self.tmp))}')
        os.makedirs(state + '/duplex')
        make(state + '/duplex/history')
        p, c = self.talk(env={'XDG_STATE_HOME': state})
        return p, c, state + '/duplex/history'

    def test_A8_a_history_that_is_no_file_is_left_alone(self):
        def huge(path):
            self.write(b'first\n')(path)
            os.truncate(path, 1 << 30)
        for make in os.mkfifo, os.mkdir, lambda path: os.symlink('/dev/zero', path), huge:
            p, c, path = self.with_history(make)
            before = os.lstat(path)
            self.shows(p, f'what is typed is not kept: {path} is no file, or larger than 16 MiB')
            p.enter('on')
            self.assertEqual(hear(c, b'\n'), b'on\n')
            p.enter('/quit')
            c.close()
            p.exit(0)
            self.assertEqual(os.lstat(path)[:7], before[:7])

    def test_A8_a_history_of_any_bytes(self):
        p, c, path = self.with_history(self.write(b'\xef\xbb\xbffirst\r\nnul\0behind\n\xff\x1b]0;title\x07\n' + b'x' * 3000 + b'\n'))
        for shown in r'x{20}', r'^> \\xff\\x1b\]0;title\\x07$', r'^> nul$', r'first$':          # each is seen, and none is obeyed
            p.ready().type('\x1b[A')
            p.see(lambda p: re.search(shown, p.line), shown)
            p.type('\x15')
        self.allowed(p)
        p.enter('on')
        self.assertEqual(hear(c, b'\n'), b'on\n')

    @needs('strace')
    def test_I13_what_it_makes_lies_in_folders_of_the_users_own(self):
        """With the widest umask: all that is made at all is the history, and its folders."""
        log = os.path.join(self.tmp, 'log')
        home = os.path.join(self.tmp, 'home')
        os.mkdir(home)
        before = os.umask(0)
        try:
            p, c = self.talk(env={'HOME': home, 'TMPDIR': None}, under=['strace', '-f', '-o', log, '-e', 'trace=%file'])
        finally:
            os.umask(before)
        p.enter('kept')
        hear(c, b'\n')
        p.enter('/quit')
        c.close()
        p.exit(0)
        with open(log) as f:
            calls = f.read()
        made = re.findall(r'(?:openat\(AT_FDCWD, |open\()"([^"]*)", [^)]*O_CREAT[^)]*\)|mkdir\("([^"]*)"[^)]*\) = 0', calls)
        made = {path or folder for path, folder in made}
        self.assertIn(f'{home}/.local/state/duplex/history', made)
        self.assertEqual({path for path in made if not path.startswith(f'{home}/.local')}, {'/dev/null'})
        for folder in '.local', '.local/state', '.local/state/duplex':
            self.assertEqual(os.stat(f'{home}/{folder}').st_mode & 0o7777, 0o700, folder)
        self.assertEqual(os.listdir(f'{home}/.local/state/duplex'), ['history'])
        self.assertEqual(os.stat(f'{home}/.local/state/duplex/history').st_mode & 0o7777, 0o600)


class Sockets(Faulty):
    def mode(self, path):
        return os.stat(path).st_mode & 0o7777

    def listen_with(self, umask, at):
        """Its socket's mode, while it listens."""
        before = os.umask(umask)
        try:
            d = self.listen(at=at)
        finally:
            os.umask(before)
        mode = self.mode(re.search(r'/[^,]*', at)[0])
        d.signal(signal.SIGTERM)
        d.exit(0)
        return mode

    def test_C13_its_mode_is_that_of_the_umask_or_the_one_that_was_asked_for(self):
        for scheme, umask, perm in (('unix', 0o000, None), ('unix', 0o077, None), ('unix', 0o000, 0o600), ('unix', 0o077, 0o777),
                                    ('unix-dgram', 0o027, None), ('unix-dgram', 0o022, 0o660)):
            key = '' if perm is None else f',perm={perm:o}'
            self.assertEqual(self.listen_with(umask, f'{scheme}:{self.tmp}/{scheme}{key}'), 0o777 & ~umask if perm is None else perm)

    @needs('strace')
    def test_C13_it_is_never_more_open_than_that(self):
        """Between the bind, which makes it, and what follows there is half a second here in which anybody may look."""
        for umask, perm in (0o000, 0o600), (0o027, 0o660):
            path = f'{self.tmp}/s{perm:o}'
            before = os.umask(umask)
            try:
                d = self.duplex('listen', f'unix:{path},perm={perm:o}', under=[
                    'strace', '-o', '/dev/null', '-e', 'inject=bind:delay_exit=500000'])
            finally:
                os.umask(before)
            until(lambda: os.path.exists(path), 'the socket')
            self.assertEqual(self.mode(path) & ~perm, 0)
            self.assertNotIn('listening', d.err)            # it is still in its bind
            d.endpoint
            self.assertEqual(self.mode(path), perm)

    def test_C13_only_ours_is_removed_at_the_end(self):
        def listener(path):
            s = self.keep(socket.socket(socket.AF_UNIX))
            s.bind(path)

        def link(path):
            listener(path + '.target')
            os.symlink(path + '.target', path)
        for scheme in 'unix', 'unix-dgram':
            for n, make in enumerate((listener, link, lambda path: self.file(os.path.basename(path)), os.mkdir)):
                path = f'{self.tmp}/{scheme}{n}'
                d = self.listen(at=f'{scheme}:{path}')
                os.unlink(path)
                make(path)
                before = os.lstat(path)
                d.signal(signal.SIGTERM)
                d.exit(0)
                self.assertEqual(os.lstat(path)[:3], before[:3])
        d = self.listen(at=f'unix:{self.tmp}/moved')
        os.rename(f'{self.tmp}/moved', f'{self.tmp}/elsewhere')
        d.signal(signal.SIGTERM)
        d.exit(0)
        self.assertTrue(os.path.exists(f'{self.tmp}/elsewhere'))


class Sent(Faulty):
    """A file changes while it is sent: 8 MiB of it, to a peer that reads 1 MiB first."""
    SIZE, FIRST = 8 << 20, 1 << 20

    def big(self, name='big'):
        return self.file(name, b'x' * self.SIZE)

    def sending(self, how, path, **env):
        """A duplex that sends the file in this way, and the peer, which has had its first part."""
        server = self.server(rcvbuf=65536)
        words = {'--file': ['send', '--file', path], '<': ['connect'], 'json': ['connect', '--json']}[how]
        d = self.duplex(*words, f'tcp://127.0.0.1:{server.getsockname()[1]}', env=env,
                        stdin=path if how == '<' else 'pipe')
        c = self.accept(server)
        if how == 'json':
            d.say(json.dumps({'file': path}) + '\n')
        self.assertEqual(hear(c, self.FIRST)[:1], b'x')
        return d, c

    def test_I11_a_file_that_shrinks_is_told_and_the_peer_does_not_wait(self):
        for how in '--file', '<':
            path = self.big()
            d, c = self.sending(how, path)
            os.truncate(path, self.FIRST)
            self.assertLess(len(rest(c)), self.SIZE)
            d.exit(1)
            self.assertRegex(d.err, r'\Aduplex: cannot read [^\n]*: the file became shorter while it was read \(ESHRUNK\)\n\Z')
        path = self.big()
        d, c = self.sending('json', path)
        os.truncate(path, self.FIRST)
        reader = threading.Thread(target=rest, args=[c], daemon=True)
        reader.start()
        error, = self.events(d, 'error')
        self.assertEqual((error['operation'], error['address'], error['code']), ('read', path, 'ESHRUNK'))
        d.say('{"quit": true}\n')
        reader.join()
        d.exit(0)

    def test_I11_a_file_that_grows_goes_up_to_its_new_end(self):
        for how in '--file', '<':
            path = self.big()
            d, c = self.sending(how, path)
            with open(path, 'ab') as f:
                f.write(b'and more')
            data = rest(c)
            c.close()
            self.assertEqual(data[-9:], b'xand more')
            d.exit(0)
            self.assertEqual(d.err, '')

    def test_I11_a_disk_that_fails_is_told_and_the_peer_does_not_wait(self):
        env = {'LD_PRELOAD': self.compiled('fails.so', READ_FAILS, '-shared', '-fPIC'),
               'ASAN_OPTIONS': os.environ['ASAN_OPTIONS'] + ':verify_asan_link_order=0'}
        path = self.big()
        for how in '--file', '<':
            d, c = self.sending(how, path, **env)
            rest(c)
            d.exit(1)
            self.assertRegex(d.err, r'\Aduplex: cannot read [^\n]*: [^\n]*\(EIO\)\n\Z')
        d, c = self.sending('json', path, **env)
        reader = threading.Thread(target=rest, args=[c], daemon=True)
        reader.start()
        error, = self.events(d, 'error')
        self.assertEqual((error['address'], error['code']), (path, 'EIO'))
        d.say('{"quit": true}\n')
        reader.join()
        d.exit(0)


class SentFromTerminal(Terminal):
    def test_I11_by_a_person(self):
        path = self.file('big', b'x' * Sent.SIZE)
        p, c = self.dialled(rcvbuf=65536)
        p.enter(f'/file {path}')
        hear(c, Sent.FIRST)
        os.truncate(path, Sent.FIRST)
        reader = threading.Thread(target=rest, args=[c], daemon=True)
        reader.start()
        self.shows(p, 'the file became shorter while it was read')
        p.enter('/quit')
        reader.join()
        p.exit(0)
