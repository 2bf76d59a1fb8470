"""Traffic with an emulator of any choices, as somebody would record it: a session that makes each choice show."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Collection
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emulator.fakes import samples
from emulator.testing.embedded import Emulator
from emulator.testing.receiver import Received, Receiver
from tests.support.running import receiver as answering

THEIRS = """
purpose: What the provider does in these captures.
rules:
  - match: { to: "+306900000001" }
    plan:
      Viber: [{ at: ttl, status: EXPIRED }, { at: 20m, status: DELIVERED }]
      Sms: [{ after: 1s, status: Sent }, { after: 2700ms, status: Delivered }]
  - match: { to: "+306900000002" }
    plan: { Viber: SEEN }
  - match: { to: "+306900000003" }
    plan: { Voice: Completed }
  - match: { to: "+306900000004" }
    plan: { Voice: Failed }
  - match: { to: "+306900000005" }
    plan: { Viber: UNDELIVERED, Sms: Undelivered }
"""
CONTENT = {
    "text": "Hi",
    "imageUrl": "https://a.example/b.png",
    "action": {"caption": "Go", "targetUrl": "https://a.example"},
}
SENDER = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"
PLAN = {"verbs": [{"type": "SAY", "message": {"text": "Hi", "language": "en-GB"}}]}
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
REFUSED = "none"
"""In place of the id of a request that was refused."""
PARTS = ("refused", "flows", "singles")
"""The parts of a session: calls that lead to nothing; flows; single messages, calls and codes."""


def viber(to: int) -> dict[str, Any]:
    """A Viber step."""
    return {"type": "Viber", "senderInfoTrackingId": SENDER, "to": f"+30690000000{to}", "message": CONTENT, "ttl": 2}


def sms(to: int) -> dict[str, Any]:
    """An Sms step."""
    return {"type": "Sms", "from": "Shop", "to": f"+30690000000{to}", "message": {"body": "Hi"}}


def voice(to: int, **more: Any) -> dict[str, Any]:
    """A Voice step."""
    return {"type": "Voice", "from": "302100000000", "to": f"+30690000000{to}", "dialPlan": PLAN} | more


class Session:
    """A client of an emulator that notes all that it asks."""

    def __init__(self, emulator: Emulator) -> None:
        host = urlsplit(emulator.url)
        assert host.hostname
        self._connection = HTTPConnection(host.hostname, host.port or 80)
        self.lines: list[dict[str, Any]] = []
        self._own = emulator.client()
        self._bearer = ""

    def token(self, scope: str = "", *, known: bool = True) -> str:
        """Ask for a token; as a client that has no credentials, if it is not `known`."""
        basic = f"Basic {base64.b64encode(b'app:secret').decode()}"
        headers = {"Authorization": basic} if known else {"Authorization": "Basic ?"}
        form = f"grant_type=client_credentials&scope={scope}"
        answer = self.ask("POST", "/oauth/token", form, headers | {"Content-Type": FORM})
        self._bearer = f"Bearer {answer['access_token']}" if known and not scope else self._bearer
        return str(answer.get("access_token"))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """A request; the JSON of its answer."""
        sent = body if isinstance(body, str | None) else json.dumps(body)
        given = {"Authorization": self._bearer, "Content-Type": JSON} if headers is None else headers
        self._connection.request(method, path, sent, given)
        answer = self._connection.getresponse()
        told = json.loads(answer.read())
        now = self._own.control("GET", "/clock", application="app")["now"]
        asked = {"method": method, "path": path, "headers": given, "body": body}
        self.lines.append({"at": now, "request": asked, "answer": {"status": answer.status, "body": told}})
        return told

    def flow(self, *steps: dict[str, Any], url: str, strategy: str = "OnStep") -> str:
        """The id of a flow that is asked for."""
        body = {"flow": list(steps), "callback": {"strategy": strategy, "url": url}}
        return str(self.ask("POST", "/failover", body).get("trackingId", REFUSED))

    def pass_(self, by: str) -> None:
        """Let time pass."""
        self._own.control("POST", "/clock/advance", {"application": "app", "by": by})
        self.token()

    def code(self, flow: str) -> str:
        """The code of a verification; "1" of one that was refused."""
        if flow == REFUSED:
            return "1"
        (entry,) = [each for each in self._own.journal(flow=flow) if each["kind"] == "accepted"]
        return str(entry["data"]["code"])

    def callbacks(self) -> list[dict[str, Any]]:
        """All attempts at callbacks."""
        page = self._own.control("GET", "/callbacks", application="app", limit=1000)["callbacks"]
        return [
            {"at": attempt["at"], "callback": json.loads(each["body"]), "answer": {"status": attempt["status"]}}
            for each in page
            for attempt in each["attempts"]
        ]


def captured(choose: str = "", parts: Collection[str] = PARTS) -> list[dict[str, Any]]:
    """What was said between a client, an emulator of these choices, and a receiver that refuses some callbacks; these
    parts of it.
    """
    tried = dict[bytes, int]()

    def judged(post: Received) -> int:
        """What is answered to posts to /never, to /other, to /late; and to all else."""
        tried[post.raw] = tried.get(post.raw, 0) + 1
        return {"/never": 500, "/other": 204, "/late": 500 if tried[post.raw] < 3 else 200}.get(post.path, 200)

    with tempfile.TemporaryDirectory() as folder, Receiver() as hook:
        hook.answer = judged
        theirs = Path(folder, "theirs.yaml")
        theirs.write_text(THEIRS)
        with Emulator(rate=0, scenario=str(theirs), choose=choose) as emulator:
            session, url = Session(emulator), hook.url.removesuffix("/hook")
            session.token()
            if "refused" in parts:
                _refused(session)
            if "flows" in parts:
                _flows(session, url)
            if "singles" in parts:
                _singles(session, url)
            session.pass_("100h")
            session.close()
            return session.lines + session.callbacks()


TALKS = """
purpose: Who gets these messages writes back, presses keys, or lets a machine answer.
rules:
  - match: { to: "+306900000001" }
    plan: { Viber: { reply: { after: 10s, text: STOP }, plan: DELIVERED } }
  - match: { to: "+306900000002" }
    plan: { Voice: { keys: ["12#", "3"], plan: happy } }
  - match: { to: "+306900000003" }
    plan: { Voice: { answeredBy: machine, keys: ["4"], plan: happy } }
"""


def talked(choose: str = "") -> list[dict[str, Any]]:
    """What was said beside callbacks of messages: replies, keys, machines, verifications; and what was answered."""

    def said(body: bytes) -> bytes:
        """What is answered when a call asks to go on."""
        plan = {"verbs": [{"type": "COLLECT", "maxDigits": 1, "eventUrl": url}, PLAN["verbs"][0]]}
        return json.dumps(plan).encode() if b'"12"' in body or b"MACHINE" in body else b""

    with tempfile.TemporaryDirectory() as folder, answering() as hook:
        url, hook.says = hook.url, said
        theirs = Path(folder, "theirs.yaml")
        theirs.write_text(TALKS)
        with Emulator(rate=0, scenario=str(theirs), choose=choose, two_step_callback=url) as emulator:
            session = Session(emulator)
            session.token()
            collects = {"type": "COLLECT", "eventUrl": url, "submitOnHash": True}
            calls: dict[int, dict[str, Any]] = {
                2: {"dialPlan": {"verbs": [PLAN["verbs"][0], collects]}},
                3: {"machineDetection": {"strategy": "Continue", "eventUrl": url}},
            }
            callback = {"url": url, "strategy": "OnChange"}
            session.flow(voice(3, **calls[3]), url=url)
            for to, given in calls.items():
                call = {"from": "302100000000", "to": {"phone": f"+30690000000{to}"}, "dialPlan": PLAN} | given
                session.ask("POST", "/voice/conversation", call | {"callback": callback})
            session.flow(viber(1) | {"inboundUrl": url}, url=url)
            over = {"senderInfoTrackingId": SENDER, "to": "+306900000001", "body": {"text": "Hi"}, "inboundUrl": url}
            session.ask("POST", "/viber", over | {"callbackUrl": url})
            body = {"method": "sms", "type": "code", "recipient": "+306900000003"}
            code = session.ask("POST", "/2step", body)["trackingId"]
            session.pass_("1m")
            session.ask("POST", f"/2step/{code}", {"answer": session.code(code)})
            session.pass_("1h")
            session.close()
            posts = session.callbacks()
    for each in posts:
        answer = said(json.dumps(each["callback"]).encode())
        each["answer"] |= {"body": json.loads(answer)} if answer else {}
    return session.lines + posts


def _refused(session: Session) -> None:
    """Calls that lead to nothing."""
    session.token(known=False)
    narrow = session.token("account")
    for given in ("", "Basic YTpi", "Bearer 6d0f3b0e-5c1a-4f0e-9a57-0b7c2f4d1e90", f"Bearer {narrow}"):
        headers = {"Authorization": given} if given else {}
        session.ask("GET", "/failover/tracking/b5a7c1d2-0c3e-4f5a-8b6d-7e8f90a1b2c3", headers=headers)
        session.ask("GET", "/failover-otp/otp/failover/b5a7c1d2", headers=headers)
    for method, path in (("GET", "/failover/tracking/b5a7c1d2"), ("GET", "/failover/tracking"), ("PUT", "/failover")):
        session.ask(method, path)
    session.ask("GET", "/failover/nothing")
    session.ask("GET", "/nothing/here")
    session.ask("POST", "/failover", {"flow": []})
    session.ask("POST", "/failover", {"flow": [{"type": "Sms", "from": "Shop", "to": "?", "message": {"body": "Hi"}}]})
    session.ask("POST", "/failover", "{")


def _flows(session: Session, url: str) -> None:
    """Flows, and what becomes of their callbacks."""
    flows = [
        session.flow(viber(1), sms(1), url=f"{url}/hook"),
        session.flow(viber(2), sms(2), url=f"{url}/hook", strategy="OnCompletion"),
        session.flow(viber(2), sms(2), url=f"{url}/late"),
        session.flow(voice(3, failoverOnStatuses=["Completed", "Busy"]), sms(3), url=f"{url}/hook"),
        session.flow(voice(4), sms(4), url=f"{url}/other", strategy="OnCompletion"),
        session.flow(viber(5), sms(5), url=f"{url}/hook", strategy="OnCompletion"),
        session.flow(voice(3), url=f"{url}/never", strategy="OnCompletion"),
    ]
    file = {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://a.example/a.pdf"}
    ordered = [viber(2) | {"order": 1}, sms(2) | {"order": 2, "ttl": 10}]
    for odd in (
        [viber(2) | {"surprise": 1}, sms(2)],
        [viber(2), sms(2) | {"to": "306900000002"}],
        [viber(2) | {"message": {"viberFile": file}}, sms(2)],
        [each | {"order": 1} for each in ordered],
        [sms(1), sms(2)],
        ordered,
    ):
        session.flow(*odd, url=f"{url}/hook", strategy="OnCompletion")
    template = {"type": "Viber", "senderInfoTrackingId": SENDER, "to": "+306900000002", "templateId": "9a1e"}
    body = {
        "flow": [template | {"templateLang": "en"}, sms(2)],
        "callback": {"strategy": "OnStep", "url": f"{url}/hook"},
    }
    flows.append(session.ask("POST", "/failover/transactional", body).get("trackingId", REFUSED))
    for _ in range(2):
        session.pass_("1s")
        for each in flows:
            session.ask("GET", f"/failover/tracking/{each}")
    session.pass_("1h")
    told = session.ask("GET", f"/failover/tracking/{flows[0]}")
    session.ask("GET", f"/sms/tracking/single/{told['messages'][-1]['messageId'] if 'messages' in told else REFUSED}")


def _singles(session: Session, url: str) -> None:
    """Single messages, calls and codes."""
    callback = {"url": f"{url}/hook", "strategy": "OnChange"}
    body = {"from": "Shop", "to": "+306900000001", "body": "Hi", "callback": callback}
    single = session.ask("POST", "/sms", body)["trackingId"]
    content = {"text": "Hi", "imageURL": "https://a.example/b.png", "action": CONTENT["action"]}
    over = {"senderInfoTrackingId": SENDER, "to": "+306900000002", "body": content, "callbackUrl": f"{url}/hook"}
    message = session.ask("POST", "/viber", over)["trackingId"]
    call = {"from": "302100000000", "to": {"phone": "+306900000003"}, "dialPlan": PLAN, "callback": callback}
    talk = session.ask("POST", "/voice/conversation", call)["trackingId"]
    for path in ("hook", "never", "other"):
        body = samples.otp(("Viber", "Sms"), "+306900000001", "It is 4711", f"{url}/{path}")
        otp = session.ask("POST", "/failover-otp/otp/send-failover", body)
    codes = [
        session.ask("POST", "/2step", {"method": "sms", "type": "code", "recipient": "+306900000003"}) for _ in "ab"
    ]
    wrong, right = (each.get("trackingId", REFUSED) for each in codes)
    session.pass_("2s")
    session.ask("POST", f"/2step/{right}", "{")
    session.ask("POST", f"/2step/{right}", {"answer": session.code(right)})
    for _ in range(6):
        session.ask("POST", f"/2step/{wrong}", {"answer": "0"})
    for each in (right, wrong):
        session.ask("GET", f"/2step/{each}")
    for wait in ("1s", "1h"):
        session.pass_(wait)
        for path in (f"/sms/tracking/single/{single}", f"/viber/tracking/{message}", f"/voice/conversation/{talk}"):
            session.ask("GET", path)
        session.ask("GET", f"/voice/tracking/conversation/{talk}")
        session.ask("GET", f"/failover-otp/otp/failover/{otp['flowId']}")


def har(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The same as a proxy would have recorded it."""
    return {"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": list(map(_entry, lines))}}


def _entry(line: dict[str, Any]) -> dict[str, Any]:
    asked, answer = line.get("request", {}), line["answer"]
    sent = line.get("callback", asked.get("body"))
    text = sent if isinstance(sent, str | None) else json.dumps(sent, separators=(",", ":"), ensure_ascii=False)
    headers = asked.get("headers", {"Content-Type": JSON})
    posted = {"postData": {"mimeType": headers.get("Content-Type", JSON), "text": text}} if text else {}
    content = {"mimeType": JSON, "text": json.dumps(answer["body"])} if "body" in answer else {}
    return {
        "startedDateTime": line["at"],
        "request": {
            "method": asked.get("method", "POST"),
            "url": f"https://connect.routee.net{asked['path']}" if asked else "https://app.example/hook",
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
        }
        | posted,
        "response": {"status": answer["status"], "content": content},
    }
