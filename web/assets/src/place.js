// Where she is: asked of the device only when she presses the button.
import { say } from "./words.js";

export function start(root) {
  const [name, lat, lng] = ["name", "lat", "lng"].map((part) => root.querySelector(`[data-part=${part}]`));
  const note = root.querySelector("[data-note]");
  root.querySelector("button")?.addEventListener("click", () => {
    note.textContent = say("正在定位…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = coords.latitude.toFixed(6);
        lng.value = coords.longitude.toFixed(6);
        note.textContent = `${lat.value}, ${lng.value}`;
        if (!name.value) name.focus();
        root.dispatchEvent(new Event("input", { bubbles: true }));
      },
      () => (note.textContent = say("没有得到位置，请手工填写地点")),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}
