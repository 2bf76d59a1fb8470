// What plays a story: play and pause, the next scene, from the beginning.
import { html } from "../lib/html.js";
import { act } from "./telling.js";
import { STANDS } from "../lib/words.js";
import { Act } from "../parts/act.js";

export function Controls({ story, refresh, children }) {
  const doing = (what) => async () => {
    await act(story.name, what);
    refresh();
  };
  const plays = story.stand === "playing";
  const begun = story.scene > 0;
  const over = story.stand === "ended" || story.stand === "failed";
  return html`
    <div class="row controls" role="group" aria-label=${`The story ${story.name}`}>
      <${Act} class="main" act=${doing(plays ? "pause" : over ? "replay" : "play")}>${plays ? "❚❚ Pause" : over ? "↺ Play again" : begun ? "▶ Go on" : "▶ Play"}<//>
      ${!over && html`<${Act} act=${doing("step")}>Next scene<//>`}
      ${begun && !over && html`<${Act} act=${doing("replay")}>From the beginning<//>`}
      <span class="stand">${STANDS[story.stand]}${begun && story.scenes ? `, scene ${story.scene} of ${story.scenes.length}` : ""}</span>
      ${children}
    </div>
    ${story.problem && html`<p role="alert" class="bad">${story.problem}</p>`}
  `;
}
