// Compose a flow and send it, as any client would: a token first, then POST /failover, or its transactional twin.
import { get, grant, query, sendFlow } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { root } from "../lib/root.js";
import { link } from "../lib/route.js";
import { say, trying } from "../lib/say.js";
import { compose, magic } from "../lib/compose.js";
import { Code, pretty } from "../parts/code.js";

const START = { channels: ["Viber", "Sms"], to: "+306900000100", text: "Parcel 71 is ready. Track it, or tell us when you are at home.", callback: `${root}/_emulator/sink`, strategy: "OnStep", templated: false };
const path = (form) => (form.templated ? "/failover/transactional" : "/failover");

export function Send() {
  const [form, setForm] = useState(START);
  const [body, setBody] = useState(pretty(compose(START)));
  const [account, setAccount] = useState({ application: "demo", secret: "demo" });
  const [answer, setAnswer] = useState(null);
  const change = (members) => {
    const next = { ...form, ...members };
    setForm(next);
    setBody(pretty(compose(next)));
  };
  const sample = () =>
    trying(async () => {
      const seed = Math.floor(Math.random() * 1e9);
      setBody(pretty(await get(query("/sample", { channels: form.channels.join(","), to: form.to, callback: form.callback, seed }))));
    });
  const send = async (event) => {
    event.preventDefault();
    const sent = await trying(async () => sendFlow(await grant(account.application, account.secret), path(form), body));
    if (!sent) return;
    setAnswer(sent);
    say(sent.status === 200 ? "Accepted." : `Refused with ${sent.status}.`, sent.status !== 200);
  };
  return html`
    <h1>Send a flow</h1>
    <form class="compose" onSubmit=${send}>
      <div class="panel">
        <${Channels} chosen=${form.channels} choose=${(channels) => change({ channels })} />
        <label class="check"><input type="checkbox" checked=${form.templated} onChange=${(event) => change({ templated: event.target.checked })} /> On Viber as a template (transactional)</label>
        <${Recipient} to=${form.to} set=${(to) => change({ to })} />
        <label class="wide">Text <textarea rows="3" value=${form.text} onInput=${(event) => change({ text: event.target.value })}></textarea></label>
        <label class="wide">Callback URL <input type="url" value=${form.callback} onInput=${(event) => change({ callback: event.target.value })} /></label>
        <div class="row">
          <label>Told <select value=${form.strategy} onChange=${(event) => change({ strategy: event.target.value })}><option>OnStep</option><option>OnCompletion</option></select></label>
          <label>Application <input value=${account.application} required onInput=${(event) => setAccount({ ...account, application: event.target.value })} /></label>
          <label>Secret <input type="password" autocomplete="off" value=${account.secret} required onInput=${(event) => setAccount({ ...account, secret: event.target.value })} /></label>
        </div>
        <p class="row"><button class="main">Send</button> ${!form.templated && html`<button type="button" onClick=${sample}>Make something up</button>`}</p>
      </div>
      <div class="panel">
        <label class="wide">Body of POST ${path(form)} <textarea rows="24" spellcheck="false" value=${body} onInput=${(event) => setBody(event.target.value)}></textarea></label>
      </div>
    </form>
    ${answer && html`<${Answer} answer=${answer} />`}
  `;
}

function Channels({ chosen, choose }) {
  const left = ["Viber", "Sms", "Voice"].filter((each) => !chosen.includes(each));
  return html`
    <fieldset>
      <legend>Channels, in their order</legend>
      <ol class="row">
        ${chosen.map((each, index) => html`<li key=${each} class=${`chip ${each.toLowerCase()}`}>${index + 1}. ${each} <button type="button" class="quiet" disabled=${chosen.length === 1} onClick=${() => choose(chosen.filter((other) => other !== each))} aria-label=${`Remove ${each}`}>✕</button></li>`)}
        ${left.map((each) => html`<li key=${each}><button type="button" onClick=${() => choose([...chosen, each])}>+ ${each}</button></li>`)}
      </ol>
    </fieldset>
  `;
}

function Recipient({ to, set }) {
  const { data } = useAsked("/scenarios/default");
  const { data: force } = useAsked("/scenario");
  const numbers = data ? magic(data.rules) : [];
  return html`
    <label class="wide">Recipient <input value=${to} required list="magic" autocomplete="off" onInput=${(event) => set(event.target.value)} /></label>
    <datalist id="magic">${numbers.map(({ number, rule }) => html`<option key=${number} value=${number}>${rule}</option>`)}</datalist>
    <details class="magic"><summary>Magic numbers${force && force.scenario !== "default" ? ` (of the scenario default; in force is ${force.scenario})` : ""}</summary>
      <ul class="row">${numbers.map(({ number, rule }) => html`<li key=${number}><button type="button" onClick=${() => set(number)}>${number} <small>${rule}</small></button></li>`)}</ul>
    </details>
  `;
}

function Answer({ answer }) {
  const [id, setId] = useState("");
  useEffect(() => {
    try {
      setId(JSON.parse(answer.body).trackingId || "");
    } catch {
      setId("");
    }
  }, [answer]);
  return html`
    <section class="panel" aria-labelledby="answer">
      <h2 id="answer">Answer: <span class=${answer.status === 200 ? "good" : "bad"}>${answer.status}</span></h2>
      ${id && html`<p><a class="button" href=${link("flows", id)}>Watch this flow</a> <a class="button" href=${link("board")}>See the board</a></p>`}
      <${Code} text=${pretty(answer.body)} name="the answer" />
    </section>
  `;
}
