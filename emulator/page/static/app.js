// The page: a head with the time in it, one view at a time, and what is said to the user.
import { keepFocus } from "./lib/focus.js";
import { useKeys } from "./lib/keys.js";
import { html, render, useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from "./lib/html.js";
import { listen, useNow } from "./lib/live.js";
import { link, useRoute } from "./lib/route.js";
import { later } from "./lib/later.js";
import { useMissed } from "./lib/missed.js";
import { hush } from "./lib/say.js";
import { arrive } from "./lib/scroll.js";
import { STATES } from "./lib/words.js";
import { Down, useDown } from "./parts/down.js";
import { Head } from "./parts/head.js";
import { Locked } from "./parts/locked.js";
import { Said } from "./parts/said.js";
import { Board } from "./views/board.js";
import { Callbacks } from "./views/callbacks.js";
import { Flow } from "./views/flow.js";
import { Journal } from "./views/journal.js";
import { Refusals } from "./views/refusals.js";
import { Scenarios } from "./views/scenarios.js";
import { Send } from "./views/send.js";
import { Sink } from "./views/sink.js";
import { Time } from "./views/time.js";

const Keys = later("keys", "later.css");
// Those that fill the screen: without the head of the page.
const WHOLE = ["phone", "present"];

const VIEWS = {
  board: [Board, "Board"],
  flows: [Flow, "Flow"],
  send: [Send, "Send"],
  scenarios: [Scenarios, "Scenarios"],
  time: [Time, "Time"],
  journal: [Journal, "Journal"],
  callbacks: [Callbacks, "Callbacks"],
  sink: [Sink, "Sink"],
  refused: [Refusals, "Refused requests"],
  stories: [later("stories", "later.css"), "Stories"],
  compare: [later("compare", "later.css"), "Compare"],
  phone: [later("phone", "later.css"), "Phone"],
  present: [later("present", "later.css"), "Presentation"],
};

function App() {
  const route = useRoute();
  const { board, state } = useNow();
  const down = useDown(state);
  const main = useRef(null);
  // What a view says of itself: whose time it shows, and a title for the tab.
  const [shown, show] = useState({});
  const [View, title] = Object.hasOwn(VIEWS, route.view) ? VIEWS[route.view] : [Nowhere, "No such view"];
  const place = `${route.view}/${route.name}`;
  const own = shown.place === place ? shown : {};
  const first = useRef(place);
  const [helped, help] = useState(false);
  const missed = useMissed(board);
  useEffect(() => keepFocus(main.current), []);
  useLayoutEffect(() => {
    if (first.current !== place) {
      hush();
      arrive();
      main.current.focus({ preventScroll: true });
    }
    first.current = "";
  }, [place]);
  useKeys(place, () => help(true));
  useEffect(() => {
    document.title = `${missed ? `(${missed.toLocaleString("en")} ✗) ` : ""}${own.title ?? (route.name && route.view === "scenarios" ? `${route.name} · ${title}` : title)} · Failover emulator`;
  }, [place, own.title, missed]);
  useEffect(() => {
    if (state === "live") hush();
  }, [state]);
  const skip = (event) => {
    event.preventDefault();
    main.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    ${WHOLE.includes(route.view) && state !== "locked" ? html`<${Connected} state=${state} />` : html`<${Head} route=${route} application=${own.application ?? route.query.application ?? ""} help=${() => help(true)} />`}
    ${down && html`<${Down} />`}
    <main id="main" tabindex="-1" ref=${main} class=${`view-${route.view} ${down ? "stale" : ""}`}>
      ${state === "locked" ? html`<${Locked} />` : html`<${Guarded} key=${place} view=${View} route=${route} show=${(more) => show({ place, ...more })} />`}
    </main>
    <${Said} />
    ${helped && html`<${Keys} close=${() => help(false)} />`}
  `;
}

// A view; one that fails says so and leaves the rest of the page as it is.
function Guarded({ view: View, route, show }) {
  const [error, again] = useErrorBoundary((failed) => console.error(failed));
  if (!error) return html`<${View} route=${route} show=${show} />`;
  return html`<h1>This view has failed</h1><p role="alert" class="bad">${String(error)}</p><p><button type="button" onClick=${again}>Try again</button></p>`;
}

// The state of the connection, where there is no head that shows it.
const Connected = ({ state }) => html`<p class=${`hidden state-${state}`} role="status">${STATES[state]}</p>`;

function Nowhere({ route }) {
  return html`<h1>There is no view “${route.view}”</h1><p><a href=${link("board")}>Go to the board</a></p>`;
}

const root = document.getElementById("app");
listen();
// Drawn by a task of its own: reading the scripts was one.
setTimeout(() => {
  root.replaceChildren();
  render(html`<${App} />`, root);
});
