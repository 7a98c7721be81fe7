#!/usr/bin/env python3
"""A plugin for Muster with nothing but the standard library: notes, each a text file in a directory.

A note's tags lie apart, in `.tags`, so that anybody can write whatever they like into the text.
"""
import json, os, re, select, signal, socket, socketserver, sys, uuid
from http.server import BaseHTTPRequestHandler
from pathlib import Path

NOTES = Path(sys.argv[1] if len(sys.argv) > 1 else "notes")
LARGEST = 8 * 1024 * 1024  # bytes of a request
PAGE = 500  # notes
HELLO = {
    "protocol": 1, "name": "note", "version": "0.1.0", "flavors": [],
    "types": [{
        "name": "note", "summary": "a text file in a directory", "scope": str(NOTES),
        "schema": {"type": "object", "properties": {"text": {"type": "string"}},
                   "required": ["text"], "additionalProperties": False},
        "effects": {"text": "in-place"}, "known": "tags", "settleMs": 0, "local": True,
        "can": ["update", "watch"],
    }],
}
KINDS = {FileNotFoundError: "retryable", PermissionError: "denied", ValueError: "invalid"}


def files_of(id):
    if not re.fullmatch(r"note-[\w-]+", id):
        raise ValueError(f"{id} is not the id of a note")
    return NOTES / f"{id}.txt", NOTES / ".tags" / f"{id}.json"


def read(id):
    text, tags = files_of(id)
    properties = {"text": text.read_bytes().decode("utf-8", "replace")}
    since = tags.stat().st_mtime * 1000
    return {"id": id, "tags": json.loads(tags.read_bytes()), "phase": "running", "properties": properties, "since": since}


def checked(want):
    if set(want) != {"text"} or not isinstance(want["text"], str):
        raise ValueError("a note has a text, and nothing else")
    return want["text"].encode()


def write(id, content):
    text, tags = files_of(id)
    beside = tags.with_suffix(".new")  # so that nobody reads half a note
    beside.write_bytes(content)
    beside.rename(text)


def list_notes(by, cursor="", **_):
    ids = sorted(note.stem for note in NOTES.glob("note-*.txt") if note.stem > cursor)
    items = [note for note in map(read, ids[:PAGE]) if by.items() <= note["tags"].items()]
    return {"items": items, "next": ids[PAGE - 1]} if len(ids) > PAGE else {"items": items}


def create(want, tags, **_):
    content, id = checked(want), f"note-{uuid.uuid4()}"
    files_of(id)[1].write_text(json.dumps(tags))
    write(id, content)
    return {"id": id}


def update(want, **params):
    write(params["from"]["id"], checked(want))
    return {}


def destroy(id, **_):
    for file in files_of(id):
        file.unlink(missing_ok=True)
    return {}


METHODS = {"muster/hello": lambda **_: HELLO, "provider/list": list_notes, "provider/create": create,
           "provider/update": update, "provider/destroy": destroy}


def result_of(request):
    method, params = request.get("method"), request.get("params")
    if request.get("jsonrpc") != "2.0" or method not in METHODS or not isinstance(params, dict):
        raise ValueError(f"there is no method {method} with such params in JSON-RPC 2.0")
    if method != "muster/hello" and params.get("type") != "note":
        raise ValueError(f"there is no type {params.get('type')} here")
    return METHODS[method](**params)


def snapshot():
    try:
        return {entry.name: entry.stat().st_mtime_ns for entry in os.scandir(NOTES)}
    except FileNotFoundError:
        return None  # one went away while it was looked at: that is a change too


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.answer(413, "a request has at most 8 MiB")
        body = self.rfile.read(length)
        if self.headers.get("Content-Type", "application/json") != "application/json":
            return self.answer(415, "application/json is wanted")
        try:
            request = json.loads(body)
            answer = {"jsonrpc": "2.0", "id": request["id"]}
        except (ValueError, TypeError, KeyError):
            return self.answer(200, "")  # not a request, or one that wants no answer
        try:
            answer["result"] = result_of(request)
        except Exception as error:
            kind = KINDS.get(type(error), "unknown")
            answer["error"] = {"code": -32000, "message": str(error), "data": {"kind": kind}}
        self.answer(200, json.dumps(answer))

    def do_GET(self):
        if self.path != "/hints":
            return self.answer(405, "POST is wanted")
        before = snapshot()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": here\n\n")
        while not select.select([self.connection], [], [], 0.2)[0]:  # until the other side hangs up
            now = snapshot()
            if now != before:
                self.wfile.write(b"data: note\n\n")
            before = now

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def free_socket():
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    default = Path(runtime, "muster/plugins") if runtime else Path.home() / ".muster/plugins"
    path = Path(os.environ.get("MUSTER_PLUGIN_DIR") or default, "note")
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            sys.exit(f"a plugin already answers at {path}")
    path.unlink(missing_ok=True)
    return path


if __name__ == "__main__":
    os.umask(0o077)  # what is made here is closed to others
    (NOTES / ".tags").mkdir(parents=True, exist_ok=True)
    path = free_socket()
    with Server(str(path), Handler) as server:
        path.chmod(0o600)
        print(f"plugin note serves the type note ({NOTES}) at {path}", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            path.unlink(missing_ok=True)
