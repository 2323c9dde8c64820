"""Arrows between floors point down, as the #include lines tell; and the floor `codec` does no input or output."""

import os
import re

from static.tree import Tree, files, lines_of, read

# Each floor, and those that it may include besides itself.
ARROWS = {
    'sys': '',
    'base': 'sys',
    'codec': 'base sys',
    'net': 'codec base sys',
    'talk': 'net codec base sys',
    'ui': 'talk codec base sys',
    'hub': 'talk net codec base sys',
    'load': 'talk net codec base sys',
    'cli': 'hub load ui talk net codec base sys',
}
PUBLIC = {
    'error': 'base', 'slice': 'base',
    'text': 'codec', 'frame': 'codec',
    'address': 'net', 'endpoint': 'net', 'socket': 'net', 'loop': 'net', 'stream': 'net', 'datagram': 'net', 'pipe': 'net',
    'child': 'net', 'duplex': 'net',
}
CODEC_MAY_CALL = {'malloc', 'calloc', 'realloc', 'free', 'iconv_open', 'iconv', 'iconv_close'}
SOURCES = files('src/*/*.[ch]', 'include/duplex/*.h')


def floor_of(path):
    """The floor of a file of ours, or of a header as #include names it; None where it has none."""
    folder, name = os.path.split(path)
    if folder in ('duplex', 'include/duplex'):
        return PUBLIC.get(name[:-2])
    folder = folder.removeprefix('src/')
    return folder if folder in ARROWS else None


def includes(path):
    """(place, header) of each #include of a header of ours."""
    for place, line in lines_of(path, strip=str):
        found = re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<(duplex/[^>]+)>)', line)
        if found:
            yield place, found[1] or found[2]


class Floors(Tree):
    def test_every_file_has_a_floor(self):
        self.none(path for path in SOURCES if not floor_of(path))
        self.none(f'{place} {header}' for path in SOURCES for place, header in includes(path) if not floor_of(header))

    def test_arrows_point_down(self):
        self.none(f'{place}: {floor_of(path)} includes {header}' for path in SOURCES for place, header in includes(path)
                  if floor_of(header) not in (floor_of(path), *ARROWS[floor_of(path)].split()))

    def test_private_headers_stay_inside_their_floor(self):
        self.none(f'{place} {header}' for path in SOURCES for place, header in includes(path)
                  if header.endswith('_priv.h') and floor_of(header) != floor_of(path))

    def test_public_headers_include_public_ones_only(self):
        self.none(f'{place} {header}' for path in files('include/duplex/*.h') for place, header in includes(path)
                  if not header.startswith('duplex/'))

    def test_codec_asks_the_kernel_for_memory_and_iconv_only(self):
        self.none(f'{path} {call}' for path in files('src/codec/*.[ch]')
                  for call in re.findall(r'\bdx_sys_(\w+)', read(path)) if call not in CODEC_MAY_CALL)
