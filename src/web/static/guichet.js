/* Guichet: small enhancements. Every page works without this file; it is driven by data- attributes only.
 *
 * form data-autosave="/chemin"     Saves the form by POST, 1.5 s after the last change and when the page is hidden. Files are
 *                                  not sent. An answer 2xx is a success; its header X-Version, if any, goes to the field
 *                                  named "version". Otherwise a loud banner offers to try again, and it tries by itself
 *                                  (5, 10, 20 … 60 s). What is not saved yet also stands in this tab's memory and comes back
 *                                  after a reload or an expired session. When the answer's header X-Form names a page, the
 *                                  answers just saved ask for other questions: those of the same form in that page are
 *                                  put in, those it no longer has are taken out, and it is said. The rest is not touched.
 *   [data-save-status]             inside the form: where "Enregistré à 10 h 02" is said (aria-live="polite").
 * form data-unsaved                Warns before leaving with changes that were not sent. Implied by data-autosave.
 * form data-upload                 Sends the form with a progress bar; the answer's page replaces this one. A file beyond the
 *                                  data-most-bytes of its input is refused at once.
 * label.file-drop                  Takes files dropped on it.
 * [data-confirm="Question ?"]      On a submit button: asks first. data-confirm-yes="Retirer ma demande" names the action.
 * [data-poll="/chemin"]            With an id: every 2 s (data-poll-seconds) replaced by the element of the same id in that
 *                                  page, until it comes without data-poll.
 * [data-print]                     A button that prints. Hidden without this script: give it `hidden`.
 * details[data-printed]            Printed open.
 * textarea[maxlength][data-count]  Says how many characters are left.
 * form[data-enter-chooses]         Enter on a radio chooses it instead of sending the form, and Tab goes through the choices of a
 *                                  group in which none is made: Tab and Enter are enough.
 * [data-check-all="name"]          A checkbox that checks all those of this name. Hidden without this script: give it `hidden`.
 *
 * Forms sent by POST are sent once: a second click within five seconds does nothing. */
"use strict";

(() => {
	const FIRST_RETRY = 5000, LAST_RETRY = 60000, QUIET = 1500, TWICE = 5000;
	const dirty = new Set();

	const make = (tag, attributes, ...children) => {
		const element = document.createElement(tag);
		for (const [name, value] of Object.entries(attributes || {}))
			element.setAttribute(name, value);
		element.append(...children);
		return element;
	};

	const clock = () => {
		const now = new Date();
		return `${now.getHours()} h ${String(now.getMinutes()).padStart(2, "0")}`;
	};

	/* -- What is typed is never lost --------------------------------------------------------------- */

	/* Tokens are of the page that shows them, passwords stay with who typed them, buttons are not typed. */
	const isKept = (field) => field.name && !["file", "password", "submit", "button"].includes(field.type)
		&& !["jeton", "unefois", "version"].includes(field.name);

	const memory = (form) => `saisie:${location.pathname}:${form.getAttribute("data-autosave")}`;

	const remember = (form) => {
		const values = [...form.elements].filter(isKept).map((field) =>
			[field.name, field.type, field.value, Boolean(field.checked)]);
		try {
			sessionStorage.setItem(memory(form), JSON.stringify(values));
		} catch (_full) { /* the banner says what is not saved */ }
	};

	const forget = (form) => {
		try {
			sessionStorage.removeItem(memory(form));
		} catch (_none) { /* nothing was kept */ }
	};

	/* True when something came back that the server does not have. */
	const recall = (form) => {
		let values = null;
		try {
			values = JSON.parse(sessionStorage.getItem(memory(form)));
		} catch (_broken) { /* as if nothing was kept */ }
		if (!Array.isArray(values))
			return false;
		let changed = false;
		const fields = [...form.elements].filter(isKept);
		for (const [name, type, value, checked] of values) {
			const at = fields.findIndex((field) => field.name === name && field.type === type
				&& (!["checkbox", "radio"].includes(type) || field.value === value));
			if (at < 0)
				continue;
			const field = fields.splice(at, 1)[0];
			if (["checkbox", "radio"].includes(type)) {
				changed ||= field.checked !== checked;
				field.checked = checked;
			} else if (!field.readOnly && field.type !== "hidden") {
				changed ||= field.value !== value;
				field.value = value;
			}
		}
		return changed;
	};

	const autosave = (form) => {
		const status = form.querySelector("[data-save-status]");
		let timer = 0, wait = FIRST_RETRY, saving = false, again = false, banner = null;

		const say = (words, kind) => {
			if (!status)
				return;
			status.textContent = words;
			status.className = `save-status ${kind}`;
		};

		const fail = (words) => {
			say("Non enregistré", "failed");
			if (!banner) {
				const retry = make("button", { type: "button", class: "button" }, "Réessayer maintenant");
				retry.addEventListener("click", () => save());
				banner = make("div", { class: "notice error save-failure", role: "alert" },
					make("p", { class: "notice-title" }, "Votre saisie n’est pas enregistrée"), make("p"), retry);
				form.prepend(banner);
			}
			banner.querySelectorAll("p")[1].textContent = words;
			clearTimeout(timer);
			timer = setTimeout(() => save(), wait);
			wait = Math.min(2 * wait, LAST_RETRY);
		};

		const succeed = (answer) => {
			const version = answer.headers.get("X-Version"), field = form.elements.namedItem("version");
			if (version && field)
				field.value = version;
			banner?.remove();
			banner = null;
			wait = FIRST_RETRY;
			if (!again) {
				dirty.delete(form);
				forget(form);
			}
			const page = answer.headers.get("X-Form");
			if (page)
				update(page);
			say(`Enregistré à ${clock()}`, "saved");
		};

		const shown = (one) => [...one.querySelectorAll("input[type=hidden][name=montre]")];
		const question = (one, name) => one.querySelector(`#${CSS.escape(name)}`)?.closest(".field");

		/* The questions of this form become those of the same form in `page`; what stays is not touched. */
		const update = async (page) => {
			let next = null;
			try {
				const answer = await fetch(page, { credentials: "same-origin" });
				next = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html")
					.querySelector(`form[data-autosave="${CSS.escape(form.getAttribute("data-autosave"))}"]`);
			} catch (_network) { /* the button shows them */ }
			if (!next)
				return;
			const words = [];
			for (const mark of shown(form)) {
				const old = question(form, mark.value);
				if (question(next, mark.value) || !old || old.contains(document.activeElement))
					continue;
				words.push(`Question retirée : ${(old.querySelector("label, legend") || old).textContent}`);
				old.remove();
				mark.remove();
			}
			let last = null;
			for (const mark of shown(next)) {
				const here = question(form, mark.value), there = question(next, mark.value);
				if (!here && there) {
					const put = document.adoptNode(there);
					if (last)
						last.after(put);
					else
						shown(form).at(-1).after(put);
					form.prepend(document.adoptNode(mark));
					enhance(put);
					words.push(`Question ajoutée : ${(put.querySelector("label, legend") || put).textContent}`);
				}
				last = question(form, mark.value) || last;
			}
			if (!words.length)
				return;
			form.querySelector(".form-changes")?.remove();
			const region = make("p", { class: "save-status form-changes", role: "status", "aria-live": "polite" });
			(status || form.lastElementChild).before(region);
			setTimeout(() => { region.textContent = words.join(". "); }, 100); /* a region is read when its words change */
		};

		const save = async (leaving = false) => {
			clearTimeout(timer);
			if (saving) {
				again = true;
				return;
			}
			saving = true;
			again = false;
			say("Enregistrement…", "");
			const data = new URLSearchParams();
			for (const [name, value] of new FormData(form))
				if (typeof value === "string")
					data.append(name, value);
			try {
				const answer = await fetch(form.getAttribute("data-autosave"),
					{ method: "POST", body: data, credentials: "same-origin", redirect: "error", keepalive: leaving });
				if (answer.ok)
					succeed(answer);
				else {
					const type = answer.headers.get("Content-Type") || "";
					fail(type.startsWith("text/plain") ? await answer.text()
						: "Le serveur n’a pas pu l’enregistrer. Ce que vous avez tapé reste dans cette page.");
				}
			} catch (_network) {
				fail("La liaison avec le serveur est coupée. Ce que vous avez tapé reste dans cette page : ne la fermez pas.");
			}
			saving = false;
			if (again)
				save();
		};

		const changed = () => {
			dirty.add(form);
			remember(form);
			if (saving) {
				again = true;
				return;
			}
			clearTimeout(timer);
			timer = setTimeout(() => save(), QUIET);
		};

		if (recall(form)) {
			const words = make("div", { class: "notice warning", role: "status" },
				make("p", {}, "Nous avons retrouvé ce que vous aviez tapé et qui n’était pas encore enregistré. Vérifiez-le."));
			form.prepend(words);
			changed();
		}
		form.addEventListener("input", changed);
		form.addEventListener("change", changed);
		document.addEventListener("visibilitychange", () => {
			if (document.visibilityState === "hidden" && dirty.has(form))
				save(true);
		});
		form.addEventListener("submit", (event) => {
			clearTimeout(timer);
			if (event.submitter?.name === "lignes") /* the rows come back renumbered: what this tab remembers is not theirs */
				forget(form);
		});
	};

	const watchUnsaved = (form) => {
		form.addEventListener("input", () => dirty.add(form));
		form.addEventListener("submit", () => dirty.delete(form));
	};

	addEventListener("beforeunload", (event) => {
		if (dirty.size)
			event.preventDefault();
	});

	/* -- Sending --------------------------------------------------------------------------------------- */

	/* Shows the page that came as an answer, at its own address. */
	const show = (page, address) => {
		const next = new DOMParser().parseFromString(page, "text/html");
		const main = next.querySelector("main"), here = document.querySelector("main");
		if (!main || !here) {
			location.assign(address);
			return;
		}
		document.title = next.title;
		here.replaceWith(document.adoptNode(main));
		main.setAttribute("tabindex", "-1");
		main.focus();
		scrollTo(0, 0);
		enhance(main);
	};

	const filesOf = (form) => [...form.elements].filter((field) => field.type === "file" && field.files.length);

	const upload = (form, submitter) => {
		const inputs = filesOf(form), most = Number(inputs[0]?.getAttribute("data-most-bytes") || Infinity);
		const heavy = inputs.find((one) => one.files[0].size > most), input = heavy || inputs[0];
		form.querySelectorAll(".progress-label, .too-heavy").forEach((old) => old.remove());
		if (heavy) { /* told before sending it for nothing; the server says the same */
			(input.closest(".field") || form).append(make("p", { class: "error-message too-heavy", role: "alert" },
				`Ce fichier est trop lourd : ${Math.floor(most / 1048576)} Mo au plus. Choisissez-en un autre.`));
			delete form.dataset.sentAt;
			submitter?.removeAttribute("aria-busy");
			return;
		}
		const bar = make("progress", { class: "progress", max: "100", "aria-label": "Envoi du fichier" });
		const words = make("p", { class: "progress-label", role: "status" }, "Envoi du fichier…");
		(input?.closest(".field") || form).append(bar, words);
		const request = new XMLHttpRequest();
		const data = new FormData(form);
		if (submitter?.name)
			data.append(submitter.name, submitter.value);
		const over = (sentence) => {
			bar.remove();
			words.textContent = sentence;
			words.className = "error-message";
			words.setAttribute("role", "alert");
			delete form.dataset.sentAt;
			submitter?.removeAttribute("aria-busy");
		};
		let told = -1;
		request.upload.addEventListener("progress", (event) => {
			if (!event.lengthComputable)
				return;
			const part = Math.round(100 * event.loaded / event.total);
			bar.value = part;
			if (part >= told + 20 || part === 100) { /* not at each step: it is read aloud */
				told = part;
				words.textContent = part < 100 ? `Envoi du fichier : ${part} %` : "Vérification du fichier…";
			}
		});
		request.addEventListener("load", () => {
			const type = request.getResponseHeader("Content-Type") || "";
			/* Elsewhere it is done; at the form's own address the form is shown again, with what was typed. */
			const here = request.responseURL.split("#")[0] === form.action.split("#")[0];
			if (request.status < 400 && request.responseURL && !here)
				location.assign(request.responseURL);
			else if (type.startsWith("text/html"))
				show(request.responseText, location.href);
			else
				over(request.responseText || "L’envoi n’a pas abouti : réessayez.");
		});
		request.addEventListener("error", () => over("La liaison a été coupée avant la fin de l’envoi : choisissez de nouveau le fichier et réessayez."));
		request.open("POST", form.action);
		request.send(data);
	};

	const ask = (question, action) => new Promise((resolve) => {
		const yes = make("button", { type: "button", class: "button danger" }, action);
		const no = make("button", { type: "button", class: "button secondary" }, "Annuler");
		const dialog = make("dialog", { "aria-labelledby": "question" }, make("h2", { id: "question" }, question),
			make("div", { class: "buttons" }, yes, no));
		let answer = false;
		yes.addEventListener("click", () => { answer = true; dialog.close(); });
		no.addEventListener("click", () => dialog.close());
		dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
		document.body.append(dialog);
		dialog.showModal();
		no.focus();
	});

	document.addEventListener("submit", (event) => {
		const form = event.target, submitter = event.submitter;
		if (event.defaultPrevented || form.method !== "post")
			return;
		const question = submitter?.getAttribute("data-confirm");
		if (question && !submitter.dataset.confirmed) {
			event.preventDefault();
			ask(question, submitter.getAttribute("data-confirm-yes") || submitter.textContent.trim()).then((yes) => {
				if (!yes)
					return;
				submitter.dataset.confirmed = "1";
				form.requestSubmit(submitter);
				delete submitter.dataset.confirmed;
			});
			return;
		}
		if (form.dataset.sentAt && performance.now() - Number(form.dataset.sentAt) < TWICE) {
			event.preventDefault();
			return;
		}
		form.dataset.sentAt = String(performance.now());
		submitter?.setAttribute("aria-busy", "true");
		dirty.delete(form);
		if (form.hasAttribute("data-upload") && filesOf(form).length) {
			event.preventDefault();
			upload(form, submitter);
		}
	});

	/* Back from the cache of the browser: buttons work again. */
	addEventListener("pageshow", () => {
		for (const form of document.forms)
			delete form.dataset.sentAt;
		for (const button of document.querySelectorAll("[aria-busy]"))
			button.removeAttribute("aria-busy");
	});

	/* -- The rest --------------------------------------------------------------------------------------- */

	const poll = (element) => {
		const pause = 1000 * Number(element.getAttribute("data-poll-seconds") || 2);
		const look = async () => {
			if (!element.isConnected)
				return;
			try {
				const answer = await fetch(element.getAttribute("data-poll"), { credentials: "same-origin" });
				const page = new DOMParser().parseFromString(await answer.text(), "text/html");
				const next = answer.ok && page.getElementById(element.id);
				if (next) {
					element.replaceWith(document.adoptNode(next));
					enhance(next);
					return;
				}
			} catch (_network) { /* the next look may do better */ }
			setTimeout(look, pause);
		};
		setTimeout(look, pause);
	};

	const drop = (label) => {
		const input = label.querySelector("input[type=file]");
		if (!input)
			return;
		for (const name of ["dragenter", "dragover"])
			label.addEventListener(name, (event) => { event.preventDefault(); label.classList.add("over"); });
		for (const name of ["dragleave", "drop"])
			label.addEventListener(name, () => label.classList.remove("over"));
		label.addEventListener("drop", (event) => {
			event.preventDefault();
			if (!event.dataTransfer.files.length)
				return;
			input.files = event.dataTransfer.files;
			input.dispatchEvent(new Event("change", { bubbles: true }));
		});
	};

	const count = (area) => {
		const words = make("p", { class: "character-count", "aria-live": "polite" });
		const say = () => {
			const left = area.maxLength - area.value.length;
			words.textContent = left <= area.maxLength / 4 ? `Il reste ${left} caractère${left > 1 ? "s" : ""}.` : "";
		};
		area.after(words);
		area.addEventListener("input", say);
		say();
	};

	const checkAll = (box) => {
		const name = box.getAttribute("data-check-all");
		(box.closest("[hidden]") || box).hidden = false;
		box.addEventListener("change", () => {
			for (const other of (box.form || document).querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`))
				other.checked = box.checked;
		});
	};

	const enterChooses = (form) => form.addEventListener("keydown", (event) => {
		const radio = event.target;
		if (radio.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey)
			return;
		if (event.key === "Enter") {
			event.preventDefault();
			radio.click();
		} else if (event.key === "Tab") {
			const group = [...form.elements].filter((other) => other.type === "radio" && other.name === radio.name);
			const next = group.some((other) => other.checked) ? null : group[group.indexOf(radio) + (event.shiftKey ? -1 : 1)];
			if (next) {
				event.preventDefault();
				next.focus();
			}
		}
	});

	const enhancements = [
		["form[data-autosave]", autosave],
		["form[data-unsaved]", watchUnsaved],
		["[data-poll][id]", poll],
		["label.file-drop", drop],
		["textarea[maxlength][data-count]", count],
		["form[data-enter-chooses]", enterChooses],
		["[data-check-all]", checkAll],
		["[data-print]", (button) => { button.hidden = false; button.addEventListener("click", () => print()); }],
	];

	function enhance(root) {
		for (const [selector, enhancement] of enhancements) {
			if (root.matches?.(selector))
				enhancement(root);
			root.querySelectorAll(selector).forEach(enhancement);
		}
	}

	enhance(document);

	const folded = new Set();
	addEventListener("beforeprint", () => {
		for (const details of document.querySelectorAll("details[data-printed]:not([open])")) {
			folded.add(details);
			details.open = true;
		}
	});
	addEventListener("afterprint", () => {
		for (const details of folded)
			details.open = false;
		folded.clear();
	});
})();
