// Files go up at once, one by one, with progress; the form keeps only their numbers.
import { token } from "./send.js";
import { say } from "./words.js";

const SIZE_STEPS = ["B", "KB", "MB", "GB"];
const size = (bytes) => {
  let step = 0;
  for (; bytes >= 1024 && step < 3; step += 1) bytes /= 1024;
  return `${bytes < 10 && step ? bytes.toFixed(1) : Math.round(bytes)} ${SIZE_STEPS[step]}`;
};

export function start(root) {
  const chooser = root.querySelector("input[type=file]");
  const list = root.querySelector("[data-files]");
  const template = root.querySelector("template");
  const many = root.dataset.many === "yes";
  const name = root.dataset.name;
  chooser.removeAttribute("name"); // only pages without scripts send the file with the form

  const tell = () => root.dispatchEvent(new Event("input", { bubbles: true }));
  const submits = () => [...(root.closest("form")?.querySelectorAll("[type=submit]") ?? [])];

  const send = (file) => {
    const node = template.content.firstElementChild.cloneNode(true);
    const progress = node.querySelector("progress");
    const note = node.querySelector("[data-note]");
    node.querySelector("[data-name]").textContent = file.name;
    if (!many) list.replaceChildren();
    list.append(node);
    const body = new FormData();
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    submits().forEach((button) => (button.disabled = true));
    const done = () => submits().forEach((button) => (button.disabled = false));
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    };
    request.onload = () => {
      done();
      progress.remove();
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = {};
      }
      if (request.status !== 200) {
        note.textContent = answer.detail || answer.said || say("上传失败，请重试");
        note.className = "error";
        return;
      }
      note.textContent = size(answer.size);
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = answer.id;
      node.append(field);
      if (answer.mime.startsWith("image/")) {
        const image = document.createElement("img");
        image.alt = "";
        image.src = URL.createObjectURL(file);
        node.prepend(image);
      }
      tell();
    };
    request.onerror = () => {
      done();
      progress.remove();
      note.textContent = say("网络断开，文件没有上传");
      note.className = "error";
    };
    request.open("POST", root.dataset.upload);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Accept", "application/json");
    node.querySelector("[data-remove]").addEventListener("click", () => request.abort());
    request.send(body);
  };
  const take = (files) => [...files].slice(0, many ? 20 : 1).forEach(send);

  chooser.addEventListener("change", () => {
    take(chooser.files);
    chooser.value = "";
  });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-remove]")) return;
    event.target.closest(".file").remove();
    tell();
  });
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("over");
  });
  root.addEventListener("dragleave", () => root.classList.remove("over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("over");
    take(event.dataTransfer.files);
  });
}
