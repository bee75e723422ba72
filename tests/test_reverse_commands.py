"""The commands that ask backwards, held against the shock that confirms each."""

from __future__ import annotations

import json

import pytest

from commands import EVE, out


def test_rank_puts_openai_first_on_the_eve(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "rank", *EVE, "--format", "json"))
    rows = found["parties"]
    assert rows[0]["party"] == "openai"
    dollars = [row["listed_others_usd"] for row in rows]
    assert dollars == sorted(dollars, reverse=True)
    words = ["shock", "openai=1.0", "--cut", "openai=1.0", *EVE, "--draws", "0", "--format", "json"]
    totals = json.loads(out(capsys, *words))["totals"]
    assert rows[0]["listed_others_usd"] == pytest.approx(totals["listed_usd"], rel=1e-9)
    assert "OpenAI" in out(capsys, "rank", *EVE)


def test_stress_finds_the_size_that_a_shock_confirms(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "stress", "--loss", "200e9", "--at", "openai", *EVE, "--format", "json"))
    size = found["sizes"]["openai"]
    hit = f"openai={size!r}"
    words = ["shock", hit, "--cut", hit, *EVE, "--draws", "0", "--format", "json"]
    assert json.loads(out(capsys, *words))["totals"]["listed_usd"] == pytest.approx(200e9, rel=1e-6)
    assert "by 51.33%" in out(capsys, "stress", "--loss", "200e9", "--at", "openai", *EVE)


def test_a_loss_out_of_reach_is_exit_1_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    text = out(capsys, "stress", "--loss", "900e9", "--at", "openai", *EVE, code=1)
    assert "Not reachable" in text and "$326bn" in text


def test_a_deals_worth_is_the_loss_with_it_less_the_loss_without(capsys: pytest.CaptureFixture[str]) -> None:
    from knockon import open as study
    from knockon.scenarios import Scenario

    found = json.loads(out(capsys, "worth", "deals", "openai=0.2", *EVE, "--format", "json"))
    worth = {row["leg"]: row["usd"] for row in found["edges"]}
    leg, eve = "openai-oracle-compute-2025-09/1", study(as_of="2025-11-05")
    whole = eve.run(Scenario(value={"openai": 0.2}, draws=0)).totals["listed_usd"]
    less = eve.run(Scenario(value={"openai": 0.2}, remove=(leg,), draws=0)).totals["listed_usd"]
    assert found["total_usd"] == pytest.approx(whole)
    assert worth[leg] == pytest.approx(whole - less, rel=1e-6)


def test_a_guarantee_is_worth_little_net_of_what_the_guarantor_bears(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(out(capsys, "worth", "guarantees", "openai=0.2", *EVE, "--format", "json", "--largest", "2"))
    assert len(found["guarantees"]) > 100
    nets = [row["net_usd"] for row in found["guarantees"]]
    assert nets == sorted(nets, reverse=True)
    assert nets[0] < 0.1 * found["guarantees"][0]["called_usd"]  # it moves the loss; little of it goes away
    assert "guarantor" in out(capsys, "worth", "guarantees", "openai=0.2", *EVE, "--largest", "1")
