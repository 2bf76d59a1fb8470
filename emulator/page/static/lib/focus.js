// Where the focus goes when what had it has gone, such as a button that worked: to the heading of what it stood in, and
// not to the top of the page.
const AROUND = "section[aria-labelledby], aside[aria-label], form, main";

export function keepFocus(root) {
  let around = [];
  root.addEventListener("focusin", ({ target }) => {
    around = [];
    for (let place = target.closest(AROUND); place; place = place.parentElement?.closest(AROUND)) around.push(place);
  });
  // What is left on purpose is still there a moment later.
  root.addEventListener("focusout", ({ target }) => setTimeout(() => target.isConnected && document.activeElement === document.body && (around = [])));
  new MutationObserver(() => {
    if (document.activeElement !== document.body) return;
    const place = around.find((each) => each.isConnected);
    around = [];
    const heading = place?.querySelector("h1, h2, h3") ?? place;
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}
