// Whether messages' pictures may be fetched from where they are: only if the page's address asks for it.
export const remote = new URLSearchParams(location.search).has("remote");
