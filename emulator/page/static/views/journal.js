// The journal: everything that happened, the newest first.
import { query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { moment } from "../lib/words.js";
import { Choice, Typed } from "../parts/filters.js";
import { LAST, Pages, usePages } from "../parts/pages.js";
import { pretty } from "../parts/code.js";
import { Row } from "../parts/row.js";

const KINDS = ["accepted", "refused", "remarked", "started", "status", "completed", "cancelled", "ignored", "stranded", "verification", "keys", "asked", "went on", "attempt", "reply", "resent", "token", "token refused", "token revoked", "tls failed", "proxy refused", "clock", "scenario", "scenario broken", "balance", "reset"];

const COLUMNS = [
  ["No.", (entry) => html`<td>${entry.seq}</td>`],
  ["Time", (entry) => html`<td><time datetime=${entry.at}>${moment(entry.at)}</time></td>`],
  ["Kind", (entry) => html`<td>${entry.kind}</td>`],
  ["Application", (entry) => html`<td>${entry.application || ""}</td>`],
  ["Flow", (entry) => html`<td>${entry.flow && html`<a href=${link("flows", entry.flow)} aria-label=${`flow ${entry.flow}`}>${entry.flow.slice(0, 8)}</a>`}</td>`],
  ["What", (entry) => html`<td class="what">${entry.text}</td>`],
];

export function Journal({ route }) {
  const { kind, flow, application } = route.query;
  const pages = usePages((limit) => query("/journal", { before: LAST, limit, kind, flow, application }), "entries");
  const wanted = (route.query.text || "").toLowerCase();
  const rows = pages.rows.filter((each) => !wanted || JSON.stringify(each).toLowerCase().includes(wanted));
  return html`
    <h1>Journal</h1>
    <form class="filters" role="search" aria-label="Filter the journal" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Kind" name="kind" value=${kind} choices=${KINDS} />
      <${Typed} label="Application" name="application" value=${application} />
      <${Typed} label="Flow" name="flow" value=${flow} placeholder="its id" />
      <${Typed} label="Text" name="text" value=${route.query.text} placeholder="in what is shown" />
    </form>
    <div class="table" role="region" aria-label="Journal" tabindex="0">
      <table>
        <thead><tr>${COLUMNS.map(([title]) => html`<th scope="col" key=${title}>${title}</th>`)}<th scope="col"><span class="hidden">The whole</span></th></tr></thead>
        <tbody>
          ${rows.map((each) => html`<${Row} key=${each.seq} more=${() => pretty(each.data)} name=${`entry ${each.seq}`} columns=${COLUMNS.length}>${COLUMNS.map(([, cell]) => cell(each))}<//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} shown=${rows.length} />
  `;
}
