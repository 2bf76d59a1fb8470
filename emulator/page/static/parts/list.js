// Flows as a list, page by page, with what can be done to many of them at once.
import { call, query } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { listed } from "../lib/order.js";
import { filter, link } from "../lib/route.js";
import { say } from "../lib/say.js";
import { moment } from "../lib/times.js";
import { LOADING, NEW, tone, visible } from "../lib/words.js";
import { Act } from "./act.js";
import { Comparing, Pick, useChosen } from "./chosen.js";
import { wanted } from "./filters.js";
import { PhoneNumber } from "./number.js";
import { Trail } from "./trail.js";

const PAGE = 50;
const SORTS = [["", "Newest first"], ["oldest", "Oldest first"]];
const COLUMNS = [
  ["Time", ({ createdAt }) => html`<td><time datetime=${createdAt}>${moment(createdAt)}</time></td>`],
  ["To", ({ to }) => html`<td><${PhoneNumber} number=${to} /></td>`],
  ["Status", ({ status, why }) => html`<td><span class=${`status ${tone(status)}`}>${status}</span>${why && html`<br /><span class="why">${why}</span>`}</td>`],
  ["Channels", ({ status, channels, tried }) => html`<td><${Trail} channels=${channels} tried=${tried} over=${status === "Succeeded" || status === "Failed"} /></td>`],
  ["Text", ({ text }) => html`<td class="what" dir="auto">${visible(text)}</td>`],
  ["Application", ({ application }) => html`<td>${application}</td>`],
  ["Flow", ({ id }) => html`<td><a href=${link("flows", id)} title=${id} aria-label=${`flow ${id}`}>${id.slice(0, 8)}</a></td>`],
];

export function List({ given, none }) {
  const offset = Number(given.offset) || 0;
  const path = wanted(given, "/board/list");
  const { data, error, refresh } = useLive(`${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams({ limit: PAGE, offset, sort: given.sort || "newest" })}`);
  const shown = (data?.cards ?? []).map((each) => each.id);
  const { picked, pick, clear } = useChosen(shown);
  if (error) return html`<p role="alert" class="bad">${error.message}</p>`;
  if (!data) return html`<p role="status">${LOADING}</p>`;
  if (data.total === 0) return none;
  listed(shown);
  return html`
    <div class="listed">
      <div class="row bulk">
        <label>Sort <select value=${given.sort ?? ""} onChange=${(event) => filter({ sort: event.target.value, offset: "" })}>${SORTS.map(([sort, name]) => html`<option key=${name} value=${sort} selected=${sort === (given.sort ?? "")}>${name}</option>`)}</select></label>
        <${Bulk} picked=${picked} done=${() => { clear(); refresh(); }} />
      </div>
      <div class="table" role="region" aria-label="Flows" tabindex="0">
        <table>
          <thead><tr>
            <th scope="col"><input type="checkbox" aria-label="All of this page" checked=${picked.length === shown.length} onChange=${(event) => pick(shown, event.target.checked)} /></th>
            ${COLUMNS.map(([title]) => html`<th scope="col" key=${title}>${title}</th>`)}
          </tr></thead>
          <tbody>${data.cards.map((card) => html`<${Line} key=${card.id} card=${card} picked=${picked} pick=${pick} />`)}</tbody>
        </table>
      </div>
      <${Pager} total=${data.total} offset=${offset} />
    </div>
  `;
}

function Line({ card, picked, pick }) {
  return html`
    <tr data-flow=${card.id}>
      <td><${Pick} id=${card.id} picked=${picked} pick=${pick} /></td>
      ${COLUMNS.map(([, cell]) => cell(card))}
    </tr>
  `;
}

function Pager({ total, offset }) {
  const last = Math.min(offset + PAGE, total);
  const to = (place) => () => filter({ offset: place > 0 ? String(place) : "" });
  const shown = offset < total ? `${(offset + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ` : "None here; there are ";
  return html`
    <div class="row pages"><span role="status">${shown}${plural(total, "flow")}</span>
      <button type="button" disabled=${offset === 0} onClick=${to(offset - PAGE)}>Previous</button>
      <button type="button" disabled=${last >= total} onClick=${to(offset + PAGE)}>Next</button>
    </div>
  `;
}

// What is done to each of the flows that are chosen: one after another, so that each answer counts.
const ACTS = {
  Cancel: { ask: (count) => `Cancel ${plural(count, "flow")}? They end as failed, and their webhooks are told.`, do: (id) => call("POST", `/flows/${id}/cancel`), done: "cancelled" },
  Delete: { ask: (count) => `Delete ${plural(count, "flow")}, with their callbacks and journal entries? That can't be undone.`, do: (id) => call("DELETE", `/flows/${id}`), done: "deleted" },
  "Resend callbacks": { do: (id) => call("POST", "/callbacks/resend", { flow: id }), count: ({ resent }) => resent, done: "resent", what: "callback" },
};

function Bulk({ picked, done }) {
  const [asked, ask] = useState("");
  if (picked.length === 0) return html`<span class="hint">Choose flows to compare, cancel, delete or save them as a scenario, or to resend what was given up.</span>`;
  const run = async (name) => {
    ask("");
    await each(ACTS[name], picked);
    done();
  };
  if (asked) {
    return html`<span role="alert">${ACTS[asked].ask(picked.length)}</span> <${Act} key="do" class="danger" act=${() => run(asked)}>${asked}<//> <button key="no" type="button" onClick=${() => ask("")}>Keep them</button>`;
  }
  return html`<${Comparing} picked=${picked} /><a class="button" href=${link("scenarios", NEW, { flows: picked.join(",") })}>Save as a scenario</a>${Object.entries(ACTS).map(([name, act]) => html`<${Act} key=${name} act=${() => (act.ask ? ask(name) : run(name))}>${name}<//>`)}`;
}

async function each(act, ids) {
  let count = 0;
  const refused = [];
  for (const id of ids) {
    try {
      const answer = await act.do(encodeURIComponent(id));
      count += act.count ? act.count(answer) : 1;
    } catch (error) {
      refused.push(error.message);
      if (!error.status) break; // the emulator isn't there
    }
  }
  const told = `${plural(count, act.what ?? "flow")} ${act.done}.`;
  if (refused.length === 0) return say(told);
  return say(`${told} ${refused.length.toLocaleString("en")} refused: ${[...new Set(refused)].join("; ")}`, true);
}
