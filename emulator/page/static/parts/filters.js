// The filters of the board and of lists: each is kept in the page's address.
import { query } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { searched } from "../lib/numbers.js";
import { filter } from "../lib/route.js";

const STATUSES = ["Queued", "InProgress", "Succeeded", "Failed"];
const CHANNELS = ["Sms", "Viber", "Voice"];
// Lists begin with their first page again when a filter changes.
const FIRST = { before: "", offset: "" };
const NAMES = ["search", "to", "status", "channel", "application", "scenario", "rescued", "webhooks", "since", "until"];
export const CLEAR = { ...Object.fromEntries(NAMES.map((name) => [name, ""])), ...FIRST };

export function Filters({ given }) {
  const { data: known, refresh } = useAsked("/applications");
  const used = known ? known.scenarios : [];
  const active = NAMES.some((name) => given[name]);
  return html`
    <form class="filters" role="search" aria-label="Filter the flows" onSubmit=${(event) => event.preventDefault()} onFocusIn=${refresh}>
      <${Typed} label="Search" name="search" value=${given.search ?? given.to} placeholder="number, text or id" />
      <${Choice} label="Status" name="status" value=${given.status} choices=${STATUSES} />
      <${Choice} label="Channel" name="channel" value=${given.channel} choices=${CHANNELS} />
      <${Choice} label="Application" name="application" value=${given.application} choices=${names(known)} />
      <${Choice} label="Scenario" name="scenario" value=${given.scenario} choices=${used} />
      <details class="period" open=${Boolean(given.since || given.until)}>
        <summary>Time range</summary>
        <span class="row"><${Moment} label="From" name="since" value=${given.since} /> <${Moment} label="Until" name="until" value=${given.until} /></span>
      </details>
      ${given.rescued && html`<${Choice} label="Rescued" name="rescued" value=${given.rescued} choices=${["any", ...CHANNELS]} />`}
      ${given.webhooks && html`<${Choice} label="Webhooks" name="webhooks" value=${given.webhooks} choices=${["failing"]} />`}
      ${active && html`<button type="button" class="quiet" onClick=${() => filter(CLEAR)}>Clear</button>`}
    </form>
  `;
}

const names = (known) => (known ? known.applications.map((each) => each.application) : []);

// The filter by application, with all that there are.
export function OfApplication({ value }) {
  const { data: known, refresh } = useAsked("/applications");
  return html`<span onFocusIn=${refresh}><${Choice} label="Application" name="application" value=${value} choices=${names(known)} /></span>`;
}

export function Choice({ label, name, value = "", choices }) {
  const all = value && !choices.includes(value) ? [value, ...choices] : choices;
  return html`
    <label>${label}
      <select name=${name} value=${value} onChange=${(event) => filter({ [name]: event.target.value, ...FIRST })}>
        <option value="">all</option>
        ${all.map((each) => html`<option key=${each} value=${each} selected=${each === value}>${each}</option>`)}
      </select>
    </label>
  `;
}

// A filter that is typed; it takes effect a moment after the last key.
export function Typed({ label, name, value = "", placeholder }) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (value !== text.trim()) setText(value);
  }, [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => filter({ [name]: text.trim(), ...FIRST }), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return html`
    <label>${label}
      <input name=${name} type="search" value=${text} placeholder=${placeholder} onInput=${(event) => setText(event.target.value)} />
    </label>
  `;
}

// A time in UTC, to the minute.
function Moment({ label, name, value = "" }) {
  return html`
    <label>${label}
      <input name=${name} type="datetime-local" title="UTC" value=${value.replace(/Z$/, "")} onChange=${(event) => filter({ [name]: event.target.value && `${event.target.value}Z`, ...FIRST })} />
    </label>
  `;
}

// The address of the board with these filters.
export const wanted = (given, path = "/board") =>
  query(path, { ...Object.fromEntries(NAMES.map((name) => [name, given[name]])), search: searched(given.search ?? "") });
