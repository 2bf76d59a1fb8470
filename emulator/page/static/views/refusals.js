// Requests that were refused, each with the reason that its sender was told.
import { query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { EDITABLE, statusOf } from "../lib/sent.js";
import { moment } from "../lib/times.js";
import { pretty } from "../parts/code.js";
import { OfApplication, Typed } from "../parts/filters.js";
import { Pages, usePages } from "../parts/pages.js";
import { Reasons } from "../parts/reasons.js";
import { Row, Titles } from "../parts/row.js";

const TITLES = ["Time", "Application", "Path", "Status", "Reasons", "Fix"];

export function Refusals({ route }) {
  const { application, text, before } = route.query;
  const pages = usePages((limit, place) => query("/requests", { before: place, limit, kind: "refused,token refused", application, text }), "requests", "seq", before);
  return html`
    <h1>Refused requests</h1>
    <form class="filters" role="search" aria-label="Filter the refused requests" onSubmit=${(event) => event.preventDefault()}>
      <${OfApplication} value=${application} />
      <${Typed} label="Text" name="text" value=${text} placeholder="reason or body" />
    </form>
    <div class="table" role="region" aria-label="Refused requests" tabindex="0">
      <table>
        <${Titles} titles=${TITLES} />
        <tbody>
          ${pages.rows.map((each) => html`<${Row} key=${each.seq} name=${`refused request ${each.seq}`} columns=${TITLES.length} more=${() => pretty(each.data.body || each.data)}>
            <td><time datetime=${each.at}>${moment(each.at)}</time></td><td>${each.application || ""}</td><td>${each.data.path || "/oauth/token"}</td><td class="bad">${statusOf(each.data) || "no answer"}</td>
            <td class="what"><${Reasons} data=${each.data} /></td>
            <td>${each.data.body && EDITABLE.includes(each.data.path) && html`<a class="button" href=${link("send", "", { request: String(each.seq) })} aria-label=${`Open the refused request ${each.seq} in Send`}>Open in Send</a>`}</td>
          <//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} />
  `;
}
