// The documentation: in the theme that was chosen on the page; what is searched is shown while it is typed, and "/" leads
// to the search.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";
} catch {
  // site data is blocked
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form");
  const main = document.querySelector("main");
  let asked = 0;
  form.q.addEventListener("input", async () => {
    const mine = ++asked;
    const url = `${form.action}?${new URLSearchParams({ q: form.q.value })}`;
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    main.replaceChildren(...found.querySelector("main").childNodes);
    for (const link of main.querySelectorAll("a")) link.href = new URL(link.getAttribute("href"), answer.url);
    document.title = found.title;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    event.preventDefault();
    form.q.focus();
  });
});
