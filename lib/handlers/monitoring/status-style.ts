/** How the status page looks. */

export const STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#26221c;--faint:#746c5f;--line:#e4dfd4;--malt:#b26a12;
--good:#3f7d4e;--busy:#d08a1d;--bad:#b3372c;--rest:#d9d3c5}
@media (prefers-color-scheme:dark){:root{--paper:#191713;--card:#23201b;--ink:#ece6da;--faint:#a39a89;--line:#3a352c;
--malt:#e0a04a;--good:#6fb481;--busy:#e3a53f;--bad:#e5776b;--rest:#4a4438}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem;border-top:4px solid var(--malt)}
h1{margin:0;font-size:1.4rem;overflow-wrap:anywhere}
header p,footer{color:var(--faint);margin:.2rem auto 1rem}
footer{padding-bottom:2rem;font-size:.9rem}
a{color:var(--malt)}
h2{font-size:1rem;margin:0 0 .6rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem;margin:0 0 1rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;margin-bottom:1rem}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem}
.tile h2{font-size:.8rem;color:var(--faint);font-weight:500;margin:0}
.value{font-size:1.6rem;margin:.1rem 0;font-variant-numeric:tabular-nums}
.value small{font-size:.9rem;color:var(--faint)}
.warn .value{color:var(--bad)}
.more{margin:0;color:var(--faint);font-size:.85rem}
.meter{display:block;height:.5rem;border-radius:.25rem;background:var(--rest);overflow:hidden;min-width:4rem}
.meter span{display:block;height:100%;background:var(--malt)}
.worker{border:1px solid var(--line);border-left:4px solid var(--good);border-radius:.4rem;padding:.6rem .8rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:.6rem}
.worker.starting{border-left-color:var(--rest)}
.worker.draining,.worker.stopping{border-left-color:var(--busy)}
.worker h3{margin:0;font-size:.95rem}
.state{color:var(--faint);font-weight:400}
.threads{display:flex;flex-wrap:wrap;gap:3px;margin:.4rem 0}
.threads span{width:14px;height:14px;border-radius:3px;background:var(--rest)}
.threads .idle{background:var(--good);opacity:.45}
.threads .busy{background:var(--busy)}
dl{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0}
dl div{display:flex;gap:.4rem}
dt{color:var(--faint)}
dd{margin:0;font-variant-numeric:tabular-nums}
.remark{margin:.4rem 0 0;color:var(--bad)}
.none{margin:0;color:var(--faint)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:0 1rem;align-items:start}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.grid th,.grid td{text-align:left;padding:.3rem .8rem .3rem 0;border-top:1px solid var(--line);vertical-align:top}
.grid thead th{border-top:0;color:var(--faint);font-weight:500;font-size:.85rem}
.grid td{overflow-wrap:anywhere}
code{font:.9em ui-monospace,Consolas,monospace}
.bars th{font-weight:400;text-align:left;white-space:nowrap;padding-right:.8rem;color:var(--faint)}
.bars .bar{width:99%}
.bars .number{text-align:right;padding-left:.8rem}
@media (max-width:40rem){
.grid thead{display:none}
.grid tr{display:block;border-top:1px solid var(--line);padding:.4rem 0}
.grid td{display:flex;gap:.8rem;border:0;padding:.1rem 0}
.grid td::before{content:attr(data-head);flex:0 0 8rem;color:var(--faint)}
}
`;
