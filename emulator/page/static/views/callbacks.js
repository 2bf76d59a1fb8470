// Callbacks: what each webhook was told, with every attempt and what it answered; the newest first.
import { query } from "../lib/api.js";
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { moment } from "../lib/times.js";
import { RESEND, STANDING, standing } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { pretty } from "../parts/code.js";
import { Choice, OfApplication, Typed } from "../parts/filters.js";
import { Pages, usePages } from "../parts/pages.js";
import { Row, Titles } from "../parts/row.js";
import { Attempts, resend } from "../parts/traffic.js";

const OUTCOMES = ["pending", "failing", "received", "given up"];
const TITLES = ["No.", "Outcome", "To", "Flow", "Attempts", "Last answer", "Next"];
// What of an answer a row shows; all of it stands in the details.
const SHOWN = 200;

export function Callbacks({ route }) {
  const { application, flow, outcome, text, before } = route.query;
  const pages = usePages((limit, place) => query("/callbacks", { before: place, limit, application, flow, outcome, text }), "callbacks", "number", before);
  return html`
    <h1>Callbacks</h1>
    <form class="filters" role="search" aria-label="Filter the callbacks" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Outcome" name="outcome" value=${outcome} choices=${OUTCOMES} />
      <${OfApplication} value=${application} />
      <${Typed} label="Flow" name="flow" value=${flow} placeholder="flow id" />
      <${Typed} label="Text" name="text" value=${text} placeholder="URL or body" />
    </form>
    <div class="table" role="region" aria-label="Callbacks" tabindex="0">
      <table>
        <${Titles} titles=${TITLES} />
        <tbody>
          ${pages.rows.map((each) => html`<${Row} key=${each.number} name=${`callback ${each.number}`} columns=${TITLES.length} more=${() => pretty(each.body)}
              below=${html`<${Attempts} attempts=${each.attempts} next=${each.next} /><p><${Act} act=${() => resend(each.id)}>${RESEND}<//></p>`}>
            <td>${each.number}</td><td class=${STANDING[standing(each)]}>${standing(each)}</td><td class="url">${each.url}</td>
            <td><a href=${link("flows", each.flow)} title=${each.flow} aria-label=${`flow ${each.flow}`}>${each.flow.slice(0, 8)}</a></td><td>${each.attempts.length}</td><td class="what">${last(each)}</td><td>${moment(each.next)}</td>
          <//>`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} />
  `;
}

function last({ attempts }) {
  const tried = attempts.at(-1);
  if (!tried) return "";
  const answer = tried.answer.length > SHOWN ? `${tried.answer.slice(0, SHOWN)}…` : tried.answer;
  return [tried.status || tried.outcome, answer].filter(Boolean).join(" ");
}
