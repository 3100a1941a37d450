#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for a server with the OpenAI chat interface (such as Ollama), so that workloads with
`llm` actions run without a model: chat_stand_in.py PORT

POST /v1/chat/completions is answered with a text made of the prompt by rule: the same prompt gets
the same text. A token is a word here. What the model is called decides how it behaves:

  stand-in    answers, in pieces when asked to stream
  whole       answers in one piece even when asked to stream
  uncounted   never says how many tokens it took
  busy        is too busy the first time it sees a prompt: 429, Retry-After: 1
  broken      stops in the middle of its answer
  endless     does not stop by itself
  refusing    400 with a sentence that says why

GET /counts tells how many requests came, and with which Authorization.
"""
import hashlib
import http.server
import json
import sys
import threading

lock = threading.Lock()
seen = set()
counts = {"requests": 0, "authorization": ""}


def answer_to(messages):
    """Says what it was asked, with the words that a digest of it picks."""
    prompt = messages[-1]["content"]
    words = [word.strip(".,:;!?\"'") for word in prompt.split()]
    long_words = sorted({word.lower() for word in words if len(word) > 6}) or ["nothing"]
    digest = int(hashlib.sha256(prompt.encode()).hexdigest(), 16)
    picked = [long_words[(digest >> 8 * i) % len(long_words)] for i in range(3)]
    return f"In {len(words)} words, what matters is {picked[0]}, {picked[1]} and {picked[2]}."


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def send_json(self, status, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_json(200, counts)

    def event(self, value):
        data = b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode())
        self.wfile.write(b"%x\r\n%s\n\n\r\n" % (len(data) + 2, data))

    def stream(self, asked, text, usage):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        model = asked["model"]
        piece = {"model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": None}]}
        words = text.split(" ")
        sent = 0
        while sent < len(words) or model == "endless":
            if model == "broken" and sent == 3:
                self.close_connection = True
                return
            word = words[sent % len(words)]
            piece["choices"][0]["delta"] = {"content": word if sent == 0 else " " + word}
            self.event(piece)
            sent += 1
        piece["choices"][0] = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self.event(piece)
        if usage and asked.get("stream_options", {}).get("include_usage"):
            self.event({"model": model, "choices": [], "usage": usage})
        self.event(b"[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        model, messages = asked["model"], asked["messages"]
        first = False
        with lock:
            counts["requests"] += 1
            counts["authorization"] = self.headers.get("Authorization", "")
            prompt = json.dumps(messages)
            if prompt not in seen:
                seen.add(prompt)
                first = True
        if self.path != "/v1/chat/completions":
            self.send_json(404, {"error": {"message": "there is /v1/chat/completions only"}})
        elif model == "busy" and first:
            self.send_json(429, {"error": {"message": "too busy"}}, [("Retry-After", "1")])
        elif model == "refusing":
            self.send_json(400, {"error": {"message": "I will not answer that"}})
        else:
            self.answer(asked, messages)

    def answer(self, asked, messages):
        text = answer_to(messages)
        prompt_tokens = sum(len(each["content"].split()) for each in messages)
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": len(text.split()),
                 "total_tokens": prompt_tokens + len(text.split())}
        model = asked["model"]
        if asked.get("stream") and model != "whole":
            self.stream(asked, text, None if model == "uncounted" else usage)
            return
        message = {"role": "assistant", "content": text}
        whole = {"model": model, "choices": [{"index": 0, "message": message,
                                              "finish_reason": "stop"}]}
        if model != "uncounted":
            whole["usage"] = usage
        self.send_json(200, whole)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, address):
        pass  # the other side went


server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
