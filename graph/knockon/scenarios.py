"""What is asked of the engine: who is hit, how hard, on which date and basis; as a value and as a TOML file."""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from knockon.errors import BadInput, UnknownName
from knockon.resources import shelf, text_of, walk

BASES = ("pv", "announcement")
CURVES = ("exponential", "blackcox")

KEYS: Mapping[str, type] = {
    "title": str,
    "question": str,
    "reading": str,
    "as_of": date,
    "basis": str,
    "glut": float,
    "information": bool,
    "common_holders": bool,
    "rivals": bool,
    "curve": str,
    "shock.default": list,
    "shock.value": dict,
    "shock.performance": dict,
    "shock.legs": dict,
    "remove.legs": list,
    "factors.market": float,
    "factors.ai": float,
    "sampling.draws": int,
    "sampling.seed": int,
}
"""Every key of a scenario file and what stands behind it; `queries/scenarios/README.md` explains them."""

_KINDS = {
    str: ("text", "put it in quotes"),
    date: ("a date", "write 2025-11-05, without quotes or a time"),
    bool: ("true or false", "write true"),
    float: ("a number", "write 0.5, without quotes"),
    int: ("a whole number", "write 2000"),
    dict: ("a table", "write NAME = SHARE under its heading in brackets"),
    list: ("a list", 'write ["NAME"]'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Returns of the day, 0.01 for 1%; they multiply in after the network: (1 + beta market + gamma ai)(1 - h)."""

    market: float = 0.0
    ai: float = 0.0  # of the AI basket, orthogonal to the market

    def __post_init__(self) -> None:
        for name in ("market", "ai"):
            size = getattr(self, name)
            if not -1 <= size <= 1:
                raise BadInput(f"factor {name}={size:g} is not a return; write -0.0112 for a fall of 1.12%")
            object.__setattr__(self, name, float(size) + 0.0)  # there is one zero


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A shock in the user's terms; shares lie in [0, 1]."""

    value: Mapping[str, float] = field(default_factory=dict)  # party -> share of equity value lost (u)
    performance: Mapping[str, float] = field(default_factory=dict)  # party -> shortfall on all promises (w)
    legs: Mapping[str, float] = field(default_factory=dict)  # leg -> shortfall of that leg (z)
    default: tuple[str, ...] = ()  # parties that default: all value lost, nothing performed, their estates cleared
    remove: tuple[str, ...] = ()  # legs that are taken out of the book
    factors: Factors = field(default_factory=Factors)
    glut: float = 1.0  # redeployment psi is divided by it: 1 as in the parameters, 3 where buyers are scarce
    information: bool = False  # bad news about a lab lowers what is expected of its peers
    common_holders: bool = False  # holders that keep to a leverage sell when they lose
    rivals: bool = False  # show what rivals may win, beside the losses
    curve: str = "exponential"  # how debts suffer before a default; blackcox where debts and volatility are known
    as_of: date | None = None  # the day it is asked for; None: the command's
    basis: str = "pv"
    draws: int = 2000
    seed: int = 7
    name: str = ""
    title: str = ""
    question: str = ""
    reading: str = ""  # how to read the result, and what would falsify it

    def __post_init__(self) -> None:
        if not (self.value or self.performance or self.legs or self.default):
            raise BadInput("no shock given; write PARTY=SHARE, for example openai=0.2")
        for table in ("value", "performance", "legs"):
            object.__setattr__(self, table, {name: _share(name, x) for name, x in getattr(self, table).items()})
        for text in ("title", "question", "reading"):  # a line break in a file is a space
            object.__setattr__(self, text, " ".join(getattr(self, text).split()))
        object.__setattr__(self, "default", tuple(sorted(self.default)))
        object.__setattr__(self, "remove", tuple(self.remove))
        object.__setattr__(self, "glut", float(self.glut))
        for party in self.default:
            if self.default.count(party) > 1:
                raise BadInput(f"{party!r} defaults twice; name it once")
            if party in self.value or party in self.performance:
                raise BadInput(f"{party} defaults, so it loses all and performs nothing; leave out its other hits")
        for leg in self.remove:
            if self.remove.count(leg) > 1:
                raise BadInput(f"leg {leg!r} is removed twice; name it once")
            if leg in self.legs:
                raise BadInput(f"leg {leg!r} is both hit and removed; what is removed is not there to fail: choose one")
        if not 1 <= self.glut < math.inf:
            raise BadInput(f"glut is {self.glut:g}; 1 for redeployment as it is, 3 for a third of it")
        if self.basis not in BASES:
            raise BadInput(f"no basis {self.basis!r}; one of {', '.join(BASES)}")
        if self.curve not in CURVES:
            raise BadInput(f"no curve {self.curve!r}; one of {', '.join(CURVES)}")
        for count in ("draws", "seed"):
            if getattr(self, count) < 0:
                raise BadInput(f"{count} is {getattr(self, count)}; 0 or more")

    def record(self) -> dict[str, Any]:
        """As JSON carries it, with a hash that names it: equal where and only where the numbers are asked alike.

        Names and texts do not enter the hash, nor do hits of size 0, the order of keys, or the seed of no draws.
        """
        hits = {
            table: {name: share for name, share in getattr(self, table).items() if share > 0}
            for table in ("value", "performance", "legs")
        }
        day = self.as_of.isoformat() if self.as_of else None
        sampling = [self.draws, self.seed if self.draws else 0]
        asked = [
            hits,
            sorted(self.remove),
            asdict(self.factors),
            self.glut,
            self.information,
            day,
            self.basis,
            sampling,
        ]
        later = {"default": self.default, "holders": self.common_holders, "rivals": self.rivals}
        later["curve"] = "" if self.curve == "exponential" else self.curve
        if any(later.values()):  # so that what was asked before these could be asked keeps its hash
            asked.append({name: wish for name, wish in later.items() if wish})
        digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        lists = {"remove": list(self.remove), "default": list(self.default)}
        return {**asdict(self), **lists, "as_of": day, "hash": digest[:12]}


def _share(name: str, size: float) -> float:
    """`size` if it is a share; -0 becomes 0."""
    if not name:
        raise BadInput(f"a shock of {size:g} has no name; write PARTY=SHARE, for example openai=0.2")
    if not 0 <= size <= 1:
        raise BadInput(f"{name}={size:g} is not a share; write 0.2 for a fifth, at most 1")
    return float(size) + 0.0


def shares(words: Sequence[str]) -> dict[str, float]:
    """Read NAME=SHARE words.

    >>> shares(["openai=0.2"])
    {'openai': 0.2}
    """
    found: dict[str, float] = {}
    for word in words:
        name, equals, text = word.rpartition("=")
        try:
            if not equals or not name:
                raise ValueError
            share = float(text)
        except ValueError:
            raise BadInput(f"not NAME=SHARE: {word!r}; write openai=0.2 for a fifth") from None
        if name in found:
            raise BadInput(f"{name!r} is given twice")
        found[name] = share
    return found


@lru_cache(maxsize=1)
def library() -> Mapping[str, Scenario]:
    """Every scenario that ships, by name."""
    return {
        path.removesuffix(".toml"): read(file.read_text(encoding="utf-8"), path)
        for path, file in walk(shelf("queries").joinpath("scenarios"), ".toml")
    }


def find(name: str) -> Scenario:
    """The shipped scenario called `name`, or the one in the file `name` if that ends in .toml.

    Raises UnknownName with the nearest names, BadInput for a file that cannot be read or is malformed.
    """
    if name.endswith(".toml"):
        return read(text_of(Path(name), name, "`knockon scenarios` lists those that ship"), name)
    known = library()
    if name not in known:
        raise UnknownName("scenario", name, known, "`knockon scenarios` lists them; a file's name ends in .toml")
    return known[name]


def read(text: str, name: str) -> Scenario:
    """The scenario that `text`, a TOML document, describes; `name` is its file, by which errors speak of it.

    >>> read("[shock.value]\\nopenai = 0.2", "mine.toml").value
    {'openai': 0.2}

    Raises BadInput: one line with file, key, value and remedy.
    """
    with _at(name):
        found = _checked(_document(text))
        hits = {table: found.get(f"shock.{table}", {}) for table in ("value", "performance", "legs")}
        if not any(hits.values()) and not found.get("shock.default"):
            raise BadInput("[shock] hits nobody; write openai = 0.2 under the heading [shock.value]")
        for table, sizes in hits.items():
            for victim, size in sizes.items():
                with _at(f"[shock.{table}]"):
                    _share(victim, _typed(size, float, victim))
        plain = {key: found[key] for key in KEYS if "." not in key and key in found}
        counts = {key: found[f"sampling.{key}"] for key in ("draws", "seed") if f"sampling.{key}" in found}
        return Scenario(
            name=PurePath(name).name.removesuffix(".toml"),
            default=tuple(_typed(party, str, "[shock.default]") for party in found.get("shock.default", ())),
            remove=tuple(_typed(leg, str, "[remove.legs]") for leg in found.get("remove.legs", ())),
            factors=Factors(market=found.get("factors.market", 0.0), ai=found.get("factors.ai", 0.0)),
            **hits,
            **plain,
            **counts,
        )


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Errors inside begin with the place."""
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{place} {error}") from None


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(f"{text}\n")  # an error in the last line has a line too
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise BadInput(f"is not TOML: {why}; texts, and keys with a slash, stand in quotes, and a key once") from None


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    """The document by dotted key; every key is known and has a value of its kind."""
    tables = sorted({key.partition(".")[0] for key in KEYS if "." in key})
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key in tables:
            found |= {f"{key}.{inner}": entry for inner, entry in _typed(value, dict, f"[{key}]").items()}
        elif "." in key:
            raise BadInput(f"[{key}] a dotted key in quotes: {_shown(value)}; write it without quotes")
        else:
            found[key] = value
    for key, value in found.items():
        if key not in KEYS:
            near = [known for known in KEYS if known.rpartition(".")[2] == key.rpartition(".")[2]]
            near = near or difflib.get_close_matches(key, [*KEYS, *tables], n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(KEYS)}"
            raise BadInput(f"[{key}] no such key: {_shown(value)}; {remedy}")
        found[key] = _typed(value, KEYS[key], f"[{key}]")
    return found


def _typed(value: Any, kind: type, place: str) -> Any:
    """`value`, which is of the kind: a whole number is a number, but yes and no are neither, nor is a time a date."""
    if kind is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    if type(value) is not kind or (isinstance(value, int) and abs(value) >= 2**63):
        what, remedy = _KINDS[kind]
        raise BadInput(f"{place} not {what}: {_shown(value)}; {remedy}")
    return value


def _shown(value: object) -> str:
    try:
        text = repr(value).lower() if isinstance(value, bool) else repr(value)
    except (RecursionError, ValueError):  # Python writes no whole number of thousands of digits
        return "more than can be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def write(scenario: Scenario) -> str:
    """The scenario as TOML that `read` turns into it again; what has its default is left out.

    >>> print(write(Scenario(value={"openai": 0.2}, title="A fifth")), end="")
    title = "A fifth"
    <BLANKLINE>
    [shock.value]
    openai = 0.2
    """
    hits = {key: getattr(scenario, key) for key in ("value", "performance", "legs", "default")}
    plain = Scenario(**hits)
    told = {key: getattr(scenario, key) for key in (*KEYS, "draws", "seed") if "." not in key}
    told = {key: value for key, value in told.items() if value != getattr(plain, key)}
    sampling: dict[str, Any] = {key: told.pop(key) for key in ("draws", "seed") if key in told}
    tables: dict[str, Mapping[str, Any]] = {
        "": told,
        "shock": {"default": scenario.default} if scenario.default else {},
        "shock.value": scenario.value,
        "shock.performance": scenario.performance,
        "shock.legs": scenario.legs,
        "remove": {"legs": scenario.remove} if scenario.remove else {},
        "factors": {key: size for key, size in asdict(scenario.factors).items() if size},
        "sampling": sampling,
    }
    lines: list[str] = []
    for heading, entries in tables.items():
        if entries and heading:
            lines += [*([""] if lines else []), f"[{heading}]"]
        lines += [f"{_toml_key(key)} = {_toml(value)}" for key, value in entries.items()]
    return "\n".join(lines) + "\n"


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: object) -> str:
    """A text, date, number or list of texts as TOML has it; JSON escapes the same, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)


def asked(
    name: str | None,
    *,
    value: Sequence[str] = (),
    performance: Sequence[str] = (),
    legs: Sequence[str] = (),
    default: Sequence[str] = (),
    **settings: object,
) -> Scenario:
    """The scenario called `name`, or an empty one, with NAME=SHARE words added and the settings that are not None.

    A setting is a field of `Scenario`; one that is False changes nothing: what a file asks for stays asked for.
    """
    hits: dict[str, Any] = {"value": shares(value), "performance": shares(performance), "legs": shares(legs)}
    failing = tuple(default)
    given: dict[str, Any] = {
        key: setting for key, setting in settings.items() if setting is not None and setting is not False
    }
    if name is None:
        return Scenario(**hits, default=failing, **given)
    base = find(name)
    added: dict[str, Any] = {table: {**getattr(base, table), **sizes} for table, sizes in hits.items()}
    return replace(base, **added, default=(*base.default, *failing), **given)
