"use strict";
// Figures come rounded as they are printed (figures.py); nothing here computes one.
// First what can be tried without a page, then the page.
const NARROW = "\u202f", WIDE = "\u00a0";
const FILLS = ["", "", "modelled", "bounded", "context", "secret", "hole", "hole"];
const SIGNS = ["", "○", "●", "▲", "▲▲", "▼", "▼▼"], FLAGS = ["", "†", "‡"];
// Colours of the palette of five for so many classes, as tokens.toml has them.
const SHADES = [[], [2], [1, 3], [0, 2, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4]];

// Cells of one date, as figures.py writes them: « kind,value,low,high,sign,flag,level », « h3 » a hole, « =2 » as the third.
function cellsOf(line, holes) {
  const cells = [];
  for (const text of line.split(";")) {
    if (text[0] === "=") { cells.push(cells[+text.slice(1)]); continue; }
    const hole = text[0] === "h" ? holes[+text.slice(1)] : null;
    const [kind, value, low, high, sign, flag, level] = hole ? [] : text.split(",").map((part) => (part ? +part : null));
    cells.push({ kind: hole ? hole[0] : kind || 0, why: hole ? hole[1] : "", value: value ?? null, low: low ?? null, high: high ?? null, sign: sign || 0, flag: flag || 0, level: level || 95 });
  }
  return cells;
}
const isOwn = (cell) => cell.kind < 2;
function number(value, decimals) {
  const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, NARROW) + (rest ? "," + rest : "");
  return value < 0 ? "\u2212" + text : text;
}
const withUnit = (text, unit) => (unit ? text + (unit === "%" ? NARROW : WIDE) + unit : text);
// A figure as the tables of the house print it.
function words(cell, decimals, unit = "") {
  if (cell.kind > 4) return ["s", "n.d.", "///"][cell.kind - 5];
  let text = cell.kind === 3 ? `[${number(cell.low, decimals)}${NARROW}; ${number(cell.high, decimals)}]` : number(cell.value, decimals);
  if (cell.kind === 1 || cell.kind === 2) text += NARROW + "e";
  if (cell.flag) text += WIDE + FLAGS[cell.flag];
  text = withUnit(text, unit);
  return cell.kind === 4 ? `(${text})` : text;
}
function jenks(sorted, k) {
  const n = sorted.length, best = [], from = [];
  for (let e = 0; e <= n; e++) { best.push(Array(k + 1).fill(Infinity)); from.push([]); }
  best[0][0] = 0;
  for (let e = 1; e <= n; e++) {
    let sum = 0, squares = 0;
    for (let a = e; a >= 1; a--) {
      sum += sorted[a - 1]; squares += sorted[a - 1] ** 2;
      const apart = squares - sum * sum / (e - a + 1);
      for (let c = 1; c <= k; c++) if (best[a - 1][c - 1] + apart <= best[e][c] + 1e-9) { best[e][c] = best[a - 1][c - 1] + apart; from[e][c] = a; }
    }
  }
  const ends = [];
  for (let e = n, c = k; c >= 1; c--) { ends.unshift(sorted[e - 1]); e = from[e][c] - 1; }
  return ends;
}
function quantiles(sorted, k) {
  const ends = [];
  for (let c = 1; c <= k; c++) {
    const at = (sorted.length - 1) * c / k, below = Math.floor(at + 1e-9), share = Math.max(at - below, 0);
    ends.push(sorted[below] + share * ((sorted[Math.min(below + 1, sorted.length - 1)]) - sorted[below]));
  }
  return ends;
}
// Ends of classes, of own figures only: as maps/classes.py makes them.
function classes(values, decimals, method, most) {
  const sorted = [...values].sort((a, b) => a - b), distinct = [...new Set(sorted)], size = 10 ** decimals;
  if (!sorted.length) return null;
  const low = sorted[0], high = sorted.at(-1);
  const k = Math.max(1, Math.min(most, Math.floor(sorted.length / 2), distinct.length));
  const ends = k === 1 ? [] : method === "jenks" ? jenks(sorted, k) : method === "quantile" ? quantiles(sorted, k)
    : Array.from({ length: k }, (_, c) => low + (high - low) * (c + 1) / k);
  const inner = [...new Set(ends.map((end) => Math.floor(+(end * size).toFixed(6)) / size))].filter((end) => low <= end && end < high);
  return { low, upper: [...inner.sort((a, b) => a - b), high], decimals };
}
function rankIn(made, value) {
  const at = made.upper.findIndex((end) => value <= end + 1e-9);
  return at < 0 ? made.upper.length - 1 : at;
}
const ends = (made) => made.upper.map((end, c) => {
  const start = c ? +(made.upper[c - 1] + 10 ** -made.decimals).toFixed(made.decimals) : made.low;
  return start >= end ? number(start, made.decimals) : `${number(start, made.decimals)} à ${number(end, made.decimals)}`;
});
function toneOf(cell, polarity) {
  if (!isOwn(cell) || cell.sign < 2) return "";
  if (cell.sign === 2) return "none";
  if (!polarity) return "neutral";
  return (cell.sign < 5) === (polarity > 0) ? "unfavourable" : "favourable";
}
// The order of rows: by what is known of them then from the highest, or by name.
const groupOf = (cell) => Math.max(0, Math.min(cell.kind, 5) - 1);
function ordered(cells, names, by, down) {
  const all = cells.map((_, k) => k), way = down ? -1 : 1;
  const byName = (a, b) => names[a].localeCompare(names[b], "fr");
  if (by === "name") return [[-1, all.sort((a, b) => way * byName(a, b))]];
  const size = (k) => cells[k].value ?? (cells[k].kind === 3 ? (cells[k].low + cells[k].high) / 2 : 0);
  all.sort((a, b) => way * (size(a) - size(b)) || byName(a, b));
  return [0, 1, 2, 3, 4].map((group) => [group, all.filter((k) => groupOf(cells[k]) === group)]).filter(([, some]) => some.length);
}
function csv(indicator, period, cells, D) {
  const quoted = (text) => (/[";\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const bare = (value) => (value === null ? "" : value.toFixed(indicator.d).replace(".", ","));
  const rows = cells.map((c, k) => [D.terr[k][0], D.terr[k][1], D.com[D.terr[k][2]], indicator.c, indicator.l, indicator.u, period, bare(c.value), bare(c.low), bare(c.high),
    c.kind < 3 && c.low !== null ? c.level : "", D.kinds[c.kind], D.said[c.sign], c.why]);
  return "\ufeff" + [D.head, ...rows].map((row) => row.map(quoted).join(";")).join("\r\n") + "\r\n";
}
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

function start(D) {
  const $ = (id) => document.getElementById(id), $$ = (css) => [...document.querySelectorAll(css)], names = D.terr.map((t) => t[1]);
  const S = { i: D.first, p: "", t: -1, c: "v", m: "jenks", n: 4, by: "value", down: true };
  const indicator = () => D.ind.find((one) => one.c === S.i);
  const cells = (one = indicator(), period = S.p) => cellsOf(one.p[period].q, D.hole);
  const counted = () => indicator().n && S.c === "v";
  const made = (one) => classes(Object.keys(one.p).flatMap((p) => cells(one, p)).filter(isOwn).map((c) => c.value), one.d, S.m, +S.n);
  const fillOf = (cell, cut) => !isOwn(cell) ? FILLS[cell.kind]
    : S.c === "e" ? "v-" + (toneOf(cell, indicator().k) || "blank")
    : counted() || !cut ? "blank" : "c" + SHADES[cut.upper.length][rankIn(cut, cell.value)];

  function drawMap(one, shown, cut) {
    const most = Math.max(...shown.map((c) => (isOwn(c) ? c.value : 0)), 0);
    for (const box of $$("#drawing .s")) {
      const k = +box.dataset.k;
      box.setAttribute("class", `s ${fillOf(shown[k], cut)}${k === S.t ? " chosen" : ""}`);
      const figure = box.querySelector(".figure");
      const text = words(shown[k], one.d), short = shown[k].kind === 3 ? text.replace(/^\[|\]/g, "").replace(NARROW + ";", " à") : text;
      if (figure) figure.textContent = short.length > 11 ? "deux bornes" : S.c === "e" && shown[k].sign > 2 ? `${short} ${SIGNS[shown[k].sign]}` : short;
    }
    if (!$("map")) return;
    let over = "";
    if (counted() && most > 0) {
      const rings = D.at.map((at, k) => [at, k]).filter(([at, k]) => at && isOwn(shown[k]) && shown[k].value > 0).sort((a, b) => shown[b[1]].value - shown[a[1]].value);
      over += rings.map(([at, k]) => `<circle class="ring" cx="${at[0]}" cy="${at[1]}" r="${(D.ring * Math.sqrt(shown[k].value / most)).toFixed(1)}"/>`).join("");
    }
    if (D.at[S.t]) {
      const [x, y] = D.at[S.t], end = x > D.width / 2;
      over += `<text class="tag" x="${x + (end ? -14 : 14)}" y="${Math.max(y - 14, 40)}" text-anchor="${end ? "end" : "start"}">${escaped(names[S.t])} ${escaped(words(shown[S.t], one.d, one.u))}</text>`;
    }
    $("over").innerHTML = over;
    $("surfaces").append(...$$("#surfaces .chosen"));
  }

  function drawLegend(one, shown, cut) {
    const how = (takes) => shown.filter(takes).length, rows = [];
    if (S.c === "e") {
      for (const [tone, label] of D.tone)
        rows.push(["v-" + (tone || "blank"), label, how((c) => isOwn(c) && toneOf(c, one.k) === tone)]);
    } else if (counted()) rows.push(["ringed", "aire du cercle : leur propre effectif", how(isOwn)]);
    else if (cut) ends(cut).forEach((label, c) => rows.push(["c" + SHADES[cut.upper.length][c], label, how((x) => isOwn(x) && rankIn(cut, x.value) === c), true]));
    for (const [fill, label] of D.key) rows.push([fill, escaped(label), how((c) => FILLS[c.kind] === fill)]);
    $("legend").innerHTML = rows.filter((row) => row[2] || row[3]).map(([kind, label, many]) =>
      `<li><svg viewBox="0 0 26 16" aria-hidden="true">${kind === "ringed" ? '<circle class="ring" cx="13" cy="8" r="7.5"/>' : `<rect class="s ${kind}" x=".5" y=".5" width="25" height="15"/>`}</svg>${label} (${many})</li>`).join("");
  }

  function axis(one, shown) {
    const all = [0, ...one.p[S.p].r, ...shown.flatMap((c) => [c.value, c.low, c.high])].filter((x) => x !== null);
    const low = Math.min(...all), high = Math.max(...all), wide = high - low || 1;
    return { low, high, at: (x) => +(2 + (x - low) / wide * 296).toFixed(1) };
  }
  function bar(cell, reference, at) {
    let drawn = "";
    const x = cell.value === null ? 0 : at(cell.value), zero = at(0);
    if (cell.kind === 3) drawn = `<path class="ends" d="M${at(cell.low)} 5v10M${at(cell.low)} 10H${at(cell.high)}M${at(cell.high)} 5v10"/>`;
    else if (cell.kind < 5) {
      const span = `x="${Math.min(x, zero)}" y="6" width="${Math.max(Math.abs(x - zero), 0.5).toFixed(1)}" height="8"`;
      drawn = `<rect class="${isOwn(cell) ? "bar" : "unsure"}" ${span}/>`;
      if (cell.low !== null && cell.high !== null) drawn += `<path class="whisker" d="M${at(cell.low)} 10H${at(cell.high)}"/>`;
      drawn += `<ellipse class="mark${isOwn(cell) ? "" : " open"}" cx="${x}" cy="10" rx="4.2" ry="4.2"/>`;
    }
    if (drawn && reference !== null) drawn += `<path class="beside" d="M${at(reference)} 1V19"/>`;
    return drawn;
  }
  function drawTable(one, shown) {
    const scale = axis(one, shown), beside = one.p[S.p].r, groups = ordered(shown, names, S.by, S.down);
    for (const body of $$("#liste tbody")) body.remove();
    const row = (k) => {
      const c = shown[k], sign = SIGNS[c.sign];
      return `<tr data-k="${k}"${k === S.t ? ' class="chosen"' : ""}><th scope="row"><button type="button" aria-pressed="${k === S.t}">${escaped(names[k])}</button></th>`
        + `<td${isOwn(c) ? ' class="own"' : ""}>${escaped(words(c, one.d))}</td><td class="bars"><svg viewBox="0 0 300 20" preserveAspectRatio="none" aria-hidden="true">${bar(c, beside[D.terr[k][2]], scale.at)}</svg></td>`
        + `<td><span aria-hidden="true">${sign}</span><span class="unseen">${D.said[c.sign]}</span></td></tr>`;
    };
    const html = groups.map(([group, some]) => "<tbody>" + (group < 0 ? "" : `<tr class="group"><th scope="rowgroup" colspan="4">${escaped(D.groups[group])} (${some.length})</th></tr>`) + some.map(row).join("") + "</tbody>").join("");
    $$("#liste table")[0].insertAdjacentHTML("beforeend", html);
    for (const by of ["name", "value"]) {
      const head = $("by" + by);
      head.innerHTML = `<button type="button">${escaped(by === "name" ? capital(D.noun) : one.u || "Chiffre")}</button>`;
      if (S.by === by) head.setAttribute("aria-sort", S.down ? "descending" : "ascending"); else head.removeAttribute("aria-sort");
    }
    $("scale").hidden = false;
    $("scale").textContent = `de ${number(scale.low, one.d)} à ${number(scale.high, one.d)}`;
  }

  // The dates of the chosen territory: a line joins those of one series, and stops at a break.
  function trend(one) {
    const dates = Object.keys(one.p);
    if (dates.length < 2) return "";
    const shown = dates.map((p) => [p, cells(one, p)[S.t]]).filter(([, c]) => c.kind < 5);
    if (!shown.length) return "";
    const when = (p) => +p.slice(0, 4) + (p[4] ? (p.match(/\d+$/)[0] - 1) / ({ T: 4, S: 2 }[p[5]] || 12) : 0);
    const all = shown.flatMap(([, c]) => (c.kind === 3 ? [c.low, c.high] : [c.value])), low = Math.min(...all), wide = Math.max(...all) - low || 1;
    const first = when(dates[0]), span = when(dates.at(-1)) - first || 1;
    const x = (p) => +(28 + (when(p) - first) / span * 354).toFixed(1), y = (v) => +(62 - (v - low) / wide * 38).toFixed(1);
    const by = Object.fromEntries(shown), cuts = one.b.filter((p) => dates.indexOf(p) > 0);
    let drawn = cuts.map((p) => `<path class="break" d="M${(x(p) + x(dates[dates.indexOf(p) - 1])) / 2} 8V72"/>`).join("");
    if (cuts[0]) drawn += `<text class="warn" x="205" y="102">trait pointillé : rupture de série</text>`;
    for (const [a, b] of one.j) if (by[a] && by[b] && by[a].value !== null && by[b].value !== null && (by[a].kind === by[b].kind || (isOwn(by[a]) && isOwn(by[b]))))
      drawn += `<path class="line${isOwn(by[a]) && isOwn(by[b]) ? "" : " open"}" d="M${x(a)} ${y(by[a].value)}L${x(b)} ${y(by[b].value)}"/>`;
    let free = 410;
    for (const [p, c] of shown.reverse()) {
      drawn += c.kind === 3 ? `<path class="ends" d="M${x(p)} ${y(c.low)}V${y(c.high)}"/>` : `<circle class="mark${isOwn(c) ? "" : " open"}" cx="${x(p)}" cy="${y(c.value)}" r="4"/>`;
      const text = words(c, one.d), half = Math.max(text.length, p.length) * 3.4;
      const middle = Math.min(Math.max(x(p), half), 410 - half);
      if (middle + half > free) continue;
      free = middle - half - 4;
      drawn += `<text x="${middle}" y="${y(c.kind === 3 ? c.high : c.value) - 8}">${escaped(text)}</text><text class="soft" x="${x(p)}" y="86">${p}</text>`;
    }
    return `<svg viewBox="0 0 410 108" role="img" aria-label="Les dates : ${escaped(shown.reverse().map(([p, c]) => `${p} : ${words(c, one.d, one.u)}`).join(" ; "))}.">${drawn}</svg>`;
  }
  function drawCard(one, shown) {
    if (S.t < 0) {
      const own = shown.map((c, k) => k).filter((k) => isOwn(shown[k])), sure = own.filter((k) => !shown[k].flag).sort((a, b) => shown[a].value - shown[b].value);
      let said = `${number(own.length, 0)} ${own.length > 1 ? D.many : D.noun} sur ${shown.length} ${own.length > 1 ? "ont leur" : "a son"} propre chiffre`;
      const a = sure[0], b = sure.at(-1);
      if (sure.length > 1 && shown[a].value < shown[b].value) said += ` : de <b>${words(shown[a], one.d, one.u)}</b> (${escaped(names[a])}) à <b>${words(shown[b], one.d, one.u)}</b> (${escaped(names[b])})`;
      $("card").innerHTML = `<p>${said}.</p><p class="soft">Choisissez ${escaped(D.one)} au tableau ou sur la carte.</p>`;
      return;
    }
    const c = shown[S.t], [, name, town] = D.terr[S.t], reference = one.p[S.p].r[town], unit = (v) => withUnit(number(v, one.d), one.u);
    let said = `${escaped(one.l)}, ${S.p} : <b>${escaped(words(c, one.d, one.u))}</b>`;
    if (c.kind < 3 && c.low !== null) said += `, entre ${number(c.low, one.d)} et ${unit(c.high)} (à ${c.level}${NARROW}%)`;
    if (c.kind < 4 && reference !== null) said += ` ; ${escaped(D.com[town])} : ${unit(reference)}`;
    said += ".";
    if (D.why[c.kind]) said += ` ${escaped(D.why[c.kind])}`;
    if (c.kind > 4) said = `${escaped(one.l)}, ${S.p}${WIDE}: <b>${D.kinds[c.kind]}</b>. ${escaped(c.why)}`;
    if (isOwn(c) && c.sign > 1) said += ` <b>${capital(D.said[c.sign])}</b>.`;
    const moved = one.v ? one.v[2][S.t] : null;
    if (moved !== null) said += ` De ${one.v[0]} à ${one.v[1]} : <b>${escaped(D.mov[moved])}</b>.`;
    if (c.flag === 2) said += ` ${D.few}`;
    $("card").innerHTML = `<h3>${escaped(name)}${D.com[town] ? ` (${escaped(D.com[town])})` : ""}</h3><p>${said}</p>${trend(one)}`;
  }
  function drawNotes(one) {
    const rows = [["Définition", one.f], ["Champ", one.w + "."], ...(`${one.a}` && [["Précaution", one.a.map((i) => D.cav[i]).join(" ")]])];
    rows.push(["Source", one.p[S.p].s.map((rank) => D.src[rank]).join(" ; ") + ` (${S.p}).`]);
    $("notes").innerHTML = rows.map(([label, text]) => `<div><dt>${label}${WIDE}:</dt> <dd>${escaped(text)}</dd></div>`).join("");
  }

  function draw() {
    const one = indicator(), dates = Object.keys(one.p);
    if (!one.p[S.p]) S.p = dates.at(-1);
    const shown = cells(), judged = shown.some((c) => isOwn(c) && c.sign > 1);
    if (!judged) S.c = "v";
    const cut = made(one);
    $("ind").value = S.i; $("met").value = S.m; $("nb").value = S.n;
    $("per").innerHTML = dates.map((p) => `<label><input type="radio" name="per" value="${p}"${p === S.p ? " checked" : ""}>${p}</label>`).join("");
    for (const radio of $$("[name=col]")) radio.checked = radio.value === S.c;
    $("colours").hidden = !judged;
    $("met").disabled = $("nb").disabled = S.c === "e" || !!one.n;
    $("title").textContent = `${one.l}${one.u ? ` (${one.u})` : ""}, ${S.p}`;
    drawMap(one, shown, cut); drawLegend(one, shown, cut); drawTable(one, shown); drawCard(one, shown); drawNotes(one);
    const state = new URLSearchParams({ i: S.i, p: S.p, t: S.t >= 0 ? D.terr[S.t][0] : "", c: S.c, m: S.m, n: S.n });
    // A frame may have no address.
    try { history.replaceState(null, "", "#" + state); } catch {}
  }
  function read() {
    const asked = new URLSearchParams(location.hash.slice(1)), take = (key, known) => { if (known.includes(asked.get(key))) S[key] = asked.get(key); };
    take("i", D.ind.map((one) => one.c)); S.p = ""; take("p", Object.keys(indicator().p)); take("c", ["v", "e"]); take("m", ["jenks", "quantile", "equal"]); take("n", ["3", "4", "5"]);
    S.t = D.terr.findIndex((t) => t[0] === asked.get("t"));
  }
  function pick(k) { S.t = S.t === k ? -1 : k; draw(); }
  function save(name, blob) {
    Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name }).click();
  }
  function picture() {
    // A picture has no page around it: it takes along the page's style, in the colours of paper, and what tells how to read it.
    const shown = $("map") || $$("#tiles svg")[0], twin = shown.cloneNode(true), keys = $$("#legend li");
    const [left, , wide, high] = shown.getAttribute("viewBox").split(" ").map(Number);
    const full = high + 64 + 26 * Math.ceil(keys.length / 2), said = $("notes").lastElementChild.textContent;
    const line = (y, size, text) => `<text class="place" x="4" y="${y}" style="font-size: ${size}px">${escaped(text)}</text>`;
    twin.setAttribute("viewBox", [left, -30, wide, full].join(" "));
    twin.insertAdjacentHTML("beforeend", line(-10, 15, $("title").textContent) + line(full - 40, Math.min(10, 2 * wide / said.length), said) + keys.map((key, k) =>
      `<svg x="${4 + k % 2 * wide / 2}" y="${high + 8 + 26 * (k >> 1)}" width="${wide / 2}" height="16">${key.firstChild.innerHTML}<text x="33" y="13">${escaped(key.textContent)}</text></svg>`).join(""));
    twin.prepend(...$$("style, #drawing defs").map((each) => each.cloneNode(true)));
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width; canvas.height = image.height;
      canvas.getContext("2d").drawImage(image, 0, 0);
      canvas.toBlob((blob) => save(`${S.i}-${S.p}.png`, blob));
    };
    image.src = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(twin)
      .replace("<svg", `<svg class="observatoire drawing" data-theme="light" width="${2 * wide}" height="${2 * full}"`));
  }

  $("ind").innerHTML = D.th.map(([code, label]) => {
    const some = D.ind.filter((one) => one.t === code).map((one) => `<option value="${one.c}">${escaped(one.l)}</option>`).join("");
    return some ? `<optgroup label="${escaped(label)}">${some}</optgroup>` : "";
  }).join("");
  read();
  $("choice").hidden = false;
  $$(".actions")[0].hidden = false;
  $("choice").onchange = ({ target }) => {
    S[{ ind: "i", per: "p", col: "c", met: "m", nb: "n" }[target.name || target.id]] = target.value;
    draw();
    if (target.name === "per") $$("[name=per]:checked")[0].focus();
  };
  $("drawing").onclick = (e) => { const box = e.target.closest("[data-k]"); if (box) pick(+box.dataset.k); };
  $("liste").onclick = (e) => {
    const button = e.target.closest("button"), row = e.target.closest("tr[data-k]");
    if (row && button) { pick(+row.dataset.k); $$(`#liste tr[data-k="${row.dataset.k}"] button`)[0].focus(); }
    const head = e.target.closest("thead th");
    if (head && button) {
      const by = head.id === "byname" ? "name" : "value";
      S.down = S.by === by ? !S.down : by === "value"; S.by = by;
      draw(); $(head.id).querySelector("button").focus();
    }
  };
  $("liste").onkeydown = (e) => {
    const buttons = $$("#liste tbody button"), at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[e.key];
    if (at < 0 || to === undefined) return;
    e.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, to))].focus();
  };
  $("csv").onclick = () => save(`${S.i}-${S.p}.csv`, new Blob([csv(indicator(), S.p, cells(), D)], { type: "text/csv;charset=utf-8" }));
  $("png").onclick = picture;
  $("print").onclick = () => print();
  onhashchange = () => { read(); draw(); };
  draw();
}
if (typeof document === "undefined") module.exports = { SHADES, cellsOf, number, words, classes, rankIn, ends, toneOf, ordered, csv };
else start(JSON.parse(document.getElementById("data").textContent));
