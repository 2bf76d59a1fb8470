// A new run: all flows are cleared, of one application or of all, and what is active stays. It is done after a moment in
// which it can be taken back, since what is cleared is gone.
import { call } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { trying } from "../lib/say.js";
import { CLEARED } from "../lib/words.js";
import { Act } from "./act.js";

// Seconds in which it can be taken back.
const GRACE = 10;

export function NewRun({ application = "" }) {
  const [left, setLeft] = useState(0);
  const clear = async () => {
    setLeft(0);
    await trying(() => call("POST", "/reset", { ...(application ? { application } : {}), keep: true }), CLEARED);
  };
  useEffect(() => {
    if (left === 0) return undefined;
    const timer = setTimeout(() => (left === 1 ? clear() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  useEffect(() => setLeft(0), [application]);
  const whose = application ? `flows of ${application}` : "all flows";
  if (left === 0) return html`<button type="button" key="new" onClick=${() => setLeft(GRACE)} title=${`Clear ${whose} with callbacks and journal; the scenario stays`}>New run</button>`;
  return html`<span class="row fresh" key="asked"><span role="status">${`Clearing ${whose}.`}</span> <span aria-hidden="true">${left} s</span> <button type="button" onClick=${() => setLeft(0)}>Undo</button> <${Act} act=${clear}>Clear now<//></span>`;
}
