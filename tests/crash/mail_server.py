"""A real mail server (aiosmtpd) that files what it gets, and a reader of what was filed.

  mail_server.py serve FOLDER clear|starttls|tls [CERTIFICATE KEY]   prints its port, then serves until it is ended
  mail_server.py read FOLDER                                         reads every *.eml there into *.json

USER and PASSWORD in the environment make it ask for them.
"""

import asyncio
import email
import email.policy
import json
import os
import pathlib
import ssl
import sys

REFUSED = "gone@gazette.example"


def read(raw):
    """A message as a mail program understands it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    defects = [type(defect).__name__ for part in message.walk() for defect in part.defects]
    for part in message.walk():
        defects += [type(defect).__name__ for _, value in part.items() for defect in value.defects]
    return {
        "headers": [name.lower() for name in message.keys()],
        "subject": str(message["subject"]),
        "to": [[address.display_name, address.addr_spec] for address in message["to"].addresses],
        "from": [[address.display_name, address.addr_spec] for address in message["from"].addresses],
        "text": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "parts": sorted(parts),
        "defects": defects,
    }


def read_all(folder):
    for file in sorted(pathlib.Path(folder).glob("*.eml")):
        file.with_suffix(".json").write_text(json.dumps(read(file.read_bytes())))


class Files:
    def __init__(self, folder, how):
        self.folder, self.how, self.number = pathlib.Path(folder), how, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == REFUSED:
            return f"550 5.1.1 <{address}> is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        letter = read(envelope.original_content)
        letter["envelope"] = [envelope.mail_from, envelope.rcpt_tos]
        letter["secure"] = self.how == "tls" or session.ssl is not None
        letter["user"] = session.auth_data.login.decode() if session.auth_data else None
        file = self.folder / f"{self.number:04}.part"
        file.write_text(json.dumps(letter))
        file.rename(file.with_suffix(".json"))
        return "250 OK"


async def serve(folder, how, *chain):
    from aiosmtpd.smtp import SMTP, AuthResult

    context = None
    if chain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*chain)
    user, password = os.environ.get("USER"), os.environ.get("PASSWORD")

    def authenticate(server, session, envelope, mechanism, data):
        is_known = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=is_known, handled=False, auth_data=data if is_known else None)

    settings = {"hostname": "mail.example", "loop": asyncio.get_running_loop()}
    if password:
        settings |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": how != "tls"}
    if how == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    files = Files(folder, how)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(files, **settings), "127.0.0.1", 0, ssl=context if how == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(*sys.argv[2:]))
    else:
        read_all(sys.argv[2])
