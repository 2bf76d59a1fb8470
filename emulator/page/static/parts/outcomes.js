// What shall become of a request: its outcomes under the scenario default, each of which is chosen by the recipient's number.
import { call } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { ENDS, becomes, endOf } from "../lib/words.js";

const PAUSE = 300;
const MOST = 4; // each step more has three times as many outcomes
const ANYONE = "+306900000000";

// What of a request decides about its outcomes: not whom it goes to, nor what it says.
const deciding = ({ flow }) => JSON.stringify(flow.map(({ to, message, dialPlan, ...rest }) => rest));

// The request's outcomes that a number has, whoever it goes to; none while it is one that would be refused.
function useOutcomes(body) {
  const [paths, setPaths] = useState([]);
  const key = body?.flow.length && body.flow.length <= MOST ? deciding(body) : "";
  useEffect(() => {
    if (!key) return setPaths([]);
    const over = new AbortController();
    const flow = body.flow.map((each) => ({ ...each, to: ANYONE }));
    const ask = async () => setPaths((await call("POST", "/paths", { flow }, over.signal).catch(() => ({ paths: [] }))).paths);
    const timer = setTimeout(ask, PAUSE);
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [key]);
  return paths.filter(({ number }) => number);
}

export function Outcomes({ body, to, set }) {
  const outcomes = useOutcomes(body);
  const chosen = outcomes.some(({ number }) => number === to) ? to : "";
  return html`
    <label class="wide">Outcome <select value=${chosen} disabled=${!outcomes.length} onChange=${(event) => event.target.value && set(event.target.value)}>
      <option value="" selected=${!chosen}>${outcomes.length ? "that of the number below" : "no number decides it"}</option>
      ${ENDS.map((end) => html`<optgroup key=${end} label=${end}>${outcomes.filter((each) => endOf(each) === end).map((each) => html`<option key=${each.number} value=${each.number} selected=${each.number === chosen}>${becomes(each)} · ${each.number}</option>`)}</optgroup>`)}
    </select></label>
  `;
}
