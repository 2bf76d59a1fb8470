// All that happened to a flow, in the emulator's words, with the time since it was accepted.
import { html } from "../lib/html.js";
import { clock, day, ms, span, tone } from "../lib/words.js";

export function Events({ flow }) {
  const begin = ms(flow.createdAt);
  const at = (when) => (day(when) === day(begin) ? clock(when) : `${day(when)} ${clock(when)}`);
  return html`
    <ol class="events" aria-label="Events">
      ${flow.journal.map(
        (entry) => html`<li key=${entry.seq} class=${`event-${entry.kind}`}>
          <time datetime=${entry.at}>${at(ms(entry.at))} <small>+${span(ms(entry.at) - begin)}</small></time>
          <span><b class=${look(entry)}>${entry.kind}</b> <span class="more" title=${entry.text}>${entry.text}</span></span>
        </li>`,
      )}
    </ol>
  `;
}

// good, bad or going: how an entry looks.
function look({ kind, data }) {
  if (kind === "attempt") return data.outcome === "received" ? "good" : "bad";
  return kind === "ignored" ? "going" : tone(data.status);
}
