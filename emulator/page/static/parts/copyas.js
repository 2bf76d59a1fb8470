// A flow's request, copied as code with a token that works; and what came of it, as a test and as a scenario.
import { get } from "../lib/api.js";
import { bearer } from "../lib/bearer.js";
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { root } from "../lib/root.js";
import { trying } from "../lib/say.js";
import { sent } from "../lib/sent.js";
import { LANGUAGES, pytest } from "../lib/snippets.js";
import { NEW } from "../lib/words.js";
import { Act } from "./act.js";
import { copy } from "./code.js";

export function CopyAs({ flow }) {
  const { path, body } = sent(flow);
  const ended = flow.journal.some(({ kind }) => kind === "completed"); // by itself: a test could not cancel it
  const scenario = async () => (await get(`/flows/${encodeURIComponent(flow.trackingId)}/scenario`)).text;
  const code = (written) => async () => written(`${root}${path}`, await bearer(flow.applicationId), JSON.stringify(body));
  const ways = [
    ...Object.entries(LANGUAGES).map(([name, written]) => [name, code(written)]),
    ...(ended ? [["pytest", async () => pytest(flow, { path, body }, await scenario())]] : []),
    ["Scenario", scenario],
  ];
  const take = (name, made) => () => trying(async () => copy(await made(), `the request as ${name}`));
  return html`
    <details><summary>Copy as</summary>
      <div class="row" role="group" aria-label="Copy as">${ways.map(([name, made]) => html`<${Act} key=${name} act=${take(name, made)}>${name}<//>`)}</div>
      <p class="row"><a class="button" href=${link("scenarios", NEW, { flows: flow.trackingId })}>Save as a scenario</a></p>
      ${!ended && html`<p class="hint">Once it has ended by itself, it can be copied as a test too.</p>`}
    </details>
  `;
}
