// The channels of a flow, in their order: which were tried, how each ended, which is running, which won.
import { html } from "../lib/html.js";
import { ended } from "../lib/words.js";

const MARKS = { good: "✓", bad: "✗", going: "●", stopped: "■" };

// `over` says that the flow has ended, so that nothing is under way any more.
export function Trail({ channels, tried, over }) {
  return html`
    <ol class="trail" aria-label="Channels">
      ${channels.map((channel, index) => {
        const step = tried[index];
        const how = step ? ended(step.status, over) : "waiting";
        const won = over && how === "good" && index === tried.length - 1;
        return html`
          ${index > 0 && step && html`<li key=${`then-${index}`} class="then" aria-hidden="true">→</li>`}
          <li key=${index} class=${`chip ${channel.toLowerCase()} ${how} ${won ? "won" : ""}`}>
            <span aria-hidden="true">${MARKS[how] || "○"}</span> <span class="channel">${channel}</span><span class="hidden"> ${step ? step.status : "not tried"}${how === "stopped" ? ", stopped" : ""}</span>
          </li>`;
      })}
    </ol>
  `;
}
