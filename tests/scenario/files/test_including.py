"""Files that include others."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.channels.table import Channel
from emulator.flow.priced import OwnPrice
from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.scenario.files.catalogue import Catalogue
from emulator.scenario.outcomes import WAYS

FAILED, UNDELIVERED = WAYS[Channel.SMS]["Failed"], WAYS[Channel.SMS]["Undelivered"]


def write(folder: Path, **texts: str) -> Path:
    """Files of a folder; the last one."""
    for name, text in texts.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return file


def test_rules_of_other_files_come_after_a_file_s_own(tmp_path: Path) -> None:
    """In the order in which they are named; those without a name are called after their file."""
    file = write(
        tmp_path,
        one="rules: [{ plan: silence }, { name: shared, plan: happy }]",
        two="purpose: Two.\nexpect: { send: [Sms], status: Failed }\nrules: [{ name: shared, plan: { Sms: Failed } }]",
        mine="purpose: Mine.\ninclude: [one.yaml, two.yaml, all-fail]\nrules: [{ plan: { Voice: Busy } }]",
    )
    made = files.load(file)
    assert [rule.name for rule in made.rules] == ["rule 1", "one: rule 1", "shared", "shared (2)", "all-fail: rule 1"]
    assert (made.name, made.purpose, made.expect, made.included) == ("mine", "Mine.", (), 4)
    assert [Path(each).name for each in made.files] == ["one.yaml", "two.yaml", "all-fail.yaml"]


def test_what_a_file_says_itself_stands_over_what_it_includes(tmp_path: Path) -> None:
    """Balance, prices, choices, plans and parameters; the including file may use all of them."""
    file = write(
        tmp_path,
        common="balance: { messages: 5 }\nwhen_empty: refuse\nprices: { Sms: 1, Voice: 2 }\n"
        "choices: { callback-retries: '5', sms-text-key: message }\nparameters: { how: Failed, share: 10% }\n"
        "plans: { a: { Sms: $how }, b: { Sms: $how } }\nrules: [{ match: { share: $share }, plan: $a }]",
        mine="purpose: Mine, $share.\ninclude: common.yaml\nprices: { Voice: 3 }\nchoices: { callback-retries: '0' }\n"
        "parameters: { how: Undelivered }\nplans: { b: { Sms: Failed } }\nrules: [{ plan: $a }, { plan: $b }]",
    )
    made = files.load(file)
    assert (made.balance, made.balance_in, made.when_empty) == (5, "messages", "refuse")
    assert made.prices == (OwnPrice("Sms", 1), OwnPrice("Voice", 2), OwnPrice("Voice", 3))
    assert dict(made.choices) == {"callback-retries": "0", "sms-text-key": "message"}
    assert [rule.plan[Channel.SMS] for rule in made.rules] == [UNDELIVERED, FAILED, UNDELIVERED]
    assert made.purpose == "Mine, 10%."
    chosen = files.load(file, {"how": "Failed", "share": "50%"})
    assert (chosen.name, chosen.purpose) == ("mine(how=Failed, share=50%)", "Mine, 50%.")
    assert [rule.plan[Channel.SMS] for rule in chosen.rules] == [FAILED] * 3
    with pytest.raises(ScenarioError, match="there is no parameter 'shar'; did you mean 'share'"):
        files.load(file, {"shar": "50%"})


def test_a_parameter_reaches_files_that_are_included_by_others(tmp_path: Path) -> None:
    """Each file is found beside the one that names it."""
    write(tmp_path / "deep", inner="parameters: { how: Failed }\nrules: [{ plan: { Sms: $how } }]")
    write(tmp_path / "deep", middle="include: inner.yaml")
    made = files.load(write(tmp_path, mine="purpose: p\ninclude: deep/middle.yaml"), {"how": "Undelivered"})
    assert [rule.plan[Channel.SMS] for rule in made.rules] == [UNDELIVERED]


@pytest.mark.parametrize(
    ("included", "told"),
    [
        ("other.yaml", "mine.yaml:2:10: include: there is no file 'other.yaml' beside this one"),
        ("mine.yaml", "mine.yaml:2:10: include: mine.yaml includes this file, so both contain themselves"),
        ("all-fial", "mine.yaml:2:10: include: there is no shipped scenario 'all-fial'; did you mean 'all-fail'?"),
        ("[]", "mine.yaml:2:10: include: must be a list of files; found []"),
        ("wrong.yaml", "wrong.yaml:1:24: rules[0].plan.Sms: Sms has no status 'Fialed'; did you mean 'Failed'?"),
        (
            "round.yaml",
            "round.yaml:1:10: include: mine.yaml includes this file, so both contain themselves",
        ),
    ],
)
def test_what_can_t_be_included_is_told_in_its_place(tmp_path: Path, included: str, told: str) -> None:
    """What is wrong in an included file, with its own lines."""
    file = write(
        tmp_path,
        wrong="rules: [{ plan: { Sms: Fialed } }]",
        round="include: mine.yaml",
        mine=f"purpose: p\ninclude: {included}\n",
    )
    with pytest.raises(ScenarioError) as refused:
        files.load(file)
    assert str(refused.value) == f"{tmp_path}/{told}"


def test_a_text_has_no_files_beside_it() -> None:
    """It can include what is shipped."""
    assert len(files.load_text("purpose: p\ninclude: all-fail", "x").rules) == 1
    with pytest.raises(ScenarioError, match="a text has no folder, so it can include shipped scenarios only"):
        files.load_text("purpose: p\ninclude: other.yaml", "x")


def test_a_file_is_read_again_when_one_changes_that_it_includes(tmp_path: Path) -> None:
    """As if it had changed itself."""
    write(tmp_path / "parts", common="rules: [{ plan: silence }]")
    file = write(tmp_path, mine="purpose: p\ninclude: parts/common.yaml")
    catalogue = Catalogue(str(tmp_path))
    catalogue.load()
    assert catalogue.changed() == []
    write(tmp_path / "parts", common="rules: [{ plan: silence }, { plan: happy }]")
    assert catalogue.changed() == [file]
    assert len(catalogue.reload(file)[1].rules) == 2
    assert catalogue.changed() == []
    write(tmp_path / "parts", common="rules: [{ plan: silenc }]")
    assert catalogue.changed() == [file]
    with pytest.raises(ScenarioError, match="silenc"):
        catalogue.reload(file)
    assert (catalogue.changed(), len(catalogue.find("mine").rules)) == ([], 2)
