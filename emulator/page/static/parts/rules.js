// Which rule of the scenario planned each step, and why the rules before it did not match.
import { html, useState } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { visible } from "../lib/words.js";

export function Rules({ flow }) {
  const [open, setOpen] = useState(false);
  const { data, error } = useAsked(open ? `/flows/${encodeURIComponent(flow.trackingId)}/rules` : "");
  return html`
    <details class="panel" onToggle=${(event) => setOpen(event.target.open)}>
      <summary><h2>Rules: ${flow.rules.map(named).join(", ")}</h2></summary>
      ${error && html`<p class="bad" role="alert">${error.message}</p>`}
      ${data && data.steps.map((step) => html`<${Step} key=${step.step} step=${step} />`)}
    </details>
  `;
}

// A step that its channel does not take has this in place of a rule's name.
const named = (rule) => (rule === "rejected" ? "not taken by its channel" : rule);

function why({ match, rejected }) {
  if (rejected) return `No rule is asked: ${visible(rejected)}`;
  if (match === null) return "The scenario has changed since, or is gone.";
  if (match === "everything") return "Matches everything.";
  const number = /^to (is|looks like) (\S+)$/.exec(match);
  return number ? `Matches because the number ${number[1]} ${number[2]}.` : `Matches because ${visible(match)}.`;
}

function Step({ step }) {
  return html`
    <section class="ruled" aria-label=${`Step ${step.step}`}>
      <h3 class=${`of-${step.channel.toLowerCase()}`}>${step.channel}: ${named(step.rule)}</h3>
      <p>${why(step)}</p>
      ${step.passed.length > 0 && html`<details><summary>${plural(step.passed.length, "earlier rule")} didn't match</summary>
        <ul class="passed">${step.passed.map((each, index) => html`<li key=${index}><b>${each.rule}</b>: ${each.differences.join("; ")}</li>`)}</ul>
      </details>`}
    </section>
  `;
}
