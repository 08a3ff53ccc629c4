"""The servers of the benchmarks in this folder, and what builds their C programs."""

import pathlib
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build-benchmark" / "fetch"

NGINX = """worker_processes 1;
error_log stderr error;
pid {folder}/nginx.pid;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  types {{ application/rss+xml rss; application/atom+xml atom; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 100000;
  server {{
    root {root};
{listen}
  }}
}}
"""


class Server:
    """nginx on many loopback addresses; what it costs is not counted."""

    def __init__(self, feeds, hosts, port):
        self.hosts = [f"127.0.{1 + number // 200}.{1 + number % 200}" for number in range(hosts)]
        self.port, folder = port, BUILD / "nginx"
        folder.mkdir(parents=True, exist_ok=True)
        listen = "\n".join(f"    listen {host}:{port} backlog=4096;" for host in self.hosts)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, root=feeds, listen=listen))
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"])

    def wait(self, address):
        for _ in range(100):
            try:
                return urllib.request.urlopen(address, timeout=5).read()
            except OSError:
                time.sleep(0.1)
        sys.exit("nginx does not answer")

    def addresses(self, names):
        return [f"http://{self.hosts[number % len(self.hosts)]}:{self.port}/{name}" for number, name in enumerate(names)]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def compile_c(name, *flags):
    target = BUILD / name
    subprocess.run(["cc", "-O2", "-o", target, HERE / f"{name}.c", *flags], check=True)
    return target


def feeds_folder(count):
    """A folder of `count` feeds in edition 0, made anew whenever a run before this one has moved them on."""
    folder, edition = BUILD / f"feeds-{count}", BUILD / f"edition-{count}"
    if not edition.exists() or edition.read_text() != "0":
        subprocess.run([HERE / "generate-feeds", folder, "--feeds", str(count)], check=True)
        edition.write_text("0")
    return folder, edition
