// One scenario: what it says, and its text, which can be changed and kept under a name; or a new one.
import { call, get } from "../lib/api.js";
import { html, useEffect, useId, useState } from "../lib/html.js";
import { forgetDraft, useDraft } from "../lib/kept.js";
import { useAsked } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { say, trying } from "../lib/say.js";
import { LOADING, NEW } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { Choose } from "../parts/choose.js";
import { Code } from "../parts/code.js";
import { Coloured } from "./coloured.js";
import Editor from "./editor.js";
import { Expectations } from "./expectations.js";
import { Happened } from "./happened.js";

const START = `purpose: Viber does not reach anybody, Sms does.
rules:
  - plan: {Viber: UNDELIVERED}
`;

const path = (name) => `/scenarios/${encodeURIComponent(name)}`;

// A text with this name in it, if it has one at all.
function named(text, name) {
  return text.trimStart().startsWith("{") ? text : text.replace(/^name:.*$/m, `name: ${name}`);
}

export default function Scenario({ name, ...rest }) {
  if (name === NEW) return html`<${Fresh} ...${rest} />`;
  return html`<${One} name=${name} ...${rest} />`;
}

const Back = ({ application }) => html`<p><a href=${link("scenarios", "", { application })}>← All scenarios</a></p>`;

// What a new scenario begins with: an example; or what replays some flows.
function Fresh({ flows = "", ...rest }) {
  const [text, setText] = useState(flows ? null : START);
  const [error, setError] = useState(null);
  useEffect(() => {
    if (!flows) return;
    call("POST", "/recording", { flows: flows.split(",") }).then((found) => setText(found.text), setError);
  }, []);
  return html`
    <section class="panel" aria-labelledby="one-scenario">
      <${Back} application=${rest.application} />
      <h2 id="one-scenario">New scenario</h2>
      ${flows && text && html`<p>It replays ${plural(flows.split(",").length, "flow")}: the next requests to the same numbers come to the same.</p>`}
      ${!flows && html`<details><summary>Write it from what happened</summary><${Happened} application=${rest.application} /></details>`}
      ${text === null ? html`<p role=${error ? "alert" : "status"} class=${error ? "bad" : ""}>${error ? error.message : LOADING}</p>` : html`<${Writing} name=${flows ? `${NEW} ${flows}` : NEW} start=${text} called=${flows ? "recorded" : ""} ...${rest} />`}
    </section>
  `;
}

function One({ name, application, force, choose }) {
  const { data, error, refresh } = useAsked(path(name));
  const [gone, setGone] = useState(null);
  useEffect(() => refresh(), [force?.scenario]); // one that was written by hand is there while it is active
  if (gone) return html`<${Gone} name=${name} text=${gone} application=${application} back=${() => setGone(null)} />`;
  if (!data) return html`<${Back} application=${application} />${error ? html`<${Missing} error=${error} application=${application} />` : html`<p role="status">${LOADING}</p>`}`;
  const remove = async () => {
    const had = await trying(() => call("DELETE", path(name)), `${name} is deleted.`);
    if (had) setGone(had.text);
  };
  return html`
    <section class="panel" aria-labelledby="one-scenario">
      <${Back} application=${application} />
      <h2 id="one-scenario">${name}</h2>
      <p>${data.purpose}</p>
      <p class="row">
        <${Choose} name=${name} force=${force} choose=${choose} /> <small>${data.file}</small>
        <a download=${`${name}.yaml`} href=${`data:text/yaml;charset=utf-8,${encodeURIComponent(data.text)}`}>Download ${name}.yaml</a>
        ${data.kept && html`<${Act} class="danger" act=${remove} aria-label=${`Delete ${name}`}>Delete<//>`}
      </p>
      <${Code} text=${data.text} name=${`the scenario ${name}`} shown=${html`<${Coloured} text=${data.text} />`} />
      <${Expectations} asked=${{ name }} text=${data.text} />
      <details><summary>${data.kept ? "Edit" : "Edit a copy"}</summary>
        <${Writing} key=${data.text} name=${name} start=${data.text} called=${data.kept ? name : `${name.replace(/\(.*|-changed$/g, "")}-changed`} kept=${data.kept} application=${application} choose=${choose} done=${refresh} />
      </details>
    </section>
  `;
}

// The editor, and the name that the text is kept under.
function Writing({ name, start, called, kept = false, application, choose, done = () => {} }) {
  const [own, setOwn] = useDraft(`named:${name}`, called);
  const [refused, refuse] = useState("");
  const id = useId();
  const draft = `scenario:${name}`;
  const save = async (text) => {
    refuse("");
    try {
      if (!own) throw new Error("Name it first.");
      const { scenarios } = await get("/scenarios");
      if (!(kept && own === name) && scenarios.some((each) => each.kept && each.name === own)) throw new Error(`another scenario is kept as '${own}'; name this one otherwise, or edit that one`);
      await call("PUT", path(own), { text: named(text, own), insteadOf: kept && own !== name ? name : "" });
    } catch (error) {
      refuse(error.message);
      document.getElementById(id).focus();
      return false;
    }
    say(`${own} is saved.`);
    for (const each of [draft, `named:${name}`]) forgetDraft(each);
    return true;
  };
  const shown = () => (own === name ? done() : (location.hash = link("scenarios", own, { application })));
  const puts = [
    ["Save", async (text) => (await save(text)) && (shown(), true)],
    ["Save and activate", async (text) => (await save(text)) && (await choose(own), shown(), true)],
  ];
  return html`
    <label for=${id}>Name</label>
    <p><input id=${id} value=${own} maxlength="100" autocomplete="off" spellcheck=${false} aria-invalid=${refused !== ""} aria-describedby=${`${id}-refused`} placeholder="letters, digits, . - _" onInput=${(event) => setOwn(event.target.value.trim())} /></p>
    <p id=${`${id}-refused`} role="alert" class="bad">${refused}</p>
    <${Editor} name="Scenario (YAML)" blank=${start === START ? (words) => `purpose: ${JSON.stringify(`${words}.`)}\n` : undefined} draft=${draft} start=${start} overrides=${false} puts=${puts} />
  `;
}

function Gone({ name, text, application, back }) {
  const undo = async () => {
    if (await trying(() => call("PUT", path(name), { text }), `${name} is back.`)) back();
  };
  return html`<${Back} application=${application} /><p role="status">${name} is deleted. Where it is active, it stays so.</p><p><${Act} act=${undo}>Undo<//></p>`;
}

function Missing({ error, application }) {
  const near = /did you mean '([^']+)'/.exec(error.message)?.[1];
  return html`<p role="alert" class="bad">${error.message}</p>${near && html`<p><a href=${link("scenarios", near, { application })}>${near}</a></p>`}`;
}
