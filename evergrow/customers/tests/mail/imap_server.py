"""A small IMAP4 server for tests: one user, folders that tests fill; it answers what our client asks."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Folder:
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)

    @property
    def next_uid(self) -> int:
        return max(self.mails, default=0) + 1

    def put(self, raw: bytes) -> None:
        self.mails[self.next_uid] = raw


class Server(socketserver.ThreadingTCPServer):
    """``folders`` by name; ``asked`` every line; ``password`` the one that is let in."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.folders = {"INBOX": Folder(), "Sent": Folder()}
        self.asked: list[str] = []
        self.password = "let-me-in"
        self.dies_after = 1_000_000
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    server: Server

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.folder = Folder()
        self.say("* OK [CAPABILITY IMAP4rev1 ID SPECIAL-USE] ready")
        while line := self.rfile.readline():
            tag, _space, asked = line.decode().strip().partition(" ")
            self.server.asked.append(asked)
            word = asked.removeprefix("UID ").split(" ")[0].upper()
            if not getattr(self, f"do_{word.lower()}", self.refuse)(tag, asked):
                return

    def refuse(self, tag: str, asked: str) -> bool:
        self.say(f"{tag} BAD unknown")
        return True

    def done(self, tag: str, words: str = "done") -> bool:
        self.say(f"{tag} OK {words}")
        return True

    def do_capability(self, tag: str, asked: str) -> bool:
        self.say("* CAPABILITY IMAP4rev1 ID SPECIAL-USE")
        return self.done(tag)

    def do_id(self, tag: str, asked: str) -> bool:
        self.say("* ID NIL")
        return self.done(tag)

    def do_login(self, tag: str, asked: str) -> bool:
        if f'"{self.server.password}"' in asked:
            return self.done(tag)
        self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong password")
        return True

    def do_list(self, tag: str, asked: str) -> bool:
        for name in self.server.folders:
            flags = "\\Sent" if name == "Sent" else "\\HasNoChildren"
            self.say(f'* LIST ({flags}) "/" "{name}"')
        return self.done(tag)

    def do_examine(self, tag: str, asked: str) -> bool:
        self.folder = self.server.folders[asked.split(" ", 1)[1].strip('"')]
        self.say(f"* {len(self.folder.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.folder.validity}] fine")
        self.say(f"* OK [UIDNEXT {self.folder.next_uid}] fine")
        return self.done(tag, "[READ-ONLY] done")

    def do_search(self, tag: str, asked: str) -> bool:
        begin = int(re.findall(r"UID (\d+):\*", asked)[0])
        found = [uid for uid in self.folder.mails if uid >= begin] or list(self.folder.mails)[-1:]  # as servers do
        self.say("* SEARCH " + " ".join(map(str, found)))
        return self.done(tag)

    def do_fetch(self, tag: str, asked: str) -> bool:
        uid = int(asked.split(" ")[2])
        raw = self.folder.mails.get(uid)
        if raw is None:
            return self.done(tag)
        if "RFC822.SIZE" in asked:
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
            return self.done(tag)
        self.server.dies_after -= 1
        if self.server.dies_after < 0:
            return False  # the connection breaks off
        part = re.search(r"<0\.(\d+)>", asked)
        raw, name = (raw[: int(part[1])], "BODY[]<0>") if part else (raw, "BODY[]")
        self.wfile.write(f"* 1 FETCH (UID {uid} {name} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        return self.done(tag)

    def do_logout(self, tag: str, asked: str) -> bool:
        self.say("* BYE")
        self.done(tag)
        return False
