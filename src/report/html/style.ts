/** The style sheet of the page: light, dark and print from one set of colours; each pair of text and ground has contrast AA. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f6f8fa;--ink:#1b2733;--dim:#566573;--line:#d8dee4;--grid:#e6eaee;
--accent:#0b6fa4;--accent-soft:#0b6fa424;--soft:#5a7fa8;--good:#1a7f37;--bad:#c0262d;--warn:#9a6200;
--waiting:#d5dbe1;--registering:#a9c8de;--assigned:#7fb0d0;--connecting:#4a93bf;--stopped:#8b97a3}
@media (prefers-color-scheme:dark){:root{--ground:#11161c;--panel:#191f27;--ink:#e3e9ef;--dim:#9aa8b5;--line:#323c47;--grid:#262f39;
--accent:#5bb3e4;--accent-soft:#5bb3e42e;--soft:#8fb0d3;--good:#5cc275;--bad:#ff7b7f;--warn:#e0a63d;
--waiting:#39434e;--registering:#31546b;--assigned:#3a6c8c;--connecting:#4690bb;--stopped:#6a7682}}
@media print{:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--dim:#444;--line:#bbb;--grid:#e4e4e4;
--accent:#0b6fa4;--accent-soft:#0b6fa424;--soft:#5a7fa8;--good:#1a7f37;--bad:#c0262d;--warn:#9a6200;
--waiting:#d5dbe1;--registering:#a9c8de;--assigned:#7fb0d0;--connecting:#4a93bf;--stopped:#8b97a3}}
*{box-sizing:border-box}
html{background:var(--ground);-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:24px 20px 48px;max-width:1160px;color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
h1{margin:2px 0 0;font-size:26px;line-height:1.2;overflow-wrap:anywhere}
h2{margin:0 0 8px;padding-top:6px;border-top:2px solid var(--ink);font-size:17px}
p{margin:6px 0 10px}
code,pre{font:12.5px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
.product,.facts,.note,footer{color:var(--dim)}
.product{margin:0;font-size:12.5px;letter-spacing:.04em}
.facts{margin-top:4px}
section{margin-top:32px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:14px;font-size:13px}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
.verdict{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;margin:14px 0;padding:10px 14px;border:1px solid var(--line);border-left:6px solid var(--warn);border-radius:4px;background:var(--panel)}
.verdict strong{font-size:19px;color:var(--warn)}
.verdict.passed{border-left-color:var(--good)}.verdict.passed strong,.good{color:var(--good)}
.verdict.failed{border-left-color:var(--bad)}.verdict.failed strong,.bad{color:var(--bad)}
.good,.bad,.open{white-space:nowrap}.open{color:var(--dim)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));margin:0;border:1px solid var(--line);border-radius:4px;overflow:hidden}
.figures div{padding:9px 12px;box-shadow:-1px -1px 0 var(--line)}
.figures dt{color:var(--dim);font-size:12px}
.figures dd{margin:0;font-size:20px;font-weight:600;line-height:1.3}
.figures .note{font-size:12px;font-weight:400}
.pairs{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:6px 0}
.pairs dt{color:var(--dim)}.pairs dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:10px 0 16px}
table{border-collapse:collapse;min-width:min(100%,620px)}
caption{padding:0 0 4px;color:var(--dim);text-align:left;font-size:12.5px}
th,td{padding:4px 14px 4px 0;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top;font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{border-bottom:1px solid var(--line);color:var(--dim);font-size:12px;vertical-align:bottom}
tbody th{font-weight:500}
.number{text-align:right;white-space:nowrap}
.step{padding-left:16px;color:var(--dim)}
td bdi,td .name{overflow-wrap:anywhere}
.bar{display:block;width:100%;min-width:120px;margin-top:4px}td:has(.bar){width:420px}.bar .whole{fill:var(--grid)}
.trouble{padding:8px 12px;border-left:3px solid var(--bad);background:var(--panel);white-space:pre-wrap;overflow-wrap:anywhere}
details pre{margin:6px 0;padding:10px 12px;background:var(--panel);border:1px solid var(--line);border-radius:4px;overflow-x:auto}
ul{margin:4px 0 12px;padding-left:20px}div.trouble{white-space:normal}div.trouble p,div.trouble ul{margin:0}
details{margin:6px 0}summary{cursor:pointer;color:var(--accent);font-weight:500}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:22px 28px;margin:14px 0}
.chart{margin:0;min-width:0}
.chart figcaption .name{font-weight:600}
.legend{display:flex;flex-wrap:wrap;gap:0 14px;margin:2px 0 0;padding:0;list-style:none;color:var(--dim);font-size:12px}
.legend svg{margin-right:5px;vertical-align:-1px}.legend .figure{margin-left:5px;color:var(--ink)}
.plot{display:block;width:calc(100% - 64px);margin:2px 12px 0 52px;overflow:visible}
.grid{stroke:var(--grid);stroke-width:1}
.tick{fill:var(--dim);font-size:11px}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.line.accent{stroke:var(--accent);stroke-width:2}
.line.ink{stroke:var(--ink);stroke-dasharray:6 3}
.line.soft{stroke:var(--soft);stroke-dasharray:1.5 3.5}
.line.warn{stroke:var(--warn);stroke-dasharray:8 3 1.5 3}
.line.good{stroke:var(--good);stroke-dasharray:10 4}
.line.bad{stroke:var(--bad);stroke-dasharray:3 3}
.area{stroke:none}.area.accent{fill:var(--accent-soft)}
.area.streaming{fill:var(--accent)}.area.connecting{fill:var(--connecting)}.area.assigned{fill:var(--assigned)}.area.registering{fill:var(--registering)}
.area.waiting{fill:var(--waiting)}.area.stopped{fill:var(--stopped)}.area.reconnecting{fill:var(--warn)}.area.failed{fill:var(--bad)}
.dot.accent{fill:var(--accent)}.dot.ink{fill:var(--ink)}.dot.soft{fill:var(--soft)}.dot.warn{fill:var(--warn)}.dot.good{fill:var(--good)}.dot.bad{fill:var(--bad)}
.spot{fill:transparent}.spot:hover{fill:var(--accent);fill-opacity:.18}
line.mark,line.phase{stroke:var(--dim);stroke-dasharray:2 3}line.mark.trouble{stroke:var(--bad)}
text.mark,text.phase{fill:var(--dim);font-size:11px}text.mark.trouble{fill:var(--bad);font-weight:600}
footer{margin-top:36px;padding-top:8px;border-top:1px solid var(--line);font-size:12.5px}
@media (max-width:600px){body{padding:16px 14px 40px}h1{font-size:22px}.figures{grid-template-columns:repeat(2,1fr)}.pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin-bottom:6px}}
@page{size:A4;margin:14mm}
@media print{nav{display:none}body{max-width:none;padding:0;font-size:10pt}section{margin-top:18pt}h2,caption,p.note{break-after:avoid}p.note{break-inside:avoid}#time{break-before:page}td:has(.bar){width:190px}.charts{grid-template-columns:1fr 1fr;gap:12pt 16pt}
.chart,tr,.verdict,.figures{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}th,td{padding:2pt 8pt 2pt 0;font-size:8.5pt}details::details-content{content-visibility:visible}
.area,.line,.bar rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
