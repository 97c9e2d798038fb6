// A draft that was sent goes when the server has taken it: the page after says that something was saved, and a dialog
// ends. Until then it stays: a sign-in in between, a refusal, a lost network take nothing away.
const SENT = "draft-sent";

function forget() {
  const key = sessionStorage.getItem(SENT);
  if (!key) return;
  localStorage.removeItem(key);
  sessionStorage.removeItem(SENT);
}

export function startArrived() {
  if (new URLSearchParams(location.search).has("said")) forget();
  document.addEventListener("sluice:added-record", forget);
}
