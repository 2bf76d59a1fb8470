// The recipient's phone: each message as it looks there, or that it never came. Nothing that it links to is fetched,
// unless this page was asked for with ?remote.
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { remote } from "../lib/remote.js";
import { link } from "../lib/route.js";
import { ms } from "../lib/times.js";
import { Device, useArrivals } from "./device.js";
import { Switches } from "./switches.js";
import { Threads } from "./threads.js";
import { isShipped } from "./viber.js";

// `which` tells it from others beside it.
export function Phone({ flow, refresh, which = "" }) {
  const [all, setAll] = useState(false);
  const arrived = flow.phone.filter((message) => message.arrived);
  const missing = flow.phone.filter((message) => !message.arrived);
  const news = useArrivals(arrived, flow.trackingId);
  const linked = flow.phone.some(({ picture, message }) => picture || (message?.imageUrl && !isShipped(message.imageUrl)) || message?.viberVideo);
  const to = flow.phone.at(-1)?.to;
  const screen = useRef(null);
  const shown = arrived.length + flow.journal.filter(({ kind }) => kind === "reply").length;
  const before = useRef(shown);
  useEffect(() => {
    if (shown > before.current) screen.current.scrollTop = screen.current.scrollHeight; // to what is new
    before.current = shown;
  }, [shown]);
  return html`
    <aside class="phone-side" aria-label=${`The recipient's phone${which}`}>
      <${Device} at=${ms(flow.updatedAt)} news=${news} screen=${screen} which=${which}>
        ${arrived.length === 0 && !all && html`<p class="nothing">${flow.status === "Failed" ? "Nothing was delivered" : "Nothing has arrived yet"}.</p>`}
        <${Threads} flow=${flow} refresh=${refresh} shown=${all ? flow.phone : arrived} />
      <//>
      ${missing.length > 0 && html`<p><label class="check"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> Show what has not arrived: ${missing.map((message) => message.channel).join(", ")}</label></p>`}
      ${to && html`<${Switches} application=${flow.applicationId} to=${to} /><p>For another screen: <a href=${link("phone", to)}>this phone</a>, <a href=${link("present", "", { flow: flow.trackingId })}>a presentation</a></p>`}
      ${linked && html`<p><a href=${`${location.pathname}${remote ? "" : "?remote"}${location.hash}`}>${remote ? "Don't load remote images" : "Load remote images"}</a></p>`}
    </aside>
  `;
}
