"""Runs programs and says what they cost; listens for what they should never ask for."""

import os
import pickle
import resource
import socket
import struct

# Beyond the limit that is judged, so that a miss has a figure.
SPARE_SECONDS = 5
ADDRESS_SPACE = 4 << 30


class Launcher:
    """A small process that starts the others: the peak memory of a process counts from that of the
    one which started it."""

    def __init__(self):
        self.requests, theirs = socket.socketpair()
        if os.fork() == 0:
            self.requests.close()
            self.serve(theirs)
        theirs.close()

    def run(self, arguments, output, seconds):
        """(exit status, signal, CPU seconds, peak megabytes, output)"""
        self.send(self.requests, ([str(part) for part in arguments], str(output), seconds))
        return *self.receive(self.requests), output.read_bytes()

    def serve(self, requests):
        while True:
            try:
                self.send(requests, self.measure(*self.receive(requests)))
            except EOFError:
                os._exit(0)

    @staticmethod
    def measure(arguments, output, seconds):
        child = os.fork()
        if child == 0:
            limit = int(seconds) + SPARE_SECONDS
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
            os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
            os.execve(arguments[0], arguments, {"SWIFT_BACKTRACE": "enable=no", "PATH": "/usr/bin:/bin"})
        _, status, usage = os.wait4(child, 0)
        ended = (os.WEXITSTATUS(status), 0) if os.WIFEXITED(status) else (None, os.WTERMSIG(status))
        return *ended, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    @staticmethod
    def send(channel, message):
        content = pickle.dumps(message)
        channel.sendall(struct.pack("I", len(content)) + content)

    @staticmethod
    def receive(channel):
        def read(count):
            content = b""
            while len(content) < count:
                part = channel.recv(count - len(content))
                if not part:
                    raise EOFError
                content += part
            return content

        return pickle.loads(read(*struct.unpack("I", read(4))))


class Trap:
    """A file that nothing may show and a listener that nothing may ask."""

    SECRET = b"the-canary-sang-at-nine"

    def __init__(self, folder):
        self.file = folder / "canary"
        self.file.write_bytes(self.SECRET)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def was_asked(self):
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True
