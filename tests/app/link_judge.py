#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the links of a tree of HTML pages come to, by Python's own parser and the files that are
there: prints {"links": N, "elsewhere": N, "broken": [[page, line, link], …]}."""
import html.parser
import json
import os
import sys
import urllib.parse

root = sys.argv[1]
links, elsewhere, broken = 0, 0, []


class Page(html.parser.HTMLParser):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def handle_starttag(self, tag, attributes):
        for key, value in attributes:
            if key in ("href", "src") and value is not None:
                self.link(value.strip())

    def link(self, link):
        global links, elsewhere
        address = urllib.parse.urljoin("http://site/" + urllib.parse.quote(self.name), link)
        parts = urllib.parse.urlsplit(address)
        if parts.scheme != "http" or parts.netloc != "site":
            elsewhere += 1
            return
        links += 1
        path = root + urllib.parse.unquote(parts.path)
        there = os.path.isdir(path) if path.endswith("/") else os.path.exists(path)
        if not there:
            broken.append([self.name, self.getpos()[0], link])


for directory, _, files in os.walk(root):
    for file in files:
        if file.endswith((".html", ".htm")):
            path = os.path.join(directory, file)
            page = Page(os.path.relpath(path, root))
            with open(path, encoding="utf-8", errors="surrogateescape") as text:
                page.feed(text.read())
            page.close()
print(json.dumps({"links": links, "elsewhere": elsewhere, "broken": sorted(broken)}))
