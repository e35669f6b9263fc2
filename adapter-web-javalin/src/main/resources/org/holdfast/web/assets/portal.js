// Comfort only: every page works without it.
"use strict";

// The menus close on a click elsewhere and on Escape.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open], details.switch[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.menu[open], details.switch[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// Where the tabs do not fit, the page that is open is seen among them.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const tabs = tab.closest(".tabs");
  tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - tabs.clientWidth / 2;
}

// A password can be looked at.
for (const box of document.querySelectorAll(".secret")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show";
  button.textContent = box.dataset.show;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? box.dataset.show : box.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
  input.form.addEventListener("submit", () => { input.type = "password"; });
  box.append(button);
}

// A new password is measured while it is typed.
for (const input of document.querySelectorAll("input[data-meter]")) {
  const strength = document.getElementById(input.dataset.meter);
  const meter = strength.querySelector("meter");
  const words = strength.querySelector("p");
  let timer = 0;
  let latest = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(measure, 350);
  });
  async function measure() {
    const asked = ++latest;
    if (input.value === "") {
      strength.hidden = true;
      return;
    }
    const body = new URLSearchParams({ newPassword: input.value.slice(0, 256) });
    const token = input.form.elements.formToken;
    if (token) body.set("formToken", token.value);
    try {
      const answer = await fetch("/password-strength", { method: "POST", body });
      if (!answer.ok || asked !== latest) return;
      const measured = await answer.json();
      meter.value = measured.score;
      words.textContent = [measured.words, ...measured.advice].join(". ").replace(/\.\./g, ".");
      strength.dataset.score = measured.score;
      strength.hidden = false;
    } catch (offline) {
      strength.hidden = true;
    }
  }
}
