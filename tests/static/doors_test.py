"""`sys` is the one door: no object of another floor names a system call, a clock, an allocation, iconv or a resolver. In the
checked build all of those go through the table of src/sys/sys.h, so that what an object lacks (`nm -u`) tells.

Nothing below `ui` prints either, and nothing below `cli` ends the program or changes what belongs to the whole of it."""

import functools
import glob
import os
import re
import subprocess

from static.tree import ROOT, Tree

DOORS = set('''
socket socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt
recv recvfrom recvmsg recvmmsg send sendto sendmsg sendmmsg sendfile sendfile64 splice tee vmsplice
read readv pread pread64 preadv write writev pwrite pwrite64 pwritev
open open64 openat openat64 creat creat64 close close_range closefrom dup dup2 dup3 pipe pipe2 fcntl fcntl64 ioctl flock lockf
stat stat64 fstat fstat64 lstat lstat64 fstatat fstatat64 statx access faccessat chmod fchmod fchmodat chown umask
unlink unlinkat rename renameat link symlink readlink mkdir mkdirat rmdir truncate ftruncate ftruncate64 fsync fdatasync
lseek lseek64 mmap mmap64 munmap mkstemp mkostemp mkdtemp tmpfile opendir readdir readdir64 scandir realpath
fopen fopen64 fdopen freopen fclose fread fgets getc fgetc getline getdelim scanf fscanf popen pclose
select pselect poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
eventfd eventfd_read eventfd_write signalfd timerfd_create timerfd_settime inotify_init1
time clock gettimeofday clock_gettime clock_nanosleep nanosleep sleep usleep alarm setitimer timer_create
malloc calloc realloc reallocarray aligned_alloc posix_memalign memalign free strdup strndup asprintf vasprintf open_memstream
mallopt malloc_trim iconv iconv_open iconv_close
getaddrinfo getaddrinfo_a freeaddrinfo getnameinfo gethostbyname gethostbyaddr getservbyname getifaddrs
getrandom getentropy rand random srand srandom drand48 arc4random
fork vfork clone execv execve execvp execvpe execl execlp execle fexecve posix_spawn posix_spawnp system wait waitpid waitid pidfd_open pidfd_send_signal
kill raise killpg getpid getppid getuid geteuid setsid signal sigaction sigprocmask pthread_sigmask sigwait
pthread_create pthread_join getrlimit getrlimit64 setrlimit setrlimit64 prctl syscall gethostname isatty tcgetattr tcsetattr
dlopen dlsym dlclose
'''.split())
PRINTING = set('''
printf vprintf fprintf vfprintf puts fputs putc fputc putchar fwrite perror stdout stderr dprintf __printf_chk __fprintf_chk
__vprintf_chk __vfprintf_chk
'''.split())
RULING = set('exit _exit _Exit quick_exit abort atexit setlocale textdomain bindtextdomain setenv putenv unsetenv chdir getenv'.split())
PRINTERS, RULERS = {'ui', 'cli'}, {'cli'}
ALLOWED = {
    'base/check.c': {'fprintf', 'stderr', 'abort'},     # the end after a mistake of our own
    'ui/editor_readline.c': {'strdup', 'setlocale'},    # what readline frees itself; and sets by the environment, unasked
}


@functools.cache
def lacking():
    """{FLOOR/FILE: the symbols that its object needs from elsewhere}, but for the floor `sys`."""
    needs = {}
    for path in glob.glob(os.path.join(os.environ['DUPLEX_CHECKED'], '*.p', 'src_*.c.o')):
        floor, name = re.fullmatch(r'src_([a-z]+)_(.*)\.o', os.path.basename(path)).groups()
        if floor != 'sys' and os.path.exists(os.path.join(ROOT, 'src', floor, name)):
            needs[path] = f'{floor}/{name}', set()
    assert needs, 'no objects of the checked build'
    said = subprocess.run(['nm', '-A', '-u', '--format=posix', *needs], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in said.splitlines():
        path, symbol = line.split(': ', 1)
        needs[path][1].add(re.split(r'[@ ]', symbol)[0])
    return dict(needs.values())


class Doors(Tree):
    def setUp(self):
        self.needs = lacking()

    def forbid(self, symbols, floors=()):
        self.none(f'src/{path}: {name}' for path, names in sorted(self.needs.items()) if path.split('/')[0] not in floors
                  for name in sorted((names & symbols) - ALLOWED.get(path, set())))

    def test_sys_is_the_only_door(self):
        self.forbid(DOORS)

    def test_nothing_below_ui_prints(self):
        self.forbid(PRINTING, PRINTERS)

    def test_nothing_below_cli_rules_the_process(self):
        self.forbid(RULING, RULERS)

    def test_the_table_is_what_they_use(self):
        self.assertTrue(any('dx_sys_table' in names for names in self.needs.values()))
