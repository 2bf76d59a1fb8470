"""Labels and contacts over real sockets, and the messages that are merged with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator, emulator

MOBILE = "+306912345678"


@pytest.fixture
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def put(server: Emulator, path: str, body: object, method: str = "POST") -> Any:
    """The JSON of an answer that must be good."""
    answer = server.api(method, path, body)
    assert answer.status == 200, answer.body
    return answer.json()


def refused(server: Emulator, method: str, path: str, body: object = None) -> tuple[int, str]:
    """Status and code of a refusal, which says why."""
    answer = server.api(method, path, body)
    assert answer.json()["developerMessage"]
    return answer.status, answer.json()["code"]


def at_once(*acts: Callable[[], object]) -> None:
    """Do all of these at once."""
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def test_what_changes_a_contact_at_once_is_kept_all(server: Emulator) -> None:
    """Each writes what it changes, and is refused for no other."""
    names = [f"l{number}" for number in range(16)]
    put(server, "/contacts/labels/my", [{"name": name} for name in names])
    known = {"mobile": MOBILE}
    at_once(*[partial(put, server, "/contacts/my", known | {"firstName": name}) for name in names])
    page = server.api("GET", "/contacts/my").json()
    (contact,) = page["content"]
    path = f"/contacts/my/{contact['id']}"
    labels = [{"labels": [{"name": name, "value": "x"}]} for name in names]
    at_once(*[partial(put, server, path, known | label, "PUT") for label in labels])
    assert sorted(each["name"] for each in server.api("GET", path).json()["labels"]) == sorted(names)
    gone = list[int]()
    at_once(*[lambda: gone.append(server.api("DELETE", path).status) for _ in names])
    assert sorted(gone) == [200, *[404] * 15]


def test_labels_are_defined_and_listed(server: Emulator) -> None:
    """An array is answered for what is defined; all are one object, the built-in ones first."""
    assert put(server, "/contacts/labels/my", [{"name": "size", "type": "Number"}, {"name": "nick"}]) == [
        {"name": "size", "type": "Number"},
        {"name": "nick", "type": "Text"},
    ]
    assert put(server, "/contacts/labels/my", {"name": "flat"}) == [{"name": "flat", "type": "Text"}]
    listed = server.api("GET", "/contacts/labels/my").json()
    assert list(listed) == ["firstName", "lastName", "mobile", "email", "country", "size", "nick", "flat"]
    assert listed["size"] == "Number"


def test_a_label_that_exists_or_comes_twice_defines_none(server: Emulator) -> None:
    """Each with its code."""
    put(server, "/contacts/labels/my", [{"name": "size"}])
    two = [{"name": "new"}, {"name": "size"}]
    assert refused(server, "POST", "/contacts/labels/my", two) == (409, "409002011")
    assert refused(server, "POST", "/contacts/labels/my", [{"name": "mobile"}]) == (409, "409002011")
    assert refused(server, "POST", "/contacts/labels/my", [{"name": "a"}, {"name": "a"}]) == (400, "400002014")
    assert refused(server, "POST", "/contacts/labels/my", [{"name": None}]) == (400, "400000000")
    assert refused(server, "POST", "/contacts/labels/my", []) == (400, "400000000")
    assert "new" not in server.api("GET", "/contacts/labels/my").json()


def test_a_contact_is_created_shown_changed_and_deleted(server: Emulator) -> None:
    """Its labels have their types only where it is written; deleting it answers it once more."""
    put(server, "/contacts/labels/my", [{"name": "size", "type": "Number"}])
    written = {"mobile": "306912345678", "firstName": "Nick", "vip": "true", "labels": [{"name": "size", "value": 5}]}
    made = put(server, "/contacts/my", written)
    assert made == {
        "id": made["id"],
        "firstName": "Nick",
        "mobile": MOBILE,
        "country": "GR",
        "vip": True,
        "groups": ["All", "NotListed"],
        "blacklistedServices": [],
        "labels": [{"name": "size", "value": "5", "type": "Number"}],
    }
    assert len(made["id"]) == 24
    path = f"/contacts/my/{made['id']}"
    put(server, path, {"mobile": MOBILE, "lastName": "Davis", "labels": [{"name": "size", "value": ""}]}, "PUT")
    shown = server.api("GET", path).json()
    assert (shown["firstName"], shown["lastName"], shown["labels"]) == ("Nick", "Davis", [])
    assert server.api("DELETE", path).json() == shown
    for method, body in (("GET", None), ("PUT", {"mobile": MOBILE}), ("DELETE", None)):
        assert refused(server, method, path, body) == (404, "404002001")


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"mobile": "+306900000000", "labels": [{"name": "none", "value": "x"}]}, "404002012"),
        ({"mobile": "+306900000000", "labels": [{"name": "size", "value": "x"}]}, "400002006"),
        ({"mobile": "+306900000000", "labels": [{"name": "size"}, {"name": "size"}]}, "409002013"),
        ({"mobile": None}, "400000000"),
    ],
)
def test_a_wrong_contact_is_refused_by_its_code(server: Emulator, members: dict[str, object], code: str) -> None:
    """And there is none more."""
    put(server, "/contacts/labels/my", [{"name": "size", "type": "Number"}])
    put(server, "/contacts/my", {"mobile": MOBILE})
    assert refused(server, "POST", "/contacts/my", {"mobile": MOBILE} | members) == (int(code[:3]), code)
    assert server.api("GET", "/contacts/my").json()["totalElements"] == 1


def test_a_number_of_another_contact_can_t_be_taken(server: Emulator) -> None:
    """By a change neither."""
    put(server, "/contacts/my", {"mobile": MOBILE})
    other = put(server, "/contacts/my", {"mobile": "+306900000000"})
    assert refused(server, "PUT", f"/contacts/my/{other['id']}", {"mobile": MOBILE}) == (409, "409002005")


def test_a_contact_with_a_known_number_is_the_same_one(server: Emulator) -> None:
    """Creating it again changes it, as the provider's documentation said; what is left out stays."""
    first = put(server, "/contacts/my", {"mobile": MOBILE, "firstName": "Nick"})
    again = put(server, "/contacts/my", {"mobile": MOBILE, "lastName": "Davis"})
    assert again == first | {"lastName": "Davis"}
    assert server.api("GET", "/contacts/my").json()["totalElements"] == 1


def test_contacts_are_paged_and_deleted_together(server: Emulator) -> None:
    """The latest first; only the ids of those that there were are answered."""
    made = [put(server, "/contacts/my", {"mobile": f"+30690000000{each}"})["id"] for each in range(3)]
    page = server.api("GET", "/contacts/my?page=1&size=2").json()
    assert ([each["id"] for each in page["content"]], page["totalElements"], page["last"]) == ([made[0]], 3, True)
    assert server.api("GET", "/contacts/my").json()["size"] == 20
    assert server.api("GET", "/contacts/my?size=2001").json()["code"] == "400000000"
    assert put(server, "/contacts/my", [made[1], "none"], "DELETE") == [made[1]]
    assert refused(server, "DELETE", "/contacts/my", ["none", "123"]) == (404, "404002001")
    assert refused(server, "DELETE", "/contacts/my", []) == (400, "400000000")
    assert server.api("GET", "/contacts/my").json()["totalElements"] == 2


def test_whether_a_contact_has_a_number_is_told_by_the_status(server: Emulator) -> None:
    """Of HEAD; the + may be written as it is."""
    put(server, "/contacts/my", {"mobile": MOBILE})
    for value, status in ((f"%2B{MOBILE[1:]}", 200), (MOBILE, 200), ("%2B306900000000", 404), ("", 404)):
        answer = server.api("HEAD", f"/contacts/my/mobile?value={value}")
        assert (answer.status, answer.body) == (status, b"")


def test_each_application_has_its_own_contacts(server: Emulator) -> None:
    """And loses them by a reset of its own; without the scope there are none."""
    put(server, "/contacts/my", {"mobile": MOBILE})
    put(server, "/contacts/labels/my", {"name": "size"})
    other = server.token("other")
    assert server.api("GET", "/contacts/my", token=other).json()["content"] == []
    server.call("POST", "/_emulator/reset", b'{"application": "other"}')
    assert server.api("GET", "/contacts/my").json()["totalElements"] == 1
    server.call("POST", "/_emulator/reset", b'{"application": "app"}')
    server.forget_token()
    assert server.api("GET", "/contacts/my").json()["totalElements"] == 0
    assert "size" not in server.api("GET", "/contacts/labels/my").json()
    assert server.api("GET", "/contacts/my", token=server.token("app", "sms")).json()["code"] == "403000000"


def test_contacts_survive_a_kill(tmp_path: Path) -> None:
    """They are the store's; ids go on."""
    store = ("--rate", "0", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        put(server, "/contacts/labels/my", {"name": "size"})
        put(server, "/contacts/my", {"mobile": MOBILE, "labels": [{"name": "size", "value": "L"}]})
        before = server.api("GET", "/contacts/my").json()
    with emulator(*store) as server:
        assert server.api("GET", "/contacts/my").json() == before
        assert put(server, "/contacts/my", {"mobile": "+306900000000"})["id"] != before["content"][0]["id"]


def test_a_message_is_merged_with_its_recipient_s_values(server: Emulator) -> None:
    """In both ways of writing; what nothing is known of stays, and the journal says so. Callbacks have the same."""
    put(server, "/contacts/labels/my", {"name": "nick"})
    person = {"mobile": MOBILE, "firstName": "Nick", "labels": [{"name": "nick", "value": "Ny"}]}
    put(server, "/contacts/my", person)
    sms = SMS | {"to": MOBILE, "message": {"body": "Hi [~firstName] [~{nick}] [~lastName]"}}
    viber = VIBER | {"to": MOBILE, "message": {"text": "[~country] [~mobile]"}}
    stranger = SMS | {"to": "+306900000000", "message": {"body": "Hi [~firstName]"}}
    made = put(server, "/failover", {"flow": [sms, viber, stranger]})
    texts = [step["message"].get("body") or step["message"]["text"] for step in made["flow"]]
    assert texts == ["Hi Nick Ny [~lastName]", f"GR {MOBILE}", "Hi [~firstName]"]
    stays = "{} stays, since {} has no value for it"
    notes = [stays.format("[~lastName]", MOBILE), stays.format("[~firstName]", "+306900000000")]
    assert server.newest()["data"]["note"] == "; ".join(notes)
    shown = server.api("GET", f"/failover/tracking/{made['trackingId']}").json()
    assert shown["messages"][0]["body"] == "Hi Nick Ny [~lastName]"


def test_a_placeholder_may_be_escaped(server: Emulator) -> None:
    """JSON allows it."""
    put(server, "/contacts/my", {"mobile": MOBILE, "firstName": "Nick"})
    step = r'{"type":"Sms","from":"Shop","to":"+306912345678","message":{"body":"Hi \u005b\u007efirstName\u005d"}}'
    made = put(server, "/failover", f'{{"flow":[{step}]}}'.encode())
    assert made["flow"][0]["message"]["body"] == "Hi Nick"
