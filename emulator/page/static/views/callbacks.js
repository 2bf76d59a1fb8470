// Callbacks: what each webhook was told, with every attempt and what it answered; the newest first.
import { call, query } from "../lib/api.js";
import { tellings } from "../lib/changes.js";
import { html } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { filter, link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { moment } from "../lib/times.js";
import { RESEND, STANDING, standing } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { pretty } from "../parts/code.js";
import { Choice, OfApplication, Typed } from "../parts/filters.js";
import { PhoneNumber } from "../parts/number.js";
import { Pages, usePages } from "../parts/pages.js";
import { Row, Titles } from "../parts/row.js";
import { Attempts, resend } from "../parts/traffic.js";

const OUTCOMES = ["waiting", "failing", "received", "given up"];
const TITLES = ["Time", "To", "Told", "Receiver", "Outcome", "Attempts", "Last answer", "Next", "Flow", RESEND];
// What of an answer a row shows; all of it stands in the details.
const SHOWN = 200;
// How many attempts are drawn one by one.
const DRAWN = 8;

export function Callbacks({ route }) {
  const { application, flow, outcome, text, before } = route.query;
  const pages = usePages((limit, place) => query("/callbacks", { before: place, limit, application, flow, outcome, text }), "callbacks", "number", before);
  const tells = tellings(pages.rows);
  const again = () => trying(() => call("POST", "/callbacks/resend", Object.fromEntries(Object.entries({ application, flow, text }).filter(([, value]) => value))), ({ resent }) => (resent ? `${plural(resent, "callback")} resent.` : "Nothing to resend: none was given up, or it was resent since."));
  return html`
    <h1>Callbacks</h1>
    <${Outcomes} application=${application} chosen=${outcome} />
    <form class="filters" role="search" aria-label="Filter the callbacks" onSubmit=${(event) => event.preventDefault()}>
      <${Choice} label="Outcome" name="outcome" value=${outcome} choices=${OUTCOMES} />
      <${OfApplication} value=${application} />
      <${Typed} label="Flow" name="flow" value=${flow} placeholder="flow id" />
      <${Typed} label="Text" name="text" value=${text} placeholder="number, URL or body" />
      <${Act} act=${again} title="Those that were given up, of what is filtered here">Resend all that were given up<//>
    </form>
    <div class="table" role="region" aria-label="Callbacks" tabindex="0">
      <table>
        <${Titles} titles=${TITLES} />
        <tbody>
          ${pages.rows.map((each, index) => html`<${Post} key=${each.number} post=${each} told=${tells[index]} />`)}
        </tbody>
      </table>
    </div>
    <${Pages} pages=${pages} />
  `;
}

// How many there are of each outcome; a click shows them alone, another all again.
function Outcomes({ application, chosen }) {
  const { data } = useLive(query("/statistics", { application }), 2000);
  if (!data) return html`<p class="outcomes"></p>`;
  const counts = { received: data.callbacks.received, waiting: data.callbacks.waiting, failing: data.callbacks.failing, "given up": data.callbacks.givenUp };
  return html`
    <p class="outcomes" role="group" aria-label="How they stand">
      ${Object.entries(counts).map(([outcome, count]) => html`<button key=${outcome} type="button" class="quiet" aria-pressed=${chosen === outcome} onClick=${() => filter({ outcome: chosen === outcome ? "" : outcome, before: "" })}><b class=${count ? STANDING[outcome] : ""}>${count.toLocaleString("en")}</b> ${outcome}</button>`)}
    </p>
  `;
}

function Post({ post, told: { to, what } }) {
  const stands = standing(post);
  const at = post.attempts[0]?.at ?? post.next;
  return html`
    <${Row} name=${`callback ${post.number}`} columns=${TITLES.length} more=${() => pretty(post.body)} below=${html`<p class="url">${post.url}</p><${Attempts} attempts=${post.attempts} next=${post.next} />`}>
      <td><time datetime=${at}>${moment(at)}</time></td>
      <td>${to && html`<${PhoneNumber} number=${to} />`}</td>
      <td>${what}</td>
      <td class="receiver" title=${post.url}>${receiver(post.url)}</td>
      <td class=${STANDING[stands]}>${stands}</td>
      <td><${Dots} attempts=${post.attempts} next=${post.next} /></td>
      <td class="what">${last(post)}</td>
      <td>${post.next && html`<time datetime=${post.next}>${moment(post.next)}</time>`}</td>
      <td><a href=${link("flows", post.flow)} title=${post.flow} aria-label=${`flow ${post.flow}`}>${post.flow.slice(0, 8)}</a></td>
      <td><${Act} class="quiet" act=${() => resend(post.id)} aria-label=${`Resend callback ${post.number}`} title=${RESEND}>↻<//></td>
    <//>
  `;
}

// The attempts as dots, in their order: failed, received, to come. Of many, the last ones, with how many were before.
function Dots({ attempts, next }) {
  const failed = attempts.filter((each) => each.outcome !== "received").length;
  const words = [failed && `${failed} failed`, failed < attempts.length && "received", next && "one to come"].filter(Boolean).join(", ");
  const more = attempts.length - DRAWN;
  return html`
    <span class="dots"><span aria-hidden="true">
      ${more > 0 && html`<small>${more} + </small>`}
      ${attempts.slice(-DRAWN).map((each, index) => html`<span key=${index} class=${each.outcome === "received" ? "good" : "bad"}>${each.outcome === "received" ? "✓" : "✗"}</span>`)}
      ${next && html`<span class="going">○</span>`}
    </span><span class="hidden">${words}</span></span>
  `;
}

function receiver(url) {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    return url;
  }
}

function last({ attempts }) {
  const tried = attempts.at(-1);
  if (!tried) return "";
  const answer = tried.answer.length > SHOWN ? `${tried.answer.slice(0, SHOWN)}…` : tried.answer;
  return [tried.status || tried.outcome, answer].filter(Boolean).join(" ");
}
