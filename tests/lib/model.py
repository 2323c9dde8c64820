"""A terminal's screen, by pyte, which knows nothing of duplex; with its faults mended: what is drawn is drawn character by
character, so that U+200D and U+FE0F swallow nothing, a wide character that does not fit wraps, and half a wide character that was
overwritten is gone."""

import unicodedata

import pyte
from wcwidth import wcwidth


class Screen(pyte.HistoryScreen):
    """Feed it bytes; .lines_of_text is all that was ever on it, the scrollback first."""

    def __init__(self, rows=24, columns=80, history=200000):
        super().__init__(columns, rows, history=history, ratio=0.5)
        self.stream = pyte.ByteStream(self)

    def feed(self, data):
        self.stream.feed(data)
        return self

    def draw(self, data):
        for character in unicodedata.normalize('NFC', data) if data.isascii() else data:
            self.draw_one(character)

    def draw_one(self, character):
        width = wcwidth(character)
        if width == 0 or unicodedata.combining(character):
            self.append(character)
            return
        if width == 2 and self.cursor.x == self.columns - 1:
            self.cursor.x = self.columns            # it does not fit: it wraps, as terminals have it
        line, x = self.buffer[self.cursor.y], self.cursor.x
        if x < self.columns:
            if line[x].data == '' and x > 0:        # the second half of a wide one
                line[x - 1] = line[x - 1]._replace(data=' ')
            for at in range(x, min(x + width, self.columns)):
                if wcwidth(line[at].data[:1] or ' ') == 2 and at + 1 < self.columns:
                    line[at + 1] = line[at + 1]._replace(data=' ')
        super().draw(character)

    def append(self, mark):
        """Zero columns: belongs to the cell before."""
        y, x = self.cursor.y, self.cursor.x - 1
        line = self.buffer[y]
        while x > 0 and line[x].data == '':
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(data=line[x].data + mark)

    def resize(self, lines, columns):
        """As terminals do that do not wrap rows anew: they are cut off at the right, and go at the top where the cursor would."""
        while self.cursor.y >= lines:
            self.history.top.append(self.buffer[0])
            for y in range(self.lines - 1):
                self.buffer[y] = self.buffer[y + 1]
            self.buffer.pop(self.lines - 1, None)
            self.cursor.y -= 1
        for y in [y for y in self.buffer if y >= lines]:
            del self.buffer[y]
        for line in self.buffer.values():
            for x in [x for x in line if x >= columns]:
                del line[x]
        self.lines, self.columns = lines, columns
        self.cursor.x = min(self.cursor.x, columns - 1)
        self.tabstops = set(range(8, columns, 8))
        self.set_margins()

    @staticmethod
    def text_of(line, columns):
        return ''.join(line[x].data for x in range(columns))

    @property
    def lines_of_text(self):
        rows = [self.text_of(line, max(line, default=-1) + 1).rstrip() for line in self.history.top]
        rows += [self.text_of(self.buffer[y], self.columns).rstrip() for y in range(self.lines)]
        while rows and not rows[-1] and len(rows) > len(self.history.top) + self.cursor.y + 1:
            rows.pop()
        here = len(self.history.top) + self.cursor.y
        if here < len(rows) and len(rows[here]) < self.cursor.x:
            rows[here] = self.text_of(self.buffer[self.cursor.y], self.columns)[:self.cursor.x]
        return rows

    @property
    def text(self):
        return '\n'.join(self.lines_of_text)

    @property
    def shown(self):
        """What the window shows, row by row."""
        return [self.text_of(self.buffer[y], self.columns).rstrip() for y in range(self.lines)]
