// The list of keys, with what is switched here: the keys, and notifications of this desktop.
import { html, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { KEYS, keysOff, switchKeys } from "../lib/keys.js";
import { switchTold, told } from "../lib/missed.js";

export default function Keys({ close }) {
  const dialog = useRef(null);
  const [on, setOn] = useState(!keysOff());
  useLayoutEffect(() => dialog.current.showModal(), []);
  const turn = (event) => {
    switchKeys(event.target.checked);
    setOn(event.target.checked);
  };
  return html`
    <dialog class="keys" ref=${dialog} onClose=${close} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class=${on ? "" : "off"}>${KEYS.map(([key, what]) => html`<div key=${key}><dt>${key.split(" ").map((each) => html`<kbd key=${each}>${each}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl>
      <p><label class="check"><input type="checkbox" checked=${on} onChange=${turn} /> Keys work</label></p>
      <${Notify} />
      <p><button type="button" class="main" onClick=${() => dialog.current.close()}>Close</button></p>
    </dialog>
  `;
}

// Whether this desktop shall tell of failures while the page is not looked at.
function Notify() {
  const [on, setOn] = useState(told());
  const [why, setWhy] = useState("");
  if (!("Notification" in window) || !isSecureContext) return html`<p class="hint">A browser lets a page notify this desktop only from localhost or over https.</p>`;
  const turn = async (event) => {
    const wanted = event.target.checked;
    const allowed = !wanted || (await Notification.requestPermission()) === "granted";
    switchTold(wanted && allowed);
    setOn(wanted && allowed);
    setWhy(allowed ? "" : "The browser does not allow it. Its settings for this site can change that.");
  };
  return html`<p><label class="check"><input type="checkbox" checked=${on} onChange=${turn} /> Tell this desktop of flows that fail while the page is hidden</label></p>${why && html`<p role="alert" class="bad">${why}</p>`}`;
}
