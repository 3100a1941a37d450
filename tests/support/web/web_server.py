#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server for tests: prints its port, then answers by the path of the request.

  /ok                  200 "hello"
  /echo                200, what was sent as JSON: method, path, headers, body
  /status/N            that status; with ?after=S a Retry-After of so many seconds
  /flaky/KEY?n=N       503 with Retry-After: 1 for the first N requests of KEY, then 200
  /big?n=N&chunked=1   N bytes
  /broken              announces 1,000,000 bytes, sends a few and closes
  /redirect/N          N redirects, then /ok
  /hold                does not answer until /release or the other side goes
  /release             answers all that hold
  /counts              200, JSON: requests, connections, most at once, gone while they held

With --tls CERT KEY it speaks TLS; with --proxy it answers requests for other hosts too, saying
so in the header Via.
"""
import argparse
import http.server
import json
import select
import ssl
import threading
import urllib.parse

lock = threading.Lock()
counts = {"requests": 0, "connections": 0, "now": 0, "most": 0, "gone": 0, "held": 0}
flaky = {}
released = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        with lock:
            counts["connections"] += 1

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if options.proxy:
            self.send_header("Via", "1.1 test-proxy")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def gone(self):
        ready, _, _ = select.select([self.connection], [], [], 0.02)
        return bool(ready) and not self.connection.recv(1, 2)  # MSG_PEEK

    def hold(self):
        with lock:
            counts["held"] += 1
        while not released.is_set():
            if self.gone():
                with lock:
                    counts["gone"] += 1
                self.close_connection = True
                return
        self.answer(200, b"released")

    def big(self, query):
        count = int(query["n"][0])
        if "chunked" not in query:
            self.answer(200, b"x" * count)
            return
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while count > 0:
            part = min(count, 1000)
            self.wfile.write(b"%x\r\n%s\r\n" % (part, b"x" * part))
            count -= part
        self.wfile.write(b"0\r\n\r\n")

    def respond(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(parts.query)
        words = parts.path.strip("/").split("/")
        if words[0] == "ok":
            self.answer(200, b"hello", [("Content-Type", "text/plain")])
        elif words[0] == "echo":
            told = {"method": self.command, "path": self.path, "body": body.decode(),
                    "headers": {k.lower(): v for k, v in self.headers.items()}}
            self.answer(200, json.dumps(told).encode(), [("Content-Type", "application/json")])
        elif words[0] == "status":
            after = [("Retry-After", query["after"][0])] if "after" in query else []
            self.answer(int(words[1]), b"no", after)
        elif words[0] == "flaky":
            with lock:
                flaky[words[1]] = seen = flaky.get(words[1], 0) + 1
            if seen <= int(query["n"][0]):
                self.answer(503, b"later", [("Retry-After", "1")])
            else:
                self.answer(200, b"now")
        elif words[0] == "big":
            self.big(query)
        elif words[0] == "broken":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"only this")
            self.close_connection = True
        elif words[0] == "redirect":
            left = int(words[1]) - 1
            self.answer(302, b"", [("Location", f"/redirect/{left}" if left > 0 else "/ok")])
        elif words[0] == "hold":
            self.hold()
        elif words[0] == "release":
            released.set()
            self.answer(200)
        elif words[0] == "counts":
            self.answer(200, json.dumps(counts).encode())
        else:
            self.answer(404, b"nothing here")

    def handle_request(self):
        with lock:
            counts["requests"] += 1
            counts["now"] += 1
            counts["most"] = max(counts["most"], counts["now"])
        try:
            self.respond()
        finally:
            with lock:
                counts["now"] -= 1

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_request


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, address):
        pass  # the other side went, as some tests want it


parser = argparse.ArgumentParser()
parser.add_argument("--tls", nargs=2)
parser.add_argument("--proxy", action="store_true")
options = parser.parse_args()
server = Server(("127.0.0.1", 0), Handler)
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
