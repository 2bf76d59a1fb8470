// For a projector: a caption, the channels and the phone, in large letters and without ids. It shows the story that is
// named, or the one that is played, or the flow that moved last.
import { html, useLayoutEffect, useRef } from "../lib/html.js";
import { useLive, useNow } from "../lib/live.js";
import { link } from "../lib/route.js";
import { say } from "../lib/say.js";
import { act, playing, useLatest } from "./telling.js";
import { Controls } from "./controls.js";
import { Stage } from "./stage.js";

export default function Present({ route, show }) {
  const { story: named, application, flow } = route.query;
  const { board } = useNow();
  const { data } = useLive(named || flow ? "" : "/stories");
  const before = useRef("");
  const last = useLatest(board, application);
  const name = named ?? told(data, last, before);
  const { data: story, error, refresh } = useLive(name ? `/stories/${encodeURIComponent(name)}` : "");
  const kept = useRef(null);
  kept.current = { name, story, refresh };
  useLayoutEffect(() => {
    document.documentElement.classList.add("presenting");
    const pressed = (event) => keyed(event, kept.current);
    addEventListener("keydown", pressed);
    return () => {
      document.documentElement.classList.remove("presenting");
      removeEventListener("keydown", pressed);
    };
  }, []);
  const shown = flow ?? (name ? story?.flow : last?.id) ?? "";
  return html`
    <h1 class="hidden">Presentation</h1>
    ${error && html`<p role="alert" class="bad">${error.message}</p>`}
    <${Stage} id=${shown} caption=${story?.caption} note=${name ? story?.purpose : shown ? "" : "What is sent next is shown here."} show=${show} />
    <div class="row below">
      ${story && html`<${Controls} story=${story} refresh=${refresh} />`}
      <span class="row leave">
        ${document.fullscreenEnabled && html`<button type="button" class="quiet" onClick=${() => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen())}>Full screen</button>`}
        <a class="button" href=${name ? link("stories", name) : link("board")}>Leave</a>
      </span>
    </div>
  `;
}

// The story that is shown if none is named: one that is played, or that was until now, unless another application has sent
// something since.
function told(data, last, before) {
  const found = playing(data?.stories ?? []) ?? data?.stories.find(({ name, application }) => name === before.current && (!last || last.application === application));
  before.current = found?.name ?? "";
  return before.current;
}

// The keys of who presents.
const KEYS = "Space plays and pauses, → goes on by a scene, Home begins again, Escape leaves.";

async function keyed(event, { name, story, refresh }) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select, button, a, summary")) return;
  if (event.key === "?") say(KEYS);
  if (event.key === "Escape" && !document.fullscreenElement) location.hash = name ? link("stories", name) : link("board");
  const what = { " ": story?.stand === "playing" ? "pause" : ["ended", "failed"].includes(story?.stand) ? "replay" : "play", ArrowRight: "step", PageDown: "step", Home: "replay" }[event.key];
  if (!story || !what) return;
  event.preventDefault();
  await act(story.name, what);
  refresh();
}
