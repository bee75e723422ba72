"""FollowTheMoney: the tiny book by hand, and every entity held against the followthemoney package."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any

import pytest

from knockon import exports
from knockon.study import Study
from knockon.vocab import Family, Firmness

REQUIRED = os.environ.get("KNOCKON_FTM") == "required"  # then a missing package fails instead


def entities(study: Study) -> dict[str, dict[str, Any]]:
    content = exports.in_memory("ftm", study)
    assert isinstance(content, bytes)
    found = [json.loads(line) for line in content.splitlines()]
    assert [entity["id"] for entity in found] == sorted({entity["id"] for entity in found})
    return {entity["id"]: entity for entity in found}


def test_the_tiny_book_by_hand(tiny: Study) -> None:
    found = entities(tiny)
    assert {name: entity["schema"] for name, entity in found.items()} == {
        "about": "Note",
        "parties.bank": "Company",
        "parties.chips": "Company",
        "parties.cloud": "Company",
        "parties.crowd": "LegalEntity",
        "parties.lab": "Company",
        "stakes.bank.lab.2025-02-01.filing": "Ownership",
        "legs.chips-funds-lab.1": "UnknownLink",  # an investment is no holding: the stake says that
        "legs.chips-funds-lab.2": "UnknownLink",
        "legs.cloud-buys-chips.1": "Contract",
        "legs.cloud-buys-chips.1.award": "ContractAward",
        "legs.cloud-buys-chips.2": "Debt",
        "legs.lab-rents-cloud.1": "Contract",
        "legs.lab-rents-cloud.1.award": "ContractAward",
        "legs.lab-rents-cloud.2": "UnknownLink",
        "legs.lab-rents-cloud.3": "Contract",
        "legs.lab-rents-cloud.3.award": "ContractAward",
    }
    held = {name: entity["properties"] for name, entity in found.items()}
    loan = held["legs.cloud-buys-chips.2"]
    assert (loan["debtor"], loan["creditor"]) == (["parties.cloud"], ["parties.bank"])
    assert (loan["amountUsd"], loan["currency"], loan["date"]) == (["8000000000"], ["USD"], ["2025-01-20"])
    rent = held["legs.lab-rents-cloud.1.award"]
    assert (rent["supplier"], rent["amount"]) == (["parties.cloud"], ["50000000000"])
    assert rent["description"] == [
        "Amount: 50000000000 US dollars (contract total). Sources say 50000000000 to 60000000000."
    ]
    assert held["legs.lab-rents-cloud.1"]["authority"] == ["parties.lab"]
    assert "amount" not in held["legs.lab-rents-cloud.1"]  # the dollar stands once, on the award
    licence = held["legs.lab-rents-cloud.3.award"]
    assert "amount" not in licence and licence["description"] == ["Amount: undisclosed, which is not zero."]
    guarantee = held["legs.lab-rents-cloud.2"]
    assert (guarantee["role"], guarantee["status"]) == (["guarantee"], ["definitive"])
    assert held["stakes.bank.lab.2025-02-01.filing"]["percentage"] == ["20"]


def test_what_is_not_firm_is_no_contract_and_the_firm_sums_are_the_books(eve: Study) -> None:
    found = entities(eve)
    amounts: Counter[str] = Counter()
    for entity in found.values():
        for amount in entity["properties"].get("amountUsd", ()):
            amounts[entity["schema"]] += int(amount)
    firm = [leg for leg in eve.resolved.values() if leg.live and leg.firmness in (Firmness.DEFINITIVE, Firmness.CLOSED)]
    credit = sum(leg.usd or 0 for leg in firm if leg.leg.instrument.family is Family.CREDIT)
    bought = sum(
        leg.usd or 0
        for leg in firm
        if leg.leg.instrument.family in (Family.COMPUTE, Family.GOODS, Family.LEASE, Family.POWER)
    )
    assert dict(amounts) == {"Debt": credit, "ContractAward": bought}
    loose = [entity for entity in found.values() if entity["schema"] == "UnknownLink"]
    assert any(entity["properties"]["status"] == ["letter of intent"] for entity in loose)
    stated = {entity["properties"]["recordId"][0] for entity in found.values() if "recordId" in entity["properties"]}
    assert stated == {name for name, leg in eve.resolved.items() if leg.live}


@pytest.mark.parametrize("name", ["tiny", "eve"])
def test_followthemoney_accepts_every_entity(name: str, request: pytest.FixtureRequest) -> None:
    if not REQUIRED:
        pytest.importorskip("followthemoney", reason="followthemoney is not installed: it needs ICU and a compiler")
    from followthemoney import model

    found = entities(request.getfixturevalue(name))
    for entity in found.values():
        schema = model.get(entity["schema"])
        assert schema is not None
        schema.validate(entity)
        proxy = model.get_proxy(entity, cleaned=False)
        cleaned = proxy.to_dict()["properties"]
        for prop, values in entity["properties"].items():
            assert sorted(cleaned.get(prop, ())) == sorted(set(values)), (entity["id"], prop)
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                assert model.get(found[value]["schema"]).is_a(prop.range), (entity["id"], prop.name, value)
