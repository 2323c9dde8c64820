"""Functions and habits that the sources do without."""

import ast
import re

from static.tree import Tree, bare, files, lines_of, read

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

    def test_no_test_hides_another_of_the_same_name(self):
        def repeated(body):
            names = [node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.decorator_list]
            yield from (name for name in set(names) if names.count(name) > 1)
            for node in body:
                if isinstance(node, ast.ClassDef):
                    yield from (f'{node.name}.{name}' for name in repeated(node.body))
        self.none(f'{path}: {name}' for path in files('tests/**/*.py') for name in repeated(ast.parse(read(path)).body))

    def test_lines_end_cleanly(self):
        paths = C + files('**/*.py', '**/meson.build', 'run', 'test', 'tools/*', '**/*.md')
        self.absent(r'[ \t\r]$', [path for path in paths if not path.startswith('build')], str)
