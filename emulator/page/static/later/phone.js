// One phone alone, for a second screen: all that came to a number lately, of whichever flow, the last at the bottom.
import { query } from "../lib/api.js";
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { searched } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { LOADING } from "../lib/words.js";
import { useTime } from "../parts/clock.js";
import { Device, useArrivals } from "../parts/device.js";
import { PhoneNumber } from "../parts/number.js";
import { Switches } from "../parts/switches.js";
import { Threads } from "../parts/threads.js";

// How many flows it shows.
const MOST = 6;

export default function OnePhone({ route, show }) {
  const number = searched(route.name);
  useEffect(() => show({ title: `Phone ${number}` }), [number]);
  if (!/^\+?\d+$/.test(number)) return html`<${Which} />`;
  return html`<${Numbered} key=${number} number=${number} />`;
}

function Which() {
  const go = (event) => {
    event.preventDefault();
    location.hash = link("phone", searched(new FormData(event.target).get("number")));
  };
  return html`<h1>Phone</h1><form class="row" onSubmit=${go}><label>Number <input name="number" type="tel" required placeholder="+306912345678" /></label> <button class="main">Show its phone</button></form>`;
}

function Numbered({ number }) {
  const { data, error } = useLive(query("/flows", { to: number, limit: MOST }));
  const [flows, setFlows] = useState({});
  const ids = (data?.flows ?? []).map((flow) => flow.trackingId).reverse();
  const there = ids.map((id) => flows[id]).filter(Boolean);
  const messages = there.flatMap((flow) => flow.phone.filter((message) => message.arrived).map((message) => ({ ...message, flow: flow.trackingId })));
  const news = useArrivals(messages, "", there.length === ids.length && data !== null);
  const screen = useRef(null);
  const last = there.at(-1);
  const { time } = useTime(last?.applicationId ?? "");
  useEffect(() => {
    if (screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [messages.length]);
  const take = (flow) => setFlows((before) => ({ ...before, [flow.trackingId]: flow }));
  return html`
    <div class="alone">
      <h1><${PhoneNumber} number=${number} /></h1>
      ${error && html`<p role="alert" class="bad">${error.message}</p>`}
      ${!data && !error && html`<p role="status">${LOADING}</p>`}
      <aside class="phone-side" aria-label="The phone">
        <${Device} at=${time?.at} news=${news} screen=${screen}>
          ${data && there.length === ids.length && messages.length === 0 && html`<p class="nothing">Nothing has arrived yet.</p>`}
          ${ids.map((id) => html`<${Of} key=${id} id=${id} take=${take} />`)}
        <//>
        ${last && html`<${Switches} application=${last.applicationId} to=${number} />`}
      </aside>
      <p><a href=${link("board")}>Board</a></p>
    </div>
  `;
}

function Of({ id, take }) {
  const { data: flow, refresh } = useLive(`/flows/${encodeURIComponent(id)}`);
  useEffect(() => flow && take(flow), [flow]);
  return flow && html`<${Threads} flow=${flow} refresh=${refresh} shown=${flow.phone.filter((message) => message.arrived)} />`;
}
