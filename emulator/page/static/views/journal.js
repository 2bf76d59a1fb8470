// The journal: everything that happened, the newest first.
import { query } from "../lib/api.js";
import { FORMATS, download } from "../lib/export.js";
import { html } from "../lib/html.js";
import { filter, link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { moment } from "../lib/times.js";
import { Act } from "../parts/act.js";
import { pretty } from "../parts/code.js";
import { Choice, OfApplication, Typed } from "../parts/filters.js";
import { Pages, usePages } from "../parts/pages.js";
import { Row, Titles } from "../parts/row.js";

const KINDS = ["accepted", "refused", "remarked", "started", "status", "completed", "cancelled", "ignored", "stranded", "verification", "keys", "asked", "went on", "attempt", "reply", "resent", "token", "token refused", "token revoked", "tls failed", "proxy refused", "clock", "scenario", "scenario broken", "balance", "deleted", "reset", "story"];

const COLUMNS = [
  ["No.", (entry) => html`<td>${entry.seq}</td>`],
  ["Time", (entry) => html`<td><time datetime=${entry.at}>${moment(entry.at)}</time></td>`],
  ["Kind", (entry) => html`<td>${entry.kind}</td>`],
  ["Application", (entry) => html`<td>${entry.application || ""}</td>`],
  ["Flow", (entry) => html`<td>${entry.flow && html`<a href=${link("flows", entry.flow)} title=${entry.flow} aria-label=${`flow ${entry.flow}`}>${entry.flow.slice(0, 8)}</a>`}</td>`],
  ["What", (entry) => html`<td class="what">${entry.text}</td>`],
];

export function Journal({ route }) {
  const { kind, flow, application, text, before } = route.query;
  const pages = usePages((limit, place) => query("/journal", { before: place, limit, kind, flow, application, text }), "entries", "seq", before);
  return html`
    <h1>Journal</h1>
    <form class="filters" role="search" aria-label="Filter the journal" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Kind" name="kind" value=${kind} choices=${KINDS} />
      <${OfApplication} value=${application} />
      <${Typed} label="Flow" name="flow" value=${flow} placeholder="flow id" />
      <${Typed} label="Text" name="text" value=${text} placeholder="words or data" />
    </form>
    <div class="row tools">
      ${!before && html`<button type="button" disabled=${pages.rows.length === 0} onClick=${() => filter({ before: String(pages.rows[0].seq + 1) })}>Stop following</button>`}
      <span role="group" aria-label="Download">Download: ${Object.keys(FORMATS).map((format) => html`<${Act} key=${format} class="quiet" act=${() => trying(() => download(format, { kind, flow, application, text }))} aria-label=${`Download as ${format}`}>${format}<//>`)}</span>
    </div>
    <div class="table" role="region" aria-label="Journal" tabindex="0">
      <table>
        <${Titles} titles=${COLUMNS.map(([title]) => title)} />
        <tbody>
          ${pages.rows.map((each) => html`<${Row} key=${each.seq} more=${() => pretty(each.data)} name=${`entry ${each.seq}`} columns=${COLUMNS.length}>${COLUMNS.map(([, cell]) => cell(each))}<//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} />
  `;
}
