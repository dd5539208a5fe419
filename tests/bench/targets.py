# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The processes the bench starts: the mock upstream and, before it, each proxy. All on loopback, on
ports that are free, with their files in one temporary folder; each is ended by its own pid."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

STOP_SECONDS = 10
# The catalogue of prices, so that accounting is part of what is measured.
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data")

NGINX_CONF = """\
worker_processes 1;
daemon off;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  upstream mock {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


class Unavailable(Exception):
    """A target that cannot be had on this machine, and why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except ConnectionRefusedError:
        return False


def wait_for_worker(port, process, seconds=5):
    """nginx binds first and forks after: a port that answers is not yet a worker to be watched."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if listens(port) and len(process_tree(process.pid)) > 1:
            return
        time.sleep(0.01)
    raise Unavailable("it does not start; its log is in the temporary folder (--keep)")


def process_tree(pid):
    """A process and its children: nginx has a worker."""
    pids = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as children:
            pids += [int(child) for child in children.read().split()]
    return pids


class Target:
    """Something that listens. `port` is where; `pids` are all its processes."""

    def __init__(self, name, port, process):
        self.name = name
        self.port = port
        self.process = process
        self.pids = process_tree(process.pid)

    def cpu_us(self):
        """User and system time of all its threads. The kernel counts in ticks of 10 ms."""
        ticks = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000000 // os.sysconf("SC_CLK_TCK")

    def rss_mb(self):
        kib = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/status") as status:
                kib += int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
        return kib / 1024

    def fds(self):
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids)

    def has_ended(self):
        return self.process.poll() is not None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"bench: {self.name} does not end when asked to", file=sys.stderr)
            self.process.kill()
            self.process.wait()


def start_printing_port(name, command, log, env=None):
    """Starts what prints its port at the end of its first line."""
    with open(log, "ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=env)
    line = process.stdout.readline().decode()
    found = re.search(r"(\d+)/?\s*$", line)
    if not found:
        process.kill()
        process.wait()
        with open(log, errors="replace") as text:
            raise Unavailable(f"it does not start: {text.read()[-500:].strip()}")
    return Target(name, int(found.group(1)), process)


class Stage:
    """Knows how to start each target; ends all of them."""

    def __init__(self, folder, wayfare, tools):
        self.folder = folder
        self.wayfare_path = wayfare
        self.tools = tools
        self.running = []

    def _keep(self, target):
        self.running.append(target)
        return target

    def path(self, name):
        return os.path.join(self.folder, name)

    def direct(self):
        command = [os.path.join(self.tools, "mock-fast")]
        return self._keep(start_printing_port("direct", command, self.path("mock.log")))

    def nginx(self, upstream):
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not nginx:
            raise Unavailable("no nginx (package nginx-light)")
        port = free_port()
        with open(self.path("nginx.conf"), "w") as conf:
            conf.write(NGINX_CONF.format(dir=self.folder, upstream=upstream, port=port))
        command = [nginx, "-c", self.path("nginx.conf"), "-e", self.path("nginx.log")]
        with open(self.path("nginx.err"), "ab") as errors:
            process = subprocess.Popen(command, stderr=errors)
        try:
            wait_for_worker(port, process)
        except Unavailable:
            process.terminate()
            process.wait()
            raise
        return self._keep(Target("nginx", port, process))

    def go(self, upstream):
        go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
        if not go:
            raise Unavailable("no go")
        binary = self.path("go-proxy")
        if not os.path.exists(binary):
            source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "proxy.go")
            env = dict(os.environ, GOFLAGS="-mod=mod", GOTOOLCHAIN="local", GOPROXY="off")
            built = subprocess.run([go, "build", "-o", binary, source], env=env,
                                   capture_output=True, text=True, timeout=300)
            if built.returncode != 0:
                raise Unavailable(f"go build: {built.stderr.strip()}")
        return self._keep(start_printing_port("go", [binary, str(upstream)], self.path("go.log")))

    def wayfare(self, upstream):
        home = self.path("home")
        for name in ("data", "run"):
            os.makedirs(os.path.join(home, name), mode=0o700, exist_ok=True)
        config = {
            "version": 1,
            "providers": [{"id": "mock", "kind": "openai",
                           "base_url": f"http://127.0.0.1:{upstream}/v1"}],
            "routes": [{"model": "bench", "targets": [{"provider": "mock", "model": "m"}]}],
        }
        with open(os.path.join(home, "config.json"), "w") as file:
            json.dump(config, file)
        env = {key: value for key, value in os.environ.items()
               if key not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
        env.update(HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home,
                   XDG_RUNTIME_DIR=os.path.join(home, "run"), WAYFARE_DATA_DIR=DATA)
        command = [self.wayfare_path, "serve", "--port", "0",
                   "--config", os.path.join(home, "config.json"),
                   "--data", os.path.join(home, "data")]
        return self._keep(
            start_printing_port("wayfare", command, self.path("wayfare.log"), env))

    def stop(self, target):
        self.running.remove(target)
        target.stop()

    def stop_all(self):
        while self.running:
            self.stop(self.running[-1])
