"""The page of sliders, and its answers: the command's record as JSON, its rows as CSV, its scenario as TOML."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from knockon import scenarios
from knockon.contagion.spread import GAP
from knockon.errors import KnockonError
from knockon.resolution import first_day
from knockon.scenarios import Scenario
from knockon.serve.asking import FIRM, address, asked
from knockon.serve.record import WAYS
from knockon.study import Study
from knockon.study.network.scene import WORDS
from knockon.study.shocks.answer import flat
from knockon.study.shocks.result import ShockResult
from knockon.study.shocks.scene import shock_note, shock_scene
from knockon.study.shocks.sentences import LEFT_OUT
from knockon.study.writing import sheet
from knockon.views import shock
from knockon.views.document import document, template
from knockon.views.payload import payload
from knockon.views.scene import Scene
from knockon.views.wording import word

_AT_ONCE = 4
"""Requests with draws that are computed at the same time; the next one is told to come back."""


def answers(on: Callable[[str | None], Study], html: Callable[[str], Response]) -> list[Route]:
    """The addresses that answer. `on` opens the book of a day, `html` sends a page.

    What cannot be answered is said as JSON with status 400, or 503 where it can be a little later.
    """
    places = BoundedSemaphore(_AT_ONCE)

    def answering(answer: Callable[[Study, Scenario], Response]) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:  # not async: starlette gives it a thread
            try:
                study = on(request.query_params.get("as_of"))
                return answer(study, asked(study, request.query_params.multi_items()))
            except KnockonError as error:
                return _refused(str(error), 400)

        return respond

    def computed(show: Callable[[ShockResult], Response]) -> Callable[[Request], Response]:
        def run(study: Study, scenario: Scenario) -> Response:
            if not scenario.draws:
                return show(study.run(scenario))
            if not places.acquire(blocking=False):
                return _refused("the server computes as many ranges as it can; ask again in a moment", 503)
            try:
                return show(study.run(scenario))
            finally:
                places.release()

        return answering(run)

    return [
        Route("/what-if.json", computed(_json)),
        Route("/what-if.csv", computed(_csv)),
        Route("/what-if.html", computed(lambda result: html(shock.render(shock_scene(result))))),
        Route("/what-if.toml", answering(_toml)),
    ]


def _refused(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status, {"Retry-After": "2"} if status == 503 else None)


def _json(result: ShockResult) -> Response:
    text = json.dumps(result.record() | {"shown": _shown(result)}, default=str, ensure_ascii=False)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-cache"})


def _csv(result: ShockResult) -> Response:
    text = io.StringIO()
    sheet.records(text, [flat(row, result.study) for row in result.rows()])
    return _file(text.getvalue(), "text/csv", "what-if.csv")


def _toml(_: Study, scenario: Scenario) -> Response:
    return _file(scenarios.write(scenario), "application/toml", "what-if.toml")


def _file(text: str, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="knockon-{name}"', "Cache-Control": "no-cache"}
    return Response(text, media_type=media, headers=headers)


def _shown(result: ShockResult) -> dict[str, Any]:
    """The answer in the words of the shock page, and what a reader should know of how it came about."""
    scenario, spread = result.scenario, result.spread
    bare = Scene(title="", subtitle="", edition="", as_of="", nodes=(), edges=(), shock=shock_note(result), words=WORDS)
    found: dict[str, Any] = payload(bare)["shock"]
    equilibria = "several equilibria, of which this is the least" if spread.gap > GAP else "one equilibrium"
    lines = [
        f"Solved in {spread.state.rounds} rounds (last step {spread.state.step:.1g}); "
        f"spectral radius {spread.radius:.2f}; {equilibria}."
    ]
    if scenario.remove:
        lines.append(
            f"Not counted, as less firm than asked: {len(scenario.remove)} legs. Stakes that are held and everyday "
            "purchases have no firmness and stay; so does the sum of what a party owes."
        )
    return {
        **{name: found[name] for name in ("headline", "totals", "channels", "rows")},
        "lines": [*found["lines"], *lines],
        "leftOut": {
            reason: LEFT_OUT.get(reason, ("", reason.replace("_", " ")))[1] for reason in spread.exposures.left_out
        },
    }


def render(study: Study) -> str:
    """The page on the study's day; its script asks for the answers."""
    x = study.exposures
    balance = x.balance
    day = str(study.as_of)
    hittable = {name for edges in (x.contracts, x.debts, x.fundings, x.guarantees) for name in edges.ids}
    return document(
        title="What if",
        subtitle="Choose who is hit and how hard; see who would lose how much, and by which way.",
        edition=str(study.edition),
        as_of=day,
        body=WAYS.format(day=day) + template("what-if.html"),
        data={
            "asOf": day,
            "firstDay": str(first_day(study.book)),
            "start": address(Scenario(value={_first(study): 0.2}, as_of=study.as_of)),
            "parties": [{"id": party, "name": study.short(party)} for party in balance.parties],
            "legs": [
                {"id": leg, "name": study.book.legs[leg].summary} for leg in sorted(hittable & study.resolved.keys())
            ],
            "firmness": [{"id": "", "words": "any"}, *({"id": one, "words": word(WORDS, one)} for one in FIRM)],
            "scenarios": [
                {"name": known.name, "title": known.title, "address": address(known)}
                for known in scenarios.library().values()
            ],
        },
        styles=("explorer.css", "what-if.css"),
        scripts=("swatches.js", "table.js", "tables.js", "what-if-form.js", "what-if.js"),
        skip=("headline", "Skip to the answer"),
        served=True,
    )


def _first(study: Study) -> str:
    """Whom the page begins with: the laboratory of the largest value, or else the largest party."""
    balance = study.exposures.balance
    labs = [study.book.parties[party].kind == "ai_lab" for party in balance.parties]
    worth = np.nan_to_num(balance.value)
    return balance.parties[int(np.lexsort((worth, labs & (worth > 0)))[-1])]
