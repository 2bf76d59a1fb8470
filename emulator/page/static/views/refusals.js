// Requests that were refused, each with the reason that its sender was told.
import { query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { moment } from "../lib/words.js";
import { pretty } from "../parts/code.js";
import { Typed } from "../parts/filters.js";
import { LAST, Pages, usePages } from "../parts/pages.js";
import { Row } from "../parts/row.js";

export function Refusals({ route }) {
  const { application } = route.query;
  const pages = usePages((limit) => query("/requests", { before: LAST, limit, kind: "refused,token refused", application }), "requests");
  return html`
    <h1>Refused requests</h1>
    <form class="filters" role="search" aria-label="Filter the refused requests" onSubmit=${(event) => event.preventDefault()}>
      <${Typed} label="Application" name="application" value=${application} />
    </form>
    <div class="table" role="region" aria-label="Refused requests" tabindex="0">
      <table>
        <thead><tr><th scope="col">Time</th><th scope="col">Application</th><th scope="col">Path</th><th scope="col">Status</th><th scope="col">Reasons</th><th scope="col"><span class="hidden">The whole</span></th></tr></thead>
        <tbody>
          ${pages.rows.map((each) => html`<${Row} key=${each.seq} name=${`refused request ${each.seq}`} columns=${5} more=${() => pretty(each.data.body || each.data)}>
            <td><time datetime=${each.at}>${moment(each.at)}</time></td><td>${each.application || ""}</td><td>${each.data.path || "/oauth/token"}</td><td class="bad">${each.data.status}</td>
            <td class="what"><${Reasons} data=${each.data} /></td>
          <//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} shown=${pages.rows.length} />
  `;
}

function Reasons({ data }) {
  const told = data.developerMessage || data.error_description || data.error || "";
  const where = [...Object.entries(data.properties || {}), ...(data.errors || []).map((each) => [each.errorCode, each.developerMessage])];
  return html`${told}${where.length > 0 && html`<ul>${where.map(([path, why]) => html`<li key=${path}><code>${path}</code> ${why}</li>`)}</ul>`}`;
}
