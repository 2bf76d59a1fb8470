// The head of the page: where one can go, whose time it is, whether the connection stands.
import { html, useState } from "../lib/html.js";
import { useNow } from "../lib/live.js";
import { link } from "../lib/route.js";
import { Clock } from "./clock.js";

const PLACES = [
  ["board", "Board"],
  ["send", "Send"],
  ["scenarios", "Scenarios"],
  ["time", "Time"],
  ["journal", "Journal"],
  ["callbacks", "Callbacks"],
  ["refused", "Refused"],
];
const STATES = { live: "live", waiting: "reconnecting…", connecting: "connecting…", locked: "locked" };

export function Head({ route }) {
  const { state } = useNow();
  const at = route.view === "flows" ? "board" : route.view;
  return html`
    <header class="head">
      <a class="brand" href=${link("board")}><img src="page/icon.svg" alt="" width="26" height="26" /><span>Failover emulator</span></a>
      <nav aria-label="Views">
        <ul>
          ${PLACES.map(
            ([view, name]) => html`<li key=${view}><a href=${link(view)} aria-current=${view === at ? "page" : null}>${name}</a></li>`,
          )}
        </ul>
      </nav>
      <div class="head-end">
        <${Clock} application=${route.query.application || ""} />
        <span class=${`state state-${state}`} role="status"><span class="dot" aria-hidden="true"></span>${STATES[state]}</span>
        <${Theme} />
      </div>
    </header>
  `;
}

const THEMES = ["auto", "light", "dark"];

function Theme() {
  const [theme, setTheme] = useState(localStorage.getItem("theme") || "auto");
  document.documentElement.dataset.theme = theme;
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    localStorage.setItem("theme", next);
    setTheme(next);
  };
  return html`<button class="quiet" type="button" onClick=${change} aria-label=${`Colours: ${theme}; change them`}>${{ auto: "◐", light: "☀", dark: "☾" }[theme]}</button>`;
}
