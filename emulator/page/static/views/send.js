// Compose a flow and send it, as any client would: a token first, then POST /failover, or its transactional twin.
import { get, grant, query, sendFlow } from "../lib/api.js";
import { changed, compose, magic, read } from "../lib/compose.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";
import { useAsked } from "../lib/live.js";
import { later } from "../lib/later.js";
import { root } from "../lib/root.js";
import { board, link } from "../lib/route.js";
import { trying, useBusy } from "../lib/say.js";
import { idOf, sent, statusOf } from "../lib/sent.js";
import { LOADING } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { Outcomes } from "../parts/outcomes.js";
import { Code, pretty } from "../parts/code.js";
import { Reasons } from "../parts/reasons.js";

const START = pretty(compose({ channels: ["Viber", "Sms"], to: "+306900000100", text: "Parcel 71 is ready. Track it, or tell us when you are at home.", callback: `${root}/_emulator/sink`, strategy: "OnStep" }));

const Samples = later("samples", "later.css");

// With ?flow=ID it starts from the request of that flow; with ?request=NUMBER from one that was refused.
export function Send({ route }) {
  const { request } = route.query;
  const id = route.query.flow ?? "";
  const { data: flow, error } = useAsked(id && `/flows/${encodeURIComponent(id)}`);
  if (request) return html`<${Mended} key=${request} number=${request} />`;
  if (!id) return html`<${Compose} draft="send" start=${START} owner="demo" />`;
  if (!flow) return html`<h1>Send a flow</h1><p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  return html`<${Compose} key=${id} draft=${`send:${id}`} start=${pretty(sent(flow).body)} owner=${flow.applicationId} />`;
}

// A refused request, to be mended: what was wrong stands above it, and one types at once.
function Mended({ number }) {
  const { data, error } = useAsked(query("/requests", { before: Number(number) + 1, limit: 1 }));
  const found = data?.requests.find(({ seq }) => seq === Number(number));
  if (!found) return html`<h1>Send a flow</h1><p role=${data || error ? "alert" : "status"}>${error?.message ?? (data ? `The journal has no request ${number} any more.` : LOADING)}</p>`;
  const why = html`<div class="panel refused" role="status"><p>It was refused ${statusOf(found.data) ? `with ${statusOf(found.data)}` : "without an answer"}:</p><div class="bad"><${Reasons} data=${found.data} /></div></div>`;
  return html`<${Compose} draft=${`send:refused:${number}`} start=${pretty(found.data.body)} owner=${found.application || "demo"} why=${why} />`;
}

function Compose({ draft, start, owner, why }) {
  const [body, setBody] = useDraft(draft, start);
  const [application, setApplication] = useDraft(`${draft}-application`, owner);
  const [secret, setSecret] = useState("demo");
  const [answer, setAnswer] = useState(null);
  const [busy, run] = useBusy();
  const form = read(body);
  const templated = form ? form.templated : body.includes('"templateId"');
  const path = templated ? "/failover/transactional" : "/failover";
  const written = useRef(null);
  useLayoutEffect(() => why && written.current.focus(), []);
  const change = (members) => form && setBody(changed(body, members));
  const sample = () =>
    trying(async () => {
      const seed = Math.floor(Math.random() * 1e9);
      const { channels, to, callback } = form ?? {};
      setBody(pretty(await get(query("/sample", { endpoint: templated ? "transactional" : "failover", channels: channels?.join(","), to, callback, seed }))));
    });
  const send = (event) => {
    event.preventDefault();
    return run(async () => {
      setAnswer(null);
      setAnswer((await trying(async () => sendFlow(await grant(application, secret), path, body))) ?? null);
    });
  };
  return html`
    <h1>Send a flow</h1>
    ${why}
    <form class="compose" onSubmit=${send}>
      <div class="panel">
        ${!form && html`<p class="bad" role="status">The body can't be read as a flow, so the fields can't show it. Correct it, or <button type="button" class="quiet" onClick=${() => setBody(start)}>start over</button></p>`}
        <fieldset class="fields" disabled=${!form}>
          <${Channels} chosen=${form?.channels ?? []} change=${change} />
          <label class="check"><input type="checkbox" checked=${templated} disabled=${!form?.channels.includes("Viber")} onChange=${(event) => change({ templated: event.target.checked })} /> On Viber as a template (transactional)</label>
          <${Outcomes} body=${form?.body} to=${form?.to} set=${(to) => change({ to })} />
          <${Recipient} to=${form?.to ?? ""} set=${(to) => change({ to })} />
          <${Samples} set=${(text) => change({ text })} />
          <label class="wide">Text <textarea rows="3" dir="auto" disabled=${form && !form.texted} value=${form?.text ?? ""} onInput=${(event) => change({ text: event.target.value })}></textarea></label>
          <label class="wide">Callback URL <input inputmode="url" value=${form?.callback ?? ""} onInput=${(event) => change({ callback: event.target.value })} /></label>
          <label>Callbacks <select value=${form?.strategy} onChange=${(event) => change({ strategy: event.target.value })}><option value="OnStep">after every step</option><option value="OnCompletion">at the end</option></select></label>
        </fieldset>
        <div class="row">
          <label>Application <input value=${application} required onInput=${(event) => setApplication(event.target.value)} /></label>
          <label>Secret <input type="password" autocomplete="off" value=${secret} required onInput=${(event) => setSecret(event.target.value)} /></label>
        </div>
        <p class="row sending"><button class="main" aria-disabled=${busy ? "true" : null} aria-busy=${busy ? "true" : null}>${busy ? "Sending…" : "Send"}</button> <${Act} act=${sample}>Fill with a random request<//>
          ${body !== start && form && html`<button type="button" class="quiet" onClick=${() => setBody(start)}>Start over</button>`}</p>
        ${answer && html`<${Answer} answer=${answer} />`}
      </div>
      <div class="panel">
        <label class="wide">Body of POST ${path} <textarea ref=${written} rows="24" spellcheck=${false} value=${body} onInput=${(event) => setBody(event.target.value)}></textarea></label>
      </div>
    </form>
  `;
}

function Channels({ chosen, change }) {
  return html`
    <fieldset>
      <legend>Channels, in their order</legend>
      <ol class="row">
        ${chosen.map((each, index) => html`<li key=${index} class=${`chip ${each.toLowerCase()}`}>${index + 1}. ${each} <button type="button" class="quiet" disabled=${chosen.length === 1} onClick=${() => change({ remove: index })} aria-label=${`Remove ${each}`}>✕</button></li>`)}
        ${["Viber", "Sms", "Voice"].map((each) => html`<li key=${each}><button type="button" onClick=${() => change({ add: each })}>+ ${each}</button></li>`)}
      </ol>
    </fieldset>
  `;
}

function Recipient({ to, set }) {
  const { data } = useAsked("/scenarios/default");
  const { data: force } = useAsked("/scenario");
  const numbers = data ? magic(data.rules) : [];
  return html`
    <label class="wide">Recipient <input value=${to} list="magic" autocomplete="off" onInput=${(event) => set(event.target.value)} /></label>
    <datalist id="magic">${numbers.map(({ number, rule }) => html`<option key=${number} value=${number}>${rule}</option>`)}</datalist>
    <details class="magic"><summary>Magic numbers${force && force.scenario !== "default" ? ` (of the scenario default; ${force.scenario} is active)` : ""}</summary>
      <ul class="row">${numbers.map(({ number, rule }) => html`<li key=${number}><button type="button" onClick=${() => set(number)}>${number} <small>${rule}</small></button></li>`)}</ul>
    </details>
  `;
}

// The answer, which is brought into sight, and read out.
function Answer({ answer: { status, body } }) {
  const place = useRef(null);
  const id = idOf(body);
  useEffect(() => place.current.scrollIntoView({ block: "nearest" }), [body]);
  return html`
    <section class="answered" aria-labelledby="answer" ref=${place}>
      <div role="status"><h2 id="answer">Answer: <span class=${status === 200 ? "good" : "bad"}>${status}</span></h2></div>
      ${id && html`<p><a class="button" href=${link("flows", id)}>Watch this flow</a> <a class="button" href=${board()}>See the board</a></p>`}
      <${Code} text=${pretty(body)} name="the answer" />
    </section>
  `;
}
