// Callbacks: what each webhook was told, with every attempt and what it answered; the newest first.
import { call, query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { moment } from "../lib/words.js";
import { pretty } from "../parts/code.js";
import { Choice, Typed } from "../parts/filters.js";
import { LAST, Pages, usePages } from "../parts/pages.js";
import { Row } from "../parts/row.js";
import { Attempts } from "../parts/traffic.js";

const OUTCOMES = ["pending", "received", "given up"];

export function Callbacks({ route }) {
  const { application, flow, outcome = "", text = "" } = route.query;
  const pages = usePages((limit) => query("/callbacks", { before: LAST, limit, application, flow, outcome }), "callbacks");
  const wanted = text.toLowerCase();
  const rows = pages.rows.filter((each) => !wanted || JSON.stringify(each).toLowerCase().includes(wanted));
  const resend = (id) => trying(() => call("POST", `/callbacks/${encodeURIComponent(id)}/resend`), "The callback goes out once more.");
  return html`
    <h1>Callbacks</h1>
    <form class="filters" role="search" aria-label="Filter the callbacks" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Outcome" name="outcome" value=${outcome} choices=${OUTCOMES} />
      <${Typed} label="Application" name="application" value=${application} />
      <${Typed} label="Flow" name="flow" value=${flow} placeholder="its id" />
      <${Typed} label="Text" name="text" value=${text} placeholder="in what is shown" />
    </form>
    <div class="table" role="region" aria-label="Callbacks" tabindex="0">
      <table>
        <thead><tr><th scope="col">No.</th><th scope="col">Outcome</th><th scope="col">To</th><th scope="col">Flow</th><th scope="col">Attempts</th><th scope="col">Last answer</th><th scope="col">Next</th><th scope="col"><span class="hidden">The whole</span></th></tr></thead>
        <tbody>
          ${rows.map((each) => html`<${Row} key=${each.number} name=${`callback ${each.number}`} columns=${7} more=${() => pretty(each.body)}
              below=${html`<${Attempts} attempts=${each.attempts} next=${each.next} /><p><button type="button" onClick=${() => resend(each.id)}>Send it again</button></p>`}>
            <td>${each.number}</td><td class=${each.outcome === "received" ? "good" : each.outcome === "pending" ? "going" : "bad"}>${each.outcome}</td><td class="url">${each.url}</td>
            <td><a href=${link("flows", each.flow)} aria-label=${`flow ${each.flow}`}>${each.flow.slice(0, 8)}</a></td><td>${each.attempts.length}</td><td class="what">${last(each)}</td><td>${moment(each.next)}</td>
          <//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} shown=${rows.length} />
  `;
}

function last({ attempts }) {
  const tried = attempts[attempts.length - 1];
  return tried ? `${tried.status || tried.outcome}${tried.answer ? ` ${tried.answer.slice(0, 80)}` : ""}` : "";
}
