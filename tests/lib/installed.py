"""The library as a stranger finds it: installed in a folder of its own, and told of by pkg-config."""

import atexit
import functools
import glob
import os
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECKED = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-g']


def run(*words, **how):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    assert done.returncode == 0, f'{" ".join(words)}\n{done.stdout}'
    return done.stdout


@functools.cache
def tree():
    """The folder under which the release build is installed; once a process."""
    folder = tempfile.mkdtemp(prefix='installed')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    run('meson', 'install', '-C', os.environ['DUPLEX_RELEASE'], '--no-rebuild', '--quiet', '--destdir', folder)
    return folder


def under(pattern):
    """The one path of the tree that ends so."""
    found, = glob.glob(f'{tree()}/**/{pattern}', recursive=True)
    return found


def flags(*more):
    """What pkg-config tells of libduplex."""
    env = {**os.environ, 'PKG_CONFIG_SYSROOT_DIR': tree(), 'PKG_CONFIG_LIBDIR': os.path.dirname(under('libduplex.pc'))}
    return run('pkg-config', '--cflags', '--libs', *more, 'libduplex', env=env).split()


def compile_shared(source, into):
    """As the manual says: cc x.c $(pkg-config --cflags --libs libduplex)."""
    run('cc', '-Wall', '-Wextra', '-Werror', source, '-o', into, *flags())


def compile_static(source, into):
    """The same where there is no shared library."""
    found = ['-l:libduplex.a' if flag == '-lduplex' else flag for flag in flags('--static')]
    run('cc', '-Wall', '-Wextra', '-Werror', source, '-o', into, *found)


def compile_checked(source, into):
    """Against the library of the checked build, sanitizers and all."""
    run('cc', '-Wall', '-Wextra', '-Werror', *CHECKED, f'-I{ROOT}/include', source, '-o', into,
        f'{os.environ["DUPLEX_CHECKED"]}/libduplex.a', '-pthread')


def environment():
    """For programs that were compiled against the shared library."""
    return {'LD_LIBRARY_PATH': os.path.dirname(under('libduplex.so'))}
