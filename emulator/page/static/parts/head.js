// The head of the page: where one can go, whose time it is, whether the connection stands.
import { token } from "../lib/api.js";
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { forGood } from "../lib/kept.js";
import { useNow } from "../lib/live.js";
import { board, link } from "../lib/route.js";
import { STATES } from "../lib/words.js";
import { Clock } from "./clock.js";
import { Lock } from "./locked.js";

const PLACES = [
  ["board", "Board"],
  ["send", "Send"],
  ["scenarios", "Scenarios"],
  ["stories", "Stories"],
  ["time", "Time"],
  ["journal", "Journal"],
  ["callbacks", "Callbacks"],
  ["sink", "Sink"],
  ["refused", "Refused"],
];

export function Head({ route, application, help }) {
  const { state } = useNow();
  const at = ["flows", "compare"].includes(route.view) ? "board" : route.view;
  const bar = useRef(null);
  useEffect(() => below(bar.current), []);
  return html`
    <header class="head" ref=${bar}>
      <a class="brand" href=${link("board")}><img src="page/icon.svg" alt="" width="26" height="26" /><span>Failover emulator</span></a>
      <nav aria-label="Views">
        <ul>
          ${PLACES.map(
            ([view, name]) => html`<li key=${view}><a href=${view === "board" && at !== "board" ? board() : link(view)} aria-current=${view === at ? "page" : null}>${name}</a></li>`,
          )}
          <li><a href="docs">Docs</a></li>
        </ul>
      </nav>
      <div class="head-end">
        <${Clock} application=${application} />
        <span class=${`state state-${state}`} role="status"><span class="dot" aria-hidden="true"></span>${STATES[state]}</span>
        ${token() && state !== "locked" && html`<${Lock} />`}
        <button class="quiet" type="button" onClick=${help} aria-label="Keys" title="Keys (?)" aria-haspopup="dialog">?</button>
        <${Theme} />
      </div>
    </header>
  `;
}

// What sticks below the head must know how high that is, as it wraps.
function below(head) {
  const note = () => document.documentElement.style.setProperty("--head", `${getComputedStyle(head).position === "sticky" ? head.offsetHeight : 0}px`);
  const watcher = new ResizeObserver(note);
  watcher.observe(head);
  return () => watcher.disconnect();
}

const THEMES = ["auto", "light", "dark"];

function Theme() {
  const [theme, setTheme] = useState(forGood.get("theme") || "auto");
  document.documentElement.dataset.theme = theme;
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    forGood.set("theme", next);
    setTheme(next);
  };
  return html`<button class="quiet" type="button" onClick=${change} aria-label=${`Theme: ${theme}`} title=${`Theme: ${theme}`}>${{ auto: "◐", light: "☀", dark: "☾" }[theme]}</button>`;
}
