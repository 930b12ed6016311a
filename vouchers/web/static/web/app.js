"use strict";
// Small helps on top of pages that work without them. Buttons that need script start hidden.
(() => {
  const root = document.documentElement;
  const year = 31536000;
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  const isDark = () =>
    root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;

  // The choice is a cookie, so that the server draws the next page in it from the first byte.
  const switchTheme = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie =
      `sq_theme=${root.dataset.theme}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
  };

  const yuan = (fen) => {
    const digits = fen.toString().padStart(3, "0");
    const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${whole}.${digits.slice(-2)}`;
  };

  const countSelection = () => {
    for (const table of document.querySelectorAll("[data-select-table]")) {
      const boxes = [...table.querySelectorAll("tbody .pick input")];
      const ticked = boxes.filter((box) => box.checked);
      const all = table.querySelector("[data-select-all]");
      if (all) {
        all.checked = ticked.length > 0 && ticked.length === boxes.length;
        all.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
      }
      const bar = ticked[0]?.form ?? boxes[0]?.form;
      const count = bar?.querySelector("[data-selection-count]");
      if (!count) continue;
      count.dataset.start ??= count.textContent;
      const sum = ticked.reduce((total, box) => total + BigInt(box.dataset.amount || "0"), 0n);
      const { selected, yuan: words } = document.body.dataset;
      count.textContent = ticked.length
        ? selected.replace("{n}", ticked.length)
        : count.dataset.start;
      bar.querySelector("[data-selection-sum]").textContent =
        ticked.length && sum > 0n ? words.replace("{sum}", yuan(sum)) : "";
      for (const button of bar.querySelectorAll("button[type=submit]")) {
        button.disabled = ticked.length === 0;
      }
    }
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(document.body.dataset.copied);
    button.classList.add("is-done");
  };

  const nameFiles = (input) => {
    const place = input.closest("[data-file]")?.querySelector("[data-file-name]");
    if (!place) return;
    place.textContent = [...input.files]
      .map((file) => `${file.name} · ${(file.size / 1048576).toFixed(1)} MB`)
      .join(", ");
  };

  // The native calendar lies unseen behind the button and hands its day to the text field.
  const pickDay = (button) => {
    const place = button.closest("[data-day]");
    let native = place.querySelector("[type=date]");
    if (!native) {
      native = document.createElement("input");
      native.type = "date";
      native.className = "day__native";
      native.tabIndex = -1;
      native.setAttribute("aria-hidden", "true");
      native.addEventListener("change", () => {
        place.querySelector(".input").value = native.value;
      });
      place.append(native);
    }
    const typed = place.querySelector(".input").value;
    native.value = /^\d{4}-\d\d-\d\d$/.test(typed) ? typed : "";
    native.showPicker?.();
  };

  const openDialog = (opener, event) => {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest?.(selector);
    let found;
    if (hit("[data-theme-switch]")) switchTheme();
    else if ((found = hit("[data-copy]"))) copy(found).catch(() => say(found.dataset.copy));
    else if ((found = hit("[data-dialog]"))) openDialog(found, event);
    else if ((found = hit("[data-close]"))) found.closest("dialog").close();
    else if ((found = hit("[data-day-pick]"))) pickDay(found);
    else if (hit("[data-print]")) window.print();
    for (const open of document.querySelectorAll("details.menu[open], details.drawer[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-select-all]")) {
      for (const each of box.closest("table").querySelectorAll("tbody .pick input")) {
        each.checked = box.checked;
      }
    }
    if (box.closest("[data-select-table]")) countSelection();
    if (box.type === "file") nameFiles(box);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open], details.drawer[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // A second press of the same button would only be refused; it is held back here already.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    if (event.target.method === "post" && !event.target.hasAttribute("hx-post")) {
      event.target.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-file]");
      zone?.classList.toggle("is-over", kind === "dragover");
    });
  }

  // Uploads sent by htmx show how far they are on the form's own <progress data-upload>.
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("progress[data-upload]");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.max = event.detail.total;
    bar.value = event.detail.loaded;
  });
  document.addEventListener("htmx:beforeRequest", (event) =>
    event.detail.target?.setAttribute("aria-busy", "true"),
  );
  // A region that was swapped in asks for the focus itself, and only when the person wanted it.
  document.addEventListener("htmx:afterSettle", (event) => {
    event.detail.target?.removeAttribute("aria-busy");
    awaken();
    const wanted = event.detail.elt?.querySelector?.("[data-focus]");
    wanted?.focus();
  });

  function awaken() {
    for (const asleep of document.querySelectorAll(
      "[data-theme-switch], [data-copy], [data-needs-script], [data-day-pick], [data-print]",
    )) {
      asleep.hidden = false;
    }
    countSelection();
  }

  awaken();
  document.querySelector("[data-errors]")?.focus();
})();
