// The interface's texts are written in Chinese; another language brings its dictionary with the page.
let dictionary;

export function say(source, values = {}) {
  if (!dictionary) dictionary = JSON.parse(document.getElementById("words")?.textContent || "{}");
  const text = dictionary[source] ?? source;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
