"""Who speaks and who hears in a random conversation, each at a pace of its own: in pieces, with pauses, in threads beside the test."""

import os
import socket
import threading
import time

PAUSES = 30                     # of one speaker or hearer; then it hurries


class Pace:
    """Pieces of this many bytes with a pause before each, the first few of them."""

    def __init__(self, piece=65536, pause_s=0.0):
        self.piece, self.pause_s, self.left = piece, pause_s, PAUSES

    @classmethod
    def drawn(cls, r):
        return cls(*r.choice(((65536, 0), (65536, 0), (1, 0), (7, 0.001), (1000, 0.003), (4096, 0.005), (65537, 0.002), (300, 0.02))))

    def next_piece(self):
        if self.left == 0:
            return 65536
        self.left -= 1
        time.sleep(self.pause_s)
        return self.piece

    def __repr__(self):
        return f'{self.piece} bytes every {self.pause_s:g} s'


class Task:
    """Something done beside the test; result() waits for it and has what it returned, or raises what it raised."""

    def __init__(self, what, *args):
        self.value = self.error = None

        def run():
            try:
                self.value = what(*args)
            except Exception as error:
                self.error = error
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def result(self, within=60):
        self.thread.join(within)
        if self.thread.is_alive():
            raise AssertionError('somebody still speaks or hears')
        if self.error is not None:
            raise self.error
        return self.value


def say(write, data, pace):
    """Hands all of it to write(), which tells how much it took. False: the other side has gone."""
    view = memoryview(data)
    try:
        while len(view) > 0:
            view = view[write(view[:pace.next_piece()]):]
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def hear(read, pace, into):
    """Adds all that read() gives until the end, be that in order or not."""
    try:
        while piece := read(pace.next_piece()):
            into += piece
    except ConnectionResetError:
        pass


class Side:
    """A bare socket of a stream, which says its bytes while it hears what comes. `early`: it finishes once it has spoken, and not
    only when the other side has."""

    def __init__(self, s, data, speaks, hears, early):
        self.socket, self.early, self.so_far = s, early, bytearray()
        self.speaker = Task(self.speak, data, speaks)
        self.hearer = Task(hear, s.recv, hears, self.so_far)

    def speak(self, data, pace):
        whole = say(self.socket.send, data, pace)
        if self.early:
            self.finish()
        return whole

    def finish(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass                # it has gone

    def heard(self):
        self.hearer.result()
        self.speaker.result()
        if not self.early:
            self.finish()
        self.socket.close()
        return bytes(self.so_far)


def hear_pipe(fd, pace):
    heard = bytearray()
    with open(fd, 'rb', buffering=0) as f:
        hear(f.read, pace, heard)
    return bytes(heard)


def say_pipe(fd, data, pace):
    say(lambda piece: os.write(fd, piece), data, pace)
    os.close(fd)
