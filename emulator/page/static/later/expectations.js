// What a scenario expects of itself, tried: each expectation with what it sends, and what came otherwise.
import { call } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { trying } from "../lib/say.js";
import { Act } from "../parts/act.js";

const EXPECTS = /^\s*("?)expect\1\s*:/m;

// `asked` is the scenario's name or its text, as the API takes it; `text` is what it says. `go` leads to a place in it.
export function Expectations({ asked, text, go }) {
  const [found, setFound] = useState(null);
  useEffect(() => setFound(null), [text]);
  if (!EXPECTS.test(text)) return null;
  const run = async () => setFound((await trying(() => call("POST", "/scenarios/expectations", asked)) ?? null)?.expectations ?? null);
  const unmet = found ? found.filter((each) => !each.met).length : 0;
  const place = (line, column = 1) => (go ? html`<button type="button" class="quiet" onClick=${() => go({ line, column })}>line ${line}</button>` : html`<span>line ${line}</span>`);
  return html`
    <div class="expectations">
      <p class="row"><${Act} act=${run}>Run its expectations<//> <span role="status" class=${unmet ? "bad" : "good"}>${found && (unmet ? `${unmet} of ${plural(found.length, "expectation")} not met` : `${plural(found.length, "expectation")} met`)}</span></p>
      ${found && html`<ol aria-label="Expectations">${found.map((each, index) => html`<li key=${index}>
        <b class=${each.met ? "good" : "bad"}>${each.met ? "✓ met" : "✗ not met"}</b> ${each.sends.join(", then ")} ${place(each.line)}
        ${!each.met && html`<ul>${each.problems.map((problem, at) => html`<li key=${at}>${problem.path && html`<code>${problem.path}</code>: `}${problem.message}</li>`)}</ul>`}
      </li>`)}</ol>`}
    </div>
  `;
}
