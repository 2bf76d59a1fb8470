// All that went over the wire for a flow: its request, the answer, and each callback with its attempts.
import { call } from "../lib/api.js";
import { html } from "../lib/html.js";
import { root } from "../lib/root.js";
import { trying } from "../lib/say.js";
import { moment } from "../lib/words.js";
import { Code, Copy, pretty } from "./code.js";

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const asRequest = (text) => `curl -X POST ${root}/failover -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d ${quoted(text)}`;
const asCallback = ({ url, body }) => `curl -X POST ${quoted(url)} -H 'Content-Type: application/json' -d ${quoted(body)}`;

export function Traffic({ flow, refresh }) {
  const accepted = flow.journal.find((entry) => entry.kind === "accepted");
  const sent = JSON.stringify(accepted ? accepted.data.body : flow.request);
  return html`
    <section class="panel traffic" aria-labelledby="traffic">
      <h2 id="traffic">Over the wire</h2>
      <${Message} name="Request: POST /failover" body=${sent} curl=${asRequest(sent)} />
      <${Message} name="Response: 200" body=${flow.response} />
      ${flow.callbacks.length === 0 && html`<p>No callback yet${flow.request.callback ? "" : "; the request asked for none"}.</p>`}
      ${flow.callbacks.map((callback, index) => html`<${Callback} key=${callback.id} callback=${callback} number=${index + 1} refresh=${refresh} />`)}
    </section>
  `;
}

function Message({ name, body, curl, children }) {
  return html`
    <details>
      <summary>${name}</summary>
      ${children}
      ${curl && html`<p><${Copy} text=${curl} name=${`${name} as curl`}>Copy as curl<//></p>`}
      <${Code} text=${pretty(body)} raw=${body} name=${name} />
    </details>
  `;
}

function Callback({ callback, number, refresh }) {
  const resend = async () => {
    await trying(() => call("POST", `/callbacks/${encodeURIComponent(callback.id)}/resend`), "The callback goes out once more.");
    refresh();
  };
  return html`
    <${Message} name=${`Callback ${number} to ${callback.url}: ${callback.outcome}`} body=${callback.body} curl=${asCallback(callback)}>
      <${Attempts} attempts=${callback.attempts} next=${callback.next} />
      <p><button type="button" onClick=${resend}>Send it again</button></p>
    <//>
  `;
}

export function Attempts({ attempts, next }) {
  return html`
    <ol class="attempts">
      ${attempts.map((tried, index) => html`<li key=${index} class=${tried.outcome === "received" ? "good" : "bad"}>${moment(tried.at)}: ${tried.status || tried.outcome}${tried.answer ? ` — ${tried.answer}` : ""} <small>${tried.ms} ms</small></li>`)}
      ${next && html`<li>next at ${moment(next)}</li>`}
    </ol>
  `;
}
