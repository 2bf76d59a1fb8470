"""The mobile networks of a country, and its code. Pure.

They are the networks that messages are shown with (`numbers.network`): those that the library knows, and the invented
ones. A country's code (mcc) is the real one, the first if it has several; the code of a network (mnc) is invented: it
is its place in the list.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final

from msgspec import Struct

from emulator.channels import numbers

_MCC: Final = (
    "AC658 AD213 AE424 AF412 AG344 AI365 AL276 AM283 AO631 AR722 AS544 AT232 AU505 AW363 AX244 AZ400 BA218 BB342 "
    "BD470 BE206 BF613 BG284 BH426 BI642 BJ616 BL340 BM350 BN528 BO736 BQ362 BR724 BS364 BT402 BW652 BY257 BZ702 "
    "CA302 CC505 CD630 CF623 CG629 CH228 CI612 CK548 CL730 CM624 CN460 CO732 CR712 CU368 CV625 CW362 CX505 CY280 "
    "CZ230 DE262 DJ638 DK238 DM366 DO370 DZ603 EC740 EE248 EG602 EH604 ER657 ES214 ET636 FI244 FJ542 FK750 FM550 "
    "FO288 FR208 GA628 GB234 GD352 GE282 GF340 GG234 GH620 GI266 GL290 GM607 GN611 GP340 GQ627 GR202 GT704 GU310 "
    "GW632 GY738 HK454 HN708 HR219 HT372 HU216 ID510 IE272 IL425 IM234 IN404 IO995 IQ418 IR432 IS274 IT222 JE234 "
    "JM338 JO416 JP440 KE639 KG437 KH456 KI545 KM654 KN356 KP467 KR450 KW419 KY346 KZ401 LA457 LB415 LC358 LI295 "
    "LK413 LR618 LS651 LT246 LU270 LV247 LY606 MA604 MC212 MD259 ME297 MF340 MG646 MH551 MK294 ML610 MM414 MN428 "
    "MO455 MP534 MQ340 MR609 MS354 MT278 MU617 MV472 MW650 MX334 MY502 MZ643 NA649 NC546 NE614 NF505 NG621 NI710 "
    "NL204 NO242 NP429 NR536 NU555 NZ530 OM422 PA714 PE716 PF547 PG537 PH515 PK410 PL260 PM308 PR310 PS425 PT268 "
    "PW552 PY744 QA427 RE647 RO226 RS220 RU250 RW635 SA420 SB540 SC633 SD634 SE240 SG525 SH658 SI293 SJ242 SK231 "
    "SL619 SM292 SN608 SO637 SR746 SS659 ST626 SV706 SX362 SY417 SZ653 TA658 TC338 TD622 TG615 TH520 TJ436 TK554 "
    "TL514 TM438 TN605 TO539 TR286 TT374 TV553 TW466 TZ640 UA255 UG641 US310 UY748 UZ434 VA225 VC360 VE734 VG348 "
    "VI332 VN452 VU541 WF543 WS549 XK221 YE421 YT647 ZA655 ZM645 ZW648"
)
"""Countries, each with its code."""
_NAMES: Final = {"AC": "Ascension Island", "TA": "Tristan da Cunha", "XK": "Kosovo"}
"""The countries that the library has no name for."""
_DIGITS: Final = 11
"""How many digits a prefix is filled up to, so that the country of its numbers can be told."""


class Network(Struct, frozen=True):
    """A network of a country."""

    name: str
    mnc: str


@cache
def mccs() -> dict[str, str]:
    """The code of each country that has numbers."""
    return {each[:2]: each[2:] for each in _MCC.split()}


@cache
def countries() -> dict[str, str]:
    """The English name of each country that has numbers, in the order of their names."""
    library = importlib.import_module("phonenumbers.geodata.locale").LOCALE_DATA
    found = {code: _NAMES.get(code) or _named(library[code], "en") for code in mccs()}
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _named(names: dict[str, str], language: str) -> str:
    """A country's name in a language; `*aa` in the library's table refers to the language aa."""
    name = names[language]
    return _named(names, name[1:]) if name.startswith("*") else name


@cache
def names() -> frozenset[str]:
    """What the networks of all numbers are called."""
    known = {
        each["en"] for each in importlib.import_module("phonenumbers.carrierdata").CARRIER_DATA.values() if "en" in each
    }
    return frozenset(known.union(*map(numbers.invented, (*numbers.countries(), numbers.UNKNOWN))))


@cache
def networks() -> dict[str, tuple[Network, ...]]:
    """The networks of each country. This takes a while at the first call, since the library lists them by prefixes."""
    found: dict[str, set[str]] = {}
    for prefix, names in importlib.import_module("phonenumbers.carrierdata").CARRIER_DATA.items():
        if "en" in names:
            found.setdefault(numbers.country(f"+{prefix.ljust(_DIGITS, '5')}"), set()).add(names["en"])
    return {
        country: tuple(
            Network(name, f"{number:02d}")
            for number, name in enumerate([*sorted(found.get(country, ())), *numbers.invented(country)], 1)
        )
        for country in mccs()
    }
