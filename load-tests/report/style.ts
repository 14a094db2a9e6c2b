import type { SubjectName } from '../measurement.ts';
import { SUBJECTS } from './summary.ts';

/**
 * Colours after Okabe and Ito, which people with any kind of colour vision tell apart; relatives share a colour and differ in their dashes.
 * Light background, dark background, dashes, width.
 */
const LINES: Record<SubjectName, readonly [light: string, dark: string, dashes: string, width: number]> = {
  direct: ['#6b6b6b', '#a6a6a6', '2 3', 1.6],
  nginx: ['#0072b2', '#56b4e9', 'none', 1.6],
  'nginx-json-log': ['#0072b2', '#56b4e9', '7 3', 1.6],
  'nginx-mirror': ['#0072b2', '#56b4e9', '2 2.5', 1.6],
  haproxy: ['#b0518c', '#e39bc4', '8 3 2 3', 1.6],
  'tapline-off': ['#a86a00', '#f0b429', '5 2.5', 2.4],
  'tapline-store': ['#d55e00', '#ff8a4c', 'none', 2.4],
  'tapline-page': ['#d55e00', '#ff8a4c', '7 3', 2.4],
  'tapline-bulk': ['#008060', '#2fcf9f', 'none', 2.4],
  'tapline-both': ['#1a1a1a', '#f2f2f2', 'none', 2.4],
};

/** Groups of threads in the order in which a bar stacks them; colours as above. What is not in the list follows in a grey. */
const THREADS: readonly (readonly [name: string, light: string, dark: string])[] = [
  ['data', '#0072b2', '#4aa8dd'],
  ['main', '#e69f00', '#f0b429'],
  ['v8', '#c56b9d', '#d98cb8'],
  ['pool', '#009e73', '#2fbf93'],
  ['worker', '#6b7a8f', '#8595a8'],
];

/** The class of a subject's lines and dots; never made of its name, which is not ours. */
export function styleClass(subject: SubjectName): string {
  return `s${SUBJECTS.indexOf(subject) + 1}`;
}

/** The place of a group of threads in a stacked bar; groups without a place of their own come last. */
export function threadOrder(name: string): number {
  const index = THREADS.findIndex(([known]) => known === name);
  return index === -1 ? THREADS.length : index;
}

/** The whole style sheet of the report: light, dark after the system, narrow, printed (always light). */
export function styleSheet(): string {
  return `:root{color-scheme:light dark;--page:#fff;--text:#1b1f23;--soft:#59636e;--rule:#d5dae0;--grid:#e6e9ed;--panel:#f6f7f9;
--good:#1a7f37;--fair:#8a5a00;--bad:#c0262d;--unknown:#59636e;--good-zone:#cfead5;--fair-zone:#f8e3b0;--bad-zone:#f7cfcd;${variables(0)}}
@media screen and (prefers-color-scheme:dark){:root{--page:#14171a;--text:#e6e9ec;--soft:#9aa4af;--rule:#3a424b;--grid:#2a3037;--panel:#1c2126;
--good:#56d17a;--fair:#f0b429;--bad:#ff7b72;--unknown:#9aa4af;--good-zone:#1d4a2b;--fair-zone:#57430f;--bad-zone:#5c2424;${variables(1)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1040px;padding:24px 20px 64px;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}h2{font-size:19px;line-height:1.3;margin:40px 0 2px;padding-top:14px;border-top:1px solid var(--rule)}h3{font-size:15px;line-height:1.35;margin:0}
p{margin:4px 0 10px}.soft,figcaption p{color:var(--soft);font-size:13.5px}a{color:inherit}
.count{font-size:17px;margin:14px 0 6px}.good{color:var(--good)}.fair{color:var(--fair)}.bad{color:var(--bad)}.unknown{color:var(--unknown)}
ul.budgets{list-style:none;margin:0;padding:0}
ul.budgets li{display:grid;grid-template-columns:165px minmax(0,1fr) 230px 200px;gap:2px 16px;align-items:center;padding:9px 0;border-bottom:1px solid var(--rule);break-inside:avoid}
ul.budgets strong{white-space:nowrap}.value{font-variant-numeric:tabular-nums}.value small{display:block;color:var(--soft);font-size:13px}
ul.notes{margin:6px 0;padding-left:20px}nav{margin:18px 0 0;font-size:14px;line-height:1.9}nav a{margin-right:14px;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr));gap:0 32px;margin:16px 0}
figure{margin:0;min-width:0;break-inside:avoid;display:grid;grid-template-rows:subgrid;grid-row:span 2;row-gap:0;align-items:start}figcaption p{margin:2px 0 8px}
figure>svg{margin-bottom:26px}svg{display:block;width:100%;height:auto;max-width:520px;overflow:visible}svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--text)}
svg text.tick,svg text.axis-title,svg text.note{fill:var(--soft)}
.grid{stroke:var(--grid);fill:none}.axis{stroke:var(--soft);fill:none}.leader{stroke:var(--soft);stroke-width:.6;fill:none;opacity:.7}
.line,.whisker{fill:none;stroke-linejoin:round}.line{stroke-width:1.6}.whisker{stroke:var(--text);stroke-width:1.4}
.dot{stroke-width:1.8}.hollow{fill:var(--page)}
${SUBJECTS.map((subject, index) => subjectRules(subject, index + 1)).join('')}.line.s0,.dot.s0{stroke:var(--soft)}
${THREADS.map((_, index) => `.t${index}{fill:var(--t${index})}`).join('')}.t${THREADS.length}{fill:var(--t${THREADS.length})}
.zone-good{fill:var(--good-zone)}.zone-fair{fill:var(--fair-zone)}.zone-bad{fill:var(--bad-zone)}.limit{stroke:var(--text);stroke-width:1.5}.median{fill:var(--text)}
.legends{display:block;margin-top:3px}.legend{display:inline-flex;gap:5px;align-items:center;margin-right:12px}.legend svg{width:11px;height:11px;flex:none}
details{margin:14px 0;border:1px solid var(--rule);border-radius:6px;background:var(--panel)}summary{cursor:pointer;padding:8px 12px}
.wide{overflow-x:auto;padding:0 12px 10px}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}th:first-child{text-align:left;position:sticky;left:0;background:var(--panel)}th{font-weight:600;color:var(--soft)}td.parts{white-space:normal;min-width:120px}
@media screen and (max-width:760px){body{padding:16px 14px 48px}ul.budgets li{grid-template-columns:minmax(0,1fr)}ul.budgets svg{max-width:330px}}
@media screen and (max-width:480px){svg text{font-size:14px}}
@media print{body{max-width:none;padding:0;font-size:11pt}nav,summary{display:none}details{border:0;background:none}details::details-content{content-visibility:visible;display:block;height:auto}
.wide{overflow:visible;padding:0}table{font-size:6.5pt}th,td{padding:2px 4px}td.parts{min-width:0}h2,h2+p{break-after:avoid}th,td{white-space:normal}*{print-color-adjust:exact}}
`;
}

function subjectRules(subject: SubjectName, index: number): string {
  const [, , dashes, width] = LINES[subject];
  return `.line.s${index}{stroke:var(--s${index});stroke-dasharray:${dashes};stroke-width:${width}}.dot.s${index}{stroke:var(--s${index})}.dot.full.s${index}{fill:var(--s${index})}\n`;
}

/** The custom properties of all colours, of the light (0) or dark (1) page. */
function variables(background: 0 | 1): string {
  const subjects = SUBJECTS.map((subject, index) => `--s${index + 1}:${LINES[subject][background]}`);
  const threads = THREADS.map((thread, index) => `--t${index}:${thread[background + 1]}`);
  return [...subjects, ...threads, `--t${THREADS.length}:${['#b9c0c9', '#c3ccd6'][background]}`].join(';');
}
