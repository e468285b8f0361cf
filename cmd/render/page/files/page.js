"use strict";
// What the page can do beside being read. All of its content is there without this.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // What a link leads to is opened, if it is within something that is closed.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    let closed = false;
    for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) {
      closed = closed || !d.open;
      d.open = true;
    }
    if (closed) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Filter: the rows of the table of issues know their severity and hosts; everything else that is about an
  // issue has its number. What is filtered for is in the address, behind "?", so that it can be sent around.
  const form = document.getElementById("filter");
  if (form) {
    const text = document.getElementById("filter-text");
    const host = document.getElementById("filter-host");
    const said = document.getElementById("filter-said");
    const logsSaid = document.getElementById("logs-said");
    const severities = all("input[name=severity]", form);
    const parts = all("[data-issue]");
    const unknown = all("#unknown-list > li");
    const logs = all("#logs-table tbody tr, .around-log");
    const rows = logs.filter((l) => l.tagName === "TR");
    const texts = new Map();
    const lower = (e) => {
      if (!texts.has(e)) texts.set(e, e.textContent.toLowerCase());
      return texts.get(e);
    };
    const issues = all("#issues-table tbody tr").map((row) => ({
      number: row.dataset.issue,
      severity: row.dataset.severity,
      hosts: new Set(row.dataset.hosts.split(" ")),
      parts: parts.filter((p) => p.dataset.issue === row.dataset.issue && p.tagName === "ARTICLE").concat(row),
    }));
    const show = (element, on) => element.toggleAttribute("data-gone", !on);
    const of = (n, sum, noun) => n === sum ? "" : n + " of " + sum + " " + noun;
    const chosen = () => host && host.value !== "" ? host.selectedOptions[0].textContent : "";
    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const on = new Set(severities.filter((s) => s.checked).map((s) => s.value));
      const has = (e) => words.every((w) => lower(e).includes(w));
      const any = (es) => words.every((w) => es.some((e) => lower(e).includes(w)));
      const shown = new Set(issues.filter((i) => on.has(i.severity) && any(i.parts) &&
        (!host || host.value === "" || i.hosts.has(host.value))).map((i) => i.number));
      for (const p of parts) show(p, shown.has(p.dataset.issue));
      for (const u of unknown) show(u, has(u));
      for (const l of logs) show(l, has(l));
      said.textContent = of(shown.size, issues.length, "issues");
      if (logsSaid) logsSaid.textContent = of(rows.filter((l) => !l.hasAttribute("data-gone")).length, rows.length, "logs");
      const noise = document.getElementById("noise");
      if (noise && words.length && noise.querySelector("article:not([data-gone])")) noise.open = true;
    };
    const remember = () => {
      const state = new URLSearchParams();
      if (text.value) state.set("q", text.value);
      const off = severities.filter((s) => !s.checked).map((s) => s.value);
      if (off.length) state.set("without", off.join(","));
      if (chosen()) state.set("host", chosen());
      const query = state.toString();
      try {
        history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
      } catch { /* where a page may not change its address, it stays as it is */ }
    };
    const recall = () => {
      const state = new URLSearchParams(location.search);
      if (state.has("q")) text.value = state.get("q");
      const off = (state.get("without") || "").split(",");
      if (state.has("without")) for (const s of severities) s.checked = !off.includes(s.value);
      if (host && state.has("host")) for (const o of host.options) if (o.value !== "" && o.textContent === state.get("host")) host.value = o.value;
    };
    form.addEventListener("input", () => { apply(); remember(); });
    form.addEventListener("submit", (e) => e.preventDefault());
    form.hidden = false;
    recall();
    apply(); // a browser keeps what was typed before a reload
    // Who follows a link to an issue wants to see it.
    window.addEventListener("hashchange", () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.closest("[data-gone]")) {
        text.value = "";
        if (host) host.value = "";
        for (const s of severities) s.checked = true;
        apply();
        remember();
        target.scrollIntoView();
      }
    });
  }

  // Keys, as in other tools: / filters, j and k go on and back, ? says so.
  const help = document.getElementById("keys");
  const stops = () => all("#verdict, .excerpt, #failures > li, article, .unknown > li, .log").filter((e) => e.checkVisibility());
  let current = null;
  const go = (step) => {
    const list = stops();
    const at = list.indexOf(current);
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step];
    if (!next) return;
    if (current) current.classList.remove("current");
    current = next;
    current.classList.add("current");
    if (!current.hasAttribute("tabindex")) current.tabIndex = -1;
    current.focus({preventScroll: true});
    current.scrollIntoView({block: "start"});
  };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea, dialog")) return;
    switch (e.key) {
      case "/":
        if (!form) return;
        document.getElementById("filter-text").focus();
        form.scrollIntoView({block: "nearest"});
        break;
      case "j": go(1); break;
      case "k": go(-1); break;
      case "?": help.showModal(); break;
      default: return;
    }
    e.preventDefault();
  });

  // The log: numbers are links, once they are about to be seen; before that they are text, so that a browser opens
  // 100,000 lines at once.
  document.documentElement.classList.add("scripted");
  for (const box of all(".log")) {
    const prefix = box.dataset.prefix;
    const link = (rows) => {
      if (rows.dataset.linked || !rows.dataset.first) return;
      rows.dataset.linked = "1";
      const numbers = rows.querySelector(".nr");
      const spare = all("a:not([href])", numbers); // targets of lines that have gone into another one
      const lines = numbers.textContent.split("\n").slice(0, -1);
      const parts = lines.flatMap((n) => {
        if (!n) return ["\n"];
        const a = document.createElement("a");
        a.id = prefix + n;
        a.href = "#" + a.id;
        a.tabIndex = -1;
        a.textContent = n;
        return [a, "\n"];
      });
      numbers.replaceChildren(...spare, ...parts);
    };
    const chunks = all(".rows[data-first]", box);
    const seen = new IntersectionObserver((entries) => {
      for (const e of entries) if (e.isIntersecting) { seen.unobserve(e.target); link(e.target); }
    }, {root: box, rootMargin: "300px"});
    for (const c of chunks) seen.observe(c);
    const lead = () => {
      const hash = decodeURIComponent(location.hash.slice(1));
      if (!hash.startsWith(prefix) || !/^\d+$/.test(hash.slice(prefix.length))) return;
      const n = Number(hash.slice(prefix.length));
      const within = (e) => Number(e.dataset.first) <= n && n <= Number(e.dataset.last);
      const rows = chunks.find(within);
      if (rows) link(rows);
      const line = document.getElementById(hash);
      if (line) {
        const fold = line.closest("details");
        if (fold) fold.open = true;
        line.scrollIntoView({block: "center"});
        for (const a of all(".at", box)) a.classList.remove("at");
        line.classList.add("at"); // it was none when the browser looked for a target
        return;
      }
      const fold = all("details[data-first]", box).find(within);
      if (fold) { fold.open = true; fold.scrollIntoView({block: "center"}); }
    };
    addEventListener("hashchange", lead);
    lead();
  }

  // Sort: a button in each head that says how.
  const number = (cell) => Number((cell.dataset.value || cell.textContent).replace(/[^\d.-]/g, "")) || 0;
  const sort = (table, head) => {
    const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.dataset.sort === "number";
    for (const h of all("th[aria-sort]", table)) h.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const at = head.cellIndex;
    const compare = head.dataset.sort === "number"
      ? (a, b) => number(a.cells[at]) - number(b.cells[at])
      : (a, b) => (a.cells[at].dataset.value || a.cells[at].textContent).localeCompare(b.cells[at].dataset.value || b.cells[at].textContent, "en");
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort((a, b) => down ? compare(b, a) : compare(a, b)));
  };
  for (const table of all("table[data-sortable]")) {
    for (const head of all("th[data-sort]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, head));
    }
  }

  // Copy: what is copied is what is shown.
  const copied = async (command) => {
    try {
      await navigator.clipboard.writeText(command.textContent);
      return true;
    } catch { // not allowed, or an old browser
      getSelection().selectAllChildren(command);
      return document.execCommand("copy");
    }
  };
  for (const button of all("button.copy")) {
    const command = button.parentElement.querySelector("code");
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.textContent = await copied(command) ? "Copied" : "Ctrl-C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  for (const button of all("button.copy-text")) {
    const from = document.getElementById(button.dataset.from), words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      from.hidden = false; // what is not shown cannot be selected, where the clipboard is not allowed
      button.textContent = await copied(from) ? "Copied" : "Ctrl-C";
      from.hidden = button.textContent === "Copied";
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }

  addEventListener("beforeprint", () => { for (const d of all("details")) d.open = true; });
})();
