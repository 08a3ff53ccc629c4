"""The scripted servers of Tests/Rebinding/run.

    servers.py names DELAY            a DNS server on 127.0.0.1:53
    servers.py feeds LOG ADDRESS...   a web server on port 80 of each address that logs every connection
"""

import collections
import ipaddress
import socket
import struct
import sys
import threading
import time

PUBLIC = "11.0.0.2"
DEAD = "11.0.0.9"

# What a name's first, second … look-up of a type is answered with; the last answer stays.
NAMES = {
    "rebind.test": {"A": [[PUBLIC], ["127.0.0.1"]]},
    "both.test": {"A": [[PUBLIC, "127.0.0.1"]]},
    "htob.test": {"A": [["127.0.0.1", PUBLIC]]},
    "dead.test": {"A": [[DEAD, "127.0.0.1"]]},
    "sixth.test": {"A": [[PUBLIC]], "AAAA": [["::1"]]},
    "mapped.test": {"AAAA": [["::ffff:127.0.0.1"]]},
    "private.test": {"A": [["10.0.0.1"]]},
    "metadata.test": {"A": [["169.254.169.254"]]},
    "nothing.test": {"A": [["0.0.0.0"]]},
    "public.test": {"A": [[PUBLIC]]},
    "alias.test": {"CNAME": "private.test"},
    "localhost": {"A": [["127.0.0.1"]], "AAAA": [["::1"]]},
}
TYPES = {1: "A", 28: "AAAA"}


class Names:
    def __init__(self, delay):
        self.delay = delay
        self.asked = collections.Counter()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def serve(self):
        while True:
            query, client = self.socket.recvfrom(512)
            threading.Thread(target=self.answer, args=(query, client), daemon=True).start()

    def answer(self, query, client):
        name, end = read_name(query, 12)
        kind = TYPES.get(struct.unpack(">H", query[end:end + 2])[0])
        if name.startswith("slow"):
            time.sleep(self.delay)
            addresses, alias = ([PUBLIC] if kind == "A" else []), None
        else:
            addresses, alias = self.look_up(name, kind)
        records = b""
        if alias:
            target = b"".join(bytes([len(p)]) + p.encode() for p in alias.split(".")) + b"\0"
            records += b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 0, len(target)) + target
        owner = struct.pack(">H", 0xC000 | (len(query[:end + 4]) + 12)) if alias else b"\xc0\x0c"
        for address in addresses:
            number = ipaddress.ip_address(address)
            code = 1 if number.version == 4 else 28
            records += owner + struct.pack(">HHIH", code, 1, 0, len(number.packed)) + number.packed
        count = len(addresses) + (1 if alias else 0)
        known = name in NAMES or name.startswith("slow")
        header = query[:2] + struct.pack(">HHHHH", 0x8180 if known else 0x8183, 1, count, 0, 0)
        self.socket.sendto(header + query[12:end + 4] + records, client)

    def look_up(self, name, kind):
        entry = NAMES.get(name, {})
        alias = entry.get("CNAME")
        answers = NAMES.get(alias or name, {}).get(kind, [[]])
        place = min(self.asked[name, kind], len(answers) - 1)
        self.asked[name, kind] += 1
        return answers[place], alias


def read_name(query, place):
    labels = []
    while query[place]:
        length = query[place]
        labels.append(query[place + 1:place + 1 + length].decode("ascii", "replace"))
        place += 1 + length
    return ".".join(labels).lower(), place + 1


FEED = b"""<rss version="2.0"><channel><title>Public</title>
<item><guid>1</guid><title>Harbour closed</title></item></channel></rss>"""


class Feeds:
    """`/to/HOST` redirects to http://HOST/; everything else is a feed."""

    def __init__(self, log, address):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.log = log
        self.address = address
        self.listener = socket.create_server((address, 80), family=family, backlog=512)

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with open(self.log, "a") as log:
                log.write(f"{self.address}\n")
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with connection:
            words = connection.recv(8192).split(b" ")
            if len(words) < 2:
                return
            target = words[1].decode()
            if target.startswith("/to/"):
                head = f"302 Found\r\nLocation: http://{target[4:]}/"
            else:
                head = "200 OK"
            body = FEED if head == "200 OK" else b""
            connection.sendall(
                f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body)


def main():
    if sys.argv[1] == "names":
        Names(float(sys.argv[2])).serve()
    else:
        servers = [Feeds(sys.argv[2], address) for address in sys.argv[3:]]
        for server in servers[1:]:
            threading.Thread(target=server.serve, daemon=True).start()
        servers[0].serve()


main()
