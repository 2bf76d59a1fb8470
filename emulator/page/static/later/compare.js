// Two to four flows side by side, on one time axis that begins when each was sent.
import { html, useEffect, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { outcome, price } from "../lib/outcome.js";
import { board, link } from "../lib/route.js";
import { steps } from "../lib/story.js";
import { ms, span } from "../lib/times.js";
import { LOADING, NOT_TO_SCALE, tone } from "../lib/words.js";
import { Bars, Ticks, scale } from "../parts/axis.js";
import { PhoneNumber } from "../parts/number.js";
import { Phone } from "../parts/phone.js";

export const MOST = 4;

export default function Compare({ route, show }) {
  const ids = [...new Set(route.name.split(",").filter(Boolean))].slice(0, MOST);
  const [flows, setFlows] = useState({});
  useEffect(() => show({ title: "Compare" }), []);
  const take = (id, found) => setFlows((before) => ({ ...before, [id]: found }));
  const there = ids.map((id) => flows[id]?.data).filter(Boolean);
  const wrong = ids.map((id) => flows[id]?.error).filter(Boolean);
  return html`
    <p class="back"><a href=${board()}>← Board</a></p>
    <h1>Compare</h1>
    ${ids.map((id) => html`<${Asked} key=${id} id=${id} take=${take} />`)}
    ${ids.length < 2 && html`<p>Choose two to four flows in the <a href=${link("board", "", { view: "list" })}>list</a>, then Compare.</p>`}
    ${wrong.map((error, index) => html`<p key=${index} role="alert" class="bad">${error.message}</p>`)}
    ${there.length + wrong.length < ids.length && html`<p role="status">${LOADING}</p>`}
    ${there.length > 0 && html`<${Axes} flows=${there} /><${Table} flows=${there} /><div class="phones">${there.map((flow, index) => html`<div key=${flow.trackingId}><h2><${PhoneNumber} number=${recipient(flow)} /></h2><${Phone} flow=${flow} refresh=${() => {}} which=${` ${index + 1}`} /></div>`)}</div>`}
  `;
}

function Asked({ id, take }) {
  const { data, error } = useLive(`/flows/${encodeURIComponent(id)}`);
  useEffect(() => take(id, { data, error }), [data, error]);
  return null;
}

const recipient = (flow) => flow.phone.at(-1)?.to ?? String(flow.request.flow[0]?.to ?? "");

// A flow's steps, as times since it was sent.
function since(flow) {
  const begin = ms(flow.createdAt);
  const over = flow.journal.findLast(({ kind }) => kind === "completed" || kind === "cancelled");
  const rows = steps(flow).map((step) => ({ ...step, ttl: null, began: step.began - begin, marks: step.marks.map((mark) => ({ ...mark, at: mark.at - begin })) }));
  const end = ms(over?.at ?? flow.updatedAt) - begin;
  return { flow, rows, end, ends: rows.map((row, index) => rows[index + 1]?.began ?? Math.max(row.began, end)) };
}

function Axes({ flows }) {
  const each = flows.map(since);
  const own = [0, ...each.flatMap(({ rows, end }) => [end, ...rows.flatMap((row) => [row.began, ...row.marks.map((mark) => mark.at)])])];
  const { moments, of } = scale(own, []);
  return html`
    <section class="panel" aria-labelledby="one-axis">
      <h2 id="one-axis">On one time axis</h2>
      <div class="axis" aria-hidden="true"><div class="axis-rows">
        ${each.map(({ flow, rows, ends }) => html`<p key=${flow.trackingId} class="axis-flow"><${PhoneNumber} number=${recipient(flow)} /> <span class=${`status ${tone(flow.status)}`}>${flow.status}</span></p>${rows.map((row, index) => html`<${Bars} key=${`${flow.trackingId}/${row.step}`} row=${row} end=${ends[index]} of=${of} begin=${0} open=${false} />`)}`)}
        <${Ticks} moments=${moments} of=${of} named=${(moment) => (moment === 0 ? "sent" : `+${span(moment)}`)} />
      </div><p class="scale">${NOT_TO_SCALE}</p></div>
    </section>
  `;
}

const LINES = [
  ["What became of it", (flow) => html`<${Became} flow=${flow} />`],
  ["Took", (flow) => span(since(flow).end)],
  ["Channels", (flow) => steps(flow).map((step) => `${step.channel} ${step.marks.at(-1)?.status ?? ""}`).join(" → ")],
  ["Cost", price],
  ["Callbacks", (flow) => plural(flow.callbacks.length, "callback")],
  ["Scenario", (flow) => html`<a href=${link("scenarios", flow.scenario)}>${flow.scenario}</a>`],
];

function Became({ flow }) {
  const { tone: look, head } = outcome(flow);
  return html`<b class=${look}>${head}</b>`;
}

function Table({ flows }) {
  return html`
    <div class="table" role="region" aria-label="In a table" tabindex="0"><table>
      <thead><tr><th scope="col"><span class="hidden">What</span></th>${flows.map((flow) => html`<th scope="col" key=${flow.trackingId}><a href=${link("flows", flow.trackingId)}>${recipient(flow)}</a></th>`)}</tr></thead>
      <tbody>${LINES.map(([name, cell]) => html`<tr key=${name}><th scope="row">${name}</th>${flows.map((flow) => html`<td key=${flow.trackingId}>${cell(flow)}</td>`)}</tr>`)}</tbody>
    </table></div>
  `;
}
