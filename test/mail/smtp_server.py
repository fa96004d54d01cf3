#!/usr/bin/python3
"""A real SMTP server for the tests: it takes mails, and misbehaves when asked.

  smtp_server.py --folder DIR [--certificate PEM --key PEM] [--user NAME --password WORD] [--dumb]

Prints "port N", then serves until SIGTERM. Each mail taken becomes DIR/<n>.json; each event is a line of
DIR/log, its parts separated by tabs: event, Message-ID, recipient, "tls" or "plain". Events: taken (answered
250), later (451), never (550), cut (the whole mail came, the connection closed before the answer).

What it does to a mail depends on the first part of the recipient's local part, up to the first "-":
  later2  451 to the whole mail twice, then 250     laterrcpt1  450 to the recipient once
  never   550 to the recipient                      neverdata   554 to the whole mail
  slow    answers the mail after half a second      mute1       no answer to the whole mail, once
  cut1    closes after the whole mail, once, before answering
--dumb: accepts connections and never says a word.
"""
import argparse, asyncio, email, email.policy, json, pathlib, re, signal, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
for name in ("folder", "certificate", "key", "user", "password"):
    options.add_argument("--" + name)
options.add_argument("--dumb", action="store_true")
options = options.parse_args()
folder = pathlib.Path(options.folder)
seen, taken = {}, 0


def note(event, message_id, recipient, session):
    with open(folder / "log", "a") as log:
        log.write("\t".join((event, message_id, recipient, "tls" if session.ssl else "plain")) + "\n")


def asked(recipient, word):
    """How many times this recipient asks for this misbehaviour, 0 for none."""
    found = re.fullmatch(word + r"(\d*)(-.*)?@.*", recipient)
    return int(found[1] or 1) if found else 0


def once_more(recipient, word):
    """True the first n times."""
    key = (word, recipient)
    seen[key] = seen.get(key, 0) + 1
    return seen[key] <= asked(recipient, word)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if asked(address, "never"):
            note("never", "-", address, session)
            return "550 5.1.1 no such mailbox"
        if asked(address, "laterrcpt") and once_more(address, "laterrcpt"):
            note("later", "-", address, session)
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global taken
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message_id, to = str(message["Message-ID"]), envelope.rcpt_tos[0]
        if asked(to, "later") and once_more(to, "later"):
            note("later", message_id, to, session)
            return "451 4.3.0 try later"
        if asked(to, "neverdata"):
            note("never", message_id, to, session)
            return "554 5.6.0 not this one"
        if asked(to, "cut") and once_more(to, "cut"):
            note("cut", message_id, to, session)
            server.transport.abort()
            return "250 too late"
        if asked(to, "mute") and once_more(to, "mute"):
            note("mute", message_id, to, session)
            await asyncio.sleep(3600)
        if asked(to, "slow"):
            await asyncio.sleep(0.5)
        taken += 1
        text = message.get_content()
        record = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": str(message["Subject"]),
                  "messageId": message_id, "text": text, "links": re.findall(r"https?://\S+", text),
                  "headers": {name: str(value) for name, value in message.items()}, "tls": bool(session.ssl)}
        part = folder / f"{taken:06}.part"
        part.write_text(json.dumps(record, ensure_ascii=False))
        part.rename(folder / f"{taken:06}.json")
        (folder / f"{taken:06}.eml").write_bytes(envelope.original_content)
        note("taken", message_id, to, session)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == options.user.encode() and data.password == options.password.encode()
    return AuthResult(success=good, handled=False)


async def dumb(reader, writer):
    await reader.read()


def protocol():
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    login = dict(authenticator=authenticate, auth_required=True, auth_require_tls=True) if options.user else {}
    return SMTP(Handler(), hostname="relay.example", tls_context=context, **login)


async def main():
    loop = asyncio.get_running_loop()
    if options.dumb:
        server = await asyncio.start_server(dumb, "127.0.0.1", 0)
    else:
        server = await loop.create_server(protocol, "127.0.0.1", 0)
    end = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, end.set)
    loop.add_signal_handler(signal.SIGINT, end.set)
    sys.stdout.write(f"port {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await end.wait()

asyncio.run(main())
sys.exit(0)
