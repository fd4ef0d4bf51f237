"use strict";
// Everything here is a comfort: without it the same pages work by full loads.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const POLL = 1500;
  const messages = $("#messages");
  const composer = $("#composer");
  const formDialog = $("#form-dialog");

  const fresh = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  };
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };
  const announce = (text) => { const place = $("#announce"); if (place) place.textContent = text; };

  let toastTimer = 0;
  const toastPlace = $("#toast");
  const toast = (text) => {
    // Within an open dialog: what stands behind it is neither seen nor read out.
    ($$("dialog[open]").at(-1) || document.body).append(toastPlace);
    toastPlace.textContent = text;
    toastPlace.classList.add("shown");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => toastPlace.classList.remove("shown"), 9000);
  };
  const clearToast = () => {
    toastPlace.textContent = "";
    toastPlace.classList.remove("shown");
  };

  // What has been seen, so that other conversations can say "new".
  const seenKey = (conversation) => `soc2bot.seen.${conversation}`;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
  const recall = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const count = (revision) => (revision || "0-0").split("-").reduce((sum, part) => sum + Number(part), 0);
  const markNew = () => $$("[data-conversation][data-revision]").forEach((item) => {
    if (item === messages) return;
    const key = seenKey(item.dataset.conversation);
    // What stood there before the first visit is not news.
    if (recall(key) === null) remember(key, item.dataset.revision);
    if (count(item.dataset.revision) <= count(recall(key)) || item.getAttribute("aria-current")) return;
    item.classList.add("new");
    item.insertAdjacentHTML("beforeend", '<span class="dot"></span><span class="unseen"> new messages</span>');
  });

  // Messages: replaced in place or appended.
  const apply = (html, revision) => {
    if (count(revision) < count(messages.dataset.revision)) return;
    messages.dataset.revision = revision;
    remember(seenKey(messages.dataset.conversation), revision);
    const spoken = [];
    let first = null;
    for (const article of $$("article", parsed(html))) {
      if (place(article)) first ||= article;
      const summary = $("[data-summary]", article);
      if (summary) spoken.push(`soc2bot: ${summary.dataset.summary}`);
    }
    $("[data-empty]")?.remove();
    if (spoken.length) announce(spoken.join(" "));
    return first;
  };
  // The newest message, from its first line on where it is taller than the window.
  const showFrom = (first) => {
    const scroll = $(".scroll");
    const height = messages.lastElementChild.getBoundingClientRect().bottom - first.getBoundingClientRect().top;
    if (height < scroll.clientHeight - 24) scroll.scrollTop = 0; else first.scrollIntoView({ block: "start" });
  };
  const place = (article) => {
    const old = document.getElementById(article.id);
    const focused = old?.contains(document.activeElement);
    if (old) old.replaceWith(article); else messages.append(article);
    const before = article.previousElementSibling;
    if (before?.dataset.day === article.dataset.day) $(".day", article)?.remove();
    if (!old) article.classList.add("arrives");
    if (focused) article.focus({ preventScroll: true });
    return !old;
  };

  // Sending a form without leaving the page.
  const send = async (form, submitter) => {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    submitter?.setAttribute("aria-busy", "true");
    try {
      const url = submitter?.getAttribute("formaction") || form.getAttribute("action");
      const response = await fetch(url, {
        method: "POST",
        body: new FormData(form, submitter),
        headers: { "Soc2-Fragment": "1", "Soc2-Revision": messages.dataset.revision },
      });
      await settle(form, response);
    } catch {
      toast("That did not reach soc2bot. Check the connection and try again.");
    } finally {
      delete form.dataset.busy;
      submitter?.removeAttribute("aria-busy");
    }
  };
  const settle = async (form, response) => {
    const text = await response.text();
    if (response.ok && !response.redirected) clearToast();
    if (response.headers.has("Soc2-Form")) {
      if (form.elements.nonce) form.elements.nonce.value = fresh();
      return openForm(text, response.status === 422);
    }
    if (!response.ok || response.redirected) {
      return toast(response.redirected ? "This page is out of date. Load it again." : text);
    }
    if (form.elements.nonce) form.elements.nonce.value = fresh();
    $$("dialog[open]").forEach((dialog) => dialog.close());
    const first = text ? apply(text, response.headers.get("Soc2-Revision")) : null;
    if (form === composer) clearComposer();
    if (first) showFrom(first);
    soon();
  };

  // Forms stand in a modal dialog.
  let before = "";
  const formState = () => {
    const form = $("form", formDialog);
    return form ? JSON.stringify([...new FormData(form)].filter(([key]) => /^[tmf]:/.test(key))
      .map(([key, value]) => [key, value.name ?? value])) : "";
  };
  const openForm = (html, mistaken) => {
    formDialog.replaceChildren(parsed(html));
    formDialog.setAttribute("aria-labelledby", $("h2", formDialog).id);
    if (!formDialog.open) formDialog.showModal();
    const first = mistaken ? $("[aria-invalid] input, [aria-invalid]", formDialog) : null;
    const field = first || $("input:not([type=hidden]), textarea, select", formDialog);
    (field || $("h2", formDialog)).focus();
    if (!mistaken) before = formState();
  };
  const cancelForm = () => {
    if (formState() === before || confirm("Close the form? What you typed in it is lost.")) formDialog.close();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-whole]")) { form.classList.add("busy"); return; }
    if (!messages || !form.matches("[data-enhance], [data-form]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.matches("[popovertarget]")) { event.preventDefault(); return ask(target); }
    if (target.matches("[data-cancel]") && formDialog?.open) { event.preventDefault(); return cancelForm(); }
    if (target.matches("[data-reply]")) { event.preventDefault(); return replyTo(target.closest("article")); }
    if (target.matches("[data-forget]")) { event.preventDefault(); return forgetReply(); }
  });
  const ask = (button) => {
    const dialog = document.getElementById(button.getAttribute("popovertarget"));
    if (button.getAttribute("popovertargetaction") === "hide") dialog.close(); else dialog.showModal();
  };
  formDialog?.addEventListener("cancel", (event) => { event.preventDefault(); cancelForm(); });

  // News.
  let timer = 0;
  let stopped = false;
  const poll = async () => {
    clearTimeout(timer);
    if (stopped) return;
    if (!document.hidden) await fetchNews();
    timer = setTimeout(poll, POLL);
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(poll, 350); };
  const fetchNews = async () => {
    const query = new URLSearchParams({ conversation: messages.dataset.conversation, since: messages.dataset.revision });
    try {
      const response = await fetch(`/web/messages?${query}`, { headers: { "Soc2-Fragment": "1" } });
      if (response.redirected || response.status === 404) {
        stopped = true;
        return toast("You became somebody else in another tab. Load this page again.");
      }
      if (response.status !== 200) return undefined;
      const [html, revision] = [await response.text(), response.headers.get("Soc2-Revision")];
      // An answer may have brought the same meanwhile: placed again, it would take the focus from a button in it.
      if (count(revision) > count(messages.dataset.revision)) apply(html, revision);
    } catch { /* the next turn tries again */ }
    return undefined;
  };

  // Replying to a message, and files.
  const replyTo = (article) => {
    composer.elements.thread.value = article.dataset.message;
    $("[data-context]").textContent = `In reply to: ${$(".view-title", article)?.textContent || "this message"}`;
    $(".context").hidden = false;
    $("#text").focus();
  };
  const forgetReply = () => {
    composer.elements.thread.value = "";
    $(".context").hidden = true;
    $("#text").focus();
  };
  const fileInput = () => $("input[type=file]", composer);
  const setFiles = (input, files) => {
    const held = new DataTransfer();
    files.forEach((file) => held.items.add(file));
    input.files = held.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const showChosen = () => {
    const list = $(".chosen");
    const files = [...(fileInput()?.files || [])];
    list.hidden = !files.length;
    list.replaceChildren(...files.map((file, number) => {
      const item = document.createElement("li");
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "✕";
      remove.setAttribute("aria-label", `Don't send ${file.name}`);
      remove.addEventListener("click", () => {
        setFiles(fileInput(), files.filter((_, other) => other !== number));
        $("#text").focus();
      });
      item.append(`${file.name} · ${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} kB`, remove);
      return item;
    }));
  };
  const clearComposer = () => {
    $("#text").value = "";
    if (fileInput()) setFiles(fileInput(), []);
    if (composer.elements.thread.value) forgetReply();
    closeList();
    grow();
  };
  const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const dropTarget = (event) => event.target.closest?.("[data-drop], article.theirs, .main");
  const unmark = () => $$(".dropping").forEach((item) => item.classList.remove("dropping"));

  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    unmark();
    dropTarget(event)?.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) unmark(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    unmark();
    const target = dropTarget(event);
    const input = target?.matches("[data-drop]") ? $("input[type=file]", target) : fileInput();
    if (!input) return;
    if (target?.matches("article") && $("[data-reply]", target)) replyTo(target);
    setFiles(input, [...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    const input = event.target.closest?.("#composer") ? fileInput() : $("input[type=file]", formDialog || document);
    if (!files.length || !input) return;
    event.preventDefault();
    setFiles(input, [...input.files, ...files]);
  });

  // The composer: Enter sends; a slash opens the list of commands.
  const text = $("#text");
  const list = $("#suggestions");
  const commands = composer ? JSON.parse(composer.dataset.commands) : [];
  let active = -1;
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 180)}px`;
  };
  const matching = () => {
    const found = /^\/(?:soc2(?:\s+|$))?(\S*)$/i.exec(text.value);
    if (!found) return [];
    const word = "/soc2".startsWith(text.value.toLowerCase()) ? "" : found[1].toLowerCase();
    return commands.filter((command) => command.word.startsWith(word));
  };
  const closeList = () => {
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"]
      .forEach((name) => text.removeAttribute(name));
  };
  const openList = (found) => {
    list.replaceChildren(...found.map((command, number) => {
      const option = document.createElement("li");
      option.id = `suggestion-${number}`;
      option.role = "option";
      option.dataset.word = command.word;
      const name = document.createElement("b");
      name.textContent = `/soc2 ${command.word}`;
      const help = document.createElement("span");
      help.textContent = command.help;
      const more = document.createElement("i");
      more.textContent = command.more;
      option.append(name, " ", help, " ", more);
      return option;
    }));
    list.hidden = false;
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-expanded", "true");
    text.setAttribute("aria-controls", list.id);
    text.setAttribute("aria-autocomplete", "list");
    choose(0);
  };
  const choose = (number) => {
    active = (number + list.children.length) % list.children.length;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    text.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const take = () => {
    text.value = `/soc2 ${list.children[active].dataset.word} `;
    closeList();
    text.focus();
  };
  const typed = () => {
    grow();
    const found = matching();
    if (found.length) openList(found); else if (!list.hidden) closeList();
  };
  const complete = () => list.hidden || text.value.trim() === `/soc2 ${list.children[active].dataset.word}`;
  const key = (event) => {
    if (event.isComposing) return;
    if (!list.hidden && event.key === "ArrowDown") { event.preventDefault(); choose(active + 1); }
    else if (!list.hidden && event.key === "ArrowUp") { event.preventDefault(); choose(active - 1); }
    else if (!list.hidden && event.key === "Escape") { event.preventDefault(); closeList(); }
    else if (!list.hidden && event.key === "Tab" && !event.shiftKey && !complete()) { event.preventDefault(); take(); }
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (complete()) composer.requestSubmit($(".send", composer)); else take();
    }
  };

  // The welcome stays closed once it was closed.
  const welcome = $("[data-welcome]");
  if (welcome) {
    welcome.hidden = recall("soc2bot.welcome") === "closed";
    if (matchMedia("(max-width: 720px), (max-height: 700px)").matches) welcome.open = false;
    $("summary", welcome).addEventListener("click", () => remember("soc2bot.welcome", welcome.open ? "closed" : "open"));
  }
  markNew();
  if (messages) {
    remember(seenKey(messages.dataset.conversation), messages.dataset.revision);
    text.addEventListener("input", typed);
    text.addEventListener("keydown", key);
    text.addEventListener("blur", () => setTimeout(closeList, 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      choose([...list.children].indexOf(option));
      take();
    });
    fileInput()?.addEventListener("change", showChosen);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
    if (matchMedia("(pointer: fine)").matches) text.focus({ preventScroll: true });
    const newest = messages.lastElementChild;
    if (newest?.matches("article")) showFrom(newest);
    timer = setTimeout(poll, POLL);
  }
})();
