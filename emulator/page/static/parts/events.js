// All that happened to a flow, in the journal's words, with the time since it was accepted and since the row before, and
// beside it the callbacks that it caused.
import { html } from "../lib/html.js";
import { rows } from "../lib/story.js";
import { clock, day, ms, span } from "../lib/times.js";
import { tone } from "../lib/words.js";
import { Told } from "./told.js";

export function Events({ flow, lit = 0 }) {
  const begin = ms(flow.createdAt);
  const at = (when) => (day(when) === day(begin) ? clock(when) : `${day(when)} ${clock(when)}`);
  const shown = rows(flow);
  return html`
    <ol class="events" aria-label="Events">
      ${shown.map(({ entry, told }, index) => {
        const since = index ? ms(entry.at) - ms(shown[index - 1].entry.at) : 0;
        return html`<li key=${entry.seq} class=${`event-${entry.kind} ${ms(entry.at) === lit ? "lit" : ""}`} data-at=${ms(entry.at)}>
          <time datetime=${entry.at}>${at(ms(entry.at))} <small>+${span(ms(entry.at) - begin)}</small>${since >= 1000 && ms(entry.at) - begin > since && html` <small class="since" title="since the row above">(${span(since)} later)</small>`}</time>
          <span><b class=${look(entry)}>${entry.kind}</b> ${entry.kind !== "attempt" && html`<span class="more">${entry.text}</span>`}</span>
          ${told && html`<${Told} ...${told} />`}
        </li>`;
      })}
    </ol>
  `;
}

// good, bad or going: how an entry looks.
function look({ kind, data }) {
  if (kind === "attempt") return data.outcome === "received" ? "good" : "bad";
  if (kind === "cancelled") return "bad";
  return kind === "ignored" ? "going" : tone(data.status);
}
