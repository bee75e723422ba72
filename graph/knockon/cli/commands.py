"""The commands that ask and show what is known; what each needs is imported when it runs, so help is quick."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli import AsOf, Data, Format, NoColor, Quiet, app
from knockon.cli.options import OUT, Out, Retries, TableOrJson, endpoint_at, one_of, opened, opened_for, text_of
from knockon.errors import BadInput

if TYPE_CHECKING:
    from knockon.queries import Source


def _pairs(words: list[str] | None) -> dict[str, str]:
    pairs = {}
    for word in words or []:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadInput(f"not NAME=VALUE: {word!r}")
        pairs[name] = value
    return pairs


@app.command(epilog="Example: knockon ask straight-back --param firmness=definitive --format csv")
def ask(
    query: Annotated[str, typer.Argument(metavar="NAME|FILE.rq|-", help="A query by name, in a file, or on stdin.")],
    param: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A parameter of the query.")] = None,
    format: Annotated[
        str, typer.Option("--format", metavar="table|json|csv|ttl", help="How to print; ttl for CONSTRUCT.")
    ] = "table",
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Ask this SPARQL 1.1 endpoint, not the book here.")
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long the endpoint may take.")] = 30.0,
    retries: Retries = 2,
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """Ask the graph a question in SPARQL: one of the library's, or your own."""
    from knockon import queries
    from knockon.cli import show, show_known

    one_of(format, "table", "json", "csv", "ttl")
    found = queries.parse(text_of(query), query) if query == "-" or query.endswith(".rq") else queries.find(query)
    params = _pairs(param)
    if endpoint is not None:
        queries.bind(found, params)
        source, stamp = _endpoint(endpoint, timeout, retries, as_of, data)
    else:
        study = opened(as_of, data, quiet)
        params = study.settle(found, params)
        with show.patience("building the graph of the book; that of a large one takes minutes", quiet):
            source, stamp = study.source, f"as of {study.as_of} · {study.edition}"
    if format != "table" and not quiet:
        print(stamp, file=sys.stderr)
    if format == "ttl":
        print(show.escaped(queries.construct(source, found, params)), end="")
        return
    if format == "json":
        print(show.escaped(queries.sparql_json(source, found, params)))
        return
    answer = queries.ask(source, found, params)
    if format == "csv":
        show.csv(list(answer.columns), [list(row) for row in answer.rows])
    else:
        show_known.answer(found, answer, stamp, no_color)
    if not answer.rows:
        raise typer.Exit(1)


def _endpoint(url: str, timeout: float, retries: int, as_of: str | None, data: str | None) -> tuple[Source, str]:
    source = endpoint_at(url, timeout, retries, as_of, data)
    return source, f"from {source.shown}"


@app.command(epilog="Example: knockon queries commitments")
def queries(
    topic: Annotated[str | None, typer.Argument(help="Only this topic, its questions in full.")] = None,
    format: Annotated[
        str, typer.Option("--format", metavar="table|ttl|md", help="ttl: a SHACL catalogue; md: a cookbook.")
    ] = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """The question library: what can be asked by name. --as-of and --data are for the answers of the cookbook."""
    from knockon import queries as library
    from knockon.errors import UnknownName

    one_of(format, "table", "ttl", "md")
    known = library.library().values()
    topics = sorted({query.topic for query in known})
    if topic is not None and topic not in topics:
        raise UnknownName("topic", topic, topics, f"one of {', '.join(topics)}")
    found = [query for query in known if topic in (None, query.topic)]
    if format == "table":
        from knockon.cli import show_known

        show_known.questions(found, topic, no_color)
        return
    from knockon.study.book import catalogue

    if format == "ttl":
        print(catalogue.turtle(found), end="")
    else:
        print(catalogue.cookbook(opened(as_of, data, quiet), found), end="")


@app.command(epilog="Example: knockon explain openai-oracle-compute-2025-09/1 --as-of 2025-11-05")
def explain(
    name: Annotated[str, typer.Argument(metavar="PARTY|DEAL|DEAL/LEG|EVENT")],
    format: TableOrJson = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """What we hold on a party, a deal or a leg: every claim, which won and why; of an event, the dated dossier."""
    from knockon.cli import show, show_known

    one_of(format, "table", "json")
    study = opened(as_of, data, quiet)
    explanation = study.explain(name)
    stamp = {"as_of": study.as_of.isoformat(), "edition": str(study.edition)}
    if format == "json":
        show.json({**stamp, **explanation.record})
    else:
        show_known.explanation(explanation, f"as of {stamp['as_of']} · {stamp['edition']}", no_color)


@app.command(epilog="Example: knockon diff 2025-11-05 2026-03-01")
def diff(
    before: Annotated[str, typer.Argument(metavar="DATE", help="The earlier day.")],
    after: Annotated[str | None, typer.Argument(metavar="DATE", help="The later day, or --as-of.")] = None,
    format: Format = "table",
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
) -> None:
    """What became known, changed, or was cancelled between two days."""
    from knockon.cli import show, show_known
    from knockon.study.book.diff import diff as differences

    one_of(format, "table", "json", "csv")
    if after and as_of:
        raise BadInput(f"the later day is given twice, {after} and --as-of {as_of}; give one")
    one, two = opened(before, data, quiet), opened(after or as_of, data, quiet)
    if one.as_of > two.as_of:
        raise BadInput(f"{one.as_of} is after {two.as_of}; give the earlier day first")
    found = differences(one, two)
    stamp = {"before": one.as_of.isoformat(), "as_of": two.as_of.isoformat(), "edition": str(two.edition)}
    if format == "json":
        show.json({**stamp, "legs": found})
    elif format == "csv":
        show.records([{**row, **stamp} for row in found])
    else:
        show_known.differences(found, f"from {one.as_of} to {two.as_of} · {two.edition}", no_color)
    if not found:
        raise typer.Exit(1)


@app.command(epilog="Example: knockon view network --as-of 2025-11-05 --out network.html")
def view(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One view: network, shock, ... [default: all and an index]")
    ] = None,
    out: Out = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="What the shock view shows, as in `knockon shock`.")
    ] = None,
    party: Annotated[str | None, typer.Option(metavar="PARTY", help="Whose timeline. [default: who owes most]")] = None,
    event: Annotated[
        str | None, typer.Option(metavar="ID", help="Which event. [default: the one with most printed facts]")
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    as_of: AsOf = None,
    data: Data = None,
    quiet: Quiet = False,
) -> None:
    """Write interactive HTML pages that need no network: one view, or all of them with an index."""
    from knockon import scenarios
    from knockon.cli import show
    from knockon.study import pages
    from knockon.study.writing.files import write

    asked = scenarios.find(scenario) if scenario else None
    study = opened_for(asked, as_of, data, quiet)
    target = Path(out) if out else OUT
    if name is None:
        if party or event:
            raise BadInput("--party and --event choose one page; name the view, timeline or event")
        if target.suffix == ".html":
            raise BadInput(f"{target} is one file; name one view, or give a folder")
        folder = target if out else target / f"pages-{study.as_of}"
        with show.steps("pages", quiet) as tick:
            for path in pages.write_all(study, folder, asked, tick):
                print(path.resolve())
    else:
        file = target if target.suffix == ".html" else target / f"{name}-{study.as_of}.html"
        path = write(file, pages.html(study, name, asked, party, event))
        print(path.resolve())
    if open:
        import webbrowser

        webbrowser.open(path.resolve().as_uri())


@app.command(epilog="Example: knockon check my-book/")
def check(
    folder: Annotated[str | None, typer.Argument(metavar="DIR", help="A book. [default: the one that ships]")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Shapes of what was known then. [default: whenever it became known]")
    ] = None,
    data: Data = None,
    format: TableOrJson = "table",
    quiet: Quiet = False,
) -> None:
    """Every defect of a book's tables: FILE:ROW [COLUMN] what, and the remedy. Exit 1 with findings."""
    from knockon.cli import show
    from knockon.periods import Period
    from knockon.resources import shelf
    from knockon.shapes import findings

    one_of(format, "table", "json")
    place: Any = Path(folder or data or "") if folder or data else shelf("data")
    if not quiet:
        print(f"checking {place}: tables, then shapes", file=sys.stderr)
    with show.steps("shapes", quiet or not sys.stderr.isatty()) as tick:
        found = findings(place, Period.parse(as_of).last if as_of else date.max, tick)
    if format == "json":
        show.json([{"file": f.file, "row": f.row, "column": f.column, "what": f.what} for f in found])
    else:
        for finding in found:
            print(finding)
        if not quiet:
            print(f"{len(found) or 'no'} finding{'s' * (len(found) != 1)} in {place}", file=sys.stderr)
    if found:
        raise typer.Exit(1)
