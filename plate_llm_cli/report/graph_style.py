"""How the page of a graph looks, light and dark."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark;
  --page: #ffffff; --text: #1f2328; --soft: #59636e; --wire: #8c959f; --box: #f6f8fa;
  --edge: #c3cad1; --red: #cf222e; --pink: #ffebe9; --amber: #9a6700; --sand: #fff8c5;
  --link: #0969da; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0d1117; --text: #e6edf3; --soft: #9198a1; --wire: #6e7681; --box: #161b22;
  --edge: #3d444d; --red: #ff7b72; --pink: #3a1718; --amber: #e3b341; --sand: #2d2610;
  --link: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
header, main { max-width: 1720px; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
.hint { display: none; color: var(--soft); font-size: 13px; font-weight: 400; }
@media (max-width: 900px) { .hint { display: inline; } }
.bad { color: var(--red); font-weight: 600; }
a { color: var(--link); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
figure { margin: 0; padding: .75rem; overflow-x: auto; border: 1px solid var(--edge);
  border-radius: 8px; }
figure:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); }
svg { display: block; }
svg text { font: 10.5px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono",
  monospace; fill: var(--text); white-space: pre; }
svg .column, svg .kind, svg .note { fill: var(--soft); }
svg .kind, svg .column { font-size: 9.1px; }
svg .column { font-weight: 600; }
svg .name { font-weight: 600; }
rect { fill: var(--box); stroke: var(--edge); }
.wire { fill: none; stroke: var(--wire); stroke-width: 1.3; }
.wire.doubtful { stroke: var(--amber); stroke-width: 2.2; }
.wire.broken { stroke: var(--red); stroke-width: 2.4; stroke-dasharray: 6 4; }
.mark circle { fill: var(--page); stroke: var(--red); stroke-width: 1.5; }
.mark path { stroke: var(--red); stroke-width: 1.8; }
.head { fill: var(--wire); }
.head.doubtful { fill: var(--amber); }
.head.broken { fill: var(--red); }
.broken rect { stroke: var(--red); stroke-width: 2; fill: var(--pink); }
.doubtful rect { stroke: var(--amber); stroke-width: 2; fill: var(--sand); }
.missing rect { stroke: var(--red); stroke-width: 2; stroke-dasharray: 6 4; fill: var(--pink); }
.absent rect { stroke: var(--soft); stroke-dasharray: 4 4; fill: var(--page); }
.absent.doubtful rect { stroke: var(--amber); }
.other { stroke: var(--link); stroke-width: 3; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; list-style: none; padding: 0;
  margin: .6rem 0 0; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: .45rem; }
.legend svg { width: 30px; height: 18px; flex: none; }
ol, .plain { padding-left: 1.4rem; }
ol li, .plain li { margin: .6rem 0; overflow-wrap: anywhere; }
li:target { background: var(--sand); }
.tag { font-size: 12px; font-weight: 600; padding: 0 .45em; border: 1px solid; border-radius: 1em; }
.tag.error { color: var(--red); }
.tag.warning { color: var(--amber); }
.tag.info { color: var(--soft); }
details { margin-top: 2rem; }
summary { font-weight: 600; cursor: pointer; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; margin-top: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--edge); }
td { overflow-wrap: anywhere; min-width: 7rem; }
"""
