#!/usr/bin/python3
"""A mail server for tests: takes mails by SMTP (Debian's aiosmtpd) and keeps each as N.json in a folder, read by Python's
own parser. Prints its port on the first line and ends with its standard input.

What it shall answer is read from FOLDER/answers, a line for each time, taken from the top: "rcpt 450 later",
"data 554 no", "hang", "lose" (closes the connection after it has taken the mail). Without a line, the mail is taken.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import subprocess
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

warnings.simplefilter("ignore")  # aiosmtpd tells of its own plans

arguments = argparse.ArgumentParser()
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("--tls", choices=["none", "starttls", "from-start"], default="none")
arguments.add_argument("--user")
arguments.add_argument("--password")
arguments.add_argument("--port", type=int, default=0)
options = arguments.parse_args()


def next_answer(stage):
    path = options.folder / "answers"
    lines = path.read_text().splitlines() if path.exists() else []
    if not lines or lines[0].split()[0] not in (stage, "hang" if stage == "data" else "", "lose" if stage == "data" else ""):
        return ""
    path.write_text("\n".join(lines[1:]))
    return lines[0]


def readable(content):
    message = email.message_from_bytes(content, policy=email.policy.default)
    part = lambda kind: (found := message.get_body((kind,))) and found.get_content()
    return {
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "text": part("plain"),
        "html": part("html"),
        "defects": [str(defect) for defect in message.defects],
    }


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if answer := next_answer("rcpt"):
            return answer.split(" ", 1)[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = next_answer("data")
        if answer == "hang":
            await asyncio.sleep(3600)
        if answer and answer != "lose":
            return answer.split(" ", 1)[1]
        Handler.count += 1
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or options.tls == "from-start",
            "signed_in": session.auth_data is not None,
            **readable(envelope.original_content),
        }
        path = options.folder / f"{Handler.count:06}.json"
        unfinished = path.with_suffix(".part")
        unfinished.write_text(json.dumps(kept))
        unfinished.rename(path)
        if answer == "lose":
            server.transport.abort()
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        options.user.encode(),
        options.password.encode(),
    )
    return AuthResult(success=right, handled=False, auth_data=data.login if right else None)


def tls_context():
    certificate, key = options.folder / "certificate.pem", options.folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def main():
    context = tls_context() if options.tls != "none" else None
    login = {"authenticator": authenticate, "auth_required": True} if options.user else {}
    start_tls = {"tls_context": context, "require_starttls": True} if options.tls == "starttls" else {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), enable_SMTPUTF8=True, auth_require_tls=options.tls == "starttls", **login, **start_tls),
        host="127.0.0.1",
        port=options.port,
        ssl=context if options.tls == "from-start" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
