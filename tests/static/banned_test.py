"""Functions and habits that the sources do without."""

import re

from static.tree import Tree, bare, files, lines_of

C = files('src/**/*.[ch]', 'include/**/*.h', 'tests/**/*.[ch]', 'examples/**/*.[ch]', 'bench/**/*.[ch]')
UNSAFE = r'\b(atoi|atol|atoll|atof|strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|strtok_r|gets|alloca)\s*\('
NUMBERS = r'\b(strtol|strtoll|strtoul|strtoull|strtoimax|strtoumax|strtod|strtof|strtold|sscanf)\s*\('
SLEEPS = r'\b(sleep|usleep|nanosleep|clock_nanosleep)\s*\('


class Banned(Tree):
    def absent(self, pattern, paths, strip=bare):
        self.none(f'{place}: {line.strip()}' for path in paths for place, line in lines_of(path, strip) if re.search(pattern, line))

    def test_unsafe_functions(self):
        self.absent(UNSAFE, C)

    def test_numbers_are_read_by_base_number(self):
        self.absent(NUMBERS, [path for path in C if not path.startswith('src/sys/')])

    def test_comments_are_of_the_old_kind(self):
        self.absent(r'//', C)

    def test_tests_do_not_sleep(self):
        self.absent(SLEEPS, files('tests/**/*.[ch]'))
        self.absent(SLEEPS, [path for path in files('tests/**/*_test.py') if path != 'tests/static/banned_test.py'], str)

    def test_lines_end_cleanly(self):
        paths = C + files('**/*.py', '**/meson.build', 'run', 'test', 'tools/*', '**/*.md')
        self.absent(r'[ \t\r]$', [path for path in paths if not path.startswith('build')], str)
