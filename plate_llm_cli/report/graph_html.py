"""The linked deployment as one page that needs nothing else: no script, no font, no address."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from plate_llm_cli.graph.drawing.model import State
from plate_llm_cli.report.graph_shape import label_of
from plate_llm_cli.report.graph_style import STYLE
from plate_llm_cli.report.graph_svg import figure
from plate_llm_cli.report.untrusted import one_line, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plate_llm_cli.findings import Location
    from plate_llm_cli.graph.drawing.model import Drawing, Trouble
    from plate_llm_cli.report.graph_svg import Figure

_LEGEND: Final = (
    ("sound", "as it should be"),
    ("sound other-release", "of another release"),
    ("broken", "broken: validate reports an error"),
    ("missing", "asked for, and certainly not there"),
    ("doubtful", "doubtful: a warning"),
    ("absent", "asked for, not in the tree: made elsewhere?"),
)


def graph_html(drawing: Drawing) -> str:
    """A page with the figures, what is wrong with file and line, and every link as a table."""
    return "".join(f"{line}\n" for line in _page(drawing))


def _page(drawing: Drawing) -> Iterator[str]:
    figures = list(_figures(drawing))
    style = STYLE + "".join(f"{figure.rule}\n" for figure in figures)
    title = _text(f"What {drawing.title} is linked to")
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8"/>'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_policy(style)}"/>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
    yield '<meta name="color-scheme" content="light dark"/>'
    yield f"<title>{title}</title>"
    yield f"<style>{style}</style></head>"
    yield f"<body><header><h1>{title}</h1>{_summary(drawing)}</header><main>"
    yield from (figure.text for figure in figures)
    yield from _legend()
    yield from _troubles(drawing)
    yield from _elsewhere(drawing)
    yield from _links(drawing)
    yield "</main></body></html>"


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _summary(drawing: Drawing) -> str:
    broken = sum(edge.state is State.BROKEN for edge in drawing.edges)
    nodes = sum(node.state is State.BROKEN and not node.missing for node in drawing.nodes)
    counts = f"{_count(len(drawing.nodes), 'node')}, {_count(len(drawing.edges), 'link')}"
    if not broken and not nodes:
        return f'<p class="soft">{counts}, none broken</p>'
    counted = [(broken, "broken link"), (nodes, "broken node")]
    red = " and ".join(_count(number, what) for number, what in counted if number)
    return f'<p class="soft">{counts}; <a class="bad" href="#findings">{red}</a></p>'


def _figures(drawing: Drawing) -> Iterator[Figure]:
    wiring = [node for node in drawing.nodes if not node.column.in_git]
    sources = [node for node in drawing.nodes if node.column.in_git]
    if wiring:
        about = "From hosts through Ingresses, Services and pods to Secrets and OpenBao"
        yield figure(drawing, wiring, "In the cluster", about)
    if sources:
        about = "Applications, the value files that they name, and charts"
        yield figure(drawing, sources, "In Git", about)


def _legend() -> Iterator[str]:
    yield '<ul class="legend">'
    for name, text in _LEGEND:
        bar = '<path class="other" d="M1 4v10"/>' if name == "sound other-release" else ""
        box = f'<g class="{name}"><rect x="1" y="1" width="28" height="16" rx="3"/>{bar}</g>'
        yield f'<li><svg viewBox="0 0 30 18" aria-hidden="true">{box}</svg>{text}</li>'
    yield "</ul>"


def _troubles(drawing: Drawing) -> Iterator[str]:
    if not drawing.troubles and not drawing.others:
        return
    yield '<h2 id="findings">Findings</h2>'
    if drawing.troubles:
        yield "<ol>"
        for number, trouble in enumerate(drawing.troubles, 1):
            yield _trouble(drawing, number, trouble)
        yield "</ol>"
    if drawing.others:
        what = _count(drawing.others, "more finding")
        yield f'<p class="soft">{what} about other things: plate-llm validate shows all</p>'


def _trouble(drawing: Drawing, number: int, trouble: Trouble) -> str:
    finding, node = trouble.finding, drawing.node
    ends = [f"{node[key].label} → {node[target].label}" for key, target in trouble.edges]
    about = "; ".join([*ends, *(node[key].label for key in trouble.nodes)])
    severity = finding.severity.value
    help_text = f'<br/><span class="soft">{_text(finding.help)}</span>' if finding.help else ""
    return (
        f'<li id="t{number}"><span class="tag {severity}">{severity}</span> '
        f"{_text(finding.message)}<br/>{_place(finding.location)} "
        f'<span class="soft">{_text(finding.rule)}</span>{help_text}'
        f'<br/><span class="soft">{_text(about)}</span></li>'
    )


def _elsewhere(drawing: Drawing) -> Iterator[str]:
    if not drawing.elsewhere:
        return
    yield "<h2>Asked for, and not in the tree</h2>"
    yield '<p class="soft">Somebody or something else has to make these.</p><ul class="plain">'
    node = drawing.node
    for item in drawing.elsewhere:
        asked = f"{node[item.node].label}, asked for by {node[item.asked_by].label}"
        yield f"<li>{_text(asked)}<br/>{_place(item.location)}</li>"
    yield "</ul>"


def _links(drawing: Drawing) -> Iterator[str]:
    node = drawing.node
    yield '<details><summary>Every link</summary><div class="scroll" tabindex="0"><table>'
    yield "<thead><tr><th>From</th><th>To</th><th>How</th><th>State</th></tr></thead><tbody>"
    for edge in drawing.edges:
        state = f'<td class="bad">{edge.state}</td>'
        if edge.state is not State.BROKEN:
            state = f"<td>{edge.state}</td>"
        ends = f"<td>{_text(node[edge.source].label)}</td><td>{_text(node[edge.target].label)}</td>"
        yield f"<tr>{ends}<td>{xml_text(label_of(edge))}</td>{state}</tr>"
    yield "</tbody></table></div></details>"


def _place(location: Location) -> str:
    return f"<code>{_text(location.path)}:{location.line}</code>"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _text(text: str) -> str:
    return xml_text(one_line(text))
