"""Every message is translated, and nothing is looked for where nobody asked for a translation."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from lib import needs
from static.tree import ROOT, Tree, files, read


def duplex(*words, program='', **env):
    program = program or os.path.join(os.environ['DUPLEX_RELEASE'], 'duplex')
    done = subprocess.run([program, *words], env={'PATH': os.environ['PATH'], **env}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


class Catalogues(Tree):
    limit = 60

    def test_every_message_is_translated(self):
        done = subprocess.run(['tools/po', '--check'], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.stdout, '')
        self.assertEqual(done.returncode, 0)

    def test_a_message_that_is_not_translated_is_found(self):
        text = read('po/zh_CN.po')
        self.assertGreater(text.count('\nmsgid '), 400)
        for wrong in (text.replace('msgstr "例子"', 'msgstr ""'), text.replace('msgid "Examples"', '#, fuzzy\nmsgid "Examples"'),
                      text.replace('最多 %zu 个', '最多 %s 个')):
            self.assertNotEqual(wrong, text)
            with tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, 'zh_CN.po'), 'w') as f:
                    f.write(wrong)
                done = subprocess.run(['tools/po', '--check', folder], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, 1, done.stdout)

    def test_words_are_those_of_the_design(self):
        text = read('po/zh_CN.po')
        for english, chinese in (('endpoint', '端点'), ('message', '消息'), ('Frames', '帧'), ('Encodings', '编码')):
            self.assertIn(f'msgid "{english}"\nmsgstr "{chinese}"\n', text)
        for word in ('对端', '会话', '方式', '视图', '单工', '半双工', '全双工'):
            self.assertIn(word, text)


class Language(Tree):
    CHINESE = {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'zh_CN'}

    def test_the_build_s_own_program_finds_its_catalogue(self):
        self.assertIn('凡是套接字', duplex(**self.CHINESE))
        self.assertIn('凡是套接字', duplex(LANG='C.UTF-8', LANGUAGE='zh_CN:en'))
        for locale in 'zh_CN.UTF-8', 'zh_CN.GB18030', 'zh_CN':          # none of them is installed
            self.assertIn('凡是套接字', duplex(LANG=locale), locale)
            self.assertIn('duplex holds any', duplex(LANG=locale, LC_MESSAGES='nowhere'))
        for env in ({}, {'LANG': 'C.UTF-8'}, {'LC_ALL': 'C', 'LANGUAGE': 'zh_CN'}, {'LANG': 'en_US.UTF-8'},
                    {'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en:zh_CN'}, {'LANG': 'nowhere'}):
            self.assertIn('duplex holds any', duplex(**env), env)

    def test_errors_keep_their_key_words(self):
        said = duplex('connect', '127.0.0.1:1', **self.CHINESE)
        self.assertEqual(said, 'duplex: 无法连接到 127.0.0.1:1: 连接被拒绝 (ECONNREFUSED)\n')
        self.assertEqual(duplex('connect', 'h', '70000', **self.CHINESE),
                         'duplex: 端口不对 "70000"：端口是 0 到 65535 的整数\n')
        self.assertEqual(duplex('listen', '80', '-e', 'gkb', **self.CHINESE),
                         'duplex: 未知的编码 "gkb"，见 "-e gkb" 第 4 列：是不是想写 gbk\n')

    @needs('strace')
    def test_english_looks_for_no_files(self):
        for env in ({'LANG': 'C.UTF-8'}, {'LANG': 'en_US.UTF-8'}, {}):
            said = duplex('-e', 'trace=open,openat,access,readlink,stat,lstat,newfstatat', os.path.join(
                os.environ['DUPLEX_RELEASE'], 'duplex'), 'connect', '127.0.0.1:1', program='strace', **env)
            self.assertIn('(ECONNREFUSED)', said)
            opened = re.findall(r'^\w+\((?:AT_FDCWD, )?"([^"]+)"', said, re.M)
            self.none(path for path in opened if not re.search(r'/ld\.so\.|\.so\b', path))


@unittest.skipIf(os.getuid() != 0, 'only root can make a program that has more rights than who calls it')
class Rights(Tree):
    NOBODY = 65534

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir='/tmp')
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        self.program = shutil.copy(os.environ['DUPLEX_RELEASE'] + '/duplex', self.folder)
        if os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            self.skipTest('files here give no rights')

    def test_O8_who_has_more_rights_than_his_caller_does_not_look_beside_himself(self):
        shutil.copytree(os.environ['DUPLEX_RELEASE'] + '/po', os.path.join(self.folder, 'po'))
        for mode, told in ((0o755, '凡是套接字'), (0o4755, 'duplex holds any')):
            os.chmod(self.program, mode)
            done = subprocess.run([self.program], env=Language.CHINESE, stdout=subprocess.PIPE, text=True, user=self.NOBODY)
            self.assertIn(told, done.stdout)

    @needs('strace')
    def test_O8_nor_where_the_environment_says(self):
        """At a terminal, where a history, phrases, an inputrc and the module of the editor are looked for."""
        shutil.copy(os.environ['DUPLEX_RELEASE'] + '/duplex-terminal.so', self.folder)
        home = os.path.join(self.folder, 'home')
        os.mkdir(home)
        os.chown(home, self.NOBODY, self.NOBODY)
        env = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8', 'TERM': 'xterm', 'HOME': home, 'XDG_STATE_HOME': home + '/state',
               'INPUTRC': home + '/inputrc', 'LD_LIBRARY_PATH': home + '/lib', 'TERMINFO': home + '/terminfo'}
        for mode, looked in ((0o755, {'state/duplex/history', 'inputrc', 'duplex-terminal.so'}), (0o4755, set())):
            os.chmod(self.program, mode)
            log = os.path.join(self.folder, f'log{mode:o}')
            done = subprocess.run(['script', '-qec', f'strace -f -o {log} -e trace=%file -u nobody {self.program} connect 127.0.0.1:1',
                                   '/dev/null'], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
            self.assertIn('(ECONNREFUSED)', done.stdout)
            with open(log) as f:
                calls = f.read()
            found = set(re.findall(rf'"{home}/([^"]*)"', calls)) | set(re.findall(rf'"{self.folder}/(duplex-\w+\.so)"', calls))
            if looked:
                self.assertLessEqual(looked, found)
            else:
                self.assertEqual(found, set())
