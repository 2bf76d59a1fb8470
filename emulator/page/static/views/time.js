// Time: a table of all clocks, and one of them with all the ways to move it.
import { html, useState } from "../lib/html.js";
import { call, query } from "../lib/api.js";
import { useAsked, useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { say, trying } from "../lib/say.js";
import { clock, day, moment, ms, span } from "../lib/times.js";
import { LOADING, SHARED, ownClock } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { move, setRate, useRunning } from "../parts/clock.js";
import { PhoneNumber } from "../parts/number.js";

const RATES = [0, 1, 10, 60, 3600];
const JUMPS = [["+10 s", "10s"], ["+1 min", "1m"], ["+1 h", "1h"], ["+1 day", "24h"]];
// How many clocks the table shows; the search finds others.
const MOST = 50;
// What is meant for a time, or can be a duration.
const TIMED = /^([0-9]{4}-.*|([0-9.]+(ms|[smhd]))+)$/i;
// How many coming events are listed.
const SOON = 10;

export function Time({ route }) {
  const chosen = route.query.application ?? "";
  const { data, error, refresh } = useLive("/clocks");
  if (!data) return html`<h1>Time</h1><p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  const found = data.clocks.find((each) => (each.application ?? "") === chosen);
  return html`
    <h1>Time</h1>
    <p>All times are the emulator's, in UTC.</p>
    ${found ? html`<${Watch} key=${chosen} state=${found} shared=${data.clocks[0]} refresh=${refresh} />` : html`<${Sharing} application=${chosen} shared=${data.clocks[0]} refresh=${refresh} />`}
    <${Coming} key=${`coming-${chosen}`} application=${found ? chosen : ""} refresh=${refresh} />
    <${Clocks} clocks=${data.clocks} chosen=${chosen} refresh=${refresh} />
  `;
}

// An application that has no clock of its own.
function Sharing({ application, shared, refresh }) {
  const apart = async () => {
    await setRate(application, shared.rate);
    refresh();
  };
  return html`<section class="panel" aria-labelledby="sharing"><h2 id="sharing">${application}</h2><p>${application} uses the shared clock.</p><p><${Act} act=${apart}>Give it its own clock<//></p></section>`;
}

// An application's own clock is given up for the shared one. Time only goes forward, so one that is ahead stays until the
// shared clock is as late, and that moves the time of all who go by it.
function Back({ application, at, shared, refresh }) {
  const common = useRunning(shared);
  const ahead = at - common.at;
  const share = async () => {
    await trying(() => call("DELETE", query("/clock", { application })), `${application} uses the shared clock again.`);
    refresh();
  };
  const follow = async () => {
    await move("", { to: new Date(at).toISOString() });
    refresh();
  };
  if (ahead <= 0) return html`<p class="row"><${Act} act=${share}>Back to the shared clock<//> <span>${ahead < 0 ? `What is due in the ${span(-ahead)} until its time happens first.` : ""}</span></p>`;
  return html`<p class="row"><span>It is ${span(ahead)} ahead of the shared clock, and time only goes forward.</span> <${Act} act=${follow}>Move the shared clock as far<//></p>`;
}

// What happens next on the clock that is looked at. One click goes there.
function Coming({ application, refresh }) {
  const { data, error, refresh: again } = useLive(query("/upcoming", { application, limit: SOON }));
  if (!data) return html`<section class="panel"><h2>What happens next</h2><p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p></section>`;
  const to = (at) => async () => {
    await move(application, { to: at });
    refresh();
    again();
  };
  return html`
    <section class="panel" aria-labelledby="coming">
      <h2 id="coming">What happens next</h2>
      ${data.events.length === 0 && html`<p>Nothing scheduled.</p>`}
      ${data.events.length > 0 && html`<ol class="coming">${data.events.map((each) => html`
        <li key=${`${each.at} ${each.flow} ${each.text}`}>
          <${Act} act=${to(each.at)} title="Move the clock there" aria-label=${`Go to ${moment(each.at)}: ${each.text}`}>${moment(each.at)}<//>
          <span>${each.text}</span>
          <a href=${link("flows", each.flow)}>${each.to ? html`<${PhoneNumber} number=${each.to} />` : each.flow.slice(0, 8)}</a>
          <small>${each.application}</small>
        </li>`)}
      </ol>`}
      ${data.events.length === SOON && html`<p>These are the next ${SOON}.</p>`}
    </section>
  `;
}

const nameOf = ({ application }) => (application === null ? SHARED : ownClock(application));

function Watch({ state, shared, refresh }) {
  const time = useRunning(state);
  const [goal, setGoal] = useState("");
  const application = state.application ?? "";
  const act = (doing) => async () => {
    await doing();
    refresh();
  };
  const jump = act(() => {
    const typed = goal.trim();
    if (!TIMED.test(typed)) return say(`“${typed}” is neither a duration such as 90m, 20h or 1d, to move by, nor a time such as 2026-01-02T00:00Z, to move to.`, true);
    return move(application, /^[0-9]{4}-/.test(typed) ? { to: typed } : { by: typed });
  });
  return html`
    <section class="panel watch" aria-label=${nameOf(state)}>
      <h2>${nameOf(state)}</h2>
      <p class="face"><time datetime=${new Date(time.at).toISOString()}>${day(time.at)} ${clock(time.at)}</time></p>
      <p>${time.next ? `Next event at ${moment(time.next)}, in ${span(Math.max(0, ms(time.next) - time.at))}.` : "Nothing scheduled."}</p>
      <div class="row" role="group" aria-label="Rate">
        Rate: ${RATES.map((rate) => html`<${Act} key=${rate} aria-pressed=${time.rate === rate} act=${act(() => setRate(application, rate))}>${rate === 0 ? "pause" : `× ${rate}`}<//>`)}
        <${Act} aria-pressed=${time.rate === "instant"} act=${act(() => setRate(application, "instant"))}>instant<//>
      </div>
      <div class="row" role="group" aria-label="Move">
        Move: ${JUMPS.map(([label, by]) => html`<${Act} key=${by} act=${act(() => move(application, { by }))}>${label}<//>`)}
        <${Act} disabled=${!time.next} act=${act(() => move(application, { until: "next" }))}>To the next event<//>
        <${Act} act=${act(() => move(application, { until: "idle" }))}>Run until idle<//>
      </div>
      <form class="row" onSubmit=${(event) => event.preventDefault()}>
        <label>Jump by or to <input class="goal" value=${goal} placeholder="90m or 2026-01-02T00:00Z" onInput=${(event) => setGoal(event.target.value)} /></label>
        <${Act} type="submit" disabled=${!goal.trim()} act=${jump}>Move<//>
      </form>
      ${application && html`<${Back} application=${application} at=${time.at} shared=${shared} refresh=${refresh} />`}
    </section>
  `;
}

function Clocks({ clocks, chosen, refresh }) {
  const [text, setText] = useState("");
  const { data: known, refresh: again } = useAsked("/applications");
  const apart = new Set(clocks.map((each) => each.application));
  const shared = known ? known.applications.map((each) => each.application).filter((each) => !apart.has(each)) : [];
  const found = clocks.filter((each) => nameOf(each).toLowerCase().includes(text.toLowerCase()));
  return html`
    <section class="panel" aria-labelledby="clocks">
      <h2 id="clocks">${plural(clocks.length, "clock")}</h2>
      <p class="row">
        ${clocks.length > 8 && html`<label>Search <input type="search" value=${text} onInput=${(event) => setText(event.target.value)} /></label>`}
        ${shared.length > 0 && html`<label>Uses the shared clock <select onFocus=${again} onChange=${(event) => (location.hash = link("time", "", { application: event.target.value }))}>
          <option value="">choose an application</option>
          ${shared.map((each) => html`<option key=${each} value=${each} selected=${each === chosen}>${each}</option>`)}
        </select></label>`}
      </p>
      <div class="table" role="region" aria-label="Clocks" tabindex="0">
        <table>
          <thead><tr><th scope="col">Clock</th><th scope="col">Time</th><th scope="col">Rate</th><th scope="col">Next event</th><th scope="col">Move</th></tr></thead>
          <tbody>${found.slice(0, MOST).map((each) => html`<${OneClock} key=${each.application ?? ""} state=${each} chosen=${chosen} refresh=${refresh} />`)}</tbody>
        </table>
      </div>
      ${found.length > MOST && html`<p>and ${(found.length - MOST).toLocaleString("en")} more; search for them</p>`}
    </section>
  `;
}

function OneClock({ state, chosen, refresh }) {
  const time = useRunning(state);
  const application = state.application ?? "";
  const act = (goal) => async () => {
    await move(application, goal);
    refresh();
  };
  return html`
    <tr>
      <td><a href=${link("time", "", { application })} aria-current=${application === chosen ? "true" : null}>${state.application ?? SHARED}</a></td>
      <td><time datetime=${new Date(time.at).toISOString()}>${day(time.at)} ${clock(time.at)}</time></td>
      <td>${time.rate === 0 ? "paused" : time.rate === "instant" ? "instant" : `× ${time.rate}`}</td>
      <td>${moment(time.next)}</td>
      <td class="row"><${Act} disabled=${!time.next} act=${act({ until: "next" })} aria-label=${`${state.application ?? SHARED}: to the next event`}>Next<//> <${Act} act=${act({ by: "1h" })} aria-label=${`${state.application ?? SHARED}: one hour on`}>+1 h<//></td>
    </tr>
  `;
}
