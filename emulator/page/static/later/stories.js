// Stories: those that there are; one with its scenes, as it is played.
import { html, useEffect } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { trying } from "../lib/say.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { LOADING } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { Controls } from "./controls.js";
import { storyFile } from "./saved.js";
import { Stage } from "./stage.js";

export default function Stories({ route, show }) {
  return route.name ? html`<${One} key=${route.name} name=${route.name} show=${show} />` : html`<${All} />`;
}

function All() {
  const { data, error, refresh } = useLive("/stories");
  return html`
    <h1>Stories</h1>
    <p>A story sends messages and says what they show. The emulator plays it, so it can be watched from several screens at once.</p>
    ${!data && html`<p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`}
    <ul class="stories">
      ${(data?.stories ?? []).map((story) => html`<li key=${story.name} class="panel">
        <h2><a href=${link("stories", story.name)}>${story.name}</a>${story.own && html` <small>yours</small>`}</h2>
        <p>${story.purpose}</p>
        ${story.purpose ? html`<${Controls} story=${story} refresh=${refresh}><a class="button" href=${link("present", "", { story: story.name })}>Present</a><//>` : html`<p role="alert" class="bad">${story.problem}</p>`}
      </li>`)}
    </ul>
    <p class="hint">Your own are YAML files in a folder <code>stories</code> inside that of <code>--scenarios</code>.</p>
  `;
}

function One({ name, show }) {
  const { data: story, error, refresh } = useLive(`/stories/${encodeURIComponent(name)}`);
  useEffect(() => show({ title: `${name} · Stories` }), [name]);
  const back = html`<p class="back"><a href=${link("stories")}>← All stories</a></p>`;
  if (!story) return html`${back}<h1>${name}</h1><p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  return html`
    ${back}
    <h1>${name}</h1>
    <p>${story.purpose}</p>
    <${Controls} story=${story} refresh=${refresh}>
      <a class="button" href=${link("present", "", { story: name })}>Present</a>
      <a class="button" href=${link("board", "", { application: story.application })}>Its board</a>
      ${story.scene > 0 && html`<${Act} act=${() => trying(() => storyFile(name), "Saved as one HTML file.")}>Save as HTML<//>`}
    <//>
    <section class="panel" aria-label="What is shown"><${Stage} id=${story.flow ?? ""} caption=${story.caption} note="It has not begun." show=${(more) => show({ title: `${name} · Stories`, ...more })} /></section>
    <section class="panel" aria-labelledby="scenes">
      <h2 id="scenes">${plural(story.scenes.length, "scene")}</h2>
      <ol class="scenes">
        ${story.scenes.map((scene, index) => html`<li key=${index} aria-current=${index + 1 === story.scene ? "step" : null} class=${index < story.scene ? "" : "ahead"}>
          <span>${index + 1}</span>
          <span dir="auto">${scene.say || "…"}</span>
          <span class="hint">${scene.done}${scene.flow ? html` <a href=${link("flows", scene.flow)} aria-label=${`the flow of scene ${index + 1}`}>flow</a>` : ""}</span>
        </li>`)}
      </ol>
    </section>
  `;
}
