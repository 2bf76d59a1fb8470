// All that happened to a flow, in words, with the time since it was accepted.
import { html } from "../lib/html.js";
import { told } from "../lib/story.js";
import { clock, day, ms, span, tone } from "../lib/words.js";

export function Events({ flow }) {
  const begin = ms(flow.createdAt);
  const at = (when) => (day(when) === day(begin) ? clock(when) : `${day(when)} ${clock(when)}`);
  return html`
    <ol class="events" aria-label="Events">
      ${told(flow).map(
        (event) => html`<li key=${event.seq} class=${`event-${event.kind}`}>
          <time datetime=${event.at}>${at(event.when)} <small>+${span(event.when - begin)}</small></time>
          <span><b class=${event.status ? tone(event.status) : event.tone}>${event.text}</b>${event.more && html` <span class="more" title=${event.more}>${event.more}</span>`}</span>
        </li>`,
      )}
    </ol>
  `;
}
